"""Listeners of a partner (TMF630): each is a webhook, whose events leave in the format of its version."""

import json
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
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import not_found, of_fields
from guardia.webhooks import editing, log
from guardia.webhooks.subscription import WebhookSubscription

LONGEST_QUERY = 500


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


def written(asked: Asked, hub: WebhookSubscription) -> dict[str, Any]:
    found = {"id": str(hub.pk), "callback": hub.url} | ({"query": hub.query} if hub.query else {})
    return found if asked.version.number == 4 else {"@type": "Hub", **found}


def answer(asked: Asked, body: object, status: int = 200) -> HttpResponse:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return finish(HttpResponse(content, status=status, content_type="application/json"), asked.request)


def hub_called(asked: Asked, id: str) -> WebhookSubscription:
    """Raises ProblemRaised (404)."""
    pk = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else 0
    found = log.hub_of_id(min(pk, LARGEST_ID), format_of(asked.version))
    if found is None:
        raise not_found(_("There is no listener with this id."), _("Register one by POST to hub."))
    return found


def list_hubs(asked: Asked) -> HttpResponse:
    return answer(asked, [written(asked, hub) for hub in log.hubs(format_of(asked.version))])


def read_hub(asked: Asked, id: str) -> HttpResponse:
    return answer(asked, written(asked, hub_called(asked, id)))


def create_hub(asked: Asked) -> HttpResponse:
    """Registered twice with the same address and query: 409, as TMF630 has it. Its events are signed besides."""
    sent, code = NewHub.model_validate(json_in(asked.request)), format_of(asked.version)
    query = (sent.query or "").replace("\0", "").strip()
    try:
        event_types_in(query)
    except ValueError as wrong:
        words = _("Send eventType= and one or more of: %(values)s.") % {"values": ", ".join(EVENT_TYPES)}
        raise of_fields({"query": [words]}) from wrong
    if any((hub.url, hub.query) == (sent.callback.strip(), query) for hub in log.hubs(code)):
        raise conflict(_("This address listens already, with the same query."), _("Remove it first: DELETE hub."))
    fields = {"name": name_of(asked, sent.callback), "url": sent.callback, "format": code, "with_texts": True}
    try:
        made, _secret = editing.add(fields, by=asked.caller.staff, at=now(), query=query)
    except Unfit as unfit:
        named = {"callback" if name == "url" else name: [words] for name, words in unfit.problems.items()}
        raise of_fields(named) from unfit
    return answer(asked, written(asked, made), 201)


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
    hub = editing.locked(hub_called(asked, id).pk)
    if hub is not None:
        editing.remove(hub, by=asked.caller.staff, at=now())
    return HttpResponse(status=204)
