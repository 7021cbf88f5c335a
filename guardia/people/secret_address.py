"""The secret address of whatever pushes to us (an exchange, a source of monitoring), and the secret it may sign with.

Of the token only its digest is kept: whoever reads the table cannot speak for its bearer. The signing secret is kept
nowhere: it follows from SECRET_KEY, the bearer and its token, so a new token means a new secret too.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any, Protocol

from django.conf import settings

BYTES = 32
LONGEST = 200
SCHEME = "sha256="


class Bearer(Protocol):
    """``signing_salt``: what its kind's signing secrets are made with, and no other's."""

    pk: Any
    token_digest: Any
    signing_salt: bytes


def new_token() -> tuple[str, str]:
    """A token of 32 random bytes, safe in an address, and the digest that is kept of it."""
    token = secrets.token_urlsafe(BYTES)
    return token, digest_of(token)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def bearer_of[One: Bearer](token: str, known: Iterable[One]) -> One | None:
    """The one of them that this token names. How long it takes does not tell how much of a token was right."""
    return matching(known, digest_of(token)) if 0 < len(token) <= LONGEST else None


def matching[One: Bearer](known: Iterable[One], digest: str) -> One | None:
    """The first of them with this digest; all are compared."""
    found = [one for one in known if hmac.compare_digest(one.token_digest, digest)]
    return found[0] if found else None


def signing_secret(bearer: Bearer) -> str:
    """What it signs its messages with, as it is shown once with a new token."""
    key = hashlib.sha256(bearer.signing_salt + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{bearer.pk}:{bearer.token_digest}".encode(), hashlib.sha256).hexdigest()


def signature_of(bearer: Bearer, body: bytes) -> str:
    """``sha256=…``: the signature that belongs to this body."""
    return SCHEME + hmac.new(signing_secret(bearer).encode(), body, hashlib.sha256).hexdigest()


def is_signed(bearer: Bearer, body: bytes, signature: str) -> bool:
    """Whether ``signature`` (``sha256=…`` in hexadecimal, as the header says it) is that of this body."""
    expected = signature_of(bearer, body).encode()
    return hmac.compare_digest(expected, signature.strip().lower().encode(errors="replace"))
