"""A company's provider (OpenID Connect) on the loopback, which can be made to lie in every way that matters."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
CLIENT, SECRET = "guardia", "un-secreto-de-prueba"


class Provider:
    """``says``: of itself; ``claims``: of whoever signs in. What is None in either is left out."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.says: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.status, self.key, self.algorithm, self.kid = 200, KEYS[0], "RS256", "1"
        self.asked: dict[str, str] = {}
        self.forms: list[dict[str, str]] = []
        self.userinfo: dict[str, Any] = {}
        self.raw: bytes | None = None

    def signs_in(self, way_out: str) -> dict[str, str]:
        """Somebody signs in at the page to which the operator sent the browser; what the browser brings back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(way_out).query).items()}
        return {"state": self.asked["state"], "code": "the-code"}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        if self.raw is not None:
            return self.status, self.raw
        found: dict[str, Any] = {}
        if path.endswith("/.well-known/openid-configuration"):
            found = self.of_itself()
        elif path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[0].public_key()))
            found = {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
        elif path == "/userinfo":
            found = self.userinfo
        elif path == "/token":
            return self.tokens(form)
        return self.status, json.dumps(found).encode()

    def of_itself(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {
            "issuer": self.address,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            **{name: f"{self.address}/{path}" for name, path in names.items()},
            **self.says,
        }
        return {name: value for name, value in found.items() if value is not None}

    def tokens(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.forms.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, b'{"error": "invalid_client"}'
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if form["code"] != "the-code" or challenge != self.asked.get("code_challenge"):
            return 400, b'{"error": "invalid_grant"}'
        said = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "u-1",
            "nonce": self.asked["nonce"],
            **self.hours(),
            **self.claims,
        }
        payload = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode(payload, self.key, self.algorithm, {"kid": self.kid})
        return 200, json.dumps({"id_token": token, "access_token": "a", "token_type": "Bearer"}).encode()

    def hours(self) -> dict[str, int]:
        at = int(time.time())
        return {"iat": at, "exp": at + 300}


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize"):
                self.sends_back()
            else:
                self.said({})

        def sends_back(self) -> None:
            """Whoever comes has signed in already: straight back to the operator."""
            brings = urlencode(provider.signs_in(self.path))
            self.send_response(302)
            self.send_header("Location", f"{provider.asked['redirect_uri']}?{brings}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.said({name: values[0] for name, values in parse_qs(sent).items()})

        def said(self, form: dict[str, str]) -> None:
            status, content = provider.answer(urlsplit(self.path).path, form)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if status in (301, 302):
                self.send_header("Location", f"{provider.address}/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()
