"""Nothing that media owns is changed or deleted, whatever it is; and sessions are known to the cases they come to."""

import pytest

from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import ServicePerformedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_media import commands as c
from casetrail_media import service
from casetrail_media.service.items import found_item
from casetrail_media.showing import session_told
from support.recordings import AGENCY, BAI, FENG, HENAN, Recording, code_of, incidents

JINING = ("jining-aic-2017", "2017-11-21")
PENGYANG = ("pengyang-2019", "undated")


async def items_of(recording: Recording) -> dict[str, str]:
    """Return one item of each kind."""
    await recording.stored()
    fault = await recording.do(service.report_device_fault(recording.device, c.ReportDeviceFault(fault="死机"), FENG))
    wish = c.CreateDerivative(description="遮挡")
    copy = await recording.do(service.create_derivative(recording.session, wish, BAI))
    return {"session": recording.session, "record": fault.answer["record"], "derivative": copy.answer["derivative"]}


@pytest.mark.parametrize("command", ["modify_original", "delete_original"])
@pytest.mark.parametrize(
    ("pack", "of_session", "of_record"),
    [
        (HENAN, "henan-2019/24.1a", "henan-2019/24.1a"),
        (JINING, "jining-aic-2017/27.1(1)", "jining-aic-2017/27.1(4)"),
        (PENGYANG, "pengyang-2019/15.1(1)", "pengyang-2019/15.1(3)"),
        (("qinghe-2019", "2019-12-01"), "qinghe-2019/19.1", "qinghe-2019/19.1"),
        (("fusong-env", "undated"), None, None),
    ],
    ids=lambda value: str(value and value[0]),
)
async def test_whatever_is_attempted_on_an_item_offends_the_clause_for_its_kind(
    pack: tuple[str, str], of_session: str | None, of_record: str | None, command: str
) -> None:
    recording = await Recording().begin(pack)
    items = await items_of(recording)
    for kind, clause in (("session", of_session), ("record", of_record)):
        told = len(incidents(recording))
        refused = await code_of(service.refuse_change(items[kind], command), recording)
        assert refused == ("worm_protected", clause)
        expected = {"item": items[kind], "code": "worm_protected", "clause": clause, "command": command}
        assert list(incidents(recording)[told:]) == ([expected] if clause else [])
    assert (await code_of(service.refuse_change(items["derivative"], command), recording))[0] == "worm_protected"
    assert (await code_of(service.refuse_change(new_id("media"), command), recording))[0] == "not_found"


async def test_an_attempt_is_told_in_the_stream_of_the_object() -> None:
    recording = await Recording().begin()
    items = await items_of(recording)
    for kind, stream in (
        ("session", stream_name("session", AGENCY, recording.session)),
        ("derivative", stream_name("session", AGENCY, recording.session)),
        ("record", stream_name("device", AGENCY, recording.device)),
    ):
        item = await found_item(recording.ledger.view(), items[kind])
        assert (item.kind, item.stream) == (kind, stream)


async def test_a_session_that_an_act_names_later_belongs_to_its_case() -> None:
    recording = await Recording().begin(linked=False)
    assert recording.state.case is None
    activity = await recording.act(recording.session)
    links = recording.ledger.states["links", recording.session]
    told = session_told(recording.session, recording.state, links, position=1)
    assert (told["case"], told["activities"]) == (recording.case, [activity])
    assert recording.ledger.states["recordings", recording.case].sessions == (recording.session,)
    assert recording.facts("session.linked") == [], "intake's fact names the stream already"


async def test_a_session_that_only_a_service_names_is_linked_by_media_once() -> None:
    recording = await Recording().begin(linked=False)
    stream = stream_name("session", AGENCY, recording.session)
    head = recording.ledger.facts[-1]
    for _ in range(2):
        served = ServicePerformedV1(
            service=new_id("intake"),
            document=new_id("intake"),
            method="leave",
            recipient="hengyuan",
            evidence=[],
            sessions=[recording.session],
        )
        await recording.follow("intake", "case", recording.case, served)
    assert recording.facts("session.linked") == [
        {"session": recording.session, "stream": stream, "position": 1, "hash": head.hash.hex()}
    ]


async def test_a_dossier_seals_the_stream_of_a_session_that_was_linked_later() -> None:
    recording = await Recording().begin(linked=False)
    await recording.act(recording.session)
    stream = stream_name("session", AGENCY, recording.session)
    filed = DossierFiledV1(
        dossier=new_id("archive"),
        case=recording.case,
        streams=[NamedStream(service="media", stream=stream)],
        sessions=[recording.session],
        retention_class="general",
    )
    await recording.follow("archive", "case", recording.case, filed)
    assert [fact["count"] for fact in recording.facts("stream.sealed")] == [1]


async def test_when_intake_disposes_of_a_case_media_disposes_of_its_recordings_words_once() -> None:
    recording = await Recording().begin(linked=False)
    await recording.act(recording.session)
    await recording.interrupt()
    data = c.CollectElectronicData(activity=recording.activity, description="电子台账")
    await recording.do(service.collect_electronic_data(data, FENG))
    words = [recording.facts("av.session_interrupted")[0], recording.facts("electronic_data.collected")[0]]
    for _ in range(2):
        erased = ContentErasedV1(case=recording.case, commitments=[], reason="retention_expired")
        await recording.follow("intake", "case", recording.case, erased)
    (ours,) = recording.facts("content.erased")
    assert sorted(ours["commitments"]) == sorted(fact["description"]["sha256"] for fact in words)
    assert ours["case"] == recording.case
