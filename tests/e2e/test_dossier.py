"""One case from registration to a dossier that anybody can verify."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bagit
import pytest

from casetrail_embedded.demo import cast
from casetrail_embedded.scenarios.checking import Row, unlike
from support.application import Application
from support.ledger_reading import faults
from support.packages import change_facts, facts_file, rewrite_manifests
from support.scenarios.reading import scenarios
from support.telling import Told
from support.waiting import until

ALL_GOOD, PROBLEMS, COMPLETENESS_UNKNOWN = 0, 1, 3
CHECKED_AT = "2025-10-28T09:00:00+08:00"
"""After every check of the scenario: what the law said of the past no longer changes."""


def run(folder: Path, *command: str) -> tuple[int, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout


def verify(folder: Path, *, root: str | None = None) -> tuple[int, str]:
    """Verify as a stranger would: Python by itself, none of our packages."""
    wanted = ("--root", root) if root else ()
    return run(folder, sys.executable, "-I", "-S", "data/verify.py", *wanted)


@pytest.fixture
def package(told: Told, tmp_path: Path) -> Path:
    """A copy of the sealed dossier, to do to it what one likes."""
    return shutil.copytree(told.filed.folder, tmp_path / "copy")


async def test_one_case_from_registration_to_a_dossier_that_verifies(told: Told, application: Application) -> None:
    folder, root = told.filed.folder, told.filed.root
    assert verify(folder, root=root)[0] == ALL_GOOD
    assert verify(folder)[0] == COMPLETENESS_UNKNOWN
    assert bagit.Bag(str(folder)).validate()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert run(folder, "sha256sum", "-c", "--strict", manifest)[0] == 0
    assert await faults(application.stack, told.agency) == []


async def test_the_root_hash_stands_in_archives_ledger_and_in_its_answer(told: Told, application: Application) -> None:
    async with application.client(told.agency) as client:
        dossier = await client.get(cast.QIN.login, f"/v1/dossiers/{told.ids['dossier']}")
    assert dossier["state"] == "sealed"
    assert dossier["root"] == told.filed.root


@pytest.mark.parametrize("name", ["data/verify.py", "data/contents.jsonl", "data/音像/001-音像.mp4", "bag-info.txt"])
def test_one_changed_byte_is_found(package: Path, told: Told, name: str) -> None:
    path = package / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    # The verifier itself may be what was changed, so it is run from elsewhere.
    verifier = str(told.filed.folder / "data" / "verify.py")
    code, said = run(package, sys.executable, "-I", "-S", verifier, ".", "--root", told.filed.root)
    assert code == PROBLEMS
    assert f"file changed: {name}" in said


FORGERIES: dict[str, Callable[[list[str]], list[str]]] = {
    "one fact removed": lambda lines: lines[:5] + lines[6:],
    "the last facts cut off": lambda lines: lines[:-3],
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("service", ["intake", "media", "review", "archive"])
def test_facts_taken_away_are_found_although_every_manifest_was_made_to_fit(
    package: Path, told: Told, service: str, forge: Callable[[list[str]], list[str]]
) -> None:
    kind = "session" if service == "media" else "case"
    change_facts(package, facts_file(package, service, kind), forge)
    code, said = verify(package, root=told.filed.root)
    assert code == PROBLEMS
    assert "root hash differs" in said


def test_manifests_written_anew_are_found_by_the_root_hash_alone(package: Path, told: Told) -> None:
    rewrite_manifests(package)
    assert verify(package)[0] == COMPLETENESS_UNKNOWN
    code, said = verify(package, root=told.filed.root)
    assert code == PROBLEMS
    assert "root hash differs" in said


CHECKS = [check for scenario in scenarios() if scenario.id == "S16" for check in scenario.text["checks"]]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check["as_of"])
async def test_the_law_says_of_the_case_what_the_scenario_expects(
    told: Told, application: Application, check: Mapping[str, Any]
) -> None:
    names = {
        told.ids["case"]: "K1",
        told.ids["inquiry_session"]: "AV-1",
        told.ids["inspection_session"]: "AV-2",
        told.answer("/services")["service"]: "SV1",
    }
    async with application.client(told.agency) as client:
        await told.story(client).at(CHECKED_AT)
        as_of = check["as_of"].replace("+", "%2B")
        path = f"/v1/findings?case={told.ids['case']}&limit=200&as_of={as_of}"

        async def final() -> dict[str, Any] | None:
            page: dict[str, Any] = await client.get(cast.MA.login, path)
            return page if page["is_final"] else None

        page = await until(final, what="an answer that is final")
    found = [Row.of(one, subject=names.get(one["subject"], one["subject"])) for one in page["items"]]
    packs = {one.rule.partition("/")[0] for one in found}
    assert not list(unlike({**check, "closed_world": True}, found, packs=packs))
