"""Content: what people wrote and who they are, kept apart from what is hashed."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, overload

from casetrail_common.canonical import canonical, commitment
from casetrail_common.facts import ContentRef

SALT_BYTES: Final = 32
"""As long as the digest, so that guessing the salt is no easier than inverting the hash."""


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One piece of content with its salt; `bytes` is canonical JSON."""

    commitment: bytes
    salt: bytes
    bytes: bytes

    @property
    def is_genuine(self) -> bool:
        """Whether the bytes are those committed to."""
        return commitment(self.salt, self.bytes) == self.commitment

    def value(self) -> Any:
        """Return the content as it was given."""
        return json.loads(self.bytes)


@dataclass
class ContentBag:
    """Collects the content of one command while its facts are decided."""

    items: list[ContentItem] = field(default_factory=list)

    @overload
    def seal(self, value: None) -> None: ...
    @overload
    def seal(self, value: str | int | list[Any] | dict[str, Any]) -> ContentRef: ...
    def seal(self, value: Any) -> ContentRef | None:
        """Put content aside and return what the body holds instead."""
        if value is None:
            return None
        salt, text = secrets.token_bytes(SALT_BYTES), canonical(value)
        item = ContentItem(commitment(salt, text), salt, text)
        self.items.append(item)
        return ContentRef(sha256=item.commitment.hex())
