"""Time stamps (RFC 3161): that a checkpoint was there at an hour, by the clock and the key of an authority.

The worker asks the authority of PROOF_TSA with every checkpoint, and stores what whoever has a file finds good too: it
is checked by the same lines. What is needed for that is loaded with the first request.
"""

import logging
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from http.client import HTTPException
from secrets import randbits
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop

from guardia.config.headline import Headline
from guardia.proof.log import HistoryCheckpoint
from guardia.proof.log_breaks import LogBreak, minute_of

log = logging.getLogger(__name__)

PATIENCE = 10
LARGEST = 100_000
NONCE_BITS = 64
LONGEST_REASON = 200
GRANTED = ("granted", "granted_with_mods")


WRONG = {
    "stamp": gettext_noop("it cannot be read"),
    "stamp_other": gettext_noop("it is of another state of the log"),
    "stamp_false": gettext_noop("its signature is false, or its certificate is not valid for time stamps"),
}
"""By the rule of ``guardia_verify`` that it breaks."""


class NotStamped(ValueError):
    """The authority has refused, or what it answered is no time stamp of what was asked."""


def authorities() -> list[Any]:
    """The certificates of PROOF_TSA_CA, of which one must vouch for each time stamp. Raises ImproperlyConfigured."""
    from guardia.proof.offline.guardia_verify import NoCertificate, authorities_in

    if not settings.PROOF_TSA_CA:
        return []
    try:
        return authorities_in(settings.PROOF_TSA_CA.encode())
    except NoCertificate as trouble:
        raise ImproperlyConfigured("PROOF_TSA_CA_FILE holds something that is no certificate") from trouble


def host() -> str:
    """The name of the authority's server, without what else stands in its address."""
    return urlsplit(settings.PROOF_TSA).hostname or ""


# --- asked for --------------------------------------------------------------------------------------------------------


def stamped(signed: str) -> str:
    """The token of the authority over this signed note, in base64; empty where none is named, or none came.

    One that does not answer is asked again with the next checkpoint. Called within no transaction.
    """
    if not settings.PROOF_TSA:
        return ""
    try:
        return b64encode(token_of(signed)).decode()
    except (OSError, HTTPException, ValueError, ImproperlyConfigured) as trouble:
        log.warning("the time stamping authority %s has not stamped the log: %s", host(), trouble)
        return ""


def token_of(signed: str) -> bytes:
    """The token (DER), once it is checked. Raises NotStamped, OSError, HTTPException, ImproperlyConfigured."""
    from asn1crypto import tsp  # type: ignore[import-untyped]

    from guardia.proof.offline.guardia_verify import stamped_bytes

    trusted, nonce = authorities(), randbits(NONCE_BITS)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(stamped_bytes(signed)).digest()}
    query = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    content = posted(query.dump())
    try:
        answer = tsp.TimeStampResp.load(content, strict=True)
        status, why = answer["status"]["status"].native, answer["status"]["status_string"].native
        token = answer["time_stamp_token"].dump()
    except (ValueError, TypeError) as trouble:
        raise NotStamped("what it answers is no time stamp") from trouble
    if status not in GRANTED:
        words = " ".join(" ".join(why or ()).split())
        raise NotStamped(f"it answers {status} {words}".strip()[:LONGEST_REASON])
    if checked(token, signed, trusted).nonce != nonce:
        raise NotStamped("it answers another request: the nonce is not the one that was sent")
    return bytes(token)


def posted(query: bytes) -> bytes:
    """What the authority answers to a request (RFC 3161, section 3.4). Raises OSError, HTTPException."""
    place = urlsplit(settings.PROOF_TSA)
    headers = {"User-Agent": "Guardia", "Content-Type": "application/timestamp-query"}
    request = Request(without_secret(place), query, headers)
    if place.username:
        secret = f"{unquote(place.username)}:{unquote(place.password or '')}".encode()
        request.add_unredirected_header("Authorization", f"Basic {b64encode(secret).decode()}")
    with urlopen(request, timeout=PATIENCE) as answer:
        return answer.read(LARGEST)


def without_secret(place: SplitResult) -> str:
    return urlunsplit(place._replace(netloc=place.netloc.rpartition("@")[2]))


# --- read and checked -------------------------------------------------------------------------------------------------


def checked(token: bytes, signed: str, trusted: Sequence[Any]) -> Any:
    """What the token of this note says (a ``TimeStamp`` of guardia_verify), as whoever has a file checks it.

    Raises NotStamped, with the reason, where it is none, or comes from none of ``trusted`` though some are named.
    """
    from guardia.proof.offline.guardia_verify import StampIsWrong, checked_time_stamp, comes_from

    try:
        found, _holds = checked_time_stamp(token, signed)
    except StampIsWrong as trouble:
        raise NotStamped(Headline(WRONG[trouble.rule])) from trouble
    if trusted and not comes_from(found, trusted):
        raise NotStamped(Headline(gettext_noop("it does not come from an authority of PROOF_TSA_CA_FILE")))
    return found


@lru_cache(maxsize=8)
def read(stamp: str) -> tuple[datetime, str] | None:
    """When (UTC) and by whom it was stamped, as the token says it; None for what is no token."""
    from guardia.proof.offline.guardia_verify import time_stamp_in

    try:
        found = time_stamp_in(b64decode(stamp, validate=True))
    except ValueError:
        return None
    return found.at, found.signer.name


def breaks(start: int = 0, *, has_our_keys: bool = True) -> Iterator[LogBreak]:
    """Each stored time stamp that is not one of its checkpoint. ``start``: those of smaller trees are not looked at.

    Without ``has_our_keys`` nobody is asked whether it comes from an authority of PROOF_TSA_CA.
    """
    trusted = authorities() if has_our_keys else []
    rows = HistoryCheckpoint.objects.filter(size__gte=start).exclude(stamp="").order_by("pk")
    for signed in rows.iterator(chunk_size=1000):
        name = Headline(gettext_noop("the time stamp of the checkpoint of %(hour)s"), hour=minute_of(signed.at))
        try:
            checked(b64decode(signed.stamp, validate=True), signed.note, trusted)
        except NotStamped as trouble:
            yield wrong_stamp(name, trouble.args[0])
        except ValueError:
            yield wrong_stamp(name, Headline(gettext_noop("it is not in base64")))


def wrong_stamp(name: Headline, trouble: Headline) -> LogBreak:
    what = Headline("%(stamp)s: %(trouble)s", stamp=name, trouble=trouble)
    return LogBreak(what, table="history_checkpoint", is_added=True)
