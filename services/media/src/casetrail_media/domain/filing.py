"""What media knows of dossiers: which recordings they hold, and until when these are kept."""

from dataclasses import dataclass, replace
from datetime import datetime

from casetrail_common.facts.archive import DossierFiledV1, DossierSealedV1, RetentionAssignedV1
from casetrail_common.facts.keeping import SupplementAppendedV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.retention import lengthened


@dataclass(frozen=True)
class Filed:
    """A dossier as media knows it."""

    sessions: tuple[str, ...] = ()
    years: int = 0
    sealed_years: int = 0
    """Years for which it was sealed."""
    sealed_until: datetime | None = None

    @property
    def kept_until(self) -> datetime | None:
        """Until when its recordings are kept; None before it is sealed."""
        if self.sealed_until is None:
            return None
        return lengthened(self.sealed_until, sealed_years=self.sealed_years, years=self.years)


def evolve_filed(before: Filed | None, fact: Fact) -> Filed | None:
    """Return a dossier after one of the archive's facts about it."""
    filed = before or Filed()
    match fact.payload:
        case DossierFiledV1(sessions=sessions) | SupplementAppendedV1(sessions=sessions):
            return replace(filed, sessions=tuple(dict.fromkeys((*filed.sessions, *sessions))))
        case RetentionAssignedV1(years=years):
            return replace(filed, years=years)
        case DossierSealedV1(volume=1, retained_until=until):
            return replace(filed, sealed_years=filed.years, sealed_until=until)
    return before
