"""What the regulations in force say before a command takes effect."""

from casetrail_common.errors import CasetrailError
from casetrail_common.lawbook import in_force
from casetrail_common.ledger.view import View
from casetrail_common.rules import admits_exception
from casetrail_media.projections import CASE


async def require_exception(view: View, ground: str, *, case_id: str | None) -> None:
    """Insist on a regulation in force that lets a recording be stored later on this ground.

    Parameters
    ----------
    case_id
        The case of the recording: only regulations of its conduct type count. Any does while it belongs to none.

    Raises
    ------
    CasetrailError
        `exception_not_available`, with the clause that names other grounds, if there is one.
    """
    packs = [active.pack for active in await in_force(view)]
    if case_id and (case := await view.get(CASE, case_id)):
        packs = [pack for pack in packs if case.conduct_type in pack.text.conduct_types]
    if not admits_exception(packs, kind="storage_exception", attribute="ground", code=ground):
        clauses = filter(None, (pack.clause_of_refusal("exception_not_available") for pack in packs))
        raise CasetrailError("exception_not_available", {"ground": ground}, clause=next(clauses, None))
