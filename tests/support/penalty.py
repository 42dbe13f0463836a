"""The facts of one penalty case under the rules of Henan: a parcel firm fined, one recording stored too late.

The steps stand in a table that a test may change before it turns them into facts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from casetrail_common.calendar import BEIJING
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts import archive as a
from casetrail_common.facts import intake as i
from casetrail_common.facts import media as m
from casetrail_common.facts import review as r
from casetrail_common.ids import Service, stream_name
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.fact import Actor, Fact

AGENCY: Final = "xinzheng"
TEXT: Final = ContentRef(sha256="0" * 64)
"""Stands for what people wrote."""
DIGEST: Final = "0" * 64


def at(text: str) -> datetime:
    """Return a local instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@dataclass(frozen=True)
class Step:
    """One fact to come."""

    when: datetime
    service: Service
    stream: str
    payload: Payload
    recorded: datetime | None = None
    """Absent = at once."""


def step(when: str, service: Service, stream: str, payload: Payload) -> Step:
    """Return a step; the stream is named by kind and id."""
    kind, _, item = stream.partition(":")
    return Step(at(when), service, stream_name(kind, AGENCY, item), payload)


def facts(steps: Iterable[Step]) -> list[Fact]:
    """Return the facts that steps lead to, in the order in which they are recorded."""
    told: list[Fact] = []
    tips: dict[str, Tip] = {}
    for one in sorted(steps, key=lambda s: s.recorded or s.when):
        recorded = one.recorded or one.when
        tip = tips.setdefault(one.service, Tip(one.service, AGENCY, 0, recorded, {}))
        tip.now = recorded
        new = NewFact(one.stream, one.payload, one.when)
        told += tip.extend([new], actor=Actor("feng"), law=Law(("henan-2019@2019-06-04",), "CN-2025-2026"))
    return told


P = TypeVar("P", bound=Payload)


def without(steps: Sequence[Step], kind: type[Payload], test: Callable[[Any], bool] = lambda _: True) -> list[Step]:
    """Return a story without some of its facts."""
    return [s for s in steps if not (isinstance(s.payload, kind) and test(s.payload))]


def moved(steps: Sequence[Step], kind: type[Payload], when: str) -> list[Step]:
    """Return a story in which a fact happens at another time."""
    return [replace(s, when=at(when)) if isinstance(s.payload, kind) else s for s in steps]


def told_otherwise(
    steps: Sequence[Step], kind: type[P], test: Callable[[P], bool] = lambda _: True, **update: Any
) -> list[Step]:
    """Return a story in which a fact says something else."""
    return [
        replace(s, payload=s.payload.model_copy(update=update))
        if isinstance(s.payload, kind) and test(s.payload)
        else s
        for s in steps
    ]


def record(id_: str, record_type: str, filled: Sequence[str] = (), **more: Any) -> i.RecordAddedV1:
    """Return a record of the case; the fields named hold something."""
    values = {"record": id_, "record_type": record_type, "case": "K1", "fields": {}, "author": "feng"}
    return i.RecordAddedV1(filled=sorted(filled), **{**values, **more})


def opinion(kind: type[P], form: str, slot: str, signed: str, **more: Any) -> P:
    """Return an opinion on a form."""
    values = {"form": form, "slot": slot, "result": "agree", "opinion": TEXT, "signed_on": signed, "by": slot}
    return kind.model_validate({**values, **more})


IDENTITY: Final = i.Identity(officers=["feng", "lv"], certificate_shown=True)
SIGNED: Final = [i.Mark(by="feng", as_role="officer"), i.Mark(by="hengyuan", as_role="party")]


def stored(session: str, when: str) -> m.AvStoredV1:
    """Return that a recording was stored."""
    return m.AvStoredV1(
        session=session,
        upload=f"up-{session}",
        repository="repo1",
        custodian="bai",
        files=[],
        received_at=at(when),
        retained_until=at("2055-01-01"),
    )


def recording(session: str, day: str, *, begins: str, notes: str, ends: str) -> list[Step]:
    """Return the facts of a complete recording."""
    stream = f"session:{session}"
    voice = ["time", "place", "officers", "act", "focus"]
    started = m.AvSessionStartedV1(session=session, case="K1", kind="video", mode="full", device="dv1", recorder="lv")
    tags = m.AvAnnotatedV1(session=session, tags=["scene", "persons", "items"], not_present=["measures", "service"])
    return [
        step(f"{day}T{begins}", "media", stream, started),
        step(f"{day}T{begins}", "media", stream, m.AvNoticeGivenV1(session=session)),
        step(f"{day}T{begins}", "media", stream, m.AvAnnotatedV1(session=session, voice=voice)),
        step(f"{day}T{notes}", "media", stream, tags),
        step(f"{day}T{ends}", "media", stream, m.AvSessionEndedV1(session=session)),
    ]


def activity(id_: str, kind: str, session: str) -> i.ActivityStartedV1:
    """Return that an act with a recording began."""
    return i.ActivityStartedV1(
        activity=id_, kind=kind, place=TEXT, officers=["feng", "lv"], present=["hengyuan"], sessions=[session]
    )


