"""What each fact does to a case file."""

from collections.abc import Iterable
from datetime import datetime

from casetrail_common.ledger.fact import Fact
from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings import archive, intake, media, records, review
from casetrail_common.rules.happenings.telling import SHARED, Happening, tell

__all__ = ["SHARED", "Happening", "after", "archive", "build", "intake", "media", "records", "review"]


def build(facts: Iterable[Fact], *, as_of: datetime | None = None) -> CaseFile:
    """Return the case file that facts add up to, each service's in the order of its log.

    Parameters
    ----------
    as_of
        Leave out what was recorded later.
    """
    known = (fact for fact in facts if as_of is None or fact.recorded_at <= as_of)
    return after(CaseFile(), *(Happening.of(fact) for fact in known))


def after(file: CaseFile, *happenings: Happening) -> CaseFile:
    """Return the case file after what happened."""
    draft = Draft.of(file)
    for happening in happenings:
        tell(happening.payload, draft, happening)
    return draft.done()
