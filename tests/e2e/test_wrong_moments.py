"""What is well-formed and comes at the wrong moment, or names what is not there."""

import json
import re

from support.application import Application
from support.ledger_reading import counts
from support.operations import Example, with_unknown_ids
from support.refusals import refused
from support.telling import Told, everybody, settled

BLOCKED_BY_STATE = {
    "POST /v1/cases/{case}/initiation",
    "POST /v1/cases/{case}/activities",
    "POST /v1/activities/{activity}/end",
    "POST /v1/cases/{case}/services",
    "POST /v1/cases/{case}/closure",
    "POST /v1/media/sessions/{session}/end",
    "POST /v1/media/sessions/{session}/uploads",
    "POST /v1/media/uploads/{upload}/completion",
    "POST /v1/reviews",
    "POST /v1/reviews/{submission}/opinions",
    "POST /v1/reviews/{submission}/return",
    "POST /v1/reviews/{submission}/decision",
    "POST /v1/reviews/{submission}/discussion",
    "POST /v1/reviews/{submission}/termination",
    "POST /v1/decisions",
    "POST /v1/dossiers",
}
"""Commands that a case which lies in the archive no longer takes."""


async def test_a_case_in_the_archive_takes_no_step_back(
    told: Told, application: Application, sent: list[Example]
) -> None:
    blocked = [example for example in sent if str(example.operation) in BLOCKED_BY_STATE]
    assert {str(example.operation) for example in blocked} == BLOCKED_BY_STATE
    async with application.client(told.agency) as client:
        await settled(told.story(client))
        before = await counts(application.stack, told.agency)
        for noted in told.noted:
            if any(example.path == noted.path and example.body == noted.body for example in blocked):
                answer = await client.again(noted, key=f"late {noted.key}".replace(" ", "-"))
                refused(answer, 409, "transition_not_allowed")
        await settled(told.story(client))
        assert await counts(application.stack, told.agency) == before


async def test_whatever_names_something_unknown_is_a_404_and_leaves_nothing(
    told: Told, application: Application, sent: list[Example]
) -> None:
    async with application.client(told.agency) as client:
        await settled(told.story(client))
        before = await counts(application.stack, told.agency)
        for example in sent:
            unknown = with_unknown_ids(example)
            if unknown != example:
                answer = await client.send(everybody(), example.operation.method, unknown.path, body=unknown.body)
                refused(answer, 404, "not_found")
        await settled(told.story(client))
        assert await counts(application.stack, told.agency) == before


async def test_a_person_nobody_registered_is_a_404(told: Told, application: Application, sent: list[Example]) -> None:
    named = re.compile(r'"(feng|bai|niu)"')
    async with application.client(told.agency) as client:
        for example in sent:
            text = json.dumps(example.body)
            if named.search(text) and example.operation.template != "/v1/people":
                body = json.loads(named.sub('"nobody"', text))
                answer = await client.send(everybody(), example.operation.method, example.path, body=body)
                refused(answer, 404, "not_found")
