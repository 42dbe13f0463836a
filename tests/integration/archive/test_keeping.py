"""How long dossiers are kept, over HTTP: what the rules set is known to the next command."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from casetrail_common.facts.acts import PartyObjectedV1
from casetrail_common.facts.intake import CaseFlaggedV1
from casetrail_common.objects import ObjectLockedError
from casetrail_common.retention import years_after
from support.archiving import Archiving
from support.penalty_case import CASE, FILMS, INTAKE, china

TRIGGER = "town-2025/3.1"
TOWN = """
pack: town-2025
version: "1"
title_zh: 某镇办法
issuer_zh: 某镇
in_force_from: "2025-01-01"
conduct_types: [penalty]
rules:
  - rule: town-2025/3.1
    gist: {zh: "有异议的长期保存", en: "Kept long-term where the party objects"}
    for: {case: {}}
    when: {party_event: $kinds}
    sets: {retention_class: long_term}
    parameters: {kinds: {value: [objection], stricter: more}}
  - rule: town-2025/3.2
    gist: {zh: "重要的长期保存", en: "Kept long-term where found important"}
    for: {case: {}}
    when: {long_term_mark: {}}
    sets: {retention_class: long_term}
"""


async def post(desk: Archiving, path: str, body: dict[str, Any], *roles: str) -> httpx.Response:
    return await desk.send(desk.who("qin", *(roles or ("archivist",))), "POST", path, body)


async def ready(desk: Archiving) -> None:
    """Close the case under a law that keeps some cases long-term."""
    await desk.close_case()
    own = {"pack": "town-2025", "version": "1", "text": TOWN, "file": "town.yaml"}
    assert (await post(desk, "/v1/rules/packs", own, "pack_admin")).status_code == 201
    table = {"entries": [{"dossier_class": "general", "years": 10}, {"dossier_class": "long_term", "years": 30}]}
    assert (await post(desk, "/v1/rules/retention-tables", table, "pack_admin")).status_code == 201
    await desk.settle()


async def object_(desk: Archiving) -> None:
    """Let the party object, which nobody has judged yet."""
    said = PartyObjectedV1(event="e", kind="objection", party="hengyuan", description=desk.book.seal("不服"))
    await desk.say("intake", INTAKE, said)


async def file(desk: Archiving, retention_class: str) -> httpx.Response:
    wish = {"case": CASE, "records": "all", "sessions": [], "retention_class": retention_class}
    return await post(desk, "/v1/dossiers", wish)


async def test_a_trigger_that_nobody_has_judged_yet_locks_retention(desk: Archiving) -> None:
    await ready(desk)
    await desk.at(china(10, 13, 9))
    await object_(desk)
    refused = await file(desk, "general")
    assert (refused.status_code, refused.json()["code"], refused.json()["clause"]) == (
        409,
        "retention_locked",
        TRIGGER,
    )
    filed = await file(desk, "long_term")
    assert filed.status_code == 202, filed.text
    [upgraded] = [fact for fact in await desk.facts() if fact.type == "retention.upgraded"]
    assert (upgraded.fields["rule"], upgraded.fields["retention_class"]) == (TRIGGER, "long_term")
    assert (await desk.finding(TRIGGER, CASE))["since"] == "2025-10-13T01:00:00Z"
    shorter = await post(desk, f"/v1/dossiers/{filed.json()['dossier']}/retention", {"years": 5})
    assert (shorter.status_code, shorter.json()["code"]) == (409, "retention_locked")


async def test_a_trigger_after_filing_lengthens_what_was_filed(desk: Archiving) -> None:
    await ready(desk)
    dossier = (await file(desk, "general")).json()["dossier"]
    assert (await post(desk, f"/v1/dossiers/{dossier}/retention", {"years": 5})).status_code == 201
    mark = f"/v1/archive/cases/{CASE}/long-term-marks"
    assert (await post(desk, mark, {"reason": "社会关注"}, "agency_head")).status_code == 201
    await desk.settle()
    shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    assert (shown["retention_class"], shown["retention_years"]) == ("long_term", 30)
    override = {"authority_level": "law", "source": "某法第一条", "years": 20}
    path = f"/v1/archive/cases/{CASE}/retention-overrides"
    assert (await post(desk, path, override)).json()["code"] == "retention_locked"
    assert (await post(desk, path, {**override, "years": 50})).status_code == 201
    [count] = await desk.served.process.store.pool.fetchrow(
        "select count(*) from ledger where convert_from(body, 'UTF8') like '%retention.upgraded%'"
    )
    assert count == 1


async def test_what_no_rule_asks_for_locks_nothing(desk: Archiving) -> None:
    await ready(desk)
    flagged = CaseFlaggedV1(target=CASE, flag="major", reason=desk.book.seal("重大"))
    await desk.say("intake", INTAKE, flagged)
    assert (await file(desk, "general")).status_code == 202


async def test_a_carrier_a_transfer_and_a_further_volume_are_shown(desk: Archiving) -> None:
    await ready(desk)
    session = FILMS["AV-1"].session
    wish = {"sessions": [session], "medium": "disc", "annotations": {"maker": "冯建国", "place": None}}
    disc = (await post(desk, "/v1/discs", wish, "case_officer")).json()["disc"]
    assert (await post(desk, f"/v1/discs/{disc}/annotations", {"annotations": {"place": "新郑市"}})).status_code == 201
    feng = desk.who("feng", "case_officer", unit="u1")
    shown = (await desk.send(feng, "GET", f"/v1/discs/{disc}")).json()
    assert (shown["filled"], shown["annotations"]) == (["maker", "place"], {"maker": "冯建国", "place": "新郑市"})
    listed = (await desk.send(desk.who("ma", "supervisor"), "GET", f"/v1/discs?case={CASE}")).json()
    assert [one["disc"] for one in listed["items"]] == [disc]
    stranger = await desk.send(desk.who("zhao", "case_officer", unit="u9"), "GET", f"/v1/discs/{disc}")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "role_not_allowed")
    dossier = (await file(desk, "general")).json()["dossier"]
    moved = await post(desk, f"/v1/dossiers/{dossier}/transfers", {"to": "市档案室", "received_by": "qin"})
    assert moved.status_code == 201, moved.text
    record = next(fact.fields["record"] for fact in desk.book.facts if fact.type == "record.added")
    more = {"reason": "补充", "records": [record], "sessions": [session]}
    begun = await post(desk, f"/v1/dossiers/{dossier}/supplements", more)
    assert (begun.status_code, begun.json().get("volume")) == (201, 2), begun.text
    shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    assert [(one["record"], one["to"], one["volumes"]) for one in shown["transfers"]] == [
        (moved.json()["record"], "市档案室", 1)
    ]
    assert [(one["volume"], one["records"]) for one in shown["supplements"]] == [(2, [record])]


async def test_what_comes_after_filing_belongs_to_a_further_volume(desk: Archiving) -> None:
    await ready(desk)
    dossier = (await file(desk, "general")).json()["dossier"]
    await desk.seal_streams(dossier)
    await desk.drain("seal")
    sealed = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    await desk.at(china(10, 24, 9))
    wish = {"sessions": [FILMS["AV-1"].session], "medium": "disc", "annotations": {}}
    assert (await post(desk, "/v1/discs", wish)).status_code == 201
    await desk.at(china(10, 25, 9))
    assert (await post(desk, f"/v1/dossiers/{dossier}/supplements", {"reason": "光盘"})).json()["volume"] == 2
    await desk.at(china(10, 26, 9))
    assert (await post(desk, f"/v1/dossiers/{dossier}/supplements", {"reason": "移交"})).json()["volume"] == 3
    moved = await post(desk, f"/v1/dossiers/{dossier}/transfers", {"to": "市档案室", "received_by": "qin"})
    assert moved.status_code == 201, moved.text
    shown = await desk.send(desk.who("ma", "supervisor"), "GET", f"/v1/dossiers/{dossier}/supplements")
    assert [(one["volume"], [fact["type"] for fact in one["facts"]]) for one in shown.json()["volumes"]] == [
        (2, ["disc.registered", "supplement.appended"]),
        (3, ["supplement.appended", "dossier.transferred"]),
    ]
    after = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    assert (sealed["state"], after["root"]) == ("sealed", sealed["root"])


async def test_a_sealed_volume_is_locked_for_the_years_that_are_added(desk: Archiving) -> None:
    await ready(desk)
    dossier = (await file(desk, "general")).json()["dossier"]
    await desk.seal_streams(dossier)
    await desk.drain("seal")
    before = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
    until = datetime.fromisoformat(before["retained_until"])
    for years, added in ((5, 0), (14, 4)):
        assert (await post(desk, f"/v1/dossiers/{dossier}/retention", {"years": years})).status_code == 201
        await desk.drain("lengthen")
        shown = (await desk.send(desk.who("qin", "archivist"), "GET", f"/v1/dossiers/{dossier}")).json()
        end = years_after(until, added)
        assert datetime.fromisoformat(shown["retained_until"]) == end
        sooner = end - timedelta(days=1)
        with pytest.raises(ObjectLockedError):
            await desk.parts.dossiers.lock_version(before["object"], before["version_id"], retain_until=sooner)
