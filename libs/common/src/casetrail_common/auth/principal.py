"""The person behind a request."""

from collections.abc import Iterable
from dataclasses import dataclass

from casetrail_common.auth.duties import GIVERS
from casetrail_common.errors import CasetrailError


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, acting in an agency with roles; everything it does stands under `person`."""

    person: str
    """Subject of the token."""
    agency: str
    """The tenant; nothing of another one is visible."""
    unit: str | None = None
    roles: frozenset[str] = frozenset()

    def require(self, roles: Iterable[str]) -> None:
        """Insist on one of the roles.

        Commands call this after the shape of the wish was judged (422) and its objects were found (404), because
        answers come in that order.

        Raises
        ------
        CasetrailError
            `role_not_allowed` if the person has none of them.
        """
        wanted = sorted(map(str, roles))
        if self.roles.isdisjoint(wanted):
            raise CasetrailError("role_not_allowed", {"roles": ", ".join(wanted)})

    def require_for(self, command: str) -> None:
        """Insist on a role that gives a command."""
        self.require(GIVERS[command])
