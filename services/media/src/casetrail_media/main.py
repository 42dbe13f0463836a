"""Media's API: `python -m casetrail_media.main`."""

from fastapi import FastAPI

from casetrail_common import runtime
from casetrail_media.process import BLUEPRINT


def create_app(process: runtime.Process) -> FastAPI:
    """Make the application around a process that is open; nothing happens on import."""
    return runtime.create_app(BLUEPRINT, process)


if __name__ == "__main__":
    runtime.run_api(BLUEPRINT)
