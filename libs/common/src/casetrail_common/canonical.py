"""The one byte form of everything that is hashed.

Source: RFC 8785 (JSON Canonicalization Scheme), narrowed: no floats, integers below 2**53, no U+0000 and no lone
surrogates.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

MAX_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly. Source: RFC 8785 section 3.2.2.3, RFC 7493 section 2.2."""


class NotCanonicalError(ValueError):
    """A value that has no canonical form here: a float, a large integer, U+0000, a lone surrogate, a foreign type."""


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value as UTF-8 bytes.

    Raises
    ------
    NotCanonicalError
        If the value, or anything inside it, has no canonical form.
    """
    try:
        return _ENCODER.encode(_ordered(value)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError("text holds a lone surrogate") from error


def _ordered(value: Any) -> Any:
    """Check a value and order its members by UTF-16 code units (RFC 8785 section 3.2.3)."""
    kind = type(value)
    if kind is str:
        return _without_nul(value)
    if value is None or kind is bool:
        return value
    if kind is dict:
        return {_without_nul(key): _ordered(value[key]) for key in _sorted(value)}
    if kind is list or kind is tuple:
        return [_ordered(item) for item in value]
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalError("integer beyond 2**53 - 1")
        return value
    if isinstance(value, str):
        return _without_nul(value)
    if isinstance(value, Mapping):
        return _ordered(dict(value))
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item) for item in value]
    raise NotCanonicalError(f"no canonical form for {kind.__name__}")


def _sorted(keys: Iterable[Any]) -> list[str]:
    """Sort by UTF-16 code units; among ASCII names that is the order of Python."""
    try:
        if all(map(str.isascii, keys)):
            return sorted(keys)
        return sorted(keys, key=lambda key: str.encode(key, "utf-16-be", "surrogatepass"))
    except TypeError as error:
        raise NotCanonicalError("object keys are strings") from error


def _without_nul(text: str) -> str:
    """Refuse text that PostgreSQL cannot hold; what UTF-8 cannot hold shows when it is encoded."""
    if "\0" in text:
        raise NotCanonicalError("text holds U+0000")
    return text


def sha256(*parts: bytes) -> bytes:
    """Return the SHA-256 digest of the concatenated parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def first_prev(service: str, stream: str) -> bytes:
    """Return what the first fact of a stream is chained to, so that no stream can be passed off as another."""
    return sha256(canonical(["casetrail/1", service, stream]))


def chain(prev: bytes, body: bytes) -> bytes:
    """Return the hash of a fact: it commits to its body and, through `prev`, to everything before it in the stream."""
    return sha256(prev, body)


def commitment(salt: bytes, content: bytes) -> bytes:
    """Return what a body holds instead of content: binding, and silent about it while the salt is secret."""
    return sha256(salt, content)
