"""One file out of a volume's folder: equal folders give equal bytes."""

import shutil
import zipfile
from pathlib import Path
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can tell. When a volume was made stands inside it, where it is hashed."""

_MODE: Final = 0o644 << 16
CONTENT_TYPE: Final = "application/zip"


def write_package(folder: Path, package: Path) -> None:
    """Pack a folder. Nothing is compressed: papers and recordings already are. Blocks; run it in a thread."""
    with zipfile.ZipFile(package, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = _MODE
            entry.create_system = 3  # Unix, on whatever system it is written, so that the mode is understood
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
