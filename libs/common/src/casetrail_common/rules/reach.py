"""How far a rule looks: which kinds of objects it speaks of."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from casetrail_common.rules.happenings.telling import SHARED
from casetrail_common.rules.judging import LawBook
from casetrail_common.rules.model import model


def needs_cases(book: LawBook) -> bool:
    """Whether a rule about an object that outlives cases, such as the agency, looks at what single cases hold."""
    return any(
        kind in model() and not SHARED.issuperset(model()[kind].born)
        for active in book.packs
        for rule in active.pack.rules
        for duty in rule.duties
        if model()[duty.kind].is_standing
        for kind in _kinds_in(duty)
    )


def _kinds_in(value: Any) -> Iterator[str]:
    """Yield every kind that a requirement, an anchor or a test names, however deep."""
    if isinstance(value, tuple):
        for part in value:
            yield from _kinds_in(part)
    elif is_dataclass(value):
        for name in (field.name for field in fields(value)):
            inner = getattr(value, name)
            if name in {"kind", "of"} and isinstance(inner, str):
                yield inner
            else:
                yield from _kinds_in(inner)
