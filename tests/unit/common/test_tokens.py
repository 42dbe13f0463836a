"""A token is believed only if everything about it is right."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from casetrail_common.auth import JwksCache, JwtVerifier, Principal
from casetrail_common.auth.jwks import MAX_AGE_S, MIN_REFETCH_S
from casetrail_common.auth.tokens import MOST_REMEMBERED
from casetrail_common.errors import CasetrailError
from casetrail_common.settings import Settings
from casetrail_embedded.issuer import DevIssuer, IssuerDisabledError

NOW = 1_800_000_000
RSA = RSAKey.generate_key(2048, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
EC = ECKey.generate_key("P-256", auto_kid=True)
EC384 = ECKey.generate_key("P-384", auto_kid=True)
CLAIMS: dict[str, Any] = {
    "iss": "issuer",
    "aud": "casetrail",
    "sub": "zhou.1",
    "agency": "qinghe",
    "unit": "u1",
    "roles": ["case_officer", "offline_access"],
    "exp": NOW + 60,
}


class Issuer:
    """An issuer whose keys and availability a test changes."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.up = True
        self.fetches = 0

    async def fetch(self) -> Any:
        self.fetches += 1
        if not self.up:
            raise httpx.ConnectError("down")
        return {"keys": [key.as_dict() for key in self.keys]}


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def verifier(issuer: Issuer, clock: Clock | None = None, now: Callable[[], float] = lambda: NOW) -> JwtVerifier:
    keys = JwksCache(issuer.fetch, monotonic=clock or Clock())
    return JwtVerifier(keys, issuer="issuer", audience="casetrail", leeway_s=30, now=now)


def signed(key: Any = EC, alg: str = "ES256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    said = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not ...}
    return jwt.encode({"alg": alg, "kid": key.kid, **(header or {})}, said, key, algorithms=[alg])


async def refusal(token: str, issuer: Issuer | None = None) -> str:
    with pytest.raises(CasetrailError) as caught:
        await verifier(issuer or Issuer(EC, RSA)).verify(token)
    return caught.value.code


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256"), (ED, "Ed25519")])
async def test_a_good_token_names_its_person_and_roles_of_other_systems_grant_nothing(key: Any, alg: str) -> None:
    found = await verifier(Issuer(EC, RSA, ED)).verify(signed(key, alg))
    assert found == Principal("zhou.1", "qinghe", "u1", frozenset({"case_officer"}))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_the_older_name_of_ed25519_is_understood() -> None:
    assert (await verifier(Issuer(ED)).verify(signed(ED, "EdDSA"))).person == "zhou.1"


async def test_the_audience_may_be_one_of_several_and_the_unit_may_be_missing() -> None:
    found = await verifier(Issuer(EC)).verify(signed(aud=["other", "casetrail"], unit=...))
    assert found.unit is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "other"},
        {"iss": ...},
        {"aud": "other"},
        {"aud": ...},
        {"exp": ...},
        {"exp": "soon"},
        {"nbf": NOW + 31},
        {"sub": ...},
        {"sub": "a b"},
        {"sub": "x" * 65},
        {"sub": 5},
        {"agency": ...},
        {"agency": "Q"},
        {"agency": ["qinghe"]},
        {"unit": "a/b"},
        {"roles": "case_officer"},
    ],
)
async def test_a_claim_that_is_missing_or_wrong_is_not_believed(claims: dict[str, Any]) -> None:
    assert await refusal(signed(**claims)) == "unauthenticated"


async def test_an_expired_token_is_told_apart_and_the_clocks_may_differ_a_little() -> None:
    assert await refusal(signed(exp=NOW - 30)) == "token_expired"
    await verifier(Issuer(EC)).verify(signed(exp=NOW - 29, nbf=NOW + 30))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "..",
        "é.é.é",
        "W10.e30.x",
        signed()[:-4] + "AAAA",
        signed().rsplit(".", 1)[0] + ".",
        "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + ".",
        "x" * 9000,
    ],
)
async def test_what_is_no_token_is_not_believed(token: str) -> None:
    assert await refusal(token) == "unauthenticated"


async def test_a_key_of_another_kind_or_issuer_is_not_believed() -> None:
    assert await refusal(signed(EC384, "ES384"), Issuer(EC384)) == "unauthenticated"
    assert await refusal(signed(ECKey.generate_key("P-256", auto_kid=True))) == "unauthenticated"
    assert await refusal(signed(ECKey.generate_key("P-256", {"kid": str(EC.kid)}))) == "unauthenticated"


async def test_a_shared_secret_is_not_believed_even_if_the_issuer_publishes_it() -> None:
    secret = OctKey.generate_key(256, {"kid": str(RSA.kid)})
    assert await refusal(signed(secret, "HS256")) == "unauthenticated"
    assert await refusal(signed(secret, "HS256"), Issuer(secret)) == "unauthenticated"


