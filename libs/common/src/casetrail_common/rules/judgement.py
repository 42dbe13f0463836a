"""Judging a case again: what rests on the same answers as before stands.

While an object is judged it is written down what was asked of the case file. After more facts only those answers are
looked up again that the change may concern; a finding is made anew if one of them is another, or if its time has come.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from casetrail_common.rules.casefile import CaseFile, Thing
from casetrail_common.rules.derived import with_steps
from casetrail_common.rules.engine import Finding, finding_on, subjects
from casetrail_common.rules.judging import Judging, LawBook
from casetrail_common.rules.look import Asked, Look, Query


class _Known(NamedTuple):
    """What a rule found on an object, and what that rests on."""

    subject: Thing
    finding: Finding | None
    queries: frozenset[Query]
    until: datetime | None

    def stands(self, subject: Thing, otherwise: set[Query], now: datetime) -> bool:
        """Whether judging again would find the same."""
        return (
            (self.subject is subject or self.subject == subject)
            and (self.until is None or now < self.until)
            and self.queries.isdisjoint(otherwise)
        )


@dataclass(slots=True)
class Judgement:
    """How a case was judged last. One case, one law: with another law everything is judged anew."""

    _book: LawBook | None = None
    _file: CaseFile = field(default_factory=CaseFile)
    _at: datetime | None = None
    _answers: dict[Query, tuple[Thing, ...]] = field(default_factory=dict)
    _known: dict[tuple[int, str], _Known] = field(default_factory=dict)
    """By the place of the rule in the law, and the id of the object."""

    def again(
        self, book: LawBook, file: CaseFile, *, as_of: datetime, of: Container[str] | None = None
    ) -> tuple[Finding, ...]:
        """Return what `evaluate` returns, at the price of what has changed since the last time."""
        file = with_steps(file)
        otherwise = self._otherwise(book, file, as_of)
        if otherwise is None:
            otherwise = set()
            self._answers, self._known = {}, {}
        asked = Asked(self._answers)
        judging = Judging(book, Look(file, as_of, book.settings, asked=asked))
        found: list[Finding] = []
        for place, (active, rule) in enumerate(book.versions.rules()):
            for subject in subjects(rule, file, of=of):
                known = self._known.get((place, subject.id))
                if known is None or not known.stands(subject, otherwise, as_of):
                    asked.begin()
                    finding = finding_on(subject, rule, active, judging)
                    known = _Known(subject, finding, frozenset(asked.queries), asked.until)
                    self._known[place, subject.id] = known
                if known.finding:
                    found.append(known.finding)
        self._book, self._file, self._at = book, file, as_of
        return tuple(found)

    def _otherwise(self, book: LawBook, file: CaseFile, as_of: datetime) -> set[Query] | None:
        """Return what is answered otherwise than last time; None if that is no use."""
        if book is not self._book or self._at is None or as_of < self._at:
            return None
        change = file.since(self._file)
        if change is None:
            return None
        otherwise: set[Query] = set()
        for query, answer in self._answers.items():
            id_, kind = query
            thing = file.things[id_]
            if change.concerns(thing, kind):
                now = file.near(thing, kind)
                if now is not answer and now != answer:
                    self._answers[query] = now
                    otherwise.add(query)
        return otherwise
