"""Routes of findings and of the course of a case."""

from typing import Annotated, Final

from fastapi import Query
from pydantic import AwareDatetime

from casetrail_archive.commands import EARLIEST, LATEST
from casetrail_archive.handlers.own import Own
from casetrail_archive.queries.findings import FindingsWish
from casetrail_archive.queries.timeline import show_timeline
from casetrail_archive.schemas import FindingsPage, StepShown
from casetrail_common.facts.archive import FindingStatus
from casetrail_common.ids import ItemId
from casetrail_common.web import Page, Paging, service_router
from casetrail_common.web.desk import AtWindow

router: Final = service_router(tag="archive 判定与时间线")

Rule = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z0-9-]+/[0-9.()a-z]+$", description="Clause id.")]
AgencyWide = Annotated[
    bool,
    Query(description="What belongs to no case: agency, devices, requests, recordings and records without a case."),
]
AsOf = Annotated[
    AwareDatetime | None,
    Query(ge=EARLIEST, le=LATEST, description="Judge on what had been recorded by then; absent = now."),
]


@router.get("/v1/findings")
async def list_findings(
    window: AtWindow,
    own: Own,
    paging: Paging,
    case: ItemId | None = None,
    agency: AgencyWide = False,
    as_of: AsOf = None,
    rule: Rule = None,
    status: FindingStatus | None = None,
) -> FindingsPage:
    """规则判定；指定 as_of 时按当时已记录的事实判定，结果不再改变。Findings, now or as of an instant."""
    wish = FindingsWish(case=case, agency=agency, as_of=as_of, rule=rule, status=status)
    return await own.findings.show(window.principal, wish, paging)


@router.get("/v1/archive/cases/{case}/timeline")
async def show_course(case: ItemId, window: AtWindow, own: Own, paging: Paging) -> Page[StepShown]:
    """案件全过程：各服务的全部事实及其条款依据。Every fact of a case in order, with the clause beside each step."""
    return await show_timeline(window.store, own.gatherer, window.principal, case, paging)
