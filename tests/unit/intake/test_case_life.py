"""A case moves along the transitions of the domain model and along no others."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import ContentRef
from casetrail_common.facts.archive import DossierFiledV1, NamedStream, PackLoadedV1
from casetrail_common.facts.intake import (
    Certificate,
    PersonRegisteredV1,
    ReviewAcceptedV1,
    SubmissionVoidedV1,
)
from casetrail_common.facts.review import DecisionIssuedV1, ReviewReturnedV1, ReviewSubmittedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.rules import pack_document
from casetrail_intake import service
from casetrail_intake.commands import (
    AddRecord,
    CloseCase,
    FileInitiation,
    GiveOpinion,
    RegisterCase,
    ServeDocument,
    StartActivity,
)
from casetrail_intake.projections import FOLDS, case_now, react
from support.memory import MemoryLedger

DIGEST = "f" * 64
TEXT = ContentRef(sha256="0" * 64)
ALLOWED = {
    ("registered", "initiation_pending"),  # T02
    ("initiation_pending", "investigating"),  # T03
    ("initiation_pending", "not_initiated"),  # T04
    ("not_initiated", "closed"),  # T14
    ("registered", "closed"),  # not accepted, not pursued
    ("investigating", "reviewing"),  # T15
    ("reviewing", "investigating"),  # T16
    ("reviewing", "decided"),  # T17
    ("investigating", "closed"),  # T19
    ("decided", "executing"),  # T21, T23
    ("executing", "closed"),  # T25
    ("closed", "archived"),  # T27
}


def who(person: str, *roles: str) -> Principal:
    return Principal(person, "xinzheng", "u1", frozenset(roles))


FENG, HEAD, UNIT = who("feng", "case_officer"), who("songw", "agency_head"), who("duan", "unit_head")


class Life:
    """One case in intake's ledger, with whatever the other services might say of it."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger("intake", FOLDS, react)
        self.case = ""
        self.submission: str | None = None

    async def begin(self) -> "Life":
        document = {**pack_document("henan-2019", "2019-06-04"), "conduct_types": ["penalty"]}
        await self.ledger.follow(
            "archive",
            "pack:xinzheng:henan-2019",
            PackLoadedV1(
                pack="henan-2019", version="2019-06-04", valid_from="2019-06-04", sha256=DIGEST, document=document
            ),
        )
        certificate = Certificate(number=TEXT, valid_from="2023-01-01", valid_until="2027-12-31")
        for person, role, kind in (("feng", "case_officer", "staff"), ("hengyuan", "party", "outside")):
            known = PersonRegisteredV1(
                person=person, name=TEXT, kind=kind, roles=[role], certificate=certificate if kind == "staff" else None
            )
            await self.ledger.follow("intake", stream_name("person", "xinzheng", person), known)
        plan = await self.ledger.execute(service.register_case(self.opening(), FENG))
        self.case = plan.answer["case"]
        return self

    @staticmethod
    def opening(**changed: Any) -> RegisterCase:
        wish = {
            "conduct_type": "penalty",
            "procedure": "general",
            "start_mode": "ex_officio",
            "matter": "未按规定查验",
            "parties": ["hengyuan"],
            "officers": ["feng"],
            "responsible_officer": "feng",
        }
        return RegisterCase.model_validate(wish | changed)

    async def state(self) -> str:
        return (await case_now(self.ledger.view(), self.case))[1]

    async def add(self, record_type: str, **more: Any) -> str:
        wish = AddRecord.model_validate({"case": self.case, "type": record_type, "fields": {}} | more)
        return str((await self.ledger.execute(service.add_record(wish, FENG), "feng")).answer["record"])

    async def opine(self, form: str, who: Principal, slot: str, result: str = "agree") -> None:
        wish = GiveOpinion(slot=slot, result=result, opinion="同意。", signed_on=date(2025, 8, 11))  # type: ignore[arg-type]
        await self.ledger.execute(service.give_opinion(form, wish, who), who.person)

    async def agreed(self, record_type: str) -> str:
        form = await self.add(record_type)
        await self.opine(form, HEAD, "head")
        return form

    # What may happen to a case; each either happens or is refused.

    async def file_initiation(self, result: str = "agree") -> None:
        form = await self.add("initiation_approval")
        await self.ledger.execute(service.file_initiation(self.case, FileInitiation(form=form), FENG))
        await self.opine(form, HEAD, "head", result)

    async def reject_initiation(self) -> None:
        await self.file_initiation("disagree")

    async def start_activity(self) -> None:
        wish = StartActivity(kind="inquiry", place="询问室", officers=["feng"], present=["hengyuan"])
        await self.ledger.execute(service.start_activity(self.case, wish, FENG))

    async def submit(self) -> None:
        submission, form = new_id("review"), await self.add("handling_opinion")
        proposal = ReviewSubmittedV1(submission=submission, case=self.case, form=form)
        await self.ledger.follow("review", stream_name("case", "xinzheng", self.case), proposal)
        if isinstance(self.ledger.facts[-1].payload, ReviewAcceptedV1):
            self.submission = submission

    async def decide(self) -> None:
        await self._review(
            lambda: DecisionIssuedV1(
                record=new_id("review"),
                case=self.case,
                submission=self.submission,
                number="1",
                content=TEXT,
                seal="agency",
                issued_on="2025-09-04",
            )
        )

    async def give_back(self) -> None:
        await self._review(lambda: ReviewReturnedV1(submission=self.submission or "", reason=TEXT))

    async def _review(self, fact: Callable[[], DecisionIssuedV1 | ReviewReturnedV1]) -> None:
        if self.submission is not None:  # review itself guards this
            await self.ledger.follow("review", stream_name("case", "xinzheng", self.case), fact())
            self.submission = None

    async def serve(self) -> None:
        in_review = self.ledger.states.get(("in_review", self.case))
        document = in_review.decision if in_review and in_review.decision else new_id("review")
        wish = ServeDocument(document=document, method="direct", recipient="hengyuan", evidence=[])
        await self.ledger.execute(service.serve_document(self.case, wish, FENG))

    async def close(self, outcome: str = "performed") -> None:
        form = await self.agreed("closure_record")
        wish = CloseCase(outcome=outcome, form=form)  # type: ignore[arg-type]
        await self.ledger.execute(service.close_case(self.case, wish, FENG))

    async def drop(self) -> None:
        await self.close("not_initiated")

    async def file_dossier(self) -> None:
        if await self.state() == "closed":  # archive itself guards this
            stream = stream_name("case", "xinzheng", self.case)
            filed = DossierFiledV1(
                dossier=new_id("archive"),
                case=self.case,
                streams=[NamedStream(service="intake", stream=stream)],
                sessions=[],
                retention_class="general",
            )
            await self.ledger.follow("archive", stream, filed)


