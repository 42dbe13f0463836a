"""How commands stand in line before an agency's lock."""

import asyncio
from dataclasses import dataclass, field

import pytest

from casetrail_common.ledger.line import AT_ONCE, Line


class Broken(Exception):  # noqa: N818 - what a command that cannot be committed raises
    """It breaks the commit it is in."""


class Refused(Exception):  # noqa: N818 - what a command is told that is refused
    """It is refused, and the commit goes on."""


@dataclass
class Desk:
    """Commits when it is told to."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    commits: list[list[str]] = field(default_factory=list)

    async def commit(self, _agency: str, several: list[str]) -> list[str | Exception]:
        await self.open.wait()
        if any(what.startswith("broken") for what in several):
            raise Broken
        self.commits.append(several)
        return [Refused() if what.startswith("refused") else f"did {what}" for what in several]


async def outcomes(line: Line[str, str], *what: str, agency: str = "xinzheng") -> list[str | BaseException]:
    return await asyncio.gather(*(line.stand(agency, each) for each in what), return_exceptions=True)


async def test_those_who_come_meanwhile_are_committed_together_and_in_order() -> None:
    desk = Desk()
    line = Line(desk.commit)
    standing = asyncio.create_task(outcomes(line, "a", "b", "c", "d"))
    await asyncio.sleep(0)
    desk.open.set()
    assert await standing == ["did a", "did b", "did c", "did d"]
    assert desk.commits == [["a"], ["b", "c", "d"]]


async def test_one_alone_waits_for_nobody() -> None:
    desk = Desk()
    desk.open.set()
    line = Line(desk.commit)
    for what in ("a", "b"):
        assert await line.stand("xinzheng", what) == f"did {what}"
    assert desk.commits == [["a"], ["b"]]


async def test_agencies_do_not_wait_for_each_other() -> None:
    busy, desk = asyncio.Event(), Desk()
    desk.open.set()

    async def commit(agency: str, several: list[str]) -> list[str | Exception]:
        if agency == "busy":
            await busy.wait()
        return await desk.commit(agency, several)

    line = Line(commit)
    waiting = asyncio.create_task(line.stand("busy", "a"))
    assert await line.stand("quiet", "b") == "did b"
    busy.set()
    assert await waiting == "did a"


async def test_one_that_breaks_its_commit_takes_nobody_along() -> None:
    desk = Desk()
    line = Line(desk.commit)
    standing = asyncio.create_task(outcomes(line, "a", "b", "broken", "c"))
    await asyncio.sleep(0)
    desk.open.set()
    a, b, broken, c = await standing
    assert (a, b, c) == ("did a", "did b", "did c")
    assert isinstance(broken, Broken)


async def test_a_refusal_is_told_to_the_one_it_is_for() -> None:
    desk = Desk()
    line = Line(desk.commit)
    standing = asyncio.create_task(outcomes(line, "a", "refused", "b"))
    await asyncio.sleep(0)
    desk.open.set()
    a, refused, b = await standing
    assert (a, b) == ("did a", "did b")
    assert isinstance(refused, Refused)


async def test_one_who_leaves_does_not_hold_up_the_others() -> None:
    desk = Desk()
    line = Line(desk.commit)
    first = asyncio.create_task(line.stand("xinzheng", "a"))
    second = asyncio.create_task(line.stand("xinzheng", "b"))
    await asyncio.sleep(0)
    first.cancel()
    desk.open.set()
    assert await second == "did b"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_commit_holds_only_so_many() -> None:
    desk = Desk()
    line = Line(desk.commit)
    standing = asyncio.create_task(outcomes(line, *(f"{n}" for n in range(2 * AT_ONCE))))
    await asyncio.sleep(0)
    desk.open.set()
    await standing
    assert [len(commit) for commit in desk.commits] == [1, AT_ONCE, AT_ONCE - 1]
