"""Media's worker: relay, follower, control and jobs. `python -m casetrail_media.worker`."""

from casetrail_common import runtime
from casetrail_media.process import BLUEPRINT

if __name__ == "__main__":
    runtime.run_worker_process(BLUEPRINT)
