"""Who keeps a recording, what it is used for, and on which grounds it comes late."""

from typing import Any

import pytest

from casetrail_common.facts.intake import ConductType
from casetrail_common.ids import new_id
from casetrail_media import commands as c
from casetrail_media import service
from support.recordings import ADMIN, BAI, DUAN, FENG, HENAN, NIU, Recording, code_of, incidents, repository

QINGHE = ("qinghe-2019", "2019-12-01")
FUSONG = ("fusong-env", "undated")
JINING = ("jining-aic-2017", "2017-11-21")
PENGYANG = ("pengyang-2019", "undated")
UNREACHED: dict[tuple[str, str], set[str]] = {
    HENAN: {"continuous_work"},
    QINGHE: {"continuous_work"},
    PENGYANG: {"continuous_enforcement", "water"},
    FUSONG: {"continuous_enforcement", "continuous_work", "out_of_area", "remote", "water", "hard_to_reach"},
    JINING: {"continuous_enforcement", "continuous_work", "out_of_area", "remote", "water", "hard_to_reach"},
}
"""Grounds that a regulation does not name."""
CITED = {HENAN: "henan-2019/22.2", QINGHE: "qinghe-2019/16.2", PENGYANG: "pengyang-2019/10.2"}
"""Which clause names the grounds."""
CONDUCT: dict[tuple[str, str], ConductType] = {QINGHE: "permit"}
"""What the case is about, where the regulation says nothing of penalties."""


def exception(ground: str) -> c.RecordStorageException:
    return c.RecordStorageException.model_validate({"ground": ground, "reason": "驻地无网络"})


@pytest.mark.parametrize("pack", UNREACHED, ids=lambda pack: pack[0])
@pytest.mark.parametrize("ground", sorted(UNREACHED[FUSONG]))
async def test_a_ground_counts_only_where_the_regulation_in_force_names_it(pack: tuple[str, str], ground: str) -> None:
    recording = await Recording(conduct_type=CONDUCT.get(pack, "penalty")).begin(pack)
    decide = service.record_storage_exception(recording.session, exception(ground), FENG)
    code, clause = await code_of(decide, recording)
    assert code == ("exception_not_available" if ground in UNREACHED[pack] else None)
    assert clause == (CITED.get(pack) if code else None)
    assert incidents(recording) == []


async def test_of_several_regulations_one_that_names_the_ground_is_enough() -> None:
    recording = await Recording().begin(FUSONG, PENGYANG)
    await recording.do(service.record_storage_exception(recording.session, exception("remote"), FENG))
    (stated,) = recording.state.exceptions
    assert stated.ground == "remote"


async def test_a_regulation_of_other_conduct_excuses_nothing_once_the_case_is_known() -> None:
    recording = await Recording().begin(FUSONG, QINGHE, linked=False)
    await recording.do(service.record_storage_exception(recording.session, exception("remote"), FENG))
    await recording.act(recording.session)
    decide = service.record_storage_exception(recording.session, exception("remote"), FENG)
    assert await code_of(decide, recording) == ("exception_not_available", None)


async def test_an_agency_without_regulations_has_no_exceptions() -> None:
    recording = await Recording().begin()
    del recording.ledger.states["law", "xinzheng"]
    decide = service.record_storage_exception(recording.session, exception("remote"), FENG)
    assert await code_of(decide, recording) == ("exception_not_available", None)


async def test_a_recording_is_given_into_anothers_keeping() -> None:
    recording = await (await Recording().begin()).stored()
    await recording.do(service.set_custodian(recording.session, c.SetCustodian(custodian="niu"), BAI))
    assert recording.state.custodian == "niu"


