"""What a database that goes away looks like from here."""

from typing import Final

import asyncpg

DATABASE_ERRORS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Everything that asyncpg raises when its connection ends under it.

The last one belongs to them: a server that says goodbye between two statements, as all sessions do when one of them was
killed, leaves the connection in a state in which the next statement "cannot switch", until the socket is closed.
"""