async def test_a_new_key_is_fetched_at_once_but_invented_ones_do_not_flood_the_issuer() -> None:
    issuer, clock = Issuer(EC), Clock()
    judge = verifier(issuer, clock)
    await judge.verify(signed())
    issuer.keys.append(ED)
    for _ in range(5):
        with pytest.raises(CasetrailError):
            await judge.verify(signed(EC384, "ES384"))
    assert issuer.fetches == 1
    clock.at += MIN_REFETCH_S
    await judge.verify(signed(ED, "Ed25519"))
    assert issuer.fetches == 2


async def test_known_keys_survive_an_outage_of_the_issuer() -> None:
    issuer, clock = Issuer(EC), Clock()
    judge = verifier(issuer, clock)
    await judge.verify(signed())
    issuer.up = False
    clock.at += MAX_AGE_S * 10
    await judge.verify(signed())
    assert issuer.fetches == 2


async def test_a_withdrawn_key_is_forgotten() -> None:
    issuer, clock = Issuer(EC, ED), Clock()
    judge = verifier(issuer, clock)
    await judge.verify(signed(ED, "Ed25519"))
    issuer.keys.remove(ED)
    clock.at += MAX_AGE_S + 1
    with pytest.raises(CasetrailError, match="unauthenticated"):
        await judge.verify(signed(ED, "Ed25519"))


async def test_before_any_key_was_had_the_token_is_not_to_blame() -> None:
    issuer = Issuer(EC)
    issuer.up = False
    assert await refusal(signed(), issuer) == "issuer_unavailable"


def test_a_role_is_insisted_on() -> None:
    zhou = Principal("zhou", "qinghe", None, frozenset({"case_officer"}))
    zhou.require(["archivist", "case_officer"])
    with pytest.raises(CasetrailError) as caught:
        zhou.require(["unit_head", "archivist"])
    assert caught.value.facts == {"roles": "archivist, unit_head"}


async def test_the_development_issuer_keeps_its_key_and_hides_it(tmp_path: Path) -> None:
    settings = Settings(dev_issuer=True, data_dir=tmp_path, oidc_issuer="issuer")
    first = DevIssuer.open(settings, now=lambda: NOW)
    again = DevIssuer.open(settings, now=lambda: NOW)
    file = tmp_path / "dev-issuer-key.json"
    assert file.stat().st_mode & 0o777 == 0o600
    judge = JwtVerifier(JwksCache(again.jwks), issuer="issuer", audience="casetrail", now=lambda: NOW)
    token = first.token("zhou", "qinghe", unit="u1", roles=["archivist"])
    assert await judge.verify(token) == Principal("zhou", "qinghe", "u1", frozenset({"archivist"}))
    assert json.loads(file.read_text())["d"] not in json.dumps(await again.jwks())


def test_the_development_issuer_refuses_to_start_unasked(tmp_path: Path) -> None:
    with pytest.raises(IssuerDisabledError):
        DevIssuer.open(Settings(data_dir=tmp_path))


async def test_a_token_that_was_good_before_is_refused_once_it_has_expired() -> None:
    now = Clock()
    now.at = NOW
    checked = verifier(Issuer(EC), now=now)
    token = signed()
    await checked.verify(token)
    now.at = NOW + 91
    with pytest.raises(CasetrailError, match="token_expired"):
        await checked.verify(token)


async def test_a_token_that_was_good_before_is_refused_once_its_key_is_withdrawn() -> None:
    issuer, clock = Issuer(EC), Clock()
    checked = verifier(issuer, clock)
    token = signed()
    await checked.verify(token)
    issuer.keys = [RSA]
    clock.at = MAX_AGE_S + 1
    with pytest.raises(CasetrailError, match="unauthenticated"):
        await checked.verify(token)


async def test_a_key_that_takes_the_id_of_another_makes_its_tokens_no_longer_good() -> None:
    issuer, clock = Issuer(EC), Clock()
    checked = verifier(issuer, clock)
    token = signed()
    await checked.verify(token)
    issuer.keys = [ECKey.generate_key("P-256", parameters={"kid": str(EC.kid)})]
    clock.at = MAX_AGE_S + 1
    with pytest.raises(CasetrailError, match="unauthenticated"):
        await checked.verify(token)


async def test_one_changed_letter_is_another_token() -> None:
    checked = verifier(Issuer(EC))
    token = signed()
    await checked.verify(token)
    head, claims, signature = token.split(".")
    for forged in (f"{head}.{signed(sub='other').split('.')[1]}.{signature}", f"{head}.{claims}.{signature[:-4]}AAAA"):
        with pytest.raises(CasetrailError, match="unauthenticated"):
            await checked.verify(forged)


async def test_only_so_many_tokens_are_remembered() -> None:
    checked = verifier(Issuer(EC))
    for number in range(MOST_REMEMBERED + 20):
        await checked.verify(signed(sub=f"p{number}"))
    assert len(checked._remembered) == MOST_REMEMBERED
