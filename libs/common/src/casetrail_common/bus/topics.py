"""Which topics there are, and how they are laid out for ever."""

from typing import Final

from casetrail_common.ids import SERVICES, Service

PARTITIONS: Final = 24
"""Partitions of every topic. Never changed: the partition of an agency is the order of its facts."""

RETENTION_MS: Final = 7 * 24 * 3600 * 1000
"""How long the bus remembers: seven days in milliseconds. What is older comes from the ledgers again."""

MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
"""Largest message: a request body of 1 MiB can grow several times when a fact quotes it and its text is escaped."""

CONTROL_TOPIC: Final = "casetrail.control.v1"
"""Requests between services; key = the agency they are about, or the service that is asked."""

ANSWERS_TOPIC: Final = "casetrail.answers.v1"
"""Answers that concern only who asked; key = agency."""

PARTNER_TOPIC: Final = "casetrail.partner.v1"
"""Progress of cases for integration partners, without personal data."""


def topic_of(service: Service) -> str:
    """Return the topic on which a service publishes its facts and how long its logs are."""
    return f"casetrail.{service}.v1"


def owner_of(topic: str) -> str:
    """Return the service that publishes on a topic."""
    return topic.split(".")[1]


def others(service: Service) -> tuple[Service, ...]:
    """Return the services that a service follows."""
    return tuple(other for other in SERVICES if other != service)


ALL_TOPICS: Final = (*(topic_of(service) for service in SERVICES), CONTROL_TOPIC, ANSWERS_TOPIC, PARTNER_TOPIC)
