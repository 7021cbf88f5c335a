"""A contact opens a request on the portal: a report starts at P2 from its arrival (L4 D), any other waits for its desk.

``at`` is UTC: its arrival and now are the same.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from guardia.calls.written import WrittenRequest
from guardia.cases import written
from guardia.cases.desks import kind_of
from guardia.cases.refusals import ActsTooOften, Missing, NoSuchDesk, ServiceOfAnother
from guardia.cases.taking_requests import fields_for
from guardia.cases.verbs import need
from guardia.customers.contact import Contact
from guardia.customers.service import Service
from guardia.people.shifts import TECHNICAL
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
    at: datetime,
) -> WrittenRequest:
    """The report or request, waiting for whoever takes it; the same words once more are the same one.

    ``impact`` is a sentence of how the service is, ``fields`` what the desk asks for. Raises NoSuchDesk, Missing,
    TooLong, ServiceOfAnother, ActsTooOften, NoProcedure.
    """
    version = versions.in_force(at)
    known = {each.key for each in version.procedure.desks}
    if desk not in known:
        raise NoSuchDesk(desks=", ".join(str(each.name) for each in version.procedure.desks))
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
        contact, way="portal", subject=subject, text=whole, version=version, received_at=at, now=at, desk=desk
    )


def service_of(contact: Contact, service_id: int | None) -> Service | None:
    """One of the company's own. Raises ServiceOfAnother."""
    if not service_id:
        return None
    services = Service.objects.filter(pk=service_id, customer=contact.customer_id, active=True)
    found = services.select_related("site__city").first()
    if found is None:
        raise ServiceOfAnother(company=contact.customer.name)
    return found
