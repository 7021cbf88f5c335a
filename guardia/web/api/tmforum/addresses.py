"""The addresses of the trouble tickets, under ``/tmf-api/troubleTicket/``: a tree for each version."""

from collections.abc import Callable, Iterator
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guardia.people.policy import Right
from guardia.tmforum.ticket_versions import EXTENDED, VERSIONS, TicketVersion, extension_schema
from guardia.web.api.tmforum import hubs, kit, tickets
from guardia.web.api.tmforum.endpoint import TicketOperation, endpoint
from guardia.web.api.tmforum.errors import missing
from guardia.web.api.tmforum.ticket_query import list_tickets

READ, OPEN, UPDATE, LISTEN = "tmf621.read", "tmf621.open", "tmf621.update", "tmf621.listen"
"""The scopes of an operator's key. A company's own key needs those that it has for the same things in ``/api/v2``."""

TICKETS = {
    "GET": TicketOperation(list_tickets, READ, "cases.read", Right.SEE_DESK),
    "POST": TicketOperation(tickets.create_ticket, OPEN, "cases.open", Right.HANDLE_CASES),
}
TICKET = {
    "GET": TicketOperation(tickets.read_ticket, READ, "cases.read", Right.SEE_DESK),
    "PATCH": TicketOperation(tickets.change_ticket, UPDATE, "cases.read", Right.SEE_DESK),
}
ATTACHMENT = {"GET": TicketOperation(tickets.attachment, READ, "cases.read", Right.SEE_DESK)}
HUBS = {
    "GET": TicketOperation(hubs.list_hubs, LISTEN, "events.read", Right.CONNECT),
    "POST": TicketOperation(hubs.create_hub, LISTEN, "events.read", Right.CONNECT),
}
HUB = {
    "GET": TicketOperation(hubs.read_hub, LISTEN, "events.read", Right.CONNECT),
    "DELETE": TicketOperation(hubs.delete_hub, LISTEN, "events.read", Right.CONNECT),
}


def of_version(version: TicketVersion) -> Iterator[URLPattern]:
    def one(address: str, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        return path(f"{version.name}/{address}", view, name=f"tmf621_{version.name}_{name}")

    at = partial(endpoint, version)
    yield one("troubleTicket", "tickets", at(TICKETS))
    yield one("troubleTicket/<str:id>", "ticket", at(TICKET))
    yield one("troubleTicket/<str:id>/attachment/<int:file>", "attachment", at(ATTACHMENT))
    yield one("hub", "hubs", at(HUBS))
    yield one("hub/<str:id>", "hub", at(HUB))


@csrf_exempt
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """What version 4 is extended by, for anybody."""
    return tickets.any_of(request, extension_schema())


urlpatterns = [
    *(one for version in VERSIONS.values() for one in of_version(version)),
    path(f"v4/schema/{EXTENDED}.json", schema, name="tmf621_v4_schema"),
    path("v2/troubleTicket", kit.tickets, name="tmf621_kit_tickets"),
    path("v2/troubleTicket/", kit.tickets, name="tmf621_kit_tickets_slash"),
    path("v2/troubleTicket/<str:id>", kit.ticket, name="tmf621_kit_ticket"),
    re_path("", missing, name="tmf621_missing"),
]
