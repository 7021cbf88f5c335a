"""The secret address of a source that pushes, and the secret with which it may sign what it sends.

Of the token only its digest is kept: whoever reads the table cannot speak for the source. The signing secret is kept
nowhere: it follows from SECRET_KEY, the source and its token. What an SNMP source brings, its community or the name of
its user, is kept in the same way.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.conf import settings

from guardia.network.alert import AlertSource, SourceKind

BYTES = 32
LONGEST = 200
SALT = b"guardia.network.alerts_tokens"
SCHEME = "sha256="


def new_token() -> tuple[str, str]:
    """A token of 32 random bytes, safe in an address, and the digest that is kept of it."""
    token = secrets.token_urlsafe(BYTES)
    return token, digest_of(token)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def source_of(token: str) -> AlertSource | None:
    """The source in use that this token names. How long it takes does not tell how much of a token was right."""
    if not token or len(token) > LONGEST:
        return None
    known = AlertSource.objects.filter(is_active=True).exclude(kind=SourceKind.SNMP).exclude(token_digest="")
    return matching(known, digest_of(token))


def matching(sources: Iterable[AlertSource], digest: str) -> AlertSource | None:
    """The first of them with this digest; all are compared."""
    found = [source for source in sources if hmac.compare_digest(source.token_digest, digest)]
    return found[0] if found else None


def signing_secret(source: AlertSource) -> str:
    """What the source signs its messages with, as it is shown once with a new token."""
    key = hashlib.sha256(SALT + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{source.pk}:{source.token_digest}".encode(), hashlib.sha256).hexdigest()


def signature_of(source: AlertSource, body: bytes) -> str:
    """``sha256=…``: the signature that belongs to this body."""
    return SCHEME + hmac.new(signing_secret(source).encode(), body, hashlib.sha256).hexdigest()


def is_signed(source: AlertSource, body: bytes, signature: str) -> bool:
    """Whether ``signature`` (``sha256=…`` in hexadecimal, as the header says it) is that of this body."""
    expected = signature_of(source, body).encode()
    return hmac.compare_digest(expected, signature.strip().lower().encode(errors="replace"))
