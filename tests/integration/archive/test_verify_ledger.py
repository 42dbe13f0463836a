"""What a database superuser can do to a ledger, and that it is found."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from casetrail_archive.process import BLUEPRINT as ARCHIVE
from casetrail_archive.verify_ledger import verify
from casetrail_common.canonical import canonical, chain
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import AgencyRegisteredV1, PersonRegisteredV1, Unit
from casetrail_common.ids import SERVICES, Service
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.content import ContentBag
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.schema import GUARDS, LOCK_AGENCY, TABLES, grants
from casetrail_common.ledger.store import Store
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import RealLedger, real_ledger
from support.stack import ScratchDatabase

AGENCY = "xinzheng"
CLERK = Actor("admin", ("administrator",))


@dataclass
class County:
    """Four databases: intake has written, archive has followed it."""

    ledgers: dict[Service, RealLedger]

    async def kinds(self) -> list[str]:
        """Return what verification finds, as `kind service/n`."""
        report = await verify({service: one.database.app_dsn for service, one in self.ledgers.items()})
        return [f"{fault.kind} {fault.service}/{fault.n}" for fault in report.faults]

    async def tamper(self, service: Service, *statements: str, **values: Any) -> None:
        """Do what only a superuser can: switch the triggers off, and change the past."""
        conn = await asyncpg.connect(self.ledgers[service].database.superuser_dsn)
        try:
            await conn.execute("set session_replication_role = replica")
            for statement in statements:
                await conn.execute(statement, *values.values())
        finally:
            await conn.close()


def person(name: str, bag: ContentBag) -> NewFact:
    payload = PersonRegisteredV1(person=name, name=bag.seal(f"姓名{name}"), kind="staff", roles=["case_officer"])
    return NewFact(f"person:{AGENCY}:{name}", payload)


@asynccontextmanager
async def opened(stack: StackAddresses) -> AsyncIterator[County]:
    """Open four ledgers: archive's own database, and the others in schemas of it, since databases are slow to make."""
    async with AsyncExitStack() as closing:
        options = {"keeps_content": True, "also_keep": ARCHIVE.also_keep}
        archive = await closing.enter_async_context(real_ledger(stack, "archive", **options))
        ledgers: dict[Service, RealLedger] = {"archive": archive}
        for service in SERVICES[:3]:
            ledgers[service] = await closing.enter_async_context(schema_ledger(archive.database, service))
        yield County(ledgers)


@asynccontextmanager
async def schema_ledger(database: ScratchDatabase, service: Service) -> AsyncIterator[RealLedger]:
    """Open a ledger in a schema of a database."""
    names = ("app_dsn", "owner_dsn", "superuser_dsn")
    place = replace(database, **{name: f"{getattr(database, name)}?search_path={service}" for name in names})
    owner = await asyncpg.connect(place.owner_dsn)
    await owner.execute(f"create schema {service}; grant usage on schema {service} to archive_app")
    for script in (TABLES, GUARDS, LOCK_AGENCY, grants("archive_app")):
        await owner.execute(script)
    await owner.close()
    async with asyncpg.create_pool(place.app_dsn, min_size=1, max_size=4) as pool:
        yield RealLedger(Store(service, pool), place)


@pytest.fixture
async def county(stack: StackAddresses) -> AsyncIterator[County]:
    async with opened(stack) as made:
        bag = ContentBag()
        agency = AgencyRegisteredV1(name="新郑市某局", province="河南省", units=[Unit(id="u1", name="大队")])
        new = [NewFact(f"agency:{AGENCY}:{AGENCY}", agency), *(person(name, bag) for name in ("feng", "lv", "feng"))]
        async with made.ledgers["intake"].store.locked(AGENCY) as locked:
            facts = await locked.append(new, actor=CLERK, content=bag.items)
        async with made.ledgers["archive"].store.locked(AGENCY) as locked:
            for fact in facts:
                await locked.handle(fact, bag.items)
                locked.advance("intake", fact.n)
        yield made


async def test_untouched_ledgers_are_clean(county: County) -> None:
    assert await county.kinds() == []
    report = await verify({service: one.database.app_dsn for service, one in county.ledgers.items()})
    assert (report.facts["intake"], report.copies, report.is_clean) == (4, 4, True)
    assert list(report.lines())[-1] == "nothing is wrong"


async def test_what_archive_has_not_followed_yet_is_no_fault(county: County) -> None:
    async with county.ledgers["intake"].store.locked(AGENCY) as locked:
        bag = ContentBag()
        await locked.append([person("duan", bag)], actor=CLERK, content=bag.items)
    report = await verify({service: one.database.app_dsn for service, one in county.ledgers.items()})
    assert (report.is_clean, report.not_yet_followed) == (True, 1)


