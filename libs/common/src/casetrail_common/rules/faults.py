"""What can be wrong with a pack, and how it is told: where, what, and how to put it right."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str, str, str]]] = MappingProxyType(
    {
        "not_yaml": (
            "文件不是合法的 YAML：{detail}",
            "按提示位置改正；同一层不得有重复的键。",
            "The file is no valid YAML: {detail}",
            "Correct it at the place named; no key may stand twice on one level.",
        ),
        "value_wrong": (
            "{key} 的值不对：{detail}",
            "参照 henan-2019 的写法；数字写明 unit，参数写明 stricter。",
            "The value of {key} is wrong: {detail}",
            "Write it as henan-2019 does; a number has a unit, a parameter says which way is stricter.",
        ),
        "unknown_key": (
            "不认识的键 {key}",
            "可用的键：{known}。",
            "Unknown key {key}",
            "Known keys: {known}.",
        ),
        "key_missing": ("缺少键 {key}", "补上 {key}。", "Key {key} is missing", "Add {key}."),
        "rule_repeated": (
            "条款号重复",
            "一个条款只写一条规则；两项义务用字母区分，如 22.1a、22.1b。",
            "The clause id is used twice",
            "Write one rule for one clause; tell two duties of it apart by letters, such as 22.1a and 22.1b.",
        ),
        "foreign_clause": (
            "条款号 {clause} 不属于本规则包",
            "条款号以 {pack}/ 开头。",
            "Clause {clause} does not belong to this pack",
            "Clause ids begin with {pack}/.",
        ),
        "parameter_unknown": (
            "{name} 没有定义",
            "在本规则或规则包的 parameters 中定义。",
            "{name} is not defined",
            "Define it under parameters, of the rule or of the pack.",
        ),
        "parameter_unused": (
            "参数 {name} 没有用到",
            "删除，或在规则中以 ${name} 引用。",
            "Parameter {name} is not used",
            "Remove it, or refer to it as ${name}.",
        ),
        "number_outside": (
            "规则正文中出现数字 {number}",
            "移到 parameters，以 $名称 引用。",
            "The number {number} stands in the text of the rule",
            "Move it to parameters and refer to it as $name.",
        ),
        "not_a_period": (
            "参数 {name} 不是期限",
            "写明单位：{known}。",
            "Parameter {name} is no period",
            "Give it one of the units {known}.",
        ),
        "unknown_kind": (
            "{kind}不能关联 {name}",
            "可用：{known}。",
            "{name} cannot be linked to {kind}",
            "Possible: {known}.",
        ),
        "unknown_attribute": (
            "{kind}没有属性 {name}",
            "可用：{known}。",
            "{kind} has no attribute {name}",
            "Possible: {known}.",
        ),
        "unknown_code": (
            "{name} 没有取值 {code}",
            "可用：{known}。",
            "{name} takes no value {code}",
            "Possible: {known}.",
        ),
        "unknown_term": (
            "用语 {name} 没有定义",
            "在规则包的 terms 中定义；用语不得引用自身。",
            "The term {name} is not defined",
            "Define it under terms of the pack; a term must not refer to itself.",
        ),
        "not_a_requirement": (
            "看不懂的要求：{detail}",
            "写成 {{对象: 描述}}、列表，或 is、each、all、any、none、every、recorded、term 之一。",
            "This is no requirement: {detail}",
            "Write {{kind: pattern}}, a list, or one of is, each, all, any, none, every, recorded, term.",
        ),
        "not_a_limit": (
            "看不懂的时限：{detail}",
            "写成 {{within: $参数, from: 时点}}、{{before: 时点}}、{{once: 时点}} 或 promptly。",
            "This is no limit: {detail}",
            "Write {{within: $parameter, from: instant}}, {{before: instant}}, {{once: instant}} or promptly.",
        ),
        "one_of": (
            "{keys} 必须且只能写一个",
            "保留其中一个。",
            "Exactly one of {keys} must be given",
            "Keep one of them.",
        ),
        "parent_unknown": (
            "没有规则包 {pack}",
            "在 inherits 写明已有的规则包。",
            "There is no pack {pack}",
            "Name a known pack under inherits.",
        ),
        "rule_unknown": (
            "没有可以引用的条款 {rule}",
            "写明已有的条款号。",
            "There is no rule {rule} to refer to",
            "Name a rule that exists.",
        ),
        "relax_not_allowed": (
            "{name} 比上级规定宽松",
            "改严，或由法律、法规、规章作出（authority_level）。",
            "{name} is laxer than the parent's",
            "Make it stricter, or have a law, regulation or rule say so (authority_level).",
        ),
        "stricter_unconfirmed": (
            "{name} 与上级规定的单位不同，不能比较",
            "确认更严的，写明 stricter: true。",
            "{name} has another unit than the parent's and cannot be compared",
            "If it is stricter, confirm it: stricter: true.",
        ),
        "not_dated": (
            "规则包没有施行日期，不能启用",
            "在 in_force_from 填写，或在启用时指定。",
            "The pack has no date from which it is in force, so it cannot be activated",
            "Give it as in_force_from, or name a date when loading it.",
        ),
        "not_tested": (
            "自检不通过：{detail}",
            "检查 when、must、by 是否自相矛盾。",
            "The rule fails its own test: {detail}",
            "See whether when, must and by contradict each other.",
        ),
    }
)
"""Words by code: what and remedy in Chinese, what and remedy in English."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a pack."""

    code: str
    rule: str | None
    """Clause id of the rule; None if it concerns the whole pack."""
    details: Mapping[str, str]

    @property
    def zh(self) -> str:
        """The fault and its remedy in Chinese."""
        what, remedy, _, _ = FAULTS[self.code]
        return f"{self.rule or '规则包'}：{what.format(**self.details)}。{remedy.format(**self.details)}"

    @property
    def en(self) -> str:
        """The fault and its remedy in English."""
        _, _, what, remedy = FAULTS[self.code]
        return f"{self.rule or 'pack'}: {what.format(**self.details)}. {remedy.format(**self.details)}"


class PackError(Exception):
    """A pack cannot be used. Its text names the file, and each fault with its rule and remedy."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{source}: {fault.en}" for fault in faults))
        self.source = source
        self.faults = faults


class FaultFoundError(Exception):
    """Ends the reading of one rule; the reading of the pack goes on."""

    def __init__(self, code: str, /, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = {name: _listed(detail) for name, detail in details.items()}

    def of(self, rule: str | None) -> Fault:
        """Return the fault with its place."""
        return Fault(self.code, rule, self.details)


def _listed(detail: object) -> str:
    return ", ".join(sorted(map(str, detail))) if isinstance(detail, set | frozenset) else str(detail)
