"""Archive's API: `python -m casetrail_archive.main`."""

from fastapi import FastAPI

from casetrail_archive.process import BLUEPRINT
from casetrail_common import runtime


def create_app(process: runtime.Process) -> FastAPI:
    """Make the application around a process that is open; nothing happens on import."""
    return runtime.create_app(BLUEPRINT, process)


if __name__ == "__main__":
    runtime.run_api(BLUEPRINT)
