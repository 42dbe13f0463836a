"""A pack told back in Chinese, so that whoever wrote it can see what it demands."""

from collections.abc import Iterator, Sequence
from typing import Final

from casetrail_common.calendar import Period
from casetrail_common.problems.table import PROBLEMS
from casetrail_common.records import record_types
from casetrail_common.rules import nodes, values
from casetrail_common.rules.anchors import BORN, Anchor, BaseDue, When, WhenMet
from casetrail_common.rules.casefile import Value
from casetrail_common.rules.limits import Before, Limit, Once, PeriodOf, Promptly, Within
from casetrail_common.rules.look import Node
from casetrail_common.rules.model import Attribute, model
from casetrail_common.rules.nodes import Pattern
from casetrail_common.rules.pack import Duty, Pack, Rule
from casetrail_common.rules.recorded import Recorded

_UNITS: Final = {
    "seconds": "{}秒内",
    "hours": "{}小时内",
    "calendar_day_of_trigger": "当日内",
    "days": "{}日内",
    "working_days": "{}个工作日内",
    "stated_day": "所载日期内",
    "at_event": "当时",
}
_OF: Final = {"subject": "该对象", "each": "其中每一个"}
_ORDERS: Final = {"before": "早于", "not_after": "不晚于", "after": "晚于", "not_before": "不早于"}
_SEVERITY: Final = {"must": "错误", "must_not": "错误", "must_as_appropriate": "提示", "may": "不构成违反"}


def told(pack: Pack) -> Iterator[str]:
    """Yield the lines that say what a pack is and what each of its rules demands."""
    text = pack.text
    since = text.in_force_from or "施行日期由启用机关指定"
    yield f"《{text.title_zh}》 {pack.name}，{text.issuer_zh}，自 {since} 起施行"
    for rule in pack.rules:
        yield ""
        yield f"{rule.id}  {rule.gist.zh}"
        yield from (f"  {line}" for line in _rule(rule))

    yield ""
    terms = dict(term for rule in pack.rules for duty in rule.duties for term in _terms(duty))
    yield from (f"「{zh}」：{meaning}" for zh, meaning in terms.items())


def demanded(node: Node, kind: str) -> str:
    """Return what a requirement asks of an object of a kind; terms are spelled out."""
    match node:
        case nodes.Term(_, inner):
            return demanded(inner, kind)
    return _node(node, kind)


def tested(test: values.Test, attribute: Attribute) -> str:
    """Return what is asked of the value of an attribute."""
    return _test(test, attribute, ())


def timed(limit: Limit, kind: str) -> str:
    """Return by when something must be done."""
    return _limit(limit, kind)


def _terms(duty: Duty) -> Iterator[tuple[str, str]]:
    """Yield the terms that the requirements of a duty consist of, with their meaning."""
    open_nodes = [node for node in (duty.when, duty.except_, duty.must, *duty.unless) if node]
    while open_nodes:
        match open_nodes.pop(0):
            case nodes.Term(zh, inner):
                yield zh, _node(inner, duty.kind)
                open_nodes.append(inner)
            case nodes.All(parts) | nodes.AnyOf(parts):
                open_nodes.extend(parts)
            case nodes.Every(_, inner):
                open_nodes.append(inner)
            case nodes.On(_, inner):
                open_nodes.append(inner)


def _title(code: str) -> str:
    return PROBLEMS[code].title if code in PROBLEMS else code


def _rule(rule: Rule) -> Iterator[str]:
    for duty in rule.duties:
        yield f"对象：{model()[duty.kind].zh}{_described(duty.where, duty.kind)}"
        yield from _duty(duty)
    if rule.prohibits:
        yield f"禁止：{'、'.join(_title(code) for code in rule.prohibits)}"
    yield f"违反：{_SEVERITY[rule.modality]}"
    for set_, to in rule.sets.items():
        yield f"视为：{set_} = {to}"
    if rule.relaxes:
        yield f"放宽：{rule.relaxes}"
    if rule.overrides:
        yield f"替代：{rule.overrides}"
    for mitigation in rule.mitigations:
        yield f"从轻：{_node(mitigation.node, mitigation.kind)}（{mitigation.rule}）"
    for gate in rule.gates:
        yield f"关口：拒绝 {gate.refuses}（{gate.code}）"


def _duty(duty: Duty) -> Iterator[str]:
    if duty.except_:
        yield f"除外：{_node(duty.except_, duty.kind)}"
    if duty.when:
        yield f"情形：{_node(duty.when, duty.kind)}"
    if duty.must:
        yield f"应当：{_node(duty.must, duty.kind)}"
        yield f"时限：{_limit(duty.limit, duty.kind)}"
    for excuse in duty.unless:
        yield f"免责：{_node(excuse, duty.kind)}"


