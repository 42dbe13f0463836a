"""Drafts, filing and sealing: what lies in the store, and what a repeat after a crash makes of it."""

import asyncio
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from casetrail_archive.packing import packer
from casetrail_common.facts import Payload
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import CaseRegisteredV1, RecordAddedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.reading import commitments_in
from casetrail_common.objects import ObjectLockedError, ObjectStoreError
from support.archiving import Archiving
from support.facts import FactBook
from support.penalty_case import AGENCY, CASE, FILMS, INTAKE, china

SESSIONS = [film.session for film in FILMS.values()]


class CutOff(Exception):  # noqa: N818 - not an error but the death of a process
    """Stands for SIGKILL at a failpoint."""


async def filed(desk: Archiving) -> str:
    """Return the dossier of the closed case, filed, with all streams sealed and the job to seal it waiting."""
    await desk.close_case()
    await desk.drain("draft")
    await desk.at(china(10, 24, 10))
    answer = await desk.file(SESSIONS)
    assert answer.status_code == 202, answer.text
    dossier: str = answer.json()["dossier"]
    await desk.seal_streams(dossier)
    return dossier


async def facts(desk: Archiving, kind: str) -> list[Fact]:
    return [fact for fact in await desk.facts() if fact.type == kind]


async def versions(desk: Archiving, dossier: str) -> list[str]:
    return [found.key for found in await desk.parts.dossiers.list_versions(f"{AGENCY}/{dossier}/")]


async def package(desk: Archiving, dossier: str) -> bytes:
    answer = await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}/content")
    assert answer.status_code == 200, answer.text
    return answer.content


