"""A trial of a company's provider, without anybody signing in: what it answers, and whether it would be of use."""

from dataclasses import dataclass
from typing import Any

from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.provider import discovered, exchanged, keys_of
from guardia.customers.provider_calls import ProviderFailed, Trouble

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
