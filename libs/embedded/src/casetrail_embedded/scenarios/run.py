"""Running scenarios against a stack: one after the other, each in an agency of its own."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx

from casetrail_embedded.client import RefusedError, patient_client
from casetrail_embedded.scenarios.adapters import ADAPTERS
from casetrail_embedded.scenarios.checking import Row, unlike
from casetrail_embedded.scenarios.layout import is_ok
from casetrail_embedded.scenarios.reading import MalformedScenarioError, Scenario, read
from casetrail_embedded.scenarios.samples import Sample
from casetrail_embedded.scenarios.setting_up import logins_of, set_up
from casetrail_embedded.scenarios.tenant import ADMINISTRATOR, Desk, Tenant
from casetrail_embedded.scenarios.vocabulary import commands

PAGE: Final = 200
Text = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file."""

    file: str
    seconds: float
    differences: tuple[str, ...]
    is_malformed: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything was as the file says."""
        return not self.differences


async def run_file(path: Path, base_url: str, samples: Mapping[str, Sample]) -> Outcome:
    """Run a file from an empty tenant to its last check."""
    begun = time.monotonic()
    try:
        scenario = read(path)
    except MalformedScenarioError as error:
        return Outcome(path.name, time.monotonic() - begun, error.faults, is_malformed=True)
    differences = await run_scenario(scenario, base_url, samples)
    return Outcome(path.name, time.monotonic() - begun, tuple(differences))


async def run_scenario(scenario: Scenario, base_url: str, samples: Mapping[str, Sample]) -> list[str]:
    """Run a scenario and return in what the system differs from it."""
    async with patient_client(base_url, f"s-{secrets.token_hex(6)}") as client:
        run = Run(scenario, Tenant(client, samples, logins_of(scenario)))
        try:
            await run.to_the_end()
        except RefusedError as refused:
            run.differences.append(f"{run.place}: {refused.asked}: {refused}")
        except httpx.HTTPError as error:
            run.differences.append(f"{run.place}: {type(error).__name__} {error}")
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # the next file must be run all the same
            run.differences.append(f"{run.place}: the file or an answer is not what it should be: {error!r}")
        return run.differences


@dataclass
class Run:
    """A scenario while it is run."""

    scenario: Scenario
    tenant: Tenant
    differences: list[str] = field(default_factory=list)
    place: str = "setup"
    """What is being done, for what fails on the way."""
    seen: set[str] = field(default_factory=set)
    """Incidents that were read, by position."""
    cases: dict[str, str] = field(default_factory=dict)
    """Cases of what the steps created."""
    dossiers: dict[str, str] = field(default_factory=dict)
    """By their case."""
    refused: tuple[str, Text] | None = None
    """Place and step of the last refusal whose incidents have not been looked at: they are with archive at rest."""
    answers: dict[str, list[Text]] = field(default_factory=dict)
    """Findings as they were shown at each check, by its instant."""

    async def to_the_end(self) -> None:
        """Set up, do every step, look at every check, and at the end at every check again."""
        await set_up(self.tenant, self.scenario)
        for item in self.scenario.course:
            at = item["at"] if "do" in item else item["as_of"]
            self.place = f"{at} {item.get('do', 'check')}"
            await self._set_clock(at)
            await (self._step(item) if "do" in item else self._check(item))
        if self.refused is not None:
            await self._set_clock(at)
        await self._no_incident()
        for as_of, before in self.answers.items():
            self.place = f"{as_of} check again"
            self._differ(changed(before, await self._findings(as_of), self.tenant))

    async def _set_clock(self, at: str) -> None:
        await self.tenant.set_clock(at)
        if self.refused is not None:
            (here, self.place), step = (self.place, self.refused[0]), self.refused[1]
            await self._incidents(step["expect"], step.get("args", {}))
            self.refused, self.place = None, here

    def _differ(self, lines: Iterator[str] | Sequence[str]) -> None:
        self.differences += [f"{self.place}: {line}" for line in lines]

    async def _step(self, step: Text) -> None:
        command = commands()[step["do"]]
        args = self.tenant.told(command, step.get("args", {}))
        self.place += f" {step['id']}" if "id" in step else f" by {step['by']}"
        answer = await ADAPTERS[step["do"]](Desk(self.tenant, self.tenant.logins[step["by"]]), args)
        if answer.is_success and command.creates and command.creates in answer.json():
            self.tenant.ids[step["id"]] = answer.json()[command.creates]
            self.cases[step["id"]] = str(step["args"].get("case", ""))
            if command.creates == "dossier":
                self.dossiers[step["args"]["case"]] = step["id"]
        self._differ(unlike_answer(step["expect"], answer, self.tenant))
        if not is_ok(step["expect"]) or not answer.is_success:
            self.refused = (self.place, step)

    async def _check(self, check: Text) -> None:
        await self._no_incident()
        shown = self.answers[check["as_of"]] = await self._findings(check["as_of"])
        rows = [Row.of(one, subject=self.tenant.name_of(one["subject"])) for one in shown]
        self._differ(unlike(check, rows, packs=self.scenario.text["packs"]))

    async def _findings(self, as_of: str) -> list[Text]:
        return await self._all(f"/v1/findings?as_of={quote(as_of)}")

    async def _no_incident(self) -> None:
        """Insist that nothing that was accepted was recorded as an incident."""
        self._differ(
            [
                f"incident {one['clause']} on {self.tenant.name_of(one['item'])}, not expected"
                for one in await self._new()
            ]
        )

    async def _incidents(self, expect: Text | str, args: Text) -> None:
        """Compare the incidents of a refusal with the rule that it is to cite, on each item that it was aimed at."""
        new = await self._new()
        recorded = [(one["clause"], self.tenant.name_of(one["item"])) for one in new]
        rule = expect.get("incident") if isinstance(expect, Mapping) else None
        if rule is None:
            self._differ([f"incident {clause} on {item}, not expected" for clause, item in recorded])
            return
        for item in _aimed_at(args):
            # What was filed is reached through its dossier, so that is where an attempt may lie.
            places = {item, self.dossiers.get(self.cases.get(item, ""), item)}
            count = sum(recorded.count((rule, place)) for place in places)
            if count != 1:
                self._differ([f"expected one incident {rule} on {item}, found {count or 'none'} in {recorded}"])

    async def _new(self) -> list[Text]:
        found = [one for one in await self._all("/v1/archive/incidents?") if one["position"] not in self.seen]
        self.seen |= {one["position"] for one in found}
        return found

    async def _all(self, path: str) -> list[Text]:
        items: list[Text] = []
        page: Text = {"next": ""}
        while page["next"] is not None:
            cursor = f"&cursor={quote(page['next'])}" if page["next"] else ""
            page = await self.tenant.client.get(ADMINISTRATOR, f"{path}&limit={PAGE}{cursor}")
            items += page["items"]
        return items


def unlike_answer(expect: Text | str, answer: httpx.Response, tenant: Tenant) -> Iterator[str]:
    """Yield in what an answer differs from what is expected."""
    problem = RefusedError(answer)
    got = f"{answer.status_code} {'ok' if answer.is_success else problem}"
    if is_ok(expect):
        if not answer.is_success:
            yield f"expected ok, answered {problem}"
        elif isinstance(expect, Mapping):
            yield from _unlike_export(expect, answer.json(), tenant)
    elif isinstance(expect, Mapping) and (expect["status"], expect["code"]) != (answer.status_code, problem.code):
        yield f"expected {expect['status']} {expect['code']}, answered {got if answer.is_success else problem}"


def _unlike_export(expect: Text, answer: Text, tenant: Tenant) -> Iterator[str]:
    delivered = sorted(tenant.name_of(item) for item in answer.get("delivered", []))
    refused = sorted((tenant.name_of(one["item"]), one["reason"]) for one in answer.get("refused", []))
    if "delivered" in expect and delivered != sorted(expect["delivered"]):
        yield f"expected {sorted(expect['delivered'])} delivered, found {delivered}"
    wanted = sorted((one["item"], one["reason"]) for one in expect.get("refused", []))
    if "refused" in expect and refused != wanted:
        yield f"expected {wanted} refused, found {refused}"


def _aimed_at(args: Text) -> list[str]:
    """Return what a call is aimed at: its item or session, or each of its items."""
    items = args.get("items")
    return list(items) if isinstance(items, list) else [str(args.get("item") or args.get("session"))]


def changed(before: Sequence[Text], after: Sequence[Text], tenant: Tenant) -> Iterator[str]:
    """Yield what the same question was answered differently the second time."""
    first, second = ({(one["case"], one["rule"], one["subject"]): one for one in rows} for rows in (before, after))
    for key in sorted({*first, *second}, key=str):
        if first.get(key) != second.get(key):
            one, other = first.get(key, {}), second.get(key, {})
            names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
            told = ", ".join(f"{name} {one.get(name)} became {other.get(name)}" for name in names)
            yield f"{key[1]} {tenant.name_of(key[2])}: {told}"
