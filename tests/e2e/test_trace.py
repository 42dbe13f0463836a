"""A request, the fact it wrote, the message that carried it and whoever followed it are one trace."""

import secrets

from casetrail_common.bus.kafka import open_tail
from casetrail_common.bus.topics import topic_of
from casetrail_embedded.demo import cast
from support.application import Application
from support.collector import TakenSpan
from support.ledger_reading import connected
from support.telling import UnhurriedStory
from support.waiting import until


async def test_a_trace_crosses_http_the_ledger_the_bus_and_the_followers(
    case: UnhurriedStory, application: Application
) -> None:
    trace, parent = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace}-{parent}-01"}
    body = {"target": case.ids["case"], "flag": "major", "reason": "案情复杂"}
    path = f"/v1/cases/{case.ids['case']}/flags"
    async with open_tail(application.stack.kafka_bootstrap, [topic_of("intake")]) as tail:
        answer = await case.client.send(cast.FENG.login, "POST", path, body=body, headers=headers)
        assert answer.status_code == 201
        n = int(answer.json()["position"].partition(":")[2])

        async def message() -> dict[str, bytes] | None:
            wanted = f"intake/{case.client.agency}/{n}".encode()
            return next((told for told, _ in await tail.read() if told.get("ce_id") == wanted), None)

        told = await until(message)
    assert answer.headers["X-Request-Id"] == trace

    async with connected(application.stack.dsn("intake")) as conn:
        stored = await conn.fetchval(
            "select traceparent from ledger where agency = $1 and n = $2", case.client.agency, n
        )
    assert stored.split("-")[1] == trace
    assert told["traceparent"].decode() == stored

    async def of_this_trace() -> dict[str, list[TakenSpan]]:
        found: dict[str, list[TakenSpan]] = {}
        for taken in application.collector.spans():
            if taken.span.trace_id.hex() == trace:
                found.setdefault(taken.span.name, []).append(taken)
        return found if len(found.get("follow intake", ())) >= 3 else {}

    spans = await until(of_this_trace)
    (request,) = [taken for taken in spans["POST /v1/cases/{case}/flags"] if taken.span.parent_span_id.hex() == parent]
    assert request.attributes["casetrail.service"] == "intake"
    assert stored.split("-")[2] == request.span.span_id.hex()
    assert {taken.span.parent_span_id for taken in spans["follow intake"]} == {request.span.span_id}


async def test_a_request_that_does_not_ask_to_be_traced_is_not(case: UnhurriedStory, application: Application) -> None:
    async with connected(application.stack.dsn("intake")) as conn:
        sampled = await conn.fetchval(
            "select count(*) from ledger where agency = $1 and traceparent like '%-01'", case.client.agency
        )
    assert sampled == 0
