"""One recording in media's ledger in memory, with whatever the other services might say of its case."""

from collections.abc import Sequence
from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.facts.intake import (
    ActivityStartedV1,
    AgencyRegisteredV1,
    CaseRegisteredV1,
    ConductType,
    PersonRegisteredV1,
    Unit,
)
from casetrail_common.facts.media import AvRejectedV1, AvStoredV1, ReceivedFile, StoredFile
from casetrail_common.ids import Service, new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.rules import pack_document
from casetrail_media import commands as c
from casetrail_media import service
from casetrail_media.domain.session import Session, object_key
from casetrail_media.projections import FOLDS, react
from support.memory import START, MemoryLedger

DIGEST = "a" * 64
TEXT = ContentRef(sha256=DIGEST)
AGENCY = "xinzheng"
HENAN = ("henan-2019", "2019-06-04")


def who(person: str, *roles: str) -> Principal:
    """Return somebody of the agency."""
    return Principal(person, AGENCY, "u1", frozenset(roles))


FENG, LV = who("feng", "case_officer"), who("lv", "case_officer")
BAI, NIU = who("bai", "records_custodian"), who("niu", "device_custodian")
DUAN, ADMIN = who("duan", "unit_head"), who("admin", "administrator")
PEOPLE = (FENG, LV, BAI, NIU, DUAN)


