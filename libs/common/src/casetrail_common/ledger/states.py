"""Folded states kept in the process: under which version each was last seen in the database, or written to it.

What is kept may be out of date, for other processes write too. A decision may begin with it all the same, because what
it looked at is checked by version under the agency's lock, before anything is appended. No version is ever used twice:
each transaction draws its own.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.view import Key

MOST_CHARACTERS: Final = 4_000_000
"""How much is kept in one process of a service, as JSON text; decoded it takes about five times as many bytes."""

Versioned = tuple[int, Any]
"""Version and state."""

NOTHING: Final[Versioned] = (0, None)

_CURRENT: Final = """
select s.kind, s.id, s.version, case when s.version <> w.version then s.state::text end as state
from unnest($2::text[], $3::text[], $4::bigint[]) as w (kind, id, version)
join snapshot s on s.agency = $1 and s.kind = w.kind and s.id = w.id
"""


@dataclass
class _Kept:
    version: int
    text: str
    """JSON; empty once it has been decoded."""
    characters: int
    state: Any = None


@dataclass
class States:
    """The states a service used last, of all agencies."""

    _kept: OrderedDict[tuple[str, Key], _Kept] = field(default_factory=OrderedDict)
    _characters: int = 0

    def remembered(self, agency: str, fold: Fold[Any], item: str) -> Versioned | None:
        """Return a state as it was when last seen, as it is read from its text and not as a fold left it."""
        found = self._kept.get((agency, (fold.kind, item)))
        if found is None:
            return None
        self._kept.move_to_end((agency, (fold.kind, item)))
        if found.text:
            found.state, found.text = fold.load(found.text), ""
        return found.version, found.state

    def remembered_of(self, agency: str, wanted: Mapping[Key, Fold[Any]]) -> dict[Key, Versioned]:
        """Return states as they were when last seen; what is not remembered as if nothing were known of it."""
        return {key: self.remembered(agency, fold, key[1]) or NOTHING for key, fold in wanted.items()}

    def put(self, agency: str, key: Key, *, version: int, text: str | None) -> None:
        """Remember a state, or that nothing is known of one; those not used for longest make room."""
        before = self._kept.pop((agency, key), None)
        self._characters -= before.characters if before else 0
        if text is None:
            return
        self._kept[agency, key] = _Kept(version, text, len(text))
        self._characters += len(text)
        while self._characters > MOST_CHARACTERS:
            self._characters -= self._kept.popitem(last=False)[1].characters

    async def load(self, conn: asyncpg.Connection, agency: str, folds: Mapping[Key, Fold[Any]]) -> dict[Key, Versioned]:
        """Return states as they are in the database now; what is remembered in the same version is not read again."""
        known = self.remembered_of(agency, folds)
        rows = await conn.fetch(
            _CURRENT,
            agency,
            [kind for kind, _ in known],
            [item for _, item in known],
            [version for version, _ in known.values()],
        )
        found = dict.fromkeys(folds, NOTHING)
        for row in rows:
            key, text = (row["kind"], row["id"]), row["state"]
            if text is not None:
                self.put(agency, key, version=row["version"], text=text)
            found[key] = known[key] if text is None else (row["version"], folds[key].load(text))
        return found
