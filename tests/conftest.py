"""Fixtures every test may ask for."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from casetrail_embedded.stack.addresses import StackAddresses
from support.own_broker import OwnBroker, own_broker
from support.stack import running_stack

if TYPE_CHECKING:
    from support.application import Application

# A landing is judged by the same examples on every machine; to look for new ones: HYPOTHESIS_PROFILE=explore make test
# How long an example takes says how busy the machine is, so nothing is made of it.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", unhurried, derandomize=True)
settings.register_profile("explore", unhurried)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def stack() -> Iterator[StackAddresses]:
    """Real PostgreSQL, Kafka and SeaweedFS, started once when the first test asks for them."""
    with running_stack() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def application(stack: StackAddresses) -> "Iterator[Application]":
    """The gateway and all four services on that stack; each test uses an agency of its own."""
    from support.application import running_application  # unit tests need not wait for what it imports

    with running_application(stack) as running:
        yield running


@pytest.fixture(scope="session")
def broker() -> Iterator[OwnBroker]:
    """A broker apart from the stack's: for tests that kill it, and for workers that are not the application's."""
    with own_broker() as running:
        yield running
