"""A dossier (案卷): draft, filed, sealed. What is sealed never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from casetrail_common.facts.archive import DossierDraftedV1, DossierFiledV1, DossierSealedV1, RetentionAssignedV1
from casetrail_common.facts.common import StreamSealedV1
from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.facts.keeping import DossierTransferredV1, SupplementAppendedV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.retention import lengthened

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
class Transfer:
    """The dossier was handed over (移交)."""

    transfer_list: str
    """Id of the transfer list (移交清单)."""
    to: str
    received_by: str
    at: datetime
    volumes: int
    """How many volumes there were."""
    sessions: tuple[str, ...]
    """Recordings that these name."""


@dataclass(frozen=True)
class Supplement:
    """A further volume (T28): what was filed before stays as it is."""

    volume: int
    begun_at: datetime
    custodian: str
    reason: str
    """Commitment of the reason."""
    records: tuple[str, ...]
    sessions: tuple[str, ...]


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
    """Until when the volume was locked when it was sealed."""
    sealed_years: int = 0
    """Years for which it was."""
    transfers: tuple[Transfer, ...] = ()
    supplements: tuple[Supplement, ...] = ()

    @property
    def locked_until(self) -> datetime | None:
        """Until when nobody can delete the volume: years that were added since count, fewer years change nothing."""
        if self.retained_until is None or self.filing is None:
            return None
        years = self.filing.retention_years or 0
        return lengthened(self.retained_until, sealed_years=self.sealed_years, years=years)


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
        case RetentionAssignedV1() as kept if filing is not None:
            kept_now = replace(filing, retention_class=kept.retention_class, retention_years=kept.years)
            return replace(dossier, filing=kept_now)
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
                sealed_years=(filing.retention_years if filing else None) or 0,
            )
    return _extended(dossier, fact)


def _extended(dossier: Dossier, fact: Fact) -> Dossier:
    """Return the dossier after what may happen to it when it has been filed."""
    match fact.payload:
        case DossierTransferredV1() as moved:
            return replace(dossier, transfers=(*dossier.transfers, _transfer(dossier, moved, fact)))
        case SupplementAppendedV1() as begun:
            supplement = Supplement(
                volume=begun.volume,
                begun_at=fact.occurred_at,
                custodian=begun.custodian,
                reason=begun.reason.sha256,
                records=tuple(begun.records),
                sessions=tuple(begun.sessions),
            )
            return replace(dossier, supplements=(*dossier.supplements, supplement))
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


def _transfer(dossier: Dossier, moved: DossierTransferredV1, fact: Fact) -> Transfer:
    filed = dossier.filing.sessions if dossier.filing else ()
    added = (session for one in dossier.supplements for session in one.sessions)
    return Transfer(
        transfer_list=moved.record or "",
        to=moved.to,
        received_by=moved.received_by,
        at=fact.occurred_at,
        volumes=1 + len(dossier.supplements),
        sessions=tuple(sorted({*filed, *added})),
    )