EVENTS = (
    "file_initiation",
    "reject_initiation",
    "start_activity",
    "submit",
    "decide",
    "give_back",
    "serve",
    "close",
    "drop",
    "file_dossier",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EVENTS), max_size=14))
async def test_no_sequence_of_commands_leaves_the_transitions_of_the_model(events: list[str]) -> None:
    life = await Life().begin()
    before = await life.state()
    for event in events:
        step: Callable[[], Awaitable[None]] = getattr(life, event)
        with contextlib.suppress(CasetrailError):
            await step()
        after = await life.state()
        passed = {(before, after), (before, "initiation_pending"), ("initiation_pending", after)}
        assert before == after or passed & ALLOWED, f"{event}: {before} -> {after}"
        before = after


async def test_the_ordinary_life_of_a_case_ends_in_the_archive() -> None:
    life = await Life().begin()
    seen = [await life.state()]
    for event in ("file_initiation", "start_activity", "submit", "decide", "serve", "close", "file_dossier"):
        await getattr(life, event)()
        seen.append(await life.state())
    assert seen == [
        "registered",
        "investigating",
        "investigating",
        "reviewing",
        "decided",
        "executing",
        "closed",
        "archived",
    ]


async def test_a_returned_submission_opens_the_case_again_and_the_next_one_counts() -> None:
    life = await Life().begin()
    for event in ("file_initiation", "submit", "give_back", "submit", "decide"):
        await getattr(life, event)()
    assert await life.state() == "decided"


async def test_a_submission_that_finds_the_case_elsewhere_is_voided() -> None:
    life = await Life().begin()
    await life.submit()
    assert isinstance(life.ledger.facts[-1].payload, SubmissionVoidedV1)
    assert await life.state() == "registered"


async def test_the_form_of_a_voided_submission_takes_its_opinions_at_intake_again() -> None:
    life = await Life().begin()
    await life.submit()
    form = next(iter(life.ledger.states["in_review", life.case].forms))
    await life.opine(form, UNIT, "unit")


async def test_a_submitted_form_takes_its_opinions_in_review() -> None:
    life = await Life().begin()
    await life.file_initiation()
    await life.submit()
    form = next(iter(life.ledger.states["in_review", life.case].forms))
    with pytest.raises(CasetrailError) as refused:
        await life.opine(form, UNIT, "unit")
    assert refused.value.code == "form_submitted"
    assert str(life.submission) in str(refused.value.facts["link"])


async def test_nobody_approves_what_is_their_own() -> None:
    life = await Life().begin()
    form = await life.add("closure_record")
    with pytest.raises(CasetrailError) as refused:
        await life.opine(form, who("feng", "case_officer", "agency_head"), "head")
    assert refused.value.code == "role_not_allowed"


async def test_the_head_opening_a_form_by_disagreeing_opens_no_gate() -> None:
    life = await Life().begin()
    await life.file_initiation()
    form = await life.add("closure_record")
    await life.opine(form, HEAD, "head", "disagree")
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.close_case(life.case, CloseCase(outcome="no_violation", form=form), FENG))
    assert refused.value.code == "transition_not_allowed"


async def test_a_case_of_a_kind_that_no_pack_covers_is_not_opened() -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.register_case(life.opening(conduct_type="levy"), FENG))
    assert refused.value.code == "conduct_type_out_of_scope"


async def test_an_attempt_to_change_a_record_is_refused_and_remembered() -> None:
    life = await Life().begin()
    record = await life.add("case_source_register")
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.refuse_change(record, "modify_original"))
    assert (refused.value.code, refused.value.clause) == ("worm_protected", "henan-2019/24.1a")
    assert life.ledger.facts[-1].type == "incident.recorded"


@pytest.mark.parametrize(
    ("changed", "code"), [({"seal": None}, "seal_missing"), ({"issued_on": None}, "issue_date_missing")]
)
async def test_what_leaves_the_agency_bears_seal_and_date(changed: dict[str, Any], code: str) -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.add("prior_notice", **({"seal": "agency", "issued_on": date(2025, 8, 11)} | changed))
    assert refused.value.code == code


async def test_a_decision_document_is_made_by_a_decision_only() -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.add("decision_document", seal="agency", issued_on=date(2025, 8, 11))
    assert refused.value.code == "field_missing"
