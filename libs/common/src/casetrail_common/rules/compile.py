"""From the document of a pack to the pack that is judged by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from casetrail_common.rules.document import ChildRuleText, ChildText, PackText, PartText, RuleText, shaped
from casetrail_common.rules.document import Gate as GateText
from casetrail_common.rules.faults import Fault, FaultFoundError, PackError
from casetrail_common.rules.inheriting import overriding
from casetrail_common.rules.loader import SHIPPED, pack_document
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import ActivePack, Duty, Gate, Mitigation, Pack, Rule
from casetrail_common.rules.reading import Reader

Document = Mapping[str, Any]


def compile_pack(document: Document, *, source: str = "document") -> Pack:
    """Return the pack that a document states, checked throughout.

    Raises
    ------
    PackError
        If anything in it is wrong; it names every fault found, with rule and remedy.
    """
    if isinstance(document, Mapping) and "inherits" in document:
        return compile_child(document, source=source)
    faults: list[Fault] = []
    try:
        text = shaped(PackText, document)
        _check_citations(text)
    except FaultFoundError as fault:
        raise PackError(source, (fault.of(None),)) from None
    rules = _each_rule(text, faults)
    faults += _broken_references(rules)
    if faults:
        raise PackError(source, tuple(faults))
    return Pack(text, rules)


def compile_child(document: Document, *, source: str = "document", parent: Pack | None = None) -> Pack:
    """Return a pack that changes parameters of another one, which is the newest shipped unless given.

    Raises
    ------
    PackError
        If anything in it is wrong; `relax_not_allowed` if it is laxer than the parent without the authority for it.
    """
    faults: list[Fault] = []
    try:
        child = shaped(ChildText, document)
        parent = parent or _shipped(child.inherits)
        text = parent.text.model_copy(
            update={
                "pack": child.pack,
                "version": child.version,
                "title_zh": child.title_zh or child.pack,
                "issuer_zh": child.issuer_zh or parent.text.issuer_zh,
                "in_force_from": child.in_force_from,
                "commands": {},
                "rejections": {},
                "incidents": {},
                "rollups": {},
                "rules": child.rules,
            }
        )
    except FaultFoundError as fault:
        raise PackError(source, (fault.of(None),)) from None
    rules = []
    for raw in child.rules:
        clause = str(raw.get("rule")) if isinstance(raw, Mapping) else str(raw)
        try:
            own = shaped(ChildRuleText, raw)
            rules.append(_rule(overriding(own, parent), text, overrides=own.overrides))
        except FaultFoundError as fault:
            faults.append(fault.of(clause))
    if faults:
        raise PackError(source, tuple(faults))
    return Pack(text, tuple(rules))


def _shipped(pack_id: str) -> Pack:
    version = max((version for known, version in SHIPPED if known == pack_id), default=None)
    if version is None:
        raise FaultFoundError("parent_unknown", pack=pack_id)
    return compile_pack(pack_document(pack_id, version))


def activate(pack: Pack, valid_from: date | None = None) -> ActivePack:
    """Return the pack as it binds an agency, never before the day that the regulation itself names.

    Raises
    ------
    PackError
        If neither the pack nor the caller names a day.
    """
    days = [day for day in (pack.text.in_force_from, valid_from) if day is not None]
    if not days:
        raise PackError(pack.name, (Fault("not_dated", None, {}),))
    return ActivePack(pack, max(days))


_COMPILED: Final[dict[str, Pack]] = {}


def compiled(document: Document, *, sha256: str) -> Pack:
    """Return a loaded pack, compiled once for each digest.

    Raises
    ------
    PackError
        As `compile_pack`.
    """
    if sha256 not in _COMPILED:
        _COMPILED[sha256] = compile_pack(document, source=sha256)
    return _COMPILED[sha256]


def _check_citations(text: PackText) -> None:
    """Refuse a citation of another regulation's clause."""
    for table in (text.commands, text.rejections, text.incidents):
        for cited in table.values():
            for clause in cited.values() if isinstance(cited, dict) else (cited,):
                _check_clause(clause, text)


def _check_clause(clause: str, text: PackText) -> None:
    if not clause.startswith(f"{text.pack}/"):
        raise FaultFoundError("foreign_clause", clause=clause, pack=text.pack)


