"""The agency that a scenario is run in: fresh, with the ids that the services gave to what the file names."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final
from urllib.parse import quote

import httpx

from casetrail_common.ids import Service, new_id
from casetrail_common.records import UnknownRecordTypeError, record_type
from casetrail_embedded.client import As, Client
from casetrail_embedded.scenarios.samples import Sample
from casetrail_embedded.scenarios.vocabulary import Argument, Command

ADMINISTRATOR: Final = As("setup-administrator", ("administrator", "pack_admin"))

OWNER_OF_KIND: Final[Mapping[str, Service]] = {
    **dict.fromkeys(("case", "activity", "record", "service", "measure"), "intake"),
    **dict.fromkeys(("session", "device", "repository", "derivative"), "media"),
    "request": "review",
    **dict.fromkeys(("dossier", "disc"), "archive"),
}
"""Which service gives ids to what; people keep theirs."""

NO_ID: Final = "i-"
"""Stands in a path for what the file does not name; a service is found for it, which refuses it for its shape."""


@dataclass
class Tenant:
    """What is known of an agency while a scenario is run."""

    client: Client
    samples: Mapping[str, Sample]
    logins: Mapping[str, As]
    """How the people of the cast log in."""
    ids: dict[str, str] = field(default_factory=dict)
    """Ids by alias."""
    case_of: dict[str, str] = field(default_factory=dict)
    """Case of an activity, by id."""
    submissions: dict[str, str] = field(default_factory=dict)
    """Submission under which a form lies in review, by its id."""

    async def set_clock(self, instant: str) -> None:
        """Let everything happen that is due until an instant, and wait until the services are at rest.

        Raises
        ------
        RefusedError
            If they do not come to rest.
        """
        await self.client.put(ADMINISTRATOR, "/v1/test/clock", {"agency": self.client.agency, "now": instant})

    def name_of(self, subject: str) -> str:
        """Return what the file calls a subject."""
        id_, slash, rest = subject.partition("/")
        return next((alias for alias, known in self.ids.items() if known == id_), id_) + slash + rest

    def told(self, command: Command, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments in which ids stand for aliases."""
        arguments = command.arguments
        told = {
            name: self._with_ids(arguments[name], value) if name in arguments else value
            for name, value in copy.deepcopy(dict(args)).items()
        }
        if isinstance(told.get("fields"), dict):
            told["fields"] = self._fields(str(told.get("type")), told["fields"])
        return told

    def _with_ids(self, argument: Argument, value: Any) -> Any:
        if argument.type == "map":
            return _without_fractions(value)
        kinds = argument.of.split("|")
        if argument.type == "ref" and isinstance(value, str):
            return self._id(value, kinds)
        if argument.type == "refs" and isinstance(value, list):
            return [self._id(one, kinds) if isinstance(one, str) else one for one in value]
        return value

    def _id(self, alias: str, kinds: list[str]) -> str:
        """Return the id of what an alias names; of something that does not exist if it names nothing."""
        owner = OWNER_OF_KIND.get(kinds[0])
        if alias in self.ids or owner is None:
            return self.ids.get(alias, alias)
        return new_id(owner)

    def _fields(self, type_: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a form with ids where the form holds ids."""
        try:
            named = {one.name for one in record_type(type_).fields if one.coding.kind == "id"}
        except UnknownRecordTypeError:
            named = set()
        return {name: self.ids.get(str(value), value) if name in named else value for name, value in fields.items()}


def _without_fractions(value: Any) -> Any:
    """Return a value in which fractions stand as text: facts hold no others, and a form may say anything."""
    if isinstance(value, dict):
        return {name: _without_fractions(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_fractions(one) for one in value]
    return str(value) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Desk:
    """The tenant as one person of the cast uses it."""

    tenant: Tenant
    who: As

    async def send(self, method: str, path: str, args: Mapping[str, Any], **more: str) -> httpx.Response:
        """Send the arguments; those that the path names in braces go there.

        Parameters
        ----------
        more
            For the path only.
        """
        body = dict(args)
        names = [name for _, name, _, _ in Formatter().parse(path) if name]
        found = {name: more[name] if name in more else body.pop(name, NO_ID) for name in names}
        quoted = {name: quote(id_ if isinstance(id_, str) else NO_ID, safe="") for name, id_ in found.items()}
        return await self.tenant.client.send(
            self.who, method, path.format_map(quoted), body=body if body or method == "POST" else None
        )
