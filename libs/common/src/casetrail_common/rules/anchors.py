"""Points in time that limits and comparisons refer to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from casetrail_common.rules.casefile import BIRTH, Thing
from casetrail_common.rules.look import Look, Node, instant_of


class When(Protocol):
    """A point in time."""

    def at(self, look: Look, subject: Thing) -> datetime | None:
        """Return the instant, or None as long as it is unknown."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An attribute of the subject or of what is linked to it."""

    kind: str | None
    """Kind of the linked objects; None for the subject itself."""
    attribute: str
    pick: Callable[..., datetime] = max
    """Which of several: the latest, or the first."""

    def at(self, look: Look, subject: Thing) -> datetime | None:
        """Return the latest of the instants once all of them are known, or the first that is."""
        things = look.near(subject, self.kind) if self.kind else (subject,)
        instants = [instant_of(thing, self.attribute) for thing in things]
        known = [instant for instant in instants if instant is not None]
        if not known or (self.pick is max and len(known) < len(instants)):
            return None
        return self.pick(known)

    def known_since(self, look: Look, subject: Thing) -> datetime | None:
        """Return since when the instant has been known."""
        things = look.near(subject, self.kind) if self.kind else (subject,)
        held = [one.held[self.attribute].since for one in things if self.attribute in one.held]
        return max(held, default=None)


@dataclass(frozen=True, slots=True)
class EachAnchor:
    """An attribute of the object that `every` speaks of."""

    attribute: str

    def at(self, look: Look, _subject: Thing) -> datetime | None:
        """Return the instant, or None as long as it is unknown."""
        return instant_of(look.each, self.attribute) if look.each else None


@dataclass(frozen=True, slots=True)
class BaseDue:
    """When the period ends that the rule relaxes."""

    def at(self, look: Look, _subject: Thing) -> datetime | None:
        """Return the instant, or None as long as it is unknown."""
        return look.base_due


@dataclass(frozen=True, slots=True)
class WhenMet:
    """The instant at which a requirement is met."""

    node: Node

    def at(self, look: Look, subject: Thing) -> datetime | None:
        """Return the instant, or None as long as it is unknown."""
        met = self.node.met(look, subject)
        return met.since if met else None


BORN: Final = Anchor(None, BIRTH)
"""The instant at which the subject came into being."""
