"""What later decisions need to know of a record, an activity or a session: little, and no content."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casetrail_common.facts.intake import (
    ActivityEndedV1,
    ActivityStartedV1,
    OpinionGivenV1,
    RecordAddedV1,
    RecordSignedV1,
)
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.facts.recording import DeviceFaultReportedV1
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Opinion:
    """The opinion that stands in a slot."""

    result: str
    by: str
    position: int
    """Position of the opinion in the record's stream."""


@dataclass(frozen=True)
class Record:
    """A text record (文书)."""

    record_type: str
    case: str | None
    author: str
    position: int
    """Position in its stream of the fact that made it; in another service's stream if that made it."""
    classification: str | None = None
    """The secrecy it is under (涉密类别)."""
    marked_at: tuple[int, ...] = ()
    """Positions of the facts that added marks."""
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    """By slot; a later opinion replaces an earlier one."""

    @property
    def head_agrees(self) -> bool:
        """Whether the head's opinion stands on it and agrees: only this opens a gate."""
        head = self.opinions.get("head")
        return head is not None and head.result == "agree"


@dataclass(frozen=True)
class Activity:
    """An act on site or an inquiry."""

    case: str
    kind: str
    ended: bool = False


@dataclass(frozen=True)
class Known:
    """An object that only needs to be known: a measure, a service, a device, a request."""

    case: str | None = None


@dataclass(frozen=True)
class Session:
    """A recording, as far as media's facts have been followed."""

    stream: str
    position: int
    hash: str


def evolve_record(record: Record | None, fact: Fact) -> Record | None:
    """Return a record after a fact that concerns it."""
    match fact.payload:
        case RecordAddedV1() as added:
            return Record(added.record_type, added.case, added.author, fact.stream_seq, added.classification)
        case DecisionIssuedV1() as decided:
            return Record("decision_document", decided.case, fact.actor.person, fact.stream_seq)
        case DeviceFaultReportedV1() as reported:
            return Record("device_fault_report", reported.case, reported.by, fact.stream_seq)
        case RecordSignedV1() if record is not None:
            return replace(record, marked_at=(*record.marked_at, fact.stream_seq))
        case OpinionGivenV1() as given if record is not None:
            opinion = Opinion(given.result, given.by, fact.stream_seq)
            return replace(record, opinions={**record.opinions, given.slot: opinion})
    return record


def evolve_activity(activity: Activity | None, fact: Fact) -> Activity | None:
    """Return an activity after a fact that concerns it."""
    match fact.payload:
        case ActivityStartedV1() as started:
            return Activity(fact.stream_item, started.kind)
        case ActivityEndedV1() if activity is not None:
            return replace(activity, ended=True)
    return activity


def evolve_session(session: Session | None, fact: Fact) -> Session | None:
    """Return where a session's stream stands after one of its facts."""
    if session is None and not isinstance(fact.payload, AvSessionStartedV1):
        return None
    return Session(fact.stream, fact.stream_seq, fact.hash.hex())


def evolve_known(known: Known | None, fact: Fact) -> Known | None:
    """Return an object that later commands may name."""
    return known or Known(fact.stream_item if fact.stream_kind == "case" else None)
