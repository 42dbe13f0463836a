"""A dossier (案卷): draft, filed, sealed. What is sealed never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from casetrail_common.facts.archive import DossierDraftedV1, DossierFiledV1, DossierSealedV1, RetentionAssignedV1
from casetrail_common.facts.common import StreamSealedV1
from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.ledger.fact import Fact

State = Literal["draft", "filed", "sealed"]

ORDER: Final[tuple[State, ...]] = ("draft", "filed", "sealed")
"""The way a dossier goes; a draft that is finished late does not bring it back."""


@dataclass(frozen=True)
class StoredObject:
    """Where the package of a dossier lies: one version of one object, which is what reads name."""

    object: str
    version_id: str
    bytes: int


@dataclass(frozen=True)
class Filing:
    """What was fixed when the dossier was handed over."""

    filed_at: datetime
    streams: tuple[tuple[str, str], ...]
    """Service and name of each stream that volume 1 holds whole."""
    sessions: tuple[str, ...]
    retention_class: str
    retention_years: int | None = None
    sealed_streams: Mapping[str, int] = field(default_factory=dict)
    """`service stream` to the position of its `stream.sealed` in the service's log."""

    @property
    def is_complete(self) -> bool:
        """Whether every owner has said where volume 1 ends in its streams."""
        return all(stream_key(*named) in self.sealed_streams for named in self.streams)

    def ends(self) -> dict[str, int]:
        """Return the last position of each service's log that volume 1 may speak of."""
        last: dict[str, int] = {}
        for key, n in self.sealed_streams.items():
            service = key.partition(" ")[0]
            last[service] = max(n, last.get(service, 0))
        return last


@dataclass(frozen=True)
class Dossier:
    """A dossier, from its first draft to its sealed volume."""

    case: str
    state: State
    draft: StoredObject | None = None
    filing: Filing | None = None
    volume: StoredObject | None = None
    root: str | None = None
    sealed_at: datetime | None = None
    retained_until: datetime | None = None


def stream_key(service: str, stream: str) -> str:
    """Return what names a stream among the four services: its name alone is not enough."""
    return f"{service} {stream}"


def evolve_dossier(dossier: Dossier | None, fact: Fact) -> Dossier | None:
    """Return the dossier after a fact that names it."""
    match fact.payload:
        case DossierDraftedV1() as drafted:
            stored = StoredObject(drafted.object, drafted.version_id, drafted.bytes)
            return replace(dossier or Dossier(drafted.case, "draft"), draft=stored)
        case DossierFiledV1() as filed:
            return replace(dossier or Dossier(filed.case, "draft"), state="filed", filing=_filing(filed, fact))
    return None if dossier is None else _moved(dossier, fact)


def _filing(filed: DossierFiledV1, fact: Fact) -> Filing:
    return Filing(
        filed_at=fact.recorded_at,
        streams=tuple((named.service, named.stream) for named in filed.streams),
        sessions=tuple(filed.sessions),
        retention_class=filed.retention_class,
    )


def _moved(dossier: Dossier, fact: Fact) -> Dossier:
    filing = dossier.filing
    match fact.payload:
        case RetentionAssignedV1(years=years) if filing is not None:
            return replace(dossier, filing=replace(filing, retention_years=years))
        case StreamSealedV1() if filing is not None:
            key = stream_key(fact.service, fact.stream)
            return replace(dossier, filing=replace(filing, sealed_streams={**filing.sealed_streams, key: fact.n}))
        case DossierSealedV1(volume=1) as sealed:
            return replace(
                dossier,
                state="sealed",
                volume=StoredObject(sealed.object, sealed.version_id, sealed.bytes),
                root=sealed.root,
                sealed_at=fact.recorded_at,
                retained_until=sealed.retained_until,
            )
    return dossier


@dataclass(frozen=True)
class Secrets:
    """The secrecy that records of a case are under (涉密类别): who reads the dossier reads them."""

    classes: tuple[str, ...] = ()


def is_secret(fact: Fact) -> bool:
    """Whether a fact adds a classified record."""
    return isinstance(fact.payload, RecordAddedV1) and fact.payload.classification is not None


def evolve_secrets(before: Secrets | None, fact: Fact) -> Secrets | None:
    """Return the secrecy of a case after a classified record was added."""
    added = fact.payload
    if not isinstance(added, RecordAddedV1) or added.classification is None:
        return before
    return Secrets(tuple(sorted({*(before.classes if before else ()), added.classification})))
