"""The ledger, and what archive keeps beside it.

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
create table copied_fact (
  agency text not null,
  service text not null,
  n bigint not null,
  stream text not null,
  stream_seq bigint not null,
  body bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  wide boolean not null default false,
  primary key (agency, service, n)
);
create index copied_fact_stream on copied_fact (service, stream, stream_seq);
create index copied_fact_wide on copied_fact (agency, service, n) where wide;
comment on table copied_fact is
  'Followed facts, byte for byte: the witness against a ledger that was rewritten or cut off';
create trigger append_only before update or delete on copied_fact for each row execute function refuse_change();
create trigger append_only_truncate before truncate on copied_fact for each statement execute function refuse_change();

create table finding (
  id bigint generated always as identity primary key,
  agency text not null,
  scope text not null,
  rule text not null,
  subject text not null,
  subject_kind text not null,
  status text not null,
  severity text,
  due timestamptz,
  provisional boolean not null,
  late_by_s bigint,
  basis text,
  evidence text[] not null,
  incidents bigint not null,
  mitigation text,
  since timestamptz,
  pack text not null,
  calendar text,
  as_of timestamptz not null,
  computed_at timestamptz not null default now(),
  engine text not null
);
create index finding_latest on finding (agency, scope, rule, subject, id desc);
comment on table finding is 'How rules judged subjects, as of an instant; rows are only added, the last one holds';
create trigger append_only before update or delete on finding for each row execute function refuse_change();
create trigger append_only_truncate before truncate on finding for each statement execute function refuse_change();

create table timer (
  agency text not null,
  scope text not null,
  rule text not null,
  subject text not null,
  due_at timestamptz not null,
  fire_at timestamptz not null,
  primary key (agency, scope, rule, subject)
);
create index timer_fire on timer (agency, fire_at);

create table closed_past (
  agency text primary key,
  until timestamptz not null,
  awaits text[] not null
);

create function tell_clock() returns trigger language plpgsql as $$
begin
  perform pg_notify('clock', new.agency);
  return null;
end $$;
create trigger clock_begun after insert on agency_head
  for each row when (new.simulated is not null) execute function tell_clock();
create trigger clock_moved after update on agency_head
  for each row when (new.simulated is distinct from old.simulated) execute function tell_clock();
"""

_GRANTS: Final = """
grant select, insert on copied_fact, finding to archive_app;
grant select, insert, update, delete on timer, closed_past to archive_app;
"""


def upgrade() -> None:
    """Create the tables every service has, and archive's own."""
    connection = op.get_bind()
    create_ledger(connection, app_role="archive_app")
    run_script(connection, _TABLES)
    run_script(connection, _GRANTS)


def downgrade() -> None:
    """Refuse: a ledger is not taken back."""
    raise NotImplementedError("a ledger is not taken back")
