"""A request to consult, copy or disclose items (调阅、复制、对外提供申请), and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from casetrail_common.facts.use import (
    AccessApprovedV1,
    AccessDeniedV1,
    AccessExecutedV1,
    AccessRequestedV1,
    Approver,
    Mode,
    RequesterKind,
)
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class AccessDecision:
    """What somebody decided on a request; recorded whether it grants anything or not."""

    granted: bool
    items: tuple[str, ...]
    reason: str
    """Commitment of the text, in hexadecimal."""
    by: str
    role: Approver
    decided_at: datetime


@dataclass(frozen=True)
class Handout:
    """What was taken out under a request."""

    delivered: tuple[str, ...]
    refused: Mapping[str, str]
    """By item: why it was not handed out."""
    target_kind: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class AccessRequest:
    """A request as review keeps it."""

    id: str
    items: tuple[str, ...]
    mode: Mode
    requester: str
    requester_kind: RequesterKind
    purpose: str
    """Commitment of the text, in hexadecimal; so is `recipient`."""
    recipient: str | None
    cases: tuple[str, ...]
    classified: tuple[str, ...]
    requested_at: datetime
    decisions: tuple[AccessDecision, ...] = ()
    handouts: tuple[Handout, ...] = ()

    def decided(self, item: str) -> Mapping[Approver, bool]:
        """Return whether an item was granted, by whoever has decided on it; of each, the last decision."""
        return {one.role: one.granted for one in self.decisions if item in one.items}


def evolve_request(before: AccessRequest | None, fact: Fact) -> AccessRequest | None:
    """Return the request after one of review's facts."""
    match fact.payload:
        case AccessRequestedV1() as asked:
            return AccessRequest(
                id=asked.request,
                items=tuple(asked.items),
                mode=asked.mode,
                requester=asked.requester,
                requester_kind=asked.requester_kind,
                purpose=asked.purpose.sha256,
                recipient=asked.recipient.sha256 if asked.recipient else None,
                cases=tuple(asked.cases),
                classified=tuple(asked.classified),
                requested_at=fact.occurred_at,
            )
        case (AccessApprovedV1() | AccessDeniedV1()) as decision if before:
            return replace(before, decisions=(*before.decisions, _decision(decision, fact)))
        case AccessExecutedV1() as handed if before:
            return replace(before, handouts=(*before.handouts, _handout(handed, fact)))
    return before


def _decision(decision: AccessApprovedV1 | AccessDeniedV1, fact: Fact) -> AccessDecision:
    return AccessDecision(
        granted=isinstance(decision, AccessApprovedV1),
        items=tuple(decision.items),
        reason=decision.reason.sha256,
        by=decision.by,
        role=decision.role,
        decided_at=fact.occurred_at,
    )


def _handout(handed: AccessExecutedV1, fact: Fact) -> Handout:
    return Handout(
        delivered=tuple(handed.delivered),
        refused={one.item: one.reason for one in handed.refused},
        target_kind=handed.target_kind,
        by=fact.actor.person,
        at=fact.occurred_at,
    )
