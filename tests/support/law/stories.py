"""Stories in a line: `activity A1 inquiry; +2h record D1 inquiry_record about=A1; @09-03T10:00 end A1`.

Steps are separated by `;` and one minute apart. `@09-03T10:00:01` (or `@10:00` on the same day) and `+24h` set the
clock. Then comes a verb of `verbs.py`, what it speaks of in the order given there, and `name=value`. A list is written
`a,b`. The story of an agency begins on Monday, 2025-09-01 at 09:00; case K1 is registered first unless the story does
it itself.

A line may stand for several: `{a|b}` for one with each, `{-a,b,c}` for one with each of them left out, `{^a,b}` for one
with each type of record but these.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from casetrail_common.calendar import BEIJING
from casetrail_common.records import record_types
from casetrail_common.rules import Pack
from support.law.verbs import VERBS, Told
from support.penalty import Step
from support.scenarios.reading import Scenario
from support.scenarios.telling import begun

YEAR: Final = 2025
BEGIN: Final = datetime(YEAR, 9, 1, 9, tzinfo=BEIJING)
_MINUTE: Final = timedelta(minutes=1)
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_GROUP: Final = re.compile(r"\{([^{}]*)\}")

_CERTIFIED: Final = {"number": "C-1", "valid_from": "2023-01-01", "valid_until": "2027-12-31"}
AGENCY: Final[Mapping[str, Any]] = {
    "id": "town",
    "calendar": {
        "version": "CN-2025",
        "holidays": [{"from": "2025-10-01", "to": "2025-10-08"}],
        "make_up_workdays": ["2025-09-28", "2025-10-11"],
    },
    "agency": {
        "name": "某局",
        "province": "河南省",
        "units": [{"id": "u1", "name": "执法大队"}, {"id": "u2", "name": "法制科"}],
    },
    "cast": [
        *(
            {"id": id_, "kind": "staff", "roles": ["case_officer"], "unit": "u1", "certificate": _CERTIFIED}
            for id_ in ("o1", "o2")
        ),
        {"id": "o3", "kind": "staff", "roles": [], "unit": "u1"},
        {"id": "h1", "kind": "staff", "roles": ["agency_head"], "unit": "u2"},
        {"id": "d1", "kind": "staff", "roles": ["unit_head"], "unit": "u1"},
        {"id": "p1", "kind": "outside", "roles": ["party"]},
        {"id": "p2", "kind": "outside", "roles": ["party"]},
        {"id": "w1", "kind": "outside", "roles": ["witness"]},
    ],
    "devices": [],
    "setup": {"at": "2025-08-01T09:00:00+08:00"},
}
"""The agency of all stories: officers o1, o2, without a certificate o3; parties p1, p2; nobody in charge of records."""


def variants(line: str) -> Iterator[str]:
    """Yield the lines that one line stands for."""
    groups = [_choices(found.group(1)) for found in _GROUP.finditer(line)]
    for chosen in product(*groups):
        choices = iter(chosen)
        yield _GROUP.sub(lambda _: next(choices), line)  # noqa: B023  used up before the next round


def _choices(group: str) -> list[str]:
    names = group[1:].split(",")
    if group.startswith("^"):
        return [code for code, form in record_types().items() if code not in names and form.created_by is None]
    if not group.startswith("-"):
        return group.split("|")
    return [",".join(names[:n] + names[n + 1 :]) for n in range(len(names))]


def told(line: str, *, case: str, packs: Sequence[Pack] = ()) -> tuple[list[Step], datetime]:
    """Return the facts of a story, and the instant at which it ends.

    Parameters
    ----------
    case
        How the case is registered unless the story does it: `conduct=penalty start=application`.
    """
    teller = begun(Scenario(AGENCY), tuple(packs))
    teller.now, teller.by = BEGIN, "o1"
    steps = [step.split() for step in line.split(";") if step.strip()]
    if not any("register" in words for words in steps):
        steps.insert(0, ["@09:00", "register", *case.split()])
    for words in steps:
        teller.now += _MINUTE
        while words[0][0] in "@+":
            teller.now = clock(words.pop(0), teller.now)
            if not words:
                break
        if words:
            verb, *rest = words
            VERBS[verb](Told(teller, *_arguments(rest, teller.now)))
    return teller.steps, teller.now


def clock(word: str, now: datetime) -> datetime:
    """Return an instant: `+24h` from now, `@10:00` today, `@09-03T10:00:01` this year."""
    if word.startswith("+"):
        return now - _MINUTE + timedelta(**{_UNITS[word[-1]]: int(word[1:-1])})
    text = word[1:]
    if len(text) <= len("10:00:00"):
        return datetime.combine(
            now.astimezone(BEIJING).date(), datetime.fromisoformat(f"{YEAR}-01-01T{text}").time(), BEIJING
        )
    return datetime.fromisoformat(text if text.startswith("20") else f"{YEAR}-{text}").replace(tzinfo=BEIJING)


def _arguments(words: Sequence[str], now: datetime) -> tuple[list[str], dict[str, Any]]:
    places = [word for word in words if "=" not in word]
    named = dict(word.split("=", 1) for word in words if "=" in word)
    return places, {name: clock(value, now) if value[:1] == "@" else value for name, value in named.items()}
