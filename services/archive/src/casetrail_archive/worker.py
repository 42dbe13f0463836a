"""Archive's worker: relay, follower, control and jobs. `python -m casetrail_archive.worker`."""

from casetrail_archive.process import BLUEPRINT
from casetrail_common import runtime

if __name__ == "__main__":
    runtime.run_worker_process(BLUEPRINT)