def _broken_references(rules: Sequence[Rule]) -> list[Fault]:
    """Return where a rule refers to one that is not there, or that another one relaxes already."""
    known, relaxed = {rule.id for rule in rules}, Counter(rule.relaxes for rule in rules if rule.relaxes)
    return [
        Fault("rule_unknown", rule.id, {"rule": named})
        for rule in rules
        for named in (*filter(None, [rule.relaxes]), *(mitigation.rule for mitigation in rule.mitigations))
        if named not in known or relaxed[named] > 1
    ]


def _each_rule(pack: PackText, faults: list[Fault]) -> tuple[Rule, ...]:
    """Return the rules that can be read, and note what is wrong with the others."""
    rules: dict[str, Rule] = {}
    for text in pack.rules:
        clause = str(text.get("rule")) if isinstance(text, Mapping) else str(text)
        try:
            if clause in rules:
                faults.append(Fault("rule_repeated", clause, {}))
            rules[clause] = _rule(shaped(RuleText, text), pack)
        except FaultFoundError as fault:
            faults.append(fault.of(clause))
    return tuple(rules.values())


def _rule(text: RuleText, pack: PackText, *, overrides: str | None = None) -> Rule:
    _check_clause(text.rule, pack)
    if sum((text.must is not None, bool(text.prohibits), bool(text.sets), bool(text.parts))) != 1:
        raise FaultFoundError("one_of", keys="must, prohibits, sets, parts")
    if not text.subjects and not text.parts:
        raise FaultFoundError("key_missing", key="for")
    reader = Reader({**pack.parameters, **text.parameters}, pack.terms)
    sentences = [_part(text, part) for part in text.parts] or [text]
    rule = Rule(
        id=text.rule,
        gist=text.gist,
        modality="must_not" if text.prohibits else text.modality,
        parameters=text.parameters,
        scope=frozenset(pack.conduct_types),
        conduct=text.conduct,
        duties=tuple(_duty(one, kind, reader) for one in sentences for kind in sorted(one.subjects)),
        prohibits=text.prohibits,
        sets=text.sets,
        missed=text.missed,
        relaxes=text.relaxes,
        overrides=overrides,
        mitigations=tuple(_mitigation(one, sentences[0], reader) for one in text.mitigated_by),
        gates=tuple(_gate(gate, reader) for gate in _listed(text.gate)),
    )
    for name in text.parameters:
        if name not in reader.used:
            raise FaultFoundError("parameter_unused", name=name)
    return rule


def _part(text: RuleText, part: PartText) -> RuleText:
    """Return a part as a sentence of its own."""
    said = part.model_dump(exclude_unset=True)
    if part.subjects is None and not text.subjects:
        raise FaultFoundError("key_missing", key="for")
    return text.model_copy(update={"parts": [], **said})


def _listed(gate: GateText | list[GateText]) -> list[GateText]:
    return gate if isinstance(gate, list) else [gate]


def _gate(text: GateText, reader: Reader) -> Gate:
    if text.target is None:
        return Gate(text.refuses, text.code, None)
    if len(text.target) != 1:
        raise FaultFoundError("value_wrong", key="gate.target", detail=sorted(text.target))
    [(kind, pattern)] = text.target.items()
    if kind not in model():
        raise FaultFoundError("unknown_code", name="target", code=kind, known=set(model()))
    reader.subject_kind = kind
    target = Duty(
        kind=kind,
        where=reader.pattern(pattern, kind),
        when=None,
        except_=None,
        must=reader.requirement(text.must, kind),
        unless=(),
        limit=reader.limit(None, kind),
    )
    return Gate(text.refuses, text.code, target)


def _mitigation(text: Mapping[str, Any], rule: RuleText, reader: Reader) -> Mitigation:
    rest = {key: value for key, value in text.items() if key != "rule"}
    if len(rule.subjects) != 1:
        raise FaultFoundError("value_wrong", key="for", detail=sorted(rule.subjects))
    [kind] = sorted(rule.subjects)
    return Mitigation(str(text.get("rule")), kind, reader.requirement(rest, kind))


def _duty(text: RuleText, kind: str, reader: Reader) -> Duty:
    """Return what the rule asks of one kind of subject."""
    if kind not in model():
        raise FaultFoundError("unknown_code", name="for", code=kind, known=set(model()))
    reader.subject_kind = kind
    return Duty(
        kind=kind,
        where=reader.pattern(text.subjects[kind], kind),
        when=None if text.when is None else reader.requirement(text.when, kind),
        except_=None if text.except_ is None else reader.requirement(text.except_, kind),
        must=None if text.must is None else reader.requirement(text.must, kind),
        unless=tuple(reader.requirement(excuse, kind) for excuse in text.unless),
        limit=reader.limit(text.by, kind),
    )
