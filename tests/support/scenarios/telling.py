"""Translating the steps of a scenario into the facts that the services would record for them."""

from collections.abc import Mapping
from typing import Any

from casetrail_common.facts import acts, recording
from casetrail_common.facts import archive as a
from casetrail_common.facts import common as c
from casetrail_common.facts import intake as i
from casetrail_common.facts import media as m
from casetrail_common.rules import Pack
from support.penalty import AGENCY, TEXT, Step
from support.scenarios import intake, media, review
from support.scenarios.reading import Scenario, day, instant
from support.scenarios.teller import Teller


def tell(scenario: Scenario, packs: tuple[Pack, ...]) -> list[Step]:
    """Return the facts of a scenario.

    Parameters
    ----------
    packs
        The packs of its agency, which say what a refused attempt offends.
    """
    teller = begun(scenario, packs)
    for step in scenario.text["steps"]:
        apply(teller, step)
    return teller.steps


def begun(scenario: Scenario, packs: tuple[Pack, ...]) -> Teller:
    """Return a teller that has told what the scenario is set up with."""
    teller = Teller(scenario, packs)
    _set_up(teller)
    return teller


def apply(teller: Teller, step: Mapping[str, Any]) -> None:
    """Tell what a step does: nothing if it is refused, but for the incident."""
    teller.now, teller.by = instant(step["at"]), step["by"]
    expect = step["expect"]
    if isinstance(expect, Mapping) and "status" in expect:
        _refused(teller, step, expect)
        return
    for commands in (intake.COMMANDS, media.COMMANDS, review.COMMANDS):
        if step["do"] in commands:
            commands[step["do"]](teller, step.get("id", ""), dict(step.get("args") or {}))


def _refused(teller: Teller, step: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
    if "incident" not in expect:
        return
    args = step["args"]
    for item in args.get("items") or [args.get("item") or args["session"]]:
        for clause in _offended(teller, item, expect):
            lies_on = teller.in_dossier.get(item, item) if _speaks_of_dossiers(teller, clause) else item
            fact = c.IncidentRecordedV1(item=lies_on, code=expect["code"], clause=clause, command=step["do"])
            teller.say("media", f"session:{lies_on}", fact)


def _offended(teller: Teller, item: str, expect: Mapping[str, Any]) -> list[str]:
    """Return the clause that is expected, and those of the other packs."""
    pack = str(expect["incident"]).partition("/")[0]
    kind = "record" if item in teller.types else "session"
    others = [one.clause_of_incident(expect["code"], kind) for one in teller.packs if one.text.pack != pack]
    return [expect["incident"], *(clause for clause in others if clause)]


def _speaks_of_dossiers(teller: Teller, clause: str) -> bool:
    rules = [rule for pack in teller.packs for rule in pack.rules if rule.id == clause]
    return {duty.kind for rule in rules for duty in rule.duties} == {"dossier"}


def _set_up(teller: Teller) -> None:
    text = teller.scenario.text
    setup, agency = text["setup"], text["agency"]
    teller.now = instant(setup["at"])
    units = [i.Unit(id=unit["id"], name=unit["name"]) for unit in agency["units"]]
    registered = i.AgencyRegisteredV1(name=agency["name"], province=agency["province"], units=units)
    teller.say("intake", f"agency:{AGENCY}", registered)
    for person in text["cast"]:
        teller.say("intake", f"person:{person['id']}", _person(person))
    for device in text["devices"]:
        known = {name: value for name, value in device.items() if name not in {"id", "type"}}
        fact = m.DeviceRegisteredV1(device=device["id"], device_type=device["type"], **known)
        teller.say("media", f"device:{device['id']}", fact)
    entries = [a.RetentionEntry.model_validate(entry) for entry in setup.get("retention_table", [])]
    teller.say("archive", f"agency:{AGENCY}", a.RetentionTableSetV1(entries=entries))
    for plan in setup.get("record_plans", []):
        teller.say("intake", f"agency:{AGENCY}", acts.RecordPlanPublishedV1.model_validate(plan))
    for item in setup.get("items", []):
        steps = [{**step, "starts_with": step["from"]} for step in item["steps"]]
        fact_ = acts.PermitItemConfiguredV1.model_validate({**item, "steps": steps})
        teller.say("intake", f"agency:{AGENCY}", fact_)
    for listed in setup.get("av_item_lists", []):
        published = recording.AvItemListPublishedV1.model_validate({**listed, "list_id": listed["list"]})
        teller.say("media", f"agency:{AGENCY}", published)
    for guide in setup.get("wording_guides", []):
        teller.say("media", f"agency:{AGENCY}", recording.WordingGuidePublishedV1.model_validate(guide))


def _person(person: Mapping[str, Any]) -> i.PersonRegisteredV1:
    given = person.get("certificate")
    certificate = given and i.Certificate(
        number=TEXT, valid_from=day(given["valid_from"]), valid_until=day(given["valid_until"])
    )
    return i.PersonRegisteredV1(
        person=person["id"],
        name=TEXT,
        kind=person["kind"],
        roles=person["roles"],
        unit=person.get("unit"),
        certificate=certificate,
        clearance=person.get("clearance", []),
    )
