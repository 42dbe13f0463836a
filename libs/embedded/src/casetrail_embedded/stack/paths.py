"""Where things lie on disk: the data directory, and what is kept across `make clean`."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KAFKA_LOCK: Final = Path("locks/kafka-jars.lock")
MARKER: Final = ".casetrail"
"""A file whose presence says that a directory is ours, so that only such a one is ever emptied."""


def project_root() -> Path:
    """Return the checkout this code runs from, or the working directory if it was installed apart from one."""
    for folder in Path(__file__).resolve().parents:
        if (folder / KAFKA_LOCK).is_file():
            return folder
    return Path.cwd()


def default_data_dir() -> Path:
    """Return the data directory of a checkout."""
    return project_root() / "var"


def cache_dirs() -> tuple[Path, ...]:
    """Return where downloads may be kept, the preferred first: beside the checkout, else at home."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (project_root() / ".cache", Path(home) / "casetrail")


@dataclass(frozen=True)
class DataDir:
    """Everything of one stack that must survive a restart."""

    root: Path

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.root / "postgres"

    @property
    def kafka(self) -> Path:
        """Configuration and log segments of the broker."""
        return self.root / "kafka"

    @property
    def seaweed(self) -> Path:
        """Configuration and volumes of the object store."""
        return self.root / "seaweed"

    @property
    def log(self) -> Path:
        """One log file per part."""
        return self.root / "log"

    @property
    def run_file(self) -> Path:
        """What runs now, and on which ports."""
        return self.root / "run" / "stack.json"

    @property
    def lock_file(self) -> Path:
        """Locked by the launcher for as long as it lives."""
        return self.root / "run" / "stack.lock"

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys."""
        return self.root / "secrets.json"

    def create(self) -> None:
        """Make the directory and mark it as ours."""
        for folder in (self.root, self.log, self.run_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        (self.root / MARKER).touch()
