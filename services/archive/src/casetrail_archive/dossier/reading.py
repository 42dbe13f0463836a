"""Folding the facts handed over into a case."""

from collections import deque
from collections.abc import Iterable, Iterator

from casetrail_archive.dossier.casefile import (
    CaseFile,
    FiledActivity,
    FiledDecision,
    FiledGap,
    FiledRecord,
    FiledSession,
    GivenMark,
    GivenOpinion,
)
from casetrail_archive.dossier.contents import Contents
from casetrail_archive.dossier.source import DossierInput
from casetrail_common.facts import archive, intake, media, recording, review
from casetrail_common.ids import SERVICES
from casetrail_common.ledger.fact import Fact, decode_fact


class IncompleteInputError(Exception):
    """The facts handed over do not tell of a case from its beginning."""


def read_case(source: DossierInput) -> CaseFile:
    """Fold the facts handed over into a case.

    Raises
    ------
    IncompleteInputError
        If they do not hold the registration of the case.
    """
    whole = in_causal_order(_decoded(source, whole=True))
    shared = in_causal_order(_decoded(source, whole=False))
    first = next((fact for fact in whole if isinstance(fact.payload, intake.CaseRegisteredV1)), None)
    if first is None or not isinstance(first.payload, intake.CaseRegisteredV1):
        raise IncompleteInputError(f"no registration of case {source.case} among the facts")
    case = CaseFile(source, Contents(source.contents), whole, first.payload, first.occurred_at)
    for fact in [*shared, *whole]:
        _take_common(case, fact)
        _take_intake(case, fact)
        _take_media(case, fact)
        _take_review_and_archive(case, fact)
    for fact in whole:
        _take_opinion(case, fact)
    return case


def _decoded(source: DossierInput, *, whole: bool) -> Iterator[Fact]:
    for stream in source.streams:
        if stream.whole is whole:
            for copy in stream.facts:
                yield decode_fact(copy.body, prev_hash=copy.prev_hash, hash_=copy.hash)


def in_causal_order(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts of all services as one course: causes before effects, otherwise by time of recording.

    Clocks cannot tell it, as several services may record at the same instant; `seen` can.
    """
    logs: dict[str, deque[Fact]] = {service: deque() for service in SERVICES}
    for fact in sorted(facts, key=lambda fact: fact.n):
        logs[fact.service].append(fact)
    course: list[Fact] = []
    while heads := [log[0] for log in logs.values() if log]:
        ready = [head for head in heads if not any(cause.n <= head.seen.get(cause.service, 0) for cause in heads)]
        # None is ready only if the facts contradict each other; the verifier says so, a paper need not.
        first = min(ready or heads, key=lambda head: head.recorded_at)
        course.append(logs[first.service].popleft())
    return course


def _take_common(case: CaseFile, fact: Fact) -> None:
    """Fold what many cases share: people, agency, devices, places of storage, law."""
    match fact.payload:
        case intake.AgencyRegisteredV1() as agency:
            case.agency = agency
        case intake.PersonRegisteredV1() as person:
            case.people[person.person] = person
        case media.DeviceRegisteredV1() as device:
            case.devices[device.device] = device
        case media.RepositoryRegisteredV1() as repository:
            case.repositories[repository.repository] = repository
        case archive.PackLoadedV1() as loaded:
            case.packs[f"{loaded.pack}@{loaded.version}"] = loaded.document.get("title_zh") or loaded.pack


def _take_intake(case: CaseFile, fact: Fact) -> None:
    match fact.payload:
        case intake.RecordAddedV1() as added:
            marks = [GivenMark(mark, fact.occurred_at) for mark in added.marks]
            case.records[added.record] = FiledRecord(added, fact, marks)
        case intake.RecordSignedV1() as signed if signed.record in case.records:
            case.records[signed.record].marks += [GivenMark(mark, fact.occurred_at) for mark in signed.marks]
        case intake.InitiationApprovedV1():
            case.initiated_at = fact.occurred_at
        case intake.ActivityStartedV1() as started:
            case.activities[started.activity] = FiledActivity(started, fact.occurred_at)
        case intake.ActivityEndedV1() as ended if ended.activity in case.activities:
            case.activities[ended.activity].ended_at = fact.occurred_at
        case intake.ServicePerformedV1() as service:
            case.services.append((service, fact.occurred_at))
        case intake.CaseClosedV1() as closed:
            case.closed, case.closed_at = closed, fact.occurred_at


def _take_media(case: CaseFile, fact: Fact) -> None:
    match fact.payload:
        case media.AvSessionStartedV1() as started:
            case.sessions[started.session] = FiledSession(started, fact)
        case media.AvNoticeGivenV1() as notice if notice.session in case.sessions:
            session = case.sessions[notice.session]
            session.notice_at = session.notice_at or fact.occurred_at
        case media.AvAnnotatedV1() as annotated if annotated.session in case.sessions:
            session = case.sessions[annotated.session]
            session.voice += annotated.voice
            session.tags += annotated.tags
            session.not_present += annotated.not_present
        case media.AvSessionEndedV1() as ended if ended.session in case.sessions:
            case.sessions[ended.session].ended_at = fact.occurred_at
        case media.AvStoredV1() as stored if stored.session in case.sessions:
            session = case.sessions[stored.session]
            session.stored, session.custodian = stored, stored.custodian
        case _ if fact.stream_item in case.sessions:
            _take_trouble_and_use(case.sessions[fact.stream_item], fact)


def _take_trouble_and_use(session: FiledSession, fact: Fact) -> None:
    """Fold what only some recordings see: gaps, other keepers, use as evidence."""
    match fact.payload:
        case recording.AvSessionInterruptedV1() as broken:
            session.gaps.append(FiledGap(broken, fact.occurred_at))
            session.ended_at = fact.occurred_at if broken.final else session.ended_at
        case recording.AvSessionResumedV1() if session.gaps:
            session.gaps[-1].resumed_at = fact.occurred_at
        case recording.AvCustodyChangedV1(custodian=custodian):
            session.custodian = custodian
        case recording.AvMarkedEvidenceV1(proves=proves):
            session.proves.append(proves)


def _take_review_and_archive(case: CaseFile, fact: Fact) -> None:
    match fact.payload:
        case review.DecisionIssuedV1() as issued:
            case.decisions[issued.record] = FiledDecision(issued, fact)
        case archive.DossierFiledV1() as filed:
            case.filed, case.filed_by = filed, fact.actor.person
        case archive.RetentionAssignedV1() as retention:
            case.retention = retention


def _take_opinion(case: CaseFile, fact: Fact) -> None:
    """Put an opinion on its form, in a second pass, since the form may be another service's."""
    match fact.payload:
        case (
            intake.OpinionGivenV1() | review.UnitOpinedV1() | review.LegalOpinedV1() | review.HeadApprovedV1() as given
        ) if given.form in case.records:
            case.records[given.form].opinions[given.slot] = GivenOpinion(
                slot=given.slot,
                result=given.result,
                opinion=given.opinion,
                reasons=given.reasons,
                suggestion=given.suggestion,
                signed_on=given.signed_on,
                by=given.by,
            )
