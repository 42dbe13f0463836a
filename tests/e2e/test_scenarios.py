"""Every scenario that comes with the tests, run through the HTTP APIs; and a runner that notices what is otherwise."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from casetrail_embedded.scenarios.run import Outcome, run_file
from casetrail_embedded.scenarios.samples import Sample, make_samples
from support.application import Application
from support.scenarios.reading import FOLDER

VARIANTS = FOLDER.parent / "variants"
FILES = sorted([*FOLDER.glob("*.yaml"), *VARIANTS.glob("*.yaml")])


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sample]:
    """Small recordings to store."""
    return make_samples(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.partition("-")[0])
async def test_a_scenario_runs_exactly_as_its_file_says(
    application: Application, samples: Mapping[str, Sample], path: Path
) -> None:
    outcome = await run_file(path, application.url, samples)
    assert outcome.differences == ()


CHANGED = [
    pytest.param(
        "S16",
        "{rule: henan-2019/11.1(3), subject: K1, status: satisfied",
        "{rule: henan-2019/11.1(3), subject: K1, status: violated",
        "henan-2019/11.1(3) K1: expected status violated, found status satisfied",
        id="a status",
    ),
    pytest.param(
        "S16",
        "late_by: '8h10m01s'",
        "late_by: '8h10m00s'",
        "henan-2019/22.1a AV-2: expected late_by 8h10m00s, found late_by 8h10m01s",
        id="a lateness",
    ),
    pytest.param(
        "S16",
        "      - {rule: henan-2019/22.1a, subject: AV-2, status: violated",
        "      # - {rule: henan-2019/22.1a, subject: AV-2, status: violated",
        "henan-2019/22.1a AV-2: found violated (error), due 2025-08-20T23:59:59+08:00, not listed",
        id="a breach that is not listed",
    ),
    pytest.param(
        "S16",
        "  - as_of: '2025-10-20T09:00:00+08:00'",
        "  - as_of: '2025-10-24T09:00:00+08:00'",
        "henan-2019/21.1 K1: expected status pending",
        id="an instant",
    ),
    pytest.param(
        "S16",
        "expect: {status: 409, code: legal_review_missing}",
        "expect: {status: 409, code: legal_review_missing, incident: henan-2019/24.1a}",
        "expected one incident henan-2019/24.1a on",
        id="an incident that is not there",
    ),
    pytest.param(
        "S16",
        "expect: {status: 409, code: legal_review_missing}",
        "expect: ok",
        "expected ok, answered 409 legal_review_missing",
        id="a refusal",
    ),
    pytest.param(
        "S05",
        ", incident: qinghe-2019/19.1}",
        "}",
        "incident qinghe-2019/19.1 on",
        id="an incident that is not expected",
    ),
]


@pytest.mark.parametrize(("scenario", "was", "becomes", "told"), CHANGED)
async def test_what_is_otherwise_than_a_file_says_is_told(
    application: Application,
    samples: Mapping[str, Sample],
    tmp_path: Path,
    scenario: str,
    was: str,
    becomes: str,
    told: str,
) -> None:
    (original,) = FOLDER.glob(f"{scenario}-*.yaml")
    text = original.read_text(encoding="utf-8")
    assert was in text
    changed = tmp_path / original.name
    changed.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    outcome: Outcome = await run_file(changed, application.url, samples)
    assert any(told in line for line in outcome.differences), outcome.differences
