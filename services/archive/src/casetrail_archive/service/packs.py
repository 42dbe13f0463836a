"""Putting a rule pack in force: a shipped one, a child that changes parameters of one, or one of the agency's own."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, cast

from casetrail_archive.commands import LoadPack
from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.canonical import NotCanonicalError, canonical, sha256
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.law import PACK
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.rules import Fault, Pack, PackError, activate, compiled, pack_document, read_document

Document = Mapping[str, Any]

RELAXES: Final = frozenset({"relax_not_allowed", "stricter_unconfirmed"})
"""Faults of a child that is laxer than its parent, or not shown to be stricter, without the authority for it."""

MOST_VALUES: Final = 100_000
"""Values in a pack, with everything that aliases repeat; the largest shipped one has some 5,000."""

MOST_FAULTS_TOLD: Final = 20


def load_pack(wish: LoadPack, who: Principal, *, own: Document | None = None) -> Decide:
    """Put a pack in force; one that binds another province, or no day at all, binds nobody here.

    Parameters
    ----------
    own
        The document that the text of the wish holds, if there is one.
    """

    async def decide(view: View) -> Plan:
        document = _document(wish, own)
        agency = await view.found(AGENCY, view.agency)
        who.require_for("load_pack")
        digest = sha256(canonical(document)).hex()
        name = f"{wish.pack}@{wish.version}"
        pack = _compiled(document, digest, source=wish.file or name)
        if pack.name != name:
            raise CasetrailError("field_missing", {"fields": "pack, version"})
        if pack.text.province_zh not in (None, agency.province):
            raise CasetrailError("pack_out_of_scope", {"pack": pack.name, "province": pack.text.province_zh or ""})
        loaded = await view.get(PACK, name)
        if loaded is not None and loaded.sha256 != digest:
            raise CasetrailError("pack_version_taken", {"pack": name})
        try:
            active = activate(pack, wish.valid_from)
        except PackError:
            raise CasetrailError("effective_date_required") from None
        payload = PackLoadedV1(
            pack=wish.pack,
            version=wish.version,
            valid_from=active.valid_from,
            sha256=digest,
            document=dict(document),
        )
        return Plan([view.new_fact("pack", wish.pack, payload)], {"pack": pack.name})

    return decide


def read_text(wish: LoadPack, who: Principal) -> Document:
    """Return the document that the text of a wish holds, with dates as text.

    Raises
    ------
    CasetrailError
        `role_not_allowed`; `pack_faulty` if it is no YAML, or holds what no document can.
    """
    who.require_for("load_pack")
    source = wish.file or f"{wish.pack}@{wish.version}"
    try:
        document = _plain(read_document(wish.text or "", source=source), [MOST_VALUES])
        canonical(document)
    except PackError as error:
        raise _refusal(error) from None
    except (NotCanonicalError, RecursionError) as error:
        fault = Fault("not_yaml", None, {"detail": str(error) or type(error).__name__})
        raise _refusal(PackError(source, (fault,))) from None
    return cast("Document", document)


def _plain(value: Any, left: list[int]) -> Any:
    """Return a value of YAML as JSON has it; what aliases repeat without end is refused."""
    left[0] -= 1
    if left[0] < 0:
        raise NotCanonicalError("too many values")
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, left) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, left) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _document(wish: LoadPack, own: Document | None) -> Document:
    """Return what is to be loaded."""
    is_child = wish.inherits is not None
    if is_child != (wish.rules is not None) or (is_child and own is not None):
        raise CasetrailError("field_missing", {"fields": "inherits, rules, text"})
    if is_child and wish.valid_from is None:
        raise CasetrailError("field_missing", {"fields": "valid_from"})
    if own is not None:
        return own
    if wish.rules is None:
        try:
            return pack_document(wish.pack, wish.version)
        except LookupError:
            raise not_found(f"{wish.pack}@{wish.version}") from None
    rules = [rule.model_dump(mode="json", exclude_unset=True) for rule in wish.rules]
    return {
        "pack": wish.pack,
        "version": wish.version,
        "inherits": wish.inherits,
        "rules": [{"rule": rule.pop("id"), **rule} for rule in rules],
    }


def _compiled(document: Document, digest: str, *, source: str) -> Pack:
    try:
        return compiled(document, sha256=digest)
    except PackError as error:
        raise _refusal(PackError(source, error.faults)) from None


def _refusal(error: PackError) -> CasetrailError:
    """Return what is answered for a pack that cannot be used: where, what, and how to put it right."""
    relaxing = next((fault for fault in error.faults if fault.code in RELAXES), None)
    if relaxing is not None:
        told = {"rule": relaxing.rule or "", "parameter": relaxing.details["name"], "file": error.source}
        return CasetrailError("relax_not_allowed", told, clause=relaxing.rule)
    faults = "\n".join(f"{fault.zh} / {fault.en}" for fault in error.faults[:MOST_FAULTS_TOLD])
    rules = ", ".join(dict.fromkeys(fault.rule for fault in error.faults if fault.rule))
    return CasetrailError("pack_faulty", {"file": error.source, "rules": rules, "faults": faults})
