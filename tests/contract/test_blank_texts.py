"""Where a person must say something, blanks are not an answer."""

import pytest
from pydantic import TypeAdapter, ValidationError

from casetrail_common.web.wish import Text


def test_a_text_that_must_say_something_is_more_than_blanks() -> None:
    text = TypeAdapter[str](Text)
    for blank in ("", " ", "\u3000\n\t"):
        with pytest.raises(ValidationError):
            text.validate_python(blank)
    assert text.validate_python(" 同意\n") == " 同意\n"
