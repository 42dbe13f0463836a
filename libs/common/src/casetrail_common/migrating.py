"""Bringing a service's database up to date, as the role that owns its tables."""

import asyncio
from importlib.resources import files
from typing import Any, Final

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from casetrail_common.ids import Service
from casetrail_common.ledger.schema import GUARDS, LOCK_AGENCY, TABLES, grants
from casetrail_common.settings import Settings

_LOCK: Final = 0x6361736574726169
"""Advisory lock that lets one migration run at a time; the number is arbitrary and fixed."""


def migrate(service: Service, settings: Settings) -> None:
    """Run all migrations of a service that have not run yet. Blocks; several at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(files(f"casetrail_{service}") / "migrations"))
    config.attributes["dsn"] = settings.owner_dsn(service)
    command.upgrade(config, "head")


def run_env() -> None:
    """Run migrations from Alembic's `env.py`."""
    asyncio.run(_run(context.config.attributes["dsn"]))


async def _run(dsn: str) -> None:
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as conn:
            await conn.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(conn: Connection) -> None:
    conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    context.configure(connection=conn, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()


def run_script(conn: Connection, script: str) -> None:
    """Run several statements at once; a prepared statement holds only one."""
    raw: Any = conn.connection.dbapi_connection
    raw.run_async(lambda driver: driver.execute(script))


def create_ledger(conn: Connection, *, app_role: str) -> None:
    """Create the tables that every service has, guarded, with the rights of the application's role."""
    for script in (TABLES, GUARDS, LOCK_AGENCY, grants(app_role)):
        run_script(conn, script)
