"""What is done to a ticket: each change is a verb of the desk, or of the portal for a company's own key."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case, Status
from guardia.cases.case_rows import cases_for_machines
from guardia.cases.verbs import Event
from guardia.config.now import now
from guardia.config.sql_rows import take_turn
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.customers.lookup import active_service, services_of_circuit
from guardia.intake import customer_acts
from guardia.people.shifts import TECHNICAL
from guardia.tmforum.ticket import INCIDENT
from guardia.web.api.tmforum.endpoint import Asked, conflict
from guardia.web.api.tmforum.ticket_bodies import NewTicketFacts
from guardia.web.api.tmforum.ticket_patch import TicketChanges
from guardia.web.api.v2 import case_acts, cases, company_cases
from guardia.web.api.v2.case_answer import etag_of
from guardia.web.api.v2.operations import must_match
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import FieldProblem, ProblemRaised, of_fields
from guardia.web.desk.acts import ACTS

CALLED = {
    "symptoms": "description",
    "impact": "severity",
    "service": "relatedEntity",
    "circuit": "relatedEntity",
    "desk": "ticketType",
    "texto": "description",
    "servicio": "relatedEntity",
    "reporter_name": "relatedParty",
    "customer_reference": "externalId",
    "reason": "statusChangeReason",
    "what": "statusChangeReason",
    "solution": "statusChangeReason",
    "text": "note",
}
"""What the fields of the forms are called in a ticket."""
Steps = Iterator[tuple[str, dict[str, Any]]]
PortalVerb = Callable[[Case, Contact, datetime], Event | None]


def in_words_of_a_ticket(raised: ProblemRaised) -> ProblemRaised:
    """The same refusal, with the names that its fields have in a ticket."""
    raised.problem.errors = [
        FieldProblem(field=CALLED.get(one.field, one.field), detail=one.detail) for one in raised.problem.errors
    ]
    return raised


# --- opening ----------------------------------------------------------------------------------------------------------
def opened(asked: Asked, new: NewTicketFacts) -> Case | WrittenRequest:
    """The case; for a company's own key the report, which gets its number once somebody has taken it (P1, P2).

    The same number of the caller once more is the same ticket. Raises ProblemRaised.
    """
    try:
        return opened_by_desk(asked, new) if asked.is_operator else reported(asked, new)
    except ProblemRaised as raised:
        raise in_words_of_a_ticket(raised) from raised


def opened_by_desk(asked: Asked, new: NewTicketFacts) -> Case:
    if new.kind != INCIDENT:
        words = _("Send one of: %(values)s.") % {"values": INCIDENT}
        raise of_fields(
            {"ticketType": [words + " " + _("A request of another desk is taken by POST /api/v2/requests.")]}
        )
    service = service_called(new.service)
    if new.reference:
        take_turn(f"ticket {service.customer_id} {new.reference}")
        rows = cases_for_machines(customer_id=service.customer_id, customer_reference=new.reference)
        if same := rows.order_by("id").first():
            if same.service_id != service.pk:
                raise conflict(
                    _("Ticket %(number)s has this number of yours already.") % {"number": same.number},
                    _("Send another number, or change that ticket."),
                )
            return same
    facts = {"service": service.pk, "symptoms": new.description, "impact": new.impact, "source": "portal"}
    facts |= {"reporter_name": new.reporter} if new.reporter else {}
    case = cases.opened(facts, None, asked.caller.staff, now())
    first = TicketChanges(reference=new.reference or None, notes=new.notes)
    for slug, sent in steps_of_desk(case.status, first):
        case_acts.acted(asked.caller, str(case.number), ACTS[slug], sent, unchecked)
    return case


def service_called(written: str) -> Service:
    """The active service of this circuit or id, the circuit first. Raises ProblemRaised."""
    found = services_of_circuit(written) if written else []
    if not found and written.isascii() and written.isdigit() and len(written) < 16:
        by_id = active_service(written)
        found = [by_id] if by_id else []
    if len(found) != 1:
        words = _("There is no active service with this circuit or id, or more than one. Send the id of one.")
        raise of_fields({"relatedEntity": [words if written else _("Say which service fails: its circuit or its id.")]})
    return found[0]


def reported(asked: Asked, new: NewTicketFacts) -> Case | WrittenRequest:
    """In the name of whoever made the key, by the portal's own verb."""
    if new.reference:
        rows = cases_for_machines(of_company=asked.caller.customer_id, customer_reference=new.reference)
        if same := rows.order_by("id").first():
            return same
    desk = TECHNICAL if new.kind == INCIDENT else new.kind
    is_id = new.service.isascii() and new.service.isdigit() and 0 < int(new.service) <= LARGEST_ID
    with asked.caller.acting():
        sent = {"circuit": new.service or None, "symptoms": "\n".join([new.description, *new.notes]), "desk": desk}
        impact = new.impact if desk == TECHNICAL else None
        body = company_cases.CompanyReport.model_validate({**sent, "impact": impact})
        try:
            return company_cases.reported(asked.caller, body, new.reference)
        except ProblemRaised:
            if not is_id:
                raise
        body = body.model_copy(update={"circuit": None, "service": int(new.service)})
        return company_cases.reported(asked.caller, body, new.reference)


