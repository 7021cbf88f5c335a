"""OpenID Connect with a company's provider: the code flow with PKCE. Tokens are checked by PyJWT, never by ourselves.

The library looks at the machine's clock for the hours of a token; everything else here is what it is given.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from guardia.customers.own_sign_in import WELL_KNOWN, OwnSignIn, secret_of
from guardia.customers.provider_calls import ProviderFailed, Trouble, is_safe, is_sayable, request_json
from guardia.people import sealing
from guardia.people.sealing import CannotBeUnsealed

# Somebody's way to a company's provider and back. The browser carries it, sealed; the operator keeps no row of it.
#
# What it holds binds the answer to this browser (state), the token to this way (nonce), and the code to us (PKCE).


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


SCOPE = "openid email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Of a key that only the provider has. One that is made with the client's secret is no proof of whom it came from."""

LEEWAY = 60
KEPT_SECONDS = 300
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Answer = Mapping[str, Any]


def described(issuer: str) -> dict[str, Any]:
    """What the provider says of itself, asked anew after some minutes. Raises ProviderFailed."""
    key = f"provider.{sha256(issuer.encode()).hexdigest()}"
    found: dict[str, Any] = cache.get(key) or discovered(issuer)
    cache.set(key, found, KEPT_SECONDS)
    return found


def discovered(issuer: str) -> dict[str, Any]:
    """The same, from the provider itself. Raises ProviderFailed: it is silent, is none, or calls itself another."""
    status, found = request_json("GET", issuer.rstrip("/") + WELL_KNOWN)
    if status != 200:
        raise ProviderFailed(Trouble.UNREACHABLE, f"HTTP {status}")
    if not found:
        raise ProviderFailed(Trouble.NOT_A_PROVIDER)
    if found.get("issuer") != issuer:
        raise ProviderFailed(Trouble.ISSUER, str(found.get("issuer", "–")))
    wrong = [name for name in ENDPOINTS if not is_safe(str(found.get(name, "")))]
    if wrong:
        raise ProviderFailed(Trouble.ENDPOINTS, ", ".join(wrong))
    return found


def way_out(own: OwnSignIn, trip: Trip, back: str) -> str:
    """Where the browser goes. ``back``: our address to which it returns. Raises ProviderFailed."""
    asks = {
        "response_type": "code",
        "client_id": own.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": trip.state,
        "nonce": trip.nonce,
        "code_challenge": trip.challenge,
        "code_challenge_method": "S256",
    }
    address = str(described(own.issuer)["authorization_endpoint"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asks)}"


def read_answer(own: OwnSignIn, trip: Trip, answer: Mapping[str, str], back: str) -> Answer:
    """What the provider says of who has signed in there. Raises ProviderFailed.

    ``answer``: what stands in the address of the return. Nothing in it counts before its state is that of the trip.
    """
    if not constant_time_compare(answer.get("state", ""), trip.state):
        raise ProviderFailed(Trouble.STATE)
    if answer.get("iss", own.issuer) != own.issuer:
        raise ProviderFailed(Trouble.ISSUER, answer["iss"])
    if answer.get("error"):
        raise ProviderFailed(Trouble.DENIED, answer["error"])
    of_itself = described(own.issuer)
    tokens = exchanged(own, of_itself, answer.get("code", ""), trip.verifier, back)
    claims = checked(own, of_itself, str(tokens.get("id_token", "")), trip.nonce)
    if "email" not in claims and is_safe(str(of_itself.get("userinfo_endpoint", ""))):
        return {**of_person(of_itself, tokens, claims), **claims}
    return claims


