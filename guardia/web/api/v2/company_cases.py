"""Cases for a company's own key: what its people see and may do in the portal, by the portal's own functions.

Each view is called under the row policies of the company, to read; what it does, it does as whoever made the key.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import Field

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.case_rows import cases_for_machines, clocks_of
from guardia.cases.event import CaseEvent
from guardia.cases.facts import OWED
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.number import parse
from guardia.cases.queries import case_with_place, id_of_number
from guardia.cases.refusals import ActsTooOften
from guardia.cases.verbs import Event
from guardia.clocks.clock import registration_due
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.lookup import service_of_circuit
from guardia.intake import customer_acts, portal_requests
from guardia.notices.wording.hours import hours_of
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import ActorKind
from guardia.procedure import version as versions
from guardia.reports.company_cases import events_of
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.case_answer import etag_of, iso, no_such_case
from guardia.web.api.v2.company_answer import (
    CompanyCase,
    CompanyCasePage,
    CompanyClocks,
    CompanyDone,
    CompanyEvent,
    CompanyEventPage,
    CompanyReportAnswer,
    CompanyWait,
    clock_written,
    written,
)
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.operations import OfCompany, must_match, respond
from guardia.web.api.v2.pages import LARGEST_ID, answer_page
from guardia.web.api.v2.problems import ProblemRaised, of_fields, of_refusal
from guardia.web.portal import case_clock, case_story
from guardia.web.shared.act import Refusal, attempt

READ = "cases.read"
COUNTED_SECONDS = int(customer_acts.COUNTED_FOR.total_seconds())


# --- a case -----------------------------------------------------------------------------------------------------------
def case_called(number: str) -> Case:
    """The company's case of this number, with or without its dashes. Raises ProblemRaised (404)."""
    digits = parse(number) if len(number) <= 40 else None
    found = id_of_number(digits) if digits else None
    case = case_with_place(found) if found else None
    if case is None:
        raise no_such_case()
    return case


def read_case(request: HttpRequest, number: str, fields: str) -> HttpResponse:
    case = case_called(number)
    return respond(written(case), etag=etag_of(case), fields=fields, request=request)


SORTS = {"-number": ("-id",), "number": ("id",)}
OF_OPERATOR = ("assigned", "carrier_reference", "due_from", "due_before")


def list_cases(
    request: HttpRequest, cursor: str, limit: int, fields: str, sort: str, *, company: int | None, **narrowing: Any
) -> HttpResponse:
    own = caller_of(request).customer_id
    asked = [name for name in OF_OPERATOR if narrowing.pop(name) is not None]
    if sort not in SORTS:
        asked.append("sort")
    if company not in (None, own):
        asked.append("company")
    if asked:
        raise of_fields({name: [_("A company's own key cannot ask for this.")] for name in asked})
    rows = cases_for_machines(of_company=own, **columns_of(narrowing))
    return answer_page(request, rows, SORTS[sort], written, cursor=cursor, limit=limit, fields=fields)


def columns_of(narrowing: dict[str, Any]) -> dict[str, Any]:
    """The names of a list's filters as the columns they narrow."""
    columns = {"open": "is_open", "service": "service_id", "site": "site_id", "report": "requests"}
    return {columns.get(name, name): value for name, value in narrowing.items()}


# --- events and clocks ------------------------------------------------------------------------------------------------
def list_events(
    request: HttpRequest, number: str, cursor: str, limit: int, fields: str, public: bool | None = None
) -> HttpResponse:
    if public is False:
        raise of_fields({"public": [_("A company's own key cannot ask for this.")]})
    case = case_called(number)
    words_of, zone = case_story.event_reader(case, now()), ZoneInfo(case.zone)

    def item(event: CaseEvent) -> CompanyEvent:
        title, text = words_of(event)
        return CompanyEvent(
            id=f"{case.number}-{event.seq}",
            seq=event.seq,
            kind=event.moment,
            occurred_at=iso(event.occurred_at, zone) or "",
            recorded_at=iso(event.recorded_at, zone) or "",
            title=title,
            text=text,
            from_company=event.actor_kind == ActorKind.CONTACT,
        )

    return answer_page(request, events_of(case), ("seq",), item, cursor=cursor, limit=limit, fields=fields)


def read_clocks(request: HttpRequest, number: str) -> HttpResponse:
    case, at = case_called(number), now()
    zone, procedure = ZoneInfo(case.zone), versions.of(case.procedure_version_id)
    waits = case_clock.waits_of(case, hours_of(case.zone, procedure, at))
    body = CompanyClocks(
        case=case.number,
        zone=case.zone,
        at=iso(at, zone) or "",
        clocks=[clock_written(clock, procedure, zone) for clock in clocks_of(case) if clock.kind in OWED],
        waits=[CompanyWait.model_validate(wait, from_attributes=True) for wait in waits],
    )
    return respond(body)


# --- acts -------------------------------------------------------------------------------------------------------------
class CompanyReport(Body):
    """A fault that is reported, or something that is asked of another desk, as in the portal (L4 D, A3)."""

    service: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="The service's id, as cases name it; or its `circuit`."
    )
    circuit: str | None = Field(None, max_length=80)
    symptoms: str = Field(..., max_length=portal_requests.LONGEST, description="What happens, or what is asked for.")
    impact: Literal["down", "degraded", "intermittent"] | None = None
    desk: str = Field(TECHNICAL, max_length=40)
    fields: dict[str, str] = Field(default_factory=dict, max_length=40, description="What this desk asks for.")


class CompanyMessage(Body):
    """A message to whoever handles the case."""

    text: str = Field(..., max_length=customer_acts.LONGEST)


