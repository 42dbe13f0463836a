"""From the document of a pack to the pack that is judged by."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from casetrail_common.calendar import UNITS
from casetrail_common.calendar.periods import UNCOUNTED
from casetrail_common.rules.faults import Fault, FaultFoundError, PackError
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import ActivePack, Duty, Gate, Header, Pack, Parameter, Rule
from casetrail_common.rules.reading import Reader, check_keys

_TABLES: Final = {"commands", "rejections", "incidents"}
_HEADER: Final = {field.name for field in fields(Header)}
_PACK: Final = {*_HEADER, *_TABLES, "parameters", "terms", "rules"}
_RULE: Final = {
    *("rule", "gist", "modality", "parameters", "conduct", "for", "when", "except"),
    *("must", "prohibits", "unless", "by", "gate"),
}
_MODALITIES: Final = {"must", "must_not", "must_as_appropriate"}

_HEADERS: Final = TypeAdapter(Header)
_PARAMETERS: Final = TypeAdapter(Parameter)
_TABLE: Final = TypeAdapter(dict[str, str | dict[str, str]])

Document = Mapping[str, Any]


def compile_pack(document: Document, *, source: str = "document") -> Pack:
    """Return the pack that a document states, checked throughout.

    Raises
    ------
    PackError
        If anything in it is wrong; it names every fault found, with rule and remedy.
    """
    faults: list[Fault] = []
    rules = _each_rule(document, faults)
    try:
        check_keys(document, _PACK, needed=frozenset({"pack", "version", "rules"}))
        header = _header(document)
        tables = {name: _table(document, name) for name in sorted(_TABLES)}
    except FaultFoundError as fault:
        raise PackError(source, (fault.of(None), *faults)) from None
    if faults:
        raise PackError(source, tuple(faults))
    return Pack(header=header, rules=rules, **tables)


def activate(pack: Pack, valid_from: date | None = None) -> ActivePack:
    """Return the pack as it binds an agency, never before the day that the regulation itself names.

    Raises
    ------
    PackError
        If neither the pack nor the caller names a day.
    """
    days = [day for day in (pack.header.in_force_from, valid_from) if day is not None]
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


def _header(document: Document) -> Header:
    values = {key: value for key, value in document.items() if key in _HEADER}
    try:
        return _HEADERS.validate_python({**dict.fromkeys(_HEADER), **values})
    except ValidationError as error:
        first = error.errors()[0]
        raise FaultFoundError("header_wrong", key=first["loc"][0], detail=first["msg"]) from None


def _table(document: Document, name: str) -> Mapping[str, Any]:
    """Return which clause is cited for what; every one must be a clause of this pack."""
    try:
        table = _TABLE.validate_python(document.get(name, {}))
    except ValidationError as error:
        raise FaultFoundError("header_wrong", key=name, detail=error.errors()[0]["msg"]) from None
    for cited in table.values():
        for clause in cited.values() if isinstance(cited, dict) else (cited,):
            _check_clause(clause, document)
    return MappingProxyType(table)


def _check_clause(clause: Any, document: Document) -> None:
    pack = document.get("pack")
    if not str(clause).startswith(f"{pack}/"):
        raise FaultFoundError("foreign_clause", clause=clause, pack=pack)


def _each_rule(document: Document, faults: list[Fault]) -> tuple[Rule, ...]:
    """Return the rules that can be read, and note what is wrong with the others."""
    rules: dict[str | None, Rule] = {}
    for text in document.get("rules") or ():
        clause = str(text.get("rule")) if isinstance(text, Mapping) else None
        try:
            if clause in rules:
                faults.append(Fault("rule_repeated", clause, {}))
            rules[clause] = _rule(text, document)
        except FaultFoundError as fault:
            faults.append(fault.of(clause))
    return tuple(rules.values())


def _rule(text: Any, document: Document) -> Rule:
    if not isinstance(text, Mapping):
        raise FaultFoundError("not_a_requirement", detail=text)
    check_keys(text, _RULE, needed=frozenset({"rule", "gist", "for"}))
    check_keys(text["gist"], {"zh", "en"}, needed=frozenset({"zh", "en"}))
    _check_clause(text["rule"], document)
    if ("must" in text) == ("prohibits" in text):
        raise FaultFoundError("one_of", keys="must, prohibits")
    own, shared = _parameters(text.get("parameters", {})), _parameters(document.get("parameters", {}))
    reader = Reader({**shared, **own}, document.get("terms", {}))
    rule = Rule(
        id=text["rule"],
        gist=MappingProxyType(dict(text["gist"])),
        modality=_one_of(text.get("modality", "must_not" if "prohibits" in text else "must"), _MODALITIES, "modality"),
        parameters=MappingProxyType(own),
        conduct=frozenset(text.get("conduct", document.get("conduct_types", ()))),
        duties=tuple(_duties(text, reader)),
        prohibits=tuple(text.get("prohibits", ())),
        gate=_gate(text.get("gate")),
    )
    for name in own:
        if name not in reader.used:
            raise FaultFoundError("parameter_unused", name=name)
    return rule


def _duties(text: Mapping[str, Any], reader: Reader) -> Iterator[Duty]:
    """Yield what the rule asks, once for each kind of subject."""
    subjects = text["for"]
    if not isinstance(subjects, Mapping) or not subjects:
        raise FaultFoundError("not_a_requirement", detail=subjects)
    for kind, where in sorted(subjects.items()):
        _one_of(kind, set(model()), "for")
        yield Duty(
            kind=kind,
            where=reader.pattern(where, kind),
            when=reader.requirement(text["when"], kind) if "when" in text else None,
            except_=reader.requirement(text["except"], kind) if "except" in text else None,
            must=reader.requirement(text["must"], kind) if "must" in text else None,
            unless=tuple(reader.requirement(excuse, kind) for excuse in text.get("unless", ())),
            limit=reader.limit(text.get("by"), kind),
        )


def _gate(text: Any) -> Gate | None:
    if text is None:
        return None
    check_keys(text, {"refuses", "code"}, needed=frozenset({"refuses", "code"}))
    return Gate(text["refuses"], text["code"])


def _parameters(texts: Mapping[str, Any]) -> dict[str, Parameter]:
    return {name: _parameter(name, text) for name, text in texts.items()}


def _parameter(name: str, text: Any) -> Parameter:
    try:
        check_keys(text, {"value", "unit", "stricter"}, needed=frozenset({"value", "stricter"}))
        parameter = _PARAMETERS.validate_python({"unit": None, **text})
    except ValidationError as error:
        raise FaultFoundError("parameter_wrong", name=name, detail=error.errors()[0]["msg"]) from None
    is_number = isinstance(parameter.value, int)
    if is_number and parameter.unit is None:
        raise FaultFoundError("not_a_period", name=name, known=UNITS)
    if parameter.unit is not None and is_number == (parameter.unit in UNCOUNTED):
        raise FaultFoundError("parameter_wrong", name=name, detail=f"{parameter.value} {parameter.unit}")
    return parameter


def _one_of(value: Any, known: set[str], name: str) -> Any:
    if value not in known:
        raise FaultFoundError("unknown_code", name=name, code=value, known=known)
    return value
