"""What `tests/law/limits.yaml` writes down: numbers and what is stricter, how binding a clause is, what it forbids."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.rules import Pack, PackError
from casetrail_common.rules.compile import compile_child
from casetrail_common.rules.pack import Rule

FILE: Final = Path(__file__).parents[2] / "law" / "limits.yaml"


@cache
def limits() -> Mapping[str, Any]:
    """Return the file."""
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return found


def broken_limits(pack: Pack) -> Iterator[str]:
    """Yield what a pack says otherwise."""
    yield from _head(pack)
    for rule in pack.rules:
        yield from _modality(rule)
        known = limits()["parameters"].get(rule.id, {})
        if rule.parameters.keys() != known.keys():
            yield f"{rule.id} has the parameters {sorted(rule.parameters)}, not {sorted(known)}"
            continue
        for name, wanted in known.items():
            parameter = rule.parameters[name]
            if "is" in wanted and f"{parameter.value} {parameter.unit}" != wanted["is"]:
                yield f"{rule.id} {name} is {parameter.value} {parameter.unit}, not {wanted['is']}"
            yield from _direction(pack, rule, name, wanted)
    for name, direction in limits()["shared"].get(pack.text.pack, {}).items():
        if pack.text.parameters[name].stricter != direction:
            yield f"{pack.text.pack} {name} is not stricter the {direction} it holds"


def _head(pack: Pack) -> Iterator[str]:
    """Yield what a pack says otherwise of whom it binds, and of the clauses behind refusals."""
    text = pack.text
    wanted = limits()["bound"][text.pack]
    is_ = {
        "conduct_types": sorted(text.conduct_types),
        "province": text.province_zh,
        "from": text.in_force_from and text.in_force_from.isoformat(),
        "rejections": dict(text.rejections),
    }
    for name, value in is_.items():
        should = sorted(wanted[name]) if name == "conduct_types" else wanted[name]
        if value != should:
            yield f"{text.pack} {name} is {value}, not {should}"
    offended = limits()["offended"]
    codes = {*offended, *text.incidents}
    for code in sorted(codes):
        for item in ("session", "record", "derivative", "dossier"):
            clauses = offended.get(code, {}).get(text.pack)
            clause = clauses.get(item, clauses.get("any")) if isinstance(clauses, Mapping) else clauses
            clause = clause and f"{text.pack}/{clause}"
            if pack.clause_of_incident(code, item) != clause:
                yield f"{code} at a {item} offends {pack.clause_of_incident(code, item)}, not {clause}"


def _modality(rule: Rule) -> Iterator[str]:
    wanted = next((word for word, rules in limits()["modality"].items() if rule.id in rules), "must")
    if not rule.prohibits and rule.modality != wanted:
        yield f"{rule.id} is {rule.modality}, not {wanted}"
    if set(rule.prohibits) != set(limits()["forbidden"].get(rule.id, ())):
        yield f"{rule.id} forbids {rule.prohibits}"


def _direction(pack: Pack, rule: Rule, name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    for way, is_allowed in (("laxer", False), ("stricter", True)):
        if way in wanted and _is_allowed(pack, rule, name, wanted[way]) != is_allowed:
            yield f"a child pack {'may not' if is_allowed else 'may'} set {name} of {rule.id} to {wanted[way]}"


def _is_allowed(pack: Pack, rule: Rule, name: str, value: Any) -> bool:
    """Whether a child pack may change a parameter without the authority to relax."""
    parameter = value if isinstance(value, Mapping) else {"value": value, "unit": rule.parameters[name].unit}
    changed = {
        "rule": "child/1.1",
        "overrides": rule.id,
        "authority_level": "normative_document",
        "parameters": {name: parameter},
    }
    child = {"pack": "child", "version": "1", "inherits": pack.text.pack, "rules": [changed]}
    try:
        compile_child(child, parent=pack)
    except PackError:
        return False
    return True
