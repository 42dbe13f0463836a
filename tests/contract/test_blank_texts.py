"""Where a person must say something, blanks are not an answer."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from casetrail_archive.commands import Reason
from casetrail_archive.commands import Text as ArchiveText
from casetrail_intake.commands import Text as IntakeText
from casetrail_media.commands import Text as MediaText
from casetrail_review.commands import Said


@pytest.mark.parametrize("kind", [Reason, ArchiveText, IntakeText, MediaText, Said])
def test_a_text_that_must_say_something_is_more_than_blanks(kind: Any) -> None:
    text = TypeAdapter[str](kind)
    for blank in ("", " ", "\u3000\n\t"):
        with pytest.raises(ValidationError):
            text.validate_python(blank)
    assert text.validate_python(" 同意\n") == " 同意\n"
