"""From the document of a pack to the pack that is judged by."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from casetrail_common.rules.document import PackText, RuleText, shaped
from casetrail_common.rules.faults import Fault, FaultFoundError, PackError
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import ActivePack, Duty, Pack, Rule
from casetrail_common.rules.reading import Reader

Document = Mapping[str, Any]


def compile_pack(document: Document, *, source: str = "document") -> Pack:
    """Return the pack that a document states, checked throughout.

    Raises
    ------
    PackError
        If anything in it is wrong; it names every fault found, with rule and remedy.
    """
    faults: list[Fault] = []
    try:
        text = shaped(PackText, document)
        _check_citations(text)
    except FaultFoundError as fault:
        raise PackError(source, (fault.of(None),)) from None
    rules = _each_rule(text, faults)
    if faults:
        raise PackError(source, tuple(faults))
    return Pack(text, rules)


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


def _rule(text: RuleText, pack: PackText) -> Rule:
    _check_clause(text.rule, pack)
    if (text.must is not None) == bool(text.prohibits):
        raise FaultFoundError("one_of", keys="must, prohibits")
    reader = Reader({**pack.parameters, **text.parameters}, pack.terms)
    rule = Rule(
        id=text.rule,
        gist=text.gist,
        modality="must_not" if text.prohibits else text.modality,
        parameters=text.parameters,
        conduct=text.conduct or pack.conduct_types,
        duties=tuple(_duty(text, kind, reader) for kind in sorted(text.subjects)),
        prohibits=text.prohibits,
        gate=text.gate,
    )
    for name in text.parameters:
        if name not in reader.used:
            raise FaultFoundError("parameter_unused", name=name)
    return rule


def _duty(text: RuleText, kind: str, reader: Reader) -> Duty:
    """Return what the rule asks of one kind of subject."""
    if kind not in model():
        raise FaultFoundError("unknown_code", name="for", code=kind, known=set(model()))
    return Duty(
        kind=kind,
        where=reader.pattern(text.subjects[kind], kind),
        when=None if text.when is None else reader.requirement(text.when, kind),
        except_=None if text.except_ is None else reader.requirement(text.except_, kind),
        must=None if text.must is None else reader.requirement(text.must, kind),
        unless=tuple(reader.requirement(excuse, kind) for excuse in text.unless),
        limit=reader.limit(text.by, kind),
    )
