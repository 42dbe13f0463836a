"""What was requested is granted item by item, by whoever the law and the agency name; secrecy yields to nobody."""

import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.intake import ActivityStartedV1
from casetrail_common.facts.recording import AvDerivativeCreatedV1
from casetrail_common.facts.use import AccessExecutedV1, AccessRequestedV1, RefusedItem
from casetrail_common.ids import new_id, stream_name
from support.review import AGENCY, DUAN, FENG, HENGYUAN, KEEPER, SONG, TEXT, Review

PACKS = ("fusong-env", "henan-2019", "jining-aic-2017", "pengyang-2019", "qinghe-2019")


async def refusal(review: Review, *items: str, request: str | None = None, to: str = "party") -> tuple[str, str | None]:
    """Return code and clause with which an export is refused."""
    with pytest.raises(CasetrailError) as refused:
        await review.export(*items, request=request, to=to)
    return refused.value.code, refused.value.clause


def incidents(review: Review) -> list[tuple[str, str | None]]:
    """Return on what each incident lies, and the clause it cites."""
    told = [fact.payload for fact in review.ledger.facts]
    return [(one.item, one.clause) for one in told if isinstance(one, IncidentRecordedV1)]


async def test_anybody_may_ask_and_the_request_says_whose_case_and_what_is_secret() -> None:
    review = await Review().begin()
    open_, secret = (
        await review.add_record("site_record"),
        await review.add_record("site_record", classification="privacy"),
    )
    session, loose = await review.film(), await review.film(linked=False)
    request = await review.ask(HENGYUAN, open_, secret, session, loose, open_)
    fact = review.ledger.facts[-1]
    asked = fact.payload
    assert isinstance(asked, AccessRequestedV1)
    assert fact.stream == stream_name("request", AGENCY, request)
    assert asked.items == [open_, secret, session, loose]
    assert (asked.cases, asked.classified, asked.requester) == ([review.case], [secret], "hengyuan")


async def test_what_the_agency_does_not_have_cannot_be_asked_for() -> None:
    review = await Review().begin()
    with pytest.raises(CasetrailError) as refused:
        await review.ask(HENGYUAN, review.form, new_id("media"))
    assert refused.value.code == "not_found"


async def test_a_recording_linked_later_and_its_copy_belong_to_the_case() -> None:
    review = await Review().begin()
    session, copy = await review.film(linked=False), new_id("media")
    started = ActivityStartedV1(
        activity=new_id("intake"), kind="inquiry", place=TEXT, officers=["feng"], present=[], sessions=[session]
    )
    await review.intake(started)
    made = AvDerivativeCreatedV1(derivative=copy, of=session, case=review.case, description=TEXT)
    await review.ledger.follow("media", stream_name("session", AGENCY, session), made)
    await review.ask(HENGYUAN, session, copy)
    asked = review.ledger.facts[-1].payload
    assert isinstance(asked, AccessRequestedV1)
    assert asked.cases == [review.case]


@pytest.mark.parametrize("pack", PACKS)
async def test_a_unit_heads_consent_is_recorded_and_hands_out_nothing(pack: str) -> None:
    review = await Review().begin(packs=(pack,))
    request = await review.ask(HENGYUAN, review.form)
    await review.rule_on(request, review.form, principal=DUAN)
    assert review.told()[-1] == "access.approved"
    before = review.told()
    assert (await refusal(review, review.form, request=request))[0] == "head_consent_required"
    assert review.told() == before
    await review.rule_on(request, review.form)
    assert await review.export(review.form, request=request) == {"delivered": [review.form], "refused": []}


