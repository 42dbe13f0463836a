"""Become a supervised child, then the program: `python -I -S guard.py OPTIONS -- PROGRAM ARGUMENTS`.

Runs as a script of its own with nothing but the standard library, between fork and exec, because code between the
two inside a threaded parent is not safe. The process keeps its pid when it becomes the program.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""Source: `prctl(2)`."""
CLONE_NEWUSER: Final = 0x10000000
"""Source: `unshare(2)`."""
NOBODY: Final = 65534
"""The overflow uid, which names an unprivileged user on every Linux. Source: `user_namespaces(7)`."""


def call(name: str, *arguments: int) -> None:
    """Call a function of the C library that Python 3.11 does not offer."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def enter_user_namespace() -> None:
    """Appear as an unprivileged user while files stay owned by whoever we are outside.

    PostgreSQL refuses to run as root. This way nothing needs to be given away, and it works below a directory that
    only root may enter.
    """
    uid, gid = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


def become_nobody() -> None:
    """Give up root for good, where user namespaces are forbidden."""
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def die_with_parent(death_signal: int, parent: int) -> None:
    """Have the kernel send a signal when the launcher dies, however it dies."""
    call("prctl", PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # it died before the kernel had been told
        sys.exit(f"launcher {parent} is gone")


def main(arguments: list[str]) -> None:
    """Read the options, change what this process is, and become the program."""
    split = arguments.index("--")
    options = dict(option.removeprefix("--").split("=", 1) for option in arguments[:split])
    program = arguments[split + 1 :]
    if options.get("as") == "user-namespace":
        enter_user_namespace()
    elif options.get("as") == "nobody":
        become_nobody()
    # After the change of identity, which would have cleared it.
    if "death-signal" in options:
        die_with_parent(int(options["death-signal"]), int(options["parent"]))
    os.umask(0o077)
    os.execv(program[0], program)  # noqa: S606  the program and its arguments come from the launcher, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
