"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_archive.service.configuration import load_calendar, set_parameters, set_retention_table
from casetrail_archive.service.discs import annotate_disc, register_disc
from casetrail_archive.service.dossiers import file_dossier, refuse_change
from casetrail_archive.service.keeping import (
    append_supplement,
    mark_long_term,
    override_retention,
    set_retention,
    transfer_dossier,
)
from casetrail_archive.service.packs import load_pack, read_text
from casetrail_archive.service.supervision import close_rectification, hold_round, make_report, open_rectification

__all__ = [
    "annotate_disc",
    "append_supplement",
    "close_rectification",
    "file_dossier",
    "hold_round",
    "load_calendar",
    "load_pack",
    "make_report",
    "mark_long_term",
    "open_rectification",
    "override_retention",
    "read_text",
    "refuse_change",
    "register_disc",
    "set_parameters",
    "set_retention",
    "set_retention_table",
    "transfer_dossier",
]
