"""Whatever people and intake do in whatever order, no submission reaches a state it cannot be in."""

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrail_common.errors import CasetrailError
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import last_submission
from support.review import Review

EXPECTED = {"transition_not_allowed", "not_found", "legal_review_missing", "head_or_collective_missing"}
MOVES = {
    None: {"proposed"},
    "proposed": {"proposed", "reviewing", "voided"},
    "reviewing": {"reviewing", "returned", "decided"},
    "voided": {"voided"},
    "returned": {"returned"},
    "decided": {"decided"},
}
"""Which states a submission may have after each step, by the one before it."""

ACTS = (
    "submit",
    "accept",
    "void",
    "unit",
    "legal",
    "head",
    "head_disagrees",
    "send_back",
    "decide",
    "decide_an_earlier_one",
)


class Life:
    """A case to which things happen; intake answers a proposal as it does: once, and never otherwise."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.ids: list[str] = []
        self.stands: dict[str, SubmissionState | None] = {}

    async def act(self, name: str) -> None:
        """Try something."""
        last = self.ids[-1] if self.ids else "r-00000000-0000-7000-8000-000000000000"
        first = self.ids[0] if self.ids else last
        review = self.review
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "submit": self._submit,
            "accept": lambda: self._answer(review.accept),
            "void": lambda: self._answer(review.void),
            "unit": lambda: review.opine(last, "unit"),
            "legal": lambda: review.opine(last, "legal"),
            "head": lambda: review.opine(last, "head"),
            "head_disagrees": lambda: review.opine(last, "head", "disagree"),
            "send_back": lambda: review.send_back(last),
            "decide": lambda: review.decide(last),
            "decide_an_earlier_one": lambda: review.decide(first),
        }
        before = review.told()
        if (code := await _code_of(acts[name]())) is not None:
            assert code in EXPECTED
            assert review.told() == before

    async def _submit(self) -> None:
        self.ids.append(await self.review.submit())

    async def _answer(self, answer: Callable[[str], Awaitable[None]]) -> None:
        if self.ids and await self.review.state(self.ids[-1]) is SubmissionState.PROPOSED:
            await answer(self.ids[-1])

    async def check(self) -> None:
        """Compare every submission with where it stood before."""
        states = {one: await self.review.state(one) for one in self.ids}
        for one, state in states.items():
            assert state in MOVES[self.stands.get(one)]
        assert all(not states[one].is_open for one in self.ids[:-1])
        decided = [one for one, state in states.items() if state is SubmissionState.DECIDED]
        assert len(decided) <= 1
        assert not decided or decided == self.ids[-1:]
        case = await self.review.case_state()
        assert (case == "decided") == bool(decided)
        assert (case == "reviewing") == any(state is SubmissionState.REVIEWING for state in states.values())
        last = await last_submission(self.review.ledger.view(), self.review.case)
        assert (last.submission.id if last else None) == (self.ids[-1] if self.ids else None)
        self.stands = dict(states)


async def _code_of(act: Awaitable[object]) -> str | None:
    """Return with which code an act was refused; None if it happened."""
    try:
        await act
    except CasetrailError as refused:
        return refused.code
    return None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=14), law=st.booleans())
def test_no_sequence_of_acts_reaches_an_illegal_state(acts: list[str], law: bool) -> None:
    async def live() -> None:
        life = Life(await Review().begin(law=law))
        for name in acts:
            await life.act(name)
            await life.check()

    asyncio.run(live())