class CompanyConfirmation(Body):
    """That it works (P5). What is on record of whoever made the key is taken from there."""

    position: str | None = Field(None, max_length=120)
    phone: str | None = Field(None, max_length=40)


NAMES = {"texto": "text", "cargo": "position", "telefono": "phone", "servicio": "service"}
"""The fields of the portal's forms, by their names here."""


def person_of(caller: Caller) -> Contact:
    """Whoever made the key: in that name it acts. Raises ProblemRaised (403) where that is no contact any more."""
    contact = caller.key.contact
    if contact is None or not contact.active:
        raise ProblemRaised(
            403,
            _("Whoever made this key is no longer a contact of the company: it only reads."),
            _("Ask your company's administrator to make a new key."),
        )
    return contact


def refused(refusal: Refusal) -> ProblemRaised:
    """What a rule of the portal refuses, with the names that its fields have here."""
    named = {NAMES.get(name, name): words for name, words in refusal.fields.items()}
    if isinstance(refusal.raised, ActsTooOften):
        return ProblemRaised(429, refusal.sentence, refusal.remedy, headers={"Retry-After": str(COUNTED_SECONDS)})
    return of_refusal(replace(refusal, fields=named))


def open_case(request: HttpRequest, body: CompanyReport) -> HttpResponse:
    caller = caller_of(request)
    with caller.acting():
        received = reported(caller, body)
        due_at = registration_due([received.pk]).get(received.pk)
        zone = ZoneInfo(versions.in_force(received.received_at).procedure.provider.zone)
        answer = CompanyReportAnswer(
            report=received.pk,
            desk=received.desk,
            subject=received.subject,
            received_at=iso(received.received_at, zone) or "",
            number_due_at=iso(due_at, zone),
            case=received.case.number if received.case else None,
        )
    return respond(answer, status=202, headers={"Location": f"/api/v2/cases?report={answer.report}"})


def reported(caller: Caller, body: CompanyReport, reference: str = "") -> WrittenRequest:
    """The report that is received, by the portal's own verb, within ``caller.acting()``.

    ``reference`` is the company's own number of it. Raises ProblemRaised.
    """
    contact, impact, at = person_of(caller), dict(SAID_IMPACT_NAMES).get(body.impact or "", ""), now()
    received = attempt(
        lambda: portal_requests.send(
            contact,
            body.desk,
            body.symptoms,
            service_id=service_called(contact, body),
            impact=str(impact) if body.desk == TECHNICAL else "",
            fields=body.fields,
            reference=reference,
            at=at,
        )
    )
    if isinstance(received, Refusal):
        raise refused(received)
    return received


def service_called(contact: Contact, body: CompanyReport) -> int | None:
    """The id of the company's service that is named, by its id or its circuit. Raises ProblemRaised (422)."""
    if body.service is not None or not body.circuit:
        return body.service
    found = service_of_circuit(contact.customer, body.circuit)
    if found is None:
        raise of_fields({"circuit": [_("Your company has no active service with this circuit.")]})
    return found.pk


def note(request: HttpRequest, number: str, body: CompanyMessage) -> HttpResponse:
    return act(request, number, "escribir", lambda case, who, at: customer_acts.write(case, who, body.text, at=at))


def confirm(request: HttpRequest, number: str, body: CompanyConfirmation) -> HttpResponse:
    position, phone = body.position or "", body.phone or ""
    return act(
        request, number, "funciona", lambda case, who, at: customer_acts.works(case, who, position, phone, at=at)
    )


def act(request: HttpRequest, number: str, name: str, verb: Callable[[Case, Contact, datetime], Any]) -> HttpResponse:
    """Do what the button of this ``name`` does in the portal, unless the case has changed since ``If-Match``."""
    caller = caller_of(request)
    with caller.acting():
        case, event = acted(caller, number, name, verb, lambda case: must_match(request, etag_of(case)))
        body = CompanyDone(
            case=written(case),
            event_seq=event.seq if event else None,
            event_kind=str(event.moment) if event else None,
        )
    return respond(body, etag=etag_of(case))


def acted(
    caller: Caller,
    number: str,
    name: str,
    verb: Callable[[Case, Contact, datetime], Event | None],
    check: Callable[[Case], None],
) -> tuple[Case, Event | None]:
    """Lock the case, read the hour, do it; the case as it is then, and what was written.

    Within ``caller.acting()``. ``check`` is given the locked case before anything is done. Raises ProblemRaised.
    """
    contact, known = person_of(caller), case_called(number)
    case, at = customer_acts.locked(known.pk), now()
    check(case)
    before, nonce = case.seq, secrets.randbelow(LARGEST_ID)

    def done() -> Event | None:
        customer_acts.count(case, contact, nonce, name, at)
        return verb(case, contact, at)

    event = attempt(done)
    if isinstance(event, Refusal):
        raise refused(event)
    case = case_called(number)
    return case, event if event is not None and case.seq > before else None


# --- what stands in the API -------------------------------------------------------------------------------------------
LIST = OfCompany(list_cases, READ, CompanyCasePage)
ONE = OfCompany(read_case, READ, CompanyCase)
EVENTS = OfCompany(list_events, "events.read", CompanyEventPage)
CLOCKS = OfCompany(read_clocks, READ, CompanyClocks)
OPEN = OfCompany(open_case, "cases.open", CompanyReportAnswer, status=202)
ACTS: dict[str, tuple[OfCompany, type[Body]]] = {
    "note": (OfCompany(note, "cases.note", CompanyDone), CompanyMessage),
    "confirm": (OfCompany(confirm, "cases.confirm", CompanyDone), CompanyConfirmation),
}
"""By the name of the operation, what a company's own key does to a case, and the body of it."""