def _initiation() -> list[Step]:
    case = "case:K1"
    opened = i.CaseRegisteredV1(
        case="K1",
        conduct_type="penalty",
        procedure="general",
        start_mode="ex_officio",
        matter=TEXT,
        parties=["hengyuan"],
        officers=["feng", "lv"],
        responsible_officer="feng",
        unit="u1",
    )
    source = record("R-source", "case_source_register", ["source", "reason", "received_at"])
    form = record("R-init", "initiation_approval", ["reason", "party_basic", "undertaker_opinion"])
    return [
        step("2025-08-11T08:20", "intake", case, opened),
        step("2025-08-11T08:30", "intake", case, source),
        step("2025-08-11T08:35", "intake", case, form),
        step("2025-08-11T08:45", "intake", case, opinion(i.OpinionGivenV1, "R-init", "unit", "2025-08-11")),
        step("2025-08-11T08:50", "intake", case, i.InitiationFiledV1(form="R-init")),
        step("2025-08-11T09:00", "intake", case, opinion(i.OpinionGivenV1, "R-init", "head", "2025-08-11")),
        step("2025-08-11T09:00", "intake", case, i.InitiationApprovedV1(form="R-init")),
    ]


def _investigation() -> list[Step]:
    case = "case:K1"
    contact = {"identity": IDENTITY, "marks": SIGNED}
    inquiry = record("D-1", "inquiry_record", ["person", "qa"], about=["A1", "AV-1"], **contact)
    site = record("D-2", "site_record", ["place", "facts"], about=["A2", "AV-2"], **contact)
    rights = ["rights", "notification_method", "told_at", "exercise_result"]
    return [
        *recording("AV-1", "2025-08-13", begins="14:59", notes="16:29", ends="16:30"),
        step("2025-08-13T15:00", "intake", case, activity("A1", "inquiry", "AV-1")),
        step("2025-08-13T16:30", "intake", case, inquiry),
        step("2025-08-13T16:30", "intake", case, i.ActivityEndedV1(activity="A1")),
        step("2025-08-13T23:59:59", "media", "session:AV-1", stored("AV-1", "2025-08-13T23:59:59")),
        *recording("AV-2", "2025-08-20", begins="10:58", notes="11:49", ends="11:50"),
        step("2025-08-20T11:00", "intake", case, activity("A2", "site_inspection", "AV-2")),
        step("2025-08-20T11:50", "intake", case, site),
        step("2025-08-20T11:50", "intake", case, i.ActivityEndedV1(activity="A2")),
        step("2025-08-21T08:10", "media", "session:AV-2", stored("AV-2", "2025-08-21T08:10")),
        step("2025-08-25T10:00", "intake", case, record("R-rights", "rights_notice", rights, **contact)),
    ]


def _decision() -> list[Step]:
    case = "case:K1"
    fields = ["main_facts", "legal_basis", "discretion_standard", "undertaker_opinion"]
    in_review = {"submission": "S1"}
    unit = opinion(r.UnitOpinedV1, "R-handling", "unit", "2025-08-29", **in_review)
    legal = opinion(r.LegalOpinedV1, "R-handling", "legal", "2025-09-03", **in_review)
    head = opinion(r.HeadApprovedV1, "R-handling", "head", "2025-09-04", **in_review)
    return [
        step("2025-08-29T09:00", "intake", case, record("R-handling", "handling_opinion", fields)),
        step("2025-08-29T09:10", "intake", case, record("R-proposed", "proposed_decision", ["content"])),
        step("2025-08-29T09:20", "review", case, r.ReviewSubmittedV1(submission="S1", case="K1", form="R-handling")),
        step("2025-08-29T09:20", "intake", case, i.ReviewAcceptedV1(submission="S1")),
        step("2025-08-29T15:00", "review", case, unit),
        step("2025-09-03T16:00", "review", case, legal),
        step("2025-09-04T10:00", "review", case, head),
        step("2025-09-04T15:00", "review", case, decision()),
    ]


def decision() -> r.DecisionIssuedV1:
    """Return the decision of the case."""
    return r.DecisionIssuedV1(
        record="R-decision",
        case="K1",
        submission="S1",
        number="新执罚〔2025〕58号",
        content=TEXT,
        seal="agency",
        issued_on=date(2025, 9, 4),
    )


def _conclusion() -> list[Step]:
    case = "case:K1"
    receipt = record("R-receipt", "service_receipt", ["document", "method", "date"], about=["R-decision"])
    served = i.ServicePerformedV1(
        service="SV1",
        document="R-decision",
        method="direct",
        recipient="hengyuan",
        evidence=["R-receipt"],
        of_decision=True,
    )
    filed = a.DossierFiledV1(dossier="DS1", case="K1", streams=[], sessions=["AV-1", "AV-2"], retention_class="general")
    closure = opinion(i.OpinionGivenV1, "R-closure", "head", "2025-09-19")
    return [
        step("2025-09-05T10:00", "intake", case, receipt),
        step("2025-09-05T10:00", "intake", case, served),
        step("2025-09-18T14:00", "intake", case, record("R-performance", "performance_record", ["status", "amount"])),
        step("2025-09-19T15:00", "intake", case, record("R-closure", "closure_record", ["outcome", "date"])),
        step("2025-09-19T15:20", "intake", case, closure),
        step("2025-09-19T17:00", "intake", case, i.CaseClosedV1(outcome="performed", form="R-closure")),
        step("2025-10-24T10:00", "archive", case, filed),
    ]


def story() -> list[Step]:
    """Return the whole case, from registration to the filing of its dossier, one day after the due date."""
    return [*_initiation(), *_investigation(), *_decision(), *_conclusion()]
