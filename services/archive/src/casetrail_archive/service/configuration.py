"""Putting law and configuration in force: packs, calendars, parameters, retention tables."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from casetrail_archive.commands import HolidayWish, LoadCalendar, LoadPack, SetParameters, SetRetentionTable
from casetrail_archive.domain.agency import Agency
from casetrail_archive.projections import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.calendar import calendar_document
from casetrail_common.canonical import canonical, sha256
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.archive import (
    CalendarLoadedV1,
    Holiday,
    PackLoadedV1,
    ParametersSetV1,
    RetentionEntry,
    RetentionTableSetV1,
)
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.rules import PackError, activate, compiled, pack_document

WHO: Final = ("administrator", "pack_admin")

LONGEST_HOLIDAY_DAYS: Final = 31
"""A longer one is a slip of the pen: the arrangements of the State Council know none above ten days."""


def load_pack(wish: LoadPack, who: Principal) -> Decide:
    """Put a shipped pack in force; one that binds another province, or no day at all, binds nobody here."""

    async def decide(view: View) -> Plan:
        try:
            document = pack_document(wish.pack, wish.version)
        except LookupError:
            raise CasetrailError("not_found", {"id": f"{wish.pack}@{wish.version}"}) from None
        agency = await _agency(view)
        who.require(WHO)
        digest = sha256(canonical(document)).hex()
        pack = compiled(document, sha256=digest)
        if pack.text.province_zh not in (None, agency.province):
            raise CasetrailError("pack_out_of_scope", {"pack": pack.name, "province": pack.text.province_zh or ""})
        try:
            active = activate(pack, wish.valid_from)
        except PackError:
            raise CasetrailError("effective_date_required") from None
        payload = PackLoadedV1(
            pack=wish.pack, version=wish.version, valid_from=active.valid_from, sha256=digest, document=document
        )
        return Plan([NewFact(stream_name("pack", view.agency, wish.pack), payload)], {"pack": pack.name})

    return decide


def load_calendar(wish: LoadCalendar, who: Principal) -> Decide:
    """Put a calendar in force; the latest one loaded is the one that counts."""

    async def decide(view: View) -> Plan:
        payload = _shipped(wish.calendar) if wish.years is None else _announced(wish, wish.years)
        await _agency(view)
        who.require(WHO)
        stream = stream_name("calendar", view.agency, wish.calendar)
        return Plan([NewFact(stream, payload)], {"calendar": wish.calendar})

    return decide


def _shipped(calendar: str) -> CalendarLoadedV1:
    try:
        return calendar_document(calendar)
    except LookupError:
        raise CasetrailError("not_found", {"id": calendar}) from None


def _announced(wish: LoadCalendar, years: Sequence[int]) -> CalendarLoadedV1:
    for holiday in wish.holidays:
        if not _is_sound(holiday, years):
            raise CasetrailError("field_missing", {"fields": "holidays"})
    if any(day.year not in years for day in wish.make_up_workdays):
        raise CasetrailError("field_missing", {"fields": "make_up_workdays"})
    return CalendarLoadedV1(
        calendar=wish.calendar,
        years=sorted(set(years)),
        holidays=[Holiday(first=one.first, last=one.last) for one in wish.holidays],
        make_up_workdays=sorted(set(wish.make_up_workdays)),
    )


def _is_sound(holiday: HolidayWish, years: Sequence[int]) -> bool:
    """Whether a holiday begins before it ends, is no longer than one can be, and lies in years that are announced."""
    named: tuple[date, date] = (holiday.first, holiday.last)
    days = (holiday.last - holiday.first).days
    return 0 <= days < LONGEST_HOLIDAY_DAYS and all(day.year in years for day in named)


def set_parameters(wish: SetParameters, who: Principal) -> Decide:
    """Set values of the agency's own that rules refer to."""

    async def decide(view: View) -> Plan:
        await _agency(view)
        who.require(WHO)
        return Plan([NewFact(_own_stream(view), ParametersSetV1(values=dict(wish.values)))])

    return decide


def set_retention_table(wish: SetRetentionTable, who: Principal) -> Decide:
    """Replace the retention table: no regulation names years, so the agency does."""

    async def decide(view: View) -> Plan:
        await _agency(view)
        who.require(WHO)
        entries = [RetentionEntry(**entry.model_dump()) for entry in wish.entries]
        return Plan([NewFact(_own_stream(view), RetentionTableSetV1(entries=entries))])

    return decide


async def _agency(view: View) -> Agency:
    agency = await view.get(AGENCY, view.agency)
    if agency is None:
        raise CasetrailError("not_found", {"id": view.agency})
    return agency


def _own_stream(view: View) -> str:
    return stream_name("agency", view.agency, view.agency)
