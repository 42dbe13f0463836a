"""Whether the ledgers still say what they said: every chain recomputed, every log held against archive's copies.

It trusts no code that writes ledgers: it reads tables, hashes bytes and compares.
`python -m casetrail_archive.verify_ledger` prints what is wrong and ends with exit code 1 if anything is.
"""

from casetrail_archive.verify_ledger.databases import verify
from casetrail_archive.verify_ledger.report import Fault, Report

__all__ = ["Fault", "Report", "verify"]