def _node(node: Node, kind: str) -> str:  # noqa: C901  one case for each kind of node
    match node:
        case nodes.Some(other, pattern):
            return f"有{model()[other].zh}{_described(pattern, other)}"
        case nodes.NoneSuch(some):
            return f"没有{_node(some, kind).removeprefix('有')}"
        case nodes.Is(pattern):
            return f"该{model()[kind].zh}{_described(pattern, kind)}"
        case nodes.All(parts):
            return "，并且".join(_part(part, kind) for part in parts)
        case nodes.AnyOf(ways):
            return "，或者".join(_part(way, kind) for way in ways)
        case nodes.Term(zh, _):
            return f"「{zh}」"
        case nodes.On(basis, inner):
            return f"{_node(inner, kind)}（记为 {basis}）"
        case nodes.Each(pattern):
            return f"其中每一个{_described_each(pattern)}"
        case nodes.Every(some, must):
            return f"每一个{_node(some, kind).removeprefix('有')}，都要求{_part(must, kind)}"
        case nodes.Several(some, count, distinct):
            number = (
                f"{count}{'人' if distinct else '个'}以上"
                if isinstance(count, int)
                else f"与{_node(count, kind)}一样多"
            )
            return f"{_node(some, kind)}（{number}）"
        case Recorded(by, how, gaps):
            extent = "覆盖全程" if how == "throughout" else "同时进行"
            return f"{model()['session'].zh}{_described(by, 'session')}{extent}{'，不得中断' if gaps == 'none' else ''}"
    return str(node)


def _described_each(pattern: Pattern) -> str:
    """Return what is asked of the object `every` speaks of, whatever its kind."""
    kinds = (
        name
        for name, kind in model().items()
        if all(kind.attribute(test) for test, _ in pattern.tests)
        and all(getattr(node, "kind", name) in {name, *kind.linked} for node in pattern.inner)
    )
    kind = next(kinds, "record")
    return _described(pattern, kind) if all(model()[kind].attribute(n) for n, _ in pattern.tests) else ""


def _part(node: Node, kind: str) -> str:
    """Return a part of a combination; one that is itself a combination stands in brackets."""
    said = _node(node, kind)
    return f"〔{said}〕" if isinstance(node, nodes.All | nodes.AnyOf) else said


def _described(pattern: Pattern, kind: str) -> str:
    """Return what is asked of an object, in brackets; nothing if any will do."""
    forms = [code for name, test in pattern.tests if name == "type" for code in getattr(test, "codes", ())]
    said = [
        _test(test, attribute, forms) for name, test in pattern.tests if (attribute := model()[kind].attribute(name))
    ]
    said += [_node(node, kind) for node in pattern.inner]
    return f"（{'，'.join(said)}）" if said else ""


def _test(test: values.Test, attribute: Attribute, forms: Sequence[Value]) -> str:
    """Return what is asked of a value; `forms` are the record types whose fields it may name."""
    match test:
        case values.IsFilled():
            return f"{attribute.zh}已有"
        case values.Not(values.IsFilled()):
            return f"{attribute.zh}尚无"
        case values.OneOf(codes):
            return f"{attribute.zh}为{'或'.join(_word(code, attribute, forms) for code in codes)}"
        case values.HoldsAll(codes):
            return f"{attribute.zh}含{'、'.join(_word(code, attribute, forms) for code in codes)}"
        case values.Not(inner):
            return f"{attribute.zh}不{_test(inner, attribute, forms).removeprefix(attribute.zh)}"
        case values.AtLeast(count):
            return f"{attribute.zh}不少于{count}"
        case values.SameAs(of, _):
            return f"{attribute.zh}与{_OF.get(of, of)}相同"
        case values.Ordered(how, _):
            return f"{attribute.zh}{_ORDERS[how]}所定时间"
        case values.Near(_, tolerance):
            return f"{attribute.zh}与所定时间相差不超过{tolerance.value}秒"
    return str(test)


def _word(code: Value, attribute: Attribute, forms: Sequence[Value]) -> str:
    if isinstance(code, bool):
        return "是" if code else "否"
    if attribute.codes is not None:
        return attribute.codes[str(code)]
    fields = (field for form in forms or record_types() for field in record_types()[str(form)].fields)
    return next((field.zh for field in fields if field.name == code), str(code))


def _limit(limit: Limit, kind: str) -> str:
    match limit:
        case Promptly():
            return "及时（没有期限，持续提示）"
        case Once(anchor) if anchor == BORN:
            return "自始具备，缺者可以补正"
        case Once(anchor):
            return f"至迟{_anchor(anchor, kind)}，缺者可以补正"
        case Before(anchor):
            return f"早于{_anchor(anchor, kind)}，事后不能补正"
        case Within(period, anchor, _):
            return f"自{_anchor(anchor, kind)}起{_period(period)}，逾期不能补正"


def _anchor(anchor: When, kind: str) -> str:
    match anchor:
        case Anchor(of, attribute):
            known = model()[of or kind]
            return f"{known.zh}的{known.attributes[attribute].zh}"
        case WhenMet(node):
            return f"〔{_node(node, kind)}〕之时"
        case BaseDue():
            return "原期限届满"
    return "其中每一个的时间"


def _period(period: Period | PeriodOf) -> str:
    match period:
        case PeriodOf(attribute=str()):
            return "事项规定的时限内"
        case PeriodOf(default=Period() as default):
            return f"{_UNITS[default.unit].format(default.count)}（机关可以另定）"
        case Period(unit, count):
            return _UNITS[unit].format(count)
    return ""
