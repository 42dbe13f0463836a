"""Which ports a stack listens on: the usual ones, unless somebody else has them."""

import random
import socket
from collections.abc import Iterable, Mapping
from typing import Final

LOOPBACK: Final = "127.0.0.1"

USUAL: Final[dict[str, int]] = {
    "public": 8080,
    "postgres": 17432,
    "kafka": 17092,
    "kafka_controller": 17093,
    "s3": 17333,
    "s3_grpc": 17334,
    "seaweed_master": 17335,
    "seaweed_master_grpc": 17336,
    "seaweed_volume": 17337,
    "seaweed_volume_grpc": 17338,
    "seaweed_filer": 17339,
    "seaweed_filer_grpc": 17340,
    "seaweed_admin": 17341,
    "seaweed_admin_grpc": 17342,
}
"""Below the range from which systems draw ports for outgoing connections, so that they are rarely taken by chance."""

FIRST_SPARE: Final = 20_000
PAST_SPARE: Final = 32_000


class NoPortError(RuntimeError):
    """The port that was asked for by number is taken, or none is left."""


def is_free(port: int) -> bool:
    """Say whether nobody listens on the port, here or on all addresses."""
    for host in (LOOPBACK, ""):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((host, port))
            except OSError:
                return False
    return True


def spare_port(taken: Iterable[int] = ()) -> int:
    """Return some free port, drawn at random so that stacks that start together rarely meet."""
    avoid = set(taken)
    for port in random.sample(range(FIRST_SPARE, PAST_SPARE), 500):
        if port not in avoid and is_free(port):
            return port
    raise NoPortError(f"no free port between {FIRST_SPARE} and {PAST_SPARE}")


def choose(
    names: Iterable[str],
    *,
    remembered: Mapping[str, int],
    usual: Mapping[str, int] = USUAL,
    demanded: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Return a free port for each name: the one demanded, else that of last time, the usual one, or a spare one.

    Raises
    ------
    NoPortError
        A demanded port is taken. Nothing else is taken in its place, since somebody counts on that number.
    """
    chosen: dict[str, int] = {}
    for name, port in (demanded or {}).items():
        if not is_free(port):
            raise NoPortError(f"port {port} ({name}) is taken; stop what listens there or name another port")
        chosen[name] = port
    for name in names:
        if name not in chosen:
            wishes = (remembered.get(name), usual.get(name))
            free = (port for port in wishes if port and port not in chosen.values() and is_free(port))
            chosen[name] = next(free, 0) or spare_port(chosen.values())
    return chosen
