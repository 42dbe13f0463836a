"""The read side: submissions and decisions as they stand, with what people wrote fetched at the moment of reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casetrail_common.auth import Principal
from casetrail_common.auth.sight import require_sight
from casetrail_common.ledger.reading import ERASED, content_of
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish
from casetrail_common.web.desk import Window
from casetrail_review.domain.case import Case
from casetrail_review.domain.duties import OVERSEES_ACCESS, may_see
from casetrail_review.domain.item import Decision
from casetrail_review.domain.request import AccessRequest
from casetrail_review.found import Lying, found_submission
from casetrail_review.projections import CASE, DECISION, REQUEST, SUBMISSIONS
from casetrail_review.service.items import read_item

_REQUESTS: Final = """
select state::text from snapshot
where agency = $1 and kind = 'access_request' and id > $2
  and ($3::text is null or state -> 'cases' @> to_jsonb($3::text)) and ($4::text is null or state ->> 'requester' = $4)
order by id limit $5
"""


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
        _require_part(who, await view.found(CASE, case))
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


async def decision_shown(window: Window, record: str, *, as_borrower: bool) -> ShownDecision:
    """Return one decision document; who has no part in the case reads it under an approved request, or not at all.

    Raises
    ------
    CasetrailError
        `not_found`; for borrowers as `read_item`.
    """
    async with window.store.reading(window.principal.agency) as view:
        decision = await view.found(DECISION, record)
        case = await view.found(CASE, decision.case)
    if as_borrower or not may_see(window.principal, case):
        await window.decided(read_item(record, window.principal))
    return ShownDecision(decision, await texts_of(window.store, [decision.content]))


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request with the texts it refers to."""

    request: AccessRequest
    texts: Texts


async def request_shown(store: Store, who: Principal, request: str) -> ShownRequest:
    """Return one request, to who made it or oversees the use of records.

    Raises
    ------
    CasetrailError
        `not_found`, or `role_not_allowed`.
    """
    async with store.reading(who.agency) as view:
        found = await view.found(REQUEST, request)
    if found.requester != who.person:
        who.require(OVERSEES_ACCESS)
    return ShownRequest(found, await texts_of(store, _words(found)))


async def requests_shown(store: Store, who: Principal, paging: PageWish, *, case: str | None) -> Page[ShownRequest]:
    """Return requests, the first one first: all of them to who oversees the use of records, to others their own."""
    requester = None if who.roles & OVERSEES_ACCESS else who.person
    (after,) = paging.after(str) or ("",)
    rows = await store.pool.fetch(_REQUESTS, who.agency, after, case, requester, paging.limit + 1)
    found = [REQUEST.load(row["state"]) for row in rows]
    texts = await texts_of(store, [digest for one in found for digest in _words(one)])
    return paging.page([ShownRequest(one, texts) for one in found], lambda shown: (shown.request.id,))


def _words(request: AccessRequest) -> list[str]:
    said = [request.purpose, request.recipient, *(one.reason for one in request.decisions)]
    return [digest for digest in said if digest is not None]


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
        for held in one.submission.discussions:
            found += [held.conclusion, *(view for _, view in held.views)]
    return [digest for digest in found if digest is not None]


def _require_part(who: Principal, case: Case) -> None:
    require_sight(who, case.unit, case.officers)
