"""Passwords and keys of one stack, generated once and readable by its owner alone."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from casetrail_common.ids import SERVICES

NAMES = (
    "postgres_superuser",
    *(f"{service}_{role}" for service in SERVICES for role in ("owner", "app")),
    "s3_access_key",
    "s3_secret_key",
    "seaweed_admin",
    "seaweed_volume_signing",
    "seaweed_filer_signing",
)


def load_or_create(path: Path, names: Iterable[str] = NAMES) -> dict[str, str]:
    """Return the secrets of a data directory; those that are missing are drawn and stored first."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(24) for name in names if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=1))
    return known


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)
