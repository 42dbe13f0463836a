"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_archive.service.configuration import load_calendar, load_pack, set_parameters, set_retention_table
from casetrail_archive.service.dossiers import file_dossier, refuse_change

__all__ = [
    "file_dossier",
    "load_calendar",
    "load_pack",
    "refuse_change",
    "set_parameters",
    "set_retention_table",
]
