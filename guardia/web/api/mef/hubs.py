"""Listeners of a Buyer (MEF 124, UC 17): webhooks of its company, in the formats of the standard.

A hub is one subscription for what happened, and one for what the Buyer is asked for, as far as its query wants either;
its id is that of the first. A company's own key registers those of its company, as a key of the operator does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router
from pydantic import Field

from guardia.config.asking import atomic
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.values import Unfit
from guardia.people.policy import Right
from guardia.web.api.mef.errors import refuse
from guardia.web.api.mef.operations import BuyerId, SellerId, buyer_of, operation, present, respond
from guardia.web.api.mef.schemas import Answer, Sent, Text
from guardia.web.api.v2 import company_cases
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.webhooks import editing, log
from guardia.webhooks.mef124_event import EVENT_TYPES, TYPES_OF, event_types_in, stored_query
from guardia.webhooks.subscription import WebhookSubscription

Listener = WebhookSubscription | log.Hub
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


@dataclass(frozen=True)
class Hub:
    """The subscriptions that listen at one address. A Buyer has one hub at an address."""

    parts: Sequence[Listener]

    @property
    def id(self) -> str:
        return str(self.parts[0].pk)


def hubs_of(request: HttpRequest, company: Customer) -> list[Hub]:
    """The hubs of this company, the first first, whoever has registered them."""
    caller, by_address = caller_of(request), dict[str, list[Listener]]()
    found: Iterable[Listener] = ()
    if caller.customer_id is None:
        found = log.hubs_of(company.pk, TYPES_OF)
    else:
        with caller.acting():
            found = [one for format in TYPES_OF for one in log.hubs_of_company(format)]
    for one in sorted(found, key=lambda one: one.pk):
        by_address.setdefault(one.url, []).append(one)
    return [Hub(parts) for parts in by_address.values()]


def written(hub: Hub) -> dict[str, Any]:
    types = [one for part in hub.parts for one in parse_qs(part.query).get("eventType", [""])[0].split(",")]
    is_whole = set(types) == set(EVENT_TYPES)
    query = None if is_whole else f"eventType={','.join(types)}"
    return present(id=hub.id, callback=hub.parts[0].url, query=query)


def hub_called(request: HttpRequest, company: Customer, id: str) -> Hub:
    """Raises MefRefused (404)."""
    found = next((hub for hub in hubs_of(request, company) if hub.id == id), None)
    if found is None:
        raise refuse(404, "notFound", _("There is no listener with this id."), _("Register one by POST to hub."))
    return found


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
    company = buyer_of(request, buyerId, sellerId)
    try:
        wanted = event_types_in(body.query or "")
    except ValueError as wrong:
        words = _("Send eventType= and one or more of: %(values)s.") % {"values": ", ".join(EVENT_TYPES)}
        raise refuse(400, "invalidBody", words) from wrong
    callback = body.callback.strip().rstrip("/")
    if "?" in callback:
        raise refuse(400, "invalidBody", _("Send the address without a query: the standard's path is put behind it."))
    if any(hub.parts[0].url == callback for hub in hubs_of(request, company)):
        raise refuse(400, "invalidBody", _("This address listens already."), _("Remove it first: DELETE hub."))
    types_of = {
        format: types for format, known in TYPES_OF.items() if (types := [one for one in known if one in wanted])
    }
    if not types_of:
        raise refuse(400, "invalidBody", _("Of incidents no events are sent: read /incident."))
    caller = caller_of(request)
    name = name_of(caller, callback)
    try:
        with caller.acting(), atomic():
            parts = [
                registered(caller, company, f"{name} {number}", callback, format, stored_query(types, buyerId or ""))
                for number, (format, types) in enumerate(types_of.items(), 1)
            ]
    except Unfit as unfit:
        raise refuse(400, "invalidBody", " ".join(map(str, unfit.messages))) from unfit
    return respond(written(Hub(parts)), status=201)


def registered(caller: Caller, company: Customer, name: str, callback: str, format: str, query: str) -> Listener:
    """One subscription of a new hub. Raises Unfit; ProblemRaised where whoever made a company's key has left it."""
    if caller.customer_id is None:
        fields = {"name": name, "url": callback, "format": format, "company": company.external_id or company.name}
        return editing.add(fields, by=caller.staff, at=now(), owner=company.pk, query=query)[0]
    person = company_cases.person_of(caller)
    whose = editing.CompanyListener(company.pk, person.pk, name, callback, format, query)
    return editing.add_of_company(whose, at=now())


def name_of(caller: Caller, callback: str) -> str:
    """What it is called in the settings: the key, the host, and what tells it from others."""
    try:
        host = urlsplit(callback).hostname or ""
    except ValueError:
        host = ""
    return f"MEF 124 {caller.key.name[:24]} {host}"[: editing.LONGEST_NAME - 10].strip() + f" {token_hex(3)}"


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
    return respond(written(hub_called(request, buyer_of(request, buyerId, sellerId), id)))


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
    caller, company = caller_of(request), buyer_of(request, buyerId, sellerId)
    parts = hub_called(request, company, id).parts
    with caller.acting(), atomic():
        for part in parts:
            if caller.customer_id is not None:
                person = company_cases.person_of(caller)
                editing.remove_of_company(part.pk, company.pk, person.pk, at=now())
            elif locked := editing.locked(part.pk):
                editing.remove(locked, by=caller.staff, at=now())
    return respond(None, status=204)
