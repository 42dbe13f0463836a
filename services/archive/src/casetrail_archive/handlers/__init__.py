"""Archive's HTTP edge: it translates and decides nothing."""

from casetrail_archive.handlers.dossiers import router as dossiers
from casetrail_archive.handlers.findings import router as findings
from casetrail_archive.handlers.incidents import router as incidents
from casetrail_archive.handlers.keeping import router as keeping
from casetrail_archive.handlers.law import router as law
from casetrail_archive.handlers.outlook import router as outlook
from casetrail_archive.handlers.supervision import router as supervision

__all__ = ["dossiers", "findings", "incidents", "keeping", "law", "outlook", "supervision"]
