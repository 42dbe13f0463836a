"""The law in force for an agency: which packs, which calendar, which of the agency's own settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casetrail_common.calendar import BEIJING as BEIJING
from casetrail_common.calendar import local_day
from casetrail_common.facts.archive import CalendarLoadedV1, PackLoadedV1, ParametersSetV1
from casetrail_common.ledger.append import Law
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import of_agency
from casetrail_common.ledger.view import View


@dataclass(frozen=True)
class PackRef:
    """One version of a pack that an agency has loaded."""

    pack: str
    version: str
    valid_from: date

    @classmethod
    def of(cls, loaded: PackLoadedV1) -> "PackRef":
        """Return the reference to what a fact loaded."""
        return cls(loaded.pack, loaded.version, loaded.valid_from)

    @property
    def name(self) -> str:
        """`pack@version`, as findings and bodies cite it."""
        return f"{self.pack}@{self.version}"


@dataclass(frozen=True)
class LawState:
    """All versions loaded so far, by id; small, since the documents are kept apart."""

    packs: tuple[PackRef, ...] = ()
    calendar: str | None = None
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)

    def packs_on(self, day: date) -> tuple[PackRef, ...]:
        """Return the version of each pack that is in force on a day, in alphabetical order."""
        in_force: dict[str, PackRef] = {}
        for ref in sorted(self.packs, key=lambda ref: (ref.valid_from, ref.version)):
            if ref.valid_from <= day:
                in_force[ref.pack] = ref
        return tuple(in_force[pack] for pack in sorted(in_force))


def _evolve(state: LawState | None, fact: Fact) -> LawState:
    law = state or LawState()
    match fact.payload:
        case PackLoadedV1() as loaded:
            ref = PackRef.of(loaded)
            return replace(law, packs=(*(p for p in law.packs if p.name != ref.name), ref))
        case CalendarLoadedV1() as loaded:
            return replace(law, calendar=loaded.calendar)
        case ParametersSetV1() as settings:
            return replace(law, parameters={**law.parameters, **settings.values})
    return law


@dataclass(frozen=True)
class PackState:
    """A loaded pack's document."""

    document: Mapping[str, Any]
    sha256: str


LAW = Fold(
    kind="law",
    state=LawState,
    keys=of_agency(PackLoadedV1, CalendarLoadedV1, ParametersSetV1),
    evolve=_evolve,
    sources=frozenset({"archive"}),
)


def _keep_document(_state: PackState | None, fact: Fact) -> PackState | None:
    loaded = fact.payload
    return PackState(loaded.document, loaded.sha256) if isinstance(loaded, PackLoadedV1) else None


PACK = Fold(
    kind="pack",
    state=PackState,
    keys=lambda fact: (
        (f"{fact.payload.pack}@{fact.payload.version}",) if isinstance(fact.payload, PackLoadedV1) else ()
    ),
    evolve=_keep_document,
    sources=frozenset({"archive"}),
)


async def law_of(view: View) -> Law:
    """Return what goes into a body: packs and calendar in force now."""
    state = await view.get(LAW, view.agency)
    if state is None:
        return Law()
    return Law(tuple(ref.name for ref in state.packs_on(local_day(view.now))), state.calendar)
