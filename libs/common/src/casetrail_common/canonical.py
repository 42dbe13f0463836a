"""The one byte form of everything that is hashed.

Source: RFC 8785 (JSON Canonicalization Scheme), narrowed: no floats, integers below 2**53, no U+0000 and no lone
surrogates.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

MAX_INTEGER: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly. Source: RFC 8785 section 3.2.2.3, RFC 7493 section 2.2."""

HASH_BYTES: Final = 32
"""Length of a SHA-256 digest in bytes."""


class NotCanonicalError(ValueError):
    """A value that has no canonical form here: a float, a large integer, U+0000, a lone surrogate, a foreign type."""


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value as UTF-8 bytes.

    Raises
    ------
    NotCanonicalError
        If the value, or anything inside it, has no canonical form.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _ordered(value: Any) -> Any:
    """Check a value and order its members by UTF-16 code units (RFC 8785 section 3.2.3)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalError("integer beyond 2**53 - 1")
        return value
    if isinstance(value, Mapping):
        return {_storable(key): _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item) for item in value]
    raise NotCanonicalError(f"no canonical form for {type(value).__name__}")


def _utf16(key: Any) -> bytes:
    if not isinstance(key, str):
        raise NotCanonicalError("object keys are strings")
    return key.encode("utf-16-be", "surrogatepass")


def _storable(text: Any) -> str:
    """Refuse text that PostgreSQL or UTF-8 cannot hold."""
    if not isinstance(text, str):
        raise NotCanonicalError("object keys are strings")
    if "\0" in text:
        raise NotCanonicalError("text holds U+0000")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError("text holds a lone surrogate") from error
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
