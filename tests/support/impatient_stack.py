"""The whole application under a supervisor that starts at once whatever died: `impatient_stack.py --data DIR`."""

import asyncio
import sys
from pathlib import Path

from casetrail_embedded.applications import plan
from casetrail_embedded.commands.stack import say, serve
from casetrail_embedded.stack.keeper import Patience
from casetrail_embedded.stack.ports import USUAL
from casetrail_embedded.stack.supervisor import Stack

AT_ONCE = Patience(first_pause_s=0.05, longest_pause_s=0.05)
"""A test kills more often than anything dies by itself; the usual pauses would only make it wait."""


def main() -> int:
    """Serve until told to stop."""
    spare_ports = dict.fromkeys(USUAL, 0)
    stack = Stack(Path(sys.argv[2]), apps=plan(split=False), usual_ports=spare_ports, patience=AT_ONCE, say=say)
    return asyncio.run(serve(stack))


if __name__ == "__main__":
    sys.exit(main())