async def test_an_edited_body_is_found(county: County) -> None:
    edit = (
        "update ledger set body = convert_to(replace(convert_from(body, 'UTF8'), 'staff', 'other'), 'UTF8') where n = 2"
    )
    await county.tamper("intake", edit)
    assert set(await county.kinds()) == {"hash_wrong intake/2", "rewritten intake/2"}


async def test_a_history_rewritten_down_to_every_hash_is_found_by_archives_copies(county: County) -> None:
    rows = await county.ledgers["intake"].store.pool.fetch(
        "select * from ledger where stream like 'person:%:feng' order by n"
    )
    body, prev = rows[0]["body"].replace(b"case_officer", b"agency_head"), rows[0]["prev_hash"]
    for row, changed in zip(rows, (body, rows[1]["body"]), strict=True):
        new = chain(prev, changed)
        await county.tamper(
            "intake", "update ledger set body = $1, prev_hash = $2, hash = $3 where n = $4",
            body=changed, prev=prev, hash=new, n=row["n"],
        )  # fmt: skip
        prev = new
    await county.tamper(
        "intake", "update stream_head set hash = $1 where stream = $2", hash=prev, stream=rows[0]["stream"]
    )
    assert await county.kinds() == ["rewritten intake/2", "rewritten intake/4"]


async def test_a_tail_cut_off_with_its_heads_is_found(county: County) -> None:
    await county.tamper(
        "intake",
        "delete from ledger where n = 4",
        "update agency_head set n = 3",
        "update stream_head s set stream_seq = l.stream_seq, hash = l.hash "
        "from ledger l where l.stream = s.stream and l.n = 2",
    )
    assert await county.kinds() == ["missing intake/4", "cut_off intake/4"]


async def test_a_fact_taken_from_the_middle_is_found(county: County) -> None:
    await county.tamper("intake", "delete from ledger where n = 3")
    assert set(await county.kinds()) == {
        "position_missing intake/4",
        "missing intake/3",
        "stream_head_differs intake/None",
    }


async def test_a_fact_inserted_behind_the_backs_of_all_is_found(county: County) -> None:
    row = await county.ledgers["intake"].store.pool.fetchrow("select * from ledger where n = 4")
    await county.tamper("archive", "delete from copied_fact where n = 4")
    assert row is not None
    assert await county.kinds() == ["never_copied intake/4"]


async def test_forged_and_lost_content_is_found_and_erased_content_is_not(county: County) -> None:
    pool = county.ledgers["intake"].store.pool
    digests = [row["commitment"] for row in await pool.fetch("select commitment from content order by commitment")]
    erased = ContentErasedV1(case=None, commitments=[digests[0].hex()], reason="court_order")
    async with county.ledgers["intake"].store.locked(AGENCY) as locked:
        await locked.append([NewFact(f"agency:{AGENCY}:{AGENCY}", erased)], actor=CLERK)
    assert await county.kinds() == []
    await county.tamper(
        "intake", "update content set bytes = $1 where commitment = $2", b=canonical("别人"), c=digests[1]
    )
    await county.tamper("intake", "delete from content where commitment = $1", c=digests[2])
    kinds = await county.kinds()
    assert [kind.split()[0] for kind in kinds] == ["content_lost", "content_forged"]


async def test_content_blanked_without_a_fact_that_says_so_is_found(county: County) -> None:
    await county.tamper("intake", "update content set salt = null, bytes = null")
    assert {kind.split()[0] for kind in await county.kinds()} == {"content_lost"}


async def test_archives_own_log_cut_off_is_found_by_those_who_followed_it(county: County) -> None:
    await county.tamper("review", "insert into followed values ('xinzheng', 'archive', 7)")
    assert await county.kinds() == ["cut_off archive/7"]


async def test_the_command_ends_with_1_and_names_the_place(county: County, tmp_path: Path) -> None:
    await county.tamper("intake", "delete from ledger where n = 4")
    dsns = {f"CASETRAIL_POSTGRES_{s.upper()}_DSN": one.database.app_dsn for s, one in county.ledgers.items()}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "casetrail_archive.verify_ledger",
        cwd=tmp_path, env={**os.environ, **dsns}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await child.communicate()
    assert child.returncode == 1
    assert f"intake/{AGENCY}/4 person:{AGENCY}:feng: archive holds a copy of this fact" in output.decode()
