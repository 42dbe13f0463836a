"""Operations of the merged OpenAPI document, and which of them a request was."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casetrail_common.ids import OWNER_OF_PREFIX, new_id
from support.noting import Noted

SENDING = frozenset({"post", "put"})
NOT_OURS = "/dev/"
"""The development issuer: it answers anybody."""

ITEM_ID = re.compile(r"[imra]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE = re.compile(r"\\{[^}]*\\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and the template of its path."""

    method: str
    template: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.template}"

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of this operation."""
        pattern = _PLACE.sub("[^/]+", re.escape(self.template))
        return method.lower() == self.method and re.fullmatch(pattern, path.partition("?")[0]) is not None


@dataclass(frozen=True, slots=True)
class Example:
    """A request that was, or would be, accepted."""

    operation: Operation
    path: str
    body: Mapping[str, Any] | None = field(hash=False)


def operations(schema: Mapping[str, Any], methods: Iterable[str]) -> list[Operation]:
    """Return the operations of a schema with one of these methods."""
    wanted = set(methods)
    return [
        Operation(method, template)
        for template, members in schema["paths"].items()
        if not template.startswith(NOT_OURS)
        for method in members
        if method in wanted
    ]


def examples(schema: Mapping[str, Any], noted: Iterable[Noted], more: Mapping[str, Any]) -> list[Example]:
    """Return one example of every operation that sends something.

    Parameters
    ----------
    more
        Bodies by `METHOD path`, for operations that none of the noted requests is one of.
    """
    sent = [(each.method, each.path, each.body) for each in noted if each.answer.is_success]
    sent += [(*each.split(" ", 1), body) for each, body in more.items()]
    found = []
    for operation in operations(schema, SENDING):
        fitting = [(path, body) for method, path, body in sent if operation.fits(method, path)]
        assert fitting, f"no example of {operation}"
        found.append(Example(operation, *fitting[0]))
    return found


def with_unknown_ids(example: Example) -> Example:
    """Return the same request about things that never were."""
    fresh: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        return fresh.setdefault(found[0], new_id(OWNER_OF_PREFIX[found[0][0]]))

    body = json.loads(ITEM_ID.sub(other, json.dumps(example.body)))
    return replace(example, path=ITEM_ID.sub(other, example.path), body=body)