def verified(content: bytes, root: str, folder: Path) -> int:
    """Unpack a package, and return how its own verifier ends."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    command = [sys.executable, "-I", "data/verify.py", ".", "--root", root]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False).returncode


async def test_a_closed_case_has_a_draft_that_its_officers_can_read(desk: Archiving) -> None:
    await desk.close_case()
    await desk.drain("draft")
    [drafted] = await facts(desk, "dossier.drafted")
    dossier = drafted.fields["dossier"]
    shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers?case={CASE}")).json()["items"]
    assert [(one["dossier"], one["state"], one["root"]) for one in shown] == [(dossier, "draft", None)]
    path = f"/v1/dossiers/{dossier}/content"
    feng = await desk.send(desk.who("feng", "case_officer", unit="u1"), "GET", path)
    with zipfile.ZipFile(io.BytesIO(feng.content)) as archive:
        assert "data/index.html" in archive.namelist()
        assert not [name for name in archive.namelist() if name.endswith(".mp4")]
    for stranger in (desk.who("zhao", "case_officer", unit="u1"), desk.who("ma", "supervisor")):
        assert (await desk.send(stranger, "GET", path)).json()["code"] == "role_not_allowed"


async def test_the_sealed_volume_verifies_with_the_root_that_was_answered(desk: Archiving, tmp_path: Path) -> None:
    dossier = await filed(desk)
    await desk.drain("seal")
    [sealed] = await facts(desk, "dossier.sealed")
    shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    assert (shown["state"], shown["root"], shown["retention_years"]) == ("sealed", sealed.fields["root"], 10)
    content = await package(desk, dossier)
    assert len(content) == sealed.fields["bytes"] == shown["bytes"]
    assert verified(content, sealed.fields["root"], tmp_path / "volume") == 0
    assert len(list((tmp_path / "volume/data/音像").iterdir())) == len(SESSIONS)
    with pytest.raises(ObjectLockedError):
        await desk.parts.dossiers.delete_version(shown["object"], shown["version_id"])


async def test_filing_names_every_stream_and_answers_the_same_until_it_is_sealed(desk: Archiving) -> None:
    await desk.close_case()
    await desk.at(china(10, 24, 10))
    first = await desk.file(SESSIONS, key="once")
    assert (first.status_code, first.json()["state"]) == (202, "filed")
    own = [f"{service} case:{AGENCY}:{CASE}" for service in ("intake", "media", "review")]
    assert first.json()["awaits"] == [*own, *(f"media session:{AGENCY}:{session}" for session in SESSIONS)]
    await desk.seal_streams(first.json()["dossier"])
    await desk.drain("seal")
    again = await desk.file(SESSIONS, key="once")
    assert (again.status_code, again.json()["state"], again.json()["awaits"]) == (201, "sealed", [])
    [sealed] = await facts(desk, "dossier.sealed")
    assert again.json()["root"] == sealed.fields["root"]
    assert len(await facts(desk, "dossier.filed")) == 1


@pytest.mark.parametrize("place", ["archive.before_seal", "archive.after_store", "archive.after_seal"])
async def test_sealing_that_was_cut_off_seals_the_same_volume_once(
    desk: Archiving, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    dossier = await filed(desk)
    whole = await volume_root(desk, dossier)

    def die(name: str) -> None:
        if name == place:
            raise CutOff

    with monkeypatch.context() as armed:
        armed.setattr(packer, "failpoint", die)
        with pytest.raises(CutOff):
            await desk.drain("seal")
    await desk.say("intake", f"person:{AGENCY}:feng", await renamed(desk))  # later knowledge changes nothing
    await desk.drain("seal", "discard")
    [sealed] = await facts(desk, "dossier.sealed")
    assert sealed.fields["root"] == whole
    assert await versions(desk, dossier) == [sealed.fields["object"]]


async def volume_root(desk: Archiving, dossier: str) -> str:
    """Return the root that a volume gathered now would have."""
    found = (await desk.parts.packer.source_of(AGENCY, dossier)) or pytest.fail("nothing to seal")
    async with packer.packed(found, desk.parts.packer.press) as made:
        return made.volume.root


async def renamed(desk: Archiving) -> Payload:
    """Return the registration of an officer under another name."""
    [known] = [fact.payload for fact in desk.book.of("intake", f"person:{AGENCY}:feng")]
    assert known is not None
    return known.model_copy(update={"name": desk.book.seal("冯建军")})


async def test_a_recording_that_is_not_what_its_fact_says_is_never_sealed(
    desk: Archiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casetrail_archive.dossier import RecordingDiffersError

    await filed(desk)

    async def other(*_args: object, **_kwargs: object) -> object:
        yield b"forged"

    monkeypatch.setattr(desk.parts.gatherer.recordings, "stream", other)
    with pytest.raises(RecordingDiffersError):
        await desk.drain("seal")
    assert not await facts(desk, "dossier.sealed")


async def test_erased_content_leaves_the_draft_and_a_new_one_without_it_stands(desk: Archiving) -> None:
    await desk.close_case()
    await desk.drain("draft")
    [drafted] = await facts(desk, "dossier.drafted")
    before = await package(desk, drafted.fields["dossier"])
    assert "郭守义" in text_of(before)
    await erase(desk)
    await desk.drain("discard", "draft")
    again = (await facts(desk, "dossier.drafted"))[-1]
    assert await versions(desk, drafted.fields["dossier"]) == [again.fields["object"]]
    assert "郭守义" not in text_of(await package(desk, drafted.fields["dossier"]))
    with pytest.raises(ObjectStoreError):
        await desk.parts.dossiers.stat(drafted.fields["object"], drafted.fields["version_id"])


async def test_a_draft_overtaken_by_erasure_is_not_said_to_stand(
    desk: Archiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.close_case()
    put = desk.parts.dossiers.put_file

    async def overtaken(*args: object, **kwargs: object) -> str:
        version = await put(*args, **kwargs)  # type: ignore[arg-type]
        await erase(desk)
        return version

    with monkeypatch.context() as slow:
        slow.setattr(desk.parts.dossiers, "put_file", overtaken)
        with pytest.raises(packer.OvertakenError):
            await desk.drain("draft")
    assert not await facts(desk, "dossier.drafted")
    await desk.drain("discard", "draft")
    [drafted] = await facts(desk, "dossier.drafted")
    assert "郭守义" not in text_of(await package(desk, drafted.fields["dossier"]))
    assert len(await versions(desk, drafted.fields["dossier"])) == 1


async def test_a_sealed_volume_that_holds_erased_content_is_listed(desk: Archiving) -> None:
    dossier = await filed(desk)
    await desk.drain("seal")
    await erase(desk)
    await desk.drain("discard")
    shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    assert (shown["state"], shown["holds_erased"]) == ("sealed", True)


async def erase(desk: Archiving) -> None:
    """Let intake erase everything it holds of the case."""
    digests = [digest for fact in desk.book.of("intake", INTAKE) for digest in commitments_in(fact.fields)]
    await desk.say("intake", INTAKE, ContentErasedV1(case=CASE, commitments=digests, reason="court_order"))


def text_of(content: bytes) -> str:
    """Return the contents that a package proves, as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("data/contents.jsonl").decode()


