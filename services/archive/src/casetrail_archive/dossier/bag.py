"""The package: a BagIt bag whose tag manifest stands for everything in it.

Source: RFC 8493 (BagIt 1.0). Manifests have two spaces between digest and path, so that `sha256sum -c` reads them too.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
PAYLOAD_MANIFEST: Final = "manifest-sha256.txt"
_DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_CHUNK_BYTES: Final = 1 << 20


def close_bag(directory: Path, *, info: Mapping[str, str], known: Mapping[str, str]) -> str:
    """Write the tag files around a finished `data` folder and return the root hash.

    Parameters
    ----------
    info
        Lines of `bag-info.txt`.
    known
        Digests by path below the bag, of files that were hashed while they were written.
    """
    payload = sorted(path for path in (directory / "data").rglob("*") if path.is_file())
    digests = {_inside(directory, path): known.get(_inside(directory, path)) or file_sha256(path) for path in payload}
    octets = sum(path.stat().st_size for path in payload)
    lines = {**info, "Payload-Oxum": f"{octets}.{len(payload)}"}
    _write(directory / "bagit.txt", _DECLARATION)
    _write(directory / "bag-info.txt", "".join(f"{name}: {value}\n" for name, value in lines.items()))
    _write(directory / PAYLOAD_MANIFEST, _manifest(digests))
    tags = {name: file_sha256(directory / name) for name in ("bag-info.txt", "bagit.txt", PAYLOAD_MANIFEST)}
    _write(directory / TAG_MANIFEST, _manifest(tags))
    return root_of(directory)


def root_of(directory: Path) -> str:
    """Return the root hash of a bag: the digest of its tag manifest, which commits to every byte of the package."""
    return file_sha256(directory / TAG_MANIFEST)


def file_sha256(path: Path) -> str:
    """Return the digest of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _inside(directory: Path, path: Path) -> str:
    return path.relative_to(directory).as_posix()


def _manifest(digests: Mapping[str, str]) -> str:
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
