"""What the scenario runner says of files before it runs anything."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from casetrail_embedded.client import Client
from casetrail_embedded.scenarios.adapters import ADAPTERS
from casetrail_embedded.scenarios.checking import Row, unlike
from casetrail_embedded.scenarios.reading import MalformedScenarioError, read
from casetrail_embedded.scenarios.run import changed
from casetrail_embedded.scenarios.tenant import Tenant
from casetrail_embedded.scenarios.vocabulary import commands

SHORT: Final = (Path(__file__).parent / "short.yaml").read_text(encoding="utf-8")


def faults(tmp_path: Path, text: str) -> str:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedScenarioError) as malformed:
        read(path)
    return "\n".join(malformed.value.faults)


def test_every_command_has_an_adapter() -> None:
    assert (ADAPTERS.keys(), len(ADAPTERS)) == (commands().keys(), 42)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("format: 1", "format: 2", "format: 2"),
        ("packs: [henan-2019]\n", "", "the file: no `packs`"),
        ("id: S16", "id: S16\nid: S17", "duplicate key"),
        ("do: close_case", "do: shut_case", "no such command"),
        ("by: songw", "by: nobody", "`nobody` is not in the cast"),
        ("    id: SV1\n", "", "needs an id"),
        ("expect: ok", "expect: fine", "neither `ok` nor"),
        ("expect: {status: 409, code: legal_review_missing}", "expect: {status: 409}", "a status and a code"),
        ("outcome: performed", "outcome: forgotten", "args.outcome: 'forgotten'"),
        ("form: R-closure}", "form: R-clsure}", "`R-clsure` names nothing"),
        ("retention_class: general}\n", "}\n", "args: no `retention_class`"),
        ("place: 执法大队询问室", "place: 执法大队询问室, floor: 2", "unknown `floor`"),
        ("at: '2025-08-11T08:20:00+08:00'", "at: '2025-08-11T08:20:00'", "no instant with its zone"),
        ("at: '2025-08-11T08:20:00+08:00'", "at: 2025-08-11", "quoted"),
        ("at: '2025-08-11T08:20:00+08:00'", "at: '2024-08-11T08:20:00+08:00'", "before the setup"),
        ("subject: K1, status: pending", "subject: K9, status: pending", "subject: `K9` names nothing"),
        ("status: pending", "status: waiting", "status: 'waiting'"),
        ("id: R-source\n", "id: R-init\n", "R-init: named twice"),
        ("steps:\n", "steps: {}\nsteps_:\n", "unknown `steps_`"),
        ("checks:", "checks: [", "while parsing"),
        (
            "packs: [{pack: henan-2019, valid_from: '2019-06-04'}]",
            "packs: [henan-2019]",
            "agency.packs 1: not a mapping",
        ),
        ("valid_from: '2019-06-04'", "valid_from: '2019-06'", "'2019-06' is no date"),
        ("{from: '2025-10-01', to: '2025-10-08'}", "{from: '2025-10-01'}", "calendar.holidays 1: no `to`"),
        ("  parameters: {", "  parameters: [{", "while parsing"),
        (
            "parameters: {access_approver: agency_head, disclosure_approver: agency_head}",
            "parameters: [x]",
            "not a mapping",
        ),
        ("  record_plans:\n", "  record_plans: x\n  items:\n", "setup.record_plans: not a list"),
        ("roles: [unit_head]", "roles: unit_head", "cast 3.roles: not a list of texts"),
        ("certificate: {number: 豫XZ-0511, ", "certificate: {", "cast 1.certificate: no `number`"),
        ("{id: dv1,", "{id: [dv1],", "devices 1.id: ['dv1'] is no text"),
        ("version: CN-2025-2026", "version: 2025", "calendar.version: 2025 is no text"),
        ("make_up_workdays: ['2025-09-28', '2025-10-11']", "make_up_workdays: 1", "not a list of texts"),
        ("parameters: {", "parameters: {x: {value: 2}, ", "setup.parameters.x: no `unit`"),
        ("tags: [scene,", "tags: [[scene],", "args.tags"),
    ],
)
def test_a_malformed_file_is_told_with_its_place(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert was in SHORT
    assert said in faults(tmp_path, SHORT.replace(was, becomes, 1))


def test_a_file_in_which_nothing_is_wrong_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SHORT, encoding="utf-8")
    assert read(path).id == "S16"


def test_what_a_refused_step_says_wrongly_may_be_what_it_is_refused_for(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    wrong = SHORT.replace(", number: 新执罚〔2025〕58号, content: 罚款, seal: agency, issued_on: '2025-09-01'", "")
    wrong = wrong.replace("{status: 409, code: legal_review_missing}", "{status: 422, code: field_missing}")
    path.write_text(wrong, encoding="utf-8")
    steps: list[Any] = read(path).text["steps"]
    assert any(step["args"] == {"case": "K1"} for step in steps)


def test_a_severity_or_due_date_that_is_not_listed_is_none() -> None:
    shown: Any = {"rule": "henan-2019/21.1", "status": "pending", "severity": None, "due": None, "late_by_s": None}
    rest = {"basis": None, "mitigation": None, "incidents": 0, "since": None}
    row = Row.of({**shown, **rest}, subject="K1")
    check = {"findings": [{"rule": "henan-2019/21.1", "subject": "K1", "status": "pending"}]}
    assert list(unlike(check, [row], packs=())) == []
    (line,) = unlike(check, [replace(row, severity="error")], packs=())
    assert line == "henan-2019/21.1 K1: expected severity none, found severity error"


def test_an_answer_about_the_past_that_changes_is_told() -> None:
    row = {"case": "i-1", "rule": "henan-2019/21.1", "subject": "i-1", "status": "pending"}
    tenant = Tenant(Client("http://gateway", "a"), {}, {}, ids={"K1": "i-1"})
    assert list(changed([row], [row], tenant)) == []
    (line,) = changed([row], [{**row, "status": "satisfied"}], tenant)
    assert line == "henan-2019/21.1 K1: status pending became satisfied"
    (gone,) = changed([row], [], tenant)
    assert "status pending became None" in gone
