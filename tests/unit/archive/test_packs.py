"""Which packs may be put in force, and what is answered for the others."""

import re
from datetime import date
from typing import Any

import pytest

from casetrail_archive import commands, service
from casetrail_archive.projections import FOLDS, react
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.archive import PackLoadedV1, ParametersSetV1
from casetrail_common.facts.intake import AgencyRegisteredV1
from casetrail_common.problems import problem_document
from casetrail_common.rules.loader import SHIPPED
from support.memory import MemoryLedger

ADMIN = Principal("admin", "xinzheng", None, frozenset({"pack_admin"}))
HENAN = commands.LoadPack(pack="henan-2019", version="2019-06-04")

OWN = """
pack: town-2025
version: 2025-01-01
title_zh: 某镇记录办法
issuer_zh: 某镇人民政府
in_force_from: 2025-02-01
conduct_types: [penalty]
rules:
  - rule: town-2025/1.1
    gist: {zh: "结案的要有结案表", en: "A closed case has a closure form"}
    for: {case: {closed_at: filled}}
    must: {record: closure_record}
"""


async def agency(province: str = "河南省") -> MemoryLedger:
    ledger = MemoryLedger("archive", FOLDS, react)
    registered = AgencyRegisteredV1(name="新郑市某局", province=province, units=[])
    await ledger.follow("intake", "agency:xinzheng:xinzheng", registered)
    return ledger


def child(*rules: dict[str, Any], **more: Any) -> commands.LoadPack:
    return commands.LoadPack.model_validate(
        {
            "pack": "demo-xiangyun",
            "version": "v1",
            "inherits": "henan-2019",
            "valid_from": date(2025, 1, 1),
            "rules": list(rules),
            **more,
        }
    )


def rule(value: int, unit: str, *, overrides: str = "21.1", authority: str = "normative_document") -> dict[str, Any]:
    name = "archive_deadline" if overrides == "21.1" else "storage_deadline"
    return {
        "id": "demo-xiangyun/3.1",
        "overrides": f"henan-2019/{overrides}",
        "authority_level": authority,
        "parameters": {name: {"value": value, "unit": unit}},
    }


async def refusal(ledger: MemoryLedger, decide: Any) -> CasetrailError:
    with pytest.raises(CasetrailError) as refused:
        await ledger.execute(decide)
    return refused.value


async def test_a_child_pack_that_is_stricter_is_put_in_force() -> None:
    ledger = await agency()
    wish = child({**rule(15, "working_days"), "stricter": True})
    await ledger.execute(service.load_pack(wish, ADMIN))
    loaded = ledger.facts[-1].payload
    assert isinstance(loaded, PackLoadedV1)
    assert (loaded.pack, loaded.version, loaded.valid_from) == ("demo-xiangyun", "v1", date(2025, 1, 1))
    assert loaded.document["rules"][0]["rule"] == "demo-xiangyun/3.1"


@pytest.mark.parametrize(
    "laxer", [rule(48, "hours", overrides="22.1a"), rule(40, "working_days"), rule(30, "days")], ids=str
)
async def test_relaxing_needs_authority_and_the_problem_names_the_rule(laxer: dict[str, Any]) -> None:
    ledger = await agency()
    refused = await refusal(ledger, service.load_pack(child(laxer), ADMIN))
    assert (refused.code, refused.facts["rule"]) == ("relax_not_allowed", "demo-xiangyun/3.1")
    assert "demo-xiangyun/3.1" in problem_document(refused, request_id="1").detail
    for authority in ("law", "regulation", "rule"):
        allowed = child({**laxer, "authority_level": authority}, version=authority)
        await ledger.execute(service.load_pack(allowed, ADMIN))


async def test_every_fault_of_a_pack_is_told_with_its_rule_and_remedy() -> None:
    ledger = await agency()
    unknown = {**rule(15, "working_days"), "overrides": "henan-2019/99.1"}
    refused = await refusal(ledger, service.load_pack(child(unknown), ADMIN))
    assert refused.code == "pack_faulty"
    assert (refused.facts["file"], refused.facts["rules"]) == ("demo-xiangyun@v1", "demo-xiangyun/3.1")
    assert re.search("写明已有的条款号。 / .*Name a rule that exists", str(refused.facts["faults"]))
    orphan = child(rule(15, "working_days"), inherits="nowhere-1999")
    assert (await refusal(ledger, service.load_pack(orphan, ADMIN))).code == "pack_faulty"


async def test_a_child_states_the_day_from_which_it_binds() -> None:
    ledger = await agency()
    undated = child({**rule(15, "working_days"), "stricter": True}, valid_from=None)
    assert (await refusal(ledger, service.load_pack(undated, ADMIN))).code == "field_missing"


