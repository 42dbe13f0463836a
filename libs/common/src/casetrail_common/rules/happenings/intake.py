"""What facts of intake about cases, acts, parties and people do to a case file."""

from casetrail_common.facts import Payload, acts, intake
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings.telling import Happening, tell


@tell.register
def _(payload: intake.AgencyRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear("agency", told.item, told.at)
    for unit in payload.units:
        draft.bear_once("unit", f"unit/{unit.id}", told.at)


@tell.register
def _(payload: intake.PersonRegisteredV1, draft: Draft, told: Happening) -> None:
    person = payload.person
    draft.bear("person", person, told.at, kind=payload.kind, roles=payload.roles, certificate=bool(payload.certificate))
    if payload.unit:
        draft.link(person, f"unit/{payload.unit}")


@tell.register
def _(payload: intake.CaseRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "case",
        payload.case,
        told.at,
        conduct_type=payload.conduct_type,
        procedure=payload.procedure,
        start_mode=payload.start_mode,
        channel=payload.channel or ("written" if payload.start_mode == "application" else None),
        handler_kind=payload.handler_kind or "competent",
        item=payload.item,
        complaint=payload.complaint,
        responsible_officer=payload.responsible_officer,
    )


@tell.register
def _(payload: intake.CaseFlaggedV1, draft: Draft, told: Happening) -> None:
    flag = f"{payload.target}/flag/{payload.flag}"
    draft.bear_once("flag", flag, told.at, code=payload.flag)
    draft.link(flag, payload.target)


@tell.register
def _(_payload: acts.EmergencyStartedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, emergency_at=told.at)


@tell.register
def _(_payload: intake.InitiationFiledV1, draft: Draft, told: Happening) -> None:
    draft.set_once("case", told.item, told.at, filed_at=told.at)


@tell.register(intake.InitiationApprovedV1)
@tell.register(acts.InvestigationOpenedV1)
def _(_payload: Payload, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, initiation_ended_at=told.at, opened_at=told.at)


@tell.register
def _(_payload: intake.InitiationRejectedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, initiation_ended_at=told.at, head_refused_at=told.at)


@tell.register
def _(_payload: acts.AcceptanceRefusedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, initiation_ended_at=told.at)


@tell.register
def _(payload: intake.ActivityStartedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "activity",
        payload.activity,
        told.at,
        kind=payload.kind,
        conduct_type=payload.conduct_type,
        execution_method=payload.execution_method,
        officers=payload.officers,
        present=payload.present,
        started_at=told.at,
    )
    draft.link(payload.activity, *payload.sessions, *filter(None, [payload.measure]))
    for step in payload.key_steps:
        key_step = f"{payload.activity}/key_step/{step}"
        draft.bear_once("key_step", key_step, told.at, name=step)
        draft.link(key_step, payload.activity)


@tell.register
def _(payload: intake.ActivityEndedV1, draft: Draft, told: Happening) -> None:
    draft.set("activity", payload.activity, told.at, ended_at=told.at)


@tell.register
def _(payload: intake.ReviewAcceptedV1, draft: Draft, told: Happening) -> None:
    if not draft.is_a("record", payload.submission):  # a decision on the spot (T18) counts since review made it
        draft.set("submission", payload.submission, told.at, accepted_at=told.at)


@tell.register
def _(payload: intake.SubmissionVoidedV1, draft: Draft, told: Happening) -> None:
    if draft.is_a("record", payload.submission):  # a decision on the spot (T18), which has no effect after all
        draft.take_back(payload.submission)
        draft.clear(told.item, "decided_at", "correction_deadline")
    draft.set("submission", payload.submission, told.at, voided_at=told.at)


@tell.register
def _(payload: intake.ServicePerformedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "service",
        payload.service,
        told.at,
        method=payload.method,
        recipient=payload.recipient,
        of_decision=payload.of_decision,
        ended_at=told.at,
    )
    draft.link(payload.service, *payload.evidence, *payload.sessions)
    draft.bear("served", f"{payload.service}/document", told.at)
    draft.link(f"{payload.service}/document", payload.service, payload.document)
    if payload.of_decision:
        draft.set("case", told.item, told.at, served_at=told.at)


@tell.register
def _(payload: intake.CaseClosedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, closed_at=told.at, outcome=payload.outcome)
    draft.set_once("case", told.item, told.at, initiation_ended_at=told.at)


@tell.register
def _(payload: acts.MeasureRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear("measure", payload.measure, told.at, kind=payload.kind)
    draft.link(payload.measure, *filter(None, [payload.form]))


@tell.register(acts.PartyObjectedV1)
@tell.register(acts.PartyObstructedV1)
@tell.register(acts.PartyRespondedV1)
def _(
    payload: acts.PartyObjectedV1 | acts.PartyObstructedV1 | acts.PartyRespondedV1, draft: Draft, told: Happening
) -> None:
    draft.bear("party_event", payload.event, told.at, kind=payload.kind, party=payload.party)


@tell.register
def _(payload: acts.OfficerReturnedV1, draft: Draft, told: Happening) -> None:
    for officer in payload.officers:
        draft.bear("officer_return", f"{officer}/return/{told.ref}", told.at, officer=officer)


@tell.register
def _(payload: acts.RecordPlanPublishedV1, draft: Draft, told: Happening) -> None:
    of = {"conduct_type": payload.conduct_type, "procedure": payload.procedure}
    plan = f"record_plan/{payload.conduct_type}/{payload.procedure}"
    draft.bear("record_plan", plan, told.at, key_steps=payload.key_steps, **of)
    for item in payload.extra_items:
        named = {"name": item.item, "stage": item.stage, "record_type": item.record_type}
        draft.bear("plan_item", f"{plan}/{item.stage}/{item.item}", told.at, **named, **of)


@tell.register
def _(payload: acts.PermitItemConfiguredV1, draft: Draft, told: Happening) -> None:
    for step in payload.steps:
        limit = step.limit and f"{step.limit.value} {step.limit.unit}"
        values = {"item": payload.item, "name": step.step, "limit": limit, "starts_with": step.starts_with}
        draft.bear("item_step", f"item/{payload.item}/{step.step}", told.at, **values)
