"""`index.html`: everything stands in the page itself, since browsers let a local page fetch nothing."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

_PLACE: Final = re.compile(r"<!--([a-z]+)-->")
"""Where the template is filled in."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A file that the page opens."""

    title: str
    path: str
    """Relative to the page."""
    detail: str
    plays: str | None = None
    """`video`, `audio` or `img` for a recording that a browser can show."""


@dataclass(frozen=True, slots=True)
class PageStep:
    """A step of the case."""

    at: str
    what: str
    who: str
    fact: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    title: str
    agency: str
    facts: Sequence[tuple[str, str]]
    """Label and value, for the head of the page."""
    papers: Sequence[PageEntry]
    recordings: Sequence[PageEntry]
    steps: Sequence[PageStep]
    digests: Mapping[str, str]
    """SHA-256 by path relative to the page, of every other file below it."""


def page_html(page: Page) -> str:
    """Return the page. Every text is escaped, so that nothing in a case can act in a browser."""
    template = Path(__file__).with_name("index.html").read_text(encoding="utf-8")
    parts = {
        "agency": escape(page.agency),
        "title": escape(page.title),
        "facts": "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in page.facts),
        "papers": _entries(page.papers),
        "recordings": _entries(page.recordings) or "<li>本卷没有音像文件。</li>",
        "steps": "\n".join(_step(step) for step in page.steps),
        "digests": _script_json(page.digests),
    }
    pieces = _PLACE.split(template)
    return "".join(parts[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def _entries(entries: Iterable[PageEntry]) -> str:
    return "\n".join(_entry(entry) for entry in entries)


def _entry(entry: PageEntry) -> str:
    link = escape(quote(entry.path))
    shown = ""
    if entry.plays in {"video", "audio"}:
        shown = f'<{entry.plays} controls preload="metadata" src="{link}"></{entry.plays}>'
    elif entry.plays == "img":
        shown = f'<img alt="{escape(entry.title)}" src="{link}">'
    return f'<li><a href="{link}">{escape(entry.title)}</a> <span>{escape(entry.detail)}</span>{shown}</li>'


def _step(step: PageStep) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in (step.at, step.what, step.who, step.fact))
    return f"<tr>{cells}</tr>"


def _script_json(value: Mapping[str, str]) -> str:
    """Return JSON that cannot end the script it stands in."""
    return json.dumps(dict(value), ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
