"""Archive's own tables, as rows and nothing else."""

from casetrail_archive.storage.rows import ClosedPast, CopiedFact, DeadlineTold, FindingRow, OpenDeadline, Timer

__all__ = ["ClosedPast", "CopiedFact", "DeadlineTold", "FindingRow", "OpenDeadline", "Timer"]
