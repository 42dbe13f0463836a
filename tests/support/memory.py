"""A service's ledger in memory: the same decisions, folds and reactions, without a database.

The fake of `Store` for unit tests; the integration tests run the real one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from casetrail_common.facts import Payload
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.fact import Actor, Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import React, View, no_consequences

START = datetime(2025, 8, 11, 0, 20, tzinfo=UTC)


@dataclass
class MemoryLedger:
    """Appends to a list; time moves by a minute with each command."""

    service: Service
    folds: Iterable[Fold[Any]]
    react: React = no_consequences
    agency: str = "xinzheng"
    facts: list[Fact] = field(default_factory=list)
    states: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tip = Tip(self.service, self.agency, 0, START, {})
        self._others: dict[str, Tip] = {}

    def view(self) -> View:
        """Look at everything so far."""

        async def load(fold: Fold[Any], item: str) -> tuple[int, Any]:
            return 0, self.states.get((fold.kind, item))

        async def head_of(stream: str) -> tuple[int, bytes] | None:
            return self._tip.heads.get(stream)

        async def facts_of(stream: str) -> list[Fact]:
            return [fact for fact in self.facts if fact.stream == stream]

        return View(
            agency=self.agency,
            now=self._tip.now,
            service=self.service,
            load=load,
            head_of=head_of,
            facts_of=facts_of,
        )

    async def execute(self, decide: Decide, actor: str = "someone") -> Plan:
        """Decide a command and append its facts."""
        plan = await decide(self.view())
        await self._append(self._tip, plan.facts, actor)
        self._tip = replace(self._tip, now=self._tip.now + timedelta(minutes=1))
        if plan.refusal:
            raise plan.refusal
        return plan

    async def follow(self, service: Service, stream: str, *payloads: Payload, actor: str = "someone") -> None:
        """Follow facts of another service."""
        tip = self._others.setdefault(service, Tip(service, self.agency, 0, self._tip.now, {}))
        await self._append(tip, [NewFact(stream, payload) for payload in payloads], actor)

    async def _append(self, tip: Tip, new: Iterable[NewFact], actor: str) -> None:
        for fact in tip.extend(list(new), actor=Actor(actor), law=Law()):
            if fact.service == self.service:
                self.facts.append(fact)
            for fold in self.folds:
                if fact.service in fold.sources:
                    for key in fold.keys(fact):
                        at = (fold.kind, key)
                        self.states[at] = fold.evolve(self.states.get(at), fact)
            consequences = await self.react(fact, self.view())
            await self._append(self._tip, consequences.facts, f"system:{self.service}")
