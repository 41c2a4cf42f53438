"""An identity provider on this machine: discovery, keys over real HTTP, and tokens, good and forged."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

AUDIENCE = "duixian"
Key = RSAKey | ECKey


class Issuer:
    """Serves while it is open; `asked` counts what it was asked for."""

    def __init__(self) -> None:
        self.rsa = RSAKey.generate_key(2048, {"kid": "rsa-1"})
        self.ec = ECKey.generate_key("P-256", {"kid": "ec-1"})
        self.keys: list[Any] = [self.rsa.as_dict(private=False), self.ec.as_dict(private=False)]
        self.answers = True
        self.asked: dict[str, int] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked[self.path] = outer.asked.get(self.path, 0) + 1
                found = outer.document(self.path) if outer.answers else None
                self.send_response(200 if found is not None else 503)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def document(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
        return {"keys": self.keys} if path == "/jwks" else None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def settings(self) -> dict[str, str]:
        """The environment that makes the service take these tokens."""
        return {"DUIXIAN_OIDC_ISSUER": self.url, "DUIXIAN_OIDC_AUDIENCE": AUDIENCE}

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What a token says; None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "p-token",
            "scope": "openid review audit",
            "iat": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def token(self, *, key: Key | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed by this issuer, or by another key."""
        key = key or self.rsa
        algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
        sent = {"alg": algorithm, "kid": key.kid, **(header or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        return jwt.encode(sent, self.claims(**claims), key, algorithms=[algorithm])

    def forged(self, algorithm: str, secret: bytes | None, **claims: Any) -> str:
        """A token with `alg` none, or signed with a shared secret such as our public key."""
        header = {"alg": algorithm, "typ": "JWT", "kid": "rsa-1"}
        text = f"{_encoded(json.dumps(header))}.{_encoded(json.dumps(self.claims(**claims)))}"
        signature = b"" if secret is None else hmac.digest(secret, text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def signed_with_the_public_key(self, **claims: Any) -> str:
        """HS256, the secret being what everybody may read."""
        return self.forged("HS256", self.rsa.as_pem(private=False), **claims)


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
