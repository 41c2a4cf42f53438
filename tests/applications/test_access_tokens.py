"""Tokens of an identity provider: only its own, for this service, in their time, signed as agreed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from tests.applications.desk import Desk
from tests.applications.issuer import Issuer
from tests.http.asking import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    open_issuer = Issuer()
    yield open_issuer
    open_issuer.close()


@pytest.fixture
def tokened(database_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A service that takes the issuer's tokens, found by discovery."""
    for name, value in issuer.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DUIXIAN_FAILED_RATE_LIMIT", "0")
    running = Desk(database_url)
    yield running
    running.close()


def me(desk: Desk, token: str) -> httpx.Response:
    return desk.get(None, "/v1/me", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_good_token_is_a_person_with_our_scopes(tokened: Desk, issuer: Issuer, kind: str) -> None:
    token = issuer.token(
        key=getattr(issuer, kind), scope="openid review audit apply", exp=int(time.time()) + 90
    )
    found = me(tokened, token).json()
    assert (found["mode"], found["person"], found["platform"]) == ("live", "p-token", None)
    assert (found["scopes"], found["credential"]) == (["review", "audit"], "jwt")
    assert found["expires_at"].endswith("+08:00")
    headers = {"Authorization": f"Bearer {token}"}
    refused(tokened.get(None, "/v1/keys", headers=headers), 403, "forbidden")
    admin = issuer.token(key=getattr(issuer, kind), scope=["admin"])
    assert tokened.get(None, "/v1/keys", headers={"Authorization": f"Bearer {admin}"}).status_code == 200


def test_keys_still_open_beside_tokens(tokened: Desk) -> None:
    assert tokened.get("review", "/v1/me").json()["person"] == "p-review"


def now(seconds: int) -> int:
    return int(time.time()) + seconds


REFUSED: dict[str, Any] = {
    "no issuer": lambda i: i.token(iss=None),
    "another issuer": lambda i: i.token(iss="https://elsewhere.example"),
    "no audience": lambda i: i.token(aud=None),
    "another audience": lambda i: i.token(aud="other"),
    "other audiences": lambda i: i.token(aud=["other", "duixian2"]),
    "no expiry": lambda i: i.token(exp=None),
    "expired": lambda i: i.token(exp=now(-31)),
    "an expiry that is text": lambda i: i.token(exp=str(now(60))),
    "an expiry without end": lambda i: i.token(exp=10**30),
    "an expiry that is no number": lambda i: i.token(exp=float("nan")),
    "not yet": lambda i: i.token(nbf=now(60)),
    "issued later": lambda i: i.token(iat=now(60)),
    "never issued": lambda i: i.token(iat=None),
    "nobody": lambda i: i.token(sub=None),
    "nobody in particular": lambda i: i.token(sub="  "),
    "a person with a control character": lambda i: i.token(sub="a\u0000b"),
    "a person of many characters": lambda i: i.token(sub="p" * 201),
    "alg none": lambda i: i.forged("none", None),
    "alg None": lambda i: i.forged("None", None),
    "HS256 with the public key": lambda i: i.signed_with_the_public_key(),
    "HS256 with nothing": lambda i: i.forged("HS256", b""),
    "another's key under our kid": lambda i: i.token(key=RSAKey.generate_key(2048, {"kid": "rsa-1"})),
    "another's key": lambda i: i.token(key=ECKey.generate_key("P-256", {"kid": "x"})),
    "another's key without a kid": lambda i: i.token(key=RSAKey.generate_key(2048), header={"kid": None}),
    "a header that must be understood": lambda i: i.token(header={"crit": ["kid"]}),
    "b64": lambda i: i.token(header={"b64": True}),
    "another kind of token": lambda i: i.token(header={"typ": "logout+jwt"}),
    "a signature cut off": lambda i: i.token().rsplit(".", 1)[0] + ".",
    "a changed payload": lambda i: ".".join(
        [(parts := i.token().split("."))[0], i.token(scope="admin").split(".")[1], parts[2]]
    ),
    "an enormous one": lambda i: i.token(note="x" * 9_000),
    "a deep header": lambda _: "W1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tb" * 50 + ".e30.x",
    "no token": lambda _: "..",
}


def test_what_no_token_may_be(tokened: Desk, issuer: Issuer) -> None:
    found = {}
    for name, make in REFUSED.items():
        answer = me(tokened, make(issuer))
        found[name] = (
            answer.status_code,
            'error="invalid_token"' in answer.headers.get("www-authenticate", ""),
        )
    assert found == dict.fromkeys(REFUSED, (401, True))
    assert me(tokened, issuer.token()).status_code == 200


def test_without_a_kid_the_key_must_be_clear(tokened: Desk, issuer: Issuer) -> None:
    assert me(tokened, issuer.token(header={"kid": None})).status_code == 200
    issuer.keys.append(RSAKey.generate_key(2048, {"kid": "rsa-2"}).as_dict(private=False))
    with psycopg.connect(tokened.url) as connection:
        connection.execute("DELETE FROM api_keys")
    again = Desk(tokened.url)
    try:
        refused(me(again, issuer.token(header={"kid": None})), 401, "unauthenticated")
        assert me(again, issuer.token()).status_code == 200
    finally:
        again.close()


def test_a_little_leeway_and_no_more(tokened: Desk, issuer: Issuer) -> None:
    assert me(tokened, issuer.token(exp=now(-20))).status_code == 200
    assert me(tokened, issuer.token(nbf=now(20), iat=now(20))).status_code == 200


def test_an_algorithm_that_was_not_agreed_is_refused(tokened: Desk, issuer: Issuer) -> None:
    """RS512 is a good signature by the right key; it is still not what the settings say."""
    token = jwt.encode({"alg": "RS512", "kid": "rsa-1"}, issuer.claims(), issuer.rsa, algorithms=["RS512"])
    refused(me(tokened, token), 401, "unauthenticated")


def test_a_shared_secret_in_the_key_set_is_not_taken(tokened: Desk, issuer: Issuer) -> None:
    issuer.keys.append({"kty": "oct", "kid": "s", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"})
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024)
    issuer.keys += [
        {"kty": "RSA", "kid": "broken", "n": "AQAB", "e": "AQAB"},
        {
            "kty": "RSA",
            "kid": "short",
            "n": short.as_dict(private=False)["n"],
            "e": "AQAB",
        },
        {"kty": "EC", "crv": "P-256", "x": 1, "y": None},
        {"kty": "RSA", "key_ops": 1},
        {"kty": ["RSA"], "use": {}},
        "not a key",
        None,
    ]
    assert me(tokened, issuer.token()).status_code == 200
    refused(me(tokened, issuer.forged("HS256", b"secret-secret-secret-secret")), 401, "unauthenticated")


def test_keys_are_fetched_once_and_unknown_ids_do_not_make_a_flood(tokened: Desk, issuer: Issuer) -> None:
    for _ in range(5):
        assert me(tokened, issuer.token()).status_code == 200
    assert issuer.asked == {"/.well-known/openid-configuration": 1, "/jwks": 1}
    for kid in range(20):
        stranger = issuer.token(header={"kid": f"unknown-{kid}"})
        refused(me(tokened, stranger), 401, "unauthenticated")
    assert issuer.asked["/jwks"] <= 2


def test_an_issuer_that_does_not_answer_is_not_the_callers_mistake(tokened: Desk, issuer: Issuer) -> None:
    issuer.answers = False
    answer = me(tokened, issuer.token())
    refused(answer, 503, "not-ready")
    assert int(answer.headers["retry-after"]) > 0
    assert tokened.get("review", "/v1/me").status_code == 200


def test_claims_are_read_where_the_settings_say(
    database_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        **issuer.settings,
        "DUIXIAN_OIDC_JWKS_URL": f"{issuer.url}/jwks",
        "DUIXIAN_OIDC_PERSON_CLAIM": "staff.number",
        "DUIXIAN_OIDC_SCOPES_CLAIM": "realm_access.roles",
        "DUIXIAN_OIDC_MODE_CLAIM": "duixian_mode",
        "DUIXIAN_OIDC_PLATFORM_CLAIM": "platform",
        "DUIXIAN_FAILED_RATE_LIMIT": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    desk = Desk(database_url)
    try:
        officer = {
            "staff": {"number": "p-9"},
            "realm_access": {"roles": ["finance", "x"]},
            "duixian_mode": "test",
        }
        found = me(desk, issuer.token(**officer)).json()
        assert (found["mode"], found["person"], found["scopes"]) == ("test", "p-9", ["finance"])
        platform = {"realm_access": {"roles": ["apply"]}, "duixian_mode": "live", "platform": "portal"}
        found = me(desk, issuer.token(**platform)).json()
        assert (found["mode"], found["platform"], found["person"]) == ("live", "portal", None)
        for wrong in (
            {**officer, "duixian_mode": None},
            {**officer, "duixian_mode": "*"},
            {**officer, "staff": "p-9"},
            {**platform, "platform": "*"},
            {**platform, "platform": None},
            {**platform, "realm_access": {"roles": ["apply", "admin"]}},
        ):
            refused(me(desk, issuer.token(**wrong)), 401, "unauthenticated")
        assert "/.well-known/openid-configuration" not in issuer.asked
    finally:
        desk.close()
