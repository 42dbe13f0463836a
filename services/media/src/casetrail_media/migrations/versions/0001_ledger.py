"""The ledger, and what media keeps beside it.

Revision ID: 0001
Revises:
"""

from typing import Final

from alembic import op

from casetrail_common.migrating import create_ledger, run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES: Final = """
create table multipart (
  agency text not null,
  upload text not null,
  number int not null,
  key text not null,
  multipart_id text not null,
  version_id text,
  begun_at timestamptz not null default now(),
  primary key (agency, upload, number)
);
create index on multipart (begun_at);
create index on multipart (key);
create table overlay (
  agency text not null,
  key text not null,
  version_id text not null,
  primary key (agency, key, version_id)
);
create index session_by_original on snapshot using gin ((state -> 'files') jsonb_path_ops) where kind = 'session';
grant select, insert, update, delete on multipart, overlay to media_app;
"""


def upgrade() -> None:
    """Create the tables every service has, and media's own."""
    create_ledger(op.get_bind(), app_role="media_app")
    run_script(op.get_bind(), _TABLES)


def downgrade() -> None:
    """Refuse: a ledger is not taken back."""
    raise NotImplementedError("a ledger is not taken back")
