"""The use of records (调阅、复制、对外提供): what was requested and granted, and what stands in the way of reading.

Grants are per item. A decision counts if it is made by whoever the agency has named as approver and the packs in force
ask for; nobody's consent lifts secrecy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from casetrail_common.auth.principal import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.use import (
    AccessApprovedV1,
    AccessDeniedV1,
    AccessExecutedV1,
    AccessRequestedV1,
    Approver,
    Mode,
    RequesterKind,
)
from casetrail_common.incidents import refused_act
from casetrail_common.law import LAW
from casetrail_common.lawbook import clause_of_refusal, law_book
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.store import Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_common.rules import CaseFile, evaluate
from casetrail_common.rules.draft import Draft

HEAD: Final[Approver] = "agency_head"
LAST_WORD_FIRST: Final[tuple[Approver, ...]] = (HEAD, "unit_head")
"""Who decides on requests; where both have decided, the head's word stands."""


@dataclass(frozen=True)
class Request:
    """One request that names an item, and what became of it for this item."""

    requester: str
    mode: Mode
    requester_kind: RequesterKind
    decided: Mapping[Approver, bool] = field(default_factory=dict)
    """Whether the item was granted, by whoever has decided; of each, the last decision."""


@dataclass(frozen=True)
class Requests:
    """All requests that name an item, by id."""

    by_id: Mapping[str, Request] = field(default_factory=dict)


def _items(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case AccessRequestedV1(items=items) | AccessApprovedV1(items=items) | AccessDeniedV1(items=items):
            return tuple(dict.fromkeys(items))
    return ()


def _evolve(before: Requests | None, fact: Fact) -> Requests:
    known = dict(before.by_id if before else {})
    match fact.payload:
        case AccessRequestedV1() as asked:
            known[asked.request] = Request(asked.requester, asked.mode, asked.requester_kind)
        case (AccessApprovedV1() | AccessDeniedV1()) as decision if decision.request in known:
            request = known[decision.request]
            granted = isinstance(decision, AccessApprovedV1)
            known[decision.request] = replace(request, decided={**request.decided, decision.role: granted})
    return Requests(known)


REQUESTS: Final = Fold("requests_of_item", Requests, _items, _evolve, frozenset({"review"}))
"""By the id of the item."""


@dataclass(frozen=True)
class FiledIn:
    """The dossier that a case was filed in, and with it the recordings linked to the case."""

    dossier: str


def _filed(fact: Fact) -> Iterable[str]:
    filed = fact.payload
    if not isinstance(filed, DossierFiledV1):
        return ()
    streams = (named.stream.split(":", 2) for named in filed.streams)
    return (filed.case, *(item for kind, _, item in streams if kind == "session"))


def _evolve_filed(before: FiledIn | None, fact: Fact) -> FiledIn | None:
    return FiledIn(fact.payload.dossier) if isinstance(fact.payload, DossierFiledV1) else before


FILED_IN: Final = Fold("filed_in", FiledIn, _filed, _evolve_filed, frozenset({"archive"}))
"""By the id of the case, or of a recording linked to it."""


async def deciders(view: View, mode: Mode, requester_kind: RequesterKind) -> tuple[Approver, ...]:
    """Return whose decision on a request counts, whoever has the last word first.

    The head's always does; a unit head's if the agency has named it (`access_approver`, `disclosure_approver`) and no
    rule in force asks for more than that.
    """
    law = await view.get(LAW, view.agency)
    parameter = "disclosure_approver" if mode == "disclose" else "access_approver"
    named = (law.parameters if law else {}).get(parameter, HEAD)
    if named == HEAD or named not in LAST_WORD_FIRST:
        return (HEAD,)
    book = await law_book(view)

    def judged(decider: Approver) -> set[tuple[str, str]]:
        file = _decided_by(decider, mode, requester_kind, view)
        return {(one.rule, one.status) for one in evaluate(book, file, as_of=view.now, of=file.things.keys())}

    return tuple(role for role in LAST_WORD_FIRST if role == HEAD or judged(role) == judged(HEAD))


def is_granted(decided: Mapping[Approver, bool], by: Sequence[Approver]) -> bool:
    """Whether an item was granted, given who decides on it; nothing is granted by silence."""
    return next((decided[role] for role in by if role in decided), False)


def _decided_by(role: Approver, mode: Mode, requester_kind: RequesterKind, view: View) -> CaseFile:
    """Return what the rules see of a request that a role has granted."""
    draft = Draft.of(CaseFile())
    draft.bear("request", "request", view.now, mode=mode, requester_kind=requester_kind)
    draft.bear("access_decision", "decision", view.now, role=role, result="approved")
    draft.link("decision", "request")
    return draft.done()


@dataclass(frozen=True, slots=True)
class Lent:
    """An item as its owner lends it."""

    id: str
    kind: str
    """As packs tell items apart: `record`, `session`, `derivative`, `dossier`."""
    stream: str
    """Where its owner records what is done with it."""
    classes: frozenset[str] = frozenset()
    """The secrecy it is under (涉密类别); empty if it is open."""
    dossier: str | None = None
    """The dossier that its case was filed in."""


async def read_item(view: View, who: Principal, item: Lent) -> Plan:
    """Read an item as somebody who has no part in handling its case; that it was read is recorded with it.

    Raises
    ------
    CasetrailError
        `access_not_approved` if this person never asked for it, `head_approval_required` if nobody whose decision
        counts has granted it, `classified_no_clearance`. The first and the last are recorded as incidents.
    """
    asked = await view.get(REQUESTS, item.id)
    own = {id_: request for id_, request in (asked.by_id if asked else {}).items() if request.requester == who.person}
    if not own:
        return await _refused(view, "access_not_approved", item)
    granted = [
        id_
        for id_, request in own.items()
        if is_granted(request.decided, await deciders(view, request.mode, request.requester_kind))
    ]
    if not granted:
        code = "head_approval_required"
        raise CasetrailError(code, {"id": item.id}, clause=await clause_of_refusal(view, code))
    person = await view.get(PERSON, who.person)
    if not item.classes <= set(person.clearance if person else ()):
        return await _refused(view, "classified_no_clearance", item)
    secret = [item.id] if item.classes else []
    read = AccessExecutedV1(request=granted[-1], mode="consult", delivered=[item.id], classified=secret)
    return Plan([NewFact(item.stream, read)], {"request": granted[-1]})


async def _refused(view: View, code: str, item: Lent) -> Plan:
    return await refused_act(
        view, code, stream=item.stream, item=item.id, kind=item.kind, command="read_item", dossier=item.dossier
    )
