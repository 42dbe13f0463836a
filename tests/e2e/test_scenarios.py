"""Every scenario that comes with the tests, run through the HTTP APIs; and a runner that notices what is otherwise."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from casetrail_embedded.scenarios.reading import files_in
from casetrail_embedded.scenarios.run import Outcome, run_file
from casetrail_embedded.scenarios.samples import Sample, make_samples
from support.application import Application
from support.scenarios.reading import FOLDER, SERVICES_ONLY, VARIANTS

FILES = [path for folder in (FOLDER, VARIANTS, SERVICES_ONLY) for path in files_in(folder)]


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sample]:
    """Small recordings to store."""
    return make_samples(tmp_path_factory.mktemp("samples"))


AT_ONCE: Final = 2
"""Scenarios that run side by side, each in an agency of its own: while one waits for the services, another goes on."""


@pytest.fixture(scope="module")
def outcomes(
    application: Application, samples: Mapping[str, Sample], request: pytest.FixtureRequest
) -> Iterator[Mapping[Path, "Future[Outcome]"]]:
    """What becomes of each file that a test is to be made of, in their order."""

    def run(path: Path) -> Outcome:
        return asyncio.run(run_file(path, application.url, samples))

    tests = (item for item in request.session.items if isinstance(item, pytest.Function))
    asked = {test.callspec.params["path"] for test in tests if "outcomes" in test.fixturenames}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {path: pool.submit(run, path) for path in FILES if path in asked}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.partition("-")[0])
def test_a_scenario_runs_exactly_as_its_file_says(outcomes: Mapping[Path, "Future[Outcome]"], path: Path) -> None:
    assert outcomes[path].result().differences == ()


CHANGED = {
    "S16": [
        (
            "{rule: henan-2019/11.1(3), subject: K1, status: satisfied, severity: null",
            "{rule: henan-2019/11.1(3), subject: K1, status: violated, severity: null",
            "henan-2019/11.1(3) K1: expected status violated, found status satisfied",
        ),
        (
            "late_by: '8h10m01s'}\n  - as_of",
            "late_by: '8h10m00s'}\n  - as_of",
            "henan-2019/22.1a AV-2: expected late_by 8h10m00s, found late_by 8h10m01s",
        ),
        (
            "      - {rule: henan-2019/21.1, subject: K1, status: violated",
            "      # - {rule: henan-2019/21.1, subject: K1, status: violated",
            "henan-2019/21.1 K1: found violated (error), due 2025-10-23T23:59:59+08:00, not listed",
        ),
        (
            "  - as_of: '2025-10-20T09:00:00+08:00'",
            "  - as_of: '2025-10-24T09:00:00+08:00'",
            "henan-2019/21.1 K1: expected status pending, severity none, found status overdue, severity error",
        ),
        (
            "expect: {status: 409, code: legal_review_missing}",
            "expect: {status: 409, code: legal_review_missing, incident: henan-2019/24.1a}",
            "expected one incident henan-2019/24.1a on",
        ),
    ],
    "S05": [
        (", incident: qinghe-2019/19.1}", "}", "incident qinghe-2019/19.1 on AV-1, not expected"),
        (
            "expect: {status: 422, code: conduct_type_out_of_scope}",
            "expect: {status: 409, code: conduct_type_out_of_scope}",
            "expected 409 conduct_type_out_of_scope, answered 422 conduct_type_out_of_scope",
        ),
    ],
}
"""By scenario: what stands in the file, what is put in its place, and what must be told of it."""


@pytest.mark.parametrize("scenario", CHANGED)
async def test_what_is_otherwise_than_a_file_says_is_told(
    application: Application, samples: Mapping[str, Sample], tmp_path: Path, scenario: str
) -> None:
    (original,) = FOLDER.glob(f"{scenario}-*.yaml")
    text = original.read_text(encoding="utf-8")
    for was, becomes, _ in CHANGED[scenario]:
        assert was in text
        text = text.replace(was, becomes, 1)
    changed = tmp_path / original.name
    changed.write_text(text, encoding="utf-8")
    outcome: Outcome = await run_file(changed, application.url, samples)
    for *_, told in CHANGED[scenario]:
        assert any(told in line for line in outcome.differences), (told, outcome.differences)
    assert len(outcome.differences) == len(CHANGED[scenario])
