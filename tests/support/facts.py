"""Synthetic facts that chain as real ones do: logs of all services, kept in memory."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casetrail_archive.dossier import ContentCopy, FactCopy, StreamCopy
from casetrail_common.canonical import canonical, commitment, first_prev
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.facts.common import StreamSealedV1
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.fact import Actor, Fact

START = datetime(2025, 8, 11, tzinfo=UTC)


@dataclass
class FactBook:
    """The ledgers of one agency. Facts get the numbers and hashes that the real append would give them."""

    agency: str = "xinzheng"
    now: datetime = START
    law: Law = field(default_factory=Law)
    facts: list[Fact] = field(default_factory=list)
    contents: dict[str, ContentCopy | None] = field(default_factory=dict)
    _tips: dict[Service, Tip] = field(default_factory=dict)

    def fact_of(self, service: Service, stream: str, payload: Payload, *, by: str = "feng") -> Fact:
        """Append a fact now."""
        tip = self._tips.setdefault(service, Tip(service, self.agency, 0, self.now, {}))
        tip.now = max(tip.now, self.now)
        tip.followed = {other: one.n for other, one in self._tips.items() if other != service}
        [fact] = tip.extend([NewFact(stream, payload)], actor=Actor(by), law=self.law)
        self.facts.append(fact)
        return fact

    def seal(self, value: Any) -> ContentRef:
        """Put content aside, under a salt that is the same in every run."""
        text = canonical(value)
        salt = hashlib.sha256(len(self.contents).to_bytes(4, "big") + text).digest()
        name = commitment(salt, text).hex()
        self.contents[name] = ContentCopy(salt, text)
        return ContentRef(sha256=name)

    def erase(self, ref: ContentRef) -> None:
        """Forget what a commitment stands for."""
        self.contents[ref.sha256] = None

    def of(self, service: str, stream: str) -> list[Fact]:
        """Return the facts of a stream."""
        return [fact for fact in self.facts if (fact.service, fact.stream) == (service, stream)]

    def file(self, dossier: str, case: str, streams: Iterable[tuple[Service, str]], *, by: str = "qin") -> None:
        """File a dossier: name its streams, then let each owner seal them."""
        named = list(streams)
        self.fact_of(
            "archive",
            f"case:{self.agency}:{case}",
            DossierFiledV1(
                dossier=dossier,
                case=case,
                streams=[NamedStream(service=service, stream=stream) for service, stream in named],
                sessions=[],
                retention_class="general",
            ),
            by=by,
        )
        for service, stream in named:
            before = self.of(service, stream)
            head = before[-1].hash if before else first_prev(service, stream)
            sealed = StreamSealedV1(dossier=dossier, count=len(before), head=head.hex())
            self.fact_of(service, stream, sealed, by=f"system:{service}")

    def copies(self, whole: Iterable[tuple[str, str]]) -> tuple[StreamCopy, ...]:
        """Return all facts as a dossier gets them: the named streams whole, of the others what there is."""
        named = set(whole)
        streams = sorted({(fact.service, fact.stream) for fact in self.facts} | named)
        return tuple(
            StreamCopy(
                service=service,
                stream=stream,
                whole=(service, stream) in named,
                facts=tuple(FactCopy(fact.body, fact.prev_hash, fact.hash) for fact in self.of(service, stream)),
            )
            for service, stream in streams
        )
