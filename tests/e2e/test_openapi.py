"""The published description of the API, held against what the application answers to generated requests."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests.adapters import HTTPAdapter
from schemathesis import APIOperation, Case, CheckContext, CheckFunction, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from urllib3.util import Retry

from casetrail_embedded.demo.story import initiate, inquire, inspect, review, tell
from support.access_acts import ask_and_take_out
from support.application import Application
from support.keeping_acts import act_in_archive
from support.media_acts import act_in_media
from support.supervising_acts import supervise
from support.telling import UnhurriedStory, Videos, everybody, in_own_loop, silently

EXAMPLES = 8
"""Requests per operation and kind of generation: some eight hundred together."""

AGAIN = Retry(2, allowed_methods=None, respect_retry_after_header=False)
"""The server closes a connection that is idle while the next request is thought up, perhaps as that is sent."""

NOTHING_AWAITED = {"Casetrail-Positions": ""}
"""A generated position is one that nobody has reached, and would be waited for."""


@dataclass(frozen=True)
class Fuzzed:
    """An agency that may be spoilt, with objects in many states."""

    url: str
    schema: dict[str, Any]
    token: str
    ids: dict[str, str]
    """By the names of path parameters."""
    items: tuple[str, ...]
    """One that each service owns."""

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}


async def spoilable(application: Application, videos: Videos) -> Fuzzed:
    """Tell one case to its end and another up to its review."""
    async with application.client() as client:
        story = UnhurriedStory(client, videos, silently)
        await tell(story)
        dossier, decision = story.ids["dossier"], story.ids["decision"]
        filed = {name: story.ids[name] for name in ("case", "dossier")}
        disc = await act_in_archive(
            client, **filed, session=story.ids["inquiry_session"], record=story.ids["inquiry_record"]
        )
        for part in (initiate, inquire, inspect, review):
            await part(story)
        activity = client.last(f"{story.ids['case']}/activities").answer.json()["activity"]
        session, device = story.ids["inquiry_session"], story.ids["device"]
        ids = {
            "case": story.ids["case"],
            "request": await ask_and_take_out(client, record=story.ids["inquiry_record"]),
            "rectification": await supervise(client, case=story.ids["case"]),
            "activity": activity,
            "device": device,
            "data": await act_in_media(client, device=device, activity=activity, stored=session),
            "derivative": client.last("/v1/media/derivatives/").path.split("/")[4],
            "record": story.ids["handling"],
            "session": session,
            "upload": client.last("/completion").path.split("/")[4],
            "submission": story.ids["submission"],
            "dossier": dossier,
            "disc": disc,
            "number": "1",
            "pack": "henan-2019",
            "version": "2019-06-04",
        }
        async with httpx.AsyncClient(base_url=application.url, timeout=60) as http:
            schema = (await http.get("/openapi.json")).json()
        items = (ids["record"], ids["session"], decision, dossier)
        return Fuzzed(application.url, schema, await client.token(everybody()), ids, items)


@pytest.fixture(scope="module")
def fuzzed(application: Application, videos: Videos) -> Fuzzed:
    """Where generated requests go."""
    return in_own_loop(lambda: spoilable(application, videos))


Operation = APIOperation[Any, Any, Any, Any]


def operations(fuzzed: Fuzzed) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(fuzzed.schema)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def rejects_what_it_says_it_rejects(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Insist that what the description forbids is refused; too long a body may be refused for that.

    A parameter that is forbidden and empty is not sent at all, so that there is nothing to refuse.
    """
    sent = parse_qs(urlsplit(response.request.url or "").query, keep_blank_values=True)
    if response.status_code == 413 or not (case.query or {}).keys() <= sent.keys():
        return None
    return negative_data_rejection(context, response, case)


CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    rejects_what_it_says_it_rejects,
]


@pytest.mark.timeout(2400)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_generated_request_is_answered_with_an_error_of_ours_or_otherwise_than_described(
    fuzzed: Fuzzed, mode: GenerationMode
) -> None:
    failures = []
    succeeded = set()
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=AGAIN))
        for operation in operations(fuzzed):
            for path in paths(operation, fuzzed):
                try:
                    if 200 in send_all(operation, fuzzed, session, mode=mode, path=path):
                        succeeded.add(operation.label)
                except BaseExceptionGroup as failure:
                    failures.append(f"{operation.label}: {failure}")
    assert not failures, "\n\n".join(failures)
    assert mode is GenerationMode.NEGATIVE or len(succeeded) > 10, succeeded


def paths(operation: Operation, fuzzed: Fuzzed) -> Iterator[dict[str, str]]:
    """Yield parameters of the path with which there is something at the end of it."""
    names = {parameter.name for parameter in operation.path_parameters}
    if "item" in names:
        yield from ({"item": item} for item in fuzzed.items)
    else:
        yield {name: fuzzed.ids[name] for name in names}


def send_all(
    operation: Operation, fuzzed: Fuzzed, session: requests.Session, *, mode: GenerationMode, path: dict[str, str]
) -> set[int]:
    """Send generated requests of one operation, check each answer, and return their classes."""
    classes = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=path or None, headers=NOTHING_AWAITED))
    def send(case: Case[Any]) -> None:
        response = case.call(base_url=fuzzed.url, session=session, headers=fuzzed.headers, timeout=60)
        case.validate_response(response, checks=CHECKS)
        classes.add(response.status_code // 100 * 100)

    with suppress(Unsatisfiable):  # where there is nothing but the path, nothing can be wrong
        send()
    return classes
