"""What a deployment decides, read from the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from casetrail_common.ids import Service

Seconds = Annotated[float, Field(gt=0)]
Secret = Annotated[str, Field(repr=False)]
"""A value that holds a password: it never shows when settings are printed."""


class Settings(BaseSettings):
    """Settings every process reads; each is `CASETRAIL_` and the name in capitals in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="CASETRAIL_", extra="ignore", frozen=True, use_attribute_docstrings=True, env_ignore_empty=True
    )

    postgres_intake_dsn: Secret = ""
    """Database of intake, as the role that may only SELECT and INSERT on the ledger."""
    postgres_intake_owner_dsn: Secret = ""
    """The same database as the role that owns the tables; only migrations use it."""
    postgres_media_dsn: Secret = ""
    postgres_media_owner_dsn: Secret = ""
    postgres_review_dsn: Secret = ""
    postgres_review_owner_dsn: Secret = ""
    postgres_archive_dsn: Secret = ""
    postgres_archive_owner_dsn: Secret = ""

    kafka_bootstrap: str = "127.0.0.1:9092"
    """Brokers, `host:port` separated by commas."""
    kafka_member: str = ""
    """Name of this worker among the workers of its service. Kept across restarts it gives a killed worker its
    partitions back at once instead of after the session timeout of ten seconds; empty where names are not kept."""

    s3_endpoint: str = "http://127.0.0.1:8333"
    """Object store as a URL; the scheme says whether TLS is used."""
    s3_public_endpoint: str = ""
    """URL under which clients reach the object store, for presigned parts; empty if it is the same."""
    s3_access_key: Secret = ""
    s3_secret_key: Secret = ""
    s3_region: str = "us-east-1"
    """Named, so that the client need not ask the store for it before each presigned URL."""
    s3_threads: Annotated[int, Field(ge=1, le=64)] = 8
    """Calls to the object store that may block at the same time in one process."""

    oidc_issuer: str = "casetrail-dev"
    """Value of `iss` that tokens must carry."""
    oidc_audience: str = "casetrail"
    """Value that must stand in `aud`."""
    oidc_jwks_url: str = ""
    """Where the issuer publishes its public keys."""
    oidc_leeway_s: Annotated[int, Field(ge=0, le=300)] = 30
    """Seconds by which the issuer's clock may differ from ours."""
    dev_issuer: bool = False
    """Mounts an issuer that signs a token for anybody who asks. Development and tests only."""

    allow_test_clock: bool = False
    """Lets `PUT /v1/test/clock` set an agency's clock. Never in production: deadlines would be forgeable."""
    test_build: bool = False
    """Honours failpoints, which kill the process."""
    failpoints: str = ""
    """`name[:nth]` separated by commas: the process kills itself at the nth hit of that failpoint."""
    failpoints_file: Path | None = None
    """A file of the same form, read again whenever it changes, to arm a running process."""

    heads_interval_s: Seconds = 3600
    """Seconds between two rounds of asking every service for its heads; finds the lost tail of a quiet agency."""
    position_wait_s: Seconds = 5
    """Seconds a request that carries positions waits until they have been followed."""
    rejection_wait_ms: Annotated[int, Field(gt=0)] = 500
    """Milliseconds a rejection that rests on a projection waits for the end of the agency's partition."""
    deferred_wait_s: Seconds = 5
    """Seconds a command that other services complete waits before it answers 202."""
    sweep_interval_s: Seconds = 3600
    """Seconds between two looks at what lies over stored originals, and at uploads that nobody finished."""
    max_body_bytes: Annotated[int, Field(gt=0)] = 1024 * 1024
    """Largest request body in bytes; large files go to the object store, not through here."""

    otlp_endpoint: str = ""
    """OTLP/HTTP collector as a URL, e.g. `http://collector:4318`; empty exports nothing."""
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of traces that are kept. At 1.0 tracing costs about a third of the throughput.

    Source: measured, POST of 1 KB with tracing at full, 10 % and no sampling.
    """
    log_level: str = "INFO"

    api_host: str = "127.0.0.1"
    """Address on which the API of one service listens when it has a process of its own."""
    api_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    data_dir: Path = Path("var")
    """Where the embedded mode keeps everything that must survive a restart."""
    public_url: str = "http://127.0.0.1:8080"
    """URL of the edge as clients see it; stands in links and in issued documents."""

    def dsn(self, service: Service) -> str:
        """Return the database of a service, for the role that serves requests."""
        return str(getattr(self, f"postgres_{service}_dsn"))

    def owner_dsn(self, service: Service) -> str:
        """Return the database of a service, for the role that owns its tables."""
        return str(getattr(self, f"postgres_{service}_owner_dsn"))
