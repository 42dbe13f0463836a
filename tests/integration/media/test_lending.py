"""Who has no part in a case sees and plays its recordings only under an approved request."""

from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.ids import new_id, stream_name
from support.filming import Filming


async def test_a_recording_and_its_original_are_lent_and_each_look_is_recorded(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    wu = desk.who("wu", "case_officer", unit="u9")
    item, original = f"/v1/items/{session}", f"/v1/media/sessions/{session}/files/1/content"
    for path in (item, original):
        refused = await desk.send(wu, "GET", path)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_not_approved")
        assert refused.json()["clause"] == "henan-2019/24.2"
    await desk.grant_wu(session)
    assert (await desk.send(wu, "GET", item)).json()["session"] == session
    assert (await desk.send(wu, "GET", original)).content == video
    told = [fact.type for fact in await desk.facts(session)]
    assert told[-4:] == [*["incident.recorded"] * 2, *["access.executed"] * 2]
    assert (await desk.send(desk.feng, "GET", item)).status_code == 200
    assert [fact.type for fact in await desk.facts(session)] == told
    refused = await desk.send(desk.feng, "GET", f"{item}?as_borrower=true")
    assert (refused.status_code, refused.json()["code"]) == (403, "access_not_approved")


async def test_once_filed_the_incident_lies_on_the_dossier_for_a_law_that_speaks_of_dossiers(
    desk: Filming, video: bytes
) -> None:
    await desk.enact("jining-aic-2017")
    session, dossier = await desk.stored(video), new_id("archive")
    stream = NamedStream(service="media", stream=stream_name("session", desk.agency, session))
    case = desk.ids["case"]
    filed = DossierFiledV1(dossier=dossier, case=case, streams=[stream], sessions=[], retention_class="general")
    await desk.follow("archive", stream_name("case", desk.agency, case), filed)
    await desk.send(desk.who("wu", "case_officer", unit="u9"), "GET", f"/v1/items/{session}")
    incidents = [fact for fact in await desk.facts(session) if fact.type == "incident.recorded"]
    assert [(fact.fields["item"], fact.fields["clause"]) for fact in incidents] == [
        (session, "henan-2019/24.2"),
        (dossier, "jining-aic-2017/21.1b"),
    ]
