"""Who has no part in a case reads its items only under a grant; secrecy is lifted by clearance alone."""

from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

import pytest

from casetrail_common.access import FILED_IN, REQUESTS, Lent, deciders, is_granted, read_item
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.archive import DossierFiledV1, NamedStream, PackLoadedV1, ParametersSetV1
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.intake import PersonRegisteredV1
from casetrail_common.facts.use import AccessApprovedV1, AccessDeniedV1, AccessExecutedV1, AccessRequestedV1
from casetrail_common.ids import stream_name
from casetrail_common.law import LAW, PACK
from casetrail_common.people import PERSON
from casetrail_common.rules import SHIPPED, pack_document
from support.memory import MemoryLedger

AGENCY = "xinzheng"
TEXT = ContentRef(sha256="0" * 64)
ZHAO = Principal("zhao", AGENCY, "u9", frozenset({"case_officer"}))
STREAM = stream_name("case", AGENCY, "K1")
OPEN = Lent("i-1", "record", STREAM)
SECRET = replace(OPEN, classes=frozenset({"trade_secret"}))
DOSSIER = Lent("a-1", "dossier", STREAM)
PACKS = {
    "fusong-env": (None, "fusong-env/29.1", "fusong-env/30.1"),
    "henan-2019": ("henan-2019/24.2", "henan-2019/24.2", "henan-2019/25.1"),
    "jining-aic-2017": ("jining-aic-2017/21.1b", "jining-aic-2017/22.1", None),
    "pengyang-2019": ("pengyang-2019/13.1", "pengyang-2019/13.1", None),
    "qinghe-2019": ("qinghe-2019/16.1c", None, "qinghe-2019/17.2"),
}
"""By pack: the clauses against reading without a request, without a grant, and without clearance."""


@dataclass
class Shelf:
    """Items of an owner, and what review, intake and archive say about them."""

    ledger: MemoryLedger = field(
        default_factory=lambda: MemoryLedger("intake", (REQUESTS, FILED_IN, PERSON, LAW, PACK), agency=AGENCY)
    )

    async def enact(self, *packs: str) -> "Shelf":
        """Put packs in force."""
        for pack in packs:
            version = dict(SHIPPED)[pack]
            loaded = PackLoadedV1(
                pack=pack,
                version=version,
                valid_from=date(2019, 6, 4),
                sha256=sha256(pack.encode()).hexdigest(),
                document=pack_document(pack, version),
            )
            await self.ledger.follow("archive", f"pack:{AGENCY}:{pack}", loaded)
        return self

    async def set_parameters(self, **values: str) -> None:
        """Set parameters of the agency."""
        await self.ledger.follow("archive", f"agency:{AGENCY}", ParametersSetV1(values=dict(values)))

    async def know(self, person: str, *clearance: str) -> None:
        """Let a person be registered."""
        known = PersonRegisteredV1(person=person, name=TEXT, kind="staff", roles=[], clearance=list(clearance))
        await self.ledger.follow("intake", f"person:{AGENCY}:{person}", known)

    async def review(self, *payloads: Payload) -> None:
        """Let review tell of a request."""
        await self.ledger.follow("review", f"request:{AGENCY}:AR1", *payloads)

    async def read(self, item: Lent, who: Principal = ZHAO) -> AccessExecutedV1:
        """Read an item."""
        await self.ledger.execute(lambda view: read_item(view, who, item), who.person)
        read = self.ledger.facts[-1].payload
        assert isinstance(read, AccessExecutedV1)
        return read

    async def refused(self, item: Lent, who: Principal = ZHAO) -> tuple[str, str | None]:
        """Return code and clause with which reading is refused."""
        with pytest.raises(CasetrailError) as refusal:
            await self.read(item, who)
        return refusal.value.code, refusal.value.clause

    def incidents(self) -> list[tuple[str, str | None]]:
        """Return on what each incident lies, and the clause it cites."""
        told = [fact.payload for fact in self.ledger.facts]
        return [(one.item, one.clause) for one in told if isinstance(one, IncidentRecordedV1)]


def asked(*items: str, requester: str = "zhao", request: str = "AR1", mode: str = "consult") -> AccessRequestedV1:
    given = {"request": request, "items": list(items), "mode": mode, "requester": requester, "purpose": TEXT}
    return AccessRequestedV1.model_validate({**given, "requester_kind": "other_unit"})


def granted(*items: str, role: str = "agency_head", request: str = "AR1") -> AccessApprovedV1:
    given = {"request": request, "items": list(items), "reason": TEXT, "by": role, "role": role}
    return AccessApprovedV1.model_validate(given)


def denied(*items: str, role: str = "agency_head") -> AccessDeniedV1:
    return AccessDeniedV1.model_validate(granted(*items, role=role).model_dump())


@pytest.mark.parametrize("pack", PACKS)
async def test_reading_asks_for_a_request_then_the_heads_grant_then_clearance(pack: str) -> None:
    no_request, no_grant, no_clearance = PACKS[pack]
    shelf = await Shelf().enact(pack)
    await shelf.know("zhao")
    assert await shelf.refused(SECRET) == ("access_not_approved", no_request)
    told = [(SECRET.id, no_request)] if no_request else []
    assert shelf.incidents() == told
    await shelf.review(asked(SECRET.id))
    assert await shelf.refused(SECRET) == ("head_approval_required", no_grant)
    await shelf.review(granted(SECRET.id, role="unit_head"))
    assert await shelf.refused(SECRET) == ("head_approval_required", no_grant)
    assert shelf.incidents() == told
    await shelf.review(granted(SECRET.id))
    assert await shelf.refused(SECRET) == ("classified_no_clearance", no_clearance)
    told += [(SECRET.id, no_clearance)] if no_clearance else []
    assert shelf.incidents() == told
    await shelf.know("zhao", "privacy", "trade_secret")
    read = await shelf.read(SECRET)
    assert (read.request, read.mode, read.delivered, read.classified) == ("AR1", "consult", ["i-1"], ["i-1"])
    assert shelf.ledger.facts[-1].stream == STREAM


