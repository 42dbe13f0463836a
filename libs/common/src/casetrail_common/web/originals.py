"""What nobody may do to an original, wherever it lies."""

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from casetrail_common.ids import ItemId
from casetrail_common.ledger.store import Decide
from casetrail_common.web.desk import AtDesk, Written
from casetrail_common.web.wish import Kept, Sent, Wish


class ModifyOriginal(Wish):
    """Change an original: never allowed, and the attempt is recorded."""

    change: Literal["trim", "splice", "metadata"]
    set: dict[str, Kept] | None = None
    """What it was to say instead; it is not kept."""


def protect_items(router: APIRouter, refuse_change: Callable[[str, str], Decide], *, zh: str, en: str) -> None:
    """Add the routes on which an attempt to change or delete an item is refused and recorded.

    Parameters
    ----------
    refuse_change
        Given an item and the command that was attempted, returns the refusal.
    zh, en
        What the items are called.
    """

    @router.patch(
        "/v1/items/{item}",
        response_model=Written,
        description=f"试图修改{zh}：一律拒绝并记入事件。An attempt to change {en}: always refused, and recorded.",
    )
    async def modify_original(item: ItemId, _wish: Sent[ModifyOriginal], desk: AtDesk) -> Response:
        return await desk.run(refuse_change(item, "modify_original"))

    @router.delete(
        "/v1/items/{item}",
        response_model=Written,
        description=f"试图删除{zh}：一律拒绝并记入事件。An attempt to delete {en}: always refused, and recorded.",
    )
    async def delete_original(item: ItemId, desk: AtDesk) -> Response:
        return await desk.run(refuse_change(item, "delete_original"))
