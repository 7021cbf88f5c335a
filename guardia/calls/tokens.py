"""The secret address of an exchange that pushes (CTI), and the secret with which it may sign what it sends.

Of the token only its digest is kept: whoever reads the table cannot speak for the exchange. The signing secret is
kept nowhere: it follows from SECRET_KEY, the exchange and its token, so a new token means a new secret too.
"""

import hashlib
import hmac
import secrets

from django.conf import settings

from guardia.calls.exchange import Exchange, ExchangeKind

BYTES = 32
LONGEST = 200
SALT = b"guardia.calls.tokens"
SCHEME = "sha256="


def new_token() -> tuple[str, str]:
    """A token of 32 random bytes, safe in an address, and the digest that is kept of it."""
    token = secrets.token_urlsafe(BYTES)
    return token, digest_of(token)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def exchange_of(token: str) -> Exchange | None:
    """The exchange in use that this token names. How long it takes does not tell how much of a token was right."""
    if len(token) > LONGEST:
        return None
    digest = digest_of(token)
    known = Exchange.objects.filter(kind=ExchangeKind.CTI, is_active=True).exclude(token_digest="")
    found = [exchange for exchange in known if hmac.compare_digest(exchange.token_digest, digest)]
    return found[0] if found else None


def signing_secret(exchange: Exchange) -> str:
    """What the exchange signs its messages with, as it is shown once with a new token."""
    key = hashlib.sha256(SALT + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{exchange.pk}:{exchange.token_digest}".encode(), hashlib.sha256).hexdigest()


def signature_of(exchange: Exchange, body: bytes) -> str:
    """``sha256=…``: the signature that belongs to this body."""
    return SCHEME + hmac.new(signing_secret(exchange).encode(), body, hashlib.sha256).hexdigest()


def is_signed(exchange: Exchange, body: bytes, signature: str) -> bool:
    """Whether ``signature`` (``sha256=…`` in hexadecimal, as the header says it) is that of this body."""
    expected = signature_of(exchange, body).encode()
    return hmac.compare_digest(expected, signature.strip().lower().encode(errors="replace"))
