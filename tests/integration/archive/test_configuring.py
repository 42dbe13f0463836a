"""Putting law and configuration in force over HTTP, and the course of a case."""

import pytest

from support.archiving import Archiving
from support.penalty_case import CASE, FILMS, china

PACK = {"pack": "henan-2019", "version": "2019-06-04"}


async def test_a_pack_binds_agencies_of_its_province_only(desk: Archiving) -> None:
    admin = desk.who("admin", "pack_admin")
    unknown = await desk.send(admin, "POST", "/v1/rules/packs", PACK)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    [registered] = [fact for fact in desk.book.facts if fact.type == "agency.registered"]
    await desk.follow([registered])
    elsewhere = registered.payload.model_copy(update={"province": "河北省"})  # type: ignore[union-attr]
    await desk.follow([desk.book.fact_of("intake", registered.stream, elsewhere)])
    refused = await desk.send(admin, "POST", "/v1/rules/packs", PACK)
    assert (refused.status_code, refused.json()["code"]) == (422, "pack_out_of_scope")
    assert "河南省" in refused.json()["detail"]


async def test_what_was_installed_is_shown(desk: Archiving) -> None:
    await desk.follow(desk.book.facts[:1])
    await desk.install()
    feng = desk.who("feng", "case_officer", unit="u1")
    law = (await desk.send(feng, "GET", "/v1/rules")).json()
    assert law["packs"] == [{**PACK, "valid_from": "2019-06-04", "is_in_force": True}]
    assert (law["calendar"], law["parameters"]) == ("CN-2024-2026", {"access_approver": "agency_head"})
    pack = (await desk.send(feng, "GET", "/v1/rules/packs/henan-2019/2019-06-04")).json()
    assert pack["document"]["commands"]["file_dossier"] == "henan-2019/21.1"
    calendar = (await desk.send(feng, "GET", "/v1/rules/calendars/current")).json()
    assert calendar["years"] == [2024, 2025, 2026]
    table = (await desk.send(feng, "GET", "/v1/rules/retention-tables/current")).json()
    assert [(entry["dossier_class"], entry["years"]) for entry in table["entries"]] == [("general", 10)]
    party = desk.who("hengyuan", "party", unit=None)
    assert (await desk.send(party, "GET", "/v1/rules")).json()["code"] == "role_not_allowed"


def calendar(first: str, last: str) -> dict[str, object]:
    """Return a calendar of 2025 with one holiday."""
    return {"calendar": "x", "years": [2025], "holidays": [{"first": first, "last": last}]}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("packs", {"pack": "henan-2019", "version": "1999-01-01"}, "not_found"),
        ("calendars", {"calendar": "CN-1999"}, "not_found"),
        ("calendars", calendar("2025-10-02", "2025-10-01"), "field_missing"),
        ("calendars", calendar("2026-10-01", "2026-10-01"), "field_missing"),
        ("calendars", calendar("2025-01-01", "2025-12-31"), "field_missing"),
        ("calendars", {"calendar": "x", "years": [2025], "make_up_workdays": ["2026-01-03"]}, "field_missing"),
        ("parameters", {"values": {}}, "field_missing"),
        ("parameters", {"values": {"n": 2**53}}, "field_missing"),
        ("retention-tables", {"entries": [{"dossier_class": "general", "years": 0}]}, "field_missing"),
    ],
)  # fmt: skip
async def test_what_cannot_be_law_is_refused(desk: Archiving, path: str, body: dict[str, object], code: str) -> None:
    await desk.follow(desk.book.facts[:1])
    answer = await desk.send(desk.who("admin", "administrator"), "POST", f"/v1/rules/{path}", body)
    assert answer.json()["code"] == code, answer.text


async def test_only_those_who_answer_for_the_law_may_change_it(desk: Archiving) -> None:
    await desk.follow(desk.book.facts[:1])
    refused = await desk.send(desk.who("songw", "agency_head"), "POST", "/v1/rules/packs", PACK)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")


