"""Reading a requirement: from what stands in a pack to nodes, checked against the model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from casetrail_common.calendar import UNITS, Period
from casetrail_common.records import record_type
from casetrail_common.rules import nodes
from casetrail_common.rules.casefile import Value
from casetrail_common.rules.document import Parameter, TermText
from casetrail_common.rules.faults import FaultFoundError
from casetrail_common.rules.limits import BORN, Anchor, Before, Limit, Once, Promptly, Within
from casetrail_common.rules.model import Attribute, model
from casetrail_common.rules.nodes import Node, Pattern, Test

SUBJECT: Final = "subject"
"""In an instant: the subject itself, where its kind would do as well."""

_IN_PATTERN: Final = "none"


@dataclass
class Reader:
    """Reads the text of one rule, for one kind of subject at a time."""

    parameters: Mapping[str, Parameter]
    terms: Mapping[str, TermText]
    used: set[str] = field(default_factory=set)
    """Names of the parameters referred to so far."""
    _open_terms: tuple[str, ...] = ()

    # --- requirements -----------------------------------------------------------------------------------------------

    def requirement(self, text: Any, kind: str) -> Node:
        """Return a requirement on an object of a kind."""
        if isinstance(text, list) and text:
            return nodes.All(tuple(self.requirement(part, kind) for part in text))
        if not isinstance(text, Mapping) or not text:
            raise FaultFoundError("not_a_requirement", detail=text)
        if "basis" in text:
            rest = {key: value for key, value in text.items() if key != "basis"}
            return nodes.On(str(text["basis"]), self.requirement(rest, kind))
        if "recorded" in text:
            return self._recorded(text)
        if len(text) != 1:
            raise FaultFoundError("not_a_requirement", detail=dict(text))
        [(verb, value)] = text.items()
        return self._said(verb, value, kind)

    def _said(self, verb: str, value: Any, kind: str) -> Node:
        match verb:
            case "is":
                return nodes.Is(self.pattern(value, kind))
            case "all":
                return nodes.All(tuple(self.requirement(part, kind) for part in _list(value)))
            case "any":
                return nodes.AnyOf(tuple(self.requirement(part, kind) for part in _list(value)))
            case "none":
                return self._none(value, kind)
            case "term":
                return self._term(value, kind)
        return self._linked(verb, value, kind)

    def _linked(self, name: str, value: Any, kind: str) -> Node:
        """Return "some linked object like this", once for each code of `{all: codes}`."""
        _expect(name in model()[kind].linked, "unknown_kind", kind=kind, name=name, known=model()[kind].linked)
        if isinstance(value, Mapping) and set(value) == {"all"} and (main := model()[name].main):
            codes = self._codes(value["all"], name=main, attribute=model()[name].attributes[main])
            return nodes.All(tuple(nodes.Some(name, Pattern(((main, nodes.OneOf((code,))),))) for code in codes))
        return nodes.Some(name, self.pattern(value, name))

    def _none(self, value: Any, kind: str) -> Node:
        found = self.requirement(value, kind)
        if not isinstance(found, nodes.Some):
            raise FaultFoundError("not_a_requirement", detail=value)
        return nodes.NoneSuch(found)

    def _term(self, name: Any, kind: str) -> Node:
        is_known = isinstance(name, str) and name in self.terms and name not in self._open_terms
        _expect(is_known, "unknown_term", name=name)
        outer, self._open_terms = self._open_terms, (*self._open_terms, name)
        node = self.requirement(self.terms[name].means, kind)
        self._open_terms = outer
        return nodes.Term(self.terms[name].zh, node)

    def _recorded(self, text: Mapping[str, Any]) -> Node:
        is_known = set(text) <= {"recorded", "by"} and text["recorded"] == "throughout"
        _expect(is_known, "not_a_requirement", detail=dict(text))
        return nodes.Recorded(self.pattern(text.get("by", {}), "session"))

    # --- patterns ---------------------------------------------------------------------------------------------------

    def pattern(self, text: Any, kind: str) -> Pattern:
        """Return the description of an object of a kind."""
        if not isinstance(text, Mapping) or set(text) in ({"not"}, {"all"}):
            main = model()[kind].main
            if main is None:
                raise FaultFoundError("not_a_requirement", detail=f"{kind}: {text}")
            text = {main: text}
        # In a fixed order, so that a pack reads alike after it has travelled as canonical JSON.
        tests: list[tuple[str, Test]] = []
        inner: list[Node] = []
        for name, value in sorted(text.items(), key=lambda item: str(item[0])):
            attribute = model()[kind].attributes.get(name)
            if attribute:
                tests.append((name, self._test(value, name=name, attribute=attribute)))
            elif name == _IN_PATTERN or name in model()[kind].linked:
                inner.append(self.requirement({name: value}, kind))
            else:
                known = {*model()[kind].attributes, *model()[kind].linked, _IN_PATTERN}
                raise FaultFoundError("unknown_attribute", kind=kind, name=name, known=known)
        _check_form(dict(tests))
        return Pattern(tuple(tests), tuple(inner))

    def _test(self, value: Any, *, name: str, attribute: Attribute) -> Test:
        if isinstance(value, Mapping):
            _expect(set(value) in ({"not"}, {"all"}), "unknown_key", key=list(value), known={"not", "all"})
            if "not" in value:
                return nodes.Not(self._test(value["not"], name=name, attribute=attribute))
            return nodes.HoldsAll(self._codes(value["all"], name=name, attribute=attribute))
        if value == "filled":
            return nodes.IsFilled()
        if value == "empty":
            return nodes.Not(nodes.IsFilled())
        codes = self._codes(value, name=name, attribute=attribute)
        return nodes.HoldsAll(codes) if attribute.type == "names" else nodes.OneOf(codes)

    def _codes(self, value: Any, *, name: str, attribute: Attribute) -> tuple[Value, ...]:
        if isinstance(value, str) and value.startswith("$"):
            value = self._parameter(value).value
        codes = tuple(value) if isinstance(value, list | tuple) else (value,)
        known = attribute.codes
        for code in codes:
            _expect(isinstance(code, str | bool), "number_outside", number=code)
            _expect(
                isinstance(code, bool) == (attribute.type == "boolean"), "unknown_code", name=name, code=code, known=""
            )
            _expect(known is None or code in known, "unknown_code", name=name, code=code, known=set(known or ()))
        return codes

    # --- time -------------------------------------------------------------------------------------------------------

    def limit(self, text: Any, kind: str) -> Limit:
        """Return by when something must be done; without a word, from the birth of the subject on."""
        match text:
            case None:
                return Once(BORN)
            case "promptly":
                return Promptly()
            case {"within": str(name), "from": str(anchor), **rest} if not rest:
                return Within(self._period(name), self.anchor(anchor, kind))
            case {"before": str(anchor), **rest} if not rest:
                return Before(self.anchor(anchor, kind))
            case {"once": str(anchor), **rest} if not rest:
                return Once(self.anchor(anchor, kind))
        raise FaultFoundError("not_a_limit", detail=text)

    def anchor(self, text: str, kind: str) -> Anchor:
        """Return a point in time, `kind.attribute`."""
        of, _, name = text.partition(".")
        if of in (SUBJECT, kind):
            linked, attributes = None, model()[kind].attributes
        else:
            _expect(of in model()[kind].linked, "unknown_kind", kind=kind, name=of, known=model()[kind].linked)
            linked, attributes = of, model()[of].attributes
        instants = {name for name, attribute in attributes.items() if attribute.type == "instant"}
        _expect(name in instants, "unknown_attribute", kind=of, name=name, known=instants)
        return Anchor(linked, name)

    def _period(self, name: str) -> Period:
        _expect(name.startswith("$"), "number_outside", number=name)
        parameter = self._parameter(name)
        if parameter.unit is None:
            raise FaultFoundError("not_a_period", name=name, known=UNITS)
        return Period(parameter.unit, parameter.value if isinstance(parameter.value, int) else 0)

    def _parameter(self, reference: str) -> Parameter:
        name = reference.removeprefix("$")
        _expect(name in self.parameters, "parameter_unknown", name=reference)
        self.used.add(name)
        return self.parameters[name]


def _check_form(tests: Mapping[str, Test]) -> None:
    """Refuse fields that no form of the record types named has."""
    filled, types = tests.get("filled"), tests.get("type")
    if isinstance(filled, nodes.HoldsAll) and isinstance(types, nodes.OneOf):
        for code in types.codes:
            fields = {field.name for field in record_type(str(code)).fields}
            for name in filled.codes:
                _expect(name in fields, "unknown_code", name=f"{code}.filled", code=name, known=fields)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise FaultFoundError("not_a_requirement", detail=value)
    return value


def _expect(holds: bool, code: str, /, **details: object) -> None:
    if not holds:
        raise FaultFoundError(code, **details)
