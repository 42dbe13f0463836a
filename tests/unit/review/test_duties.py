"""Nobody checks himself, and nobody sees what is none of his business."""

import pytest

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_review.domain.duties import may_see
from casetrail_review.projections import CASE
from support.review import DUAN, FENG, MA, SONG, Review, who


@pytest.mark.parametrize(
    ("slot", "principal"),
    [
        ("undertaker", DUAN),
        ("unit", FENG),
        ("reviewer", FENG),
        ("legal", DUAN),
        ("legal", SONG),
        ("head", MA),
        ("head", DUAN),
    ],
)
async def test_a_slot_takes_the_opinion_of_its_role_only(slot: str, principal: Principal) -> None:
    review = await Review().begin()
    submission = await review.submitted()
    with pytest.raises(CasetrailError) as refused:
        await review.opine(submission, slot, principal=principal)
    assert refused.value.code == "role_not_allowed"
    assert "reason" not in refused.value.facts


@pytest.mark.parametrize(
    ("slot", "principal", "reason"),
    [
        ("head", who("xu", "case_officer", "agency_head"), "submitter_may_not_approve"),
        ("head", who("lv", "case_officer", "agency_head"), "officer_of_the_case_may_not_check_it"),
        ("legal", who("lv", "case_officer", "legal_reviewer"), "officer_of_the_case_may_not_check_it"),
        ("reviewer", who("lv", "case_officer", "unit_head"), "officer_of_the_case_may_not_check_it"),
        ("legal", who("duan", "unit_head", "legal_reviewer"), "head_of_the_undertaking_unit_may_not_review"),
    ],
)
async def test_a_role_is_not_enough_for_somebody_too_near_to_the_case(
    slot: str, principal: Principal, reason: str
) -> None:
    review = await Review().begin()
    submission = await review.submitted(who("xu", "case_officer"))
    before = review.told()
    with pytest.raises(CasetrailError) as refused:
        await review.opine(submission, slot, principal=principal)
    assert (refused.value.code, refused.value.facts["reason"]) == ("role_not_allowed", reason)
    assert review.told() == before


async def test_the_head_of_another_unit_may_review_as_its_legal_reviewer() -> None:
    review = await Review().begin()
    submission = await review.submitted()
    await review.opine(submission, "legal", principal=who("ma", "unit_head", "legal_reviewer", unit="u2"))


@pytest.mark.parametrize(
    ("principal", "sees"),
    [
        (who("feng", "case_officer"), True),
        (who("zhao", "case_officer"), True),
        (who("lv", "case_officer", unit="u9"), True),
        (MA, True),
        (SONG, True),
        (who("qin", "archivist", unit="u3"), True),
        (who("jian", "supervisor", unit="u7"), True),
        (who("zhao", "case_officer", unit="u9"), False),
        (who("duan", "unit_head", unit="u9"), False),
        (who("zheng"), False),
        (who("feng", "device_custodian", unit="u9"), False),
        (Principal("hengyuan", "xinzheng", None, frozenset({"party"})), False),
    ],
)
async def test_a_case_is_seen_by_those_who_have_a_part_in_it(principal: Principal, sees: bool) -> None:
    review = await Review().begin()
    assert may_see(principal, await review.ledger.view().found(CASE, review.case)) is sees
