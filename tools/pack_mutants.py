"""A rule pack with one thing changed: each number, unit, code, field, signer, scope, cause, limit, severity in turn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from casetrail_common.calendar import UNITS
from casetrail_common.records import enumerations, record_types
from casetrail_common.rules import Pack, PackError, compile_pack
from casetrail_common.rules.faults import FaultFoundError
from casetrail_common.rules.model import model

Document = Mapping[str, Any]
Change = tuple[str, list[Any]]
"""What is changed, and what may stand in the changed node's place: the first that can be compiled does."""

HEAD: Final = frozenset({"rule", "gist"})
CITED: Final = ("incidents", "rejections")
"""Tables of a pack that say which clause stands beside a forbidden act or a refusal."""
BOUND: Final = ("conduct_types", "province_zh", "in_force_from")
"""What a pack says of whom it binds, in what, and since when."""
SWAPPED: Final[Mapping[str, Any]] = {
    "filled": "empty",
    "empty": "filled",
    "throughout": "at_all",
    "shorter": "more",
    "more": "fewer",
    "fewer": "more",
    "must_as_appropriate": "must",
    "must_not": "must_as_appropriate",
    "may": "must",
    "needs_review": "overdue",
    "violated": "overdue",
    "promptly": {"once": "subject.at"},
}
"""Words of the language, with what is put in their place."""

