"""Which streams that cases share a dossier needs single facts of: people, devices, places, law."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from casetrail_archive.case_facts import Stream
from casetrail_common.ids import stream_name
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.reading import is_reference

PEOPLE: Final = frozenset(
    {
        "author",
        "by",
        "custodian",
        "officers",
        "parties",
        "present",
        "recipient",
        "recorder",
        "reported_to",
        "responsible_officer",
    }
)
"""Members of payloads that name people. Over all facts a name means the same, so that new facts need no new code."""

THINGS: Final[Mapping[str, str]] = {"device": "device", "repository": "repository"}
"""Members of payloads that name other objects with a stream in media, and the kind of that stream."""


def shared_streams(agency: str, facts: Iterable[Fact]) -> list[Stream]:
    """Return the streams of everybody and everything that facts name, and of the law they were recorded under."""
    own = stream_name("agency", agency, agency)
    found: dict[Stream, None] = {("intake", own): None, ("archive", own): None}
    for fact in facts:
        found |= dict.fromkeys(_named(agency, fact))
    return sorted(found)


def _named(agency: str, fact: Fact) -> Iterator[Stream]:
    if not fact.actor.person.startswith("system:"):
        yield "intake", stream_name("person", agency, fact.actor.person)
    for pack in fact.packs:
        yield "archive", stream_name("pack", agency, pack.partition("@")[0])
    if fact.calendar is not None:
        yield "archive", stream_name("calendar", agency, fact.calendar)
    for member, name in _members(fact.fields):
        if member in PEOPLE:
            yield "intake", stream_name("person", agency, name)
        elif member in THINGS:
            yield "media", stream_name(THINGS[member], agency, name)


def _members(value: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a payload with the name of the member it stands in; what people wrote is not among them."""
    if isinstance(value, str):
        yield member, value
    elif isinstance(value, Mapping) and not is_reference(value):
        for name, inner in value.items():
            yield from _members(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _members(inner, member)
