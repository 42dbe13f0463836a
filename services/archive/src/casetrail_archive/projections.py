"""What archive keeps folded of all services' facts, and what it does about each fact."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from casetrail_archive.domain.case import Case, evolve_case
from casetrail_archive.domain.disc import Disc, evolve_disc
from casetrail_archive.domain.dossier import Dossier, Secrets, evolve_dossier, evolve_secrets, is_secret
from casetrail_archive.domain.incident import Incident, evolve_incident
from casetrail_archive.domain.law import LawPositions, evolve_positions, is_law
from casetrail_archive.domain.shared import SharedPositions, evolve_shared, is_shared
from casetrail_archive.domain.supervision import Rectification, Round, evolve_rectification, evolve_round
from casetrail_archive.domain.tied import Tied, concerns_agency, evolve_tied
from casetrail_common.access import REQUESTS
from casetrail_common.agencies import AGENCY, RETENTION
from casetrail_common.facts.archive import RetentionAssignedV1
from casetrail_common.facts.common import ContentErasedV1, StreamSealedV1
from casetrail_common.facts.intake import (
    ActivityStartedV1,
    CaseClosedV1,
    CaseRegisteredV1,
    RecordAddedV1,
)
from casetrail_common.facts.keeping import (
    DiscAnnotatedV1,
    DiscRegisteredV1,
    RectificationClosedV1,
    RectificationOpenedV1,
    RetentionUpgradedV1,
    SupervisionRoundHeldV1,
)
from casetrail_common.facts.media import SessionLinkedV1
from casetrail_common.ids import SERVICES, new_id
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import named
from casetrail_common.ledger.view import Consequences, Job, View
from casetrail_common.people import PERSON
from casetrail_common.rules.model import told_types
from casetrail_common.sealing import seal_streams

OWN: Final = frozenset({"archive"})

CASE_FACTS: Final = frozenset(
    {
        "case.registered",
        "session.linked",
        "activity.started",
        "case.closed",
        "content.erased",
        "dossier.drafted",
        "dossier.filed",
        "dossier.sealed",
        "retention.override_set",
        "retention.upgraded",
    }
)
"""Facts of a case's streams that move what archive folds of it; the others cost nothing."""

SHARED: Final = frozenset({"agency", "device", "person", "repository"})
"""Kinds of streams whose facts may concern any case."""

LINKING: Final = "session.linked"
"""No rule speaks of it, but it brings a recording into a case."""


def _case_id(fact: Fact) -> Iterable[str]:
    return (fact.stream_item,) if fact.stream_kind == "case" and fact.type in CASE_FACTS else ()


