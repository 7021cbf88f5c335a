"""A subscription as an administrator writes it: made, changed, paused, given a new secret, ended; each on record."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils.translation import gettext as _

from guardia.cases.webhooks_owed import GIVES_UP_AFTER
from guardia.customers.customer import Customer
from guardia.customers.values import Misfit, Reader, Unfit, fold, line, one_of, read, whole
from guardia.events.families import FAMILIES, Family
from guardia.people import sealing
from guardia.people.egress import addresses
from guardia.people.outgoing_http import is_internal, must_be_reachable
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff
from guardia.webhooks import log, outbox
from guardia.webhooks.formats import CLOUD_EVENTS, FORMATS
from guardia.webhooks.subscription import (
    NOUN,
    OVERLAP,
    WHAT_FOR,
    SubscriptionState,
    WebhookDelivery,
    WebhookState,
    WebhookSubscription,
)

LONGEST_NAME, LONGEST_URL, MOST = 60, 500, 100
SECRET_BYTES = 32
MOST_IMPACT = 3


def address(value: Any) -> str:
    """Where events go to: https, or http within the operator's own networks. Raises Misfit."""
    written = line(LONGEST_URL, needed=True)(value)
    parts = must_be_reachable(written)
    if "@" in parts.netloc or parts.fragment:
        raise Misfit(_("An address here has no user, no password and no #. The signature proves that it is us."))
    return written


def kinds(value: Any) -> list[str]:
    """Kinds of events and families; none: all. Raises Misfit."""
    wanted = {str(one) for one in value or ()}
    known = [*Family, *FAMILIES]
    if wanted - set(known):
        raise Misfit(_("One of these is no kind of event. Choose from the list."))
    return [str(one) for one in known if one in wanted]


