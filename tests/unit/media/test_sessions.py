"""A recording with gaps: who may say what of it, and when."""

from collections.abc import Awaitable, Callable

import pytest
from pydantic import ValidationError

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import new_id
from casetrail_media import commands as c
from casetrail_media import service
from support.recordings import BAI, DUAN, FENG, NIU, Recording, code_of

REPORT = c.ReportInterruption(gap=1, reported_to="duan", content="设备无法开机")


async def brought_to(state: str) -> Recording:
    """Return a recording in some state."""
    recording = await Recording().begin()
    if state == "interrupted":
        await recording.interrupt()
    if state == "ended":
        await recording.end()
    return await recording.stored() if state == "stored" else recording


async def test_gaps_are_numbered_and_each_begins_a_segment_when_it_is_resumed() -> None:
    recording = await Recording().begin()
    for _ in range(2):
        await recording.interrupt()
        await recording.resume()
    assert [fact["gap"] for fact in recording.facts("av.session_interrupted")] == [1, 2]
    assert [fact["gap"] for fact in recording.facts("av.session_resumed")] == [1, 2]
    first, second = recording.state.gaps
    assert first.began_at < (first.resumed_at or first.began_at) < second.began_at
    assert [segment.device for segment in recording.state.segments] == [recording.device, *[recording.spare] * 2]
    assert [segment.ended_at for segment in recording.state.segments] == [first.began_at, second.began_at, None]


async def test_a_final_interruption_completes_the_session() -> None:
    recording = await Recording().begin()
    await recording.interrupt(final=True)
    assert (recording.state.state, recording.state.ended_at) == ("ended", recording.state.gaps[0].began_at)
    await recording.declare()


async def test_what_does_not_go_on_after_all_is_ended() -> None:
    recording = await Recording().begin()
    await recording.interrupt()
    cut_at = recording.state.segments[0].ended_at
    await recording.end()
    assert (recording.state.state, recording.state.segments[0].ended_at) == ("ended", cut_at)


@pytest.mark.parametrize("state", ["recording", "interrupted", "ended", "stored"])
@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (Recording.interrupt, {"recording"}),
        (Recording.resume, {"interrupted"}),
        (Recording.end, {"recording", "interrupted"}),
        (Recording.declare, {"ended"}),
        (Recording.annotate, {"recording", "interrupted", "ended", "stored"}),
    ],
)
async def test_each_command_is_taken_in_its_states_only(
    state: str, act: Callable[[Recording], Awaitable[None]], allowed: set[str]
) -> None:
    recording = await brought_to(state)
    assert recording.state.state == state
    if state in allowed:
        await act(recording)
        return
    with pytest.raises(CasetrailError, match="transition_not_allowed"):
        await act(recording)


async def test_the_first_notice_counts() -> None:
    recording = await Recording().begin()
    await recording.annotate()
    told_at = recording.state.notice_at
    await recording.annotate()
    assert recording.state.notice_at == told_at is not None


async def test_what_was_not_there_to_be_filmed_is_said_so() -> None:
    recording = await Recording().begin()
    wish = c.AnnotateSession(not_present=["measures", "service"])
    await recording.do(service.annotate_session(recording.session, wish, FENG))
    (said,) = recording.facts("av.annotated")
    assert (said["not_present"], recording.state.notice_at) == (["measures", "service"], None)


async def test_an_empty_list_is_a_value_and_nothing_at_all_is_none() -> None:
    recording = await Recording().begin()
    await recording.do(service.annotate_session(recording.session, c.AnnotateSession(tags=[]), FENG))
    assert [fact["tags"] for fact in recording.facts("av.annotated")] == [[]]
    with pytest.raises(ValidationError, match="must be given"):
        c.AnnotateSession.model_validate_json("{}")
    with pytest.raises(ValidationError):
        c.AnnotateSession.model_validate_json('{"tags": ["no_such_tag"]}')


async def test_the_head_of_the_unit_is_told_of_a_gap_that_there_is() -> None:
    recording = await Recording().begin()
    await recording.interrupt(final=True)
    await recording.do(service.report_interruption(recording.session, REPORT, FENG))
    (report,) = recording.state.gaps[0].reports
    assert report.reported_to == "duan"
    (fact,) = recording.facts("av.interruption_reported")
    assert (fact["gap"], fact["reported_to"]) == (1, "duan")


@pytest.mark.parametrize("wrong", [{"gap": 2}, {"reported_to": "lv"}, {"reported_to": "nobody"}])
async def test_a_gap_or_a_head_that_there_is_not_is_not_found(wrong: dict[str, object]) -> None:
    recording = await Recording().begin()
    await recording.interrupt(final=True)
    wish = REPORT.model_copy(update=wrong)
    decide = service.report_interruption(recording.session, wish, NIU)
    assert await code_of(decide, recording) == ("not_found", None)


async def test_one_goes_on_only_with_a_device_that_is_registered() -> None:
    recording = await Recording().begin()
    wish = c.ResumeSession(device=new_id("media"), voice_explanation=True)
    assert (await code_of(service.resume_session(recording.session, wish, FENG), recording))[0] == "not_found"


async def test_a_device_out_of_service_is_used_at_the_officers_peril_not_refused() -> None:
    recording = await Recording().begin()
    fault = c.ReportDeviceFault(fault="死机")
    await recording.do(service.report_device_fault(recording.spare, fault, FENG))
    await recording.interrupt()
    await recording.resume()
    assert recording.state.segments[-1].device == recording.spare


@pytest.mark.parametrize("person", [BAI, NIU, DUAN], ids=lambda person: person.person)
async def test_only_officers_say_how_it_was_recorded(person: Principal) -> None:
    recording = await Recording().begin()
    await recording.interrupt()
    session = recording.session
    interrupt = c.InterruptSession(cause="obstruction", description="阻挠", final=False)
    resume = c.ResumeSession(device=recording.device, voice_explanation=False)
    for decide in (
        service.interrupt_session(session, interrupt, person),
        service.resume_session(session, resume, person),
        service.report_interruption(session, REPORT, person),
        service.end_session(session, person),
    ):
        assert (await code_of(decide, recording))[0] == "role_not_allowed"


@pytest.mark.parametrize("segments", [1, 3])
async def test_there_is_one_file_for_each_segment(segments: int) -> None:
    recording = await Recording().begin()
    for _ in range(segments - 1):
        await recording.interrupt()
        await recording.resume()
    await recording.end()
    for files in (segments - 1, segments + 1):
        wish = recording.declaration().model_copy(update={"files": [recording.declaration().files[0]] * files})
        decide = service.declare_upload(recording.session, wish, FENG)
        assert (await code_of(decide, recording))[0] == "files_unlike_segments"
    await recording.declare()


async def test_of_photos_there_may_be_any_number() -> None:
    recording = await Recording().begin()
    wish = c.StartSession(case=recording.case, kind="photo", mode="photo", device=recording.device)
    recording.session = (await recording.do(service.start_session(wish, FENG))).answer["session"]
    await recording.end()
    await recording.declare(files=7)
