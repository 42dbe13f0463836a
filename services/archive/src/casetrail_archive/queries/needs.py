"""What a case needs now and before its next step: from the rules that judge it and refuse commands."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from casetrail_archive.domain.acts import ACTS, ROLE_OF_MARK, acts_for
from casetrail_archive.domain.ahead import PROPOSED, Step, steps_ahead
from casetrail_archive.judging.findings import held_back
from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.past import closed_until
from casetrail_archive.outlook_schemas import MissingShown, Named, NeedShown, NeedsShown, StepAhead, Words
from casetrail_archive.queries.sight import case_in_sight
from casetrail_common.auth import Principal
from casetrail_common.auth.duties import GIVERS, ROLE_OF_SLOT
from casetrail_common.errors import not_found
from casetrail_common.records import record_types
from casetrail_common.rules import CaseFile, Happening, LawBook, after
from casetrail_common.rules.casefile import Thing
from casetrail_common.rules.guidance import Lack
from casetrail_common.rules.happenings.records import SIGNERS
from casetrail_common.rules.look import value_of
from casetrail_common.rules.model import Attribute, model
from casetrail_common.rules.needs import Need, Needs
from casetrail_common.rules.wording import timed

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_PERSON: Final = {"session": "recorder", "record": "author"}
"""Attribute that names who answers for an object; for others it is the officer who answers for the case."""


@dataclass(frozen=True, slots=True)
class NeedsQuery:
    """Answers what cases need."""

    judge: Judge

    async def show(self, who: Principal, case_id: str, *, activity: str | None) -> NeedsShown:
        """Return what a case needs.

        Parameters
        ----------
        activity
            Kind of an activity that is planned: what it will need is told, too.
        """
        store, files = self.judge.store, self.judge.files
        async with store.reading(who.agency) as view:
            await case_in_sight(view, who, case_id)
            now = view.now
        async with store.pool.acquire() as conn:
            book = await self.judge.laws.at(conn, who.agency, now)
            own = await files.now(conn, who.agency, case_id)
            shared = await files.shared(conn, who.agency)
            until = await closed_until(conn, who.agency)
        if own is None:
            raise not_found(case_id)
        case = _Case(case_id, own, shared, book, now, until)
        current = case.needs.now()
        before = []
        for step in steps_ahead(case.thing, case.whole, now, activity=activity):
            await asyncio.sleep(0)  # each step is a judgement of its own: let others have their turn
            before.append(case.before(step))
        soon = {(need.rule, need.subject) for step in before for need in step.needs}
        urgent = [case.shown(need) for need in current if need.is_urgent]
        later = [case.shown(need) for need in current if not need.is_urgent]
        return NeedsShown(
            case=case_id,
            as_of=now,
            now=_by_due(urgent),
            before=before,
            later=_by_due(need for need in later if (need.rule, need.subject) not in soon),
        )


def _by_due(needs: Iterable[NeedShown]) -> list[NeedShown]:
    return sorted(needs, key=lambda need: need.due or _NEVER)


@dataclass(frozen=True)
class _Case:
    """A case whose needs are told."""

    id: str
    own: CaseFile
    shared: CaseFile
    book: LawBook
    now: datetime
    until: datetime | None
    """How far the past is closed: nothing is called overdue before that is known."""

    @cached_property
    def whole(self) -> CaseFile:
        """The case with what it shares with others."""
        return self.own.with_(self.shared)

    @property
    def thing(self) -> Thing:
        """The case itself."""
        return self.whole.things[self.id]

    @cached_property
    def needs(self) -> Needs:
        """What finds needs."""
        return Needs(self.book, self.whole, self.now, {*self.own.things, PROPOSED})

    def before(self, step: Step) -> StepAhead:
        """Return what would be wrong if a command came now."""
        told = (Happening(payload, self.thing.id, self.now, PROPOSED) for payload in step.payloads)
        needs = self.needs.before(step.command, after(self.whole, *told))
        act = ACTS[step.command]
        return StepAhead(
            command=step.command,
            text=Words(zh=act.zh, en=act.en),
            roles=_givers(step),
            item=step.item,
            detail=step.detail,
            form=Named(code=step.form, zh=record_types()[step.form].zh) if step.form else None,
            is_refused=any(need.refused_with for need in needs) or bool(step.form and not step.item),
            needs=[self.shown(need) for need in needs],
        )

    def shown(self, need: Need) -> NeedShown:
        """Return a need as it is told."""
        [finding] = held_back([need.finding], closed_until=self.until)
        kind = finding.subject_kind
        return NeedShown(
            rule=need.rule.id,
            pack=finding.pack,
            gist=Words(zh=need.rule.gist.zh, en=need.rule.gist.en),
            subject=_known(finding.subject),
            subject_kind=kind,
            subject_zh=model()[kind].zh,
            status=finding.status,
            severity=finding.severity,
            due=finding.due,
            provisional=finding.provisional,
            time_zh=timed(need.limit, kind),
            refused_with=need.refused_with,
            missing=[self._missing(lack) for lack in need.missing],
            instead=[[self._missing(lack) for lack in way] for way in need.instead],
        )

    def _missing(self, lack: Lack) -> MissingShown:
        is_document = lack.kind == "record"
        acts = acts_for(lack.made_by, lack.codes if is_document else ())
        roles = _roles(lack, acts)
        return MissingShown(
            text=Words(zh=lack.zh, en=lack.en),
            kind=lack.kind,
            item=_known(lack.item),
            acts=acts,
            roles=roles,
            person=self._person(lack) if "case_officer" in roles else None,
            documents=_documents(lack.codes) if is_document else [],
            signers=_signers(lack.codes) if is_document else [],
            codes=[] if is_document else _named(lack.kind, lack.codes),
            fields=_fields(lack),
            count=lack.count,
            either=[[self._missing(part) for part in way] for way in lack.either],
        )

    def _person(self, lack: Lack) -> str | None:
        thing = self.whole.things.get(lack.item or "")
        own = _text(thing, _PERSON[thing.kind]) if thing and thing.kind in _PERSON else None
        return own or _text(self.thing, "responsible_officer")


def _known(item: str | None) -> str | None:
    return None if item is None or item.split("/")[0] == PROPOSED else item


def _givers(step: Step) -> list[str]:
    if step.command == "give_opinion" and step.detail:
        return [ROLE_OF_SLOT[step.detail]]
    return list(GIVERS[step.command])


def _roles(lack: Lack, acts: Sequence[str]) -> list[str]:
    """Return who signs, whose opinion it is, or who gives the first of the commands."""
    if lack.kind == "mark" and lack.codes:
        return [ROLE_OF_MARK.get(code, code) for code in lack.codes]
    if lack.kind == "opinion" and lack.codes:
        return list(dict.fromkeys(ROLE_OF_SLOT[code] for code in lack.codes))
    return list(GIVERS[acts[0]]) if acts else []


def _documents(codes: Iterable[str]) -> list[Named]:
    return [Named(code=code, zh=record_types()[code].zh) for code in codes if code in record_types()]


def _signers(codes: Sequence[str]) -> list[str]:
    """Return the capacities in which a document of a type is signed; nothing if several types would do."""
    known = record_types().get(codes[0]) if len(codes) == 1 else None
    return [SIGNERS[letter] for letter in known.signers if letter in SIGNERS] if known else []


def _named(kind: str, codes: Iterable[str]) -> list[Named]:
    known = model().get(kind)
    main = known.attribute(known.main) if known and known.main else None
    words = (main.codes if main else None) or {}
    return [Named(code=code, zh=words.get(code, code)) for code in codes]


def _fields(lack: Lack) -> list[Named]:
    """Return the names of what must be filled in: fields of the document, or attributes."""
    forms = [record_types()[code] for code in lack.codes if lack.kind == "record" and code in record_types()]
    found = []
    for name in lack.fields:
        declared = (field.zh for form in forms for field in form.fields if field.name == name)
        attribute: Attribute | None = model()[lack.kind].attribute(name) if lack.kind else None
        found.append(Named(code=name, zh=next(declared, attribute.zh if attribute else name)))
    return found


def _text(thing: Thing, name: str) -> str | None:
    value = value_of(thing, name)
    return value if isinstance(value, str) else None
