"""Reading content through its commitments."""

import json
from collections.abc import Mapping
from typing import Any

from casetrail_archive.dossier.source import ContentCopy
from casetrail_archive.dossier.wording import ERASED, prose
from casetrail_common.facts import ContentRef


class MissingContentError(LookupError):
    """A body refers to content that archive neither holds nor knows to be erased."""


class Contents:
    """What people wrote, found by what the bodies hold instead of it."""

    def __init__(self, copies: Mapping[str, ContentCopy | None]) -> None:
        self._copies = copies

    def text(self, ref: ContentRef | None) -> str:
        """Return the content as lines of text; empty if there is no reference, a set phrase if it was erased.

        Raises
        ------
        MissingContentError
            If the content is not there, although nobody erased it.
        """
        if ref is None:
            return ""
        try:
            copy = self._copies[ref.sha256]
        except KeyError:
            raise MissingContentError(ref.sha256) from None
        return ERASED if copy is None else prose(json.loads(copy.content))

    def field(self, value: Any) -> str | None:
        """Return the text of a form's field that is content, None if its value is coded."""
        if isinstance(value, Mapping) and set(value) == {"sha256"}:
            return self.text(ContentRef(sha256=value["sha256"]))
        return None
