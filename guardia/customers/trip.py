"""Somebody's way to a company's provider and back. The browser carries it, sealed; the house keeps no row of it.

What it holds binds the answer to this browser (state), the token to this way (nonce), and the code to us (PKCE).
"""

import json
import secrets
from dataclasses import asdict, dataclass

from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge

from guardia.people import sealing

WHAT_FOR = "guardia.customers.trip"
GOOD_FOR = 15 * 60
"""Seconds: a password and a second step, at the provider's own page."""


class NoTrip(Exception):
    """Nobody of this browser went out, or too long ago."""


@dataclass(frozen=True)
class Trip:
    """``to``: the page of the portal that was wanted."""

    customer_id: int
    state: str
    nonce: str
    verifier: str
    challenge: str
    to: str


def begin(customer_id: int, to: str) -> Trip:
    """A new way; every part of it is drawn."""
    state, nonce, code = secrets.token_urlsafe(32), secrets.token_urlsafe(32), generate_code_challenge()
    return Trip(customer_id, state, nonce, code["code_verifier"], code["code_challenge"].decode(), to[:300])


def sealed(trip: Trip) -> str:
    """What the cookie holds."""
    return sealing.seal(WHAT_FOR, json.dumps(asdict(trip)))


def unsealed(written: str) -> Trip:
    """Raises NoTrip."""
    try:
        return Trip(**json.loads(sealing.unseal(WHAT_FOR, written, good_for=GOOD_FOR)))
    except (sealing.CannotBeUnsealed, ValueError, TypeError) as wrong:
        raise NoTrip from wrong
