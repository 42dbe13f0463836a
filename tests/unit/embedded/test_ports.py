"""Which ports a stack takes."""

import socket
from collections.abc import Iterator

import pytest

from casetrail_embedded.stack.ports import LOOPBACK, NoPortError, choose, is_free, spare_port


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_usual_port_is_taken_if_it_is_free() -> None:
    usual = spare_port()
    assert choose(["s3"], remembered={}, usual={"s3": usual}) == {"s3": usual}


def test_the_port_of_last_time_goes_before_the_usual_one() -> None:
    before = spare_port()
    assert choose(["s3"], remembered={"s3": before}, usual={"s3": spare_port([before])}) == {"s3": before}


def test_another_port_is_taken_if_somebody_listens_on_the_usual_one(taken: int) -> None:
    chosen = choose(["s3"], remembered={"s3": taken}, usual={"s3": taken})["s3"]
    assert chosen != taken
    assert is_free(chosen)


def test_two_names_never_share_a_port() -> None:
    port = spare_port()
    chosen = choose(["a", "b"], remembered={"a": port, "b": port}, usual={"a": port, "b": port})
    assert chosen["a"] != chosen["b"]


def test_a_demanded_port_is_not_replaced_by_another(taken: int) -> None:
    with pytest.raises(NoPortError, match=str(taken)):
        choose(["public"], remembered={}, usual={}, demanded={"public": taken})


def test_a_port_taken_on_all_addresses_counts_as_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("", 0))
        listener.listen()
        assert not is_free(listener.getsockname()[1])
