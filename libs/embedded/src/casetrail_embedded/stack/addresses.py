"""Where the parts of a running stack can be reached, and how processes are told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from casetrail_common.ids import SERVICES, Service
from casetrail_common.settings import Settings
from casetrail_embedded.stack.ports import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class StackAddresses:
    """Everything a process or a test needs to use the stack. Holds passwords."""

    superuser_dsn: str
    """Database `postgres` as the superuser, who may do what the ledger's triggers are there to show."""
    app_dsns: Mapping[Service, str]
    owner_dsns: Mapping[Service, str]
    kafka_bootstrap: str
    s3_endpoint: str
    """A URL, `http://host:port`."""
    s3_access_key: str
    s3_secret_key: str
    public_url: str
    data_dir: Path
    ports: Mapping[str, int]

    def dsn(self, service: Service, *, owner: bool = False) -> str:
        """Return a service's database, as the role that serves or as the one that owns the tables."""
        return (self.owner_dsns if owner else self.app_dsns)[service]

    def to_json(self) -> dict[str, object]:
        """Return what `from_json` reads."""
        return {**asdict(self), "data_dir": str(self.data_dir)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """Rebuild addresses from the run file."""
        return cls(**{**stored, "data_dir": Path(str(stored["data_dir"]))})  # type: ignore[arg-type]  # we wrote it


def addresses_of(ports: Mapping[str, int], secrets: Mapping[str, str], data_dir: Path) -> StackAddresses:
    """Return the addresses that follow from the chosen ports and the generated secrets."""
    postgres = f"{LOOPBACK}:{ports['postgres']}"

    def dsns(role: str) -> dict[Service, str]:
        return {s: f"postgresql://{s}_{role}:{secrets[f'{s}_{role}']}@{postgres}/{s}" for s in SERVICES}

    return StackAddresses(
        superuser_dsn=f"postgresql://postgres:{secrets['postgres_superuser']}@{postgres}/postgres",
        app_dsns=dsns("app"),
        owner_dsns=dsns("owner"),
        kafka_bootstrap=f"{LOOPBACK}:{ports['kafka']}",
        s3_endpoint=f"http://{LOOPBACK}:{ports['s3']}",
        s3_access_key=secrets["s3_access_key"],
        s3_secret_key=secrets["s3_secret_key"],
        public_url=f"http://{LOOPBACK}:{ports['public']}",
        data_dir=data_dir,
        ports=dict(ports),
    )


def app_environment(addresses: StackAddresses, service: Service | None = None) -> dict[str, str]:
    """Return the settings of the application's processes; those of one service get no other service's database."""
    environment = {
        "CASETRAIL_KAFKA_BOOTSTRAP": addresses.kafka_bootstrap,
        "CASETRAIL_KAFKA_MEMBER": "embedded",  # one worker of each service runs here
        "CASETRAIL_S3_ENDPOINT": addresses.s3_endpoint,
        "CASETRAIL_S3_ACCESS_KEY": addresses.s3_access_key,
        "CASETRAIL_S3_SECRET_KEY": addresses.s3_secret_key,
        "CASETRAIL_DATA_DIR": str(addresses.data_dir),
        "CASETRAIL_PUBLIC_URL": addresses.public_url,
    }
    for name in SERVICES:
        if service in (None, name):
            environment[f"CASETRAIL_POSTGRES_{name.upper()}_DSN"] = addresses.dsn(name)
            environment[f"CASETRAIL_POSTGRES_{name.upper()}_OWNER_DSN"] = addresses.dsn(name, owner=True)
    return environment


def app_settings(addresses: StackAddresses) -> Settings:
    """Return what a further process of the application would be told."""
    told = app_environment(addresses)
    return Settings(**{name.removeprefix("CASETRAIL_").lower(): value for name, value in told.items()})  # type: ignore[arg-type]  # pydantic reads the texts


@dataclass(frozen=True, kw_only=True)
class AppProcess:
    """A process of the application, supervised like the parts it runs on."""

    name: str
    argv: tuple[str, ...]
    ready: str | Callable[[], Awaitable[bool]]
    """A URL that answers with success once the process serves, or a question to ask."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to `app_environment`, and stronger."""
    service: Service | None = None
    """The only service whose database it is told; None: all of them."""
