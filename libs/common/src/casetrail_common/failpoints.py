"""Places where a test build kills its own process, so that tests can cut it off exactly there.

`failpoint("relay.after_publish")` does nothing unless CASETRAIL_TEST_BUILD is set and the name is armed, by
CASETRAIL_FAILPOINTS or, while the process runs, by the file CASETRAIL_FAILPOINTS_FILE. Both hold `name[:nth]` separated
by commas or white space. At the nth hit the process sends itself SIGKILL: no handler, no `finally`, no flush. It takes
the file away first, so that the process that is started in its place lives.
"""

import os
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from casetrail_common.settings import Settings

_ENTRY: Final = re.compile(r"([A-Za-z0-9_.-]+)(?::([1-9][0-9]{0,8}))?")


@dataclass(slots=True)
class _Arms:
    """What is armed in this process."""

    left: dict[str, int]
    """Hits until death, by failpoint."""
    file: Path | None = None
    file_stamp: int | None = None
    """Modification time of the file when it was read, in nanoseconds; None if there was none."""
    hits: dict[str, int] = field(default_factory=dict)

    def hit(self, name: str) -> None:
        """Count a hit, and die if it is the one."""
        self._read_file()
        self.hits[name] = self.hits.get(name, 0) + 1
        if name not in self.left:
            return
        self.left[name] -= 1
        if self.left[name] == 0:
            if self.file is not None:
                self.file.unlink(missing_ok=True)
            sys.stderr.write(f"failpoint {name}: killed\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    def _read_file(self) -> None:
        """Arm anew if the file has changed since; what it held before is disarmed."""
        if self.file is None:
            return
        try:
            stamp = self.file.stat().st_mtime_ns
            text = self.file.read_text() if stamp != self.file_stamp else None
        except FileNotFoundError:
            stamp, text = None, ("" if self.file_stamp is not None else None)
        if text is not None:
            self.file_stamp, self.left = stamp, armed_by(text)


_arms: _Arms | None = None
_unread = True


def failpoint(name: str) -> None:
    """Die here if a test asks for it."""
    if _arms is not None:
        _arms.hit(name)
    elif _unread:
        arm(Settings())
        failpoint(name)


def arm(settings: Settings) -> None:
    """Read what the settings arm; the first failpoint that is hit does so by itself."""
    global _arms, _unread  # a failpoint stands anywhere; nobody can pass this to it
    _unread = False
    _arms = _Arms(armed_by(settings.failpoints), settings.failpoints_file) if settings.test_build else None


def armed_by(text: str) -> dict[str, int]:
    """Read `name[:nth]` entries into hits until death.

    Raises
    ------
    ValueError
        If an entry has another form: a test that arms nothing would pass for the wrong reason.
    """
    left: dict[str, int] = {}
    for entry in re.split(r"[,\s]+", text.strip()):
        if not entry:
            continue
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ValueError(f"not a failpoint: {entry!r}; the form is name or name:nth")
        left[found[1]] = int(found[2] or 1)
    return left
