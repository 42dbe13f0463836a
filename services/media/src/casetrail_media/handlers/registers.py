"""Devices, repositories, lists, guides and electronic data over HTTP: the edge translates and decides nothing."""

from typing import Final

from starlette.responses import Response

from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Written
from casetrail_media import commands, queries, service
from casetrail_media.schemas import DeviceShown

router: Final = service_router(tag="media 音像记录")


@router.post("/v1/media/devices", status_code=201, response_model=Written)
async def register_device(wish: Sent[commands.RegisterDevice], desk: AtDesk) -> Response:
    """登记记录设备。Enter a recording device into the register."""
    return await desk.run(service.register_device(wish, desk.principal))


@router.get("/v1/media/devices/{device}")
async def show_device(device: ItemId, window: AtWindow) -> DeviceShown:
    """查看记录设备：是否停用、故障报告、拆装更换。A device: whether it is in service, and what happened to it."""
    return await queries.show_device(window.store, window.principal, device)


@router.post("/v1/media/devices/{device}/faults", status_code=201, response_model=Written)
async def report_device_fault(device: ItemId, wish: Sent[commands.ReportDeviceFault], desk: AtDesk) -> Response:
    """报告设备故障，即行停用并形成故障报告。Report a fault: the device is out of service, and a record is made."""
    decide = service.report_device_fault(device, wish, desk.principal)
    return await desk.run(decide, stream=_device(desk, device))


@router.post("/v1/media/devices/{device}/repairs", status_code=201, response_model=Written)
async def repair_device(device: ItemId, wish: Sent[commands.RepairDevice], desk: AtDesk) -> Response:
    """设备修复，恢复使用。Put a device back into service."""
    return await desk.run(service.repair_device(device, wish, desk.principal), stream=_device(desk, device))


@router.post("/v1/media/devices/{device}/maintenance", status_code=201, response_model=Written)
async def maintain_device(device: ItemId, wish: Sent[commands.MaintainDevice], desk: AtDesk) -> Response:
    """登记设备保养。Enter that a device was maintained."""
    return await desk.run(service.maintain_device(device, wish, desk.principal), stream=_device(desk, device))


@router.post("/v1/media/devices/{device}/alterations", status_code=201, response_model=Written)
async def alter_device(device: ItemId, wish: Sent[commands.AlterDevice], desk: AtDesk) -> Response:
    """登记设备拆装、更换，包括发现的私自拆装。Enter that a device was altered, by its keeper or privately."""
    return await desk.run(service.alter_device(device, wish, desk.principal), stream=_device(desk, device))


@router.post("/v1/media/repositories", status_code=201, response_model=Written)
async def register_repository(wish: Sent[commands.RegisterRepository], desk: AtDesk) -> Response:
    """登记音像存储系统。Name a place where recordings may be stored."""
    return await desk.run(service.register_repository(wish, desk.principal))


@router.post("/v1/media/item-lists", status_code=201, response_model=Written)
async def publish_item_list(wish: Sent[commands.PublishItemList], desk: AtDesk) -> Response:
    """公布音像记录事项清单。Publish what a unit records."""
    return await desk.run(service.publish_item_list(wish, desk.principal), stream=_agency(desk))


@router.post("/v1/media/wording-guides", status_code=201, response_model=Written)
async def publish_wording_guide(wish: Sent[commands.PublishWordingGuide], desk: AtDesk) -> Response:
    """公布执法行为用语指引。Publish what officers of a unit say while recording."""
    return await desk.run(service.publish_wording_guide(wish, desk.principal), stream=_agency(desk))


@router.post("/v1/media/electronic-data", status_code=201, response_model=Written)
async def collect_electronic_data(wish: Sent[commands.CollectElectronicData], desk: AtDesk) -> Response:
    """登记采集的电子数据。Enter that electronic data were taken during an act."""
    return await desk.run(service.collect_electronic_data(wish, desk.principal))


@router.post("/v1/media/electronic-data/{data}/saving", status_code=201, response_model=Written)
async def save_electronic_data(data: ItemId, wish: Sent[commands.SaveElectronicData], desk: AtDesk) -> Response:
    """登记电子数据上传或保存。Enter where electronic data were uploaded or saved."""
    return await desk.run(service.save_electronic_data(data, wish, desk.principal))


def _device(desk: AtDesk, device: str) -> str:
    return stream_name("device", desk.principal.agency, device)


def _agency(desk: AtDesk) -> str:
    return stream_name("agency", desk.principal.agency, desk.principal.agency)
