"""Names of files that every file system, disc and browser can carry.

Source: measured limits: Joliet 64 UCS-2 characters and nothing beyond the BMP, Windows' reserved characters.
"""

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 60
"""Characters of a file name with its suffix."""

_RESERVED: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%#;&\'`~$^{}\[\]!@\s]+')
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def file_name(stem: str, suffix: str) -> str:
    """Return a physical name for a title: what cannot stand in it is left out, what is too long is cut."""
    text = unicodedata.normalize("NFC", stem)
    kept = "".join(char for char in text if ord(char) < 0x10000 and unicodedata.category(char) not in _HIDDEN)
    plain = _RESERVED.sub("", kept).strip(". ")
    return (plain[: LONGEST_NAME - len(suffix)].strip(". ") or "未命名") + suffix


def stream_file_name(stream: str, taken: set[str]) -> str:
    """Return a file name for a stream that is not taken yet, and take it."""
    kind, _, rest = stream.partition(":")
    stem = file_name(f"{kind}_{rest.partition(':')[2]}", "").replace("未命名", "stream")
    name, place = file_name(stem, ".jsonl"), 1
    while name in taken:
        place += 1
        tail = f"_{place}.jsonl"
        name = file_name(stem[: LONGEST_NAME - len(tail)], tail)
    taken.add(name)
    return name
