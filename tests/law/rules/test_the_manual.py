"""The example in the manual is a rule."""

from pathlib import Path

from ruamel.yaml import YAML

from casetrail_common.rules import compile_pack, pack_document
from casetrail_common.rules.selftest import self_test

MANUAL = Path(__file__).parents[3] / "docs" / "rule-packs.md"


def examples() -> list[str]:
    """Return the YAML in the manual."""
    return [part.split("```")[0] for part in MANUAL.read_text(encoding="utf-8").split("```yaml\n")[1:]]


def test_the_rule_in_the_manual_can_be_missed_and_met() -> None:
    rule, county = (YAML(typ="safe", pure=True).load(text) for text in examples())
    document = {**pack_document("henan-2019", "2019-06-04"), "pack": "demo", "rules": rule}
    cited: dict[str, dict[str, str]] = {"commands": {}, "rejections": {}, "incidents": {}, "rollups": {}}
    assert self_test(compile_pack({**document, **cited})) == ()
    assert compile_pack(county).rules
