"""What intake shows: cases and records, with their content as it is at this moment."""

import json
from typing import Any, Final

from casetrail_common.auth import Principal
from casetrail_common.auth.sight import ACROSS_UNITS, handles, require_sight
from casetrail_common.ids import stream_name
from casetrail_common.ledger.reading import commitments_in, facts_of, shown
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import View
from casetrail_common.web import Page, PageWish
from casetrail_common.web.desk import Window
from casetrail_intake.domain.case import Case, state_of
from casetrail_intake.domain.laying_down import LaidDown
from casetrail_intake.domain.records import Record
from casetrail_intake.projections import CASE, IN_REVIEW, LAID_DOWN, case_now
from casetrail_intake.schemas import (
    CaseShown,
    MarksShown,
    OpinionShown,
    PermitItemsShown,
    RecordPlansShown,
    RecordShown,
)
from casetrail_intake.service.items import own_record, read_item, stream_of_record

STAFF: Final = ACROSS_UNITS | {"administrator", "case_officer", "device_custodian", "intake_clerk", "pack_admin"}
"""Roles that see what their agency lays down."""

_CASES: Final = """
select c.id, c.state::text as own, r.state::text as in_review, f.id is not null as is_filed, h.stream_seq
from snapshot c
left join snapshot r on r.agency = c.agency and r.kind = 'in_review' and r.id = c.id
left join snapshot f on f.agency = c.agency and f.kind = 'filed_in' and f.id = c.id
join stream_head h on h.stream = 'case:' || c.agency || ':' || c.id
where c.agency = $1 and c.kind = 'case' and c.id > $2 and ($3::text is null or c.state ->> 'unit' = $3)
order by c.id limit $4
"""


async def show_case(store: Store, who: Principal, case_id: str) -> CaseShown:
    """Return a case as it stands."""
    async with store.reading(who.agency) as view:
        case, state = await case_now(view, case_id)
        require_sight(who, case.unit, (*case.officers, case.responsible_officer))
        head = await view.head_of(stream_name("case", who.agency, case_id))
    return _case(case_id, case, state, head[0] if head else 0)


async def list_cases(store: Store, who: Principal, wish: PageWish, *, unit: str | None) -> Page[CaseShown]:
    """Return cases in the order in which they were opened."""
    if who.roles.isdisjoint(ACROSS_UNITS):
        unit = unit or who.unit or ""
    require_sight(who, unit)
    (after,) = wish.after(str) or ("",)
    async with store.pool.acquire() as conn:
        rows = await conn.fetch(_CASES, who.agency, after, unit, wish.limit + 1)
    found = []
    for row in rows:
        case = CASE.load(row["own"])
        in_review = IN_REVIEW.load(row["in_review"]) if row["in_review"] else None
        state = state_of(case, in_review, is_filed=row["is_filed"])
        found.append(_case(row["id"], case, state, row["stream_seq"]))
    return wish.page(found, key=lambda shown: (shown.case,))


def _case(case_id: str, case: Case, state: str, position: int) -> CaseShown:
    return CaseShown(
        case=case_id,
        state=state,
        conduct_type=case.conduct_type,
        procedure=case.procedure,
        start_mode=case.start_mode,
        unit=case.unit,
        parties=list(case.parties),
        officers=list(case.officers),
        responsible_officer=case.responsible_officer,
        flags=list(case.flags),
        running_activities=list(case.running),
        outcome=case.outcome,
        stream_position=position,
    )


async def show_record(window: Window, record_id: str, *, as_borrower: bool) -> RecordShown:
    """Return a record with its content, marks and opinions; to a borrower only under an approved request."""
    store, who = window.store, window.principal
    async with store.reading(who.agency) as view:
        record = await own_record(view, record_id)
        may_see = await _may_see(view, who, record)
    if as_borrower or not may_see:
        await window.decided(read_item(record_id, who))
    opinions = sorted(record.opinions.items())
    positions = [record.position, *record.marked_at, *(opinion.position for _, opinion in opinions)]
    async with store.pool.acquire() as conn:
        facts = await facts_of(conn, stream_of_record(who.agency, record_id, record), positions)
        payloads = dict(zip([fact.stream_seq for fact in facts], await shown(conn, facts), strict=True))
    return _record(record_id, record, payloads)


async def _may_see(view: View, who: Principal, record: Record) -> bool:
    """Whether a person has a part in the record's case; a record without one is seen by all who work on cases."""
    case = await view.get(CASE, record.case or "")
    if case is None:
        return handles(who, who.unit)
    return handles(who, case.unit, (*case.officers, case.responsible_officer))


def _record(record_id: str, record: Record, payloads: dict[int, dict[str, Any]]) -> RecordShown:
    added = payloads[record.position]
    later = [mark for position in record.marked_at for mark in payloads[position]["marks"]]
    return RecordShown(
        record=record_id,
        type=record.record_type,
        case=record.case,
        about=added["about"],
        fields=added["fields"],
        marks=[MarksShown.model_validate(mark) for mark in (*added["marks"], *later)],
        opinions=[
            OpinionShown.model_validate(payloads[opinion.position]) for _, opinion in sorted(record.opinions.items())
        ],
        author=record.author,
    )


async def content_of_case(store: Store, agency: str, case_id: str) -> tuple[list[str], int]:
    """Return the commitments whose content goes when a case is erased, and the stream position they were found at.

    That is all of the case's stream, and what is known of those parties who are party to no other case.
    """
    async with store.pool.acquire() as conn:
        facts = await facts_of(conn, stream_name("case", agency, case_id))
        position = len(facts)
        row = await conn.fetchval(
            "select state ->> 'parties' from snapshot where agency = $1 and kind = 'case' and id = $2", agency, case_id
        )
        for party in json.loads(row or "[]"):
            elsewhere = await conn.fetchval(
                "select true from snapshot where agency = $1 and kind = 'case' and id <> $2 "
                "and state -> 'parties' @> to_jsonb($3::text) limit 1",
                agency, case_id, party,
            )  # fmt: skip
            if not elsewhere:
                facts += await facts_of(conn, stream_name("person", agency, party))
    return list(dict.fromkeys(digest for fact in facts for digest in commitments_in(fact.fields))), position


async def show_record_plans(store: Store, who: Principal) -> RecordPlansShown:
    """Return every version of every record plan, in the order in which they were published."""
    return RecordPlansShown(plans=list((await _laid_down(store, who)).plans))


async def show_permit_items(store: Store, who: Principal) -> PermitItemsShown:
    """Return the permit items by code, each as last laid down."""
    items = (await _laid_down(store, who)).items
    return PermitItemsShown(items=[items[code] for code in sorted(items)])


async def _laid_down(store: Store, who: Principal) -> LaidDown:
    who.require(STAFF)
    async with store.reading(who.agency) as view:
        return await view.get(LAID_DOWN, who.agency) or LaidDown()
