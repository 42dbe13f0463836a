"""What people may do with carriers and filed dossiers, and lay down, that an ordinary case does not need."""

from casetrail_embedded.demo import cast
from support.noting import NotingClient

FENG, QIN = cast.FENG.login, cast.QIN.login


async def act_in_archive(client: NotingClient, *, case: str, dossier: str, session: str, record: str) -> str:
    """Do each of it once; return the id of a carrier."""
    await _lay_down(client)
    annotations = {"annotations": {"maker": "冯建国"}}
    made = {"sessions": [session], "medium": "disc", **annotations}
    disc = str((await client.post(FENG, "/v1/discs", made))["disc"])
    await client.post(FENG, f"/v1/discs/{disc}/annotations", annotations)
    path = f"/v1/dossiers/{dossier}"
    await client.post(QIN, f"{path}/transfers", {"to": "市档案室", "received_by": cast.QIN.person})
    await client.post(QIN, f"{path}/retention", {"years": 12})
    more = {"reason": "补充送达回证", "records": [record], "sessions": [session]}
    await client.post(QIN, f"{path}/supplements", more)
    await client.post(FENG, f"/v1/archive/cases/{case}/long-term-marks", {"reason": "社会关注"})
    override = {"authority_level": "law", "source": "某法第一条", "years": 20}
    await client.post(QIN, f"/v1/archive/cases/{case}/retention-overrides", override)
    return disc


async def _lay_down(client: NotingClient) -> None:
    plan = {"conduct_type": "penalty", "procedure": "general", "version": "RP-2025-2", "valid_from": "2025-01-01"}
    await client.post(cast.ADMINISTRATOR, "/v1/record-plans", plan)
    steps = [{"step": "review", "from": "acceptance", "limit": {"value": 5, "unit": "working_days"}}]
    item = {"item": "food_permit", "name": "食品经营许可", "steps": steps}
    await client.post(cast.ADMINISTRATOR, "/v1/permit-items", item)
