"""Where the migrations of archive run; nothing of its own."""

from casetrail_common.migrating import run_env

run_env()
