"""In which order the papers of a case lie in its volume.

Source: binding rules for penalty files put the approval to initiate first, then the decision with its proof of
service, then other documents issued to the party, then evidence, then the rest. Within a group, by time.
"""

from collections.abc import Iterator

from casetrail_archive.dossier.casefile import CaseFile, FiledDecision, FiledRecord
from casetrail_archive.dossier.papers.decision import decision_paper
from casetrail_archive.dossier.papers.lists import findings_paper, timeline_paper
from casetrail_archive.dossier.papers.paper import Paper
from casetrail_archive.dossier.papers.record import record_paper
from casetrail_archive.dossier.papers.recording import recording_paper
from casetrail_common.records import record_types

INITIATION, DECISION, OUTWARD, EVIDENCE, HANDLING, OTHER, CLOSURE = range(7)


def papers_of(case: CaseFile, names: dict[str, str]) -> Iterator[Paper]:
    """Yield every paper of the volume between its catalogue and its remarks sheet, in order.

    Parameters
    ----------
    names
        File name in the bag by object key, of the recordings that lie in it.
    """
    filed: list[FiledRecord | FiledDecision] = [*case.records.values(), *case.decisions.values()]
    for one in sorted(filed, key=lambda one: (_group(case, one), one.fact.occurred_at, one.fact.n)):
        yield decision_paper(case, one) if isinstance(one, FiledDecision) else record_paper(case, one)
    for session in case.sessions.values():
        yield recording_paper(case, session, names)
    yield findings_paper(case)
    yield timeline_paper(case)


def _group(case: CaseFile, filed: FiledRecord | FiledDecision) -> int:
    if isinstance(filed, FiledDecision):
        return DECISION
    kind = record_types().get(filed.added.record_type)
    if kind is None:
        return OTHER
    if kind.code in {"initiation_approval", "application_register", "acceptance_notice"}:
        return INITIATION
    if kind.code == "closure_record":
        return CLOSURE
    if kind.stage == "service" and any(item in case.decisions for item in filed.added.about):
        return DECISION
    if kind.category == "outward" or kind.stage == "service":
        return OUTWARD
    return {"evidence": EVIDENCE, "internal_approval": HANDLING}.get(kind.category, OTHER)
