"""How people call the objects that findings speak of."""

from casetrail_archive.dossier import DossierInput
from casetrail_archive.dossier.casefile import CaseFile
from casetrail_archive.dossier.papers.record import session_name
from casetrail_archive.dossier.reading import read_case
from casetrail_common.records import label, record_types


def subject_names(source: DossierInput) -> dict[str, str]:
    """Return a name for each object of a case, by id."""
    case = read_case(source)
    kinds = record_types()
    return {
        source.case: "本案",
        **{id_: kinds[r.added.record_type].zh for id_, r in case.records.items() if r.added.record_type in kinds},
        **{id_: f"决定书 {decision.issued.number}" for id_, decision in case.decisions.items()},
        **{id_: session_name(case, id_) for id_ in case.sessions},
        **{id_: label("activity_kind", activity.started.kind) for id_, activity in case.activities.items()},
        **_services(case),
    }


def _services(case: CaseFile) -> dict[str, str]:
    return {served.service: f"送达（{label('service_method', served.method)}）" for served, _ in case.services}
