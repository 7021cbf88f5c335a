"""Which tickets a list asks for, in which order and how much of each (TMF630): filters, pages, fields, JSONPath."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from guardia.cases.case import Case, Status
from guardia.cases.case_rows import cases_for_machines
from guardia.cases.number import parse
from guardia.config.keyset import CursorRefused, cursor_at, page_of
from guardia.people.shifts import TECHNICAL
from guardia.tmforum.ticket import INCIDENT, SEVERITIES, tickets_of
from guardia.tmforum.ticket_versions import TicketVersion
from guardia.web.api.tmforum.endpoint import Asked, finish
from guardia.web.api.tmforum.json_path import matches
from guardia.web.api.v2.form_schema import YEARS
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import ProblemRaised, of_fields

MOST, USUAL = 200, 50
MOST_FILTERED = 1_000
"""A JSONPath is looked for in so many tickets at most."""
MOST_COUNTED = LARGEST_OFFSET = 10_000
"""How many there are is counted so far, and a page begins so far from the first at most: beyond it there are filters,
and in version 5 cursors.
"""
PAGING = ("fields", "offset", "limit")
PAGING_V5 = (*PAGING, "before", "after", "sort", "filter")
SORTS = {"creationDate": ("opened_at", "id"), "-creationDate": ("-opened_at", "-id")}
NEWEST = "-creationDate"


def wrong(name: str, words: str) -> ProblemRaised:
    return of_fields({name: [words]})


# --- filters by attribute ---------------------------------------------------------------------------------------------
def parts_of(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()][:100]


def of_ids(value: str) -> dict[str, Any]:
    return {"number__in": [number for part in parts_of(value) if len(part) <= 40 and (number := parse(part))]}


def of_statuses(value: str) -> dict[str, Any]:
    if unknown := set(parts_of(value)) - set(Status.values) - {"rejected"}:
        known = ", ".join([*Status.values, "rejected"])
        raise wrong("status", _("Send one of: %(values)s.") % {"values": known} + f" ({', '.join(sorted(unknown))})")
    return {"status__in": parts_of(value)}


def of_severities(value: str) -> dict[str, Any]:
    asked = {part.lower() for part in parts_of(value)}
    return {"impact__in": [impact for impact, name in SEVERITIES.items() if name.lower() in asked]}


def of_kinds(value: str) -> dict[str, Any]:
    return {"desk__in": [TECHNICAL if part == INCIDENT else part for part in parts_of(value)]}


def of_references(value: str) -> dict[str, Any]:
    return {"customer_reference__in": parts_of(value)}


def of_services(value: str) -> dict[str, Any]:
    parts = parts_of(value)
    if all(part.isascii() and part.isdigit() and int(part) <= LARGEST_ID for part in parts):
        return {"service__in": [int(part) for part in parts]}
    return {"service__circuit__in": parts}


def of_companies(value: str) -> dict[str, Any]:
    numbers = [int(part) for part in parts_of(value) if part.isascii() and part.isdigit() and len(part) < 16]
    return {"customer__in": numbers}


def of_channels(value: str) -> dict[str, Any]:
    return {"source__in": parts_of(value)}


ATTRIBUTES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "id": of_ids,
    "status": of_statuses,
    "severity": of_severities,
    "ticketType": of_kinds,
    "externalId": of_references,
    "externalIdentifier.id": of_references,
    "relatedEntity.id": of_services,
    "relatedEntity.entity.id": of_services,
    "relatedParty.id": of_companies,
    "relatedParty.partyOrPartyRole.id": of_companies,
    "channel.id": of_channels,
}
HOURS = {"creationDate": "opened_at", "resolutionDate": "restored_at", "expectedResolutionDate": "next_due_at"}
COMPARED = ("gt", "gte", "lt", "lte")


def hour_in(name: str, value: str) -> datetime:
    """An aware hour. Raises ProblemRaised."""
    try:
        found = parse_datetime(value.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS[1:-1]:
        raise wrong(name, _("Send a time as ISO 8601 with its zone, such as 2026-11-28T02:00:00-05:00."))
    return found


def narrowing_of(asked: Asked) -> dict[str, Any]:
    """What the attributes in the address narrow, by column. Raises ProblemRaised for what is none of them."""
    found: dict[str, Any] = {}
    for name, sent in asked.request.GET.items():
        value = str(sent)
        base, _dot, comparison = name.rpartition(".")
        if name in (PAGING_V5 if asked.version.number == 5 else PAGING):
            continue
        if name in ATTRIBUTES:
            found |= ATTRIBUTES[name](value)
        elif base in HOURS and comparison in COMPARED:
            found[f"{HOURS[base]}__{comparison}"] = hour_in(name, value)
        elif name in HOURS:
            found[HOURS[name]] = hour_in(name, value)
        else:
            known = ", ".join([*ATTRIBUTES, *(f"{hour}.gte" for hour in HOURS)])
            raise wrong(name, _("Nothing can be filtered by this. There are: %(known)s.") % {"known": known})
    return found


# --- pages ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TicketPage:
    """The bodies of a page, how many there are in all (None: more than are counted), and the cursors beside it."""

    bodies: Sequence[dict[str, Any]]
    total: int | None
    following: str | None = None
    previous: str | None = None


def number_in(request: HttpRequest, name: str, otherwise: int, most: int) -> int:
    written = request.GET.get(name, "").strip()
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise wrong(name, _("Send a whole number."))
    if name == "offset" and int(written) > most:
        raise wrong(name, _("Send %(most)s or less.") % {"most": most})
    return min(int(written), most)


def list_tickets(asked: Asked) -> HttpResponse:
    """A bare array, newest first, with how many there are in its headers."""
    request, fields = asked.request, fields_in(asked)
    rows = cases_for_machines(of_company=asked.caller.customer_id, **narrowing_of(asked))
    page = filtered(asked, rows) if request.GET.get("filter") else by_rows(asked, rows)
    bodies = [only(body, fields) for body in page.bodies]
    content = json.dumps(bodies, ensure_ascii=False, separators=(",", ":"))
    response = finish(HttpResponse(content, content_type="application/json"), request)
    response["X-Result-Count"] = str(len(bodies))
    if page.total is not None:
        response["X-Total-Count"] = str(page.total)
    if links := links_of(asked, page):
        response["Link"] = links
    return response


def order_of(asked: Asked) -> tuple[str, ...]:
    written = asked.request.GET.get("sort", "") or NEWEST
    order = SORTS.get(written.lstrip("+ "))
    if order is None:
        raise wrong("sort", _("Send one of: %(values)s.") % {"values": ", ".join(SORTS)})
    return order


def written(asked: Asked, cases: Sequence[Case]) -> list[dict[str, Any]]:
    return [asked.version.written(ticket) for ticket in tickets_of(cases, internal=asked.is_operator)]


def by_rows(asked: Asked, rows: QuerySet[Case]) -> TicketPage:
    request, limit = asked.request, number_in(asked.request, "limit", USUAL, MOST)
    order, counted = order_of(asked), rows.order_by()[: MOST_COUNTED + 1].count()
    total = counted if counted <= MOST_COUNTED else None
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if before and after:
        raise wrong("before", _("Send one of: %(values)s.") % {"values": "before, after"})
    try:
        if not limit:
            return TicketPage([], total)
        if before:
            found, further = page_of(rows, reversed_order(order), before, limit)
            forth = cursor_at(order, found[0]) if found else None
            return TicketPage(written(asked, found[::-1]), total, following=forth, previous=further)
        offset = number_in(request, "offset", 0, LARGEST_OFFSET)
        if after or not offset:
            found, further = page_of(rows, order, after, limit)
            back = cursor_at(reversed_order(order), found[0]) if after and found else None
            return TicketPage(written(asked, found), total, following=further, previous=back)
    except CursorRefused as refused:
        words = _("This cursor does not belong to this list. Ask for the first page again, without a cursor.")
        raise wrong("before" if before else "after", words) from refused
    return TicketPage(written(asked, list(rows.order_by(*order)[offset : offset + limit])), total)


def reversed_order(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part[1:] if part.startswith("-") else f"-{part}" for part in order)


def filtered(asked: Asked, rows: QuerySet[Case]) -> TicketPage:
    """The tickets that a JSONPath finds something in, among a thousand at most. Raises ProblemRaised beyond that."""
    request, path = asked.request, asked.request.GET["filter"]
    limit, offset = number_in(request, "limit", USUAL, MOST), number_in(request, "offset", 0, LARGEST_OFFSET)
    if request.GET.get("before") or request.GET.get("after"):
        raise wrong("filter", _("Page through what is filtered with offset and limit."))
    found = list(rows.order_by(*order_of(asked))[: MOST_FILTERED + 1])
    if len(found) > MOST_FILTERED:
        words = _("More than %(count)s tickets would be looked through. Narrow them by an attribute, such as %(such)s.")
        raise wrong("filter", words % {"count": MOST_FILTERED, "such": "creationDate.gte"})
    bodies = [body for body in written(asked, found) if matches(path, body)]
    return TicketPage(bodies[offset : offset + limit], len(bodies))


def links_of(asked: Asked, page: TicketPage) -> str:
    """The pages beside this one, where the version has cursors (RFC 8288)."""
    if asked.version.number != 5:
        return ""
    links = []
    for relation, name, cursor in (("next", "after", page.following), ("prev", "before", page.previous)):
        if cursor:
            query = asked.request.GET.copy()
            for other in ("before", "after", "offset"):
                query.pop(other, None)
            query[name] = cursor
            links.append(f'<{asked.version.root}/troubleTicket?{query.urlencode()}>; rel="{relation}"')
    return ", ".join(links)


# --- fields -----------------------------------------------------------------------------------------------------------
ALWAYS = ("id", "href", "@type")
NAMES = (
    *("id", "href", "name", "description", "severity", "ticketType", "status", "statusChangeDate"),
    *("statusChangeReason", "creationDate", "lastUpdate", "expectedResolutionDate", "resolutionDate", "channel"),
    *("note", "attachment", "relatedParty", "relatedEntity", "troubleTicketCharacteristic", "priority"),
    *("requestedResolutionDate", "troubleTicketRelationship", "@type", "@baseType", "@schemaLocation"),
)


def names_of(version: TicketVersion) -> set[str]:
    more = {"troubleTicketSpecification"} if version.number == 5 else set()
    return {*NAMES, version.history, version.external} | more


def fields_in(asked: Asked) -> set[str]:
    """The attributes that are asked for; none: all. Raises ProblemRaised for what is none of the standard's."""
    chosen = {name.strip() for name in asked.request.GET.get("fields", "").split(",") if name.strip()}
    if unknown := sorted(chosen - names_of(asked.version) - {"none"}):
        known = ", ".join(sorted(names_of(asked.version)))
        words = _("There is no such field: %(names)s. There are: %(known)s.")
        raise wrong("fields", words % {"names": ", ".join(unknown)[:200], "known": known})
    return chosen


def only(body: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    """The ticket with these attributes alone, and what names it."""
    return {name: value for name, value in body.items() if name in fields or name in ALWAYS} if fields else body
