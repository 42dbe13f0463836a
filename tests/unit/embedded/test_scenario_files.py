"""What the scenario runner says of files before it runs anything."""

from pathlib import Path
from typing import Any, Final

import pytest

from casetrail_embedded.client import Client
from casetrail_embedded.scenarios.adapters import ADAPTERS
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


def test_an_answer_about_the_past_that_changes_is_told() -> None:
    row = {"case": "i-1", "rule": "henan-2019/21.1", "subject": "i-1", "status": "pending"}
    tenant = Tenant(Client("http://gateway", "a"), {}, {}, ids={"K1": "i-1"})
    assert list(changed([row], [row], tenant)) == []
    (line,) = changed([row], [{**row, "status": "satisfied"}], tenant)
    assert line == "henan-2019/21.1 K1: status pending became satisfied"
    (gone,) = changed([row], [], tenant)
    assert "status pending became None" in gone
