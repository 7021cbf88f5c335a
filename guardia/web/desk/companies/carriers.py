"""The carriers, and the page of one: contacts, targets, what it works on now, and what it kept of its promises."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.carriers.carrier import Carrier, Route, every_carrier
from guardia.carriers.carrier_connection import CarrierConnection, connection_of, connections_by_carrier
from guardia.carriers.ticket import (
    CarrierTicket,
    TicketState,
    late_tickets,
    open_counts,
    open_tickets_of,
    unread_tickets,
)
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.people.policy import Right, may
from guardia.reports.carrier_quarters import CarrierQuarter, carrier_quarters
from guardia.web.desk.clock import hour, stood
from guardia.web.desk.companies.carrier_interface import standing_of
from guardia.web.desk.companies.frame import customers_page, language_choices, member, needs
from guardia.web.desk.page import case_href
from guardia.web.shared.reach import tel

MOST_TICKETS = 50


@needs(Right.SEE_DESK)
def carriers(request: HttpRequest) -> HttpResponse:
    """Those there are; above them what has been answered and not looked at, and the promises that have passed."""
    at, opened, interfaces = now(), open_counts(), connections_by_carrier()
    unread = unread_tickets(MOST_TICKETS)
    late = [ticket for ticket in late_tickets(at, MOST_TICKETS) if ticket.unread_since is None]
    context = {
        "rows": [
            {**row_of(one), **interface_of(interfaces.get(one.pk), at), "open": opened.get(one.pk, 0)}
            for one in every_carrier()
        ],
        "unread": ticket_rows(unread, at),
        "late": ticket_rows(late, at),
        "may_edit": may_edit(request),
    }
    return customers_page(request, "carriers", context, tab="carriers")


@needs(Right.SEE_DESK)
def carrier(request: HttpRequest, carrier_id: int) -> HttpResponse:
    found, at = get_object_or_404(Carrier, pk=carrier_id), now()
    context = {
        "row": {**row_of(found), **interface_of(connection_of(found.pk), at)},
        "language": dict(language_choices()).get(found.language, found.language),
        "contacts": [{**one, "spoken": spoken(one["phone"]), "dials": tel(one["phone"])} for one in found.contacts],
        "phones": [(spoken(number), tel(number)) for number in found.phones],
        "tickets": ticket_rows(open_tickets_of(found, MOST_TICKETS), at),
        "quarters": [quarter_row(one) for one in carrier_quarters(found, at)],
        "may_edit": may_edit(request),
    }
    return customers_page(request, "carrier", context, tab="carriers")


def may_edit(request: HttpRequest) -> bool:
    return may(member(request), Right.EDIT_CUSTOMERS)


def row_of(found: Carrier) -> dict[str, Any]:
    return {
        "carrier": found,
        "href": reverse("carrier", args=[found.pk]),
        "route": str(Route(found.route).label),
        "answers": minutes_in_words(found.answer_minutes),
        "restores": minutes_in_words(found.restore_minutes),
    }


def interface_of(known: CarrierConnection | None, at: datetime) -> dict[str, str]:
    """How its interface stands; nothing of it where there is none."""
    return {f"interface_{name}": words for name, words in standing_of(known, at).items()}


def minutes_in_words(minutes: int | None) -> str:
    return stood(timedelta(minutes=minutes)) if minutes else ""


def ticket_rows(tickets: Sequence[CarrierTicket], at: datetime) -> list[dict[str, Any]]:
    """A row for each ticket, which leads to its place on the page of its case."""
    return [
        {
            "carrier": ticket.carrier.name,
            "number": str(ticket),
            "case": ticket.case.display_number,
            "company": ticket.case.customer.name,
            "href": f"{case_href(ticket.case)}#ticket-{ticket.pk}",
            "state": str(TicketState(ticket.state).label),
            "opened": hour(ticket.opened_at, at),
            "promise": hour(ticket.promise_at, at) if ticket.promise_at else "",
            "unread": hour(ticket.unread_since, at) if ticket.unread_since else "",
            "is_late": ticket.is_late(at),
        }
        for ticket in tickets
    ]


def quarter_row(one: CarrierQuarter) -> dict[str, Any]:
    """The figures of a quarter as they are read: “3 of 4”; a dash where nothing was owed."""
    return {
        "name": _("Q%(quarter)d %(year)d") % {"quarter": one.quarter, "year": one.year},
        "opened": one.opened,
        "answered": of_all(one.answered, one.answer_owed),
        "kept": of_all(one.kept, one.promises),
        "restored": of_all(one.restored, one.restore_owed),
        "promised": stood(one.promised) if one.promised is not None else "–",
        "real": stood(one.real) if one.real is not None else "–",
        "reopened": one.reopened,
        "silent": one.silent,
    }


def of_all(kept: int, owed: int) -> str:
    return _("%(kept)d of %(owed)d") % {"kept": kept, "owed": owed} if owed else "–"
