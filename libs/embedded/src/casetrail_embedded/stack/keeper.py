"""Keep one part running: start it, watch it, start it again when it dies or hangs."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from casetrail_embedded.stack.part import Part, PartFailedError, born_at, end_group, launch, stop, until_ready
from casetrail_embedded.stack.runfile import Running, State

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How soon a part is started again, and how long one that does not answer is borne."""

    first_pause_s: float = 0.2
    longest_pause_s: float = 10.0
    steady_after_s: float = 30.0
    """A part that ran this long is taken to be well; its next restart is quick again."""
    probe_every_s: float = 5.0
    missed_probes: int = 6


USUAL_PATIENCE: Final = Patience()


class Keeper:
    """The supervisor of one part."""

    def __init__(
        self,
        part: Part,
        *,
        log_file: Path,
        report: Callable[[str, Running], None],
        patience: Patience = USUAL_PATIENCE,
    ) -> None:
        self.part = part
        self._patience = patience
        self.log_file = log_file
        self._report = report
        self._process: asyncio.subprocess.Process | None = None
        self._restarts = 0
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the part for the first time; from now on it is watched.

        Raises
        ------
        PartFailedError
            It does not get ready.
        """
        await self._launch()
        self._watching = asyncio.create_task(self._keep(), name=f"keeper of {self.part.name}")

    async def stop(self) -> None:
        """Stop watching, then stop the part."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        if self._process is not None:
            await stop(self.part, self._process)
            self._tell("stopped")

    async def _launch(self) -> None:
        process = self._process = await launch(self.part, self.log_file)
        self._tell("starting")
        await until_ready(self.part, process, self.log_file)
        self._tell("ready")

    def _tell(self, state: State) -> None:
        process = self._process
        if process is not None:
            self._report(
                self.part.name,
                Running(
                    pid=process.pid,
                    born=born_at(process.pid) or 0.0,
                    state=state,
                    restarts=self._restarts,
                    stop_signal=self.part.stop_signal,
                ),
            )

    async def _keep(self) -> None:
        pause = self._patience.first_pause_s
        while True:
            began = time.monotonic()
            reason = await self._until_down()
            if time.monotonic() - began > self._patience.steady_after_s:
                pause = self._patience.first_pause_s
            log.warning("%s %s; starting it again in %.1f s", self.part.name, reason, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._patience.longest_pause_s)
            await self._heal()

    async def _heal(self) -> None:
        self._restarts += 1
        began = time.monotonic()
        try:
            await self._launch()
        except (PartFailedError, OSError) as failed:
            self._tell("failed")
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
            log.error("%s", failed)  # noqa: TRY400  the message holds the part's last words; our stack says nothing
        else:
            log.warning("%s is back after %.1f s", self.part.name, time.monotonic() - began)

    async def _until_down(self) -> str:
        """Wait until the process has died, killing it first if it hangs; return what happened."""
        process = self._process
        if process is None:
            return "could not be started"
        hanging = False
        missed = 0
        while process.returncode is None:
            try:
                async with asyncio.timeout(self._patience.probe_every_s):
                    await process.wait()
            except TimeoutError:
                if self.part.is_alive is not None:
                    missed = 0 if await self.part.is_alive() else missed + 1
                if missed >= self._patience.missed_probes and process.returncode is None:
                    hanging = True
                    process.kill()
        end_group(process.pid)
        return "hung and was killed" if hanging else describe_end(process.returncode)


def describe_end(returncode: int) -> str:
    """Say how a process ended."""
    if returncode >= 0:
        return f"ended with status {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"
