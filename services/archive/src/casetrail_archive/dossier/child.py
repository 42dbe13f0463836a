"""The child process that prints one volume: `python -m casetrail_archive.dossier.child`, started by `assembly`."""

import json
import pickle
import sys
from dataclasses import asdict

from casetrail_archive.dossier.volume import write_volume


def main() -> None:
    """Read what to print from standard input, write it, and answer with what came of it."""
    source, folder, staged = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent process
    volume = write_volume(source, folder, staged)
    sys.stdout.write(json.dumps(asdict(volume)))


if __name__ == "__main__":
    main()