def exchanged(own: OwnSignIn, of_itself: Answer, code: str, verifier: str, back: str) -> dict[str, Any]:
    """The tokens for a code. Raises ProviderFailed."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    try:
        secret = secret_of(own)
    except CannotBeUnsealed as wrong:
        raise ProviderFailed(Trouble.SECRET) from wrong
    how: dict[str, Any] = {}
    if secret and by_header(of_itself):
        how["auth"] = (quote(own.client_id, safe=""), quote(secret, safe=""))
    else:
        form |= {"client_id": own.client_id, **({"client_secret": secret} if secret else {})}
    status, found = request_json("POST", str(of_itself["token_endpoint"]), data=form, **how)
    if status != 200 or "id_token" not in found:
        said = str(found.get("error", f"HTTP {status}"))
        raise ProviderFailed(Trouble.CLIENT if is_about_us(status, said) else Trouble.EXCHANGE, said)
    return found


def is_about_us(status: int, said: str) -> bool:
    """Whether a provider refuses our identifier or secret, and not the code."""
    return said in {"invalid_client", "unauthorized_client"} or (status == 401 and said != "invalid_grant")


def by_header(of_itself: Answer) -> bool:
    """Unless it takes the secret in the form, which every provider understands alike."""
    methods = of_itself.get("token_endpoint_auth_methods_supported")
    if not isinstance(methods, list):  # left out, or said badly: what the standard takes for granted
        return True
    return "client_secret_post" not in methods and "client_secret_basic" in methods


def checked(own: OwnSignIn, of_itself: Answer, token: str, nonce: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, for this trip, and that is good now.

    Raises ProviderFailed.
    """
    keys = keys_of(of_itself)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key_for(token, keys),
            algorithms=list(ALGORITHMS),
            audience=own.client_id,
            issuer=own.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as wrong:
        raise ProviderFailed(Trouble.TOKEN, type(wrong).__name__) from wrong
    if not is_sayable(claims.get("nonce")):
        raise ProviderFailed(Trouble.TOKEN, "nonce")
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise ProviderFailed(Trouble.TOKEN, "nonce")
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if others else own.client_id) != own.client_id:
        raise ProviderFailed(Trouble.TOKEN, "azp")
    return claims


def keys_of(of_itself: Answer) -> jwt.PyJWKSet:
    """The keys by which it signs. Raises ProviderFailed."""
    status, found = request_json("GET", str(of_itself["jwks_uri"]))
    try:
        return jwt.PyJWKSet.from_dict(found)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise ProviderFailed(Trouble.KEYS, f"HTTP {status}") from wrong


def key_for(token: str, keys: jwt.PyJWKSet) -> jwt.PyJWK:
    """The key that the token names; where it names none, the only one. Raises PyJWTError."""
    name = jwt.get_unverified_header(token).get("kid")
    signing = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    found = [key for key in signing if key.key_id == name] if name else signing
    if len(found) != 1:
        raise jwt.InvalidKeyError("no such key")
    return found[0]


def of_person(of_itself: Answer, tokens: Answer, claims: Answer) -> dict[str, Any]:
    """What the provider says of the same person beside the token. Raises ProviderFailed."""
    header = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
    _status, found = request_json("GET", str(of_itself["userinfo_endpoint"]), headers=header)
    if found and found.get("sub") != claims["sub"]:
        raise ProviderFailed(Trouble.TOKEN, "sub")
    return found


# A trial of a company's provider, without anybody signing in: what it answers, and whether it would be of use.


NO_CODE = "trial"


@dataclass(frozen=True)
class Tried:
    """``trouble``: what stands in the way; none where it answers as it should. ``doubts``: what may."""

    trouble: Trouble | None = None
    detail: str = ""
    doubts: tuple[str, ...] = ()


def tried(own: OwnSignIn, back: str) -> Tried:
    """What somebody would meet who signs in there now. It is asked anew, whatever is known of it."""
    try:
        of_itself = discovered(own.issuer)
        if not keys_of(of_itself).keys:
            return Tried(Trouble.KEYS)
        if says_not(of_itself, "claims_supported", "email") or says_not(of_itself, "scopes_supported", "email"):
            return Tried(Trouble.NO_EMAIL)
        knows_us(own, of_itself, back)
    except ProviderFailed as failed:
        return Tried(failed.trouble, failed.detail)
    return Tried(doubts=tuple(doubts(own, of_itself)))


def knows_us(own: OwnSignIn, of_itself: dict[str, Any], back: str) -> None:
    """Ask it for tokens with a code that is none: that is what it must refuse, and not us. Raises ProviderFailed."""
    try:
        exchanged(own, of_itself, NO_CODE, NO_CODE * 9, back)
    except ProviderFailed as failed:
        if failed.trouble != Trouble.EXCHANGE:
            raise


def doubts(own: OwnSignIn, of_itself: dict[str, Any]) -> list[str]:
    found = []
    if says_not(of_itself, "claims_supported", "email_verified") and not own.vouches:
        found.append("unchecked")
    if says_not(of_itself, "code_challenge_methods_supported", "S256"):
        found.append("pkce")
    return found


def says_not(of_itself: dict[str, Any], name: str, wanted: str) -> bool:
    """Whether it lists what it has, and this is not among it."""
    listed = of_itself.get(name)
    return isinstance(listed, list) and wanted not in listed