SWAPPED_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "once": ("before",),
    "before": ("not_after", "once"),
    "any": ("all",),
    "all": ("any",),
    "after": ("not_before",),
    "not_before": ("after",),
    "not_after": ("before",),
    "persons": ("count",),
}
UNWRAPPED: Final = frozenset({"not", "none", "first"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A pack with one thing changed."""

    id: str
    pack: Pack
    """The rules that the change concerns, and those that these refer to."""
    rules: frozenset[str]
    """The rules that the change concerns."""


def places(document: Document) -> list[str]:
    """Return where something can be changed: each rule, term and parameter of the pack."""
    rules = [str(rule["rule"]) for rule in document["rules"]]
    named = [f"{part}.{name}" for part in ("terms", "parameters", *CITED) for name in document.get(part, {})]
    return [*rules, *named, *(f"head.{name}" for name in BOUND if document.get(name))]


def unchanged(document: Document) -> Mutant:
    """Return the pack as it is."""
    return Mutant(f"{document['pack']}", compile_pack(document), frozenset(rule["rule"] for rule in document["rules"]))


def mutants_at(document: Document, place: str) -> Iterator[Mutant]:
    """Yield the pack with each change at one place. A change that cannot be compiled in any form is none."""
    part, _, name = place.partition(".")
    if part in ("head", *CITED):
        anything = frozenset({str(document["rules"][0]["rule"])})
        for label, documents in _head(document, part, name):
            yield from _first(f"{document['pack']} {place}{label}", documents, anything)
        return
    if part in ("terms", "parameters") and name in document.get(part, {}):
        concerned = frozenset(_users(document, f"${name}" if part == "parameters" else name))
        for label, nodes in _definition(document[part][name]):
            changed = ({**document, part: {**document[part], name: node}} for node in nodes)
            yield from _first(f"{document['pack']} {place}.{label}", changed, concerned)
        return
    rule = next(rule for rule in document["rules"] if rule["rule"] == place)
    for label, nodes in _rule(rule):
        rules = ([node if one is rule else one for one in document["rules"]] for node in nodes)
        yield from _first(f"{place} {label}", ({**document, "rules": one} for one in rules), frozenset({place}))


def _first(id_: str, documents: Iterable[Document], rules: frozenset[str]) -> Iterator[Mutant]:
    for document in documents:
        if pack := compiled(document, rules):
            yield Mutant(id_, pack, rules)
            return


def compiled(document: Document, rules: frozenset[str]) -> Pack | None:
    """Return a pack of a few rules and of those that they hang together with; None if it cannot be compiled."""
    kept = [rule for rule in document["rules"] if rule["rule"] in rules or _named(rule) & rules]
    kept_names = {rule["rule"] for rule in kept}
    wanted = {name for rule in kept for name in _named(rule)} - kept_names
    kept += [rule for rule in document["rules"] if rule["rule"] in wanted]
    head = {key: value for key, value in document.items() if key not in ("commands", "rollups")}
    try:
        return compile_pack({**head, "rules": kept})
    except PackError as error:
        unused = {(fault.rule, fault.details["name"]) for fault in error.faults if fault.code == "parameter_unused"}
        if len(unused) < len(error.faults):
            return None
        return compiled({**head, "rules": [_without(rule, unused) for rule in kept]}, rules)
    except (FaultFoundError, TypeError, ValueError, KeyError, AttributeError):
        return None


def _named(rule: Mapping[str, Any]) -> set[str]:
    """Return the rules that a rule refers to."""
    named = [rule.get("relaxes"), *(one.get("rule") for one in rule.get("mitigated_by", ()))]
    return {one for one in named if isinstance(one, str)}


def _without(rule: Mapping[str, Any], unused: set[tuple[str | None, str]]) -> Mapping[str, Any]:
    names = {name for clause, name in unused if clause == rule["rule"]}
    return {**rule, "parameters": {k: v for k, v in rule.get("parameters", {}).items() if k not in names}}


def _users(document: Document, name: str) -> Iterator[str]:
    """Yield the rules that use a term or a parameter, themselves or through a term."""
    terms = document.get("terms", {})
    names = {name} | {term for term, text in terms.items() if _mentions(text, name)}
    for rule in document["rules"]:
        if any(_mentions(rule, one) for one in names):
            yield rule["rule"]


def _mentions(node: Any, name: str) -> bool:
    if isinstance(node, Mapping):
        return any(_mentions(value, name) for value in node.values())
    if isinstance(node, list):
        return any(_mentions(value, name) for value in node)
    return bool(node == name)


def _head(document: Document, part: str, name: str) -> Iterator[Change]:
    """Yield changes of whom a pack binds and since when, and of what it cites for refusals and forbidden acts."""
    table = document if part == "head" else document[part]
    clauses = [str(rule["rule"]) for rule in document["rules"]]
    changes = _cited(table[name], clauses) if part in CITED else _node(table[name])
    for label, nodes in changes:
        tables = [{**table, name: node} for node in nodes]
        yield f".{label}", tables if part == "head" else [{**document, part: one} for one in tables]
    rest = {key: value for key, value in table.items() if key != name}
    yield " dropped", [rest if part == "head" else {**document, part: rest}]


def _cited(node: Any, clauses: list[str]) -> Iterator[Change]:
    if isinstance(node, Mapping):
        for key, clause in node.items():
            yield f"{key} dropped", [{k: v for k, v in node.items() if k != key}]
            for label, others in _cited(clause, clauses):
                yield f"{key}.{label}", [{**node, key: other} for other in others]
        return
    for other in clauses:
        if other != node:
            yield f"{node} -> {other}", [other]


# --- changes --------------------------------------------------------------------------------------------------------


def _rule(rule: Mapping[str, Any]) -> Iterator[Change]:
    for key, value in rule.items():
        if key in HEAD:
            continue
        inner = _parameters(value) if key == "parameters" else _node(value)
        for label, nodes in inner:
            yield f"{key}.{label}", [{**rule, key: node} for node in nodes]
        if key not in ("for", "must", "parameters", "sets", "prohibits"):
            yield f"{key} dropped", [{k: v for k, v in rule.items() if k != key}]
    can_be_broken = ("must" in rule or "parts" in rule) and rule.get("by") != "promptly"
    if "modality" not in rule and can_be_broken:
        yield "severity: warning", [{**rule, "modality": "must_as_appropriate"}]


def _definition(node: Mapping[str, Any]) -> Iterator[Change]:
    key = "means" if "means" in node else None
    if key is None:
        yield from _parameter(node)
        return
    for label, nodes in _node(node[key]):
        yield label, [{**node, key: one} for one in nodes]


def _parameters(node: Mapping[str, Any]) -> Iterator[Change]:
    for name, parameter in node.items():
        for label, nodes in _parameter(parameter):
            yield f"{name}.{label}", [{**node, name: one} for one in nodes]


def _parameter(node: Mapping[str, Any]) -> Iterator[Change]:
    value, unit = node["value"], node.get("unit")
    if isinstance(value, int):
        for other in (value + 1, value - 1):
            yield f"value = {other}", [{**node, "value": other}]
        others = ["people", "pages"] if unit in ("people", "pages") else sorted(UNITS)
        yield "unit", [{**node, "unit": other} for other in _after(unit, others)]
    elif isinstance(value, list):
        for label, nodes in _list(value):
            yield f"value.{label}", [{**node, "value": one} for one in nodes]
    elif unit:
        yield (
            "unit",
            [{**node, "unit": other} for other in _after(unit, ["stated_day", "at_event", "calendar_day_of_trigger"])],
        )
    yield "stricter", [{**node, "stricter": SWAPPED[node["stricter"]]}]
    if "agency" in node:
        yield "agency dropped", [{k: v for k, v in node.items() if k != "agency"}]


def _node(node: Any) -> Iterator[Change]:
    if isinstance(node, Mapping):
        yield from _mapping(node)
    elif isinstance(node, list):
        yield from _list(node)
    elif isinstance(node, bool):
        yield f"{node} -> {not node}", [not node]
    elif isinstance(node, str):
        yield from _word(node)


def _mapping(node: Mapping[str, Any]) -> Iterator[Change]:
    for key, value in node.items():
        rest = {k: v for k, v in node.items() if k != key}
        for label, nodes in _node(value):
            yield f"{key}.{label}", [{**node, key: one} for one in nodes]
        yield f"{key} dropped", [rest]
        for other in SWAPPED_KEYS.get(key, ()):
            yield f"{key} -> {other}", [{**rest, other: value}]
        if key in UNWRAPPED:
            yield f"{key} lifted", [{**rest, **value} if isinstance(value, Mapping) else value]


def _list(node: Sequence[Any]) -> Iterator[Change]:
    codes = [one for one in node if isinstance(one, str)]
    for n, one in enumerate(node):
        name = one if isinstance(one, str) else n
        if len(node) > 1:
            yield f"{name} dropped", [[*node[:n], *node[n + 1 :]]]
        for label, nodes in _node(one):
            yield f"{n}.{label}", [[*node[:n], other, *node[n + 1 :]] for other in nodes if other not in node]
    if codes and len(codes) == len(node):
        for other in candidates(codes[-1]):
            if other not in codes:
                yield f"also {other}", [[*node, other]]


def _word(word: str) -> Iterator[Change]:
    if word.startswith("$"):
        yield f"{word} -> any", [{}]
    elif word in SWAPPED:
        yield f"{word} -> other", [SWAPPED[word]]
    elif "." in word and "/" not in word:
        of, _, name = word.partition(".")
        attributes = {one: None for kind in model().values() for one in kind.attributes}
        for other in _after(name, list(attributes)):
            yield f"{word} -> {other}", [f"{of}.{other}"]
    else:
        for other in candidates(word):
            yield f"{word} -> {other}", [other]
        yield f"{word} -> any", [{}]


@cache
def _families() -> tuple[tuple[str, ...], ...]:
    """Return lists of words of one sort."""
    fields = [tuple(field.name for field in record.fields) for record in record_types().values()]
    opinion = ("opinion", "reasons", "suggestion")
    notes = ("matter", "time", "place", "method", "officers", "making_method", "made_at", "maker", "proves")
    return (*map(tuple, enumerations().values()), tuple(record_types()), *fields, opinion, notes)


def candidates(word: str) -> list[Any]:
    """Return words of the same sort, beginning with the next one."""
    found = [other for family in _families() if word in family for other in _after(word, list(family))]
    return list(dict.fromkeys(found)) or [f"other_{word}", f"{word.partition('/')[0]}/0.0"]


def _after(word: Any, family: list[Any]) -> list[Any]:
    at = family.index(word) if word in family else -1
    return [*family[at + 1 :], *family[: max(at, 0)]]
