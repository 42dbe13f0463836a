"""What becomes of each clause of the regulations: `python tools/coverage_of_law.py --write` writes docs/coverage.md.

Of a clause with a rule, the packs say what the system does, and the tests which show it are those that judge the rule.
Of every other clause `docs/coverage.yaml` says it.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.rules import SHIPPED, Pack, compile_pack, pack_document
from casetrail_common.rules.pack import Rule

ROOT: Final = Path(__file__).parents[1]
ANSWERS: Final = ROOT / "docs" / "coverage.yaml"
PAGE: Final = ROOT / "docs" / "coverage.md"
SCENARIOS: Final = ROOT / "tests" / "scenarios" / "data"

CASES: Final = "tests/law/cases"
"""Tables of small cases, with what each rule says to them; `tests/law/test_cases.py` sees that no rule is without."""


def page() -> str:
    """Return the page."""
    shown, by_pack = _scenarios(), answers()
    lines = [
        "# What becomes of each clause",
        "",
        "Written by `python tools/coverage_of_law.py --write`; do not edit.",
        "",
    ]
    for pack_id, version in SHIPPED:
        pack = compile_pack(pack_document(pack_id, version))
        lines += [f"## {pack.text.title_zh} ({pack_id})", "", "| clause | what the system does | where | shown by |"]
        lines.append("|---|---|---|---|")
        lines += [f"| {row} |" for row in _rows(pack, by_pack[pack_id], shown)]
        lines.append("")
    return "\n".join(lines)


def answers() -> dict[str, dict[str, Any]]:
    """Return by pack what is answered to each clause; None stands for the rule of the pack."""
    found: dict[str, dict[str, Any]] = _yaml(ANSWERS)
    return found


def _rows(pack: Pack, answered: Mapping[str, Any], shown: Mapping[str, list[str]]) -> Iterator[str]:
    rules = {rule.id: rule for rule in pack.rules}
    for clause, answer in answered.items():
        if answer is None:
            rule = rules[clause]
            tests = ", ".join([*shown.get(clause, ()), f"{CASES}/{pack.text.pack}.yaml"])
            yield f"{clause} | {_does(rule, pack)} | rule of the pack | {tests}"
        else:
            yield f"{clause} | {answer['does']} | {answer['where']} | {answer['shown_by']}"


def _does(rule: Rule, pack: Pack) -> str:
    """Return in words what a rule does."""
    said = []
    if rule.gates:
        said.append("refuse " + ", ".join(f"{gate.refuses} ({gate.code})" for gate in rule.gates))
    if rejected := [code for code, clause in pack.text.rejections.items() if clause == rule.id]:
        said.append("refuse (" + ", ".join(rejected) + ")")
    if rule.prohibits:
        said.append("refuse and record attempts (" + ", ".join(rule.prohibits) + ")")
    if rule.sets:
        said.append("compute " + ", ".join(f"{name} = {value}" for name, value in rule.sets.items()))
    if not rule.prohibits and not rule.sets:
        said.append("show" if rule.modality == "may" else "find")
    return "; ".join(said)


def _scenarios() -> dict[str, list[str]]:
    """Return the scenarios that list a finding of each rule."""
    found: dict[str, list[str]] = {}
    for path in sorted(SCENARIOS.glob("S*.yaml")):
        scenario = _yaml(path)
        for check in scenario["checks"]:
            for finding in check["findings"]:
                named = found.setdefault(finding["rule"], [])
                if scenario["id"] not in named:
                    named.append(scenario["id"])
    return found


def _yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """Write the page, or say whether it is that of the packs."""
    if "--write" in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