def company(value: Any) -> int | None:
    """The id of the company of this name or code; None: of all. Raises Misfit."""
    written = line(200)(value or "")
    if not written:
        return None
    named = Q(external_id=written) | Q(folded_name=fold(written))
    found = list(Customer.objects.filter(named, merged_into=None).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise Misfit(_("No company, or more than one, is called “%s”. Write its whole name or its code.") % written)
    return found[0]


READERS: dict[str, Reader] = {
    "name": line(LONGEST_NAME, needed=True),
    "url": address,
    "format": one_of(list(FORMATS), CLOUD_EVENTS),
    "kinds": kinds,
    "company": company,
    "least_impact": whole(0, MOST_IMPACT, 0),
    "with_texts": bool,
}


OTHERWISE = {"format": CLOUD_EVENTS, "kinds": [], "company": "", "least_impact": 0, "with_texts": False}
"""What a field is that is not given."""


def given_in(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored, by column. Raises Unfit with each that cannot be, and its remedy."""
    given = read(READERS, {**OTHERWISE, **{name: value for name, value in fields.items() if name in READERS}})
    return {"company_id" if name == "company" else name: value for name, value in given.items()}


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in Base64, as Standard Webhooks has it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def add(
    fields: Mapping[str, Any], *, by: Staff | None, at: datetime, owner: int | None = None, query: str = ""
) -> tuple[WebhookSubscription, str]:
    """A new subscription and its secret, which is shown this once. ``at`` is UTC; ``owner``: the company whose it is;
    ``query``: which events it wants, where its format knows such a thing.

    Raises Unfit with each field and its remedy.
    """
    given = given_in(fields)
    take_turn(NOUN, "new")
    if log.subscriptions().count() >= MOST:
        raise Unfit({"name": _("There are %d webhooks already. Remove what is not used.") % MOST})
    must_be_alone(given["name"], 0)
    secret = new_secret()
    made = WebhookSubscription.objects.create(
        **given, owner_id=owner, query=query, secret=sealing.seal(WHAT_FOR, secret), made_at=at
    )
    put_on_record(NOUN, made.pk, None, on_record(made), by=by, at=at)
    return made, secret


def change(
    subscription: WebhookSubscription, fields: Mapping[str, Any], *, by: Staff | None, at: datetime
) -> WebhookSubscription:
    """Write what is changed of one. What is queued already stays queued. ``at`` is UTC. Raises Unfit."""
    given = given_in(fields)
    must_be_alone(given["name"], subscription.pk)
    was = on_record(subscription)
    for name, value in given.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(given))
    put_on_record(NOUN, subscription.pk, was, on_record(subscription), by=by, at=at)
    return subscription


def must_be_alone(name: str, pk: int) -> None:
    """Raises Unfit where another one is called so."""
    if log.subscriptions().filter(name=name).exclude(pk=pk).exists():
        raise Unfit({"name": _("“%s” exists already. Choose another name.") % name})


def turn(subscription: WebhookSubscription, is_active: bool, *, by: Staff | None, at: datetime) -> None:
    """Pause it, or let it go on, also after its receiver was gone. What has waited leaves at once. ``at`` is UTC."""
    was = on_record(subscription)
    subscription.state = SubscriptionState.ACTIVE if is_active else SubscriptionState.PAUSED
    subscription.failures, subscription.failing_since, subscription.rests_until = 0, None, None
    subscription.save(update_fields=["state", "failures", "failing_since", "rests_until"])
    if is_active:
        waiting = WebhookDelivery.objects.filter(subscription=subscription, state=WebhookState.WAITING)
        waiting.update(available_at=at, gives_up_at=at + GIVES_UP_AFTER)
    put_on_record(NOUN, subscription.pk, was, on_record(subscription), by=by, at=at)
    outbox.look_at_dead(subscription)


def rotate(subscription: WebhookSubscription, *, by: Staff | None, at: datetime, overlap: timedelta = OVERLAP) -> str:
    """A new secret, which is shown this once; the former one signs too for so long. ``at`` is UTC."""
    secret = new_secret()
    subscription.former_secret, subscription.former_until = subscription.secret, at + overlap
    subscription.secret = sealing.seal(WHAT_FOR, secret)
    subscription.save(update_fields=["secret", "former_secret", "former_until"])
    put_on_record(NOUN, subscription.pk, {}, {"name": subscription.name, "secret": "set"}, by=by, at=at)
    return secret


def remove(subscription: WebhookSubscription, *, by: Staff | None, at: datetime) -> None:
    """End it for good: its secrets go, nothing of it is sent any more, and its log goes with time. ``at`` is UTC."""
    was = on_record(subscription)
    subscription.state, subscription.secret, subscription.former_secret = SubscriptionState.REMOVED, "", ""
    subscription.save(update_fields=["state", "secret", "former_secret"])
    open_ones = WebhookDelivery.objects.filter(subscription=subscription, state=WebhookState.WAITING)
    open_ones.update(state=WebhookState.DEAD, settled_at=at)
    put_on_record(NOUN, subscription.pk, was, None, by=by, at=at)
    outbox.recovered(subscription)


def on_record(subscription: WebhookSubscription) -> dict[str, Any]:
    """What the log of changes has of it: everything but its secrets."""
    return {
        "name": subscription.name,
        "url": subscription.url,
        "webhook_format": subscription.format,
        "webhook_kinds": subscription.kinds,
        "of_company": company_named(subscription),
        "least_impact": str(subscription.least_impact),
        "with_texts": subscription.with_texts,
        "webhook_state": subscription.state,
    }


def company_named(subscription: WebhookSubscription) -> str:
    """The name of the one company whose cases are sent; empty: those of all are."""
    one = Customer.objects.filter(pk=subscription.company_id).first() if subscription.company_id else None
    return one.name if one else ""


# --- a company's own --------------------------------------------------------------------------------------------------
MOST_OF_A_COMPANY = 10


@dataclass(frozen=True)
class CompanyListener:
    """What a company's own system registers. ``contact``: the id of whoever made its key, who is on record for it."""

    company: int
    contact: int
    name: str
    url: str
    format: str
    query: str


def add_of_company(wanted: CompanyListener, *, at: datetime) -> WebhookSubscription:
    """A listener of this company, told what it may see of its own cases; within its row policies. ``at`` is UTC.

    Raises Unfit with each field and its remedy: the operator's own networks are not reached by it.
    """
    take_turn(NOUN, f"of {wanted.company}")
    if (
        WebhookSubscription.objects.filter(owner=wanted.company, state=SubscriptionState.ACTIVE).count()
        >= MOST_OF_A_COMPANY
    ):
        raise Unfit({"url": _("There are %d listeners already. Remove what is not used.") % MOST_OF_A_COMPANY})
    given = read({"name": READERS["name"], "url": address}, {"name": wanted.name, "url": wanted.url})
    parts = urlsplit(given["url"])
    if any(map(is_internal, addresses(parts.hostname or "", parts.port))):
        raise Unfit({"url": _("This address is of an internal network. Write one that is reached from the internet.")})
    made = WebhookSubscription.objects.create(
        **given,
        owner_id=wanted.company,
        format=wanted.format,
        query=wanted.query,
        with_texts=True,
        secret=sealing.seal(WHAT_FOR, new_secret()),
        made_at=at,
    )
    put_on_record(NOUN, made.pk, None, on_record(made), by=None, at=at, by_contact=wanted.contact)
    return made


def remove_of_company(pk: int, company: int, contact: int, *, at: datetime) -> None:
    """The company's listener is ended for good; within its row policies. What waits for it goes with time."""
    ended = {"state": SubscriptionState.REMOVED, "secret": "", "former_secret": ""}
    if WebhookSubscription.objects.filter(pk=pk, owner=company).update(**ended):
        put_on_record(NOUN, pk, {"webhook_state": "active"}, None, by=None, at=at, by_contact=contact)


def locked(pk: int) -> WebhookSubscription | None:
    """The subscription for a change, which others wait for; None where there is none."""
    return log.subscriptions().select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
