"""What a request may look like, beside the description of every operation."""

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from casetrail_embedded.gateway.schema import Schema


def examples() -> dict[str, Any]:
    """Return a body by `METHOD /path`, as the schema writes the path."""
    text = files(__package__).joinpath("examples.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def add_examples(schema: Schema, bodies: dict[str, Any]) -> None:
    """Show each operation's example with its body."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            body = bodies.get(f"{method.upper()} {path}")
            if body is not None and "requestBody" in operation:
                operation["requestBody"]["content"]["application/json"]["example"] = body
