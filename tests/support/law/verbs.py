"""The verbs of stories: the commands of the scenarios with short arguments, and facts that no command makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from casetrail_common.calendar import local_day
from casetrail_common.facts import Payload, acts, archive, common, intake, keeping, media, recording, review
from support.penalty import AGENCY, TEXT
from support.scenarios import intake as in_intake
from support.scenarios import media as in_media
from support.scenarios import review as in_review
from support.scenarios.teller import Teller

COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    **in_intake.COMMANDS,
    **in_media.COMMANDS,
    **in_review.COMMANDS,
}

LISTS: Final = frozenset(
    {"about", "activities", "key_steps", "not_present", "officers", "present", "sessions", "evidence", "step_marks"}
    | {"tags", "voice", "items"}
)
LONG: Final[Mapping[str, str]] = {
    "conduct": "conduct_type",
    "start": "start_mode",
    "handler": "handler_kind",
    "responsible": "responsible_officer",
    "method": "execution_method",
    "steps": "step_marks",
    "begun": "started_at",
    "ended": "ended_at",
    "issued": "issued_on",
    "secret": "classification",
    "upload": "upload_required",
    "key": "key_steps",
    "signed": "signed_on",
    "deadline": "correction_deadline",
    "who": "requester_kind",
    "absent": "not_present",
}
"""Names of arguments in full."""

SIGNS: Final[Mapping[str, str]] = {"party": "p1", "witness": "w1", "recipient": "p1", "unit": AGENCY, "expert": "e1"}
"""Who signs in which part, if the story does not say."""


@dataclass
class Told:
    """One step of a story."""

    teller: Teller
    places: list[str]
    named: dict[str, Any]

    def say(self, stream: str, payload: Payload, service: Any = "intake") -> None:
        """Record a fact now."""
        self.teller.say(service, stream, payload)

    @property
    def today(self) -> date:
        """The day of the step."""
        return local_day(self.teller.now)


Verb = Callable[[Told], None]

COMMAND_OF_VERB: Final[dict[Verb, str]] = {}


def listed(text: str) -> list[str]:
    """Return the values of a list."""
    return [one for one in text.split(",") if one]


def _value(name: str, text: Any) -> Any:
    if name in LISTS:
        return listed(text)
    return {"yes": True, "no": False}.get(text, text)


def _command(name: str, places: str, long: Mapping[str, str] | None = None, **defaults: Any) -> Verb:
    """Return a verb that gives a command of the scenarios."""

    def verb(told: Told) -> None:
        given = dict(zip(places.split(), told.places, strict=False))
        given |= {(LONG if long is None else long).get(key, key): value for key, value in told.named.items()}
        told.teller.by = given.pop("by", "o1")
        args = defaults | {key: _value(key, value) for key, value in given.items()}
        if name in _SHAPES:
            _SHAPES[name](told, args)
        COMMANDS[name](told.teller, args.pop("id", ""), args)

    COMMAND_OF_VERB[verb] = name
    return verb


# --- arguments that are more than a word ----------------------------------------------------------------------------


def _as_record(told: Told, args: dict[str, Any]) -> None:
    if not args["case"]:
        del args["case"]
    args["fields"] = dict(_field(one) for one in listed(args.get("fields", "")))
    args["marks"] = marks(args.get("marks", ""))
    if "corrections" in args:
        args["corrections"] = [{"id": one, "position": "line 1"} for one in listed(args["corrections"])]
    if "identity" in args:
        shown = args.pop("shown", True)
        args["identity"] = {"officers": listed(args["identity"]), "certificate_shown": None if shown == "" else shown}
    if "pages" in args:
        args["pages"] = int(args["pages"])
    if args.get("issued_on") is True:
        args["issued_on"] = told.today


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition(":")
    return name, int(value) if value.isdecimal() else {"yes": True, "no": False, "": "某"}.get(value, value)


def marks(text: str) -> list[dict[str, str]]:
    """Return marks: `officer:o2` or `party:p1:seal:cross_page`, as far as it is written out."""
    found = []
    for one in listed(text):
        as_, by, kind, place = (*one.split(":"), "", "", "")[:4]
        mark = {"as": as_, "by": by or SIGNS.get(as_, "o1"), "kind": kind or "signature", "place": place or "end"}
        found.append(mark)
    return found


def _as_opinion(told: Told, args: dict[str, Any]) -> None:
    args.setdefault("signed_on", told.today)
    told.teller.by = {"head": "h1", "unit": "d1"}.get(args["slot"], "l1")
    args |= dict.fromkeys(listed(args.pop("with", "")), "某")
    args.setdefault("result", "agree")


def _as_decision(told: Told, args: dict[str, Any]) -> None:
    args.setdefault("issued_on", told.today)


def _as_disc(_told: Told, args: dict[str, Any]) -> None:
    args["annotations"] = dict.fromkeys(listed(args.pop("notes", "")), "某")


def _as_marked(_told: Told, args: dict[str, Any]) -> None:
    args["marks"] = marks(args["marks"])


_SHAPES: Final[Mapping[str, Callable[[Told, dict[str, Any]], None]]] = {
    "add_record": _as_record,
    "sign_record": _as_marked,
    "give_opinion": _as_opinion,
    "issue_decision": _as_decision,
    "register_disc": _as_disc,
    "annotate_disc": _as_disc,
}

# --- facts that no command of the scenarios makes -------------------------------------------------------------------


def _person(told: Told) -> None:
    id_, *roles = told.places
    fact = intake.PersonRegisteredV1(
        person=id_, name=TEXT, kind="staff", roles=roles, unit=told.named.get("unit", "u1")
    )
    told.say(f"person:{id_}", fact)


def _device(told: Told) -> None:
    defaults = {"responsible_unit": "u1", "custodian": "d9", "registered_on": "2024-03-01"}
    given = {**defaults, "last_maintained_on": None, **told.named}
    fact = media.DeviceRegisteredV1(
        device=told.places[0],
        device_type=given.pop("type", "body_worn_recorder"),
        serial="1",
        **{k: v or None if k == "last_maintained_on" else v for k, v in given.items()},
    )
    told.say(f"device:{told.places[0]}", fact, "media")


def _planned(told: Told) -> None:
    """`planned R1 item_list sketch`: a document that answers an item of the record plan."""
    id_, type_, item = told.places
    fact = intake.RecordAddedV1(
        record=id_, record_type=type_, case="K1", fields={}, filled=[], author="o1", plan_item=item
    )
    told.say("case:K1", fact)


def _plan(told: Told) -> None:
    """`plan penalty general initiation:item[:record_type] key=entry,seal`."""
    conduct, procedure, *items = told.places
    extra = []
    for one in items:
        stage, name, type_ = (*one.split(":"), "")[:3]
        extra.append({"item": name, "stage": stage, "record_type": type_ or None})
    fact = acts.RecordPlanPublishedV1.model_validate(
        {
            "conduct_type": conduct,
            "procedure": procedure,
            "version": "1",
            "valid_from": told.today,
            "extra_items": extra,
            "key_steps": listed(told.named.get("key", "")),
        }
    )
    told.say(f"agency:{AGENCY}", fact)


def _av_list(told: Told) -> None:
    """`list u1 inquiry:penalty:full:tag+tag`."""
    unit, *items = told.places
    listed_items = []
    for one in items:
        event, scope, mode, tags = (*one.split(":"), "", "", "", "")[:4]
        item = {"event": event, "scope": scope, "mode": mode or "optional", "link": "x", "method": "video"}
        listed_items.append({**item, "extra_content_tags": tags.split("+") if tags else []})
    fact = recording.AvItemListPublishedV1.model_validate(
        {"list_id": "L", "unit": unit, "valid_from": told.today, "items": listed_items}
    )
    told.say(f"agency:{AGENCY}", fact, "media")


def _item(told: Told) -> None:
    """`item licence review:2.working_days:acceptance`: a step with its limit and what it runs from."""
    name, *steps = told.places
    found = []
    for one in steps:
        step, limit, since = one.split(":")
        value, _, unit = limit.partition(".")
        found.append(
            {"step": step, "starts_with": since, "limit": {"value": int(value), "unit": unit} if unit else None}
        )
    fact = acts.PermitItemConfiguredV1.model_validate({"item": name, "name": name, "steps": found})
    told.say(f"agency:{AGENCY}", fact)


def _retention(told: Told) -> None:
    entries = [archive.RetentionEntry(av_class=one, retention_class="general") for one in told.places]
    told.say(f"agency:{AGENCY}", archive.RetentionTableSetV1(entries=entries), "archive")


def _of_case(make: Callable[[Told], Payload], service: str = "intake") -> Verb:
    return lambda told: told.say("case:K1", make(told), service)


def _of_agency(make: Callable[[Told], Payload], service: str = "archive") -> Verb:
    return lambda told: told.say(f"agency:{AGENCY}", make(told), service)


def _submission(told: Told) -> str:
    return told.teller.submissions[told.places[0]]


def _send(told: Told) -> None:
    """A submission that intake has not accepted yet."""
    [form] = told.places
    submission = told.teller.submissions[form] = f"K1/submission/{form}"
    told.say("case:K1", review.ReviewSubmittedV1(submission=submission, case="K1", form=form), "review")


def _incident(told: Told) -> None:
    item, code, clause = told.places
    fact = common.IncidentRecordedV1(item=item, code=code, clause=clause, command="attempt")
    told.say(f"session:{item}", fact, "media")


def _alteration(told: Told) -> None:
    """The device dismantled or replaced."""
    fact = recording.DeviceAlteredV1(
        device=told.places[0], change="dismantled", note=TEXT, is_private=told.named["private"] == "yes"
    )
    told.say(f"device:{told.places[0]}", fact, "media")


VERBS: Final[Mapping[str, Verb]] = {
    "look": lambda _told: None,
    "register": _command(
        "register_case",
        "",
        id="K1",
        conduct_type="penalty",
        procedure="general",
        start_mode="ex_officio",
        parties=["p1"],
        officers=["o1", "o2"],
        responsible_officer="o1",
    ),
    "flag": _command("set_flag", "target flag"),
    "emergency": _command("start_emergency", "", case="K1"),
    "file_initiation": _command("file_initiation", "form", case="K1"),
    "open": _command("open_investigation", "ground", case="K1", ground="acceptance"),
    "record": _command("add_record", "id type", case="K1"),
    "sign": _command("sign_record", "record marks"),
    "refuse": _command("refuse_signature", "record", party="p1", officers=["o1", "o2"]),
    "activity": _command("start_activity", "id kind", case="K1", officers=["o1", "o2"], present=["p1"]),
    "end": _command("end_activity", "activity"),
    "party": _command("record_party_event", "kind", case="K1", party="p1"),
    "measure": _command("register_measure", "id kind", case="K1"),
    "opine": _command("give_opinion", "form slot"),
    "return": _command("officer_returned", "", officers=["o1", "o2"]),
    "serve": _command("serve_document", "id document", {}, case="K1", method="direct", recipient="p1", evidence=[]),
    "close": _command("close_case", "", case="K1", outcome="performed", form="R-closure"),
    "session": _command("start_session", "id", case="K1", kind="video", mode="full", device="dv1"),
    "say": _command("annotate_session", "session"),
    "interrupt": _command("interrupt_session", "session", cause="device_failure", final=False),
    "resume": _command("resume_session", "session", device="dv1", voice_explanation=True),
    "finish": _command("end_session", "session"),
    "tell_head": _command("report_interruption", "session", gap=1, reported_to="d1"),
    "claim": _command("record_storage_exception", "session ground"),
    "store": _command("store_session", "session", repository="repo1", custodian="c1"),
    "keep": _command("set_custodian", "session custodian"),
    "prove": _command("mark_evidence", "session"),
    "derive": _command("create_derivative", "id of"),
    "fault": _command("report_device_fault", "id device"),
    "submit": _command("submit_review", "form", case="K1"),
    "decide": _command("issue_decision", "id", case="K1", number="1", seal=AGENCY),
    "ask": _command("request_access", "id", items=["S1"], mode="consult", requester_kind="staff"),
    "answer": _command("decide_access", "request", result="approved", items=["S1"]),
    "file": _command("file_dossier", "id", case="K1", sessions=[], retention_class="general"),
    "disc": _command("register_disc", "id", sessions=[], medium="disc"),
    "note_disc": _command("annotate_disc", "disc"),
    "hand_over": _command("transfer_dossier", "dossier", to="archive", received_by="a1"),
    "person": _person,
    "device": _device,
    "plan": _plan,
    "planned": _planned,
    "list": _av_list,
    "item": _item,
    "retention": _retention,
    "send": _send,
    "guide": _of_agency(
        lambda t: recording.WordingGuidePublishedV1(unit=t.places[0], version="1", valid_from=t.today), "media"
    ),
    "returned": _of_case(lambda t: review.ReviewReturnedV1(submission=_submission(t), reason=TEXT), "review"),
    "refuse_acceptance": _of_case(lambda _t: acts.AcceptanceRefusedV1(reason=TEXT)),
    "reject_initiation": _of_case(lambda t: intake.InitiationRejectedV1(form=t.places[0])),
    "mark_long_term": _of_case(lambda _t: keeping.LongTermMarkedV1(case="K1", reason=TEXT), "archive"),
    "override_retention": _of_case(
        lambda t: keeping.RetentionOverrideSetV1.model_validate(
            {"case": "K1", "authority_level": t.places[0], "source": "x", "years": 20}
        ),
        "archive",
    ),
    "collect": _of_case(
        lambda t: recording.ElectronicDataCollectedV1(data=t.places[0], activity=t.places[1], description=TEXT), "media"
    ),
    "save": _of_case(lambda t: recording.ElectronicDataSavedV1(data=t.places[0], repository="repo1"), "media"),
    "supervise": _of_agency(
        lambda t: keeping.SupervisionRoundHeldV1.model_validate(
            {"round": "V1", "method": t.places[0], "findings": TEXT}
        )
    ),
    "report": _of_agency(
        lambda t: keeping.ReportMadeV1.model_validate(
            {"report": "P1", "kind": t.places[0], "first": t.today, "last": t.today}
        )
    ),
    "maintain": lambda t: t.say(
        f"device:{t.places[0]}", recording.DeviceMaintainedV1(device=t.places[0], maintained_on=t.today), "media"
    ),
    "repair": lambda t: t.say(
        f"device:{t.places[0]}", recording.DeviceRepairedV1(device=t.places[0], note=TEXT), "media"
    ),
    "alter": _alteration,
    "attempt": _incident,
}

COMMAND_OF: Final[Mapping[str, str]] = {
    name: COMMAND_OF_VERB[verb] for name, verb in VERBS.items() if verb in COMMAND_OF_VERB
}
"""The command of the scenarios that a verb gives."""
