"""A lenient address for TM Forum's public test kit (R18), which sends no key and values that no version allows.

It acts by the key that the setting TMF621_KIT names, for the circuit named there. Nobody but this very machine reaches
it, without a proxy between, and only where PUBLIC_URL is this machine too; elsewhere there is no such address.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from guardia.cases.case import Case
from guardia.cases.case_rows import cases_for_machines
from guardia.config.now import now
from guardia.people import api_key
from guardia.people.egress import is_loopback
from guardia.procedure.vocabulary import Impact
from guardia.tmforum.ticket import IMPACTS, INCIDENT, tickets_of
from guardia.tmforum.ticket_versions import V4
from guardia.web.api.tmforum.endpoint import Asked, fields_of
from guardia.web.api.tmforum.errors import error_of, missing
from guardia.web.api.tmforum.ticket_acts import changed, opened_by_desk, service_called
from guardia.web.api.tmforum.ticket_bodies import MERGE_PATCH, NewTicketFacts, json_in
from guardia.web.api.tmforum.ticket_patch import TicketChanges, new_notes
from guardia.web.api.tmforum.tickets import case_of
from guardia.web.api.v2.caller import Caller
from guardia.web.api.v2.json_body import JSON
from guardia.web.api.v2.problems import ProblemRaised, of_fields

NEEDED = ("description", "severity", "ticketType")
OF_ITS_OWN = ("severity", "ticketType")
"""Answered and filtered as they were sent, though no version has such values: a note of the case has them, as JSON."""
MOST = 1_000
View = Callable[..., HttpResponse]


def request_of_kit(request: HttpRequest) -> Asked | None:
    """Who asks, where the address is on and this very machine asks; None elsewhere."""
    client_id, _space, circuit = settings.TMF621_KIT.partition(" ")
    is_here = is_loopback(request.META.get("REMOTE_ADDR", "")) and getattr(request, "came_direct", False)
    if not (client_id and circuit and is_here and is_loopback(urlsplit(settings.PUBLIC_URL).hostname or "")):
        return None
    key = api_key.of_operator(client_id, now())
    return Asked(request, Caller(key, 0, 0), V4) if key else None


def leniently(view: View) -> View:
    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **of_address: Any) -> HttpResponse:
        asked = request_of_kit(request)
        if asked is None:
            return missing(request)
        try:
            return view(asked, **of_address)
        except ProblemRaised as raised:
            return error_of(request, raised)
        except ValidationError as wrong:
            return error_of(request, of_fields(fields_of(wrong)))

    return answered


@leniently
def tickets(asked: Asked) -> HttpResponse:
    """The list of what was opened here, not in pages; or a new ticket."""
    if asked.request.method == "POST":
        new = opened_by_desk(asked, new_ticket(asked))
        return answer(asked, written(asked, [case_of(asked, str(new.number))])[0], 201)
    if asked.request.method != "GET":
        return missing(asked.request)
    cases = cases_for_machines(service=service_called(circuit_of_kit()).pk).order_by("-id")[:MOST]
    names = {name: value for name, value in asked.request.GET.items() if name not in ("fields", "offset", "limit")}
    found = [
        body
        for body in written(asked, list(cases))
        if values_sent(body) and all(str(body.get(name)) == value for name, value in names.items())
    ]
    return answer(asked, found)


@leniently
def ticket(asked: Asked, id: str) -> HttpResponse:
    case = case_of(asked, id)
    if not isinstance(case, Case) or asked.request.method not in ("GET", "PATCH"):
        return missing(asked.request)
    if asked.request.method == "PATCH":
        sent = object_in(asked, (JSON, MERGE_PATCH))
        notes = new_notes(sent["note"], written(asked, [case])[0]) if "note" in sent else []
        severity = str(sent.get("severity", "")).lower()
        notes = own_values(sent) + notes
        case = changed(asked, case, TicketChanges(impact=str(IMPACTS.get(severity, "")), notes=notes))
        case = case_of(asked, str(case.number))
        assert isinstance(case, Case)
    return answer(asked, written(asked, [case])[0])


def object_in(asked: Asked, kinds: tuple[str, ...] = (JSON,)) -> dict[str, Any]:
    sent = json_in(asked.request, kinds)
    if not isinstance(sent, dict):
        raise of_fields({"body": [_("Send a JSON object as UTF-8.")]})
    return sent


def new_ticket(asked: Asked) -> NewTicketFacts:
    """What the kit insists on, and nothing more: three attributes, and that a list is one."""
    sent = object_in(asked)
    wrong = {name: [_("This is missing.")] for name in NEEDED if not isinstance(sent.get(name), str)}
    wrong |= {name: [_("Send a list.")] for name in ("note", "attachment") if not isinstance(sent.get(name, []), list)}
    if wrong:
        raise of_fields(wrong)
    notes = [note.get("text") for note in sent.get("note", ()) if isinstance(note, dict)]
    return NewTicketFacts(
        description=sent["description"],
        impact=str(IMPACTS.get(sent["severity"].lower(), Impact.DOWN)),
        kind=INCIDENT,
        service=circuit_of_kit(),
        notes=own_values(sent) + [words for words in notes if isinstance(words, str) and words],
    )


def own_values(sent: dict[str, Any]) -> list[str]:
    """The note that keeps them, or none where none was sent."""
    found = {name: sent[name] for name in OF_ITS_OWN if isinstance(sent.get(name), str)}
    return [json.dumps(found, ensure_ascii=False)] if found else []


def written(asked: Asked, cases: list[Any]) -> list[dict[str, Any]]:
    bodies = [V4.written(one) for one in tickets_of(cases, internal=True)]
    return [body | values_sent(body) for body in bodies]


def values_sent(body: dict[str, Any]) -> dict[str, str]:
    """The values that the kit sent, those that it sent last; none of a ticket that was opened in another way."""
    found: dict[str, str] = {}
    for note in body.get("note", ()):
        try:
            kept = json.loads(note["text"])
        except ValueError:
            continue
        if isinstance(kept, dict):
            found |= {name: kept[name] for name in OF_ITS_OWN if isinstance(kept.get(name), str)}
    return found


def circuit_of_kit() -> str:
    return settings.TMF621_KIT.partition(" ")[2].strip()


def answer(asked: Asked, body: Any, status: int = 200) -> HttpResponse:
    """With ``fields`` only these, without what names the ticket."""
    names = {name.strip() for name in asked.request.GET.get("fields", "").split(",") if name.strip()}
    if names:
        rows = [
            {name: row[name] for name in row if name in names} for row in (body if isinstance(body, list) else [body])
        ]
        body = rows if isinstance(body, list) else rows[0]
    content = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(content, status=status, content_type="application/json")
    if isinstance(body, list):
        response["X-Total-Count"] = response["X-Result-Count"] = str(len(body))
    return response
