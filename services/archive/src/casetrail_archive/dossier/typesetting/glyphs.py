"""Which characters the fonts can print; a name with a rare character must not lose the dossier.

Source: OpenType 1.9, table `cmap`, subtable format 12, which both fonts carry.
"""

import struct
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn

FONT_FILES: Final = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
"""Body font first, then what stands in for it and prints headings."""

_PLAIN: Final = ((" ", "~"), ("\u2014", "\u2026"), ("\u3000", "\u3015"), ("\u4e00", "\u9fa5"), ("\uff01", "\uff5e"))


def printable(text: str) -> tuple[str, int]:
    """Return a text that the fonts can print, and how many characters were replaced by their code in brackets."""
    return _spelled(text, covered().__contains__)


def plain(text: str) -> tuple[str, int]:
    """Return a text of nothing but what every Chinese font has; the last resort, if a font fails to print it."""
    return _spelled(text, lambda char: any(first <= char <= last for first, last in _PLAIN))


def _spelled(text: str, known: Callable[[str], bool]) -> tuple[str, int]:
    pieces = [char if char == "\n" or known(char) else _code(char) for char in text]
    return "".join(pieces), sum(len(piece) > 1 for piece in pieces)


def _code(char: str) -> str:
    return " " if char == "\t" else f"[U+{ord(char):04X}]"


@cache
def covered() -> frozenset[str]:
    """Return every visible character that one of the fonts has."""
    points = {point for path in FONT_FILES for point in _code_points(path)}
    chars = (chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)
    return frozenset(char for char in chars if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn"})


def _code_points(path: Path) -> Iterator[int]:
    font = path.read_bytes()
    table = _cmap(font)
    (count,) = struct.unpack_from(">H", font, table + 2)
    for record in range(count):
        (offset,) = struct.unpack_from(">I", font, table + 4 + 8 * record + 4)
        (layout,) = struct.unpack_from(">H", font, table + offset)
        if layout == 12:
            yield from _segments(font, table + offset)


def _cmap(font: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for record in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * record)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("the font has no character map")


def _segments(font: bytes, subtable: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", font, subtable + 12)
    for group in range(groups):
        first, last, glyph = struct.unpack_from(">III", font, subtable + 16 + 12 * group)
        yield from range(first + (glyph == 0), last + 1)
