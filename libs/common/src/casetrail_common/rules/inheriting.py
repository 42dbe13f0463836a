"""Packs that inherit: a child tightens freely and relaxes only with authority.

Source: henan-2019, article 2: laws, regulations and rules may provide otherwise; nobody else may.
"""

from collections.abc import Mapping
from typing import Final

from casetrail_common.rules.document import ChildParameter, ChildRuleText, Parameter, RuleText, shaped
from casetrail_common.rules.faults import FaultFoundError
from casetrail_common.rules.pack import Pack

MAY_RELAX: Final = frozenset({"law", "regulation", "rule"})

_HOUR: Final = 1
_DAY: Final = 24
_HOLIDAY: Final = 9
"""Days in a row, at most, that offices have been closed by the arrangements of the State Council."""


def overriding(child: ChildRuleText, parent: Pack) -> RuleText:
    """Return the sentence of the parent with the child's id and parameters.

    Raises
    ------
    FaultFoundError
        If the parent has no such rule or parameter, or the child relaxes without authority.
    """
    texts = (raw for raw in parent.text.rules if isinstance(raw, Mapping) and raw.get("rule") == child.overrides)
    raw = next(texts, None)
    if raw is None:
        raise FaultFoundError("rule_unknown", rule=child.overrides)
    text = shaped(RuleText, raw)
    changed = dict(text.parameters)
    for name, own in child.parameters.items():
        if name not in changed:
            raise FaultFoundError("parameter_unknown", name=name)
        if child.authority_level not in MAY_RELAX:
            _check(name, changed[name], own, is_confirmed=child.stricter)
        changed[name] = changed[name].model_copy(update={"value": own.value, "unit": own.unit})
    # Whatever stands in a document was checked; what a copy carries was not.
    merged = {name: shaped(Parameter, parameter.model_dump()) for name, parameter in changed.items()}
    update = {"rule": child.rule, "gist": child.gist or text.gist, "parameters": merged, "gate": []}
    return text.model_copy(update=update)


def _check(name: str, parent: Parameter, own: ChildParameter, *, is_confirmed: bool) -> None:
    if isinstance(parent.value, tuple) or isinstance(own.value, tuple):
        _check_codes(name, parent, own)
        return
    had, has = _hours(parent.value, parent.unit), _hours(own.value, own.unit)
    if own.unit == parent.unit:
        had, has = (_count(parent.value),) * 2, (_count(own.value),) * 2
    is_longer, is_shorter = has[0] > had[1], has[1] <= had[0]
    if parent.stricter == "more":
        is_longer, is_shorter = has[1] < had[0], has[0] >= had[1]
    if is_longer:
        raise FaultFoundError("relax_not_allowed", name=name)
    if not is_shorter and not is_confirmed:
        raise FaultFoundError("stricter_unconfirmed", name=name)


def _check_codes(name: str, parent: Parameter, own: ChildParameter) -> None:
    had = set(parent.value) if isinstance(parent.value, tuple) else {parent.value}
    has = set(own.value) if isinstance(own.value, tuple) else {own.value}
    is_stricter = has >= had if parent.stricter == "more" else has <= had
    if not is_stricter:
        raise FaultFoundError("relax_not_allowed", name=name)


def _hours(value: object, unit: str | None) -> tuple[int, int]:
    """Return how many hours a period lasts at least and at most."""
    count = _count(value)
    match unit:
        case "seconds":
            return 0, count // 3600 + _HOUR
        case "hours":
            return count, count
        case "days":
            return count * _DAY, (count + 1 + _HOLIDAY) * _DAY
        case "working_days":
            return count * _DAY, (count + 1 + (count // 5 + 1) * _HOLIDAY) * _DAY
        case "calendar_day_of_trigger":
            return 0, _DAY
    return count, count


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
