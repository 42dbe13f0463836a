"""The read side: submissions and decisions as they stand, with what people wrote fetched at the moment of reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.reading import ERASED, content_of
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish
from casetrail_review.domain.case import Case
from casetrail_review.domain.document import Decision
from casetrail_review.domain.duties import SEES_EVERY_CASE, may_see
from casetrail_review.found import Lying, found_case, found_submission, not_found
from casetrail_review.projections import DECISION, SUBMISSIONS


@dataclass(frozen=True, slots=True)
class Texts:
    """What people wrote, by commitment in hexadecimal."""

    known: Mapping[str, Any]

    def behind(self, commitment: str | None) -> Any:
        """Return the text; None if there never was one, `{"erased": true}` if it was disposed of."""
        return None if commitment is None else self.known.get(commitment, ERASED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission with the texts it refers to."""

    lying: Lying
    texts: Texts


async def submission_shown(store: Store, who: Principal, submission: str) -> Shown:
    """Return one submission.

    Raises
    ------
    CasetrailError
        `not_found`, or `role_not_allowed` for staff who have no part in the case.
    """
    async with store.reading(who.agency) as view:
        lying = await found_submission(view, submission)
    _require_part(who, lying.case)
    return Shown(lying, await texts_of(store, _commitments([lying])))


async def submissions_shown(store: Store, who: Principal, case: str, paging: PageWish) -> Page[Shown]:
    """Return the submissions of a case, the first one first."""
    after = paging.after(str)
    async with store.reading(who.agency) as view:
        _require_part(who, await found_case(view, case))
        proposed = await view.get(SUBMISSIONS, case)
        ids = [one for one in (proposed.ids if proposed else ()) if after is None or one > str(after[0])]
        lying = [await found_submission(view, one) for one in ids[: paging.limit + 1]]
    texts = await texts_of(store, _commitments(lying))
    return paging.page([Shown(one, texts) for one in lying], lambda shown: (shown.lying.submission.id,))


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision document with its text."""

    decision: Decision
    texts: Texts


async def decision_shown(store: Store, who: Principal, record: str) -> ShownDecision:
    """Return one decision document.

    Raises
    ------
    CasetrailError
        `not_found`, or `role_not_allowed` for staff who have no part in the case.
    """
    async with store.reading(who.agency) as view:
        decision = await view.get(DECISION, record)
        if decision is None:
            raise not_found(record)
        _require_part(who, await found_case(view, decision.case))
    return ShownDecision(decision, await texts_of(store, [decision.content]))


async def texts_of(store: Store, commitments: Iterable[str]) -> Texts:
    """Return what stands behind commitments, as far as it has not been disposed of."""
    async with store.pool.acquire() as conn:
        items = await content_of(conn, commitments)
    return Texts({digest: item.value() for digest, item in items.items()})


def _commitments(lying: Iterable[Lying]) -> list[str]:
    found = []
    for one in lying:
        for given in one.submission.opinions.values():
            found += [given.opinion, given.reasons, given.suggestion]
        found.append(one.submission.return_reason)
    return [digest for digest in found if digest is not None]


def _require_part(who: Principal, case: Case) -> None:
    if not may_see(who, case):
        raise CasetrailError(
            "role_not_allowed", {"roles": ", ".join(sorted(SEES_EVERY_CASE)), "reason": "not_involved"}
        )
