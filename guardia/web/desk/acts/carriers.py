"""W1 at the desk: a ticket at a carrier is opened, asked after, and what the carrier says of it is taken down."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.carriers import ticket_verbs
from guardia.carriers.carrier import carriers_offered
from guardia.carriers.ticket import CarrierTicket, TicketState, ticket_choices, ticket_to_read
from guardia.carriers.ticket_verbs import Opening, Said, ticket_in
from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose
from guardia.web.desk.acts.case_act import words as one_line
from guardia.web.shared.act import Doing

RUNS, WAITS = "runs", "waits"
CUSTOMERS_CLOCK = [(RUNS, _("no, it goes on")), (WAITS, _("yes, it waits for them"))]


class OpeningForm(ActForm):
    carrier: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Third party"), empty_label=_("choose a third party")
    )
    circuit = one_line(_("Circuit there"), required=False, limit=80)
    symptoms = prose(_("What we see (they read it)"), rows=3)
    wanted_at = hour(_("Restoration requested by"), ahead=True)
    number = one_line(_("Its ticket, if it gave one already"), required=False, limit=80)
    clock = one_of(_("The customer's clock waits"), CUSTOMERS_CLOCK, initial=RUNS)
    reason = prose(_("Why it waits (the customer reads it)"), required=False)
    proof = one_line(_("Proof"), required=False, limit=300)
    again_at = hour(_("When we ask again, while nothing is promised"), ahead=True)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].queryset = carriers_offered()  # type: ignore[attr-defined]


class TicketField(forms.ModelChoiceField):
    """A ticket as one tells it from another: at whom, by which number."""

    def label_from_instance(self, ticket: CarrierTicket) -> str:
        state = TicketState(ticket.state).label
        return " · ".join(part for part in (ticket.carrier.name, str(ticket), ticket.circuit, str(state)) if part)


class TicketForm(ActForm):
    """About one of the case's tickets."""

    ticket = TicketField(None, label=_("Ticket"), empty_label=None)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ticket"].queryset = self.offered()  # type: ignore[attr-defined]

    def offered(self) -> QuerySet[CarrierTicket]:
        return ticket_choices(self.case.pk)


class AskForm(TicketForm):
    words = prose(_("What else to ask (they read it)"), required=False)


class SaidForm(TicketForm):
    state = forms.ChoiceField(label=_("Its state there"), choices=TicketState.choices, initial=TicketState.IN_PROGRESS)
    number = one_line(_("Its number there"), required=False, limit=80)
    promise_at = hour(_("It promises by"), later=True)
    words = prose(_("What was said"), required=False)
    at = hour(_("Said at (empty: now)"))
    clock = one_of(_("The customer's clock waits"), CUSTOMERS_CLOCK, initial=RUNS, required=False)
    reason = prose(_("Why it waits (the customer reads it)"), required=False)
    proof = one_line(_("Proof"), required=False, limit=300)


def open_ticket(doing: Doing[Case]) -> Event | None:
    given = {name: one for name, one in doing.fields.items() if name in Opening.__dataclass_fields__}
    opening = Opening(waits=doing.fields["clock"] == WAITS, **given)
    return ticket_verbs.open_ticket(doing.on, opening, **doing.when)


def ask(doing: Doing[Case]) -> Event | None:
    ticket = ticket_in(doing.on, doing.fields["ticket"])
    return ticket_verbs.ask_for_news(ticket, doing.fields["words"], **doing.when)


def take_down(doing: Doing[Case]) -> Event | None:
    fields = doing.fields
    said = Said(
        TicketState(fields["state"]),
        number=fields["number"],
        promise_at=fields["promise_at"],
        words=fields["words"],
        waits=fields["clock"] == WAITS,
        reason=fields["reason"],
        proof=fields["proof"],
    )
    return ticket_verbs.take_down(ticket_in(doing.on, fields["ticket"]), said, **doing.when)


def known_ticket(case: Case, staff: Staff) -> dict:
    return {"ticket": ticket_choices(case.pk).first()}


def known_state(case: Case, staff: Staff) -> dict:
    """The ticket that waits to be read first, else the newest, with its number; a mail just received says more."""
    ticket = ticket_to_read(case.pk)
    return {"ticket": ticket, "number": ticket.number if ticket else ""}


CARRIER_ACTS = (
    CaseAct(
        "tercero",
        _("Open a ticket at a third party"),
        OpeningForm,
        open_ticket,
        button=_("Open it and send it"),
        template="desk/acts/_carrier_ticket.html",
        asks=_(
            "An email with our reference leaves for its mailbox, or the ticket for its interface, which needs the "
            "circuit. The customer reads only the wait, if there is one."
        ),
        consequence=_("Writes to the third party; the company is notified only if its clock waits"),
    ),
    CaseAct(
        "tercero-dice",
        _("What the third party says"),
        SaidForm,
        take_down,
        button=_("Record it"),
        template="desk/acts/_carrier_said.html",
        known=known_state,
        asks=_(
            "State, number and next promise as they gave them. A promise moves the clock that follows them up; once "
            "it is resolved, the wait ends."
        ),
        consequence=_("The company is notified only if its clock begins to wait, or goes on"),
        after_closing=True,
    ),
    CaseAct(
        "tercero-novedades",
        _("Ask the third party for news"),
        AskForm,
        ask,
        button=_("Send"),
        known=known_ticket,
        asks=_("A prepared email leaves for its mailbox, or a note for its interface, with both ticket numbers."),
        consequence=_("Writes to the third party; nobody of the company is notified"),
    ),
)