@pytest.mark.parametrize(
    ("pack", "clause"),
    [
        ("fusong-env", "fusong-env/29.1"),
        ("henan-2019", "henan-2019/24.2"),
        ("jining-aic-2017", "jining-aic-2017/22.1"),
        ("pengyang-2019", "pengyang-2019/13.1"),
        ("qinghe-2019", None),
    ],
)
async def test_a_missing_consent_is_named_with_the_clause_that_asks_for_it(pack: str, clause: str | None) -> None:
    review = await Review().begin(packs=(pack,))
    request = await review.ask(HENGYUAN, review.form)
    assert await refusal(review, review.form, request=request) == ("head_consent_required", clause)


@pytest.mark.parametrize(
    ("pack", "kind", "granted"),
    [
        ("jining-aic-2017", "party", True),
        ("qinghe-2019", "party", True),
        ("fusong-env", "party", False),
        ("fusong-env", "staff", True),
        ("pengyang-2019", "party", False),
        ("pengyang-2019", "other_unit", True),
        ("henan-2019", "party", False),
        ("henan-2019", "staff", False),
    ],
)
async def test_an_agency_may_name_a_unit_head_where_its_law_does_not_ask_for_the_head(
    pack: str, kind: str, granted: bool
) -> None:
    review = await Review().begin(packs=(pack,))
    await review.set_parameters(access_approver="unit_head")
    request = await review.ask(HENGYUAN, review.form, kind=kind)
    await review.rule_on(request, review.form, principal=DUAN)
    if granted:
        assert (await review.export(review.form, request=request))["delivered"] == [review.form]
        await review.rule_on(request, review.form, result="denied")  # by the head, whose word stands
    assert (await refusal(review, review.form, request=request))[0] == "head_consent_required"


async def test_who_grants_copies_does_not_thereby_grant_disclosure() -> None:
    review = await Review().begin(packs=("jining-aic-2017",))
    await review.set_parameters(access_approver="unit_head")
    request = await review.ask(HENGYUAN, review.form)
    await review.rule_on(request, review.form, principal=DUAN)
    assert (await refusal(review, review.form, request=request, to="external"))[0] == "head_consent_required"
    await review.set_parameters(disclosure_approver="unit_head")
    assert (await review.export(review.form, request=request, to="external"))["delivered"] == [review.form]
    handed = review.ledger.facts[-1].payload
    assert isinstance(handed, AccessExecutedV1)
    assert (handed.mode, handed.target_kind) == ("disclose", "external")


async def test_what_was_not_granted_stays_and_then_what_is_secret_whoever_consented() -> None:
    review = await Review().begin(packs=("fusong-env",))
    other, session = await review.add_record("site_record"), await review.film()
    secret, both = [await review.add_record("site_record", classification="trade_secret") for _ in range(2)]
    request = await review.ask(HENGYUAN, review.form, other, session, secret)
    await review.rule_on(request, review.form, session, secret)
    answer = await review.export(review.form, session, secret, other, both, request=request)
    assert answer["delivered"] == [review.form, session]
    assert answer["refused"] == [
        {"item": secret, "reason": "must_be_kept_secret"},
        {"item": other, "reason": "not_granted"},
        {"item": both, "reason": "not_granted"},
    ]
    fact = review.ledger.facts[-1]
    handed = fact.payload
    assert isinstance(handed, AccessExecutedV1)
    assert fact.stream == stream_name("request", AGENCY, request)
    assert (handed.mode, handed.delivered, handed.target_kind) == ("copy", [review.form, session], "party")
    assert handed.refused[0] == RefusedItem(item=secret, reason="must_be_kept_secret")


async def test_a_refused_item_is_not_handed_out_and_a_later_word_of_the_head_stands() -> None:
    review = await Review().begin()
    other = await review.add_record("site_record")
    request = await review.ask(HENGYUAN, review.form, other)
    await review.rule_on(request, review.form, other)
    await review.rule_on(request, review.form, result="denied")
    answer = await review.export(review.form, other, request=request)
    assert answer == {"delivered": [other], "refused": [{"item": review.form, "reason": "not_granted"}]}
    await review.rule_on(request, review.form)
    assert (await review.export(review.form, request=request))["delivered"] == [review.form]


