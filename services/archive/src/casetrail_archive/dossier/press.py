"""The press: a child process that prints volumes and waits a little for the next one, since it is slow to start."""

import asyncio
import contextlib
import json
import struct
import sys
from typing import Any, Final

LENGTH: Final = struct.Struct(">Q")
"""What stands before each order."""

IDLE_S: Final = 15.0
"""How long a child waits for its next order: the volume that follows a draft finds it warm, and a quiet service does
without its 150 MB."""

VOLUMES: Final = 20
"""How many volumes a child prints at the most: its compiler keeps what it has laid out."""


class AssemblyFailedError(Exception):
    """The child process ended without a volume; says what it wrote last."""


class Press:
    """One child at a time, started with the first order and replaced after a failure."""

    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self.child: asyncio.subprocess.Process | None = None
        """The one that waits for orders."""
        self._printed = 0
        self._leaving: asyncio.TimerHandle | None = None

    async def print(self, order: bytes) -> dict[str, Any]:
        """Have an order printed and return what the child answers.

        Raises
        ------
        AssemblyFailedError
            If the order does not make a volume.
        """
        async with self._turn:
            self._stay()
            child = self.child
            if child is None or child.returncode is not None:
                child = await self._started()
            try:
                answer = await self._ask(child, order)
            except BaseException:
                await self._end()
                raise
            self._printed += 1
            if self._printed >= VOLUMES:
                await self._end()
            else:
                self._leaving = asyncio.get_running_loop().call_later(self._idle_s, self._dismiss, child)
            return answer

    async def close(self) -> None:
        """End the child, if there is one."""
        async with self._turn:
            self._stay()
            await self._end()

    async def _started(self) -> asyncio.subprocess.Process:
        self._printed = 0
        child = self.child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "casetrail_archive.dossier.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return child

    async def _ask(self, child: asyncio.subprocess.Process, order: bytes) -> dict[str, Any]:
        if child.stdin is None or child.stdout is None:
            raise AssertionError("started with both")
        with contextlib.suppress(ConnectionError):  # it is gone: its answer will be missing
            child.stdin.write(LENGTH.pack(len(order)) + order)
            await child.stdin.drain()
        line = await child.stdout.readline()
        if not line:
            raise AssemblyFailedError(f"exit code {await child.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise AssemblyFailedError(answer["failed"])
        return answer

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _dismiss(self, child: asyncio.subprocess.Process) -> None:
        """Let an idle child go: it ends with its input."""
        if child.stdin is not None:
            child.stdin.close()
        self.child = None

    async def _end(self) -> None:
        child, self.child = self.child, None
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()
