"""Questions to the value of one attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from casetrail_common.rules.anchors import When
from casetrail_common.rules.casefile import Thing, Value
from casetrail_common.rules.look import Look, Settings, value_of


class Test(Protocol):
    """A question to the value of one attribute; None is an empty one."""

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value, or one of several, is among some codes."""

    codes: tuple[Value, ...]

    def holds(self, value: Value | None, _look: Look) -> bool:
        """Whether the value passes."""
        return any(one in self.codes for one in value) if isinstance(value, tuple) else value in self.codes


@dataclass(frozen=True, slots=True)
class HoldsAll:
    """The values include all of some codes."""

    codes: tuple[Value, ...]

    def holds(self, value: Value | None, _look: Look) -> bool:
        """Whether the value passes."""
        held = value if isinstance(value, tuple) else (value,)
        return all(code in held for code in self.codes)


@dataclass(frozen=True, slots=True)
class IsFilled:
    """There is a value; `false` and 0 are values."""

    def holds(self, value: Value | None, _look: Look) -> bool:
        """Whether the value passes."""
        return value is not None


@dataclass(frozen=True, slots=True)
class Not:
    """Another test fails."""

    test: Test

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""
        return not self.test.holds(value, look)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number is not smaller than another."""

    count: int

    def holds(self, value: Value | None, _look: Look) -> bool:
        """Whether the value passes."""
        return isinstance(value, int) and value >= self.count


@dataclass(frozen=True, slots=True)
class SameAs:
    """The value is that of an attribute of the subject, of what is linked to it, or of the object `every` speaks of."""

    of: str
    """`subject`, `each`, or the kind of linked objects."""
    attribute: str

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""
        wanted = [value_of(thing, self.attribute) for thing in self._things(look) if thing]
        held = value if isinstance(value, tuple) else (value,)
        return any(one is not None and one in wanted for one in held)

    def _things(self, look: Look) -> Sequence[Thing | None]:
        match self.of:
            case "subject":
                return (look.subject,)
            case "each":
                return (look.each,)
        return look.near(look.subject, self.of) if look.subject else ()


@dataclass(frozen=True, slots=True)
class Ordered:
    """The instant lies before or after another. What is not known has not happened yet."""

    how: Literal["before", "not_after", "after", "not_before"]
    when: When

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""
        other = self.when.at(look, look.subject) if look.subject else None
        if not isinstance(value, datetime):
            return False
        match self.how:
            case "before":
                return other is None or value < other
            case "not_after":
                return other is None or value <= other
            case "after":
                return other is not None and value > other
            case "not_before":
                return other is not None and value >= other


@dataclass(frozen=True, slots=True)
class Configured:
    """A number of the pack that an agency may have set otherwise."""

    name: str | None
    """The agency's setting; None if it may set none."""
    value: int

    def of(self, settings: Settings) -> int:
        """Return the number."""
        own = settings.get(self.name) if self.name else None
        return own if isinstance(own, int) and not isinstance(own, bool) else self.value


@dataclass(frozen=True, slots=True)
class OneOfConfigured:
    """The value is among the codes of the pack, or is the one that an agency has named besides."""

    name: str
    """The agency's setting."""
    codes: tuple[Value, ...]

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""
        return value is not None and value in (*self.codes, look.settings.get(self.name))


@dataclass(frozen=True, slots=True)
class Near:
    """The instant equals another within some seconds."""

    when: When
    tolerance_s: Configured

    def holds(self, value: Value | None, look: Look) -> bool:
        """Whether the value passes."""
        other = self.when.at(look, look.subject) if look.subject else None
        if other is None or not isinstance(value, datetime):
            return False
        return abs((value - other).total_seconds()) <= self.tolerance_s.of(look.settings)
