"""What every owner does when a dossier is filed: mark where volume 1 ends in each of its streams."""

from casetrail_common.canonical import first_prev
from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.common import StreamSealedV1
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.view import View


async def seal_streams(fact: Fact, view: View) -> tuple[NewFact, ...]:
    """Return one `stream.sealed` for each stream of this service that a filed dossier names."""
    filed = fact.payload
    if not isinstance(filed, DossierFiledV1):
        return ()
    named = [one.stream for one in filed.streams if one.service == view.service]
    return tuple([NewFact(stream, await _seal(filed.dossier, stream, view)) for stream in named])


async def _seal(dossier: str, stream: str, view: View) -> StreamSealedV1:
    count, head = await view.head_of(stream) or (0, first_prev(view.service, stream))
    return StreamSealedV1(dossier=dossier, count=count, head=head.hex())
