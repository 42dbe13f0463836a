"""What a paper is made of. `typesetting/paper.typ` prints it and knows the same parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Part = dict[str, Any]
"""A piece of a paper: `kind`, and what that kind needs."""

LABEL_MM = 34
"""Width of the labels of a form."""

SHORT_TEXT = 60
"""Characters that still read well beside their label in a form."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of the dossier, ready to be printed."""

    title: str
    parts: tuple[Part, ...]
    over: str = ""
    """Line above the title: who made it."""
    number: str = ""
    """Document number (文号)."""
    responsible: str = ""
    """Who answers for it (责任者), for the catalogue."""
    dated: date | None = None
    numbered: bool = True
    """Whether its pages count. Source: cover, catalogue and remarks sheet of a volume carry no page number."""
    title_shown: bool = True


def pair(label: str, value: str) -> Part:
    """Return a row of a form: a label and its value."""
    return {"kind": "pair", "label": label, "value": value}


def pairs(*cells: tuple[str, str]) -> Part:
    """Return a row of a form with two labels and their values."""
    return {"kind": "pairs", "cells": cells}


def written(label: str, value: str) -> Part:
    """Return a row for a value of any length: beside its label if short, below it if long."""
    return pair(label, value) if len(value) <= SHORT_TEXT and "\n" not in value else wide(label, value)


def wide(label: str, value: str, *, room: float = 0) -> Part:
    """Return a row for a long value below its label.

    Parameters
    ----------
    room
        Height left empty below the text, in lines.
    """
    return {"kind": "wide", "label": label, "value": value, "room": room}


def opinion(label: str, value: str, signatures: Sequence[Part]) -> Part:
    """Return a row for an opinion with the signatures below it."""
    return {"kind": "opinion", "label": label, "value": value, "signatures": list(signatures)}


def signature(role: str, names: Sequence[str], on: str = "") -> Part:
    """Return one line of a signature block, or below an opinion."""
    return {"role": role, "names": list(names), "on": on}


def form(*rows: Part) -> Part:
    """Return a form: rows in a frame."""
    return {"kind": "form", "rows": list(rows), "label": LABEL_MM}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    head: str
    width_mm: int = 0
    """0 takes what the others leave."""
    side: str = "l"
    """`l`, `c` or `r`."""


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Part:
    """Return a table whose head repeats on every page."""
    heads = [{"head": column.head, "width": column.width_mm, "side": column.side} for column in columns]
    return {"kind": "table", "columns": heads, "rows": [list(row) for row in rows]}


def text(value: str, *, size: float = 12) -> Part:
    """Return running text, each line a paragraph."""
    return {"kind": "text", "value": value, "size": size}


def flush(value: str, *, size: float = 12) -> Part:
    """Return running text that begins at the margin."""
    return {"kind": "flush", "value": value, "size": size}


def heading(value: str) -> Part:
    """Return a heading within a paper."""
    return {"kind": "heading", "value": value}


def signatures(rows: Sequence[Part]) -> Part:
    """Return a signature block."""
    return {"kind": "signatures", "rows": list(rows)}


def seal(*lines: str) -> Part:
    """Return the lines at the right end of an outward document: who issued it, under which seal, when."""
    return {"kind": "seal", "lines": list(lines)}


def note(value: str) -> Part:
    """Return a remark below a line at the end of a paper."""
    return {"kind": "note", "value": value}