@pytest.mark.parametrize("person", [FENG, BAI], ids=lambda person: person.person)
async def test_nobody_keeps_what_they_recorded_themselves(person: Any) -> None:
    recording = await (await Recording().begin()).stored()
    decide = service.set_custodian(recording.session, c.SetCustodian(custodian="feng"), person)
    assert await code_of(decide, recording) == ("self_custody", "henan-2019/22.1b")
    assert incidents(recording) == [
        {
            "item": recording.session,
            "code": "self_custody",
            "clause": "henan-2019/22.1b",
            "command": "set_custodian",
        }
    ]
    assert recording.state.custodian == "bai"


async def test_only_staff_keep_recordings_and_the_guards_come_in_their_order() -> None:
    recording = await Recording().begin()

    async def code(custodian: str, who: Any) -> str | None:
        wish = c.SetCustodian(custodian=custodian)
        return (await code_of(service.set_custodian(recording.session, wish, who), recording))[0]

    assert await code("hengyuan", FENG) == "not_found"
    assert await code("nobody", NIU) == "not_found"
    assert await code("feng", NIU) == "role_not_allowed"
    assert incidents(recording) == []


@pytest.mark.parametrize(
    ("pack", "clause"),
    [
        (QINGHE, "qinghe-2019/16.1b"),
        (FUSONG, "fusong-env/27.3a"),
        (JINING, "jining-aic-2017/27.1(2)"),
        (HENAN, "henan-2019/22.1b"),
        (PENGYANG, "pengyang-2019/15.1(2)"),
    ],
    ids=lambda value: str(value[0]),
)
async def test_storing_where_or_with_whom_one_must_not_offends_each_regulation(
    pack: tuple[str, str], clause: str
) -> None:
    recording = await Recording().begin(pack)
    await recording.end()
    other = (await recording.do(service.register_repository(repository(registered=False), ADMIN))).answer["repository"]
    for changed, code in (
        ({"repository": other}, "unregistered_storage"),
        ({"repository": new_id("media"), "custodian": "feng"}, "unregistered_storage"),
        ({"custodian": "feng"}, "self_custody"),
    ):
        decide = service.declare_upload(recording.session, recording.declaration(**changed), FENG)
        assert await code_of(decide, recording) == (code, clause)
    assert [(one["code"], one["clause"]) for one in incidents(recording)] == [
        ("unregistered_storage", clause),
        ("unregistered_storage", clause),
        ("self_custody", clause),
    ]


async def test_a_recording_is_marked_as_evidence_of_something() -> None:
    recording = await Recording().begin()
    wish = c.MarkEvidence(proves="当事人承认")
    await recording.do(service.mark_evidence(recording.session, wish, FENG))
    assert len(recording.state.evidence) == 1
    assert "当事人承认" not in str(recording.facts("av.marked_evidence"))


async def test_a_redacted_copy_is_an_object_of_its_own() -> None:
    recording = await (await Recording().begin()).stored()
    before = recording.state.files
    wish = c.CreateDerivative(description="遮挡证人面部")
    plan = await recording.do(service.create_derivative(recording.session, wish, BAI))
    derivative = plan.answer["derivative"]
    assert (recording.state.derivatives, recording.state.files) == ((derivative,), before)
    known = recording.ledger.states["derivative", derivative]
    assert (known.of, known.case) == (recording.session, recording.case)


async def test_there_is_nothing_to_copy_before_it_is_stored() -> None:
    recording = await Recording().begin()
    decide = service.create_derivative(recording.session, c.CreateDerivative(description="遮挡"), BAI)
    assert (await code_of(decide, recording))[0] == "transition_not_allowed"


async def test_others_have_no_say_in_it() -> None:
    recording = await (await Recording().begin()).stored()
    session = recording.session
    for decide in (
        service.record_storage_exception(session, exception("continuous_work"), DUAN),
        service.set_custodian(session, c.SetCustodian(custodian="niu"), DUAN),
        service.mark_evidence(session, c.MarkEvidence(proves="经过"), BAI),
        service.create_derivative(session, c.CreateDerivative(description="遮挡"), FENG),
    ):
        assert (await code_of(decide, recording))[0] == "role_not_allowed"
