"""What the bench shows: each figure beside its raw limit, and the machine they were taken on."""

import os
import platform
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from rich.console import Console
from rich.table import Table

CPU_INFO: Final = Path("/proc/cpuinfo")

console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure."""

    what: str
    ours: str
    raw: str = ""
    ratio: float | None = None
    aim: str = ""


@dataclass
class Findings:
    """Figures in the order in which they were taken, and how much of the machine they had to share."""

    lines: list[Line] = field(default_factory=list)
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    begun: float = field(default_factory=time.monotonic)
    _busy: float = 0.0
    _own: float = 0.0

    def __post_init__(self) -> None:
        self._busy, self._own = busy_s(), own_s()

    def add(self, *lines: Line) -> None:
        """Take figures down."""
        self.lines.extend(lines)

    @property
    def took_s(self) -> float:
        """Seconds since the bench began."""
        return time.monotonic() - self.begun

    def show(self) -> None:
        """Print everything."""
        table = Table(box=None, header_style="bold")
        for name in ("measured", "Casetrail", "raw limit", "ratio", "aim"):
            table.add_column(name, no_wrap=name != "Casetrail")
        for line in self.lines:
            ratio = "" if line.ratio is None else f"{line.ratio:.0%}"
            table.add_row(line.what, line.ours, line.raw, ratio, line.aim)
        took_s = self.took_s
        others = max(0.0, (busy_s() - self._busy) - (own_s() - self._own)) / took_s / (os.cpu_count() or 1)
        console.print()
        console.print(table)
        console.print()
        console.print(f"on {machine()}")
        console.print(
            f"in {took_s:.0f} s; load average before it {self.load_before:.1f}; "
            f"meanwhile others used {others:.0%} of the processor"
        )


def machine() -> str:
    """Return what the figures were taken on."""
    memory = psutil.virtual_memory().total / 2**30
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model = next(names, platform.processor() or platform.machine())
    return f"{os.cpu_count()} x {model}, {memory:.0f} GB, {platform.system()} {platform.release()}"


def busy_s() -> float:
    """Return how many seconds the processor has worked for anybody since the machine was started."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def own_s() -> float:
    """Return how many seconds of that were for the bench and what it has started, also what has ended since."""
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.Error:
            continue  # it has just ended
        total += spent.user + spent.system
        total += getattr(spent, "children_user", 0.0) + getattr(spent, "children_system", 0.0)  # of those waited for
    return total
