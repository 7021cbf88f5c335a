"""A contact opens a request on the portal: a report starts at P2 from its arrival (L4 D), any other waits for its desk.

``at`` is UTC: its arrival and now are the same.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from guardia.calls.call import WrittenRequest
from guardia.cases import mail_filing, written
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.mail_filing import WhoseIsIt
from guardia.cases.refusals import ActsTooOften, Missing, NoSuchDesk, ServiceOfAnother
from guardia.cases.stages.administrative import Ask
from guardia.cases.transferring import fields_for
from guardia.cases.verbs import need
from guardia.config.sql_rows import take_turn
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind

LONGEST = 4000
COUNTED_FOR = timedelta(minutes=10)
MOST = 10
TWICE = timedelta(minutes=2)


def send(
    contact: Contact,
    desk: str,
    text: str,
    *,
    service_id: int | None = None,
    impact: str = "",
    fields: Mapping[str, str] | None = None,
    reference: str = "",
    at: datetime,
) -> WrittenRequest:
    """The report or request, waiting for whoever takes it; the same words once more are the same one, and so is what
    has the same ``reference``, which is the company's own number.

    ``impact`` is a sentence of how the service is, ``fields`` what the desk asks for. Raises NoSuchDesk, Missing,
    TooLong, ServiceOfAnother, ActsTooOften, NoProcedure.
    """
    version = versions.in_force(at)
    known = {each.key for each in version.procedure.desks}
    if desk not in known:
        raise NoSuchDesk(desks=", ".join(str(each.name) for each in version.procedure.desks))
    if reference and (same := with_reference(contact.customer_id, reference)):
        return same
    text = need("P2", "texto", text.replace("\0", "")[:LONGEST], _("what happens"))
    service = service_of(contact, service_id)
    if desk == TECHNICAL and service is None:
        raise Missing("P2", "servicio", _("which service fails"))
    answers = fields_for(version.pk, desk, fields or {}) if kind_of(desk) == CaseKind.REQUEST else {}
    names = {each.key: str(each.name) for each in version.procedure.desk(desk).fields}
    lines = [f"{names[key]}: {value}" for key, value in answers.items()]
    place = f"{service.circuit}, {service.site.name}, {service.site.city.name}" if service else ""
    whole = "\n".join(part for part in (place, impact, text, *lines) if part)
    subject = " · ".join(part for part in (service.circuit if service else "", text.splitlines()[0]) if part)
    recent = WrittenRequest.objects.filter(contact=contact, way="portal", received_at__gt=at - COUNTED_FOR)
    if same := recent.filter(desk=desk, text=whole, received_at__gt=at - TWICE).first():
        return same
    if recent.count() >= MOST:
        raise ActsTooOften()
    return written.arrive(
        contact,
        way="portal",
        subject=subject,
        text=whole,
        version=version,
        received_at=at,
        now=at,
        desk=desk,
        reference=reference,
    )


def with_reference(customer_id: int, reference: str) -> WrittenRequest | None:
    """The company's report with this number of its own; two that come at once take turns."""
    take_turn(f"report {customer_id} {reference}")
    found = WrittenRequest.objects.filter(customer=customer_id, customer_reference=reference)
    return found.select_related("customer", "case").order_by("pk").first()


def report_of(pk: int, customer_id: int) -> WrittenRequest | None:
    """The company's report of this id, in whichever state."""
    found = WrittenRequest.objects.filter(pk=pk, customer=customer_id, way="portal")
    return found.select_related("customer", "case").first()


def service_of(contact: Contact, service_id: int | None) -> Service | None:
    """One of the company's own. Raises ServiceOfAnother."""
    if not service_id:
        return None
    services = Service.objects.filter(pk=service_id, customer=contact.customer_id, active=True)
    found = services.select_related("site__city").first()
    if found is None:
        raise ServiceOfAnother(company=contact.customer.name.rstrip("."))
    return found


# A3: a report in writing that waits in the tray is none: it is taken as a request of a desk.
#
# The caller holds the request (``written.locked``). Hours in UTC.


def take(
    request: WrittenRequest,
    desk: str,
    *,
    by: Staff,
    at: datetime,
    subject: str = "",
    text: str = "",
    fields: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    service: Service | None = None,
    engineer: Staff | None = None,
) -> Case:
    """The report is a request for this desk (A3): it counts from its arrival, and the promise of P2 has no object.

    ``subject`` and ``text`` are the report's own where they are empty. One that has its case gives it back. Raises
    RequestIsSettled, NoSuchDesk, Missing, TooLong, WhoseIsIt where no company is known.
    """
    if request.customer is None:
        raise WhoseIsIt()
    ask = Ask(
        request.customer,
        desk,
        text.strip() or report_text(request),
        subject=(subject.strip() or request.subject)[:160],
        reporter=request.contact,
        details=dict(details or {}),
        fields=dict(fields or {}),
        service=service,
    )
    return Case.take(ask, by=Actor.of_staff(by), at=at, request=request, engineer=engineer)


def report_text(request: WrittenRequest) -> str:
    """The words of the report; its subject where it has no others (a mail with a file alone)."""
    return request.text.strip()[: mail_filing.MOST_TEXT] or request.subject
