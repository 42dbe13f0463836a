"""One case in review's ledger in memory, with whatever intake and archive might say of it."""

from datetime import date
from hashlib import sha256
from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.acts import InvestigationOpenedV1
from casetrail_common.facts.archive import DossierFiledV1, PackLoadedV1, ParametersSetV1
from casetrail_common.facts.intake import (
    CaseRegisteredV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    OpinionGivenV1,
    PersonRegisteredV1,
    RecordAddedV1,
    ReviewAcceptedV1,
    SubmissionVoidedV1,
)
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.rules import SHIPPED, pack_document
from casetrail_review.commands import (
    DecideAccess,
    DecideCase,
    DiscussCollectively,
    ExportItems,
    GiveOpinion,
    IssueDecision,
    MemberSaid,
    RequestAccess,
    ReturnSubmission,
    SubmitReview,
    TerminateReview,
)
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_submission, standing_of
from casetrail_review.projections import CASE, FOLDS, react
from casetrail_review.service.access import decide_access, export_items, request_access
from casetrail_review.service.decisions import decide_case, issue_decision
from casetrail_review.service.opinions import discuss, give_opinion
from casetrail_review.service.submissions import return_submission, submit_review, terminate_review
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
KEEPER = who("quan", "records_custodian", unit="u3")
HENGYUAN = Principal("hengyuan", AGENCY, None, frozenset({"party"}))
SIGNATORY = {"undertaker": FENG, "unit": DUAN, "reviewer": DUAN, "legal": MA, "head": SONG}


def registered(case: str, *, conduct_type: str = "penalty", procedure: str = "general") -> CaseRegisteredV1:
    """Return the first fact of a case of feng and lv."""
    return CaseRegisteredV1.model_validate(
        {
            "case": case,
            "conduct_type": conduct_type,
            "procedure": procedure,
            "start_mode": "ex_officio",
            "matter": TEXT,
            "parties": ["hengyuan"],
            "officers": ["feng", "lv"],
            "responsible_officer": "feng",
            "unit": "u1",
        }
    )


