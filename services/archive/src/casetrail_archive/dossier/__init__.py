"""The dossier (案卷): from copies of facts to a package that anybody can verify offline. Knows no service."""

from casetrail_archive.dossier.assembly import RecordingDiffersError, assemble
from casetrail_archive.dossier.bag import root_of
from casetrail_archive.dossier.press import AssemblyFailedError, Press
from casetrail_archive.dossier.source import (
    ContentCopy,
    DossierInput,
    FactCopy,
    FindingCopy,
    Recording,
    StreamCopy,
)
from casetrail_archive.dossier.volume import Volume

__all__ = [
    "AssemblyFailedError",
    "ContentCopy",
    "DossierInput",
    "FactCopy",
    "FindingCopy",
    "Press",
    "Recording",
    "RecordingDiffersError",
    "StreamCopy",
    "Volume",
    "assemble",
    "root_of",
]
