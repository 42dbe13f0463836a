"""How long dossiers are kept, and what happens to them after filing: handing over, further volumes.

Which situations keep a case for longer than its class does say the rules that bind the agency, never this code.
"""

from collections.abc import Collection

from casetrail_archive.commands import AppendSupplement, MarkLongTerm, OverrideRetention, SetRetention, TransferDossier
from casetrail_archive.domain.case import Case
from casetrail_archive.domain.dossier import Dossier, Filing
from casetrail_archive.projections import CASE, DOSSIER
from casetrail_common.agencies import RETENTION
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.archive import RetentionAssignedV1
from casetrail_common.facts.keeping import (
    DossierTransferredV1,
    LongTermMarkedV1,
    RetentionOverrideSetV1,
    SupplementAppendedV1,
)
from casetrail_common.ids import new_id
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_common.rules import compiled


def transfer_dossier(dossier_id: str, wish: TransferDossier, who: Principal) -> Decide:
    """Hand a filed dossier over to an archivist; the transfer list names what it holds."""
    transfer_list = new_id("archive")

    async def decide(view: View) -> Plan:
        dossier = await view.found(DOSSIER, dossier_id)
        receiver = await view.get(PERSON, wish.received_by)
        if receiver is None or "archivist" not in receiver.roles:
            raise not_found(wish.received_by)
        who.require_for("transfer_dossier")
        _filing(dossier, "transfer_dossier")
        moved = DossierTransferredV1(
            dossier=dossier_id, case=dossier.case, to=wish.to, received_by=wish.received_by, record=transfer_list
        )
        return Plan([view.new_fact("case", dossier.case, moved)], {"record": transfer_list})

    return decide


def set_retention(dossier_id: str, wish: SetRetention, who: Principal) -> Decide:
    """Change the years of a filed dossier, unless a rule keeps its case long-term."""

    async def decide(view: View) -> Plan:
        dossier = await view.found(DOSSIER, dossier_id)
        who.require_for("set_retention")
        filing = _filing(dossier, "set_retention")
        case = await view.get(CASE, dossier.case)
        if case is not None and case.upgrades:
            raise await locked(view, case)
        kept = RetentionAssignedV1(dossier=dossier_id, retention_class=filing.retention_class, years=wish.years)
        return Plan([view.new_fact("case", dossier.case, kept)], {"dossier": dossier_id})

    return decide


def append_supplement(
    dossier_id: str, wish: AppendSupplement, who: Principal, *, records: Collection[str] = ()
) -> Decide:
    """Begin a further volume of a filed dossier (T28); what was filed stays.

    Parameters
    ----------
    records
        The text records of the case, as far as facts have been followed.
    """

    async def decide(view: View) -> Plan:
        dossier = await view.found(DOSSIER, dossier_id)
        case = await view.get(CASE, dossier.case)
        unknown = [record for record in wish.records if record not in records]
        unknown += [session for session in wish.sessions if case is None or session not in case.sessions]
        if unknown:
            raise not_found(unknown[0])
        who.require_for("append_supplement")
        _filing(dossier, "append_supplement")
        begun = SupplementAppendedV1(
            dossier=dossier_id,
            case=dossier.case,
            volume=len(dossier.supplements) + 2,
            reason=view.seal(wish.reason),
            custodian=who.person,
            records=sorted(set(wish.records)),
            sessions=sorted(set(wish.sessions)),
        )
        return Plan([view.new_fact("case", dossier.case, begun)], {"dossier": dossier_id, "volume": begun.volume})

    return decide


def mark_long_term(case_id: str, wish: MarkLongTerm, who: Principal) -> Decide:
    """Find a case important; whether that keeps it long-term is for the rules to say."""

    async def decide(view: View) -> Plan:
        await view.found(CASE, case_id)
        who.require_for("mark_long_term")
        return Plan([view.new_fact("case", case_id, LongTermMarkedV1(case=case_id, reason=view.seal(wish.reason)))])

    return decide


def override_retention(case_id: str, wish: OverrideRetention, who: Principal) -> Decide:
    """Keep a case as long as another provision demands: longer, or shorter unless a rule keeps it long-term."""

    async def decide(view: View) -> Plan:
        case = await view.found(CASE, case_id)
        who.require_for("override_retention")
        filing = (await view.found(DOSSIER, case.dossier)).filing if case.dossier else None
        years = await years_of(view, filing.retention_class) if filing else None
        before = (filing.retention_years if filing else None) or years
        if case.upgrades and before is not None and wish.years < before:
            raise await locked(view, case)
        said = RetentionOverrideSetV1(
            case=case_id, authority_level=wish.authority_level, source=wish.source, years=wish.years
        )
        facts = [view.new_fact("case", case_id, said)]
        if filing is not None and case.dossier is not None:
            kept = RetentionAssignedV1(dossier=case.dossier, retention_class=filing.retention_class, years=wish.years)
            facts.append(view.new_fact("case", case_id, kept))
        return Plan(facts)

    return decide


async def locked(view: View, case: Case) -> CasetrailError:
    """Return the refusal to keep a case otherwise than a rule that took effect demands.

    It cites the clause that the rule's pack names for such a refusal, else the rule itself.
    """
    rule = min(case.upgrades)
    law = await view.get(LAW, view.agency)
    cited = rule
    versions = [ref.name for ref in law.packs if ref.pack == rule.partition("/")[0]] if law else []
    for version in versions:
        if (loaded := await view.get(PACK, version)) is not None:
            pack = compiled(loaded.document, sha256=loaded.sha256)
            cited = pack.clause_of_refusal("retention_locked") or cited
    return CasetrailError("retention_locked", {"retention_class": case.upgrades[rule], "rule": rule}, clause=cited)


async def years_of(view: View, retention_class: str) -> int:
    """Return how many years the agency keeps dossiers of a class.

    Raises
    ------
    CasetrailError
        `retention_class_unknown`.
    """
    table = await view.get(RETENTION, view.agency)
    years = table.years.get(retention_class) if table else None
    if years is None:
        raise CasetrailError("retention_class_unknown", {"retention_class": retention_class})
    return years


def _filing(dossier: Dossier, command: str) -> Filing:
    if dossier.filing is None:
        raise CasetrailError("transition_not_allowed", {"state": dossier.state, "command": command})
    return dossier.filing
