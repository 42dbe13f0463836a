"""How long a dossier is kept, and what may happen to it after filing."""

from datetime import date
from typing import Any

import pytest

from casetrail_archive import commands, service
from casetrail_archive.domain.disc import Disc
from casetrail_archive.projections import CASE, DISC, DOSSIER, FOLDS, react
from casetrail_archive.queries.sight import require_disc_in_sight
from casetrail_common.auth import Principal
from casetrail_common.canonical import canonical, sha256
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import ContentRef
from casetrail_common.facts.archive import PackLoadedV1, RetentionEntry, RetentionTableSetV1
from casetrail_common.facts.intake import CaseRegisteredV1
from casetrail_common.facts.keeping import RetentionUpgradedV1
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.rules import pack_document
from support.memory import MemoryLedger
from support.penalty_case import AGENCY, ARCHIVE, FILMS, PenaltyCase
from support.penalty_case import CASE as CASE_ID

SESSION = FILMS["AV-1"].session
ARCHIVIST = Principal("qin", AGENCY, "u3", frozenset({"archivist"}))
PARTY = Principal("hengyuan", AGENCY, None, frozenset({"party"}))
RULE = "jining-aic-2017/19.1(1)"
UPGRADED = RetentionUpgradedV1(case=CASE_ID, rule=RULE, retention_class="long_term")


async def closed_case() -> MemoryLedger:
    """Return archive's ledger with a closed case that nobody has filed, and a retention table."""
    ledger = MemoryLedger("archive", FOLDS, react)
    for fact in PenaltyCase().book.facts:
        await ledger.follow(fact.service, fact.stream, fact.payload)  # type: ignore[arg-type]
    entries = [RetentionEntry(dossier_class="general", years=10), RetentionEntry(dossier_class="long_term", years=30)]
    await say(ledger, f"agency:{AGENCY}:{AGENCY}", RetentionTableSetV1(entries=entries))
    return ledger


async def say(ledger: MemoryLedger, stream: str, payload: Any) -> None:
    """Append a fact of archive's own."""
    await ledger.follow("archive", stream, payload)


async def filed(ledger: MemoryLedger, retention_class: str = "general") -> str:
    """File the dossier and return its id."""
    wish = commands.FileDossier(case=CASE_ID, records="all", sessions=[SESSION], retention_class=retention_class)
    return str((await ledger.execute(service.file_dossier(wish, ARCHIVIST))).answer["dossier"])


async def kept(ledger: MemoryLedger, dossier_id: str) -> tuple[str, int | None]:
    """Return class and years of a dossier."""
    dossier = await ledger.view().get(DOSSIER, dossier_id)
    assert dossier is not None
    assert dossier.filing is not None
    return dossier.filing.retention_class, dossier.filing.retention_years


async def refused(ledger: MemoryLedger, decide: Any, code: str) -> CasetrailError:
    with pytest.raises(CasetrailError) as refusal:
        await ledger.execute(decide)
    assert refusal.value.code == code
    return refusal.value


async def test_a_case_with_a_trigger_is_filed_long_term_or_not_at_all() -> None:
    ledger = await closed_case()
    await say(ledger, ARCHIVE, UPGRADED)
    wish = commands.FileDossier(case=CASE_ID, records="all", sessions=[], retention_class="general")
    refusal = await refused(ledger, service.file_dossier(wish, ARCHIVIST), "retention_locked")
    assert refusal.clause == RULE
    assert await kept(ledger, await filed(ledger, "long_term")) == ("long_term", 30)


async def test_the_refusal_cites_the_clause_that_the_pack_names_for_it() -> None:
    ledger = await closed_case()
    document = pack_document("jining-aic-2017", "2017-11-21")
    digest = sha256(canonical(document)).hex()
    loaded = PackLoadedV1(
        pack="jining-aic-2017", version="2017-11-21", valid_from=date(2017, 11, 21), sha256=digest, document=document
    )
    await say(ledger, f"pack:{AGENCY}:jining-aic-2017", loaded)
    await say(ledger, ARCHIVE, UPGRADED)
    wish = commands.FileDossier(case=CASE_ID, records="all", sessions=[], retention_class="general")
    refusal = await refused(ledger, service.file_dossier(wish, ARCHIVIST), "retention_locked")
    assert (refusal.clause, refusal.facts["rule"]) == ("jining-aic-2017/19.1", RULE)


async def test_years_are_changed_only_while_no_rule_keeps_the_case() -> None:
    ledger = await closed_case()
    dossier = await filed(ledger)
    await ledger.execute(service.set_retention(dossier, commands.SetRetention(years=5), ARCHIVIST))
    assert await kept(ledger, dossier) == ("general", 5)
    upgraded = UPGRADED.model_copy(update={"dossier": dossier})
    await say(ledger, ARCHIVE, upgraded)
    assert await kept(ledger, dossier) == ("long_term", 30)
    await refused(
        ledger, service.set_retention(dossier, commands.SetRetention(years=40), ARCHIVIST), "retention_locked"
    )


async def test_another_provision_sets_the_years_but_shortens_nothing_that_a_rule_keeps() -> None:
    ledger = await closed_case()
    wish = {"authority_level": "regulation", "source": "某条例第八条"}
    shorter = commands.OverrideRetention.model_validate({**wish, "years": 3})
    await ledger.execute(service.override_retention(CASE_ID, shorter, ARCHIVIST))
    dossier = await filed(ledger)
    assert await kept(ledger, dossier) == ("general", 3)
    await say(ledger, ARCHIVE, UPGRADED.model_copy(update={"dossier": dossier}))
    await refused(ledger, service.override_retention(CASE_ID, shorter, ARCHIVIST), "retention_locked")
    longer = commands.OverrideRetention.model_validate({**wish, "years": 60})
    await ledger.execute(service.override_retention(CASE_ID, longer, ARCHIVIST))
    assert await kept(ledger, dossier) == ("long_term", 60)


