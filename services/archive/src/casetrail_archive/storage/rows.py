"""Tables beside the ledger: verbatim copies, findings, timers. The migration creates them; a test compares the two."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class CopiedFact(SQLModel, table=True):
    """A followed fact, byte for byte: the witness against a ledger that was rewritten or cut off."""

    __tablename__ = "copied_fact"
    __table_args__ = (
        Index("copied_fact_stream", "service", "stream", "stream_seq"),
        Index("copied_fact_wide", "agency", "service", "n", postgresql_where=text("wide")),
        {"comment": "Followed facts, byte for byte: the witness against a ledger that was rewritten or cut off"},
    )

    agency: str = Field(sa_type=Text, primary_key=True)
    service: str = Field(sa_type=Text, primary_key=True)
    n: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    stream: str = Field(sa_type=Text)
    stream_seq: int = Field(sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    prev_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    wide: bool = Field(sa_column_kwargs={"server_default": text("false")})
    """Whether rules about the agency as a whole look at it; no part of what is witnessed."""


class FindingRow(SQLModel, table=True):
    """How a rule judged a subject, as of an instant. Rows are only added: the last one is what holds."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("finding_latest", "agency", "scope", "rule", "subject", text("id desc")),
        {"comment": "How rules judged subjects, as of an instant; rows are only added, the last one holds"},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    agency: str = Field(sa_type=Text)
    scope: str = Field(sa_type=Text)
    """Id of the case, else `<kind>:<id>`."""
    rule: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    subject_kind: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    severity: str | None = Field(default=None, sa_type=Text)
    due: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    provisional: bool = False
    late_by_s: int | None = Field(default=None, sa_type=BigInteger)
    basis: str | None = Field(default=None, sa_type=Text)
    evidence: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    incidents: int = Field(sa_type=BigInteger)
    mitigation: str | None = Field(default=None, sa_type=Text)
    since: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    pack: str = Field(sa_type=Text)
    """`pack@version`."""
    calendar: str | None = Field(default=None, sa_type=Text)
    as_of: datetime = Field(sa_type=DateTime(timezone=True))
    computed_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")})
    engine: str = Field(sa_type=Text)


class Timer(SQLModel, table=True):
    """An instant at which a pending finding must be looked at again."""

    __tablename__ = "timer"
    __table_args__ = (Index("timer_fire", "agency", "fire_at"),)

    agency: str = Field(sa_type=Text, primary_key=True)
    scope: str = Field(sa_type=Text, primary_key=True)
    rule: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    percent: int = Field(sa_type=SmallInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    """How much of the period is over then."""
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    """Last instant at which the duty can be done in time."""
    fire_at: datetime = Field(sa_type=DateTime(timezone=True))
    """When to look: at the end of the period the first instant at which it is known not to have been done."""


class DeadlineTold(SQLModel, table=True):
    """A point of a period of which a fact has been appended: it is said once."""

    __tablename__ = "deadline_told"
    __table_args__ = ({"comment": "Points of periods of which a fact was appended, so that it is said once"},)

    agency: str = Field(sa_type=Text, primary_key=True)
    scope: str = Field(sa_type=Text, primary_key=True)
    rule: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    due_at: datetime = Field(sa_type=DateTime(timezone=True), primary_key=True)
    percent: int = Field(sa_type=SmallInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})


class OpenDeadline(SQLModel, table=True):
    """A period that runs, or ended with its duty undone: what the last finding says of it."""

    __tablename__ = "open_deadline"
    __table_args__ = (
        Index("open_deadline_due", "agency", "due", "scope", "rule", "subject"),
        Index("open_deadline_unit", "agency", "unit", "due", "scope", "rule", "subject"),
    )

    agency: str = Field(sa_type=Text, primary_key=True)
    scope: str = Field(sa_type=Text, primary_key=True)
    rule: str = Field(sa_type=Text, primary_key=True)
    subject: str = Field(sa_type=Text, primary_key=True)
    unit: str | None = Field(default=None, sa_type=Text)
    """Unit of the case."""
    subject_kind: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    due: datetime = Field(sa_type=DateTime(timezone=True))
    provisional: bool
    pack: str = Field(sa_type=Text)
    calendar: str | None = Field(default=None, sa_type=Text)


class ClosedPast(SQLModel, table=True):
    """Until when nothing of any service is missing any more, and what keeps more from being closed."""

    __tablename__ = "closed_past"

    agency: str = Field(sa_type=Text, primary_key=True)
    until: datetime = Field(sa_type=DateTime(timezone=True))
    awaits: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
