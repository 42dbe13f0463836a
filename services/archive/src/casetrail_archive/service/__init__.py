"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_archive.service.configuration import load_calendar, load_pack, set_parameters, set_retention_table
from casetrail_archive.service.dossiers import file_dossier, refuse_change
from casetrail_archive.service.supervision import close_rectification, hold_round, make_report, open_rectification

__all__ = [
    "close_rectification",
    "file_dossier",
    "hold_round",
    "load_calendar",
    "load_pack",
    "make_report",
    "open_rectification",
    "refuse_change",
    "set_parameters",
    "set_retention_table",
]
