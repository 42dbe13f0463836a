"""What processes are told about the stack."""

import json
import stat
from pathlib import Path

import pytest

from casetrail_common.ids import SERVICES
from casetrail_common.settings import Settings
from casetrail_embedded.applications import apart, is_migrated, issuer_environment, together
from casetrail_embedded.stack.addresses import StackAddresses, addresses_of, app_environment
from casetrail_embedded.stack.part import environment
from casetrail_embedded.stack.secrets import NAMES, load_or_create
from casetrail_embedded.stack.supervisor import app_part

PORTS = {"postgres": 1001, "kafka": 1002, "s3": 1003, "public": 1004, **{f"{name}_api": 2000 for name in SERVICES}}


def addresses() -> StackAddresses:
    """Return addresses of a stack that does not run."""
    return addresses_of(PORTS, {name: f"secret-{name}" for name in NAMES}, Path("/nowhere"))


def settings(environment: dict[str, str]) -> Settings:
    """Read settings from an environment as a process does."""
    return Settings.model_validate({name.removeprefix("CASETRAIL_").lower(): v for name, v in environment.items()})


def test_every_variable_is_a_setting_that_processes_read() -> None:
    for process in (*together(addresses()), *apart(addresses())):
        names = {**app_environment(addresses(), process.service), **process.env}
        urls = {f"CASETRAIL_{name.upper()}_URL" for name in SERVICES}
        assert {name.removeprefix("CASETRAIL_").lower() for name in names.keys() - urls} <= set(Settings.model_fields)


async def test_a_worker_whose_database_is_being_started_again_is_not_ready_yet() -> None:
    assert not await is_migrated(addresses(), "review")()


def test_a_process_learns_where_everything_is() -> None:
    told = settings(app_environment(addresses()))
    assert told.dsn("review") == "postgresql://review_app:secret-review_app@127.0.0.1:1001/review"
    assert told.owner_dsn("review") == "postgresql://review_owner:secret-review_owner@127.0.0.1:1001/review"
    assert told.kafka_bootstrap == "127.0.0.1:1002"
    assert told.s3_endpoint == "http://127.0.0.1:1003"
    assert told.public_url == "http://127.0.0.1:1004"


def test_a_process_of_one_service_is_told_of_no_other_database() -> None:
    told = settings(app_environment(addresses(), "media"))
    assert told.dsn("media")
    assert not any(told.dsn(service) or told.owner_dsn(service) for service in SERVICES if service != "media")


def test_the_development_issuer_gives_way_to_a_configured_one() -> None:
    assert issuer_environment(addresses(), {})["CASETRAIL_DEV_ISSUER"] == "true"
    configured = issuer_environment(addresses(), {"CASETRAIL_OIDC_JWKS_URL": "https://issuer.example/jwks"})
    assert configured == {"CASETRAIL_ALLOW_TEST_CLOCK": "false"}


def test_every_process_believes_a_configured_issuer_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRAIL_OIDC_JWKS_URL", "https://issuer.example/jwks")
    for process in (*together(addresses()), *apart(addresses())):
        told = settings(environment(app_part(process, addresses())))
        assert told.oidc_jwks_url == "https://issuer.example/jwks"
        assert not told.dev_issuer
        assert not told.allow_test_clock


def test_addresses_survive_the_run_file() -> None:
    assert StackAddresses.from_json(json.loads(json.dumps(addresses().to_json()))) == addresses()


def test_secrets_are_drawn_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    drawn = load_or_create(path)
    assert load_or_create(path) == drawn
    assert len(set(drawn.values())) == len(NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