def _session_ids(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case SessionLinkedV1(session=session):
            return (session,)
        case ActivityStartedV1(sessions=sessions):
            return tuple(sessions)
    return (fact.stream_item,) if fact.type == "av.session_started" else ()


def _record_ids(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case CaseRegisteredV1(complaint=str(record)):
            return (record,)
        case RecordAddedV1(record=record) if fact.stream_kind == "record":
            return (record,)
    return ()


def _dossier_id(fact: Fact) -> Iterable[str]:
    dossier = getattr(fact.payload, "dossier", None)
    return (dossier,) if isinstance(dossier, str) else ()


CASE: Final = Fold("case", Case, _case_id, evolve_case, frozenset({"intake", "media", "archive"}))
SESSION: Final = Fold("session", Tied, _session_ids, evolve_tied, frozenset({"intake", "media"}))
RECORD: Final = Fold("record", Tied, _record_ids, evolve_tied, frozenset({"intake"}))
"""Records made without a case."""
REQUEST: Final = Fold(
    "request",
    Tied,
    lambda fact: (fact.stream_item,) if fact.type == "access.requested" else (),
    evolve_tied,
    frozenset({"review"}),
)
LOOSE: Final[Mapping[str, Fold[Tied]]] = {"session": SESSION, "record": RECORD, "request": REQUEST}
"""What may stand outside every case, by the kind of its stream."""
DISC: Final = Fold("disc", Disc, named("disc", DiscRegisteredV1, DiscAnnotatedV1), evolve_disc, OWN)
DOSSIER: Final = Fold("dossier", Dossier, _dossier_id, evolve_dossier, frozenset(SERVICES))
LAW_FACTS: Final = Fold(
    "law_facts", LawPositions, lambda fact: (fact.agency,) if is_law(fact) else (), evolve_positions, OWN
)
SHARED_FACTS: Final = Fold(
    "shared_facts",
    SharedPositions,
    lambda fact: (fact.agency,) if is_shared(fact) else (),
    evolve_shared,
    frozenset(SERVICES),
)
INCIDENT: Final = Fold(
    "incident",
    Incident,
    lambda fact: (f"{fact.service}:{fact.n:012}",) if fact.type == "incident.recorded" else (),
    evolve_incident,
    frozenset(SERVICES),
)

ROUND: Final = Fold(
    "round",
    Round,
    named("round", SupervisionRoundHeldV1),
    evolve_round,
    OWN,
)
RECTIFICATION: Final = Fold(
    "rectification",
    Rectification,
    named("rectification", RectificationOpenedV1, RectificationClosedV1),
    evolve_rectification,
    OWN,
)
SECRETS: Final = Fold(
    "secrets",
    Secrets,
    lambda fact: (fact.stream_item,) if fact.stream_kind == "case" and is_secret(fact) else (),
    evolve_secrets,
    frozenset({"intake"}),
)
"""By the id of the case."""

FOLDS: Final[tuple[Fold[Any], ...]] = (
    CASE, SESSION, RECORD, REQUEST, DISC, DOSSIER, SECRETS, RETENTION, AGENCY, LAW_FACTS, SHARED_FACTS, REQUESTS,
    ROUND, RECTIFICATION, INCIDENT, LAW, PACK, PERSON,
)  # fmt: skip


async def react(fact: Fact, view: View) -> Consequences:
    """Mark what must be judged, drafted, sealed or discarded; end volume 1 where a dossier is filed."""
    jobs = [*await _judging(fact, view), *await _packing(fact, view)]
    return Consequences((*await seal_streams(fact, view), *await _lengthened(fact, view)), tuple(jobs))


async def _judging(fact: Fact, view: View) -> list[Job]:
    """Return what must be judged again; a fact that cases share may change the findings of all that are open."""
    if is_law(fact) or (fact.stream_kind in SHARED and fact.type in told_types()):
        return [Job("judge_all", fact.agency)]
    if fact.type != LINKING and fact.type not in told_types():
        return []
    scopes = [scope async for scope in _scopes(fact, view)]
    if concerns_agency(fact):
        scopes.append(f"agency:{fact.agency}")
    return [Job("judge", scope) for scope in dict.fromkeys(scopes)]


async def _scopes(fact: Fact, view: View) -> AsyncIterator[str]:
    """Yield what a fact belongs to: a case, what it takes up, or an object that belongs to none."""
    if fact.stream_kind == "case":
        yield fact.stream_item
        for kind, fold in LOOSE.items():
            for item in fold.keys(fact):
                yield f"{kind}:{item}"
    elif fact.stream_kind in LOOSE:
        tied = await view.get(LOOSE[fact.stream_kind], fact.stream_item)
        if tied is None or not tied.cases:
            yield f"{fact.stream_kind}:{fact.stream_item}"
        for case in tied.cases if tied else ():
            yield case


async def _lengthened(fact: Fact, view: View) -> tuple[NewFact, ...]:
    """Keep a dossier that was filed already as long as a rule now demands; nothing is ever shortened."""
    upgraded = fact.payload
    if not isinstance(upgraded, RetentionUpgradedV1) or upgraded.dossier is None:
        return ()
    dossier, table = await view.get(DOSSIER, upgraded.dossier), await view.get(RETENTION, fact.agency)
    filing = dossier.filing if dossier else None
    years = table.years.get(upgraded.retention_class, 0) if table else 0
    if filing is None or filing.retention_class == upgraded.retention_class:
        return ()
    kept = RetentionAssignedV1(
        dossier=upgraded.dossier,
        retention_class=upgraded.retention_class,
        years=max(years, filing.retention_years or 0),
    )
    return (NewFact(fact.stream, kept),)


async def _packing(fact: Fact, view: View) -> list[Job]:
    match fact.payload:
        case CaseClosedV1():
            return [Job("draft", fact.stream_item, {"dossier": new_id("archive")})]
        case StreamSealedV1(dossier=dossier_id):
            dossier = await view.get(DOSSIER, dossier_id)
            filing = dossier.filing if dossier else None
            return [Job("seal", dossier_id)] if filing and filing.is_complete else []
        case RetentionAssignedV1(dossier=dossier_id):
            dossier = await view.get(DOSSIER, dossier_id)
            return [Job("lengthen", dossier_id)] if dossier and dossier.volume else []
        case ContentErasedV1(case=str(case_id)):
            case = await view.get(CASE, case_id)
            return [Job("discard", case_id)] if case and case.dossier else []
    return []
