"""What a case needs by the rules that judge it: now, and before a command."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from casetrail_common.calendar import local_day
from casetrail_common.rules.casefile import CaseFile, Thing
from casetrail_common.rules.derived import with_steps
from casetrail_common.rules.engine import Finding, finding_on, subjects
from casetrail_common.rules.gates import as_gated
from casetrail_common.rules.guidance import Lack, lacks
from casetrail_common.rules.judging import BROKEN, Judged, Judging, LawBook
from casetrail_common.rules.limits import Limit, Once, Promptly, settled
from casetrail_common.rules.look import Look
from casetrail_common.rules.pack import ActivePack, Rule

UNMET: Final = frozenset({"pending", "overdue", "violated", "needs_review"})


@dataclass(frozen=True, slots=True)
class Need:
    """A duty that is not done, and what would do it."""

    rule: Rule
    finding: Finding
    limit: Limit
    missing: tuple[Lack, ...]
    """All of it is needed."""
    instead: tuple[tuple[Lack, ...], ...]
    """What would excuse the duty."""
    is_urgent: bool
    """Its time is running or over; otherwise only an event to come asks for it."""
    refused_with: str | None = None
    """Code with which the command is refused until then."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule, as it is asked."""

    active: ActivePack
    rule: Rule
    code: str | None = None
    """Code of the refusal, if it is asked as a gate."""


@dataclass(frozen=True)
class Needs:
    """Finds what a case needs, in one instant."""

    book: LawBook
    file: CaseFile
    as_of: datetime
    of: Container[str] | None = None
    """Ids of the objects that are asked about; absent = all."""

    def now(self) -> list[Need]:
        """Return every duty that is not done and that can still be done."""
        judging = self._judging(self.file)
        return [
            need
            for one, subject, finding in self._standing
            if finding.status in UNMET and (need := _need(one, subject, finding, judging)) and _can_be_done(need)
        ]

    def before(self, command: str, proposed: CaseFile) -> list[Need]:
        """Return what would newly be wrong after a command, and with what the command is refused for it.

        Parameters
        ----------
        proposed
            The file as it would be after the command.
        """
        now, then = self._judging(self.file), self._judging(proposed)
        gates = list(self._gates(command))
        before = [*self._findings(gates, now), *self._standing]
        broken = {(one.code, one.rule.id, subject.id) for one, subject, found in before if found.status in BROKEN}
        gating = {one.rule.id for one in gates}
        rules = [one for one in self._rules if one.rule.id not in gating]
        return [
            need
            for one, subject, finding in self._findings([*gates, *rules], then)
            if finding.status in BROKEN and (one.code, one.rule.id, subject.id) not in broken
            if (need := _need(one, subject, finding, then))
        ]

    def _judging(self, file: CaseFile) -> Judging:
        return Judging(self.book, Look(with_steps(file), self.as_of, self.book.settings))

    @cached_property
    def _rules(self) -> list[_Asked]:
        return [_Asked(active, rule) for active, rule in self.book.versions.rules()]

    @cached_property
    def _standing(self) -> list[tuple[_Asked, Thing, Finding]]:
        """What is found now."""
        return list(self._findings(self._rules, self._judging(self.file)))

    def _gates(self, command: str) -> Iterator[_Asked]:
        for active, rule in self.book.versions.rules():
            for gate in rule.gates:
                if gate.refuses == command:
                    yield _Asked(active, as_gated(rule, gate), gate.code)

    def _findings(self, asked: Iterable[_Asked], judging: Judging) -> Iterator[tuple[_Asked, Thing, Finding]]:
        for one in asked:
            for subject in subjects(one.rule, judging.look.file, of=self.of):
                finding = finding_on(subject, one.rule, one.active, judging)
                if finding:
                    yield one, subject, finding


def _need(one: _Asked, subject: Thing, finding: Finding, judging: Judging) -> Need | None:
    """Return what a finding needs; None if nothing that can be made is missing."""
    look = replace(judging.look, subject=subject)
    for duty in one.rule.duties:
        judged = judging.judged(one.rule, duty, subject) if duty.kind == subject.kind and duty.must else None
        if judged is None or duty.must is None or not _is_open(judged, one, judging):
            continue
        limit = settled(duty.limit, look, subject)
        missing = lacks(duty.must, look, subject)
        instead = tuple(way for way in (lacks(node, look, subject) for node in duty.unless) if _can_be_made(way))
        if _can_be_made(missing) or instead:
            return Need(one.rule, finding, limit, missing, instead, _is_urgent(judged, limit), one.code)
    return None


def _is_open(judged: Judged, one: _Asked, judging: Judging) -> bool:
    is_law = judging.book.versions.is_law_of(one.active, local_day(judged.day))
    return is_law and judged.met is None and judged.verdict.status in UNMET


def _is_urgent(judged: Judged, limit: Limit) -> bool:
    return judged.verdict.status != "pending" or isinstance(limit, Promptly) or judged.ends_at is not None


def _can_be_done(need: Need) -> bool:
    """Whether doing it still mends it: what had to be there before an event, or within moments, has passed."""
    return need.finding.status != "violated" or isinstance(need.limit, Once)


def _can_be_made(missing: Iterable[Lack]) -> bool:
    """Whether something is missing that can be made, and nothing there that must not be."""
    found = list(missing)
    return bool(found) and not any(lack.absent for lack in found)
