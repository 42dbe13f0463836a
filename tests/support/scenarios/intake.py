"""Commands of intake, and opinions wherever the form lies."""

from typing import Any

from casetrail_common.facts import acts
from casetrail_common.facts import intake as i
from casetrail_common.facts import review as r
from casetrail_common.facts.model import Payload
from casetrail_common.records import record_type, split_fields
from support.penalty import AGENCY, TEXT
from support.scenarios.teller import Teller

Args = dict[str, Any]


def register_case(teller: Teller, id_: str, args: Args) -> None:
    """T01."""
    fact = i.CaseRegisteredV1.model_validate({**args, "case": id_, "matter": TEXT})
    teller.say("intake", f"case:{id_}", fact)


def set_flag(teller: Teller, _id: str, args: Args) -> None:
    """A flag on a case or an activity."""
    fact = i.CaseFlaggedV1(target=args["target"], flag=args["flag"], reason=TEXT)
    teller.say("intake", "case:K1", fact)


def add_record(teller: Teller, id_: str, args: Args) -> None:
    """A text record."""
    form = record_type(args["type"])
    ids = {one.name for one in form.fields if one.coding.kind == "id"}
    coded, content = split_fields(form, args.get("fields", {}))
    coded |= {name: content.pop(name) for name in ids & content.keys()}  # an alias stands for an id
    marks = [i.Mark.model_validate({**mark, "as_role": mark["as"]}) for mark in args.get("marks", [])]
    corrections = [{**one, "before": TEXT, "after": TEXT} for one in args.get("corrections", [])]
    optional = teller.given(
        args, "case", "about", "identity", "step_marks", "pages", "started_at", "ended_at", "seal", "issued_on"
    )
    if identity := args.get("identity"):
        shown = identity.get("certificate_shown")
        noted = {"certificate_shown": bool(shown), "certificate_noted": shown is not None}
        optional["identity"] = {"officers": identity["officers"], **noted}
    fact = i.RecordAddedV1.model_validate(
        {
            **optional,
            "record": id_,
            "record_type": args["type"],
            "fields": {**coded, **dict.fromkeys(content, TEXT.model_dump())},
            "filled": sorted({*coded, *content}),
            "marks": [mark.model_dump() for mark in marks],
            "corrections": corrections,
            "classification": args.get("classification"),
            "author": teller.by,
        }
    )
    teller.types[id_], teller.cases[id_] = args["type"], args.get("case", "")
    teller.say("intake", f"case:{args['case']}" if "case" in args else f"record:{id_}", fact)


def give_opinion(teller: Teller, _id: str, args: Args) -> None:
    """An opinion on a form, at intake or in review; the head's moves the case."""
    form, slot = args["form"], args["slot"]
    case = f"case:{teller.cases[form]}"
    values = {
        **teller.given(args, "form", "slot", "result", "signed_on"),
        "opinion": TEXT,
        "by": teller.by,
        **{name: TEXT for name in ("reasons", "suggestion") if args.get(name)},
    }
    if submission := teller.submissions.get(form):
        models: dict[str, type[Payload]] = {"legal": r.LegalOpinedV1, "head": r.HeadApprovedV1}
        model = models.get(slot, r.UnitOpinedV1)
        teller.say("review", case, model.model_validate({**values, "submission": submission}))
        return
    teller.say("intake", case, i.OpinionGivenV1.model_validate(values))
    if slot == "head" and form in teller.filed:
        outcome = i.InitiationApprovedV1 if args["result"] == "agree" else i.InitiationRejectedV1
        teller.say("intake", case, outcome(form=form))


def start_activity(teller: Teller, id_: str, args: Args) -> None:
    """Entering."""
    fact = i.ActivityStartedV1.model_validate({**args, "activity": id_, "place": TEXT})
    teller.say("intake", f"case:{args['case']}", fact)


def record_party_event(teller: Teller, _id: str, args: Args) -> None:
    """What a party did."""
    kind = args["kind"]
    model: type[Payload] = acts.PartyObstructedV1
    if kind in {"objection", "complaint", "petition"}:
        model = acts.PartyObjectedV1
    elif kind == "demand_response":
        model = acts.PartyRespondedV1
    event = f"{args['case']}/event/{len(teller.steps)}"
    values = {"event": event, "kind": kind, "party": args["party"], "description": TEXT}
    teller.say("intake", f"case:{args['case']}", model.model_validate(values))


def serve_document(teller: Teller, id_: str, args: Args) -> None:
    """One service."""
    of_decision = teller.types.get(args["document"]) == "decision_document"
    fact = i.ServicePerformedV1.model_validate({**args, "service": id_, "of_decision": of_decision})
    teller.say("intake", f"case:{args['case']}", fact)


def file_initiation(teller: Teller, _id: str, args: Args) -> None:
    """T02, T06."""
    teller.filed.add(args["form"])
    teller.say("intake", f"case:{args['case']}", i.InitiationFiledV1(form=args["form"]))


def refuse_signature(teller: Teller, _id: str, args: Args) -> None:
    """A refusal to sign."""
    fact = acts.RecordRefusedV1.model_validate({**args, "note": TEXT})
    teller.say("intake", f"case:{teller.cases[args['record']]}", fact)


def sign_record(teller: Teller, _id: str, args: Args) -> None:
    """Further marks."""
    marks = [i.Mark.model_validate({**mark, "as_role": mark["as"]}) for mark in args["marks"]]
    fact = i.RecordSignedV1(record=args["record"], marks=marks)
    teller.say("intake", f"case:{teller.cases[args['record']]}", fact)


def register_measure(teller: Teller, id_: str, args: Args) -> None:
    """A compulsory measure."""
    values = {**teller.given(args, "kind", "form"), "measure": id_, "object": TEXT}
    teller.say("intake", f"case:{args['case']}", acts.MeasureRegisteredV1.model_validate(values))


COMMANDS = {
    "register_case": register_case,
    "set_flag": set_flag,
    "start_emergency": lambda t, _id, args: t.say(
        "intake", f"case:{args['case']}", acts.EmergencyStartedV1(reason=TEXT)
    ),
    "file_initiation": file_initiation,
    "open_investigation": lambda t, _id, args: t.say(
        "intake", f"case:{args['case']}", acts.InvestigationOpenedV1(ground=args["ground"], record=args.get("record"))
    ),
    "add_record": add_record,
    "sign_record": sign_record,
    "refuse_signature": refuse_signature,
    "start_activity": start_activity,
    "end_activity": lambda t, _id, args: t.say("intake", "case:K1", i.ActivityEndedV1(activity=args["activity"])),
    "record_party_event": record_party_event,
    "register_measure": register_measure,
    "give_opinion": give_opinion,
    "officer_returned": lambda t, _id, args: t.say(
        "intake", f"agency:{AGENCY}", acts.OfficerReturnedV1(officers=args["officers"])
    ),
    "serve_document": serve_document,
    "close_case": lambda t, _id, args: t.say(
        "intake", f"case:{args['case']}", i.CaseClosedV1(outcome=args["outcome"], form=args["form"])
    ),
}
