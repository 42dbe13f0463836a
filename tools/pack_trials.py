"""What the tests write down about the rules, ready to be held against a changed pack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pack_mutants import Mutant

from casetrail_common.calendar import Calendar
from casetrail_common.rules import ActivePack, CaseFile, LawBook, Pack, build, evaluate
from support import penalty
from support.law.limits import broken_limits
from support.law.tables import Case, tables
from support.scenarios import Scenario, packs_of, scenarios, tell
from support.scenarios.checking import differing
from support.scenarios.reading import instant

Check = Mapping[str, Any]


@dataclass(frozen=True)
class Recorded:
    """A check of a scenario, with the case file at its instant."""

    scenario: str
    file: CaseFile
    check: Check
    since: Mapping[str, date]
    """Since when each pack binds the agency."""
    children: tuple[ActivePack, ...]
    """Packs that the agency loaded itself."""
    calendar: Calendar
    settings: Mapping[str, Any]

    def differences(self, mutant: Mutant) -> Iterator[str]:
        """Yield in what the findings of the rules concerned differ from those that the check lists."""
        pack = mutant.pack.text.pack
        if pack not in self.since:
            return
        now = instant(self.check["as_of"])
        children = [one for one in self.children if any(rule.overrides in mutant.rules for rule in one.pack.rules)]
        book = LawBook((ActivePack(mutant.pack, self.since[pack]), *children), self.calendar, self.settings)
        concerned = {rule.id for rule in mutant.pack.rules} | {rule.id for c in children for rule in c.pack.rules}
        found = [one for one in evaluate(book, self.file, as_of=now) if one.rule in concerned]
        listed = [one for one in self.check["findings"] if one["rule"] in concerned]
        yield from differing({**self.check, "findings": listed}, found)


@dataclass(frozen=True)
class Trials:
    """All of it."""

    recorded: Sequence[Recorded]
    cases: Mapping[str, Sequence[Case]]
    limits: Callable[[Pack], Iterator[str]] = broken_limits

    @classmethod
    def of_tests(cls) -> "Trials":
        """Return what the scenarios and the tables of `tests/law` say, with their facts told once."""
        cases = tables()
        for table in cases.values():
            for case in table:
                case.tell()
        return cls([one for scenario in scenarios() for one in _recorded(scenario)], cases)

    def holding(self, mutants: Sequence[Mutant]) -> "Trials":
        """Return these without the checks of scenarios that the packs as they are fail already: they notice nothing."""
        kept = [one for one in self.recorded if not any(True for mutant in mutants for _ in one.differences(mutant))]
        return replace(self, recorded=kept)

    def noticing(self, mutant: Mutant) -> str | None:
        """Return what is no longer true of a mutant; None if nothing notices it."""
        active = ActivePack(mutant.pack, date(2020, 1, 1))
        for rule in sorted(rule.id for rule in mutant.pack.rules):
            for case in self.cases.get(rule, ()):
                if lines := case.differences(active):
                    return f"table {rule}: {case.story} -> {lines[0]}"
        for one in self.recorded:
            for line in one.differences(mutant):
                return f"scenario {one.scenario}: {line}"
        for line in self.limits(mutant.pack):
            return f"limits {line}"
        return None


def _recorded(scenario: Scenario) -> Iterator[Recorded]:
    active = packs_of(scenario)
    bound = {one["pack"] for one in scenario.text["agency"]["packs"]}
    facts = penalty.facts(tell(scenario, tuple(one.pack for one in active)))
    for check in scenario.text["checks"]:
        yield Recorded(
            scenario=scenario.id,
            file=build(facts, as_of=instant(check["as_of"])),
            check=check,
            since={one.pack.text.pack: one.valid_from for one in active if one.pack.text.pack in bound},
            children=tuple(one for one in active if one.pack.text.pack not in bound),
            calendar=scenario.calendar,
            settings=scenario.settings,
        )
