"""The course of a case: every fact of every service, causes before effects, with the clause beside each step."""

from collections.abc import Mapping
from dataclasses import replace

from casetrail_archive.case_facts import streams_of
from casetrail_archive.domain.steps import clauses_of
from casetrail_archive.dossier.papers.steps import SILENT, Step, course
from casetrail_archive.dossier.reading import read_case
from casetrail_archive.packing.gathering import Gatherer, Order
from casetrail_archive.queries.sight import case_in_sight
from casetrail_archive.schemas import StepShown
from casetrail_common.auth import Principal
from casetrail_common.bus.envelope import content_references
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish


async def show_timeline(
    store: Store, gatherer: Gatherer, who: Principal, case_id: str, paging: PageWish
) -> Page[StepShown]:
    """Return the steps of a case from the first on."""
    async with store.reading(who.agency) as view:
        case = await case_in_sight(view, who, case_id)
        now = view.now
    order = Order(
        agency=who.agency,
        case=case_id,
        dossier=case.dossier or "",
        made_at=now,
        draft=True,
        streams=streams_of(who.agency, case_id, case),
    )
    async with store.pool.acquire() as conn:
        source, _ = await gatherer.copy(conn, order)
        book = await gatherer.laws.at(conn, who.agency, now)
    bodies = (fact.body for stream in source.streams for fact in stream.facts)
    missing = dict.fromkeys(reference.hex() for body in bodies for reference in content_references(body))
    told = read_case(replace(source, contents={**missing, **source.contents}))
    steps = {step.fact: step for step in course(told)}
    packs = {active.pack.name: active.pack for active in book.packs}
    after = max(0, int((paging.after(int) or (0,))[0]))
    names = {person: told.person(person) for person in told.people}
    kinds = {record: filed.added.record_type for record, filed in told.records.items()}
    rows = list(enumerate(told.facts, 1))[after : after + paging.limit + 1]
    shown = [
        (place, _shown(fact, steps.get(f"{fact.service}:{fact.n}"), names, clauses_of(fact, packs, kinds)))
        for place, fact in rows
    ]
    page = paging.page(shown, key=lambda row: (row[0],))
    return Page[StepShown](items=[step for _, step in page.items], next=page.next)


def _shown(fact: Fact, step: Step | None, names: Mapping[str, str], clauses: list[str]) -> StepShown:
    actor = fact.actor
    return StepShown(
        position=f"{fact.service}:{fact.n}",
        type=fact.type,
        what=step.what if step else SILENT.get(fact.type, fact.type),
        occurred_at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        actor=actor.person,
        actor_name="系统" if actor.person.startswith("system:") else names.get(actor.person, actor.person),
        roles=list(actor.roles),
        unit=actor.unit,
        clauses=clauses,
    )