@pytest.mark.parametrize("pack", [pack for pack, version in SHIPPED if version == "undated"])
async def test_an_undated_pack_needs_a_date(pack: str) -> None:
    ledger = await agency({"fusong-env": "吉林省", "pengyang-2019": "宁夏回族自治区"}[pack])
    wish = {"pack": pack, "version": "undated"}
    undated = commands.LoadPack.model_validate(wish)
    assert (await refusal(ledger, service.load_pack(undated, ADMIN))).code == "effective_date_required"
    dated = commands.LoadPack.model_validate({**wish, "valid_from": date(2020, 1, 1)})
    await ledger.execute(service.load_pack(dated, ADMIN))


async def test_an_agency_may_write_its_own_pack() -> None:
    ledger = await agency()
    wish = commands.LoadPack(pack="town-2025", version="2025-01-01", text=OWN, file="town.yaml")
    own = service.read_text(wish, ADMIN)
    await ledger.execute(service.load_pack(wish, ADMIN, own=own))
    loaded = ledger.facts[-1].payload
    assert isinstance(loaded, PackLoadedV1)
    assert (loaded.valid_from, loaded.document["in_force_from"]) == (date(2025, 2, 1), "2025-02-01")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("closure_record", "closing_record", "town.yaml"),
        ("must:", "musst:", "Unknown key musst"),
        ("pack: town-2025", "pack: town-2025\npack: again", "valid YAML"),
        ("for: {case: {closed_at: filled}}", "for: 1.5", "valid YAML"),
        ("title_zh: 某镇记录办法", "a: &a [x, x]\nb: &b [*a, *a]\ntitle_zh: [*b, *b]", "town.yaml"),
    ],
)
async def test_what_is_wrong_with_a_text_is_told_with_its_file(old: str, new: str, fault: str) -> None:
    ledger = await agency()
    wish = commands.LoadPack(pack="town-2025", version="2025-01-01", text=OWN.replace(old, new), file="town.yaml")

    with pytest.raises(CasetrailError) as refused:
        await ledger.execute(service.load_pack(wish, ADMIN, own=service.read_text(wish, ADMIN)))
    assert refused.value.code == "pack_faulty"
    assert refused.value.facts["file"] == "town.yaml"
    assert fault in f"{refused.value.facts['file']} {refused.value.facts['faults']}"


def test_aliases_that_multiply_are_refused_before_they_are_written_out() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    for text in (bomb, "a: &a [*a]"):
        with pytest.raises(CasetrailError) as refused:
            service.read_text(commands.LoadPack(pack="town", version="1", text=text), ADMIN)
        assert refused.value.code == "pack_faulty"


async def test_a_version_keeps_its_content() -> None:
    ledger = await agency()
    await ledger.execute(service.load_pack(child({**rule(15, "working_days"), "stricter": True}), ADMIN))
    other = child({**rule(10, "working_days"), "stricter": True})
    assert (await refusal(ledger, service.load_pack(other, ADMIN))).code == "pack_version_taken"
    await ledger.execute(service.load_pack(HENAN, ADMIN))
    await ledger.execute(service.load_pack(HENAN, ADMIN))


@pytest.mark.parametrize(
    "wrong",
    [{"rules": None}, {"inherits": None}, {"text": OWN}],
    ids=["inherits without rules", "rules without inherits", "both"],
)
async def test_a_wish_says_what_it_wants_in_one_way(wrong: dict[str, Any]) -> None:
    ledger = await agency()
    wish = child(rule(15, "working_days"), **wrong)
    own = service.read_text(wish, ADMIN) if wish.text else None
    assert (await refusal(ledger, service.load_pack(wish, ADMIN, own=own))).code == "field_missing"


async def test_only_who_answers_for_the_law_may_load_it() -> None:
    ledger = await agency()
    somebody = Principal("feng", "xinzheng", "u1", frozenset({"case_officer"}))
    assert (await refusal(ledger, service.load_pack(HENAN, somebody))).code == "role_not_allowed"
    with pytest.raises(CasetrailError):
        service.read_text(commands.LoadPack(pack="town", version="1", text=OWN), somebody)


async def test_a_period_of_the_agency_is_kept_as_rules_read_it() -> None:
    ledger = await agency()
    values = {
        "calendar_day_rollover": True,
        "notice_grace_seconds": 60,
        "unlinked_session_review": {"value": 2, "unit": "working_days", "from": "stored_at"},
        "access_approver": "agency_head",
    }
    wish = commands.SetParameters.model_validate({"values": values})
    await ledger.execute(service.set_parameters(wish, ADMIN))
    said = ledger.facts[-1].payload
    assert isinstance(said, ParametersSetV1)
    assert said.values == {**values, "unlinked_session_review": "2 working_days"}
