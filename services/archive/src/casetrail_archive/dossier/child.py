"""The child process that prints volumes: `python -m casetrail_archive.dossier.child`, started by `press`."""

import json
import pickle
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from casetrail_archive.dossier.press import LENGTH
from casetrail_archive.dossier.volume import write_volume


def main() -> None:
    """Read what to print from standard input, write it, and answer with what came of it, until there is no more."""
    orders = sys.stdin.buffer
    while length := orders.read(LENGTH.size):
        answer = _printed(orders, *LENGTH.unpack(length))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _printed(orders: BinaryIO, length: int) -> dict[str, Any]:
    source, folder, staged = pickle.loads(orders.read(length))  # noqa: S301 - written by our own parent process
    try:
        return asdict(write_volume(source, folder, staged))
    except Exception as error:  # whatever it is, the parent is told, and starts another child
        return {"failed": f"{type(error).__name__}: {error}".rpartition("\n")[2]}


if __name__ == "__main__":
    main()
