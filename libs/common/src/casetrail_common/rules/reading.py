"""Reading a requirement: from what stands in a pack to nodes, checked against the model."""

from collections.abc import Mapping
from typing import Any, Final

from casetrail_common.records import record_type
from casetrail_common.rules import nodes, values
from casetrail_common.rules.faults import FaultFoundError
from casetrail_common.rules.look import Node
from casetrail_common.rules.model import model
from casetrail_common.rules.nodes import Pattern
from casetrail_common.rules.reading_values import ValueReader, expect
from casetrail_common.rules.recorded import Recorded
from casetrail_common.rules.values import Test

_IN_PATTERN: Final = ("all", "any", "none")


class Reader(ValueReader):
    """Reads the text of one rule, for one kind of subject at a time."""

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
        if "every" in text:
            return self._every(text, kind)
        if "persons" in text or "count" in text:
            return self._several(text, kind)
        if len(text) != 1:
            raise FaultFoundError("not_a_requirement", detail=dict(text))
        [(verb, value)] = text.items()
        return self._said(verb, value, kind)

    def _said(self, verb: str, value: Any, kind: str) -> Node:
        match verb:
            case "is":
                return nodes.Is(self.pattern(value, kind))
            case "each":
                expect(bool(self.each_kind), "not_a_requirement", detail={verb: value})
                return nodes.Each(self.pattern(value, str(self.each_kind)))
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
        expect(name in model()[kind].linked, "unknown_kind", kind=kind, name=name, known=model()[kind].linked)
        if isinstance(value, Mapping) and set(value) == {"all"} and (main := model()[name].main):
            codes = self.codes(value["all"], name=main, attribute=model()[name].attributes[main])
            expect(bool(codes), "not_a_requirement", detail={name: dict(value)})
            return nodes.All(tuple(nodes.Some(name, Pattern(((main, values.OneOf((code,))),))) for code in codes))
        return nodes.Some(name, self.pattern(value, name))

    def _some(self, text: Any, kind: str) -> nodes.Some:
        found = self.requirement(text, kind)
        if not isinstance(found, nodes.Some):
            raise FaultFoundError("not_a_requirement", detail=text)
        return found

    def _none(self, value: Any, kind: str) -> Node:
        return nodes.NoneSuch(self._some(value, kind))

    def _every(self, text: Mapping[str, Any], kind: str) -> Node:
        expect(set(text) == {"every", "must"}, "not_a_requirement", detail=dict(text))
        some = self._some(text["every"], kind)
        outer, self.each_kind = self.each_kind, some.kind
        must = self.requirement(text["must"], kind)
        self.each_kind = outer
        return nodes.Every(some, must)

    def _several(self, text: Mapping[str, Any], kind: str) -> Node:
        rest = {key: value for key, value in text.items() if key not in {"persons", "count"}}
        some = self._some(rest, kind)
        match text:
            case {"persons": str(name)}:
                return nodes.Several(some, self.number(name).value, distinct=True)
            case {"count": {"one_per": other}}:
                return nodes.Several(some, self._some(other, kind))
            case {"count": str(name)}:
                return nodes.Several(some, self.number(name).value)
        raise FaultFoundError("not_a_requirement", detail=dict(text))

    def _term(self, name: Any, kind: str) -> Node:
        is_known = isinstance(name, str) and name in self.terms and name not in self.open_terms
        expect(is_known, "unknown_term", name=name)
        outer, self.open_terms = self.open_terms, (*self.open_terms, name)
        node = self.requirement(self.terms[name].means, kind)
        self.open_terms = outer
        return nodes.Term(self.terms[name].zh, node)

    def _recorded(self, text: Mapping[str, Any]) -> Node:
        how, gaps = text["recorded"], text.get("gaps", "excused")
        is_known = set(text) <= {"recorded", "by", "gaps"} and how in ("throughout", "at_all")
        expect(is_known and gaps in ("excused", "none"), "not_a_requirement", detail=dict(text))
        return Recorded(self.pattern(text.get("by", {}), "session"), how=how, gaps=gaps)

    def pattern(self, text: Any, kind: str) -> Pattern:
        """Return the description of an object of a kind."""
        if not isinstance(text, Mapping) or set(text) in ({"not"}, {"all"}, {"same_as"}):
            main = model()[kind].main
            if main is None:
                raise FaultFoundError("not_a_requirement", detail=f"{kind}: {text}")
            text = {main: text}
        # In a fixed order, so that a pack reads alike after it has travelled as canonical JSON.
        tests: list[tuple[str, Test]] = []
        inner: list[Node] = []
        for name, value in sorted(text.items(), key=lambda item: str(item[0])):
            attribute = model()[kind].attribute(str(name))
            if attribute:
                tests.append((name, self.test(value, name=name, attribute=attribute)))
            elif name in _IN_PATTERN or name in model()[kind].linked:
                inner.append(self.requirement({name: value}, kind))
            else:
                known = {*model()[kind].attributes, *model()[kind].linked, *_IN_PATTERN}
                raise FaultFoundError("unknown_attribute", kind=kind, name=name, known=known)
        _check_form(dict(tests))
        return Pattern(tuple(tests), tuple(inner))


def _check_form(tests: Mapping[str, Test]) -> None:
    """Refuse fields that no form of the record types named has."""
    filled, types = tests.get("filled"), tests.get("type")
    if isinstance(filled, values.HoldsAll) and isinstance(types, values.OneOf):
        for code in types.codes:
            fields = {field.name for field in record_type(str(code)).fields}
            for name in filled.codes:
                expect(name in fields, "unknown_code", name=f"{code}.filled", code=name, known=fields)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise FaultFoundError("not_a_requirement", detail=value)
    return value