class Recording:
    """A session that feng began on a camera of niu's, and what may be done to it."""

    def __init__(self, *, conduct_type: ConductType = "penalty") -> None:
        self.conduct_type: ConductType = conduct_type
        self.ledger = MemoryLedger("media", FOLDS, react)
        self.case = self.activity = self.session = self.device = self.spare = self.place = ""
        self.uploads: list[str] = []

    async def begin(self, *packs: tuple[str, str], linked: bool = True) -> "Recording":
        """Let there be people, a case under some regulations, devices, a repository, and the session.

        Parameters
        ----------
        linked
            Whether the session names the case when it begins.
        """
        for pack, version in packs or (HENAN,):
            await self.load(pack, version)
        await self._let_there_be_people()
        self.case = await self.open_case()
        self.activity = await self.act()
        self.device, self.spare = [await self._device(serial) for serial in ("DV1", "DV2")]
        self.place = (await self.do(service.register_repository(repository(), BAI))).answer["repository"]
        wish = c.StartSession(case=self.case if linked else None, kind="video", mode="full", device=self.device)
        self.session = (await self.do(service.start_session(wish, FENG))).answer["session"]
        return self

    async def load(self, pack: str, version: str) -> None:
        """Let a regulation come into force."""
        document = pack_document(pack, version)
        loaded = PackLoadedV1(
            pack=pack,
            version=version,
            valid_from=START.date(),
            sha256=f"{abs(hash((pack, version))):064x}",
            document=document,
        )
        await self.follow("archive", "pack", pack, loaded)

    async def _let_there_be_people(self) -> None:
        for person in PEOPLE:
            known = PersonRegisteredV1(person=person.person, name=TEXT, kind="staff", roles=sorted(person.roles))
            await self.follow("intake", "person", person.person, known)
        party = PersonRegisteredV1(person="hengyuan", name=TEXT, kind="outside", roles=["party"])
        await self.follow("intake", "person", "hengyuan", party)
        units = [Unit(id="u1", name="一中队")]
        registered = AgencyRegisteredV1(name="新郑市邮政管理局", province="河南省", units=units)
        await self.follow("intake", "agency", AGENCY, registered)

    async def open_case(self) -> str:
        """Open another case in intake."""
        case = new_id("intake")
        registered = CaseRegisteredV1(
            case=case,
            conduct_type=self.conduct_type,
            procedure="general",
            start_mode="ex_officio",
            matter=TEXT,
            parties=[],
            officers=["feng"],
            responsible_officer="feng",
        )
        await self.follow("intake", "case", case, registered)
        return case

    async def act(self, *sessions: str) -> str:
        """Begin an act of the case in intake, on which sessions were recorded."""
        activity = new_id("intake")
        started = ActivityStartedV1(
            activity=activity, kind="inquiry", place=TEXT, officers=["feng"], present=[], sessions=list(sessions)
        )
        await self.follow("intake", "case", self.case, started)
        return activity

    async def _device(self, serial: str) -> str:
        wish = c.RegisterDevice(
            device_type="body_worn_recorder",
            serial=serial,
            responsible_unit="u1",
            custodian="niu",
            registered_on=START.date(),
        )
        return str((await self.do(service.register_device(wish, NIU))).answer["device"])

    async def follow(self, other: Service, kind: str, item: str, *payloads: Payload) -> None:
        """Follow facts of another service."""
        await self.ledger.follow(other, stream_name(kind, AGENCY, item), *payloads)

    async def do(self, decide: Decide) -> Plan:
        """Let a command be decided."""
        return await self.ledger.execute(decide)

    @property
    def state(self) -> Session:
        """The session as it stands."""
        session: Session = self.ledger.states["session", self.session]
        return session

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """Return the payloads of one type of media's facts."""
        return [dict(fact.fields) for fact in self.ledger.facts if fact.type == kind]

    async def annotate(self) -> None:
        """Say that those present were told, and what was filmed."""
        await self.do(service.annotate_session(self.session, c.AnnotateSession(notice=True, tags=["scene"]), FENG))

    async def interrupt(self, *, final: bool = False) -> None:
        """Begin a gap."""
        wish = c.InterruptSession(cause="low_battery", description="电池耗尽", final=final)
        await self.do(service.interrupt_session(self.session, wish, FENG))

    async def resume(self) -> None:
        """Go on with the spare camera."""
        wish = c.ResumeSession(device=self.spare, voice_explanation=True)
        await self.do(service.resume_session(self.session, wish, FENG))

    async def end(self) -> None:
        """Stop recording."""
        await self.do(service.end_session(self.session, FENG))

    def declaration(self, *, files: int | None = None, **changed: Any) -> c.DeclareUpload:
        """Return what the device says: one file per segment, unless another number is asked for."""
        file = c.DeclaredFileWish(sha256=DIGEST, bytes=1, media_type="video/mp4", started_at=START, ended_at=START)
        count = len(self.state.segments) if files is None else files
        return c.DeclareUpload(**{"repository": self.place, "custodian": "bai", "files": [file] * count, **changed})

    async def declare(self, **changed: Any) -> None:
        """Begin to store it."""
        plan = await self.do(service.declare_upload(self.session, self.declaration(**changed), FENG))
        self.uploads.append(plan.answer["upload"])

    async def receive(self) -> None:
        """Say that the last upload is complete, if there is one."""
        if self.uploads:
            upload = self.uploads[-1]
            declared = self.ledger.states["upload", upload].declared
            files = [
                ReceivedFile(object=object_key(AGENCY, self.session, upload, number), version_id="1")
                for number in range(1, len(declared) + 1)
            ]
            await self.do(service.receive_upload(upload, files, FENG))

    async def store(self) -> None:
        """Do what the job does when everything is as declared."""
        await self._end_job(stored=True)

    async def reject(self) -> None:
        """Do what the job does when something is not."""
        await self._end_job(stored=False)

    async def _end_job(self, *, stored: bool) -> None:
        waiting = [one for one in self.uploads if self.ledger.states["upload", one].state == "received"]
        for upload in waiting:
            payload = self._stored(upload) if stored else self._rejected(upload)

            async def decide(_view: View, payload: Payload = payload) -> Plan:
                return Plan([NewFact(stream_name("session", AGENCY, self.session), payload)])

            await self.do(decide)

    def _stored(self, upload: str) -> AvStoredV1:
        known = self.ledger.states["upload", upload]
        return AvStoredV1(
            session=self.session,
            upload=upload,
            repository=self.place,
            custodian="bai",
            files=[
                StoredFile(object=file.object, version_id=file.version_id, **declared.model_dump())
                for file, declared in zip(known.received, known.declared, strict=True)
            ],
            received_at=START,
            retained_until=START,
        )

    def _rejected(self, upload: str) -> AvRejectedV1:
        return AvRejectedV1(
            session=self.session,
            upload=upload,
            reason="hash_mismatch",
            declared_sha256=DIGEST,
            found_sha256="b" * 64,
        )

    async def stored(self) -> "Recording":
        """Go all the way to locked originals."""
        for step in (self.end, self.declare, self.receive, self.store):
            await step()
        return self


def repository(*, registered: bool = True) -> c.RegisterRepository:
    """Return the wish for a place where recordings may be stored."""
    return c.RegisterRepository(kind="enforcement_system", name="执法系统", registered=registered)


async def code_of(decide: Decide, recording: Recording) -> tuple[str | None, str | None]:
    """Return the code and clause with which a command is refused; None twice if it is not."""
    before = len(recording.ledger.facts)
    try:
        await recording.do(decide)
    except CasetrailError as refused:
        new = [fact.type for fact in recording.ledger.facts[before:]]
        assert set(new) <= {"incident.recorded"}, "a refused command changes nothing"
        return refused.code, refused.clause
    return None, None


def incidents(recording: Recording) -> Sequence[dict[str, Any]]:
    """Return the incidents recorded so far."""
    return recording.facts("incident.recorded")
