"""A client whose people put an unmistakable word into every text they write, so that it can be looked for."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from casetrail_common.ids import SERVICES
from casetrail_embedded.client import As
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledger_reading import connected
from support.noting import NotingClient

WRITTEN = re.compile(r"/v1/(cases|records|reviews)\b")
"""Where people write what only concerns the case."""

KEPT = frozenset({"number"})
"""Texts that stand in the record for ever: the number of a document names no person."""

_TABLES = """
select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
where schemaname not in ('pg_catalog', 'information_schema')
"""


@dataclass
class MarkingClient(NotingClient):
    """Adds its mark to the name of the party, and to each Chinese text of the case."""

    mark: str = field(default_factory=lambda: f"mark{secrets.token_hex(8)}")

    async def send(
        self,
        who: As,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request with marked texts."""
        is_party = body is not None and body.get("kind") == "outside"
        marked = self._marked(body) if is_party or WRITTEN.match(path) else body
        return await super().send(who, method, path, body=marked, key=key, headers=headers)

    def _marked(self, value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {key: self._marked(inner, key) for key, inner in value.items()}
            case list():
                return [self._marked(inner, name) for inner in value]
            case str() if name not in KEPT and not value.isascii():
                return f"{value}〔{self.mark}〕"
        return value


async def tables_with(stack: StackAddresses, text: str) -> dict[str, int]:
    """Return in how many rows of which tables of which databases an ASCII text stands, as itself or as bytes."""
    found = {}
    for service in SERVICES:
        async with connected(f"{stack.superuser_dsn.rpartition('/')[0]}/{service}") as conn:
            for row in await conn.fetch(_TABLES):
                if rows := await _rows_with(conn, row["name"], text):
                    found[f"{service} {row['name']}"] = rows
    return found


async def _rows_with(conn: asyncpg.Connection, table: str, text: str) -> int:
    patterns = [f"%{text}%", f"%{text.encode().hex()}%"]
    rows: int = await conn.fetchval(f"select count(*) from {table} as t where t::text like any ($1)", patterns)
    return rows