async def test_the_course_of_a_case_tells_every_fact_with_its_clause(desk: Archiving) -> None:
    await desk.close_case()
    await desk.at(china(10, 24, 10))
    await desk.file([film.session for film in FILMS.values()])
    steps, cursor = [], ""
    while True:
        path = f"/v1/archive/cases/{CASE}/timeline?limit=20{cursor}"
        page = (await desk.send(desk.who("ma", "supervisor"), "GET", path)).json()
        steps += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    streams = {(f.service, f.stream) for f in desk.book.facts if f.stream_kind in ("case", "session")}
    told = {f"{f.service}:{f.n}" for f in desk.book.facts if (f.service, f.stream) in streams}
    told |= {f"archive:{f.n}" for f in await desk.facts()}
    assert {step["position"] for step in steps} == told
    assert len(steps) == len(told)
    by_type = {step["type"]: step for step in steps}
    assert by_type["case.registered"]["clauses"] == ["henan-2019/9.1(1)"]
    assert by_type["review.legal_opined"]["clauses"] == ["henan-2019/11.1(3)"]
    assert by_type["dossier.filed"]["clauses"] == ["henan-2019/21.1"]
    assert by_type["deadline.missed"]["clauses"] == ["henan-2019/21.1"]
    assert (by_type["case.closed"]["actor"], by_type["case.closed"]["actor_name"]) == ("feng", "冯建国")
    assert steps[0]["type"] == "case.registered"
    assert all(step["what"] != step["type"] for step in steps)


async def test_an_officer_of_another_unit_sees_nothing_of_a_case(desk: Archiving) -> None:
    await desk.close_case()
    zhao = desk.who("zhao", "case_officer", unit="u9")
    for path in (f"/v1/archive/cases/{CASE}/timeline", f"/v1/findings?case={CASE}", "/v1/findings", "/v1/dossiers"):
        answer = await desk.send(zhao, "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed"), path
    feng = desk.who("feng", "case_officer", unit="u9")
    assert (await desk.send(feng, "GET", f"/v1/findings?case={CASE}")).status_code == 200


async def test_the_future_is_not_judged(desk: Archiving) -> None:
    await desk.close_case()
    answer = await desk.send(desk.who("ma", "supervisor"), "GET", "/v1/findings?as_of=2025-12-31T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (422, "as_of_ahead")


async def test_a_child_pack_takes_the_place_of_the_rule_that_it_tightens(desk: Archiving) -> None:
    await desk.close_case()
    admin = desk.who("admin", "pack_admin")
    child = {"pack": "demo-xiangyun", "version": "v1", "inherits": "henan-2019", "valid_from": "2025-01-01"}
    laxer = {
        "id": "demo-xiangyun/2.1",
        "overrides": "henan-2019/22.1a",
        "authority_level": "normative_document",
        "parameters": {"storage_deadline": {"value": 48, "unit": "hours"}},
    }
    refused = await desk.send(admin, "POST", "/v1/rules/packs", {**child, "rules": [laxer]})
    assert (refused.status_code, refused.json()["code"]) == (422, "relax_not_allowed")
    assert refused.json()["facts"]["rule"] == "demo-xiangyun/2.1"
    stricter = {
        "id": "demo-xiangyun/3.1",
        "overrides": "henan-2019/21.1",
        "authority_level": "normative_document",
        "stricter": True,
        "parameters": {"archive_deadline": {"value": 15, "unit": "working_days"}},
    }
    loaded = await desk.send(admin, "POST", "/v1/rules/packs", {**child, "version": "v2", "rules": [stricter]})
    assert loaded.status_code == 201, loaded.text
    await desk.settle()
    own = await desk.finding("demo-xiangyun/3.1", CASE)
    assert (own["status"], own["due"], own["pack"]) == ("pending", "2025-10-16T15:59:59Z", "demo-xiangyun@v2")
    assert (await desk.finding("henan-2019/21.1", CASE))["status"] == "not_applicable"
    shown = (await desk.send(admin, "GET", "/v1/rules/packs/demo-xiangyun/v2")).json()
    assert shown["document"]["inherits"] == "henan-2019"


async def test_a_faulty_pack_is_refused_with_file_rule_and_remedy(desk: Archiving) -> None:
    await desk.follow(desk.book.facts[:1])
    wish = {"pack": "town", "version": "1", "text": "pack: town\nversion: '1'\nrulez: []", "file": "town.yaml"}
    refused = await desk.send(desk.who("admin", "pack_admin"), "POST", "/v1/rules/packs", wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "pack_faulty")
    assert "town.yaml" in refused.json()["detail"]
    assert "Add title_zh" in refused.json()["detail_en"]
