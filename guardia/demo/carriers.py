"""Two carriers that were made up, and one ticket that is open at one of them as the demo opens."""

from datetime import datetime, timedelta
from typing import Any

from guardia.carriers import ticket_verbs
from guardia.carriers.carrier import Carrier, save_carrier
from guardia.carriers.ticket import CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import Opening, Said, ticket_in
from guardia.cases.case import Case
from guardia.demo.staffing import Team
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Stage

CARRIERS: tuple[dict[str, Any], ...] = (
    {
        "name": "Transporte Óptico Demo",
        "mailbox": "noc@optico.example.com",
        "phones": "+593 2 555 0190",
        "contacts": "1; NOC; +593 2 555 0190; noc@optico.example.com\n2; Jefatura de turno; +593 2 555 0191",
        "hours": "24 horas",
        "notes": "Piden el circuito, desde qué hora y si hay energía en el sitio.",
        "answer_minutes": "30",
        "restore_minutes": "240",
    },
    {
        "name": "Northern Cable Demo",
        "mailbox": "support@cable.example.net",
        "contacts": "1; Service desk; ; support@cable.example.net",
        "hours": "24 h, English",
        "language": "en",
        "answer_minutes": "60",
        "restore_minutes": "480",
    },
)


def carriers_at_work(team: Team, present: datetime) -> None:
    """The carriers, and a ticket for an incident that is under way; ``present`` is when the demo opens (UTC)."""
    first, *_others = [save_carrier(Carrier(), fields, at=present) for fields in CARRIERS]
    open_ones = Case.objects.filter(closed_at=None, desk="technical", stage=Stage.EXECUTION, is_complaint=False)
    found = open_ones.order_by("-opened_at").values_list("pk", flat=True).first()
    if found is not None:
        open_one(found, first, Actor.of_staff(team.engineers[0]), present)


def open_one(case_id: int, carrier: Carrier, by: Actor, present: datetime) -> CarrierTicket:
    """Opened a quarter of an hour ago, taken up by the carrier a little later, with its promise."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    begun = max(case.opened_at, present - timedelta(minutes=15))
    opening = Opening(carrier, "Sin luz en el puerto hacia el nodo; la potencia cayó de golpe.", circuit="TOD-1182")
    event = ticket_verbs.open_ticket(case, opening, by=by, at=begun, now=present)
    ticket = ticket_in(case, CarrierTicket.objects.get(pk=event.data["ticket"]))
    promised = present + timedelta(minutes=55)
    said = Said(TicketState.IN_PROGRESS, number="INC-30471", promise_at=promised, words="Cuadrilla en camino.")
    ticket_verbs.take_down(ticket, said, by=by, at=max(begun, present - timedelta(minutes=4)), now=present)
    return ticket
