"""How recording is supervised, and how law is tried out, which an ordinary case does not need."""

from casetrail_embedded.demo import cast
from support.noting import NotingClient


async def supervise(client: NotingClient, *, case: str) -> str:
    """Do each of it once; return the id of a rectification."""
    ma, path = cast.MA.login, "/v1/archive"
    held = {"method": "dossier_review", "cases": [case], "findings": "储存不及时一处", "breaches": 1}
    round_ = (await client.post(ma, f"{path}/supervision-rounds", held))["round"]
    demand = {"unit": "u1", "round": round_, "case": case, "demand": "当日储存音像记录"}
    rectification = str((await client.post(ma, f"{path}/rectifications", demand))["rectification"])
    await client.post(ma, f"{path}/rectifications/{rectification}/closure", {"result": "已整改"})
    report = {"kind": "statistics", "first": "2025-07-01", "last": "2025-09-30", "purposes": ["supervision"]}
    await client.post(ma, f"{path}/reports", report)
    await client.post(cast.ADMINISTRATOR, "/v1/rules/replays", {"calendar": {"calendar": "CN-2024-2026"}})
    return rectification
