"""Small packages to verify, and ways to tamper with them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casetrail_archive.dossier import DossierInput
from casetrail_archive.dossier.bag import close_bag
from casetrail_archive.dossier.carried import verify
from casetrail_archive.dossier.evidence import write_evidence

CARRIED = Path(verify.__file__)


@dataclass
class Package:
    """A package and the root hash that was printed at filing."""

    folder: Path
    root: str

    def judged(self, *, root: str | None = None) -> int:
        """Return the exit code with the root hash of filing, or with another one."""
        return verify.main([str(self.folder), "--root", root or self.root])

    def judged_alone(self) -> int:
        """Return the exit code without any root hash."""
        return verify.main([str(self.folder)])


def write_package(source: DossierInput, folder: Path) -> str:
    """Write a package without papers, return its root hash. Recordings that have a path lie in it."""
    data = folder / "data"
    (data / "文书").mkdir(parents=True)
    (data / "文书" / "001-案卷封面.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    for place, recording in enumerate(source.recordings, 1):
        if isinstance(recording.source, Path):
            (data / "音像").mkdir(exist_ok=True)
            shutil.copyfile(recording.source, data / "音像" / f"{place:03}-音像.mp4")
    write_evidence(source, data)
    shutil.copyfile(CARRIED, data / "verify.py")
    return close_bag(folder, info={"External-Identifier": source.dossier}, known={})


def rewrite_manifests(folder: Path) -> str:
    """Do what a careful forger does last: make every manifest fit what lies there. Return the new root hash."""
    for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"):
        (folder / name).unlink(missing_ok=True)
    return close_bag(folder, info={"External-Identifier": "forged"}, known={})


def facts_file(folder: Path, service: str, kind: str) -> Path:
    """Return the file of a service's stream of some kind."""
    return next((folder / "data" / "facts" / service).glob(f"{kind}_*.jsonl"))


def change_facts(folder: Path, path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a stream, and make `streams.json` and the manifests fit."""
    lines = change(path.read_text(encoding="utf-8").splitlines(keepends=True))
    path.write_text("".join(lines), encoding="utf-8")

    def fit(listing: Any) -> None:
        name = path.relative_to(folder / "data").as_posix()
        entry = next(entry for entry in listing["streams"] if entry["file"] == name)
        entry.update(count=len(lines), head=json.loads(lines[-1])["hash"])

    change_index(folder, fit)


def change_index(folder: Path, change: Callable[[Any], None]) -> None:
    """Change `streams.json`, and make the manifests fit."""
    path = folder / "data" / "streams.json"
    listing = json.loads(path.read_text(encoding="utf-8"))
    change(listing)
    path.write_text(json.dumps(listing, ensure_ascii=False) + "\n", encoding="utf-8")
    rewrite_manifests(folder)
