"""Listeners of a Buyer (MEF 124, UC 17): webhooks of its company, in the formats of the standard.

A hub is one subscription for what happened, and one for what the Buyer is asked for, as far as its query wants either;
its id is that of the first.
"""

from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router
from pydantic import Field

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.values import Unfit
from guardia.people.policy import Right
from guardia.web.api.mef.errors import refuse
from guardia.web.api.mef.operations import BuyerId, SellerId, buyer_of, operation, present, respond
from guardia.web.api.mef.schemas import Answer, Sent, Text
from guardia.web.api.v2.caller import caller_of
from guardia.webhooks import editing, log
from guardia.webhooks.mef124_event import EVENT_TYPES, TYPES_OF, event_types_in, stored_query
from guardia.webhooks.subscription import WebhookSubscription

router = Router()
SCOPE = "events.read"
LONGEST_QUERY = 400


class EventSubscriptionInput(Sent):
    """Where events go; the path of the standard is put behind it. `query`: `eventType=` and types with commas."""

    callback: Annotated[Text, Field(max_length=editing.LONGEST_URL)]
    query: Annotated[Text, Field(max_length=LONGEST_QUERY)] | None = None


class EventSubscription(Answer):
    id: str
    callback: str
    query: str | None = None


def company_of(request: HttpRequest, buyer_id: str | None, seller_id: str | None) -> Customer:
    """The company whose listeners are meant. Raises MefRefused (403) for a company's own key."""
    company = buyer_of(request, buyer_id, seller_id)
    if caller_of(request).customer_id is not None:
        reason = _("Listeners are registered by the operator.")
        raise refuse(403, "accessDenied", reason, _("Send the operator the address that takes your events."))
    return company


def written(hub: WebhookSubscription) -> dict[str, Any]:
    types = [one for part in parts_of(hub) for one in parse_qs(part.query).get("eventType", [""])[0].split(",")]
    is_whole = set(types) == set(EVENT_TYPES)
    query = None if is_whole else f"eventType={','.join(types)}"
    return present(id=str(hub.pk), callback=hub.url, query=query)


def parts_of(hub: WebhookSubscription) -> list[WebhookSubscription]:
    """The subscriptions of one hub, which are called alike."""
    return [one for one in log.hubs_of(hub.owner_id, TYPES_OF) if base_of(one) == base_of(hub)]


def base_of(hub: WebhookSubscription) -> str:
    return hub.name.removesuffix(SECOND)


SECOND = " (2)"


def hub_called(company: Customer, id: str) -> WebhookSubscription:
    """Raises MefRefused (404)."""
    for one in log.hubs_of(company.pk, TYPES_OF):
        if str(one.pk) == id and one.name == base_of(one):
            return one
    raise refuse(404, "notFound", _("There is no listener with this id."), _("Register one by POST to hub."))


@operation(
    router,
    "POST",
    "/hub",
    "mef124.subscribe",
    right=Right.CONNECT,
    scope=SCOPE,
    answer=EventSubscription,
    status=201,
    summary="Register a listener",
    refusals=(413, 415, 422),
)
def create_hub(
    request: HttpRequest,
    body: Annotated[EventSubscriptionInput, BodyOf(...)],
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    company = company_of(request, buyerId, sellerId)
    try:
        wanted = event_types_in(body.query or "")
    except ValueError as wrong:
        words = _("Send eventType= and one or more of: %(values)s.") % {"values": ", ".join(EVENT_TYPES)}
        raise refuse(400, "invalidBody", words) from wrong
    if "?" in body.callback:
        raise refuse(400, "invalidBody", _("Send the address without a query: the standard's path is put behind it."))
    hub = added(request, company, body.callback, wanted, buyerId or "")
    return respond(written(hub), status=201)


def added(
    request: HttpRequest, company: Customer, callback: str, wanted: list[str], buyer_id: str
) -> WebhookSubscription:
    """The subscriptions of a new hub; the first of them. Raises MefRefused (400)."""
    name = name_of(company, callback)
    made: list[WebhookSubscription] = []
    for format, known in TYPES_OF.items():
        types = [one for one in known if one in wanted]
        if not types:
            continue
        fields = {
            "name": f"{name}{SECOND if made else ''}",
            "url": callback.rstrip("/"),
            "format": format,
            "company": company.external_id or company.name,
        }
        try:
            query = stored_query(types, buyer_id)
            staff = caller_of(request).staff
            one, _secret = editing.add(fields, by=staff, at=now(), owner=company.pk, query=query)
        except Unfit as unfit:
            raise refuse(400, "invalidBody", " ".join(map(str, unfit.messages))) from unfit
        made.append(one)
    if not made:
        raise refuse(400, "invalidBody", _("Of incidents no events are sent: read /incident."))
    return made[0]


def name_of(company: Customer, callback: str) -> str:
    """What it is called in the settings: the company, the host, and a number."""
    try:
        host = urlsplit(callback).hostname or ""
    except ValueError:
        host = ""
    names = {base_of(one) for one in log.subscriptions()}
    base = f"MEF 124 {company.name[:24]} {host}"[: editing.LONGEST_NAME - 9].strip()
    return next(name for number in range(1, len(names) + 2) if (name := f"{base} {number}") not in names)


@operation(
    router,
    "GET",
    "/hub/{id}",
    "mef124.subscription",
    right=Right.CONNECT,
    scope=SCOPE,
    answer=EventSubscription,
    summary="Read a listener",
    refusals=(404,),
)
def read_hub(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    return respond(written(hub_called(company_of(request, buyerId, sellerId), id)))


@operation(
    router,
    "DELETE",
    "/hub/{id}",
    "mef124.unsubscribe",
    right=Right.CONNECT,
    scope=SCOPE,
    status=204,
    summary="Remove a listener",
    refusals=(404,),
)
def delete_hub(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    hub = hub_called(company_of(request, buyerId, sellerId), id)
    for part in parts_of(hub):
        if locked := editing.locked(part.pk):
            editing.remove(locked, by=caller_of(request).staff, at=now())
    return respond(None, status=204)
