"""One case in review's ledger in memory, with whatever intake and archive might say of it."""

from datetime import date
from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.facts.intake import (
    CaseRegisteredV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    RecordAddedV1,
    ReviewAcceptedV1,
    SubmissionVoidedV1,
)
from casetrail_common.ids import new_id, stream_name
from casetrail_common.rules.loader import pack_document
from casetrail_review.commands import GiveOpinion, IssueDecision, ReturnSubmission, SubmitReview
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_case, found_submission, standing_of
from casetrail_review.projections import FOLDS, react
from casetrail_review.service.decisions import issue_decision
from casetrail_review.service.opinions import give_opinion
from casetrail_review.service.submissions import return_submission, submit_review
from support.memory import MemoryLedger

AGENCY = "xinzheng"
TEXT = ContentRef(sha256="0" * 64)


def who(person: str, *roles: str, unit: str = "u1") -> Principal:
    """Return somebody of the agency."""
    return Principal(person, AGENCY, unit, frozenset(roles))


FENG = who("feng", "case_officer")
DUAN = who("duan", "unit_head")
MA = who("ma", "legal_reviewer", unit="u2")
SONG = who("songw", "agency_head", unit="u0")
SIGNATORY = {"undertaker": FENG, "unit": DUAN, "reviewer": DUAN, "legal": MA, "head": SONG}


class Review:
    """A case that is being investigated by feng and lv, with a handling opinion made."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger("review", FOLDS, react)
        self.case, self.form = new_id("intake"), new_id("intake")

    async def begin(self, *, conduct_type: str = "penalty", law: bool = False) -> "Review":
        """Let intake tell of the case; with the law of Henan in force if asked for."""
        if law:
            document = pack_document("henan-2019", "2019-06-04")
            await self.ledger.follow(
                "archive",
                f"pack:{AGENCY}:henan-2019",
                PackLoadedV1(
                    pack="henan-2019",
                    version="2019-06-04",
                    valid_from=date(2019, 6, 4),
                    sha256="1" * 64,
                    document=document,
                ),
            )
        await self.intake(
            CaseRegisteredV1.model_validate(
                {
                    "case": self.case,
                    "conduct_type": conduct_type,
                    "procedure": "general" if conduct_type == "penalty" else "none",
                    "start_mode": "ex_officio",
                    "matter": TEXT,
                    "parties": ["hengyuan"],
                    "officers": ["feng", "lv"],
                    "responsible_officer": "feng",
                    "unit": "u1",
                }
            ),
            InitiationFiledV1(form=new_id("intake")),
            InitiationApprovedV1(form=new_id("intake")),
        )
        await self.add_record("handling_opinion", self.form)
        return self

    async def intake(self, *payloads: Payload) -> None:
        """Follow facts of intake about the case."""
        await self.ledger.follow("intake", stream_name("case", AGENCY, self.case), *payloads)

    async def add_record(self, record_type: str, record: str | None = None, *, case: str | None = None) -> str:
        """Let intake tell of a record."""
        added = RecordAddedV1(
            record=record or new_id("intake"),
            record_type=record_type,
            case=case or self.case,
            fields={},
            filled=[],
            author="feng",
        )
        await self.ledger.follow("intake", stream_name("case", AGENCY, case or self.case), added)
        return added.record

    async def submit(self, principal: Principal = FENG, **changed: Any) -> str:
        """Submit the handling opinion; intake has not answered yet."""
        wish = SubmitReview.model_validate({"case": self.case, "form": self.form} | changed)
        plan = await self.ledger.execute(submit_review(wish, principal), principal.person)
        return str(plan.answer["submission"])

    async def submitted(self, principal: Principal = FENG) -> str:
        """Submit the handling opinion, and have intake accept it."""
        submission = await self.submit(principal)
        await self.accept(submission)
        return submission

    async def accept(self, submission: str) -> None:
        """Let intake accept a submission."""
        await self.intake(ReviewAcceptedV1(submission=submission))

    async def void(self, submission: str) -> None:
        """Let intake void a submission."""
        await self.intake(SubmissionVoidedV1(submission=submission, code="transition_not_allowed"))

    async def opine(
        self, submission: str, slot: str, result: str = "agree", principal: Principal | None = None
    ) -> None:
        """Give an opinion as whoever the slot belongs to."""
        principal = principal or SIGNATORY[slot]
        wish = GiveOpinion.model_validate(
            {"slot": slot, "result": result, "opinion": "同意。", "signed_on": date(2025, 8, 29)}
        )
        await self.ledger.execute(give_opinion(submission, wish, principal), principal.person)

    async def send_back(self, submission: str, principal: Principal = MA) -> None:
        """Return a submission."""
        wish = ReturnSubmission(reason="证据不足。")
        await self.ledger.execute(return_submission(submission, wish, principal), principal.person)

    async def decide(self, submission: str, principal: Principal = FENG) -> str:
        """Issue the decision."""
        wish = IssueDecision(
            number="新执罚〔2025〕58号", content="罚款一万元", seal="agency", issued_on=date(2025, 9, 4)
        )
        plan = await self.ledger.execute(issue_decision(submission, wish, principal), principal.person)
        return str(plan.answer["record"])

    async def lying(self, submission: str) -> Lying:
        """Return a submission as it lies."""
        return await found_submission(self.ledger.view(), submission)

    async def state(self, submission: str) -> SubmissionState:
        """Return where a submission stands."""
        return (await self.lying(submission)).state

    async def case_state(self) -> str:
        """Return where the case stands."""
        view = self.ledger.view()
        return await standing_of(view, await found_case(view, self.case))

    def told(self) -> list[str]:
        """Return the types of review's own facts so far."""
        return [fact.type for fact in self.ledger.facts]
