"""A case, as far as filing its dossier asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casetrail_common.facts.archive import DossierDraftedV1, DossierFiledV1, DossierSealedV1
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import ActivityStartedV1, CaseClosedV1, CaseRegisteredV1
from casetrail_common.facts.keeping import RetentionOverrideSetV1, RetentionUpgradedV1
from casetrail_common.facts.media import SessionLinkedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Case:
    """Who answers for a case, which recordings are linked to it, and whether it has ended."""

    officers: tuple[str, ...]
    """Everybody who may read its dossier as an officer of the case."""
    unit: str | None = None
    sessions: Mapping[str, str] = field(default_factory=dict)
    """Linked recording sessions and the streams they were born in."""
    records: Mapping[str, str] = field(default_factory=dict)
    """Records made before there was a case that it goes back to, and the streams they were born in."""
    closed: bool = False
    dossier: str | None = None
    """Id of the dossier, from its first draft on."""
    filed: bool = False
    sealed: bool = False
    erased_since: bool = False
    """Whether content was erased that the sealed volume still holds, until its lock expires."""
    erasures: int = 0
    """How often content of the case was erased: a draft assembled before the last time must not stand."""
    upgrades: Mapping[str, str] = field(default_factory=dict)
    """Class that a rule has set for good, by the rule: a trigger that took effect is never taken back."""
    override_years: int | None = None
    """Years that a law, regulation or rule sets for this case."""

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
        complaint = {opened.complaint: stream_name("record", fact.agency, opened.complaint)} if opened.complaint else {}
        officers = tuple(sorted({*opened.officers, opened.responsible_officer}))
        return Case(officers, opened.unit, records=complaint)
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
    return _kept(case, fact)


def _kept(case: Case, fact: Fact) -> Case:
    """Return the case after a fact about how long it is kept."""
    match fact.payload:
        case RetentionUpgradedV1() as upgraded:
            return replace(case, upgrades={**case.upgrades, upgraded.rule: upgraded.retention_class})
        case RetentionOverrideSetV1(years=years):
            return replace(case, override_years=years)
    return case