async def test_a_mark_is_recorded_and_keeps_nothing_by_itself() -> None:
    ledger = await closed_case()
    mark = commands.MarkLongTerm(reason="社会关注度高")
    await ledger.execute(service.mark_long_term(CASE_ID, mark, ARCHIVIST))
    assert ledger.facts[-1].type == "retention.long_term_marked"
    assert await kept(ledger, await filed(ledger)) == ("general", 10)
    await refused(ledger, service.mark_long_term(CASE_ID, mark, PARTY), "role_not_allowed")


async def test_a_dossier_is_handed_over_to_an_archivist_once_it_is_filed() -> None:
    ledger = await closed_case()
    wish = commands.TransferDossier(to="市档案室", received_by="qin")
    await refused(ledger, service.transfer_dossier(new_id("archive"), wish, ARCHIVIST), "not_found")
    dossier = await filed(ledger)
    stranger = commands.TransferDossier(to="市档案室", received_by="feng")
    await refused(ledger, service.transfer_dossier(dossier, stranger, ARCHIVIST), "not_found")
    plan = await ledger.execute(service.transfer_dossier(dossier, wish, ARCHIVIST))
    known = await ledger.view().get(DOSSIER, dossier)
    assert known is not None
    assert [(one.transfer_list, one.to, one.received_by) for one in known.transfers] == [
        (plan.answer["record"], "市档案室", "qin")
    ]


async def test_what_comes_after_filing_begins_a_further_volume() -> None:
    ledger = await closed_case()
    dossier = await filed(ledger)
    record = new_id("intake")
    wish = commands.AppendSupplement(reason="补充送达回证", records=[record], sessions=[SESSION])
    await refused(ledger, service.append_supplement(dossier, wish, ARCHIVIST), "not_found")
    for volume in (2, 3):
        plan = await ledger.execute(service.append_supplement(dossier, wish, ARCHIVIST, records=[record]))
        assert plan.answer["volume"] == volume
    known = await ledger.view().get(DOSSIER, dossier)
    assert known is not None
    assert [(one.volume, one.custodian, one.records) for one in known.supplements] == [
        (2, "qin", (record,)),
        (3, "qin", (record,)),
    ]


async def test_a_carrier_is_told_of_in_the_case_of_its_recordings() -> None:
    ledger = await closed_case()
    wish = commands.RegisterDisc(sessions=[SESSION], medium="disc", annotations={"maker": "冯建国", "place": ""})
    plan = await ledger.execute(service.register_disc(wish, ARCHIVIST))
    disc = plan.answer["disc"]
    assert [(new.stream, new.payload.case) for new in plan.facts] == [(ARCHIVE, CASE_ID)]  # type: ignore[attr-defined]
    more = commands.AnnotateDisc(annotations={"place": "新郑市", "pages": 2})
    await ledger.execute(service.annotate_disc(disc, more, ARCHIVIST))
    known = await ledger.view().get(DISC, disc)
    assert known is not None
    assert (known.filled, known.cases, known.streams) == (("maker", "pages", "place"), (CASE_ID,), (ARCHIVE,))
    assert set(known.annotations) == {"maker", "pages", "place"}
    await refused(ledger, service.annotate_disc(new_id("archive"), more, ARCHIVIST), "not_found")
    await refused(ledger, service.register_disc(wish, PARTY), "role_not_allowed")


async def test_a_carrier_of_a_recording_without_a_case_stays_with_the_recording() -> None:
    ledger = await closed_case()
    loose = new_id("media")
    started = AvSessionStartedV1(session=loose, kind="video", mode="full", device="dv1", recorder="feng")
    await ledger.follow("media", stream_name("session", AGENCY, loose), started)
    wish = commands.RegisterDisc(sessions=[loose], medium="other", annotations={})
    plan = await ledger.execute(service.register_disc(wish, ARCHIVIST))
    assert [new.stream for new in plan.facts] == [stream_name("session", AGENCY, loose)]


async def test_a_trigger_is_remembered_for_good() -> None:
    ledger = await closed_case()
    await say(ledger, ARCHIVE, UPGRADED)
    case = await ledger.view().get(CASE, CASE_ID)
    assert case is not None
    assert case.upgrades == {RULE: "long_term"}


async def test_a_carrier_is_seen_by_whoever_sees_one_of_its_cases() -> None:
    ledger = await closed_case()
    other = new_id("intake")
    opened = CaseRegisteredV1(
        case=other,
        conduct_type="penalty",
        procedure="general",
        start_mode="ex_officio",
        matter=ContentRef(sha256="0" * 64),
        parties=[],
        officers=["zhao"],
        responsible_officer="zhao",
        unit="u9",
    )
    await ledger.follow("intake", f"case:{AGENCY}:{other}", opened)
    disc = Disc((SESSION,), "disc", (CASE_ID, other), ())
    zhao = Principal("zhao", AGENCY, "u9", frozenset({"case_officer"}))
    stranger = Principal("yi", AGENCY, "u7", frozenset({"case_officer"}))
    await require_disc_in_sight(ledger.view(), zhao, disc)
    with pytest.raises(CasetrailError, match="role_not_allowed"):
        await require_disc_in_sight(ledger.view(), stranger, disc)
    with pytest.raises(CasetrailError, match="role_not_allowed"):
        await require_disc_in_sight(ledger.view(), zhao, Disc((), "disc", (), ()))
