"""Carriers: putting recordings on one, and writing on it."""

from collections.abc import Mapping
from typing import Any

from casetrail_archive.commands import AnnotateDisc, RegisterDisc
from casetrail_archive.projections import DISC, SESSION
from casetrail_common.auth import Principal
from casetrail_common.facts import ContentRef
from casetrail_common.facts.keeping import DiscAnnotatedV1, DiscRegisteredV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View


def register_disc(wish: RegisterDisc, who: Principal) -> Decide:
    """Put recordings on a carrier; it is told of in every case that they belong to."""
    disc = new_id("archive")

    async def decide(view: View) -> Plan:
        cases: dict[str, None] = {}
        for session in wish.sessions:
            known = await view.found(SESSION, session)
            cases |= dict.fromkeys(known.cases)
        who.require_for("register_disc")
        written, filled = _written(view, wish.annotations)
        loose = wish.sessions[0] if wish.sessions else None
        streams: dict[str, str | None] = {stream_name("case", view.agency, case): case for case in cases}
        if not cases:
            streams = {stream_name("session" if loose else "disc", view.agency, loose or disc): None}
        facts = [
            NewFact(
                stream,
                DiscRegisteredV1(
                    disc=disc,
                    case=case,
                    sessions=list(dict.fromkeys(wish.sessions)),
                    medium=wish.medium,
                    annotations=written,
                    filled=filled,
                ),
            )
            for stream, case in streams.items()
        ]
        return Plan(facts, {"disc": disc})

    return decide


def annotate_disc(disc_id: str, wish: AnnotateDisc, who: Principal) -> Decide:
    """Write on a carrier."""

    async def decide(view: View) -> Plan:
        disc = await view.found(DISC, disc_id)
        who.require_for("annotate_disc")
        written, filled = _written(view, wish.annotations)
        added = DiscAnnotatedV1(disc=disc_id, annotations=written, filled=filled)
        return Plan([NewFact(stream, added) for stream in disc.streams], {"disc": disc_id})

    return decide


def _written(view: View, annotations: Mapping[str, Any]) -> tuple[dict[str, ContentRef], list[str]]:
    """Put what is written aside as content; what is empty is not there."""
    filled = {name: value for name, value in annotations.items() if value not in (None, "", [], {})}
    return {name: view.seal(value) for name, value in sorted(filled.items())}, sorted(filled)
