"""A command as the ledger sees it: who wishes what, once; what was decided; what is answered."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.append import Law, NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.ledger.view import Job, View


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it arrived: who, once, and under which condition."""

    agency: str
    actor: Actor
    key: str
    """Idempotency-Key."""
    request_hash: bytes
    stream: str | None = None
    """The stream that `if_match` speaks of."""
    if_match: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision wants to happen."""

    facts: Sequence[NewFact]
    answer: Mapping[str, Any] = field(default_factory=dict)
    """Ids and codes for the caller; stored for repeats, so it holds no content."""
    jobs: Sequence[Job] = ()
    refusal: CasetrailError | None = None
    """Set when the command is a forbidden act: the facts (incidents) are committed, then this is the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to."""

    body: Mapping[str, Any]
    position: str
    """`<service>:<n>` of the last fact, for reads that must see it."""
    repeated: bool = False


Stored = dict[str, Any]
"""An answer as it is kept for repeats."""

Decide = Callable[[View], Awaitable[Plan]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a command came to before the lock, and what that rests on."""

    call: Call
    decide: Decide
    settled: bool
    view: View
    plan: Plan
    law: Law

    @property
    def streams(self) -> set[str]:
        """The streams whose positions it needs."""
        return {fact.stream for fact in self.plan.facts} | ({self.call.stream} if self.call.stream else set())


class RestsOnOthersError(Exception):
    """A rejection decided on other services' facts, which may lag."""


async def decided(decide: Decide, view: View, *, settled: bool) -> Plan:
    """Decide.

    Parameters
    ----------
    settled
        Whether everything published about the agency has been followed.

    Raises
    ------
    RestsOnOthersError
        If that is not so and the rejection might come from it.
    CasetrailError
        The rejection.
    """
    try:
        plan = await decide(view)
    except CasetrailError as error:
        if view.rests_on_others and not settled:
            raise RestsOnOthersError from error
        raise
    if plan.refusal and view.rests_on_others and not settled:
        raise RestsOnOthersError
    return plan


def require_position(call: Call, position: int | None) -> None:
    """Insist on the stream standing where the caller believes it to stand, if it said so.

    Raises
    ------
    CasetrailError
        `stale`.
    """
    if call.if_match is not None and call.if_match != (position or 0):
        raise CasetrailError("stale", facts={"expected": call.if_match, "actual": position or 0})


def answer_of(locked: LockedAgency, plan: Plan) -> Stored:
    """Return what is stored for repeats."""
    refusal = plan.refusal and {"code": plan.refusal.code, "clause": plan.refusal.clause}
    position = locked.position_of(plan.facts[0].stream) if plan.facts else None
    return {"body": {**plan.answer, "stream_position": position}, "position": locked.position, "refusal": refusal}


def repeated(call: Call, row: asyncpg.Record) -> Answer:
    """Return what was answered before to the same request.

    Raises
    ------
    CasetrailError
        `idempotency_conflict` if it was another request; or what was answered then.
    """
    if row["request_hash"] != call.request_hash:
        raise CasetrailError("idempotency_conflict")
    return rendered(json.loads(row["answer"]), again=True)


def rendered(answer: Stored, *, again: bool) -> Answer:
    """Return an answer as it is given, or raise it if it is a refusal."""
    if refusal := answer["refusal"]:
        raise CasetrailError(refusal["code"], clause=refusal["clause"])
    return Answer(answer["body"], answer["position"], again)
