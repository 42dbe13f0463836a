"""Checking a pack: `python -m casetrail_common.rules.check FILE` says what it demands, or what is wrong with it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from casetrail_common.rules.compile import compile_pack
from casetrail_common.rules.faults import PackError
from casetrail_common.rules.loader import read_file
from casetrail_common.rules.selftest import self_test
from casetrail_common.rules.wording import told


def main(arguments: Sequence[str]) -> int:
    """Check the pack in a file; the exit code is 0 only if it can be used."""
    if len(arguments) != 1:
        sys.stderr.write("用法：python -m casetrail_common.rules.check 规则包.yaml\n")
        return 2
    path = Path(arguments[0])
    try:
        pack = compile_pack(read_file(path), source=path.name)
        faults = self_test(pack)
    except (PackError, OSError, UnicodeDecodeError) as error:
        lines = [fault.zh for fault in error.faults] if isinstance(error, PackError) else [str(error)]
        sys.stderr.writelines(f"{path.name}：{line}\n" for line in lines)
        return 1
    sys.stdout.writelines(f"{line}\n" for line in told(pack))
    sys.stderr.writelines(f"{path.name}：{fault.zh}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
