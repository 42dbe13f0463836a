"""A recording moves from start to locked originals, and never back, in whatever order people try."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.ids import new_id, stream_name
from casetrail_media import commands as c
from casetrail_media import service
from casetrail_media.domain.session import Session
from casetrail_media.projections import FOLDS, SESSION, UPLOAD, react
from support.recordings import AGENCY, BAI, FENG, Recording

Act = Callable[[Recording], Awaitable[Any]]


async def give_up(life: Recording) -> None:
    """Say that it will not go on."""
    await life.interrupt(final=True)


async def report(life: Recording) -> None:
    """Tell the head of the unit of the first gap."""
    wish = c.ReportInterruption(gap=1, reported_to="duan", content="设备损坏")
    await life.do(service.report_interruption(life.session, wish, FENG))


async def excuse(life: Recording) -> None:
    """Say why it comes late."""
    wish = c.RecordStorageException(ground="remote", reason="驻地无网络")
    await life.do(service.record_storage_exception(life.session, wish, FENG))


async def hand_over(life: Recording) -> None:
    """Give it into somebody else's keeping."""
    await life.do(service.set_custodian(life.session, c.SetCustodian(custodian="niu"), BAI))


async def keep(life: Recording) -> None:
    """Try to keep what one recorded oneself."""
    await life.do(service.set_custodian(life.session, c.SetCustodian(custodian="feng"), FENG))


async def mark(life: Recording) -> None:
    """Say what it proves."""
    await life.do(service.mark_evidence(life.session, c.MarkEvidence(proves="经过"), FENG))


async def copy(life: Recording) -> None:
    """Make a redacted copy."""
    await life.do(service.create_derivative(life.session, c.CreateDerivative(description="遮挡"), BAI))


async def tamper(life: Recording) -> None:
    """Try to change it."""
    await life.do(service.refuse_change(life.session, "modify_original"))


ACTS: tuple[Act, ...] = (
    Recording.annotate,
    Recording.interrupt,
    Recording.resume,
    give_up,
    report,
    Recording.end,
    Recording.declare,
    Recording.receive,
    Recording.store,
    Recording.reject,
    excuse,
    hand_over,
    keep,
    mark,
    copy,
    tamper,
)
ORDER = {"recording": 0, "interrupted": 0, "ended": 1, "stored": 2}
REFUSALS = {"transition_not_allowed", "not_found", "self_custody", "worm_protected"}
RECORDED = {"self_custody", "worm_protected"}
"""Refusals that leave an incident, and nothing else."""


async def code_of(doing: Awaitable[Any]) -> str | None:
    try:
        await doing
    except CasetrailError as refused:
        return refused.code
    return None


def require_sound(session: Session) -> None:
    """Insist on what holds of a recording at any time."""
    resumed = [gap for gap in session.gaps if gap.resumed_at]
    assert len(session.segments) == len(resumed) + 1
    assert all(gap.resumed_at for gap in session.gaps[:-1]), "only the last gap may be open"
    running = [segment for segment in session.segments if segment.ended_at is None]
    assert len(running) == (1 if session.state == "recording" else 0)
    assert (session.ended_at is None) == (session.state in {"recording", "interrupted"})
    assert not any(gap.final for gap in session.gaps[:-1])
    assert session.custodian != session.recorder
    assert bool(session.files) == (session.state == "stored")
    assert len(session.files) in {0, len(session.segments)}
    assert not session.derivatives or session.state == "stored"


@example([Recording.end, Recording.declare, Recording.receive, Recording.reject, Recording.declare, Recording.receive])
@example(
    [Recording.interrupt, Recording.resume, give_up, report, Recording.declare, Recording.receive, Recording.store]
)
@example([Recording.end, Recording.declare, Recording.receive, Recording.store, hand_over, copy, tamper, keep])
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(ACTS), max_size=16))
def test_a_recording_never_moves_back_and_is_stored_once(acts: list[Act]) -> None:
    async def live() -> None:
        life = await Recording().begin()
        for act in acts:
            before, facts = life.state, len(life.ledger.facts)
            code = await code_of(act(life))
            new = [fact.type for fact in life.ledger.facts[facts:]]
            assert code is None or code in REFUSALS
            assert code is None or set(new) == ({"incident.recorded"} if code in RECORDED else set())
            assert ORDER[life.state.state] >= ORDER[before.state]
            assert before.notice_at is None or life.state.notice_at == before.notice_at
            assert life.state.gaps[: len(before.gaps) - 1] == before.gaps[:-1] or act is report
            require_sound(life.state)
        kinds = [fact.type for fact in life.ledger.facts]
        assert kinds.count("av.stored") <= 1
        assert kinds.count("av.received") == kinds.count("av.stored") + kinds.count("av.rejected") + (
            sum(1 for one in life.uploads if life.ledger.states["upload", one].state == "received")
        )
        assert (life.state.state == "stored") == (kinds.count("av.stored") == 1)

    asyncio.run(live())


@given(st.lists(st.sampled_from(ACTS), max_size=12))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_state_is_read_back_as_it_was_kept(acts: list[Act]) -> None:
    async def live() -> None:
        life = await Recording().begin()
        for act in acts:
            await code_of(act(life))
        folds = {fold.kind: fold for fold in FOLDS}
        for (kind, _), state in life.ledger.states.items():
            assert state is None or folds[kind].load(folds[kind].dump(state)) == state

    asyncio.run(live())


async def test_only_what_is_received_is_to_be_verified() -> None:
    life = await Recording().begin()
    await life.end()
    await life.declare()
    jobs = [await react(fact, life.ledger.view()) for fact in life.ledger.facts]
    assert [job for one in jobs for job in one.jobs] == []
    await life.receive()
    (job,) = (await react(life.ledger.facts[-1], life.ledger.view())).jobs
    assert (job.kind, job.key) == ("verify", life.uploads[0])


async def test_a_dossier_seals_the_streams_of_its_recordings() -> None:
    life = await Recording().begin()
    await life.end()
    stream = stream_name("session", AGENCY, life.session)
    before = [fact for fact in life.ledger.facts if fact.stream == stream]
    filed = DossierFiledV1(
        dossier=new_id("archive"),
        case=life.case,
        streams=[NamedStream(service="media", stream=stream), NamedStream(service="intake", stream="case:x:y")],
        sessions=[life.session],
        retention_class="general",
    )
    await life.follow("archive", "case", life.case, filed)
    sealed = life.ledger.facts[-1]
    assert (sealed.type, sealed.stream) == ("stream.sealed", stream)
    assert (sealed.fields["count"], sealed.fields["head"]) == (len(before), before[-1].hash.hex())


@pytest.mark.parametrize("fold", [SESSION, UPLOAD])
async def test_the_state_of_a_stored_recording_is_read_back_as_it_was_kept(fold: Any) -> None:
    life = await (await Recording().begin()).stored()
    state = life.ledger.states[fold.kind, life.session if fold is SESSION else life.uploads[0]]
    assert fold.load(fold.dump(state)) == state
