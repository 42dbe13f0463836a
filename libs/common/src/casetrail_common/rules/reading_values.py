"""Reading tests, points in time and limits; and what a rule refers to."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from casetrail_common.calendar import UNITS, Period
from casetrail_common.rules import values
from casetrail_common.rules.anchors import BORN, Anchor, BaseDue, EachAnchor, When, WhenMet
from casetrail_common.rules.casefile import Value
from casetrail_common.rules.document import Parameter, TermText
from casetrail_common.rules.faults import FaultFoundError
from casetrail_common.rules.limits import Before, Limit, Once, PeriodOf, Promptly, Within
from casetrail_common.rules.look import Node
from casetrail_common.rules.model import Attribute, model
from casetrail_common.rules.values import Test

SUBJECT: Final = "subject"
"""The subject itself, where its kind would do as well."""
EACH: Final = "each"
"""The object that `every` speaks of."""

_ORDERS: Final = ("before", "not_after", "after", "not_before")
_TESTS: Final = ("not", "all", "min", "same_as", "near", *_ORDERS)
_TIMES: Final = frozenset({"instant", "date"})


@dataclass
class ValueReader(ABC):
    """Reads what stands under an attribute, and what names a point in time."""

    parameters: Mapping[str, Parameter]
    terms: Mapping[str, TermText]
    subject_kind: str = ""
    used: set[str] = field(default_factory=set)
    """Names of the parameters referred to so far."""
    each_kind: str | None = None
    open_terms: tuple[str, ...] = ()

    @abstractmethod
    def requirement(self, text: Any, kind: str) -> Node:
        """Return a requirement on an object of a kind."""

    # --- tests ------------------------------------------------------------------------------------------------------

    def test(self, value: Any, *, name: str, attribute: Attribute) -> Test:
        """Return what is asked of the value of an attribute."""
        if isinstance(value, Mapping):
            expect(len(value) == 1 and set(value) <= set(_TESTS), "unknown_key", key=list(value), known=set(_TESTS))
            [(how, operand)] = value.items()
            return self._asked(how, operand, name=name, attribute=attribute)
        if value == "filled":
            return values.IsFilled()
        if value == "empty":
            return values.Not(values.IsFilled())
        codes = self.codes(value, name=name, attribute=attribute)
        if isinstance(value, str) and value.startswith("$") and self.parameter(value).agency:
            return values.OneOfConfigured(value.removeprefix("$"), codes)
        return values.HoldsAll(codes) if attribute.type == "names" else values.OneOf(codes)

    def _asked(self, how: str, operand: Any, *, name: str, attribute: Attribute) -> Test:
        match how:
            case "not":
                return values.Not(self.test(operand, name=name, attribute=attribute))
            case "all":
                return values.HoldsAll(self.codes(operand, name=name, attribute=attribute))
            case "min":
                return values.AtLeast(self.number(operand).value)
            case "same_as":
                return self._same_as(operand)
        expect(attribute.type in _TIMES, "unknown_key", key=how, known={"not", "all", "same_as"})
        if how == "near":
            is_near = isinstance(operand, Mapping) and set(operand) == {"to", "tolerance"}
            expect(is_near, "unknown_key", key=operand, known={"to", "tolerance"})
            return values.Near(self.anchor(operand["to"], self.subject_kind), self.number(operand["tolerance"]))
        return values.Ordered(how, self.anchor(operand, self.subject_kind))  # type: ignore[arg-type]

    def _same_as(self, operand: Any) -> Test:
        of, _, name = str(operand).partition(".")
        kind = {SUBJECT: self.subject_kind, EACH: self.each_kind or ""}.get(of, of)
        expect(kind in model(), "unknown_kind", kind=self.subject_kind, name=of, known=set(model()))
        is_known = model()[kind].attribute(name) is not None
        expect(is_known, "unknown_attribute", kind=kind, name=name, known=set(model()[kind].attributes))
        return values.SameAs(SUBJECT if of == self.subject_kind else of, name)

    def codes(self, value: Any, *, name: str, attribute: Attribute) -> tuple[Value, ...]:
        """Return codes, each of which the attribute can take."""
        if isinstance(value, str) and value.startswith("$"):
            value = self.parameter(value).value
        codes = tuple(value) if isinstance(value, list | tuple) else (value,)
        known = attribute.codes
        for code in codes:
            expect(isinstance(code, str | bool), "number_outside", number=code)
            expect(
                isinstance(code, bool) == (attribute.type == "boolean"), "unknown_code", name=name, code=code, known=""
            )
            expect(known is None or code in known, "unknown_code", name=name, code=code, known=set(known or ()))
        return codes

    # --- time -------------------------------------------------------------------------------------------------------

    def limit(self, text: Any, kind: str) -> Limit:
        """Return by when something must be done; without a word, from the birth of the subject on."""
        match text:
            case None:
                return Once(BORN)
            case "promptly":
                return Promptly()
            case {"within": str(name), "from": anchor, **rest} if rest in ({}, {"due": "hidden"}):
                return Within(self._period(name, kind), self.anchor(anchor, kind), is_hidden=bool(rest))
            case {"before": anchor, **rest} if not rest:
                return Before(self.anchor(anchor, kind))
            case {"once": anchor, **rest} if not rest:
                return Once(self.anchor(anchor, kind))
        raise FaultFoundError("not_a_limit", detail=text)

    def anchor(self, text: Any, kind: str) -> When:
        """Return a point in time: `kind.attribute`, `{first: kind.attribute}`, or since when a requirement is met."""
        match text:
            case {"first": str(of), **rest} if not rest:
                found = self._attribute(of, kind)
                return Anchor(found.kind, found.attribute, min) if isinstance(found, Anchor) else found
            case Mapping():
                return WhenMet(self.requirement(text, kind))
            case str():
                return self._attribute(text, kind)
        raise FaultFoundError("not_a_limit", detail=text)

    def _attribute(self, text: str, kind: str) -> Anchor | EachAnchor | BaseDue:
        if text == "base.due":
            return BaseDue()
        of, _, name = text.partition(".")
        if of == EACH and self.each_kind:
            _check_time(self.each_kind, name)
            return EachAnchor(name)
        if of in (SUBJECT, kind):
            _check_time(kind, name)
            return Anchor(None, name)
        expect(of in model()[kind].linked, "unknown_kind", kind=kind, name=of, known=model()[kind].linked)
        _check_time(of, name)
        return Anchor(of, name)

    def _period(self, name: str, kind: str) -> Period | PeriodOf:
        if name.startswith(f"{SUBJECT}."):
            attribute = model()[kind].attribute(name.partition(".")[2])
            expect(attribute is not None and attribute.type == "period", "not_a_period", name=name, known=UNITS)
            return PeriodOf(attribute=name.partition(".")[2])
        expect(name.startswith("$"), "number_outside", number=name)
        parameter = self.parameter(name)
        if parameter.unit is None or parameter.unit == "people" or parameter.unit == "pages":
            raise FaultFoundError("not_a_period", name=name, known=UNITS)
        period = Period(parameter.unit, parameter.value if isinstance(parameter.value, int) else 0)
        return PeriodOf(setting=name.removeprefix("$"), default=period) if parameter.agency else period

    # --- parameters -------------------------------------------------------------------------------------------------

    def number(self, reference: Any) -> values.Configured:
        """Return a number of the pack."""
        expect(isinstance(reference, str) and reference.startswith("$"), "number_outside", number=reference)
        parameter = self.parameter(reference)
        if not isinstance(parameter.value, int):
            raise FaultFoundError("parameter_unknown", name=reference)
        return values.Configured(reference.removeprefix("$") if parameter.agency else None, parameter.value)

    def parameter(self, reference: str) -> Parameter:
        """Return what `$name` stands for."""
        name = reference.removeprefix("$")
        expect(name in self.parameters, "parameter_unknown", name=reference)
        self.used.add(name)
        return self.parameters[name]


def _check_time(kind: str, name: str) -> None:
    times = {known for known, attribute in model()[kind].attributes.items() if attribute.type in _TIMES}
    expect(name in times, "unknown_attribute", kind=kind, name=name, known=times)


def expect(holds: bool, code: str, /, **details: object) -> None:
    """Raise a fault unless something holds."""
    if not holds:
        raise FaultFoundError(code, **details)
