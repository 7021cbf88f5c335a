"""The outside systems that may post tests: each has a token in its address and a secret it signs with."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

SCHEME = "sha256="


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    secret: str


def source_of(token: str) -> Source | None:
    """The source this token names. How long it takes does not tell how much of a token was right."""
    given = token.encode(errors="surrogatepass")
    found = [
        Source(name, secret)
        for name, (known, secret) in settings.TEST_SOURCES.items()
        if hmac.compare_digest(known.encode(), given)
    ]
    return found[0] if found else None


def is_signed(source: Source, body: bytes, signature: str) -> bool:
    """Whether ``signature`` (``sha256=…`` in hexadecimal) is that of this body."""
    expected = SCHEME + hmac.new(source.secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode(errors="replace"))