async def test_a_grant_opens_what_it_names_to_who_asked_for_it() -> None:
    shelf = await Shelf().enact("henan-2019")
    await shelf.review(asked("i-1", "i-2"), granted("i-1"))
    assert (await shelf.read(OPEN)).classified == []
    assert (await shelf.refused(replace(OPEN, id="i-2")))[0] == "head_approval_required"
    assert (await shelf.refused(replace(OPEN, id="i-3")))[0] == "access_not_approved"
    assert (await shelf.refused(OPEN, replace(ZHAO, person="wu")))[0] == "access_not_approved"


async def test_clearance_for_one_kind_of_secret_is_none_for_another() -> None:
    shelf = await Shelf().enact("henan-2019")
    await shelf.review(asked("i-1"), granted("i-1"))
    await shelf.know("zhao", "privacy")
    assert (await shelf.refused(SECRET))[0] == "classified_no_clearance"
    await shelf.know("zhao", "trade_secret")
    await shelf.read(SECRET)
    both = replace(SECRET, classes=frozenset({"privacy", "trade_secret"}))
    assert (await shelf.refused(both))[0] == "classified_no_clearance"


async def test_what_the_head_takes_back_is_closed_again_and_another_grant_may_open_it() -> None:
    shelf = Shelf()
    await shelf.review(asked("i-1"), granted("i-1"), denied("i-1"))
    assert (await shelf.refused(OPEN))[0] == "head_approval_required"
    await shelf.review(asked("i-1", request="AR2"), granted("i-1", request="AR2"))
    assert (await shelf.read(OPEN)).request == "AR2"


async def test_a_decision_on_what_nobody_asked_for_opens_nothing() -> None:
    shelf = Shelf()
    await shelf.review(granted("i-1"))
    assert (await shelf.refused(OPEN))[0] == "access_not_approved"


@pytest.mark.parametrize(
    ("pack", "mode", "kind", "unit_head_counts"),
    [
        ("jining-aic-2017", "consult", "staff", True),
        ("qinghe-2019", "copy", "party", True),
        ("fusong-env", "copy", "party", False),
        ("fusong-env", "consult", "party", True),
        ("pengyang-2019", "copy", "party", False),
        ("henan-2019", "consult", "staff", False),
        ("henan-2019", "copy", "individual", False),
    ],
)
async def test_a_unit_head_decides_where_the_agency_says_so_and_the_law_asks_for_no_more(
    pack: str, mode: str, kind: str, unit_head_counts: bool
) -> None:
    shelf = await Shelf().enact(pack)
    assert await deciders(shelf.ledger.view(), mode, kind) == ("agency_head",)  # type: ignore[arg-type]
    await shelf.set_parameters(access_approver="unit_head")
    both = ("agency_head", "unit_head") if unit_head_counts else ("agency_head",)
    assert await deciders(shelf.ledger.view(), mode, kind) == both  # type: ignore[arg-type]
    assert await deciders(shelf.ledger.view(), "disclose", kind) == ("agency_head",)  # type: ignore[arg-type]


async def test_an_approver_that_no_role_is_leaves_it_with_the_head() -> None:
    shelf = Shelf()
    await shelf.set_parameters(access_approver="cashier")
    assert await deciders(shelf.ledger.view(), "copy", "party") == ("agency_head",)


def test_the_heads_word_goes_before_a_unit_heads() -> None:
    both = ("agency_head", "unit_head")
    assert is_granted({"agency_head": False, "unit_head": True}, both) is False  # type: ignore[arg-type]
    assert is_granted({"unit_head": True}, both) is True  # type: ignore[arg-type]
    assert is_granted({"unit_head": True}, ("agency_head",)) is False
    assert is_granted({}, both) is False  # type: ignore[arg-type]


async def test_once_filed_the_incident_lies_on_the_dossier_where_the_clause_speaks_of_dossiers() -> None:
    shelf = await Shelf().enact("henan-2019", "jining-aic-2017")
    await shelf.refused(OPEN)
    await shelf.refused(replace(OPEN, dossier="a-1"))
    await shelf.refused(DOSSIER)
    assert shelf.incidents() == [
        ("i-1", "henan-2019/24.2"),
        ("i-1", "jining-aic-2017/21.1b"),
        ("i-1", "henan-2019/24.2"),
        ("a-1", "jining-aic-2017/21.1b"),
        ("a-1", "henan-2019/24.2"),
        ("a-1", "jining-aic-2017/21.1b"),
    ]


async def test_a_dossier_takes_its_case_and_its_recordings_with_it() -> None:
    shelf = Shelf()
    streams = [
        NamedStream(service="intake", stream=STREAM),
        NamedStream(service="media", stream=stream_name("session", AGENCY, "m-1")),
    ]
    filed = DossierFiledV1(dossier="a-1", case="K1", streams=streams, sessions=[], retention_class="general")
    await shelf.ledger.follow("archive", STREAM, filed)
    for item, dossier in (("K1", "a-1"), ("m-1", "a-1"), ("m-2", None)):
        known = await shelf.ledger.view().get(FILED_IN, item)
        assert (known.dossier if known else None) == dossier
