"""What facts of archive, and those that every service records, do to a case file."""

from casetrail_common.facts import archive, common, keeping
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings.telling import Happening, tell


@tell.register
def _(payload: archive.DossierFiledV1, draft: Draft, told: Happening) -> None:
    draft.bear("dossier", payload.dossier, told.at, retention_class=payload.retention_class)
    draft.link(payload.dossier, *payload.sessions)
    draft.set("case", payload.case, told.at, archived_at=told.at)


@tell.register
def _(payload: archive.DossierSealedV1, draft: Draft, told: Happening) -> None:
    draft.set("dossier", payload.dossier, told.at, sealed_at=told.at)


@tell.register
def _(payload: archive.RetentionAssignedV1, draft: Draft, told: Happening) -> None:
    kept = {"retention_class": payload.retention_class, "retention_years": payload.years}
    draft.set("dossier", payload.dossier, told.at, **kept)


@tell.register
def _(payload: archive.RetentionTableSetV1, draft: Draft, told: Happening) -> None:
    for entry in payload.entries:
        name = f"retention_entry/{entry.av_class or ''}/{entry.dossier_class or ''}"
        draft.bear("retention_entry", name, told.at, av_class=entry.av_class, dossier_class=entry.dossier_class)


@tell.register
def _(payload: keeping.DossierTransferredV1, draft: Draft, told: Happening) -> None:
    moved = {"transferred_at": told.at, "received_by": payload.received_by}
    draft.set_once("dossier", payload.dossier, told.at, **moved)


@tell.register
def _(payload: keeping.DiscRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear("disc", payload.disc, told.at, medium=payload.medium, filled=payload.filled)
    draft.link(payload.disc, *payload.sessions)


@tell.register
def _(payload: keeping.DiscAnnotatedV1, draft: Draft, told: Happening) -> None:
    draft.add("disc", payload.disc, told.at, filled=payload.filled)


@tell.register
def _(_payload: keeping.LongTermMarkedV1, draft: Draft, told: Happening) -> None:
    draft.bear_once("long_term_mark", f"{told.item}/long_term_mark", told.at)


@tell.register
def _(payload: keeping.RetentionOverrideSetV1, draft: Draft, told: Happening) -> None:
    override = f"{payload.case}/retention_override"
    draft.bear("retention_override", override, told.at, authority_level=payload.authority_level)


@tell.register
def _(payload: keeping.SupervisionRoundHeldV1, draft: Draft, told: Happening) -> None:
    draft.bear("supervision", payload.round, told.at, method=payload.method)


@tell.register
def _(payload: keeping.ReportMadeV1, draft: Draft, told: Happening) -> None:
    draft.bear("report", payload.report, told.at, kind=payload.kind)


@tell.register
def _(payload: common.IncidentRecordedV1, draft: Draft, told: Happening) -> None:
    incident = f"{payload.item}/incident/{told.ref}"
    draft.bear("incident", incident, told.at, code=payload.code, clause=payload.clause)
    draft.link(incident, payload.item)
