"""Whether a schema may follow another under the same version: readers of either must understand facts of both. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_SAYS_NOTHING: Final = ("title", "description", "default", "$defs", "$id", "$schema", "properties", "required", "items")
"""Members that do not decide what is valid, or that are compared by themselves."""

Schema = Mapping[str, Any]


def violations(old: Schema, new: Schema) -> list[str]:
    """Return what forbids the change; empty if nothing but optional fields was added."""
    return list(_compare(_inlined(old, old), _inlined(new, new), "payload"))


def _compare(old: Any, new: Any, at: str) -> Iterator[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if old != new:
            yield f"{at}: {old!r} became {new!r}"
        return
    for name in sorted((old.keys() | new.keys()) - set(_SAYS_NOTHING)):
        yield from _compare_member(old.get(name), new.get(name), f"{at}, {name}")
    yield from _compare_fields(old, new, at)
    if "items" in old or "items" in new:
        yield from _compare(old.get("items"), new.get("items"), f"{at}[]")


def _compare_member(old: Any, new: Any, at: str) -> Iterator[str]:
    """Compare a constraint; alternatives are compared in order."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _compare(before, after, at)
    else:
        yield from _compare(old, new, at)


def _compare_fields(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before.keys() - after.keys():
        yield f"{at}.{name} was removed"
    for name in sorted(before.keys() & after.keys()):
        yield from _compare(before[name], after[name], f"{at}.{name}")
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(is_required - was_required):
        yield f"{at}.{name} became required"
    for name in sorted((was_required & after.keys()) - is_required):
        yield f"{at}.{name} became optional, older readers need it"


def _inlined(part: Any, root: Schema) -> Any:
    """Replace references to definitions by what they refer to, so that renaming a class changes nothing."""
    if isinstance(part, list):
        return [_inlined(inner, root) for inner in part]
    if not isinstance(part, Mapping):
        return part
    if "$ref" in part:
        return _inlined(root["$defs"][part["$ref"].rpartition("/")[2]], root)
    return {name: _inlined(inner, root) for name, inner in part.items() if name != "$defs"}
