"""A fact edited in the ledger by a database superuser is found, however carefully it was done."""

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from casetrail_common.ids import Service
from support.application import Application
from support.ledger_reading import faults
from support.tampering import superuser
from support.telling import Told, settled

FACT_OF: dict[Service, str] = {
    "intake": "case.closed",
    "media": "av.stored",
    "review": "decision.issued",
}


def verify_ledger(application: Application) -> tuple[int, list[str]]:
    """Run the command an operator would run."""
    command = [sys.executable, "-m", "casetrail_embedded.cli", "verify-ledger", "--data"]
    done = subprocess.run(
        [*command, str(application.stack.data_dir)], capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
async def quiet(told: Told, application: Application) -> AsyncIterator[Told]:
    """A case about which nothing more happens; afterwards nothing is wrong with it."""
    async with application.client(told.agency) as client:
        await settled(told.story(client))
    yield told
    assert await faults(application.stack, told.agency) == []


def test_the_command_says_of_untouched_ledgers_that_nothing_is_wrong(quiet: Told, application: Application) -> None:
    code, lines = verify_ledger(application)
    assert (code, lines[-1]) == (0, "nothing is wrong")


async def test_the_command_names_an_edited_fact_and_fails(quiet: Told, application: Application) -> None:
    async with superuser(application.stack, "intake", quiet.agency) as forger:
        n = await forger.position_of("case.closed")
        await forger.replace(n, '"outcome":"performed"', '"outcome":"no_violation"')
        code, lines = verify_ledger(application)
    assert code == 1
    assert any(line.startswith(f"intake/{quiet.agency}/{n} ") for line in lines)


async def test_the_command_names_a_tail_that_was_cut_off_and_fails(quiet: Told, application: Application) -> None:
    async with superuser(application.stack, "review", quiet.agency) as forger:
        n = await forger.position_of("decision.issued")
        await forger.cut_off(n)
        code, lines = verify_ledger(application)
    assert code == 1
    assert any(line.startswith(f"review/{quiet.agency}/{n} ") for line in lines)


@pytest.mark.parametrize("service", FACT_OF)
async def test_an_edited_fact_is_found_by_its_hash_and_by_archives_copy(
    quiet: Told, application: Application, service: Service
) -> None:
    async with superuser(application.stack, service, quiet.agency) as forger:
        n = await forger.position_of(FACT_OF[service])
        await forger.replace(n, '"type":"', '"type":"x')
        found = await faults(application.stack, quiet.agency)
    of_fact = {kind_of(fault) for fault in found if fault.startswith(f"{service}/{quiet.agency}/{n} ")}
    assert of_fact == {"hash_wrong", "rewritten"}


@pytest.mark.parametrize("service", FACT_OF)
async def test_a_fact_edited_with_every_later_hash_made_to_fit_is_found_by_archives_copy(
    quiet: Told, application: Application, service: Service
) -> None:
    async with superuser(application.stack, service, quiet.agency) as forger:
        n = await forger.position_of(FACT_OF[service])
        await forger.replace(n, '"person":"', '"person":"x')
        await forger.rechain(n)
        found = await faults(application.stack, quiet.agency)
    assert {kind_of(fault) for fault in found} == {"rewritten"}
    assert found[0].startswith(f"{service}/{quiet.agency}/{n} ")


@pytest.mark.parametrize("service", FACT_OF)
async def test_a_tail_cut_off_with_the_heads_made_to_fit_is_found_by_those_who_followed_it(
    quiet: Told, application: Application, service: Service
) -> None:
    async with superuser(application.stack, service, quiet.agency) as forger:
        n = await forger.position_of(FACT_OF[service])
        await forger.cut_off(n)
        found = await faults(application.stack, quiet.agency)
    assert {kind_of(fault) for fault in found} >= {"missing", "cut_off"}
    assert any(fault.startswith(f"{service}/{quiet.agency}/{n} ") for fault in found)


async def test_a_tail_of_archives_own_ledger_cut_off_is_found_by_those_who_followed_it(
    quiet: Told, application: Application
) -> None:
    async with superuser(application.stack, "archive", quiet.agency) as forger:
        await forger.cut_off(await forger.position_of("dossier.filed"))
        found = await faults(application.stack, quiet.agency)
    assert "cut_off" in {kind_of(fault) for fault in found if fault.startswith(f"archive/{quiet.agency}/")}


@pytest.mark.parametrize("service", ["intake", "review", "archive"])
async def test_a_text_that_was_replaced_is_found(quiet: Told, application: Application, service: Service) -> None:
    async with superuser(application.stack, service, quiet.agency) as forger:
        await forger.forge_content()
        (found,) = await faults(application.stack, quiet.agency)
    assert found.startswith(f"{service}/{quiet.agency}")
    assert kind_of(found) == "content_forged"


def kind_of(fault: str) -> str:
    return fault.rpartition("[")[2].rstrip("]")