class Review:
    """A case that is being investigated by feng and lv, with a handling opinion made."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger("review", FOLDS, react)
        self.case, self.form = new_id("intake"), new_id("intake")

    async def begin(
        self, *, conduct_type: str = "penalty", law: bool = False, packs: tuple[str, ...] = (), simplified: bool = False
    ) -> "Review":
        """Let intake tell of the case, that of Henan or other laws being in force if asked for."""
        for pack in (*packs, *(("henan-2019",) if law else ())):
            await self.enact(pack)
        general = "general" if conduct_type == "penalty" else "none"
        await self.intake(
            registered(self.case, conduct_type=conduct_type, procedure="simplified" if simplified else general),
            *(
                [InvestigationOpenedV1(ground="simplified")]
                if simplified
                else [InitiationFiledV1(form=new_id("intake")), InitiationApprovedV1(form=new_id("intake"))]
            ),
        )
        await self.add_record("handling_opinion", self.form)
        return self

    async def enact(self, pack: str) -> None:
        """Put a pack in force."""
        loaded = PackLoadedV1(
            pack=pack,
            version=dict(SHIPPED)[pack],
            valid_from=date(2019, 6, 4),
            sha256=sha256(pack.encode()).hexdigest(),
            document=pack_document(pack, dict(SHIPPED)[pack]),
        )
        await self.ledger.follow("archive", f"pack:{AGENCY}:{pack}", loaded)

    async def set_parameters(self, **values: str) -> None:
        """Set parameters of the agency."""
        await self.ledger.follow("archive", f"agency:{AGENCY}", ParametersSetV1(values=dict(values)))

    async def intake(self, *payloads: Payload) -> None:
        """Follow facts of intake about the case."""
        await self.ledger.follow("intake", stream_name("case", AGENCY, self.case), *payloads)

    async def know(self, person: str, *roles: str, clearance: tuple[str, ...] = ()) -> None:
        """Let intake register a person."""
        known = PersonRegisteredV1(
            person=person, name=TEXT, kind="staff", roles=list(roles), unit="u1", clearance=list(clearance)
        )
        await self.ledger.follow("intake", stream_name("person", AGENCY, person), known)

    async def film(self, *, linked: bool = True) -> str:
        """Let media tell of a recording."""
        session = new_id("media")
        started = AvSessionStartedV1(
            session=session,
            case=self.case if linked else None,
            kind="video",
            mode="full",
            device="REC-1",
            recorder="feng",
        )
        await self.ledger.follow("media", stream_name("session", AGENCY, session), started)
        return session

    async def file(self) -> str:
        """Let archive file the dossier."""
        dossier = new_id("archive")
        filed = DossierFiledV1(dossier=dossier, case=self.case, streams=[], sessions=[], retention_class="general")
        await self.ledger.follow("archive", stream_name("case", AGENCY, self.case), filed)
        return dossier

    async def add_record(
        self,
        record_type: str,
        record: str | None = None,
        *,
        case: str | None = None,
        classification: str | None = None,
    ) -> str:
        """Let intake tell of a record."""
        added = RecordAddedV1(
            record=record or new_id("intake"),
            record_type=record_type,
            case=case or self.case,
            fields={},
            filled=[],
            author="feng",
            classification=classification,
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

    async def decide_case(self, principal: Principal = FENG, **changed: Any) -> str:
        """Issue the decision of the case, without naming a submission."""
        given = {
            "case": self.case,
            "number": "新执罚〔2025〕58号",
            "content": "罚款五十元",
            "seal": "agency",
            "issued_on": date(2025, 9, 4),
        }
        wish = DecideCase.model_validate(given | changed)
        plan = await self.ledger.execute(decide_case(wish, principal), principal.person)
        return str(plan.answer["record"])

    async def agreed_closure(self, result: str = "agree") -> str:
        """Let intake tell of a closure form on which the head's opinion stands."""
        form = await self.add_record("closure_record")
        said = {"form": form, "slot": "head", "result": result, "opinion": TEXT, "signed_on": "2025-09-01", "by": "s"}
        await self.intake(OpinionGivenV1.model_validate(said))
        return form

    async def terminate(self, submission: str, *, form: str | None = None, principal: Principal = FENG) -> None:
        """End the case while it lies in review."""
        wish = TerminateReview(outcome="withdrawn", form=form or await self.agreed_closure(), reason="当事人撤回申请。")
        await self.ledger.execute(terminate_review(submission, wish, principal), principal.person)

    async def discuss(self, submission: str, *members: str, record: str | None = None) -> None:
        """Record a collective discussion."""
        views = [MemberSaid(member=member, view=f"{member}：同意") for member in members]
        wish = DiscussCollectively(views=views, conclusion="同意处罚。", result="agree", record=record)
        await self.ledger.execute(discuss(submission, wish, SONG), SONG.person)

    async def ask(self, principal: Principal, *items: str, mode: str = "copy", kind: str = "party") -> str:
        """Request access to items."""
        given = {"items": list(items), "mode": mode, "requester_kind": kind, "purpose": "申请行政复议"}
        plan = await self.ledger.execute(
            request_access(RequestAccess.model_validate(given), principal), principal.person
        )
        return str(plan.answer["request"])

    async def rule_on(
        self, request: str, *items: str, result: str = "approved", principal: Principal | None = None
    ) -> None:
        """Decide on a request."""
        principal = principal or SONG
        wish = DecideAccess.model_validate({"result": result, "items": list(items), "reason": "同意。"})
        await self.ledger.execute(decide_access(request, wish, principal), principal.person)

    async def export(self, *items: str, request: str | None = None, to: str = "party") -> dict[str, Any]:
        """Take copies out."""
        wish = ExportItems.model_validate(
            {"items": list(items), "to": {"kind": to, "name": "恒源"}, "request": request}
        )
        plan = await self.ledger.execute(export_items(wish, KEEPER), KEEPER.person)
        return dict(plan.answer)

    async def lying(self, submission: str) -> Lying:
        """Return a submission as it lies."""
        return await found_submission(self.ledger.view(), submission)

    async def state(self, submission: str) -> SubmissionState:
        """Return where a submission stands."""
        return (await self.lying(submission)).state

    async def case_state(self) -> str:
        """Return where the case stands."""
        view = self.ledger.view()
        return await standing_of(view, await view.found(CASE, self.case))

    def told(self) -> list[str]:
        """Return the types of review's own facts so far."""
        return [fact.type for fact in self.ledger.facts]