async def test_only_a_closed_case_is_filed_and_only_once(desk: Archiving) -> None:
    await desk.close_case()
    await desk.at(china(10, 24, 10))
    qin, wish = desk.who("qin", "archivist"), {"case": CASE, "records": "all", "sessions": [], "retention_class": "x"}
    assert (await desk.send(qin, "POST", "/v1/dossiers", wish)).json()["code"] == "retention_class_unknown"
    strange = {**wish, "sessions": ["m-0198a2c0-0000-7000-8000-0000000000ff"]}
    assert (await desk.send(qin, "POST", "/v1/dossiers", strange)).json()["code"] == "not_found"
    assert (await desk.send(desk.who("ma", "supervisor"), "POST", "/v1/dossiers", wish)).json()["code"] == (
        "role_not_allowed"
    )
    answers = await asyncio.gather(*(desk.file(SESSIONS) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"transition_not_allowed"}


async def test_an_attempt_to_change_a_dossier_is_refused_and_recorded(desk: Archiving) -> None:
    await desk.close_case()
    await desk.drain("draft")
    [drafted] = await facts(desk, "dossier.drafted")
    path = f"/v1/items/{drafted.fields['dossier']}"
    feng = desk.who("feng", "case_officer")
    for method, body in (("PATCH", {"change": "trim"}), ("DELETE", None)):
        answer = await desk.send(feng, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "worm_protected")
    assert [f.fields["clause"] for f in await facts(desk, "incident.recorded")] == ["henan-2019/24.1a"] * 2


def with_a_complaint(book: FactBook, record: str) -> FactBook:
    """Return the same story of a case that goes back to a complaint."""
    told = FactBook(book.agency, book.facts[0].recorded_at, book.law, contents=book.contents)
    for fact in book.facts:
        told.now, payload = fact.recorded_at, fact.payload
        if isinstance(payload, CaseRegisteredV1):
            payload = payload.model_copy(update={"start_mode": "complaint", "complaint": record})
        assert payload is not None
        told.fact_of(fact.service, fact.stream, payload, by=fact.actor.person)  # type: ignore[arg-type]
    register = RecordAddedV1(
        record=record, record_type="complaint_register", fields={"named": True}, filled=["named"], author="feng"
    )
    told.fact_of("intake", stream_name("record", AGENCY, record), register)  # at the end: others name what lies before
    return told


async def test_the_complaint_that_a_case_goes_back_to_is_in_its_dossier(desk: Archiving, tmp_path: Path) -> None:
    record = new_id("intake")
    desk.book = with_a_complaint(desk.book, record)
    dossier = await filed(desk)
    await desk.drain("seal")
    [sealed] = await facts(desk, "dossier.sealed")
    content = await package(desk, dossier)
    assert verified(content, sealed.fields["root"], tmp_path / "unpacked") == 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert any("投诉举报" in name for name in names), names
    found = await desk.findings(agency="true")
    assert record not in {finding["subject"] for finding in found}
