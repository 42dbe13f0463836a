"""Routes of keeping: carriers, handing over, how long, further volumes."""

from typing import Final

from starlette.responses import Response

from casetrail_archive import commands, service
from casetrail_archive.handlers.own import Own
from casetrail_archive.queries import keeping as queries
from casetrail_archive.queries.volumes import show_volumes
from casetrail_archive.schemas import DiscShown, FurtherVolumes
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Written

router: Final = service_router(tag="archive 保管")


@router.post("/v1/discs", status_code=201, response_model=Written)
async def register_disc(wish: Sent[commands.RegisterDisc], desk: AtDesk) -> Response:
    """登记光盘等载体。Put recordings on a carrier of their own."""
    return await desk.run(service.register_disc(wish, desk.principal))


@router.post("/v1/discs/{disc}/annotations", status_code=201, response_model=Written)
async def annotate_disc(disc: ItemId, wish: Sent[commands.AnnotateDisc], desk: AtDesk) -> Response:
    """补充载体标注。Add what is written on a carrier."""
    return await desk.run(service.annotate_disc(disc, wish, desk.principal))


@router.get("/v1/discs")
async def list_discs(window: AtWindow, paging: Paging, case: ItemId | None = None) -> Page[DiscShown]:
    """载体登记簿。Carriers, of a case or of the whole agency."""
    return await queries.list_discs(window.store, window.principal, paging, case_id=case)


@router.get("/v1/discs/{disc}")
async def show_disc(disc: ItemId, window: AtWindow) -> DiscShown:
    """载体及其标注。A carrier with what is written on it."""
    return await queries.show_disc(window.store, window.principal, disc)


@router.post("/v1/dossiers/{dossier}/transfers", status_code=201, response_model=Written)
async def transfer_dossier(dossier: ItemId, wish: Sent[commands.TransferDossier], desk: AtDesk) -> Response:
    """移交案卷，生成移交清单。Hand a filed dossier over; makes the transfer list."""
    return await desk.run(service.transfer_dossier(dossier, wish, desk.principal))


@router.post("/v1/dossiers/{dossier}/retention", status_code=201, response_model=Written)
async def set_retention(dossier: ItemId, wish: Sent[commands.SetRetention], desk: AtDesk, own: Own) -> Response:
    """变更保管年限；应当长期保存的不得变更。Change the years, unless a rule keeps the case long-term."""
    case = await queries.case_of_dossier(desk.store, desk.principal.agency, dossier)
    if case is not None:
        await own.judge.up_to_date(desk.principal.agency, case)
    return await desk.run(service.set_retention(dossier, wish, desk.principal))


@router.post("/v1/dossiers/{dossier}/supplements", status_code=201, response_model=Written)
async def append_supplement(dossier: ItemId, wish: Sent[commands.AppendSupplement], desk: AtDesk) -> Response:
    """归档后增补，另立一卷（T28）。Begin a further volume; what was filed stays as it is."""
    records = await queries.records_of_dossier(desk.store, desk.principal.agency, dossier) if wish.records else ()
    return await desk.run(service.append_supplement(dossier, wish, desk.principal, records=records))


@router.get("/v1/dossiers/{dossier}/supplements")
async def show_supplements(dossier: ItemId, window: AtWindow) -> FurtherVolumes:
    """归档后增补的各卷及其内容。The volumes beyond the first, and what belongs to each."""
    return await show_volumes(window.store, window.principal, dossier)


@router.post("/v1/archive/cases/{case}/long-term-marks", status_code=201, response_model=Written)
async def mark_long_term(case: ItemId, wish: Sent[commands.MarkLongTerm], desk: AtDesk) -> Response:
    """标记其他需要长期保存的重要情况。Find a case important enough to be kept long-term."""
    stream = stream_name("case", desk.principal.agency, case)
    return await desk.run(service.mark_long_term(case, wish, desk.principal), stream=stream)


@router.post("/v1/archive/cases/{case}/retention-overrides", status_code=201, response_model=Written)
async def override_retention(case: ItemId, wish: Sent[commands.OverrideRetention], desk: AtDesk, own: Own) -> Response:
    """按法律、法规、规章另定的期限保管。Keep a case as long as a law, regulation or rule demands."""
    agency = desk.principal.agency
    await own.judge.up_to_date(agency, case)
    decide = service.override_retention(case, wish, desk.principal)
    return await desk.run(decide, stream=stream_name("case", agency, case))
