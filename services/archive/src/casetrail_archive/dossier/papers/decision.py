"""The decision (行政执法决定书), laid out as an official document."""

from casetrail_archive.dossier.casefile import CaseFile, FiledDecision
from casetrail_archive.dossier.papers.paper import Paper, Part, flush, note, seal, text
from casetrail_archive.dossier.papers.record import sealed_with
from casetrail_archive.dossier.wording import day, exact, moment
from casetrail_common.records import label

BODY_SIZE = 16
"""Points of the body. Source: GB/T 9704-2012, 5.2.2: size 3."""


def decision_paper(case: CaseFile, decision: FiledDecision) -> Paper:
    """Return the decision as it was issued; its text is that of the decision and nothing else."""
    issued, fact = decision.issued, decision.fact
    parts: list[Part] = [
        flush(f"当事人：{case.parties}", size=BODY_SIZE),
        flush(f"案　由：{case.contents.text(case.registered.matter)}", size=BODY_SIZE),
        flush("决定内容：", size=BODY_SIZE),
        text(case.contents.text(issued.content), size=BODY_SIZE),
    ]
    if issued.correction_deadline:
        parts.append(flush(f"改正期限：{day(issued.correction_deadline)}", size=BODY_SIZE))
    parts += [
        seal(case.source.agency_name, sealed_with(issued.seal), day(issued.issued_on)),
        note(
            f"本件由{case.person(fact.actor.person)}于{moment(fact.occurred_at)}制作，"
            f"内容以事实记录 {fact.service}:{fact.n}（{exact(fact.recorded_at)} 入账）为准。"
        ),
    ]
    return Paper(
        title=f"{label('conduct_type', case.registered.conduct_type)}决定书",
        over=case.source.agency_name,
        number=issued.number,
        parts=tuple(parts),
        responsible=case.source.agency_name,
        dated=issued.issued_on,
    )
