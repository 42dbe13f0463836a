"""Sheets that list: the rules as judged (规则核对表) and the course of the case (办案经过)."""

from casetrail_archive.dossier.casefile import CaseFile
from casetrail_archive.dossier.papers.paper import Column, Paper, form, note, pair, table
from casetrail_archive.dossier.papers.steps import course
from casetrail_archive.dossier.source import FindingCopy
from casetrail_archive.dossier.wording import duration, exact
from casetrail_common.calendar import local_day
from casetrail_common.records import label

_FINDINGS = (
    Column("序号", 11, "c"),
    Column("条款", 35),
    Column("要求"),
    Column("对象", 18, "c"),
    Column("结论", 15, "c"),
    Column("期限与逾期", 39),
)

_STEPS = (
    Column("序号", 11, "c"),
    Column("时间", 39, "c"),
    Column("事项"),
    Column("经办人", 20, "c"),
    Column("事实", 26, "c"),
)


def findings_paper(case: CaseFile) -> Paper:
    """Return how every rule judged the case when the dossier was made."""
    findings = case.source.findings
    counts = {status: sum(finding.status == status for finding in findings) for status in _WORST_FIRST}
    summary = "，".join(f"{label('status', status)}{count}项" for status, count in counts.items() if count)
    packs = "\n".join(_law(case, pack) for pack in sorted({finding.pack for finding in findings}))
    calendars = "、".join(sorted({finding.calendar for finding in findings if finding.calendar}))
    ordered = sorted(findings, key=lambda finding: (_WORST_FIRST.index(finding.status), finding.rule, finding.subject))
    return Paper(
        title="规则核对表",
        over=case.source.agency_name,
        parts=(
            form(
                pair("案件名称", case.title),
                pair("适用规则", packs or "无"),
                pair("工作日历", calendars or "无"),
                pair("核对结果", summary or "无核对项目"),
            ),
            table(_FINDINGS, [_finding(place, finding) for place, finding in enumerate(ordered, 1)]),
            note(f"结论截至{exact(case.source.made_at)}，由规则依据卷内事实得出，不代替对案件的实体审查。"),
        ),
        responsible="系统",
        dated=local_day(case.source.made_at),
    )


_WORST_FIRST = ("violated", "overdue", "needs_review", "pending", "satisfied", "not_applicable")


def _law(case: CaseFile, pack: str) -> str:
    return f"《{case.packs[pack]}》　{pack}" if pack in case.packs else pack


def _finding(place: int, finding: FindingCopy) -> list[str]:
    verdict = label("status", finding.status)
    if finding.severity:
        verdict += f"\n（{label('severity', finding.severity)}）"
    return [str(place), finding.rule, finding.gist, finding.subject, verdict, _due(finding)]


def _due(finding: FindingCopy) -> str:
    words = []
    if finding.due is not None:
        words.append(exact(finding.due) + ("（暂定）" if finding.provisional else ""))
    if finding.late_by_s:
        words.append(f"逾期{_days(finding.late_by_s)}")
    return "\n".join(words) or "—"


def _days(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    return (f"{days}天" if days else "") + (duration(rest) if rest or not days else "")


def timeline_paper(case: CaseFile) -> Paper:
    """Return the course of the case, fact by fact."""
    rows = [[str(place), exact(step.at), step.what, step.who, step.fact] for place, step in enumerate(course(case), 1)]
    return Paper(
        title="办案经过",
        over=case.source.agency_name,
        parts=(form(pair("案件名称", case.title)), table(_STEPS, rows)),
        responsible="系统",
        dated=local_day(case.source.made_at),
    )
