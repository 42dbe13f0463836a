"""The tables of a ledger, the same in every service's database.

The owning role creates them; the application role may only SELECT and INSERT on `ledger`. Triggers refuse changes of
the ledger even to the owner, so that altering it takes a superuser who disables them. That is found by recomputing the
chains and comparing with the copies that the archive keeps.
"""

from typing import Final

TABLES: Final = """
create table agency_head (
  agency text primary key,
  n bigint not null default 0 check (n >= 0),
  last timestamptz not null default '1970-01-01T00:00:00Z',
  simulated timestamptz
);
comment on table agency_head is 'The lock of an agency, its last position and its clock (simulated only in tests)';

create table ledger (
  agency text not null,
  n bigint not null check (n > 0),
  stream text not null,
  stream_seq bigint not null check (stream_seq > 0),
  body bytea not null,
  prev_hash bytea not null check (octet_length(prev_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  recorded_at timestamptz not null,
  traceparent text,
  primary key (agency, n),
  unique (stream, stream_seq)
);

create table content (
  commitment bytea primary key check (octet_length(commitment) = 32),
  agency text not null,
  salt bytea,
  bytes bytea,
  check ((salt is null) = (bytes is null))
);
comment on table content is 'What people wrote; salt and bytes null once erased, so that no late copy brings it back';

create table stream_head (
  stream text primary key,
  stream_seq bigint not null,
  hash bytea not null
);

create table outbox (
  id bigint generated always as identity primary key,
  agency text not null,
  n bigint,
  note bytea,
  check ((n is null) <> (note is null))
);

create table idempotency (
  agency text not null,
  person text not null,
  key text not null,
  request_hash bytea not null,
  answer jsonb not null,
  recorded_at timestamptz not null,
  primary key (agency, person, key)
);

create table followed (
  agency text not null,
  service text not null,
  n bigint not null,
  primary key (agency, service)
);

create table waiting (
  agency text not null,
  service text not null,
  n bigint not null,
  body bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (agency, service, n)
);

create table parked (
  agency text not null,
  service text not null,
  n bigint not null,
  stream text not null,
  body bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (agency, service, n)
);
create index on parked (agency, service, stream);

create table progress (
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  primary key (topic, partition)
);

create table snapshot (
  agency text not null,
  kind text not null,
  id text not null,
  version bigint not null,
  state jsonb not null,
  primary key (agency, kind, id)
);
comment on table snapshot is 'Folds of facts, kept for speed; disposable, holds no content';

create table job (
  agency text not null,
  kind text not null,
  key text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  attempts int not null default 0,
  primary key (agency, kind, key)
);
create index on job (not_before);
"""

GUARDS: Final = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on ledger for each row execute function refuse_change();
create trigger append_only_truncate before truncate on ledger for each statement execute function refuse_change();

create function only_erase() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.salt is null and new.bytes is null and new.commitment = old.commitment then
    return new;
  end if;
  raise exception 'content may be erased, nothing else' using errcode = 'insufficient_privilege';
end $$;
create trigger erase_only before update or delete on content for each row execute function only_erase();
create trigger erase_only_truncate before truncate on content for each statement execute function refuse_change();
"""

LOCK_AGENCY: Final = """
create function lock_agency(p_agency text, p_streams text[], p_kinds text[], p_ids text[])
returns table (n bigint, last timestamptz, simulated timestamptz, clock timestamptz, followed jsonb,
               head_streams text[], head_seqs bigint[], head_hashes bytea[], versions bigint[])
language plpgsql as $$
begin
  loop
    select h.n, h.last, h.simulated into n, last, simulated from agency_head h where h.agency = p_agency for update;
    exit when found;
    insert into agency_head (agency) values (p_agency) on conflict do nothing;
  end loop;
  clock := clock_timestamp();
  select coalesce(jsonb_object_agg(f.service, f.n), '{}') into followed from followed f where f.agency = p_agency;
  select array_agg(s.stream), array_agg(s.stream_seq), array_agg(s.hash) into head_streams, head_seqs, head_hashes
    from stream_head s where s.stream = any (p_streams);
  select array_agg(coalesce(s.version, 0) order by w.i) into versions
    from unnest(p_kinds, p_ids) with ordinality as w (kind, id, i)
    left join snapshot s on s.agency = p_agency and s.kind = w.kind and s.id = w.id;
  return next;
end $$;
comment on function lock_agency is
  'Takes the lock of an agency, then reads what must not move before the commit; in one round trip, because each '
  'statement of a volatile function sees what was committed before it began';
"""


def grants(app_role: str) -> str:
    """Return the grants that let the application role append and fold, and nothing else."""
    working = "agency_head, stream_head, outbox, idempotency, followed, waiting, parked, progress, snapshot, job"
    return f"""
grant select, insert on ledger to {app_role};
grant select, insert, update (salt, bytes) on content to {app_role};
grant select, insert, update, delete on {working} to {app_role};
"""
