"""What nobody may do to an original, wherever it lies."""

from typing import Literal

from casetrail_common.web.wish import Kept, Wish


class ModifyOriginal(Wish):
    """Change an original: never allowed, and the attempt is recorded."""

    change: Literal["trim", "splice", "metadata"]
    set: dict[str, Kept] | None = None
    """What it was to say instead; it is not kept."""
