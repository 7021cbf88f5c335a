"""A provisional service turns out to be one that is on file: its cases go there with their whole history (L4, P2).

Nothing of what happened is written anew. Each case says in an event which service it is, and whoever is told of that
company's cases is told of this one from now on, with its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from guardia.cases import ledger, queries, writes
from guardia.cases.case import Case
from guardia.cases.refusals import NotProvisional, OneOfManyCompanies
from guardia.config.languages import in_each_language, named_texts
from guardia.customers.customer import Customer, Service, Site
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Moment

NOUN = "provisional"
STAY = frozenset(
    {
        *("own_sign_in", "company_session", "sign_in_code", "retention_rule", "legal_hold", "customer"),
        *("handover_line", "customer_act"),
    }
)
"""What a company has of its own for its people to enter, or of its law: the provisional one keeps it, and has ended.
And what was signed or done, which the database lets nobody change.
"""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What it would do: the cases that go along, who is told of the open ones, and the other provisional services of
    the company, which become the real one's and stay provisional.
    """

    cases: Sequence[Case]
    told: int
    others: Sequence[Service]
    same_company: bool


def foresee(service: Service, real: Service) -> Foreseen:
    """Raises NotProvisional, OneOfManyCompanies."""
    _must_fit(service, real)
    cases = list(queries.with_names(Case.objects.filter(service=service)).order_by("pk"))
    same = service.customer_id == real.customer_id
    others = [] if same else list(service.customer.services.filter(active=True).exclude(pk=service.pk).order_by("pk"))
    told = real.customer.contacts.filter(active=True).exclude(email="").count()
    return Foreseen(cases, told, others, same)


def identify(service: Service, real: Service, *, by: Staff, at: datetime) -> list[Case]:
    """The provisional ``service`` is ``real``; its cases, which are the real one's now. ``at`` is UTC.

    Within the caller's transaction. Done already: nothing happens. Raises NotProvisional, OneOfManyCompanies.
    """
    writes.take_turn("provisional")
    rows = Service.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "site")
    held = {row.pk: row for row in rows.filter(pk__in=[service.pk, real.pk]).order_by("pk")}
    service, real = held[service.pk], held[real.pk]
    if not service.active:
        return []
    _must_fit(service, real)
    was = service.customer
    if was.pk != real.customer_id:
        _becomes(was, real.customer)
    ids = Case.objects.filter(service=service).order_by("pk").values_list("pk", flat=True)
    names = ("customer", "site__city", "service", "assigned")
    locked = Case.objects.select_related(*names).select_for_update(of=("self",), no_key=True)
    cases = list(locked.filter(pk__in=list(ids)).order_by("pk"))
    entries = [entry for case in cases for entry in _entries(case, service, was, real, Actor.of_staff(by), at)]
    Case.objects.filter(service=service).update(service=real, site=real.site_id)
    if entries:
        ledger.record(entries, at)
    _end(service)
    before = {"service": service.pk, "site": service.site_id, "customer": was.pk}
    after = {"service": real.pk, "site": real.site_id, "customer": real.customer_id}
    put_on_record(NOUN, service.pk, before, after, by=by, at=at)
    return cases


def _must_fit(service: Service, real: Service) -> None:
    if not service.provisional or real.provisional or not real.active:
        raise NotProvisional()
    if service.customer_id != real.customer_id and not service.customer.provisional:
        raise OneOfManyCompanies(company=service.customer.name)


def _becomes(was: Customer, now: Customer) -> None:
    """All that is the provisional company's is the real one's: the database lets whose it is follow, and no more."""
    Customer.objects.filter(pk=was.pk).update(merged_into=now, active=False)
    for model in apps.get_app_config("guardia").get_models():
        if model._meta.db_table in STAY:
            continue
        for field in model._meta.fields:
            if isinstance(field, models.ForeignKey) and field.name == "customer" and field.related_model is Customer:
                model._default_manager.filter(customer=was.pk).update(customer=now.pk)


def _entries(case: Case, service: Service, was: Customer, real: Service, by: Actor, at: datetime) -> list[ledger.Entry]:
    """That it is this service, and its band where that is another; the news of it where the company hears it first."""
    case.customer, case.service, case.site = real.customer, real, real.site
    data: dict[str, Any] = {"service": {"from": service.pk, "to": real.pk}, "site": {"to": real.site_id}}
    if was.pk != real.customer_id:
        data["customer"] = {"from": was.pk, "to": real.customer_id}
    if case.is_open and case.band and (case.band, case.zone) != (real.site.band, real.site.zone):
        case.band, case.zone = real.site.band, real.site.zone
        data |= {"band": case.band, "zone": case.zone}
    texts = {"service": f"{real.circuit}, {real.customer.name} ({service.circuit}, {was.name})"}
    when = max(at, case.opened_at)
    found = [ledger.Entry(case, Moment.DETAILS_UPDATED, by, when, data=data, texts=texts)]
    if case.is_open and was.pk != real.customer_id:
        said = named_texts(in_each_language(lambda: _words(case, real)))
        found.append(ledger.Entry(case, Moment.NEWS_SENT, by, when, data={}, texts=said))
    return found


def _words(case: Case, real: Service) -> str:
    """In the active language."""
    words = _("Case %(number)s was reported for your service %(service)s and is being handled: “%(symptoms)s”.")
    return words % {"number": case.display_number, "service": real.circuit, "symptoms": case.symptoms[:300]}


def _end(service: Service) -> None:
    """The provisional rows have ended; the site only where nothing else is there."""
    Service.objects.filter(pk=service.pk).update(active=False)
    if not Service.objects.filter(site=service.site_id, active=True).exists():
        Site.objects.filter(pk=service.site_id, provisional=True).update(active=False)
