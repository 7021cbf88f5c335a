"""Listeners of a partner (TMF630): each is a webhook, whose events leave in the format of its version."""

import json
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.tmforum.ticket_event import EVENT_TYPES, event_types_in
from guardia.tmforum.ticket_versions import TicketVersion
from guardia.web.api.tmforum.endpoint import Asked, conflict, finish
from guardia.web.api.tmforum.ticket_bodies import json_in
from guardia.web.api.v2 import company_cases
from guardia.web.api.v2.problems import not_found, of_fields
from guardia.webhooks import editing, log
from guardia.webhooks.log import Hub
from guardia.webhooks.subscription import WebhookSubscription

LONGEST_QUERY = 500
Listener = WebhookSubscription | Hub


class NewHub(BaseModel):
    """Where events go, and which: ``eventType=…`` with commas; without a query all of them."""

    model_config = ConfigDict(extra="forbid")
    callback: str = Field(max_length=editing.LONGEST_URL)
    query: str | None = Field(None, max_length=LONGEST_QUERY)
    type: str | None = Field(None, alias="@type", max_length=200)
    base: str | None = Field(None, alias="@baseType", max_length=200)
    location: str | None = Field(None, alias="@schemaLocation", max_length=500)
    id: str | None = Field(None, max_length=200)


def format_of(version: TicketVersion) -> str:
    return f"tmf621{version.name}"


def written(asked: Asked, hub: Listener) -> dict[str, Any]:
    found = {"id": str(hub.pk), "callback": hub.url} | ({"query": hub.query} if hub.query else {})
    return found if asked.version.number == 4 else {"@type": "Hub", **found}


def answer(asked: Asked, body: object, status: int = 200) -> HttpResponse:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return finish(HttpResponse(content, status=status, content_type="application/json"), asked.request)


def hubs_of(asked: Asked) -> list[Listener]:
    """The operator's listeners, or the company's own, of this version of the standard."""
    if asked.is_operator:
        return list(log.hubs(format_of(asked.version)))
    with asked.caller.acting():
        return list(log.hubs_of_company(format_of(asked.version)))


def hub_called(asked: Asked, id: str) -> Listener:
    """Raises ProblemRaised (404)."""
    found = next((hub for hub in hubs_of(asked) if str(hub.pk) == id), None)
    if found is None:
        raise not_found(_("There is no listener with this id."), _("Register one by POST to hub."))
    return found


def list_hubs(asked: Asked) -> HttpResponse:
    return answer(asked, [written(asked, hub) for hub in hubs_of(asked)])


def read_hub(asked: Asked, id: str) -> HttpResponse:
    return answer(asked, written(asked, hub_called(asked, id)))


def create_hub(asked: Asked) -> HttpResponse:
    """Registered twice with the same address and query: 409, as TMF630 has it. Its events are signed besides."""
    sent = NewHub.model_validate(json_in(asked.request))
    query = (sent.query or "").replace("\0", "").strip()
    try:
        event_types_in(query)
    except ValueError as wrong:
        words = _("Send eventType= and one or more of: %(values)s.") % {"values": ", ".join(EVENT_TYPES)}
        raise of_fields({"query": [words]}) from wrong
    if any((hub.url, hub.query) == (sent.callback.strip(), query) for hub in hubs_of(asked)):
        raise conflict(_("This address listens already, with the same query."), _("Remove it first: DELETE hub."))
    try:
        made = registered(asked, sent.callback, query)
    except Unfit as unfit:
        named = {"callback" if name == "url" else name: [words] for name, words in unfit.problems.items()}
        raise of_fields(named) from unfit
    return answer(asked, written(asked, made), 201)


def registered(asked: Asked, callback: str, query: str) -> Listener:
    """Raises Unfit by field, ProblemRaised where whoever made a company's key is no contact any more."""
    code, at, customer_id = format_of(asked.version), now(), asked.caller.customer_id
    if customer_id is None:
        fields = {"name": name_of(asked, callback), "url": callback, "format": code, "with_texts": True}
        made, _secret = editing.add(fields, by=asked.caller.staff, at=at, query=query)
        return made
    name = f"TMF621 {asked.version.name} {asked.caller.key.name}"[: editing.LONGEST_NAME - 8]
    with asked.caller.acting():
        person = company_cases.person_of(asked.caller)
        whose = editing.CompanyListener(customer_id, person.pk, f"{name} {token_hex(3)}", callback, code, query)
        return editing.add_of_company(whose, at=at)


def name_of(asked: Asked, callback: str) -> str:
    """What it is called in the settings: the key, the host, and a number where that is taken."""
    try:
        host = urlsplit(callback).hostname or ""
    except ValueError:
        host = ""
    names = {one.name for one in log.subscriptions()}
    base = f"TMF621 {asked.version.name} {asked.caller.key.name} {host}"[: editing.LONGEST_NAME - 5].strip()
    return next(name for number in range(1, len(names) + 2) if (name := f"{base} {number}") not in names)


def delete_hub(asked: Asked, id: str) -> HttpResponse:
    found, customer_id = hub_called(asked, id), asked.caller.customer_id
    if customer_id is not None:
        with asked.caller.acting():
            person = company_cases.person_of(asked.caller)
            editing.remove_of_company(found.pk, customer_id, person.pk, at=now())
    elif hub := editing.locked(found.pk):
        editing.remove(hub, by=asked.caller.staff, at=now())
    return HttpResponse(status=204)
