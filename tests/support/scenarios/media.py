"""Commands of media."""

from typing import Any

from casetrail_common.facts import media as m
from casetrail_common.facts import recording
from support.penalty import TEXT, at
from support.scenarios.teller import Teller

Args = dict[str, Any]


def start_session(teller: Teller, id_: str, args: Args) -> None:
    """Recording begins, in the case of the activity if none is named."""
    case = args.get("case") or ("K1" if args.get("activities") else None)
    fact = m.AvSessionStartedV1.model_validate({**args, "case": case, "session": id_, "recorder": teller.by})
    teller.say("media", f"session:{id_}", fact)


def annotate_session(teller: Teller, _id: str, args: Args) -> None:
    """Notice, voice, tags."""
    session = args["session"]
    if args.get("notice"):
        teller.say("media", f"session:{session}", m.AvNoticeGivenV1(session=session))
    marks = teller.given(args, "voice", "tags", "not_present")
    if marks:
        teller.say("media", f"session:{session}", m.AvAnnotatedV1.model_validate({"session": session, **marks}))


def interrupt_session(teller: Teller, _id: str, args: Args) -> None:
    """A gap begins."""
    session = args["session"]
    teller.gaps[session] = teller.gaps.get(session, 0) + 1
    values = {**args, "gap": teller.gaps[session], "description": TEXT}
    teller.say("media", f"session:{session}", recording.AvSessionInterruptedV1.model_validate(values))


def resume_session(teller: Teller, _id: str, args: Args) -> None:
    """A gap ends."""
    session = args["session"]
    fact = recording.AvSessionResumedV1.model_validate({**args, "gap": teller.gaps[session]})
    teller.say("media", f"session:{session}", fact)


def store_session(teller: Teller, _id: str, args: Args) -> None:
    """The upload is complete."""
    fact = m.AvStoredV1(
        session=args["session"],
        upload="u",
        repository=args["repository"],
        custodian=args["custodian"],
        files=[],
        received_at=teller.now,
        retained_until=at("2055-01-01"),
    )
    teller.say("media", f"session:{args['session']}", fact)


def report_interruption(teller: Teller, _id: str, args: Args) -> None:
    """The head of the unit is told."""
    fact = recording.AvInterruptionReportedV1.model_validate({**args, "content": TEXT})
    teller.say("media", f"session:{args['session']}", fact)


def record_storage_exception(teller: Teller, _id: str, args: Args) -> None:
    """Why it cannot be stored in time."""
    fact = recording.AvExceptionRecordedV1(session=args["session"], ground=args["ground"], reason=TEXT)
    teller.say("media", f"session:{args['session']}", fact)


def report_device_fault(teller: Teller, id_: str, args: Args) -> None:
    """A fault report."""
    teller.types[id_] = "device_fault_report"
    fact = recording.DeviceFaultReportedV1(device=args["device"], record=id_, fault=TEXT, by=teller.by)
    teller.say("media", f"device:{args['device']}", fact)


def create_derivative(teller: Teller, id_: str, args: Args) -> None:
    """A redacted copy."""
    fact = recording.AvDerivativeCreatedV1(derivative=id_, of=args["of"], description=TEXT)
    teller.say("media", f"session:{args['of']}", fact)


COMMANDS = {
    "start_session": start_session,
    "annotate_session": annotate_session,
    "interrupt_session": interrupt_session,
    "resume_session": resume_session,
    "end_session": lambda t, _id, args: t.say(
        "media", f"session:{args['session']}", m.AvSessionEndedV1(session=args["session"])
    ),
    "report_interruption": report_interruption,
    "record_storage_exception": record_storage_exception,
    "store_session": store_session,
    "set_custodian": lambda t, _id, args: t.say(
        "media", f"session:{args['session']}", recording.AvCustodyChangedV1.model_validate(args)
    ),
    "mark_evidence": lambda t, _id, args: t.say(
        "media", f"session:{args['session']}", recording.AvMarkedEvidenceV1(session=args["session"], proves=TEXT)
    ),
    "create_derivative": create_derivative,
    "report_device_fault": report_device_fault,
}
