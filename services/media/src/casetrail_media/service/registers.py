"""Repositories, and what units lay down for recording."""

from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.facts.media import RepositoryRegisteredV1
from casetrail_common.facts.recording import AvItemListPublishedV1, WordingGuidePublishedV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_media.commands import PublishItemList, PublishWordingGuide, RegisterRepository


def register_repository(wish: RegisterRepository, who: Principal) -> Decide:
    """Name a place where recordings may be stored."""
    repository_id = new_id("media")

    async def decide(view: View) -> Plan:
        who.require_for("register_repository")
        payload = RepositoryRegisteredV1(repository=repository_id, **wish.model_dump())
        return Plan([view.new_fact("repository", repository_id, payload)], {"repository": repository_id})

    return decide


def publish_item_list(wish: PublishItemList, who: Principal) -> Decide:
    """Publish what a unit records."""

    async def decide(view: View) -> Plan:
        await _require_unit(view, wish.unit)
        who.require_for("publish_item_list")
        return Plan([view.new_fact("agency", view.agency, AvItemListPublishedV1.model_validate(wish.model_dump()))])

    return decide


def publish_wording_guide(wish: PublishWordingGuide, who: Principal) -> Decide:
    """Publish what officers of a unit say while recording."""

    async def decide(view: View) -> Plan:
        await _require_unit(view, wish.unit)
        who.require_for("publish_wording_guide")
        payload = WordingGuidePublishedV1(
            unit=wish.unit,
            version=wish.version,
            valid_from=wish.valid_from,
            text=view.seal_optional(wish.text),
        )
        return Plan([view.new_fact("agency", view.agency, payload)])

    return decide


async def _require_unit(view: View, unit: str) -> None:
    agency = await view.get(AGENCY, view.agency)
    if agency is None or unit not in agency.units:
        raise not_found(unit)
