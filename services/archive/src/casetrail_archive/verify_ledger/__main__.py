"""`python -m casetrail_archive.verify_ledger`: verify the databases that the settings name."""

import asyncio
import sys

from casetrail_archive.verify_ledger.databases import verify
from casetrail_common.ids import SERVICES
from casetrail_common.settings import Settings


def main() -> int:
    """Print the report; 1 if anything is wrong."""
    settings = Settings()
    report = asyncio.run(verify({service: settings.dsn(service) for service in SERVICES}))
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
