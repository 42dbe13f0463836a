"""Whether a worker can do its work now, and if not, why."""

from dataclasses import dataclass, field


@dataclass
class Health:
    """The reasons why a worker is not ready; none means that it is."""

    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether nothing is amiss."""
        return not self.reasons

    def amiss(self, part: str, reason: str) -> None:
        """Say what keeps a part from working."""
        self.reasons[part] = reason

    def well(self, part: str) -> None:
        """Say that a part works."""
        self.reasons.pop(part, None)
