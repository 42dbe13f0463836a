"""Durations, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement: how much was done in how long, and how long each took. Durations are in seconds."""

    done: int
    took_s: float
    each_s: Sequence[float]

    @property
    def per_s(self) -> float:
        """How many were done in a second."""
        return self.done / self.took_s if self.took_s else 0.0

    def ms(self, share: float) -> float:
        """Return the duration, in milliseconds, that this share of all did not exceed."""
        ordered = sorted(self.each_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * MS if ordered else 0.0

    @property
    def latency(self) -> str:
        """Median and 99th percentile."""
        return f"{self.ms(0.5):.1f} / {self.ms(0.99):.1f} ms"
