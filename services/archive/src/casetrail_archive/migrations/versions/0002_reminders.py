"""Timers of the points of a period, and what was said of them.

Revision ID: 0002
Revises: 0001
"""

from typing import Final

from alembic import op

from casetrail_common.migrating import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES: Final = """
alter table timer add column percent smallint not null default 100;
alter table timer alter column percent drop default;
alter table timer drop constraint timer_pkey;
alter table timer add primary key (agency, scope, rule, subject, percent);

create table deadline_told (
  agency text not null,
  scope text not null,
  rule text not null,
  subject text not null,
  due_at timestamptz not null,
  percent smallint not null,
  primary key (agency, scope, rule, subject, due_at, percent)
);
comment on table deadline_told is 'Points of periods of which a fact was appended, so that it is said once';
grant select, insert on deadline_told to archive_app;
"""


def upgrade() -> None:
    """Add what reminders need."""
    run_script(op.get_bind(), _TABLES)


def downgrade() -> None:
    """Refuse: what was said is not taken back."""
    raise NotImplementedError("a ledger is not taken back")
