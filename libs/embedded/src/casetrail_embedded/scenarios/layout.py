"""Whether a file has the layout of a scenario, and names only what it knows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from casetrail_common.records import enumerations
from casetrail_embedded.scenarios.vocabulary import Command, commands, has_members, is_date, is_instant

FORMAT: Final = 1
REQUIRED: Final = ("format", "id", "packs", "calendar", "agency", "cast", "setup", "steps", "checks")
OPTIONAL: Final = ("set", "pack", "title_en", "title_zh", "facts", "devices", "repositories")
_CALENDAR: Final = (("version",), ("holidays", "make_up_workdays"))
_AGENCY: Final = (("id", "name", "province", "units", "packs"), ())
_SETUP: Final = (
    ("at",),
    ("record_plans", "av_item_lists", "wording_guides", "retention_table", "items", "parameters"),
)
_LISTS: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "calendar.holidays": (("from", "to"), ()),
    "agency.units": (("id", "name"), ()),
    "agency.packs": (("pack", "valid_from"), ()),
    "cast": (("id", "name", "kind", "roles"), ("unit", "certificate", "clearance")),
    "devices": (("id", "type", "serial", "custodian", "registered_on"), ("responsible_unit", "last_maintained_on")),
    "repositories": (("id", "kind", "name", "registered"), ()),
    "steps": (("at", "by", "do", "expect"), ("id", "args")),
    "checks": (("as_of", "findings"), ("closed_world",)),
}
_FINDING: Final = (
    ("rule", "subject", "status"),
    ("severity", "due", "late_by", "basis", "mitigation", "incidents", "since", "note"),
)
_EXPECT: Final = ((), ("ok", "delivered", "refused", "status", "code", "incident"))
_PERIOD: Final = (("value", "unit"), ("from",))
_CERTIFICATE: Final = (("number", "valid_from", "valid_until"), ())
_TEXTS: Final = frozenset(
    {"id", "version", "name", "province", "pack", "kind", "type", "serial", "custodian", "by", "do"}
)
"""Members that are one text wherever they stand."""
_LISTS_OF_TEXTS: Final = frozenset({"roles", "clearance", "make_up_workdays"})

Text = Mapping[str, Any]


def faults_of(text: Any) -> Iterator[str]:
    """Yield what is wrong with a file, with the place."""
    members = _members("the file", text, REQUIRED, OPTIONAL)
    yield from members
    if members:
        return
    if text["format"] != FORMAT:
        yield f"format: {text['format']!r}, but this runner knows {FORMAT}"
    parts = [
        *_members("calendar", text["calendar"], *_CALENDAR),
        *_members("agency", text["agency"], *_AGENCY),
        *_members("setup", text["setup"], *_SETUP),
        *(fault for name, layout in _LISTS.items() for fault in _listed(name, _at(text, name), layout)),
        *_setup(text["setup"]),
        *_unquoted("", text),
        *_texts("packs", text["packs"]),
        *(fault for name in ("calendar", "agency") for fault in _plain(name, text[name])),
    ]
    yield from parts
    if not parts:
        yield from _inner_faults(text)


def _members(place: str, value: Any, required: Sequence[str], optional: Sequence[str]) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: not a mapping"]
    missing = [f"{place}: no `{name}`" for name in required if name not in value]
    return missing + [f"{place}: unknown `{name}`" for name in value if name not in {*required, *optional}]


def _at(text: Text, place: str) -> Any:
    """Return what stands at a place; an empty list if nothing does."""
    found: Any = text
    for name in place.split("."):
        found = found.get(name, []) if isinstance(found, dict) else []
    return found


def _setup(setup: Any) -> Iterator[str]:
    """Yield which parts are neither lists of mappings nor, for parameters, a mapping; the rest is for the services."""
    for name in _SETUP[1] if isinstance(setup, dict) else ():
        entries = setup.get(name, {} if name == "parameters" else [])
        if name == "parameters" and not isinstance(entries, dict):
            yield "setup.parameters: not a mapping"
        elif name == "parameters":
            periods = ((key, one) for key, one in entries.items() if isinstance(one, dict))
            yield from (f for key, one in periods for f in _members(f"setup.parameters.{key}", one, *_PERIOD))
        elif name != "parameters" and not (isinstance(entries, list) and all(isinstance(e, dict) for e in entries)):
            yield f"setup.{name}: not a list of mappings"


def _listed(place: str, value: Any, layout: tuple[Sequence[str], Sequence[str]]) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place}: not a list"
        return
    for number, one in enumerate(value, start=1):
        yield from _members(f"{place} {number}", one, *layout) or _plain(f"{place} {number}", one)


def _plain(place: str, value: Any) -> Iterator[str]:
    """Yield which members of a mapping are not what they are in every mapping."""
    for name, one in value.items() if isinstance(value, dict) else ():
        if name in _TEXTS and not isinstance(one, str):
            yield f"{place}.{name}: {one!r} is no text"
        elif name in _LISTS_OF_TEXTS:
            yield from _texts(f"{place}.{name}", one)
        elif name == "certificate" and one is not None:
            yield from _members(f"{place}.{name}", one, *_CERTIFICATE)


def _texts(place: str, value: Any) -> Iterator[str]:
    if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        yield f"{place}: not a list of texts"


def _unquoted(place: str, value: Any) -> Iterator[str]:
    if isinstance(value, date | datetime):
        yield f"{place}: dates and instants are quoted"
    inner: Mapping[Any, Any] | Sequence[Any] = value if isinstance(value, dict | list) else ()
    for name, one in inner.items() if isinstance(inner, dict) else enumerate(inner, start=1):
        yield from _unquoted(f"{place}{'.' if place else ''}{name}", one)


def _inner_faults(text: Text) -> Iterator[str]:
    if not is_instant(text["setup"]["at"]):
        yield f"setup.at: {text['setup']['at']!r} is no instant"
        return
    yield from _days(text)
    start = datetime.fromisoformat(text["setup"]["at"])
    actors = {str(one["id"]) for one in text["cast"]}
    things = (one for name in ("devices", "repositories", "steps") for one in text.get(name, []))
    known = {"agency", str(text["agency"]["id"]), *actors, *(str(one["id"]) for one in things if "id" in one)}
    for number, step in enumerate(text["steps"], start=1):
        place = f"steps {number} ({step['do']}{' ' + str(step['id']) if 'id' in step else ''})"
        yield from (f"{place}: {fault}" for fault in (*_moment(step["at"], start), *_step(step, actors, known)))
    yield from _twice(text)
    for number, check in enumerate(text["checks"], start=1):
        yield from (f"checks {number}: {fault}" for fault in (*_moment(check["as_of"], start), *_check(check, known)))


def _days(text: Text) -> Iterator[str]:
    """Yield which days of the calendar and of the packs are none."""
    holidays, packs = text["calendar"].get("holidays", []), text["agency"]["packs"]
    days = [one[name] for one in holidays for name in ("from", "to")]
    days += [*text["calendar"].get("make_up_workdays", []), *(one["valid_from"] for one in packs)]
    yield from (f"{day!r} is no date" for day in days if not is_date(day))


def _moment(value: Any, start: datetime) -> Iterator[str]:
    if not is_instant(value):
        yield f"{value!r} is no instant with its zone"
    elif datetime.fromisoformat(value) < start:
        yield f"{value} lies before the setup"


def _twice(text: Text) -> Iterator[str]:
    """Yield aliases that two things have; what is refused has none."""
    named = [str(one["id"]) for name in ("cast", "devices", "repositories") for one in text.get(name, [])]
    named += [str(step["id"]) for step in text["steps"] if "id" in step and is_ok(step["expect"])]
    yield from (f"{alias}: named twice" for alias in dict.fromkeys(named) if named.count(alias) > 1)


def is_ok(expect: Any) -> bool:
    """Whether a step is to succeed."""
    return expect == "ok" or (isinstance(expect, dict) and expect.get("ok") is True)


def _step(step: Text, actors: set[str], known: set[str]) -> Iterator[str]:
    command = commands().get(str(step["do"]))
    if command is None:
        yield "no such command"
        return
    if str(step["by"]) not in actors:
        yield f"`{step['by']}` is not in the cast"
    if (command.creates is not None) != ("id" in step):
        yield "creates something, so it needs an id" if command.creates else "creates nothing, so it has no id"
    yield from _expect(step["expect"])
    args = step.get("args", {})
    if not isinstance(args, dict):
        yield "args: not a mapping"
    elif is_ok(step["expect"]):
        # What a refused step says wrongly may be what it is refused for.
        yield from _arguments(command, args, known)


def _expect(expect: Any) -> Iterator[str]:
    if expect == "ok":
        return
    if not has_members(expect, *_EXPECT):
        yield f"expect: {expect!r} is neither `ok` nor a known mapping"
    elif not is_ok(expect) and not (isinstance(expect.get("status"), int) and isinstance(expect.get("code"), str)):
        yield "expect: a refusal has a status and a code"


def _arguments(command: Command, args: Text, known: set[str]) -> Iterator[str]:
    for name, argument in command.arguments.items():
        if name not in args:
            if argument.is_required:
                yield f"args: no `{name}`"
        elif not argument.fits(args[name]):
            yield f"args.{name}: {args[name]!r} is no {argument.type} {argument.of}".rstrip()
        else:
            yield from (
                f"args.{name}: `{one}` names nothing" for one in argument.aliases(args[name]) if one not in known
            )
    yield from (f"args: unknown `{name}`" for name in args if name not in command.arguments)


def _check(check: Text, known: set[str]) -> Iterator[str]:
    if not isinstance(check["findings"], list):
        yield "findings: not a list"
        return
    for number, finding in enumerate(check["findings"], start=1):
        faults = _members(f"findings {number}", finding, *_FINDING)
        yield from faults or (f"findings {number}: {fault}" for fault in _finding(finding, known))


def _finding(finding: Text, known: set[str]) -> Iterator[str]:
    lists = enumerations()
    if str(finding["status"]) not in lists["status"]:
        yield f"status: {finding['status']!r}"
    if finding.get("severity") is not None and str(finding["severity"]) not in lists["severity"]:
        yield f"severity: {finding['severity']!r}"
    if finding.get("due") is not None and not is_instant(finding["due"]):
        yield f"due: {finding['due']!r} is no instant"
    if finding.get("since") is not None and not (is_instant(finding["since"]) or is_date(finding["since"])):
        yield f"since: {finding['since']!r} is no instant"
    if str(finding["subject"]).partition("/")[0] not in known:
        yield f"subject: `{finding['subject']}` names nothing"
