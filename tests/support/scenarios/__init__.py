"""Scenario files told as facts: what people did, without the services, and what must be found."""

from support.scenarios.checking import differences
from support.scenarios.law import packs_of
from support.scenarios.reading import Scenario, scenarios
from support.scenarios.telling import tell

__all__ = ["Scenario", "differences", "packs_of", "scenarios", "tell"]
