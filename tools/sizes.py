"""Refuse files and functions that have outgrown what can be read in one go."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FOLDERS: Final = ("libs", "services")
MOST_LINES_OF_FILE: Final = 500
MOST_LINES_OF_FUNCTION: Final = 50


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, source: list[str]) -> int:
    """Count the lines of a function that are neither blank, nor comment, nor docstring."""
    skipped: set[int] = set()
    first = function.body[0]
    if ast.get_docstring(function) is not None and first.end_lineno:
        skipped.update(range(first.lineno, first.end_lineno + 1))
    lines = range(function.lineno, (function.end_lineno or function.lineno) + 1)
    return sum(1 for n in lines if n not in skipped and (text := source[n - 1].strip()) and not text.startswith("#"))


def oversized(path: Path) -> Iterator[str]:
    """Say what in a file is too long."""
    text = path.read_text()
    source = text.splitlines()
    if len(source) > MOST_LINES_OF_FILE:
        yield f"{path}: {len(source)} lines, at most {MOST_LINES_OF_FILE}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = code_lines(node, source)
            if size > MOST_LINES_OF_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {size} lines of code, at most {MOST_LINES_OF_FUNCTION}"


def main() -> int:
    """Check every module and return 1 if one is too long."""
    root = Path(__file__).parents[1]
    files = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    findings = [finding for path in files for finding in oversized(path)]
    sys.stdout.write("".join(f"{finding}\n" for finding in findings) or f"{len(files)} files, none too long\n")
    return 1 if findings or not files else 0


if __name__ == "__main__":
    sys.exit(main())
