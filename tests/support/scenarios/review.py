"""Commands of review and archive."""

from typing import Any

from casetrail_common.facts import archive as a
from casetrail_common.facts import intake as i
from casetrail_common.facts import keeping, use
from casetrail_common.facts import review as r
from support.penalty import TEXT
from support.scenarios.teller import Teller

Args = dict[str, Any]


def submit_review(teller: Teller, _id: str, args: Args) -> None:
    """T15, which intake accepts at once."""
    submission = f"{args['case']}/submission/{len(teller.steps)}"
    teller.submissions[args["form"]] = submission
    fact = r.ReviewSubmittedV1.model_validate({**args, "submission": submission})
    teller.say("review", f"case:{args['case']}", fact)
    teller.say("intake", f"case:{args['case']}", i.ReviewAcceptedV1(submission=submission))


def issue_decision(teller: Teller, id_: str, args: Args) -> None:
    """T17, T18."""
    teller.types[id_], teller.cases[id_] = "decision_document", args["case"]
    fact = r.DecisionIssuedV1.model_validate({**args, "record": id_, "content": TEXT})
    teller.say("review", f"case:{args['case']}", fact)


def request_access(teller: Teller, id_: str, args: Args) -> None:
    """A request for items."""
    values = {**teller.given(args, "items", "mode", "requester_kind"), "request": id_, "requester": teller.by}
    teller.say("review", f"request:{id_}", use.AccessRequestedV1.model_validate({**values, "purpose": TEXT}))


def decide_access(teller: Teller, _id: str, args: Args) -> None:
    """A decision on a request."""
    roles = next(one["roles"] for one in teller.scenario.text["cast"] if one["id"] == teller.by)
    role = "agency_head" if "agency_head" in roles else "unit_head"
    model = use.AccessApprovedV1 if args["result"] == "approved" else use.AccessDeniedV1
    fact = model.model_validate({**args, "reason": TEXT, "by": teller.by, "role": role})
    teller.say("review", f"request:{args['request']}", fact)


def export_items(teller: Teller, _id: str, args: Args) -> None:
    """Copies go out."""
    values = {"request": args["request"], "mode": "copy", "delivered": args["items"]}
    teller.say("review", f"request:{args['request']}", use.AccessExecutedV1.model_validate(values))


def file_dossier(teller: Teller, id_: str, args: Args) -> None:
    """T27."""
    teller.dossiers[id_] = args["case"]
    records = [record for record, case in teller.cases.items() if case == args["case"]]
    teller.in_dossier |= dict.fromkeys([*records, *args["sessions"]], id_)
    fact = a.DossierFiledV1(
        dossier=id_,
        case=args["case"],
        streams=[],
        sessions=args["sessions"],
        retention_class=args["retention_class"],
    )
    teller.say("archive", f"case:{args['case']}", fact)


def register_disc(teller: Teller, id_: str, args: Args) -> None:
    """A carrier."""
    filled = sorted(name for name, value in args["annotations"].items() if value)
    fact = keeping.DiscRegisteredV1(
        disc=id_, sessions=args["sessions"], medium=args["medium"], annotations={}, filled=filled
    )
    teller.say("archive", "case:K1", fact)


def annotate_disc(teller: Teller, _id: str, args: Args) -> None:
    """More annotations on a carrier."""
    filled = sorted(name for name, value in args["annotations"].items() if value)
    fact = keeping.DiscAnnotatedV1(disc=args["disc"], annotations={}, filled=filled)
    teller.say("archive", "case:K1", fact)


def transfer_dossier(teller: Teller, _id: str, args: Args) -> None:
    """Handing over."""
    case = teller.dossiers.get(args["dossier"], "K1")  # a story may hand over what nobody filed
    teller.say("archive", f"case:{case}", keeping.DossierTransferredV1.model_validate({**args, "case": case}))


def set_retention(teller: Teller, _id: str, args: Args) -> None:
    """Another number of years."""
    fact = a.RetentionAssignedV1(dossier=args["dossier"], retention_class="general", years=args["years"])
    teller.say("archive", f"case:{teller.dossiers[args['dossier']]}", fact)


COMMANDS = {
    "submit_review": submit_review,
    "issue_decision": issue_decision,
    "request_access": request_access,
    "decide_access": decide_access,
    "export_items": export_items,
    "file_dossier": file_dossier,
    "register_disc": register_disc,
    "annotate_disc": annotate_disc,
    "transfer_dossier": transfer_dossier,
    "set_retention": set_retention,
}
