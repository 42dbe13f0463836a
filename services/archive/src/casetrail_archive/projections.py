"""What archive keeps folded of all services' facts, and what it does about each fact."""

from collections.abc import Iterable
from typing import Any, Final

from casetrail_archive.domain.agency import Agency, evolve_agency
from casetrail_archive.domain.case import Case, Session, evolve_case, evolve_session
from casetrail_archive.domain.dossier import Dossier, evolve_dossier
from casetrail_archive.domain.incident import Incident, evolve_incident
from casetrail_archive.domain.law import LawPositions, evolve_positions, is_law
from casetrail_archive.domain.retention import RetentionTable, evolve_retention
from casetrail_archive.domain.shared import SharedPositions, evolve_shared, is_shared
from casetrail_common.facts.archive import RetentionTableSetV1
from casetrail_common.facts.common import ContentErasedV1, StreamSealedV1
from casetrail_common.facts.intake import ActivityStartedV1, AgencyRegisteredV1, CaseClosedV1
from casetrail_common.facts.media import SessionLinkedV1
from casetrail_common.ids import SERVICES, new_id
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.view import Consequences, Job, View
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


def _dossier_id(fact: Fact) -> Iterable[str]:
    dossier = getattr(fact.payload, "dossier", None)
    return (dossier,) if isinstance(dossier, str) else ()


CASE: Final = Fold("case", Case, _case_id, evolve_case, frozenset({"intake", "media", "archive"}))
SESSION: Final = Fold("session", Session, _session_ids, evolve_session, frozenset({"intake", "media"}))
DOSSIER: Final = Fold("dossier", Dossier, _dossier_id, evolve_dossier, frozenset(SERVICES))
RETENTION: Final = Fold(
    "retention",
    RetentionTable,
    lambda fact: (fact.agency,) if isinstance(fact.payload, RetentionTableSetV1) else (),
    evolve_retention,
    OWN,
)
AGENCY: Final = Fold(
    "agency",
    Agency,
    lambda fact: (fact.agency,) if isinstance(fact.payload, AgencyRegisteredV1) else (),
    evolve_agency,
    frozenset({"intake"}),
)
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

FOLDS: Final[tuple[Fold[Any], ...]] = (
    CASE,
    SESSION,
    DOSSIER,
    RETENTION,
    AGENCY,
    LAW_FACTS,
    SHARED_FACTS,
    INCIDENT,
    LAW,
    PACK,
)


async def react(fact: Fact, view: View) -> Consequences:
    """Mark what must be judged, drafted, sealed or discarded; end volume 1 where a dossier is filed."""
    jobs = [*await _judging(fact, view), *await _packing(fact, view)]
    return Consequences(await seal_streams(fact, view), tuple(jobs))


async def _judging(fact: Fact, view: View) -> list[Job]:
    """Return the cases whose findings the fact may change; one that cases share may change all open ones."""
    if is_law(fact):
        return [Job("judge_all", fact.agency)]
    if fact.type != LINKING and fact.type not in told_types():
        return []
    if fact.stream_kind == "case":
        return [Job("judge", fact.stream_item)]
    if fact.stream_kind == "session":
        session = await view.get(SESSION, fact.stream_item)
        return [Job("judge", case) for case in session.cases] if session else []
    return [Job("judge_all", fact.agency)] if fact.stream_kind in SHARED else []


async def _packing(fact: Fact, view: View) -> list[Job]:
    match fact.payload:
        case CaseClosedV1():
            return [Job("draft", fact.stream_item, {"dossier": new_id("archive")})]
        case StreamSealedV1(dossier=dossier_id):
            dossier = await view.get(DOSSIER, dossier_id)
            filing = dossier.filing if dossier else None
            return [Job("seal", dossier_id)] if filing and filing.is_complete else []
        case ContentErasedV1(case=str(case_id)):
            case = await view.get(CASE, case_id)
            return [Job("discard", case_id)] if case and case.dossier else []
    return []
