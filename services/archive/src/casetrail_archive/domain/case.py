"""A case, as far as filing its dossier asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casetrail_common.facts.archive import DossierDraftedV1, DossierFiledV1, DossierSealedV1
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import ActivityStartedV1, CaseClosedV1, CaseRegisteredV1
from casetrail_common.facts.media import AvSessionStartedV1, SessionLinkedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Case:
    """Who answers for a case, which recordings are linked to it, and whether it has ended."""

    officers: tuple[str, ...]
    """Everybody who may read its dossier as an officer of the case."""
    unit: str | None = None
    sessions: Mapping[str, str] = field(default_factory=dict)
    """Linked recording sessions and the streams they were born in."""
    closed: bool = False
    dossier: str | None = None
    """Id of the dossier, from its first draft on."""
    filed: bool = False
    sealed: bool = False
    erased_since: bool = False
    """Whether content was erased that the sealed volume still holds, until its lock expires."""
    erasures: int = 0
    """How often content of the case was erased: a draft assembled before the last time must not stand."""

    @property
    def state(self) -> str:
        """The state as refusals name it; before closure, the one that matters here."""
        if self.filed:
            return "archived"
        return "closed" if self.closed else "open"


def evolve_case(case: Case | None, fact: Fact) -> Case | None:
    """Return the case after a fact of its streams in any service."""
    if case is None:
        opened = fact.payload
        if not isinstance(opened, CaseRegisteredV1):
            return None
        return Case(tuple(sorted({*opened.officers, opened.responsible_officer})), opened.unit)
    match fact.payload:
        case SessionLinkedV1() as linked:
            return replace(case, sessions={**case.sessions, linked.session: linked.stream})
        case ActivityStartedV1(links=links) if links:
            named = {link.stream.split(":", 2)[2]: link.stream for link in links}
            return replace(case, sessions={**case.sessions, **named})
        case CaseClosedV1():
            return replace(case, closed=True)
        case ContentErasedV1():
            return replace(case, erasures=case.erasures + 1, erased_since=case.sealed)
        case DossierDraftedV1(dossier=dossier):
            return replace(case, dossier=dossier)
        case DossierFiledV1(dossier=dossier):
            return replace(case, dossier=dossier, filed=True)
        case DossierSealedV1():
            return replace(case, sealed=True)
    return case


@dataclass(frozen=True)
class Session:
    """A recording session: only which cases it touches."""

    cases: tuple[str, ...] = ()


def evolve_session(session: Session | None, fact: Fact) -> Session:
    """Return the session after a fact that concerns it: its own first one, or one of a case's stream that links it."""
    known = session or Session()
    case = fact.payload.case if isinstance(fact.payload, AvSessionStartedV1) else fact.stream_item
    if case is None or case in known.cases:
        return known
    return Session((*known.cases, case))
