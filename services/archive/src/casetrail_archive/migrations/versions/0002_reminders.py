"""Timers of the points of a period, what was said of them, and the list of open deadlines.

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

create table open_deadline (
  agency text not null,
  scope text not null,
  rule text not null,
  subject text not null,
  unit text,
  subject_kind text not null,
  status text not null,
  due timestamptz not null,
  provisional boolean not null,
  pack text not null,
  calendar text,
  primary key (agency, scope, rule, subject)
);
create index open_deadline_due on open_deadline (agency, due, scope, rule, subject);
create index open_deadline_unit on open_deadline (agency, unit, due, scope, rule, subject);
grant select, insert, update, delete on open_deadline to archive_app;

insert into open_deadline
select agency, scope, rule, subject, unit, subject_kind, status, due, provisional, pack, calendar from (
  select distinct on (f.agency, f.scope, f.rule, f.subject) f.*, s.state ->> 'unit' as unit
  from finding f left join snapshot s on s.agency = f.agency and s.kind = 'case' and s.id = f.scope
  order by f.agency, f.scope, f.rule, f.subject, f.id desc
) latest where status in ('pending', 'overdue') and due is not null;
"""


def upgrade() -> None:
    """Add what reminders need."""
    run_script(op.get_bind(), _TABLES)


def downgrade() -> None:
    """Refuse: what was said is not taken back."""
    raise NotImplementedError("a ledger is not taken back")
