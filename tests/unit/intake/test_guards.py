"""What commands are refused for, in the order in which it is asked, and under which clause."""

from typing import Any

import pytest

from casetrail_common.canonical import canonical, sha256
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.rules import SHIPPED, pack_document
from casetrail_intake import commands, service
from support.life import FENG, Life

NOTICE = {"decision": "予以受理"}


async def under(pack: str, **changed: Any) -> Life:
    """Return a case under Henan's regulation and another one."""
    life = await Life(**changed).begin()
    version = dict(SHIPPED)[pack]
    loaded = PackLoadedV1(
        pack=pack,
        version=version,
        valid_from="2017-01-01",
        sha256=sha256(canonical(pack_document(pack, version))).hex(),
        document=pack_document(pack, version),
    )
    await life.ledger.follow("archive", f"pack:xinzheng:{pack}", loaded)
    return life


async def refused(life: Life, record_type: str, **more: Any) -> CasetrailError:
    with pytest.raises(CasetrailError) as refusal:
        await life.add(record_type, **more)
    return refusal.value


async def test_under_jining_no_field_of_any_form_may_be_empty() -> None:
    life = await under("jining-aic-2017")
    empties: tuple[Any, ...] = ("", None, [])
    for empty in empties:
        error = await refused(life, "inquiry_record", fields={"person": "郭守义", "qa": empty})
        assert (error.code, error.clause, error.facts["fields"]) == ("field_missing", "jining-aic-2017/8.1b", "qa")
    await life.add("inquiry_record", fields={"person": "郭守义", "qa": "逐项询问"})


async def test_under_jining_a_form_of_no_case_must_be_whole_too() -> None:
    life = await under("jining-aic-2017")
    error = await refused(life, "complaint_register", case=None, fields={"content": "扰民", "assessment": "查处"})
    assert (error.code, error.facts["fields"]) == ("field_missing", "named")
    fields = {"named": False, "content": "扰民", "assessment": "查处"}
    await life.add("complaint_register", case=None, fields=fields)


async def test_under_qinghe_only_what_leaves_the_agency_must_be_whole() -> None:
    life = await under("qinghe-2019", conduct_type="permit", procedure="none", start_mode="application")
    await life.add("site_record", fields={"place": ""})
    error = await refused(life, "acceptance_notice", fields={"decision": ""})
    assert (error.code, error.clause) == ("field_missing", "qinghe-2019/10.1a")
    error = await refused(life, "acceptance_notice", fields=NOTICE)
    assert (error.code, error.clause) == ("seal_missing", "qinghe-2019/10.1b")
    error = await refused(life, "acceptance_notice", fields=NOTICE, seal="agency")
    assert (error.code, error.clause) == ("issue_date_missing", "qinghe-2019/10.1c")


async def test_elsewhere_an_empty_field_is_judged_and_not_refused() -> None:
    life = await Life().begin()
    await life.add("inquiry_record", fields={})


@pytest.mark.parametrize(
    ("case", "ground", "code"),
    [
        ({"procedure": "general"}, "inspection_task", "initiation_not_approved"),
        ({"procedure": "general", "start_mode": "complaint"}, "acceptance", "initiation_not_approved"),
        ({"procedure": "simplified"}, "inspection_task", "transition_not_allowed"),
        ({"procedure": "none", "start_mode": "application"}, "simplified", "transition_not_allowed"),
    ],
)
async def test_only_a_general_case_that_nobody_applied_for_asks_for_approval(
    case: dict[str, str], ground: str, code: str
) -> None:
    life = await Life(**case).begin()
    wish = commands.OpenInvestigation.model_validate({"ground": ground})
    with pytest.raises(CasetrailError) as refusal:
        await life.ledger.execute(service.open_investigation(life.case, wish, FENG))
    assert refusal.value.code == code


async def test_a_case_is_not_closed_on_another_form() -> None:
    life = await Life().begin()
    form = await life.agreed("measure_approval")
    wish = commands.CloseCase(outcome="not_initiated", form=form)
    with pytest.raises(CasetrailError) as refusal:
        await life.ledger.execute(service.close_case(life.case, wish, FENG))
    assert refusal.value.code == "transition_not_allowed"


async def test_an_archived_case_still_takes_records() -> None:
    life = await Life().begin()
    await life.drop()
    await life.file_dossier()
    assert await life.state() == "archived"
    await life.add("performance_record")


def test_an_empty_list_is_a_value() -> None:
    commands.SignRecord(marks=[])
    commands.OfficerReturned(officers=[])
    commands.StartActivity(kind="inquiry", place="询问室", officers=[], present=[])
    commands.IdentityWish(officers=[], certificate_shown=False)
