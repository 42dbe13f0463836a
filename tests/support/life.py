"""One case in intake's ledger in memory, with whatever the other services might say of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.facts import ContentRef
from casetrail_common.facts.archive import DossierFiledV1, NamedStream, PackLoadedV1
from casetrail_common.facts.intake import (
    Certificate,
    PersonRegisteredV1,
    ReviewAcceptedV1,
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


def who(person: str, *roles: str) -> Principal:
    return Principal(person, "xinzheng", "u1", frozenset(roles))


FENG, HEAD, UNIT = who("feng", "case_officer"), who("songw", "agency_head"), who("duan", "unit_head")


class Life:
    """One case in intake's ledger, with whatever the other services might say of it."""

    def __init__(self, **changed: Any) -> None:
        """Prepare a case.

        Parameters
        ----------
        changed
            What is registered otherwise than in an ordinary penalty case.
        """
        self.changed = changed
        self.ledger = MemoryLedger("intake", FOLDS, react)
        self.case = ""
        self.submission: str | None = None

    async def begin(self) -> "Life":
        document = {**pack_document("henan-2019", "2019-06-04"), "conduct_types": ["penalty", "permit"]}
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
        plan = await self.ledger.execute(service.register_case(self.opening(**self.changed), FENG))
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
