"""When an agency is at rest, and which failures pass by themselves."""

import asyncpg
import pytest

from casetrail_common.bus.clock import what_moves
from casetrail_common.bus.messages import Status
from casetrail_common.bus.transient import Backoff, is_transient
from casetrail_common.ids import SERVICES, Service

HEADS: dict[Service, int] = {"intake": 4, "media": 2, "review": 0, "archive": 1}


def status(service: Service, **changes: object) -> Status:
    """Return how far a service is that has followed everything."""
    at_rest = Status(
        service=service,
        n=HEADS[service],
        followed={other: n for other, n in HEADS.items() if other != service and n},
        waiting=0,
        parked=[],
        jobs=0,
    )
    return at_rest.model_copy(update=changes)


def test_an_agency_is_at_rest_when_all_have_followed_all_and_nobody_has_work() -> None:
    assert what_moves([status(service) for service in SERVICES]) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"jobs": 2}, "review: 2 jobs"),
        ({"followed": {"intake": 3, "media": 2, "archive": 1}}, "review: intake:4"),
        ({"waiting": 1}, "review: 1 facts wait for their causes"),
    ],
)
def test_it_is_told_what_moves(changes: dict[str, object], told: str) -> None:
    others = [status(service) for service in SERVICES if service != "review"]
    assert what_moves([*others, status("review", **changes)]) == told


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.AdminShutdownError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.ReadOnlySQLTransactionError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_condition_of_the_server_passes(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError(),
        asyncpg.UndefinedTableError(),
        asyncpg.InFailedSQLTransactionError(),
        asyncpg.exceptions._base.DataError("wrong argument"),
        KeyError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_of_a_fact_or_a_statement_does_not(error: Exception) -> None:
    assert not is_transient(error)


def test_pauses_double_up_to_a_cap_and_start_over_after_a_success() -> None:
    backoff = Backoff(1.0, 3.0)
    assert [backoff.next() for _ in range(4)] == [1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.next() == 1.0
