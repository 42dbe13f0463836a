"""What archive remembers of cases and dossiers, whatever order the facts of different services come in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import permutations

from casetrail_archive.domain.dossier import Dossier
from casetrail_archive.domain.steps import STEPS, clauses_of
from casetrail_archive.packing.shared import shared_streams
from casetrail_archive.projections import CASE, DOSSIER, FOLDS, SESSION, react
from casetrail_common.facts import archive, common, intake, media
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law
from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import SHIPPED, compiled, pack_document
from support.facts import FactBook
from support.memory import MemoryLedger
from support.penalty_case import AGENCY, ARCHIVE, FILMS, PenaltyCase
from support.penalty_case import CASE as CASE_ID
from support.penalty_case import DOSSIER as DOSSIER_ID

DIGEST = "0" * 64


def state_after(facts: Iterable[Fact], kind: str, item: str) -> object:
    """Fold facts and return a state."""
    fold = next(fold for fold in FOLDS if fold.kind == kind)
    state = None
    for fact in facts:
        if fact.service in fold.sources and item in fold.keys(fact):
            state = fold.evolve(state, fact)
    return state


def filed_story() -> FactBook:
    story = PenaltyCase()
    story.source()  # files the dossier and seals its streams
    return story.book


def test_a_case_knows_its_recordings_and_who_works_on_it() -> None:
    case = state_after(PenaltyCase().book.facts, "case", CASE_ID)
    assert case is not None
    assert (case.officers, case.closed, case.filed, case.unit) == (("feng", "lv"), True, False, "u1")  # type: ignore[attr-defined]
    assert set(case.sessions) == {film.session for film in FILMS.values()}  # type: ignore[attr-defined]


def test_a_session_knows_its_case_from_whichever_fact_comes_first() -> None:
    session = FILMS["AV-1"].session
    told = [fact for fact in PenaltyCase().book.facts if session in SESSION.keys(fact)]
    assert len(told) == 3
    for order in permutations(told):
        assert state_after(order, "session", session) == SESSION.state((CASE_ID,), min(f.recorded_at for f in told))


def test_a_dossier_is_complete_when_every_named_stream_is_sealed() -> None:
    facts = filed_story().facts
    for gone in [fact for fact in facts if fact.type == "stream.sealed"]:
        short = state_after([fact for fact in facts if fact is not gone], "dossier", DOSSIER_ID)
        assert isinstance(short, Dossier)
        assert short.filing is not None
        assert not short.filing.is_complete
    whole = state_after(facts, "dossier", DOSSIER_ID)
    assert isinstance(whole, Dossier)
    assert whole.filing is not None
    assert whole.filing.is_complete
    assert set(whole.filing.ends()) == {"intake", "media", "review", "archive"}


def test_a_draft_that_is_finished_late_does_not_bring_a_filed_dossier_back() -> None:
    book = filed_story()
    drafted = archive.DossierDraftedV1(
        dossier=DOSSIER_ID, case=CASE_ID, object="o", version_id="v", sha256=DIGEST, bytes=1
    )
    late = book.fact_of("archive", ARCHIVE, drafted)
    dossier = state_after([*book.facts[:-1], late], "dossier", DOSSIER_ID)
    assert isinstance(dossier, Dossier)
    assert dossier.state == "filed"


def test_the_states_survive_being_kept_as_text() -> None:
    facts = filed_story().facts
    for fold, item in ((CASE, CASE_ID), (DOSSIER, DOSSIER_ID)):
        state = state_after(facts, fold.kind, item)
        assert fold.load(fold.dump(state)) == state  # type: ignore[arg-type]


def test_a_dossier_needs_everybody_and_everything_its_facts_name_and_the_law_they_cite() -> None:
    book = filed_story()
    whole = [fact for fact in book.facts if fact.stream_kind in {"case", "session"}]
    names = {stream.rpartition(":")[2] for _, stream in shared_streams(AGENCY, whole)}
    assert names == {
        AGENCY, "feng", "lv", "duan", "songw", "ma", "qin", "bai", "hengyuan", "dv1", "repo1", "henan-2019",
        "CN-2025-2026",
    }  # fmt: skip


def test_what_people_wrote_names_nobody() -> None:
    book = FactBook()
    payload = intake.RecordAddedV1(
        record="i-1",
        record_type="site_record",
        fields={"by": "feng", "facts": {"sha256": DIGEST}},
        filled=[],
        author="lv",
    )
    fact = book.fact_of("intake", f"case:{book.agency}:i-0", payload, by="lv")
    assert ("intake", f"person:{book.agency}:{DIGEST}") not in shared_streams(book.agency, [fact])


def clause(payload: object, service: Service = "intake") -> list[str]:
    """Return the clauses beside the step that a fact tells of."""
    book = FactBook(law=Law(("henan-2019@2019-06-04",)))
    document = pack_document("henan-2019", "2019-06-04")
    packs = {"henan-2019@2019-06-04": compiled(document, sha256="shipped")}
    fact = book.fact_of(service, f"case:{book.agency}:i-0", payload)  # type: ignore[arg-type]
    return clauses_of(fact, packs, {"i-1": "initiation_approval", "i-2": "handling_opinion"})


def test_a_step_is_told_with_the_clause_that_asks_for_it() -> None:
    assert clause(intake.CaseClosedV1(outcome="performed", form="i-1")) == ["henan-2019/13.1"]
    tags = media.AvAnnotatedV1(session="m-1", tags=["scene"])
    assert clause(tags, "media") == ["henan-2019/17.1"]
    voice = media.AvAnnotatedV1(session="m-1", voice=["time"])
    assert clause(voice, "media") == ["henan-2019/18.2a"]
    for form, cited in (("i-1", "henan-2019/9.1(1)"), ("i-2", "henan-2019/11.1(2)")):
        given = intake.OpinionGivenV1(
            form=form, slot="unit", result="agree", opinion={"sha256": DIGEST}, signed_on=date(2025, 8, 11), by="duan"
        )
        assert clause(given) == [cited]
    assert clause(common.StreamSealedV1(dossier="a-1", count=0, head=DIGEST)) == []
    incident = common.IncidentRecordedV1(item="i-1", code="worm_protected", clause="x/1", command="sweep")
    assert clause(incident) == ["x/1"]


def test_every_clause_that_a_pack_puts_beside_a_command_can_be_told_of_a_step() -> None:
    named = {command for pack, version in SHIPPED for command in pack_document(pack, version)["commands"]}
    details: defaultdict[str, str] = defaultdict(lambda: "any")  # whatever tells steps of one command apart
    told = {step_of(details)[0] for step_of in STEPS.values()}
    assert named - told == set()


async def test_a_fact_marks_the_cases_whose_findings_it_may_change() -> None:
    ledger = MemoryLedger("archive", FOLDS, react)
    story = PenaltyCase()
    for fact in story.book.facts:
        await ledger.follow(fact.service, fact.stream, fact.payload)  # type: ignore[arg-type]
    book = story.book
    session = f"session:{AGENCY}:{FILMS['AV-1'].session}"
    view = ledger.view()
    law = archive.ParametersSetV1(values={"calendar_day_rollover": False})
    changed = {
        "case": book.of("intake", ARCHIVE)[3],
        "session": book.of("media", session)[-1],
        "link": book.of("media", ARCHIVE)[0],
        "person": book.of("intake", f"person:{AGENCY}:feng")[0],
        "law": book.fact_of("archive", f"agency:{AGENCY}:{AGENCY}", law),
        "closed": book.of("intake", ARCHIVE)[-1],
    }
    marked = {name: [(job.kind, job.key) for job in (await react(fact, view)).jobs] for name, fact in changed.items()}
    assert marked == {
        "case": [("judge", CASE_ID)],
        "session": [("judge", CASE_ID), ("judge", f"agency:{AGENCY}")],
        "link": [("judge", CASE_ID), ("judge", f"session:{FILMS['AV-1'].session}")],
        "person": [("judge_all", AGENCY)],
        "law": [("judge_all", AGENCY)],
        "closed": [("judge", CASE_ID), ("draft", CASE_ID)],
    }
