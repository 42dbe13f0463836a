"""A recording moves from start to locked originals, and never back, in whatever order people try."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import ContentRef
from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.facts.intake import CaseRegisteredV1, PersonRegisteredV1
from casetrail_common.facts.media import (
    AvRejectedV1,
    AvStoredV1,
    ReceivedFile,
    StoredFile,
)
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Plan
from casetrail_common.ledger.view import View
from casetrail_media import service
from casetrail_media.commands import (
    AnnotateSession,
    DeclaredFileWish,
    DeclareUpload,
    RegisterDevice,
    RegisterRepository,
    StartSession,
)
from casetrail_media.domain.session import Session, object_key
from casetrail_media.projections import FOLDS, SESSION, UPLOAD, react
from support.memory import START, MemoryLedger

DIGEST = "a" * 64


def who(person: str, *roles: str) -> Principal:
    return Principal(person, "xinzheng", "u1", frozenset(roles))


FENG, BAI, NIU = who("feng", "case_officer"), who("bai", "records_custodian"), who("niu", "device_custodian")


class Life:
    """One recording, and what people and the job may do to it."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger("media", FOLDS, react)
        self.uploads: list[str] = []
        self.session = ""

    async def begin(self) -> "Life":
        case = new_id("intake")
        registered = CaseRegisteredV1(
            case=case,
            conduct_type="penalty",
            procedure="general",
            start_mode="ex_officio",
            matter=ContentRef(sha256=DIGEST),
            parties=[],
            officers=["feng"],
            responsible_officer="feng",
        )
        await self.ledger.follow("intake", stream_name("case", "xinzheng", case), registered)
        for person in (FENG, BAI, NIU):
            known = PersonRegisteredV1(
                person=person.person, name=ContentRef(sha256=DIGEST), kind="staff", roles=sorted(person.roles)
            )
            await self.ledger.follow("intake", stream_name("person", "xinzheng", person.person), known)
        device = RegisterDevice(
            device_type="body_worn_recorder",
            serial="DV1",
            responsible_unit="u1",
            custodian="niu",
            registered_on=START.date(),
        )
        self.device = (await self.ledger.execute(service.register_device(device, NIU))).answer["device"]
        place = RegisterRepository(kind="enforcement_system", name="执法系统", registered=True)
        self.place = (await self.ledger.execute(service.register_repository(place, BAI))).answer["repository"]
        wish = StartSession(case=case, kind="video", mode="full", device=self.device)
        self.session = (await self.ledger.execute(service.start_session(wish, FENG), "feng")).answer["session"]
        self.case = case
        return self

    @property
    def state(self) -> Session:
        session: Session = self.ledger.states["session", self.session]
        return session

    async def annotate(self) -> None:
        wish = AnnotateSession(notice=True, tags=["scene"])
        await self.ledger.execute(service.annotate_session(self.session, wish, FENG))

    async def end(self) -> None:
        await self.ledger.execute(service.end_session(self.session, FENG))

    async def declare(self) -> None:
        file = DeclaredFileWish(sha256=DIGEST, bytes=1, media_type="video/mp4", started_at=START, ended_at=START)
        wish = DeclareUpload(repository=self.place, custodian="bai", files=[file])
        plan = await self.ledger.execute(service.declare_upload(self.session, wish, FENG))
        self.uploads.append(plan.answer["upload"])

    async def receive(self) -> None:
        if self.uploads:
            upload = self.uploads[-1]
            files = [ReceivedFile(object=object_key("xinzheng", self.session, upload, 1), version_id="1")]
            await self.ledger.execute(service.receive_upload(upload, files, FENG))

    async def store(self) -> None:
        await self._end_job(stored=True)

    async def reject(self) -> None:
        await self._end_job(stored=False)

    async def _end_job(self, *, stored: bool) -> None:
        """Do what the job does when it ends, if there is one."""
        waiting = [one for one in self.uploads if self.ledger.states["upload", one].state == "received"]
        for upload in waiting:
            file = StoredFile(
                object="o",
                version_id="1",
                sha256=DIGEST,
                bytes=1,
                media_type="video/mp4",
                started_at=START,
                ended_at=START,
            )
            payload = (
                AvStoredV1(
                    session=self.session,
                    upload=upload,
                    repository=self.place,
                    custodian="bai",
                    files=[file],
                    received_at=START,
                    retained_until=START,
                )
                if stored
                else AvRejectedV1(
                    session=self.session,
                    upload=upload,
                    reason="hash_mismatch",
                    declared_sha256=DIGEST,
                    found_sha256="b" * 64,
                )
            )

            async def decide(_view: View, payload: Any = payload) -> Plan:
                return Plan([NewFact(stream_name("session", "xinzheng", self.session), payload)])

            await self.ledger.execute(decide)


