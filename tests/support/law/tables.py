"""Reading the tables of `tests/law/cases`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.ledger.append import NewFact
from casetrail_common.rules import (
    SHIPPED,
    ActivePack,
    CaseFile,
    Happening,
    LawBook,
    activate,
    after,
    compile_pack,
    evaluate,
    gate,
    pack_document,
)
from support.law.patterns import PATTERNS
from support.law.stories import AGENCY, told, variants
from support.law.verbs import COMMAND_OF
from support.law.verdicts import Expected, broken_expectations, expected
from support.penalty import Step
from support.scenarios.reading import Scenario

FOLDER: Final = Path(__file__).parents[2] / "law" / "cases"
CALENDAR: Final = Scenario(AGENCY).calendar


@dataclass(frozen=True)
class Case:
    """One story and what a rule must say to it."""

    rule: str
    story: str
    registered: str
    """How the case is registered."""
    verdict: str
    settings: Mapping[str, Any]

    @cached_property
    def _told(self) -> tuple[CaseFile, datetime]:
        steps, now = told(self.story, case=self.registered)
        return _file(steps), now

    @cached_property
    def _wanted(self) -> tuple[Expected, ...]:
        return expected(self.verdict)

    def tell(self) -> None:
        """Tell the story now rather than when it is judged first."""
        _ = self._told, self._wanted

    def differences(self, *packs: ActivePack) -> list[str]:
        """Return in what the findings of the rule differ from what they must be."""
        file, now = self._told
        found = evaluate(LawBook(packs, CALENDAR, self.settings), file, as_of=now)
        return list(broken_expectations(self._wanted, (one for one in found if one.rule == self.rule)))


@dataclass(frozen=True)
class Attempt(Case):
    """A story whose last step is a command that the rule must refuse, or must let pass."""

    @cached_property
    def _attempted(self) -> tuple[CaseFile, list[NewFact], str, datetime]:
        before, _, last = self.story.rpartition(";")
        earlier, _ = told(before, case=self.registered)
        steps, now = told(self.story, case=self.registered)
        new = [NewFact(one.stream, one.payload, one.when) for one in steps[len(earlier) :]]
        verb = next(word for word in last.split() if word[0] not in "@+")
        return _file(earlier), new, COMMAND_OF[verb], now

    def tell(self) -> None:
        """Tell the story now rather than when it is judged first."""
        _ = self._attempted

    def differences(self, *packs: ActivePack) -> list[str]:
        """Return whether the rules answer otherwise than they must."""
        file, new, command, now = self._attempted
        refusal = gate(LawBook(packs, CALENDAR, self.settings), file, new, command=command, now=now)
        answer = refusal.code if refusal and refusal.clause == self.rule else "allowed"
        return [] if answer == self.verdict else [f"answers {answer}, not {self.verdict}"]


@cache
def tables() -> Mapping[str, tuple[Case, ...]]:
    """Return the cases of every rule."""
    found: dict[str, list[Case]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for clause, table in document["cases"].items():
            rule = f"{document['pack']}/{clause}"
            for one in table if isinstance(table, list) else [table]:
                found.setdefault(rule, []).extend(_cases(rule, one, document))
    return {rule: tuple(cases) for rule, cases in found.items()}


def cases_of(rule: str) -> tuple[Case, ...]:
    """Return the cases of a rule."""
    return tables().get(rule, ())


def _file(steps: Sequence[Step]) -> CaseFile:
    """Return the case file that facts add up to, spared their numbers and hashes."""
    in_time = sorted(steps, key=lambda step: step.when)
    told_of = (
        Happening(step.payload, step.stream.split(":", 2)[2], step.when, f"{step.service}:{n}")
        for n, step in enumerate(in_time)
    )
    return after(CaseFile(), *told_of)


def _cases(rule: str, table: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Case]:
    lines = [(Case, story, verdict) for story, verdict in _of_patterns(table)]
    for key, kind in (("found", Case), ("answered", Attempt)):
        lines += [(kind, str(story), str(verdict)) for story, verdict in table.get(key, {}).items()]
    told_first = f"{table['told']}; " if table.get("told") else ""
    for registered in variants(table.get("case", document.get("case", ""))):
        for kind, line, verdict in lines:
            for story in variants(told_first + line):
                yield kind(rule, story, registered, verdict, table.get("settings", {}))


def _of_patterns(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, pattern in PATTERNS.items():
        if name in table:
            given = table[name]
            yield from pattern(**given) if isinstance(given, dict) else pattern(given)


@cache
def active(pack_id: str) -> ActivePack:
    """Return a shipped pack, in force long before the stories."""
    return activate(compile_pack(pack_document(pack_id, dict(SHIPPED)[pack_id])), date(2020, 1, 1))


def law_of(rule: str) -> ActivePack:
    """Return the pack of a rule with no other rules than it and those that stand in each other's place."""
    whole = active(rule.partition("/")[0])
    own = next(one for one in whole.pack.rules if one.id == rule)
    kept = [one for one in whole.pack.rules if rule in (one.id, one.relaxes) or one.id == own.relaxes]
    return replace(whole, pack=replace(whole.pack, rules=tuple(kept)))


__all__ = ["CALENDAR", "Case", "active", "cases_of", "law_of", "tables"]
