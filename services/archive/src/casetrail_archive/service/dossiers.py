"""Dossiers: handing over, and refusing to change what was handed over."""

from casetrail_archive.case_facts import streams_of
from casetrail_archive.commands import FileDossier
from casetrail_archive.projections import CASE, DOSSIER, SECRETS
from casetrail_archive.service.keeping import locked, years_of
from casetrail_common.access import Lent
from casetrail_common.access import read_item as lend
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.archive import DossierFiledV1, NamedStream, RetentionAssignedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View


def file_dossier(wish: FileDossier, who: Principal) -> Decide:
    """Hand the dossier of a closed case over (T27): every owner then marks where volume 1 ends in its streams."""
    fresh = new_id("archive")

    async def decide(view: View) -> Plan:
        case = await view.found(CASE, wish.case)
        for session in wish.sessions:
            if session not in case.sessions:
                raise not_found(session)
        who.require_for("file_dossier")
        if not case.closed or case.filed:
            raise CasetrailError("transition_not_allowed", {"state": case.state, "command": "file_dossier"})
        if case.upgrades and wish.retention_class not in case.upgrades.values():
            raise await locked(view, case)
        years = await years_of(view, wish.retention_class)
        if case.override_years is not None:  # where a rule keeps the case long-term, it may only lengthen
            years = max(case.override_years, years if case.upgrades else 0)
        dossier, stream = case.dossier or fresh, stream_name("case", view.agency, wish.case)
        filed = DossierFiledV1(
            dossier=dossier,
            case=wish.case,
            streams=[
                NamedStream(service=service, stream=name) for service, name in streams_of(view.agency, wish.case, case)
            ],
            sessions=sorted(set(wish.sessions)),
            retention_class=wish.retention_class,
        )
        kept = RetentionAssignedV1(dossier=dossier, retention_class=wish.retention_class, years=years)
        return Plan([NewFact(stream, filed), NewFact(stream, kept)], {"dossier": dossier})

    return decide


def read_item(dossier_id: str, who: Principal) -> Decide:
    """Read a dossier as somebody who has no part in its case.

    Raises
    ------
    CasetrailError
        `not_found`, `access_not_approved`, `head_approval_required`, `classified_no_clearance`.
    """

    async def decide(view: View) -> Plan:
        dossier = await view.found(DOSSIER, dossier_id)
        secrets = await view.get(SECRETS, dossier.case)
        classes = frozenset(secrets.classes if secrets else ())
        stream = stream_name("case", view.agency, dossier.case)
        return await lend(view, who, Lent(dossier_id, "dossier", stream, classes))

    return decide


def refuse_change(dossier_id: str, command: str) -> Decide:
    """Refuse to change or delete a dossier, and record the attempt as an incident."""

    async def decide(view: View) -> Plan:
        dossier = await view.found(DOSSIER, dossier_id)
        return await refused_act(
            view,
            "worm_protected",
            stream=stream_name("case", view.agency, dossier.case),
            item=dossier_id,
            kind="dossier",
            command=command,
        )

    return decide
