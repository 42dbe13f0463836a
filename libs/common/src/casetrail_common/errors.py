"""Expected refusals: what a command, a query or a guard says instead of doing what was asked."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NO_FACTS: Final[Mapping[str, str | int]] = MappingProxyType({})


class CasetrailError(Exception):
    """A refusal the caller can understand and act on.

    It knows no HTTP: at the edge it becomes a problem document, in a worker it parks a stream.

    Parameters
    ----------
    code
        Stable name of the refusal, e.g. `transition_not_allowed`; `casetrail_common.problems` knows its words.
    facts
        What fills the blanks of the message: ids, states, numbers. Never personal data: it is answered and logged.
    clause
        Clause id that demands the refusal, e.g. `henan-2019/11.1(3)`.
    retry_after_s
        Seconds after which the same request may succeed; None if repeating it is pointless.
    """

    def __init__(
        self,
        code: str,
        facts: Mapping[str, str | int] = NO_FACTS,
        *,
        clause: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code)
        self._code = code
        self._facts = MappingProxyType(dict(facts))
        self._clause = clause
        self._retry_after_s = retry_after_s

    @property
    def code(self) -> str:
        """Stable name of the refusal."""
        return self._code

    @property
    def facts(self) -> Mapping[str, str | int]:
        """What fills the blanks of the message; free of personal data."""
        return self._facts

    @property
    def clause(self) -> str | None:
        """Clause id that demands the refusal."""
        return self._clause

    @property
    def retry_after_s(self) -> int | None:
        """Seconds after which the same request may succeed."""
        return self._retry_after_s

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self._facts.items())
        cited = f" [{self._clause}]" if self._clause else ""
        return f"{self._code}({told}){cited}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (self._code, dict(self._facts), self._clause, self._retry_after_s))


def not_found(item: str) -> CasetrailError:
    """Return the refusal for an object that this agency does not have."""
    return CasetrailError("not_found", {"id": item})


def _rebuilt(code: str, facts: dict[str, str | int], clause: str | None, retry_after_s: int | None) -> CasetrailError:
    """Rebuild a refusal that came from a child process."""
    return CasetrailError(code, facts, clause=clause, retry_after_s=retry_after_s)
