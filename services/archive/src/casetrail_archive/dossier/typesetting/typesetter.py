"""Papers become PDF/A-2u, byte for byte the same for the same paper."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import typst

from casetrail_archive.dossier.papers.paper import Paper, note
from casetrail_archive.dossier.typesetting import glyphs
from casetrail_common.calendar import BEIJING

STANDARD: Final = "a-2u"
"""PDF/A-2u: every character can be read back as text. It also makes a glyph that is in no font an error."""

_REPLACED: Final = "本件有{}处字符为字库所无，以方括号内的 U+ 编码代替，原文见 data/contents.jsonl。"
_QUOTED: Final = re.compile(r'"[^"]*"')
_PAGE_TREE: Final = re.compile(rb"<</Type/Pages/Count ([0-9]+)/Kids\[")


class UnprintableError(Exception):
    """A paper could not be printed even after every unusual character was replaced by its code."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper in print."""

    pdf: bytes
    pages: int
    replaced: int
    """Characters that no font has; they stand there as their code in brackets."""


class Typesetter:
    """One compiler with its fonts; not thread-safe, so one per process.

    Parameters
    ----------
    agency
        Author of every document.
    mark
        Left end of every footer: what people cite the case by.
    made_at
        Date of every document. A fixed one, so that equal papers give equal bytes.
    """

    def __init__(self, *, agency: str, mark: str, made_at: datetime) -> None:
        template = Path(__file__).with_name("paper.typ")
        folders = [str(folder) for folder in {path.parent for path in glyphs.FONT_FILES}]
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
        self._compiler = typst.Compiler(template, font_paths=fonts, ignore_system_fonts=True)
        self._made_at = made_at.replace(microsecond=0)  # the compiler refuses fractions of a second
        local = made_at.astimezone(BEIJING)
        date = [local.year, local.month, local.day, local.hour, local.minute, local.second]
        self._every = {"agency": agency, "mark": mark, "date": date}

    def print(self, paper: Paper, *, first_page: int = 1) -> Printed:
        """Print a paper.

        Parameters
        ----------
        first_page
            Number of its first page in the volume.

        Raises
        ------
        UnprintableError
            If no way to print it was found.
        """
        whole = self._whole(paper, first_page)
        for spell in (glyphs.printable, glyphs.plain):
            kept, replaced = _replace(whole, spell)
            if replaced:
                kept["parts"].append(note(_REPLACED.format(replaced)))
            try:
                return self._compile(kept, replaced)
            except typst.TypstError as error:
                # What it quotes may be a name, and must not reach a log.
                failure = _QUOTED.sub("…", error.message)
        raise UnprintableError(f"{paper.title}: {failure}")

    def _whole(self, paper: Paper, first_page: int) -> dict[str, Any]:
        return {
            **self._every,
            "title": paper.title,
            "over": paper.over,
            "number": paper.number,
            "parts": list(paper.parts),
            "numbered": paper.numbered,
            "title_shown": paper.title_shown,
            "first_page": first_page,
        }

    def _compile(self, paper: dict[str, Any], replaced: int) -> Printed:
        inputs = {"paper": json.dumps(paper, ensure_ascii=False)}
        pdf = self._compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=STANDARD, timestamp=self._made_at)
        # The newline keeps later signatures PDF/A: an increment must not begin on the line of `%%EOF`.
        whole = cast(bytes, pdf) + b"\n"
        return Printed(whole, _page_count(whole), replaced)


def _page_count(pdf: bytes) -> int:
    """Return what the root of the page tree says; typst writes it in the clear, before everything else."""
    found = _PAGE_TREE.search(pdf)
    if found is None:
        raise UnprintableError("the document has no page tree")
    return int(found[1])


def _replace(value: Any, change: Callable[[str], tuple[str, int]]) -> tuple[Any, int]:
    """Return a value with all its texts changed, and how many characters were."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        items = {name: _replace(item, change) for name, item in value.items()}
        return {name: item for name, (item, _) in items.items()}, sum(count for _, count in items.values())
    if isinstance(value, list | tuple):
        changed = [_replace(item, change) for item in value]
        return [item for item, _ in changed], sum(count for _, count in changed)
    return value, 0
