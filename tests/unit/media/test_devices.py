"""Devices break, are repaired, maintained and altered; units lay down what is recorded; data are taken and saved."""

from datetime import date
from typing import Any

import pytest

from casetrail_common.ids import new_id
from casetrail_media import commands as c
from casetrail_media import service
from support.recordings import ADMIN, BAI, DUAN, FENG, LV, NIU, Recording, code_of, incidents, repository, who

FAULT = c.ReportDeviceFault(fault="记录仪死机")
REPAIR = c.RepairDevice(note="更换电池", repaired_by="某维修点")
GUIDE = c.PublishWordingGuide(unit="u1", version="WG-1", valid_from=date(2025, 1, 1))


def alteration(*, is_private: bool) -> c.AlterDevice:
    return c.AlterDevice(change="dismantled", note="自行拆开", is_private=is_private)


def item_list(**changed: Any) -> c.PublishItemList:
    item = c.ListedItemWish(event="site_inspection", scope="penalty", link="investigation", method="video", mode="full")
    return c.PublishItemList(
        **{"list_id": "AVL-1", "unit": "u1", "valid_from": date(2025, 1, 1), "items": [item], **changed}
    )


@pytest.mark.parametrize("person", [FENG, NIU], ids=lambda person: person.person)
async def test_a_reported_fault_takes_the_device_out_of_service_and_makes_a_record(person: Any) -> None:
    recording = await Recording().begin()
    plan = await recording.do(service.report_device_fault(recording.device, FAULT, person))
    device = recording.ledger.states["device", recording.device]
    assert (device.state, device.fault_reports) == ("out_of_service", (plan.answer["record"],))
    (fact,) = recording.facts("device.fault_reported")
    assert (fact["record"], fact["by"]) == (plan.answer["record"], person.person)
    assert recording.ledger.facts[-1].stream == f"device:xinzheng:{recording.device}"
    report = recording.ledger.states["fault_report", plan.answer["record"]]
    assert (report.device, report.author) == (recording.device, person.person)


async def test_only_a_broken_device_is_repaired() -> None:
    recording = await Recording().begin()
    decide = service.repair_device(recording.device, REPAIR, NIU)
    assert (await code_of(decide, recording))[0] == "transition_not_allowed"
    await recording.do(service.report_device_fault(recording.device, FAULT, FENG))
    await recording.do(service.repair_device(recording.device, REPAIR, NIU))
    assert recording.ledger.states["device", recording.device].state == "in_service"


async def test_a_device_is_maintained_on_a_day() -> None:
    recording = await Recording().begin()
    wish = c.MaintainDevice(maintained_on=date(2025, 8, 1))
    await recording.do(service.maintain_device(recording.device, wish, NIU))
    assert recording.ledger.states["device", recording.device].last_maintained_on == date(2025, 8, 1)


async def test_whoever_finds_a_private_alteration_enters_it_but_only_its_keeper_one_of_their_own() -> None:
    recording = await Recording().begin()
    private, own = alteration(is_private=True), alteration(is_private=False)
    await recording.do(service.alter_device(recording.device, private, FENG))
    assert (await code_of(service.alter_device(recording.device, own, FENG), recording))[0] == "role_not_allowed"
    await recording.do(service.alter_device(recording.device, own, NIU))
    changes = recording.ledger.states["device", recording.device].alterations
    assert [change.is_private for change in changes] == [True, False]


async def test_unknown_devices_and_wrong_roles_are_refused_in_that_order() -> None:
    recording = await Recording().begin()
    party = who("hengyuan", "party")
    for device, code in ((new_id("media"), "not_found"), (recording.device, "role_not_allowed")):
        for decide in (
            service.report_device_fault(device, FAULT, party),
            service.repair_device(device, REPAIR, FENG),
            service.maintain_device(device, c.MaintainDevice(maintained_on=date(2025, 8, 1)), FENG),
            service.alter_device(device, alteration(is_private=True), party),
        ):
            assert (await code_of(decide, recording))[0] == code


async def test_an_item_list_is_published_for_a_unit_of_the_agency() -> None:
    recording = await Recording().begin()
    await recording.do(service.publish_item_list(item_list(), ADMIN))
    (fact,) = recording.facts("av_item_list.published")
    assert fact["items"][0] == {
        "event": "site_inspection",
        "scope": "penalty",
        "link": "investigation",
        "method": "video",
        "mode": "full",
        "key_steps": [],
        "extra_content_tags": [],
    }
    assert recording.ledger.facts[-1].stream == "agency:xinzheng:xinzheng"
    unknown = service.publish_item_list(item_list(unit="u9"), ADMIN)
    assert (await code_of(unknown, recording))[0] == "not_found"
    assert (await code_of(service.publish_item_list(item_list(), FENG), recording))[0] == "role_not_allowed"


async def test_a_wording_guide_is_published_for_a_unit_of_the_agency() -> None:
    recording = await Recording().begin()
    await recording.do(service.publish_wording_guide(GUIDE, ADMIN))
    assert recording.facts("wording_guide.published") == [{"unit": "u1", "version": "WG-1", "valid_from": "2025-01-01"}]
    unknown = GUIDE.model_copy(update={"unit": "u9"})
    assert (await code_of(service.publish_wording_guide(unknown, ADMIN), recording))[0] == "not_found"
    assert (await code_of(service.publish_wording_guide(GUIDE, DUAN), recording))[0] == "role_not_allowed"


async def collected(recording: Recording) -> str:
    wish = c.CollectElectronicData(activity=recording.activity, description="后台流水")
    return str((await recording.do(service.collect_electronic_data(wish, FENG))).answer["data"])


async def test_electronic_data_lie_in_the_case_of_the_act_and_are_saved_once() -> None:
    recording = await Recording().begin()
    data = await collected(recording)
    assert recording.ledger.facts[-1].stream == f"case:xinzheng:{recording.case}"
    save = service.save_electronic_data(data, c.SaveElectronicData(repository=recording.place), LV)
    await recording.do(save)
    assert recording.facts("electronic_data.saved") == [{"data": data, "repository": recording.place}]
    assert (await code_of(save, recording))[0] == "transition_not_allowed"


async def test_electronic_data_of_no_act_are_not_found_and_others_do_not_enter_them() -> None:
    recording = await Recording().begin()
    unknown = c.CollectElectronicData(activity=new_id("intake"), description="后台流水")
    assert (await code_of(service.collect_electronic_data(unknown, DUAN), recording))[0] == "not_found"
    known = unknown.model_copy(update={"activity": recording.activity})
    assert (await code_of(service.collect_electronic_data(known, DUAN), recording))[0] == "role_not_allowed"
    saving = c.SaveElectronicData(repository=recording.place)
    assert (await code_of(service.save_electronic_data(new_id("media"), saving, FENG), recording))[0] == "not_found"


async def test_electronic_data_are_not_saved_where_nothing_may_be_stored() -> None:
    recording = await Recording().begin()
    data = await collected(recording)
    other = (await recording.do(service.register_repository(repository(registered=False), BAI))).answer["repository"]
    decide = service.save_electronic_data(data, c.SaveElectronicData(repository=other), FENG)
    assert await code_of(decide, recording) == ("unregistered_storage", "henan-2019/22.1b")
    assert [one["item"] for one in incidents(recording)] == [data]