@pytest.mark.parametrize(
    ("pack", "copied", "disclosed"),
    [
        ("fusong-env", None, "fusong-env/30.1"),
        ("henan-2019", "henan-2019/24.2", "henan-2019/24.1b"),
        ("jining-aic-2017", "jining-aic-2017/27.1(2)", "jining-aic-2017/27.1(2)"),
        ("pengyang-2019", "pengyang-2019/15.1(2)", "pengyang-2019/15.1(2)"),
        ("qinghe-2019", "qinghe-2019/16.1c", "qinghe-2019/16.1c"),
    ],
)
@pytest.mark.parametrize("to", ["personal_drive", "removable_drive", "party", "external"])
async def test_copies_without_a_request_are_an_incident_on_each_item(
    pack: str, copied: str | None, disclosed: str, to: str
) -> None:
    review = await Review().begin(packs=(pack,))
    session = await review.film()
    code, clause = ("disclosure_not_approved", disclosed) if to == "external" else ("copy_not_approved", copied)
    assert await refusal(review, review.form, session, to=to) == (code, clause)
    assert incidents(review) == ([(review.form, clause), (session, clause)] if clause else [])
    assert {fact.stream for fact in review.ledger.facts} <= {stream_name("case", AGENCY, review.case)}


async def test_under_several_laws_each_that_forbids_it_records_it() -> None:
    review = await Review().begin(packs=("fusong-env", "henan-2019", "jining-aic-2017"))
    loose = await review.film(linked=False)
    assert (await refusal(review, loose, to="removable_drive"))[0] == "copy_not_approved"
    assert incidents(review) == [(loose, "henan-2019/24.2"), (loose, "jining-aic-2017/27.1(2)")]
    assert review.ledger.facts[-1].stream == stream_name("session", AGENCY, loose)


async def test_leave_to_read_is_no_leave_to_copy() -> None:
    review = await Review().begin(packs=("henan-2019",))
    request = await review.ask(FENG, review.form, mode="consult", kind="staff")
    assert (await refusal(review, review.form, request=request))[0] == "head_consent_required"
    await review.rule_on(request, review.form)
    assert (await refusal(review, review.form, request=request))[0] == "copy_not_approved"
    assert (await refusal(review, review.form, request=request, to="external"))[0] == "disclosure_not_approved"


async def test_a_dossier_is_asked_for_and_read_but_not_taken_out() -> None:
    review = await Review().begin()
    dossier = await review.file()
    request = await review.ask(HENGYUAN, dossier)
    await review.rule_on(request, dossier)
    assert (await refusal(review, dossier, request=request))[0] == "not_found"


async def test_a_decision_names_what_was_asked_for_and_is_made_by_a_head_and_not_by_who_asks() -> None:
    review = await Review().begin()
    request = await review.ask(SONG, review.form, kind="staff")
    other = await review.add_record("site_record")
    for principal, item, code in (
        (SONG, other, "not_found"),
        (FENG, review.form, "role_not_allowed"),
        (KEEPER, review.form, "role_not_allowed"),
        (HENGYUAN, review.form, "role_not_allowed"),
        (SONG, review.form, "role_not_allowed"),
    ):
        with pytest.raises(CasetrailError) as refused:
            await review.rule_on(request, item, principal=principal)
        assert refused.value.code == code
    with pytest.raises(CasetrailError) as refused:
        await review.rule_on(new_id("review"), review.form)
    assert refused.value.code == "not_found"
    assert review.told() == ["access.requested"]


async def test_an_empty_list_is_a_value() -> None:
    review = await Review().begin(packs=("henan-2019",))
    request = await review.ask(HENGYUAN)
    await review.rule_on(request)
    assert (await refusal(review, request=request))[0] == "head_consent_required"
    assert (await refusal(review))[0] == "copy_not_approved"
    assert incidents(review) == []
