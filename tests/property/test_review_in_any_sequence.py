"""Whatever people and intake do in whatever order, no submission reaches a state it cannot be in, no case is decided
twice, and nothing leaves the agency that nobody granted or that is secret.
"""

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import CaseClosedV1
from casetrail_common.facts.use import AccessExecutedV1
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import last_submission
from support.review import DUAN, HENGYUAN, SONG, Review

EXPECTED = {
    "transition_not_allowed",
    "not_found",
    "legal_review_missing",
    "head_or_collective_missing",
    "head_consent_required",
    "copy_not_approved",
}
MOVES = {
    None: {"proposed"},
    "proposed": {"proposed", "reviewing", "voided"},
    "reviewing": {"reviewing", "returned", "decided", "terminated"},
    "voided": {"voided"},
    "returned": {"returned"},
    "decided": {"decided"},
    "terminated": {"terminated"},
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
    "decide_case",
    "discuss",
    "terminate",
    "close",
)
USES = ("ask", "unit_grants", "head_grants", "head_grants_some", "head_denies", "export", "export_unasked")


class Life:
    """A case to which things happen; intake answers a proposal as it does: once, and never otherwise."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.ids: list[str] = []
        self.closure = ""
        """A closure form that the head agreed to."""
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
            "decide_case": review.decide_case,
            "discuss": lambda: review.discuss(last, "songw"),
            "terminate": lambda: review.terminate(last, form=self.closure),
            "close": self._close,
        }
        before = review.told()
        if (code := await _code_of(acts[name]())) is not None:
            assert code in EXPECTED
            assert review.told() == before

    async def _close(self) -> None:
        """Let intake close the case if review has ended it; intake does so at once, and never otherwise."""
        if self.ids and await self.review.state(self.ids[-1]) is SubmissionState.TERMINATED:
            await self.review.intake(CaseClosedV1(outcome="withdrawn", form=self.closure))

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
        assert (case == "closed") == any(state is SubmissionState.TERMINATED for state in states.values())
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
        await life.review.know("songw", "agency_head")
        life.closure = await life.review.agreed_closure()
        for name in acts:
            await life.act(name)
            await life.check()

    asyncio.run(live())


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(("decide_case", "accept", "void", "submit", "close")), max_size=8))
def test_a_simplified_case_is_decided_at_most_once_and_never_reviewed(acts: list[str]) -> None:
    async def live() -> None:
        review = await Review().begin(simplified=True)
        proposed: str | None = None
        accepted = closed = 0
        for name in acts:
            if name == "decide_case":
                may_decide = not (proposed or accepted or closed)
                code = await _code_of(review.decide_case())
                assert code == (None if may_decide else "transition_not_allowed")
                proposed = str(review.ledger.facts[-1].fields["record"]) if may_decide else proposed
            elif name == "submit":
                assert await _code_of(review.submit()) == "transition_not_allowed"
            elif name == "close" and not accepted and not proposed:
                await review.intake(CaseClosedV1(outcome="no_violation", form="F"))
                closed = 1
            elif proposed and name in {"accept", "void"}:
                await (review.accept if name == "accept" else review.void)(proposed)
                accepted += name == "accept"
                proposed = None
        assert accepted <= 1
        assert (await review.case_state() == "decided") == bool(accepted)

    asyncio.run(live())


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(uses=st.lists(st.sampled_from(USES), max_size=12), pack=st.sampled_from(("henan-2019", "fusong-env")))
def test_nothing_goes_out_that_the_head_has_not_granted_or_that_is_secret(uses: list[str], pack: str) -> None:
    async def live() -> None:
        review = await Review().begin(packs=(pack,))
        secret = await review.add_record("site_record", classification="privacy")
        items, request, granted = (review.form, await review.film(), secret), "", set[str]()
        for use in uses:
            before = len(review.ledger.facts)
            match use:
                case "ask":
                    request, granted = await review.ask(HENGYUAN, *items), set()
                case "unit_grants" if request:
                    await review.rule_on(request, *items, principal=DUAN)
                case "head_grants" | "head_grants_some" if request:
                    some = items[:1] if use.endswith("some") else items
                    await review.rule_on(request, *some, principal=SONG)
                    granted |= set(some)
                case "head_denies" if request:
                    await review.rule_on(request, items[0], result="denied", principal=SONG)
                    granted.discard(items[0])
                case "export" | "export_unasked":
                    asked = request if use == "export" and request else None
                    code = await _code_of(review.export(*items, request=asked))
                    assert code == (None if asked and granted else _REFUSED[asked is not None])
            for fact in review.ledger.facts[before:]:
                if isinstance(fact.payload, AccessExecutedV1):
                    assert set(fact.payload.delivered) == granted - {secret}

    asyncio.run(live())


_REFUSED = {True: "head_consent_required", False: "copy_not_approved"}
"""With which code an export is refused, by whether it names a request."""