# --- changing ---------------------------------------------------------------------------------------------------------
def changed(asked: Asked, case: Case, changes: TicketChanges) -> Case:
    """The case as it stands once all of this is done; one that is refused leaves nothing done. Raises ProblemRaised."""
    must_match(asked.request, etag_of(case))
    try:
        if asked.is_operator:
            for slug, sent in steps_of_desk(case.status, changes):
                case, _event = case_acts.acted(asked.caller, str(case.number), ACTS[slug], sent, matching(asked, case))
            return case
        with asked.caller.acting():
            for name, verb in steps_of_company(asked, case.status, changes):
                case, _event = company_cases.acted(asked.caller, str(case.number), name, verb, matching(asked, case))
        return case
    except ProblemRaised as raised:
        raise in_words_of_a_ticket(raised) from raised


def unchecked(_case: Case) -> None:
    """For what was opened in this very request."""


def matching(asked: Asked, read: Case) -> Callable[[Case], None]:
    """Whoever sent ``If-Match`` changes the case as it was read, or not at all."""

    def check(locked: Case) -> None:
        if asked.request.headers.get("If-Match", "").strip() not in ("", "*") and locked.seq != read.seq:
            must_match(asked.request, etag_of(locked))

    return check


def steps_of_desk(status: str, changes: TicketChanges) -> Steps:
    """The acts of the desk, in their order, each with the fields of its form."""
    if changes.reference is not None:
        yield "datos", {"customer_reference": changes.reference}
    if changes.impact:
        yield "impacto", {"impact": changes.impact}
    for words in changes.notes:
        yield "nota", {"text": words}
    if changes.status and changes.status != status:
        yield step_of_status(status, changes)


def step_of_status(status: str, changes: TicketChanges) -> tuple[str, dict[str, Any]]:
    reason, wanted = changes.reason, changes.status
    if wanted == Status.CANCELLED:
        return "anular", {"reason": reason}
    if wanted == Status.RESOLVED and status in (Status.ACKNOWLEDGED, Status.IN_PROGRESS):
        return "restablecido", {"solution": reason}
    if wanted == Status.CLOSED and status == Status.RESOLVED:
        return "cierre", {}
    if wanted == Status.IN_PROGRESS and status == Status.RESOLVED:
        return "reincidencia", {"what": reason}
    if wanted == Status.IN_PROGRESS and status == Status.CLOSED:
        return "reabrir", {"what": reason}
    raise conflict(
        _("A ticket does not pass from %(now)s to %(wanted)s this way.") % {"now": status, "wanted": wanted},
        _("Its stages are worked through at the desk or by /api/v2 (diagnose, hold, resume, confirm)."),
        "P3" if wanted == Status.IN_PROGRESS else "W1" if wanted in (Status.PENDING, Status.HELD) else "",
    )


def steps_of_company(asked: Asked, status: str, changes: TicketChanges) -> Iterator[tuple[str, PortalVerb]]:
    """What the portal's buttons do, in their order. Raises ProblemRaised for what a company does not do."""
    if changes.impact:
        raise conflict(_("How the service is, the desk puts down."), _("Write it as a note."), "P2")
    if changes.reference is not None:
        must_have(asked, "cases.note")
        reference = changes.reference
        yield "referencia", lambda case, who, at: customer_acts.give_reference(case, who, reference, at=at)
    for words in changes.notes:
        must_have(asked, "cases.note")
        yield "escribir", portal_note(words)
    if changes.status and changes.status != status:
        must_have(asked, "cases.confirm")
        yield portal_step(status, changes)


def portal_note(words: str) -> PortalVerb:
    return lambda case, who, at: customer_acts.write(case, who, words, at=at)


def portal_step(status: str, changes: TicketChanges) -> tuple[str, PortalVerb]:
    reason, wanted = changes.reason, changes.status
    if wanted == Status.CLOSED and status == Status.RESOLVED:
        return "funciona", lambda case, who, at: customer_acts.works(case, who, "", "", at=at)
    if wanted == Status.IN_PROGRESS and status == Status.RESOLVED:
        return "no-funciona", lambda case, who, at: customer_acts.does_not_work(case, who, reason, at=at)
    if wanted == Status.IN_PROGRESS and status == Status.CLOSED:
        return "reabrir", lambda case, who, at: customer_acts.reopen(case, who, reason, None, at=at)
    remedy = _("You may accept what is resolved (closed), or say that it fails again (inProgress, with a reason).")
    if wanted == Status.CANCELLED:
        remedy = _("Ask for it in a note: the desk cancels a ticket, with the reason.")
    title = _("A ticket does not pass from %(now)s to %(wanted)s this way.") % {"now": status, "wanted": wanted}
    raise conflict(title, remedy, "P5" if status == Status.RESOLVED else "")


def must_have(asked: Asked, scope: str) -> None:
    """Raises ProblemRaised (403)."""
    if not asked.caller.allows(scope):
        raise ProblemRaised(
            403,
            _("This key is not for %(operation)s.") % {"operation": scope},
            _("Ask an administrator for a key with this scope: %(scope)s.") % {"scope": scope},
        )
