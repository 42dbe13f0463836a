"""Cases and agencies of the application as it runs."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from casetrail_embedded.demo.story import initiate
from support.access_acts import ask_and_take_out
from support.application import Application
from support.keeping_acts import act_in_archive
from support.media_acts import act_in_media
from support.noting import Noted
from support.operations import Example, examples
from support.supervising_acts import supervise
from support.telling import Told, UnhurriedStory, Videos, in_own_loop, make_videos, new_county, told_whole


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Videos:
    """The recordings of the story."""
    return make_videos(tmp_path_factory.mktemp("videos"))


@pytest.fixture(scope="session")
def told(application: Application, videos: Videos, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A case told to its end, for tests that only look."""
    folder: Path = tmp_path_factory.mktemp("dossier")
    return in_own_loop(lambda: told_whole(application, videos, folder))


@pytest.fixture
async def county(application: Application, videos: Videos) -> AsyncIterator[UnhurriedStory]:
    """An agency of the test's own, ready to open cases."""
    async with application.client() as client:
        yield await new_county(client, videos)


@pytest.fixture
async def case(county: UnhurriedStory) -> UnhurriedStory:
    """A case of the test's own whose initiation was approved."""
    await initiate(county)
    return county


@pytest.fixture(scope="session")
def other_acts(told: Told, application: Application) -> list[Noted]:
    """What may be done beyond the told case with recordings, devices, carriers and copies, once in its agency."""

    async def act() -> list[Noted]:
        activity = told.answer(f"{told.ids['case']}/activities")["activity"]
        async with application.client(told.agency) as client:
            await act_in_media(client, device=told.ids["device"], activity=activity, stored=told.ids["inquiry_session"])
            ids = {name: told.ids[name] for name in ("case", "dossier")}
            await act_in_archive(client, **ids, session=told.ids["inquiry_session"], record=told.ids["inquiry_record"])
            await ask_and_take_out(client, record=told.ids["inquiry_record"])
            await supervise(client, case=told.ids["case"])
            return client.noted

    return in_own_loop(act)


@pytest.fixture
async def sent(told: Told, application: Application, other_acts: list[Noted]) -> list[Example]:
    """An acceptable request for every operation that sends something."""
    async with httpx.AsyncClient(base_url=application.url, timeout=60) as http:
        schema = (await http.get("/openapi.json")).json()
    case, submission = told.ids["case"], told.ids["submission"]
    more = {
        f"POST /v1/cases/{case}/flags": {"target": case, "flag": "major", "reason": "案情复杂"},
        f"POST /v1/cases/{case}/erasures": {"reason": "retention_expired"},
        f"POST /v1/records/{told.ids['source']}/marks": {"marks": [{"by": "feng", "as": "officer"}]},
        f"POST /v1/reviews/{submission}/return": {"reason": "补充证据"},
        **_review_acts(told),
        "POST /v1/rules/parameters": {"values": {"access_approver": "agency_head"}},
        **{f"POST /v1/cases/{case}/{path}": body for path, body in _case_acts(told).items()},
        **{f"POST /v1/records/{told.ids['inquiry_record']}/{path}": body for path, body in _RECORD_ACTS.items()},
        "POST /v1/people/returns": {"officers": ["feng"]},
        "POST /v1/people/delegations": {"deputy": "duan", "valid_from": "2025-08-01", "reason": "外出培训"},
    }
    return examples(schema, [*told.noted, *other_acts], more)


_RECORD_ACTS: Final[Mapping[str, Any]] = {
    "refusals": {"party": "hengyuan", "note": "拒绝签名", "officers": ["feng", "lv"]},
    "corrections": {"corrections": [{"id": "c1", "position": "第二页", "before": "三件", "after": "七件"}]},
}


def _review_acts(told: Told) -> dict[str, Any]:
    """Return acts of review that the told case did not need."""
    review, decision = (
        f"POST /v1/reviews/{told.ids['submission']}",
        {"number": "1", "content": "罚款", "seal": "agency"},
    )
    views = [{"member": "songw", "view": "同意"}]
    return {
        f"{review}/discussion": {"views": views, "conclusion": "同意处罚", "result": "agree"},
        f"{review}/termination": {"outcome": "withdrawn", "form": told.ids["closure"], "reason": "撤回"},
        "POST /v1/decisions": {"case": told.ids["case"], **decision, "issued_on": "2025-09-04"},
    }


def _case_acts(told: Told) -> dict[str, Any]:
    """Return acts that the told case did not need."""
    return {
        "emergency": {"reason": "排污正在进行"},
        "opening": {"ground": "inspection_task"},
        "supplement-requests": {"record": told.ids["source"]},
        "refusal": {"reason": "不属于本机关职权"},
        "conversion": {
            "conduct_type": "penalty",
            "procedure": "general",
            "matter": "查验不全",
            "parties": ["hengyuan"],
            "reason": "检查发现违法",
        },
        "end": {"outcome": "terminated", "form": told.ids["closure"], "reason": "当事人已注销"},
        "service-failures": {
            "document": told.ids["decision"],
            "method": "direct",
            "recipient": "hengyuan",
            "note": "无人应答",
        },
        "party-events": {"kind": "objection", "party": "hengyuan", "description": "不服"},
        "measures": {"kind": "seizure", "object": "分拣机一台"},
    }
