"""One OpenAPI document out of those of the services."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = dict[str, Any]

OWN_TO_EACH: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that every service has for itself and that the edge answers on its own."""

_REF: Final = "#/components/schemas/"
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")


def merged(schemas: Mapping[str, Schema], *, title: str, version: str, description: str) -> Schema:
    """Join the schemas of services into one.

    Parameters
    ----------
    schemas
        By service. Where two services mean different things by one component name, each one's is prefixed with its
        service; where two answer under the same path and method, the answers of either are possible.
    """
    clashing = _clashing(schemas)
    whole: Schema = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "paths": {},
        "components": {},
    }
    templates: dict[str, str] = {}
    for service, schema in schemas.items():

        def rename(name: str, service: str = service) -> str:
            return f"{service.capitalize()}_{name}" if name in clashing else name

        renamed = _with_refs(schema, rename)
        for kind, members in renamed.get("components", {}).items():
            named = {rename(name) if kind == "schemas" else name: member for name, member in members.items()}
            whole["components"].setdefault(kind, {}).update(named)
        for path, operations in renamed.get("paths", {}).items():
            if path not in OWN_TO_EACH:
                known = templates.setdefault(_PLACEHOLDER.sub("{}", path), path)
                _add(whole["paths"].setdefault(known, {}), _reworded(operations, path, known), service)
    return whole


def _clashing(schemas: Mapping[str, Schema]) -> set[str]:
    """Return component names that mean different things, themselves or through what they refer to."""
    bodies: dict[str, list[Any]] = {}
    for schema in schemas.values():
        for name, body in schema.get("components", {}).get("schemas", {}).items():
            bodies.setdefault(name, []).append(body)
    clashing = {name for name, found in bodies.items() if any(body != found[0] for body in found)}
    while True:
        more = {
            name
            for name, found in bodies.items()
            if name not in clashing and len(found) > 1 and _references(found[0]) & clashing
        }
        if not more:
            return clashing
        clashing |= more


def _references(node: Any) -> set[str]:
    found: set[str] = set()
    _with_refs(node, lambda name: found.add(name) or name)  # type: ignore[func-returns-value]
    return found


def _with_refs(node: Any, rename: Callable[[str], str]) -> Any:
    """Copy a schema with every reference to a component renamed, also those in a discriminator's mapping."""
    if isinstance(node, dict):
        return {key: _with_refs(value, rename) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_refs(item, rename) for item in node]
    if isinstance(node, str) and node.startswith(_REF):
        return _REF + rename(node.removeprefix(_REF))
    return node


def _reworded(operations: Schema, path: str, known: str) -> Schema:
    """Name path parameters as they are named where the path was first seen."""
    names = dict(zip(_PLACEHOLDER.findall(path), _PLACEHOLDER.findall(known), strict=True))
    for operation in operations.values():
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "path":
                parameter["name"] = names.get(parameter["name"], parameter["name"])
    return operations


def _add(known: Schema, operations: Schema, service: str) -> None:
    for method, operation in operations.items():
        operation["x-casetrail-services"] = [service]
        if method in known:
            _join(known[method], operation)
        else:
            known[method] = operation


def _join(known: Schema, other: Schema) -> None:
    """Let an operation answer, and accept, what either of two does."""
    known["x-casetrail-services"] += other["x-casetrail-services"]
    known["tags"] = sorted({*known.get("tags", []), *other.get("tags", [])})
    for status, response in other.get("responses", {}).items():
        _join_content(known["responses"].setdefault(status, response), response)
    body: Schema | None = other.get("requestBody")
    if body is not None:
        _join_content(known.setdefault("requestBody", body), body)
    seen = {(parameter["name"], parameter["in"]) for parameter in known.get("parameters", [])}
    extra = [each for each in other.get("parameters", []) if (each["name"], each["in"]) not in seen]
    if extra:
        known["parameters"] = known.get("parameters", []) + extra


def _join_content(known: Schema, other: Schema) -> None:
    for media_type, content in other.get("content", {}).items():
        mine = known.setdefault("content", {}).setdefault(media_type, content)
        schema, theirs = mine.get("schema"), content.get("schema")
        if schema != theirs and theirs is not None:
            either = schema.get("anyOf", [schema]) if schema else []
            if theirs not in either:
                mine["schema"] = {"anyOf": [*either, theirs]}
