"""The interface of a carrier by which our tickets reach it (MEF 124): address, keys, ids, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from guardia.carriers.carrier import RECORDED as CARRIER
from guardia.carriers.carrier import Carrier, Route, recorded_values
from guardia.customers.values import Misfit, Reader, Unfit, line, one_of, read
from guardia.people import sealing, secret_address
from guardia.people.outgoing_http import must_be_reachable
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

RECORDED = "carrier_connection"
"""Under which the changes of an interface are on record, by the id of its carrier."""

WHAT_FOR = "carrier connection"
STILL_TRIED = timedelta(hours=1)
LONGEST_URL, LONGEST_ID, LONGEST_SECRET, LONGEST_TROUBLE = 500, 100, 2000, 300


class CarrierConnection(models.Model):
    """``reached_at`` is when it last gave a sensible answer; ``trouble`` is what is wrong since ``failing_since``."""

    signing_salt = b"guardia.carriers.listener_tokens"

    carrier = models.OneToOneField("guardia.Carrier", models.PROTECT, related_name="connection")
    url = models.CharField(max_length=LONGEST_URL, help_text="of the interface, up to and with its version")
    key = models.TextField(blank=True, help_text="sealed: a bearer key; empty where a token is asked for")
    token_url = models.CharField(max_length=LONGEST_URL, blank=True, help_text="OAuth2, client credentials")
    client_id = models.CharField(max_length=LONGEST_ID, blank=True)
    client_secret = models.TextField(blank=True, help_text="sealed")
    buyer_id = models.CharField(max_length=LONGEST_ID, blank=True, help_text="who we are there")
    seller_id = models.CharField(max_length=LONGEST_ID, blank=True, help_text="who it is, where it stands for several")
    token_digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the token that it notifies us by")
    reached_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0, help_text="attempts in a row that failed")
    rests_until = models.DateTimeField(null=True, help_text="nothing is tried before")
    trouble = models.CharField(max_length=LONGEST_TROUBLE, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "carrier_connection"
        indexes = [
            models.Index(
                fields=["failing_since"],
                name="carrier_connection_failing",
                condition=models.Q(failing_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class Access:
    """What a call to the interface needs, unsealed; nothing of it is shown in a log."""

    url: str
    key: str = field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    buyer_id: str = ""
    seller_id: str = ""


# --- what may stand in its fields -------------------------------------------------------------------------------------


def url(value: Any) -> str:
    """The address of the interface, without a slash at its end. Raises Misfit."""
    written = line(LONGEST_URL, needed=True)(value).rstrip("/")
    _without_more(written)
    return written


def token_url(value: Any) -> str:
    """The address that gives tokens, or nothing. Raises Misfit."""
    written = line(LONGEST_URL)(value or "")
    if written:
        _without_more(written)
    return written


def _without_more(written: str) -> None:
    parts = must_be_reachable(written)
    if "@" in parts.netloc or parts.fragment or parts.query:
        raise Misfit(_("An address here has no user, no password, no ? and no #. Keys have fields of their own."))


def secret(value: Any) -> str:
    """A key as it is sent in a header; empty: the one that is kept stays. Raises Misfit."""
    written = line(LONGEST_SECRET)(value or "")
    if not written.isascii() or " " in written:
        raise Misfit(_("A key has no spaces and no accents. Copy it again."))
    return written


READERS: dict[str, Reader] = {
    "route": one_of(list(Route.values), Route.MEF124),
    "url": url,
    "key": secret,
    "token_url": token_url,
    "client_id": line(LONGEST_ID),
    "client_secret": secret,
    "buyer_id": line(LONGEST_ID),
    "seller_id": line(LONGEST_ID),
}
SECRETS = ("key", "client_secret")


# --- written by the desk ----------------------------------------------------------------------------------------------


def connection_of(carrier_id: int) -> CarrierConnection | None:
    """The interface of this carrier; None where none was entered."""
    return CarrierConnection.objects.select_related("carrier").filter(carrier=carrier_id).first()


def save_connection(
    carrier: Carrier, fields: Mapping[str, Any], *, by: Staff | None = None, at: datetime
) -> CarrierConnection:
    """Keep the interface and the route of the carrier; an empty secret leaves the one that is kept. On record, the
    secrets as set or not. ``at`` is UTC. What is given up is sent no more by itself; what waits is tried at once.

    Raises Unfit with each field and its remedy.
    """
    given = read(READERS, {name: value for name, value in fields.items() if name in READERS})
    known = connection_of(carrier.pk) or CarrierConnection(carrier=carrier)
    _must_open(known, given)
    before, route_before = on_record(known), recorded_values(carrier)
    for name, value in given.items():
        if name in SECRETS:
            setattr(known, name, sealing.seal(WHAT_FOR, value) if value else getattr(known, name))
        elif name != "route":
            setattr(known, name, value)
    if given.get("token_url"):
        known.key = ""
    elif "token_url" in given:
        known.client_id = known.client_secret = ""
    known.failures, known.rests_until, known.failing_since, known.trouble = 0, None, None, ""
    known.save()
    carrier.route = given.get("route", Route.MEF124)
    carrier.save(update_fields=["route"])
    after = on_record(known) or {}
    if any(given.get(name) for name in SECRETS):
        after["secret"] = "set"
    put_on_record(RECORDED, carrier.pk, before, after, by=by, at=at)
    put_on_record(CARRIER, carrier.pk, route_before, recorded_values(carrier), by=by, at=at)
    return known


def _must_open(known: CarrierConnection, given: Mapping[str, Any]) -> None:
    """Either a key, or an address of tokens with client id and secret. Raises Unfit."""
    if given.get("token_url"):
        if not given.get("client_id"):
            raise Unfit({"client_id": _("A token is asked for with a client id. Write the one that it gave you.")})
        if not (given.get("client_secret") or known.client_secret):
            raise Unfit({"client_secret": _("A token is asked for with a client secret. Write the one it gave you.")})
    elif not (given.get("key") or known.key):
        raise Unfit({"key": _("Write the key that it made for you, or the address where tokens are asked for.")})


def on_record(known: CarrierConnection) -> dict[str, Any] | None:
    """What the log of changes has of it: everything but its secrets; None for a new one."""
    if not known.pk:
        return None
    ids = f"{known.buyer_id} / {known.seller_id}".strip(" /")
    names = ("url", "token_url", "client_id")
    return {name: getattr(known, name) for name in names} | {"ids": ids, "token": known.token_digest[:8]}


def new_token(known: CarrierConnection, *, by: Staff | None = None, at: datetime) -> str:
    """A new secret address for its notifications, which is shown this once; the former one ends. ``at`` is UTC."""
    before = on_record(known)
    token, known.token_digest = secret_address.new_token()
    known.save(update_fields=["token_digest"])
    put_on_record(RECORDED, known.carrier_id, before, on_record(known), by=by, at=at)
    return token


# --- queries ----------------------------------------------------------------------------------------------------------


def connection_with_token(token: str) -> CarrierConnection | None:
    """The interface whose secret address has this token; None where nobody's has."""
    return secret_address.bearer_of(token, CarrierConnection.objects.exclude(token_digest=""))


def access_of(known: CarrierConnection) -> Access:
    """What a call needs. Raises CannotBeUnsealed."""
    opened = {name: sealing.unseal(WHAT_FOR, sealed) for name in SECRETS if (sealed := getattr(known, name))}
    plain = ("url", "token_url", "client_id", "buyer_id", "seller_id")
    return Access(**{name: getattr(known, name) for name in plain}, **opened)


def failing_connections(at: datetime) -> list[CarrierConnection]:
    """The interfaces that failed at their last attempt, within the hour before ``at`` (UTC); the longest first.

    One that nothing is told any more is not among them.
    """
    tried = {"failing_since__isnull": False, "rests_until__gt": at - STILL_TRIED}
    found = CarrierConnection.objects.filter(**tried).select_related("carrier")
    return list(found.order_by("failing_since", "pk"))


def connections_by_carrier() -> dict[int, CarrierConnection]:
    """The interfaces there are, by the id of their carrier."""
    return {one.carrier_id: one for one in CarrierConnection.objects.all()}
