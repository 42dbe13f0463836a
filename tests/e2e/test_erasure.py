"""Personal content erased from a case: the text is nowhere, and every proof still holds."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casetrail_archive.process import DOSSIERS
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.run import Filed, fetch
from casetrail_embedded.demo.story import initiate, set_up, tell
from support.application import Application
from support.ledger_reading import faults
from support.marking import MarkingClient, tables_with
from support.refusals import refused
from support.telling import UnhurriedStory, Videos, in_own_loop, settled, silently
from support.traces import store_of

ERASED = {"erased": True}
WISH = {"reason": "data_subject_request"}
EVERYWHERE = {"intake public.content", "review public.content", "archive public.content"}


@dataclass(frozen=True)
class Disposal:
    """A case in the archive whose content was erased; every text of it held a word of its own."""

    agency: str
    mark: str
    ids: dict[str, str]
    sealed: Filed
    held_before: dict[str, int]


async def disposed_of(application: Application, videos: Videos, folder: Path) -> Disposal:
    """Tell the story, look for its texts, and erase them."""
    async with new_client(application) as client:
        story = UnhurriedStory(client, videos, silently)
        await tell(story)
        sealed = await fetch(story, folder)
        held_before = await tables_with(application.stack, client.mark)
        await client.post(cast.QIN.login, f"/v1/cases/{story.ids['case']}/erasures", WISH)
        await settled(story)
        return Disposal(client.agency, client.mark, story.ids, sealed, held_before)


def new_client(application: Application) -> MarkingClient:
    return MarkingClient(application.url, application.client().agency)


@pytest.fixture(scope="module")
def disposal(application: Application, videos: Videos, tmp_path_factory: pytest.TempPathFactory) -> Disposal:
    """A case that was erased once, for tests that only look."""
    folder: Path = tmp_path_factory.mktemp("erased")
    return in_own_loop(lambda: disposed_of(application, videos, folder))


async def test_what_was_erased_is_in_no_table_of_any_service_and_in_no_log(
    disposal: Disposal, application: Application
) -> None:
    assert set(disposal.held_before) == EVERYWHERE
    assert await tables_with(application.stack, disposal.mark) == {}
    assert disposal.mark not in application.log.read_text()


async def test_after_an_erasure_every_chain_still_verifies(disposal: Disposal, application: Application) -> None:
    assert await faults(application.stack, disposal.agency) == []


def test_after_an_erasure_the_sealed_volume_still_verifies(disposal: Disposal) -> None:
    command = [sys.executable, "-I", "-S", "data/verify.py", "--root", disposal.sealed.root]
    assert subprocess.run(command, cwd=disposal.sealed.folder, check=False, capture_output=True).returncode == 0


async def test_what_was_erased_is_shown_as_erased(disposal: Disposal, application: Application) -> None:
    ids, qin = disposal.ids, cast.QIN.login
    async with application.client(disposal.agency) as client:
        record = await client.get(qin, f"/v1/items/{ids['inquiry_record']}")
        form = await client.get(qin, f"/v1/items/{ids['initiation']}")
        decision = await client.get(qin, f"/v1/items/{ids['decision']}")
        submission = await client.get(qin, f"/v1/reviews/{ids['submission']}")
        timeline = await client.get(qin, f"/v1/archive/cases/{ids['case']}/timeline?limit=200")
    assert record["fields"] == {"person": ERASED, "qa": ERASED}
    assert [opinion["opinion"] for opinion in form["opinions"]] == [ERASED, ERASED]
    assert decision["content"] == ERASED
    assert [opinion["opinion"] for opinion in submission["opinions"]] == [ERASED] * 3
    assert "content.erased" in {step["type"] for step in timeline["items"]}
    assert not any(disposal.mark in text for text in texts(timeline))


def texts(value: Any) -> list[str]:
    """Return every text within a value."""
    match value:
        case dict():
            return [text for inner in value.values() for text in texts(inner)]
        case list():
            return [text for inner in value for text in texts(inner)]
        case str():
            return [value]
    return []


async def test_of_the_dossier_only_the_locked_volume_is_left_and_says_that_it_holds_what_was_erased(
    disposal: Disposal, application: Application
) -> None:
    async with application.client(disposal.agency) as client:
        dossier = await client.get(cast.QIN.login, f"/v1/dossiers/{disposal.ids['dossier']}")
    assert dossier["holds_erased"]
    left = store_of(application.stack).list_objects(
        DOSSIERS, prefix=f"{disposal.agency}/", recursive=True, include_version=True
    )
    assert [(each.object_name, each.version_id) for each in left] == [(dossier["object"], dossier["version_id"])]


async def test_a_case_that_is_not_closed_keeps_its_content(case: UnhurriedStory) -> None:
    path = f"/v1/cases/{case.ids['case']}/erasures"
    refused(await case.client.send(cast.QIN.login, "POST", path, body=WISH), 409, "transition_not_allowed")


async def close_without_violation(story: UnhurriedStory) -> None:
    """Close the case on a form that the head agrees to."""
    form = {"type": "closure_record", "fields": {"outcome": "违法事实不能成立"}, "marks": []}
    await story.record(cast.FENG, "", "closure", form)
    await story.opine(cast.SONG, "", "closure", "head", "同意结案。")
    wish = {"outcome": "no_violation", "form": story.ids["closure"]}
    await story.client.post(cast.FENG.login, f"/v1/cases/{story.ids['case']}/closure", wish)


async def test_a_party_to_another_case_keeps_its_name(application: Application, videos: Videos) -> None:
    async with new_client(application) as client:
        story = UnhurriedStory(client, videos, silently)
        await set_up(story)
        await initiate(story)
        first = story.ids["case"]
        await close_without_violation(story)
        before = await tables_with(application.stack, client.mark)
        await initiate(story)
        both = await tables_with(application.stack, client.mark)
        await client.post(cast.QIN.login, f"/v1/cases/{first}/erasures", WISH)
        await settled(story)
        after = await tables_with(application.stack, client.mark)
    in_second = {table: rows - before[table] for table, rows in both.items()}
    assert after == {table: rows + 1 for table, rows in in_second.items()}, "the name of the party, and the second case"