Act = Callable[[Life], Awaitable[None]]
ACTS: tuple[Act, ...] = (Life.annotate, Life.end, Life.declare, Life.receive, Life.store, Life.reject)
ORDER = {"recording": 0, "ended": 1, "stored": 2}


async def code_of(doing: Awaitable[None]) -> str | None:
    try:
        await doing
    except CasetrailError as refused:
        return refused.code
    return None


@example([Life.end, Life.declare, Life.receive, Life.reject, Life.declare, Life.receive, Life.store, Life.annotate])
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(ACTS), max_size=12))
def test_a_recording_never_moves_back_and_is_stored_once(acts: list[Act]) -> None:
    async def live() -> None:
        life = await Life().begin()
        for act in acts:
            before = life.state
            facts = len(life.ledger.facts)
            code = await code_of(act(life))
            assert code in {None, "transition_not_allowed"}
            assert code is None or len(life.ledger.facts) == facts
            assert ORDER[life.state.state] >= ORDER[before.state]
            assert before.notice_at is None or life.state.notice_at == before.notice_at
        kinds = [fact.type for fact in life.ledger.facts]
        assert kinds.count("av.stored") <= 1
        assert kinds.count("av.received") == kinds.count("av.stored") + kinds.count("av.rejected") + (
            sum(1 for one in life.uploads if life.ledger.states["upload", one].state == "received")
        )
        assert (life.state.state == "stored") == (kinds.count("av.stored") == 1)

    asyncio.run(live())


async def test_only_what_is_received_is_to_be_verified() -> None:
    life = await Life().begin()
    await life.end()
    await life.declare()
    jobs = [await react(fact, life.ledger.view()) for fact in life.ledger.facts]
    assert [job for one in jobs for job in one.jobs] == []
    await life.receive()
    (job,) = (await react(life.ledger.facts[-1], life.ledger.view())).jobs
    assert (job.kind, job.key) == ("verify", life.uploads[0])


async def test_a_dossier_seals_the_streams_of_its_recordings() -> None:
    life = await Life().begin()
    await life.end()
    stream = stream_name("session", "xinzheng", life.session)
    before = [fact for fact in life.ledger.facts if fact.stream == stream]
    filed = DossierFiledV1(
        dossier=new_id("archive"),
        case=life.case,
        streams=[NamedStream(service="media", stream=stream), NamedStream(service="intake", stream="case:x:y")],
        sessions=[life.session],
        retention_class="general",
    )
    await life.ledger.follow("archive", stream_name("case", "xinzheng", life.case), filed)
    sealed = life.ledger.facts[-1]
    assert (sealed.type, sealed.stream) == ("stream.sealed", stream)
    assert (sealed.fields["count"], sealed.fields["head"]) == (len(before), before[-1].hash.hex())


@pytest.mark.parametrize("fold", [SESSION, UPLOAD])
async def test_a_state_is_read_back_as_it_was_kept(fold: Any) -> None:
    life = await Life().begin()
    for act in (life.annotate, life.end, life.declare, life.receive, life.store):
        await act()
    state = life.ledger.states[fold.kind, life.session if fold is SESSION else life.uploads[0]]
    assert fold.load(fold.dump(state)) == state
