"""What every service needs to know of a person: capacity, unit and certificate, never the name."""

from dataclasses import dataclass
from datetime import date

from casetrail_common.facts.intake import PersonRegisteredV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import named


@dataclass(frozen=True)
class Person:
    """A person as last registered."""

    kind: str
    roles: tuple[str, ...]
    unit: str | None = None
    certificate_from: date | None = None
    certificate_until: date | None = None
    clearance: tuple[str, ...] = ()

    def is_certified_on(self, day: date) -> bool:
        """Whether an enforcement certificate is valid on a day; both ends count."""
        if self.certificate_from is None or self.certificate_until is None:
            return False
        return self.certificate_from <= day <= self.certificate_until


def _evolve(_state: Person | None, fact: Fact) -> Person | None:
    known = fact.payload
    if not isinstance(known, PersonRegisteredV1):
        return _state
    certificate = known.certificate
    return Person(
        kind=known.kind,
        roles=tuple(known.roles),
        unit=known.unit,
        certificate_from=certificate.valid_from if certificate else None,
        certificate_until=certificate.valid_until if certificate else None,
        clearance=tuple(known.clearance),
    )


PERSON = Fold(
    kind="person",
    state=Person,
    keys=named("person", PersonRegisteredV1),
    evolve=_evolve,
    sources=frozenset({"intake"}),
)
