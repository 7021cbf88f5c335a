"""What the desk reads to show its pages: named questions, each of what one screen shows and no more."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Case as Choice
from django.db.models import Count, F, Prefetch, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from guardia.calls.call import Call
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.draft import Draft, Presence
from guardia.cases.event import CaseEvent
from guardia.cases.phone_owed import AT_TECHNICAL
from guardia.clocks.clock import Clock
from guardia.clocks.overdue import is_overdue
from guardia.clocks.wait import Wait
from guardia.config.asking import run
from guardia.config.kept import ANY_ID, CompiledQuery
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.lookup import services_matching, services_of
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.field.visit import Visit
from guardia.notices.notice import Delivery, Notice
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.reports.duplicates import is_duplicate

PRESENT_FOR = timedelta(seconds=30)
DECIDED_TODAY_SECONDS = 5
MOST_SERVICES = 200
MOST_OF_A_STATE = 50


def with_field_and_waits(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Each with its open visits (and their crews) and the waits that stand, for the last column of a row."""
    visits = Visit.objects.filter(ended_at=None).select_related("crew").order_by("-pk")
    waits = Wait.objects.filter(ended_at=None).order_by("started_at")
    return queries.with_names(cases).prefetch_related(
        Prefetch("visits", visits, to_attr="open_visits"), Prefetch("waits", waits, to_attr="open_waits")
    )


def calls_with_clocks() -> list[Call]:
    """The open calls with their running clocks, first what breaks first: of each state fifty at most.

    Of each, so that after a storm of call-backs whoever rings now is shown, and so is the call that one has answered.
    """
    return CALLS.rows()


def _calls() -> QuerySet[Call]:
    running = Prefetch("clocks", Clock.objects.filter(ended_at=None).order_by("due_at"), to_attr="running")
    # Answered at another desk: nothing is owed.
    over = Q(answered_at__isnull=False, ended_at__isnull=False, lost_again_at=None) & ~AT_TECHNICAL
    waits = When(waits_again_at__isnull=False, then=2)
    lost = When(Q(abandoned_at__isnull=False) | Q(lost_again_at__isnull=False), then=1)
    state = Choice(waits, lost, When(answered_at__isnull=False, then=0), default=2)
    first = (F("next_due_at").asc(nulls_last=True), F("waiting_at").asc())
    place = Window(RowNumber(), partition_by=state, order_by=first)
    calls = queries.open_calls().exclude(over).annotate(place=place).filter(place__lte=MOST_OF_A_STATE)
    return calls.prefetch_related(running)


CALLS = CompiledQuery(_calls)


def reception_was_late(call: Call) -> bool:
    """Whether this call waited longer than P1 promises."""
    return call.clocks.filter(kind=ClockKind.RECEPTION, outcome="breached").exists()


def case_for_desk(number: str, *, locked: bool = False) -> Case | None:
    """The case an address names, with its names, open visits and waits."""
    cases = queries.of_number(number)
    if locked:
        cases = cases.select_for_update(of=("self",), no_key=True)
    there = Visit.objects.filter(arrived_at__isnull=False, left_at=None).select_related("crew").order_by("-pk")
    at_the_site = Prefetch("visits", there, to_attr="visits_there")
    return with_field_and_waits(cases).prefetch_related(at_the_site).first()


def clocks_of(case: Case) -> list[Clock]:
    return list(case.clocks.order_by("started_at", "pk"))


LOG_MOMENTS = {
    "cliente": Q(moment=Moment.NEWS_SENT),
    "interno": Q(moment=Moment.NOTED),
    "pruebas": Q(moment=Moment.TESTED),
}


def log_of(case: Case, tab: str, most: int) -> list[CaseEvent]:
    """The last events of a tab by the hour they happened, newest first, with their texts."""
    events = case.events.filter(LOG_MOMENTS.get(tab, Q())).order_by("-occurred_at", "-seq")
    return list(events.prefetch_related("texts")[:most])


def log_counts(case: Case) -> dict[str, int]:
    """How many events each tab of the log holds."""
    counts = {tab: Count("pk", filter=condition) for tab, condition in LOG_MOMENTS.items()}
    return case.events.aggregate(todo=Count("pk"), **counts)


def events_since(case: Case, seq: int) -> list[CaseEvent]:
    return list(case.events.filter(seq__gt=seq).order_by("seq").prefetch_related("texts")[:50])


def notices_of(case: Case) -> list[Notice]:
    """The case's notices with their deliveries, newest first."""
    notices = Notice.objects.filter(case=case).select_related("contact", "staff", "case").prefetch_related("deliveries")
    return list(notices.order_by("-owed_at", "-pk")[:200])


def staff_named(ids: Iterable[int]) -> dict[int, str]:
    return dict(Staff.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def contacts_named(ids: Iterable[int]) -> dict[int, str]:
    return dict(Contact.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def contacts_of(customer_id: int) -> list[Contact]:
    """The active contacts with their further ways, in two queries."""
    active = Contact.objects.filter(customer_id=customer_id, active=True)
    return list(active.order_by("pk").prefetch_related("ways")[:50])


def after_this(case: Case, at: datetime) -> Case | None:
    """The case of the same desk whose promise breaks next after this one's."""
    others = queries.promised(at, case.desk).exclude(pk=case.pk)
    if case.next_due_at:
        later = others.filter(Q(next_due_at__gt=case.next_due_at) | Q(next_due_at=case.next_due_at, pk__gt=case.pk))
        return queries.next_first(later).first()
    return queries.next_first(others).first()


def present(case: Case, staff: Staff, at: datetime) -> list[str]:
    """Who else looks at the case; that this person looks is written down, at most every ten seconds."""
    mine = Presence.objects.filter(staff=staff, case=case, seen_at__gt=at - timedelta(seconds=10))
    if not mine.exists():
        Presence.objects.update_or_create(
            staff=staff, case=case, defaults={"seen_at": at, "customer_id": case.customer_id}
        )
    others = case.presences.filter(seen_at__gt=at - PRESENT_FOR).exclude(staff=staff)
    return sorted(others.values_list("staff__name", flat=True))


def draft_of(staff: Staff, key: str) -> Draft | None:
    return Draft.objects.filter(staff=staff, key=key).first()


def keep_draft(staff: Staff, key: str, fields: dict, at: datetime) -> None:
    Draft.objects.update_or_create(staff=staff, key=key, defaults={"fields": fields, "saved_at": at})


def drop_draft(staff: Staff, key: str) -> None:
    run("DELETE FROM draft WHERE staff_id = %s AND key = %s", [staff.pk, key])  # by hand: each act does it


def decided_today(at: datetime) -> dict[str, tuple[int, int]]:
    """Of the promises decided today, by kind of clock, how many were kept and how many broken; every five
    seconds.

    A broken one was decided when it fell due, even if it still runs, and a duplicate's count not at all: as the report
    counts them.
    """
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"decided-today:{midnight.isoformat()}"
    found = cache.get(key)
    if found is None:
        kept = Q(ended_at__gte=midnight, outcome="kept")
        broken = Q(breached_at__gte=midnight) | Q(is_overdue(at), due_at__gte=midnight)
        kinds = Clock.objects.filter(kept | broken).exclude(is_duplicate("case")).values("kind")
        rows = kinds.annotate(kept=Count("pk", filter=kept), broken=Count("pk", filter=broken))
        found = {row["kind"]: (row["kept"], row["broken"]) for row in rows}
        cache.set(key, found, DECIDED_TODAY_SECONDS)
    return found


def promises_met_today(at: datetime) -> tuple[int, int]:
    """How many of the promises decided today were kept, of how many."""
    numbers = decided_today(at).values()
    kept = sum(kept for kept, _broken in numbers)
    return kept, kept + sum(broken for _kept, broken in numbers)


def company(pk: str) -> Customer | None:
    return _COMPANY.first({ANY_ID: int(pk)}) if _is_id(pk) else None


_COMPANY = CompiledQuery(lambda: Customer.objects.filter(pk=ANY_ID, active=True))


def service(pk: str) -> Service | None:
    return _SERVICE.first({ANY_ID: int(pk)}) if _is_id(pk) else None


def _service() -> QuerySet[Service]:
    active = Service.objects.filter(pk=ANY_ID, active=True, customer__active=True)
    return active.select_related("site__city", "customer")


_SERVICE = CompiledQuery(_service)


def service_chosen(company: Customer, fields: Mapping[str, str]) -> Service | None:
    """The service that the fields name, if it is the company's; its only one otherwise."""
    return own_or_only(company, service(str(fields.get("service", ""))))


def own_or_only(company: Customer, chosen: Service | None) -> Service | None:
    """The chosen service if it is the company's; else its only one, if it has no more."""
    if chosen and chosen.customer_id == company.pk:
        return chosen
    services = services_of(company)[:2]
    return services[0] if len(services) == 1 else None


def services_of_company(company: Customer) -> list[Service]:
    return list(services_of(company)[:MOST_SERVICES])


def services_found(company: Customer, words: str, chosen: Service | None) -> tuple[list[Service], int]:
    """The company's services with these words, the chosen one always among them, first where nothing is
    looked for and last where it has none of the words; and how many have the words."""
    matching = services_matching(company, words)
    found = list(matching[: MOST_SERVICES + 1])
    count = matching.count() if len(found) > MOST_SERVICES else len(found)
    found = found[:MOST_SERVICES]
    if chosen and (not words or chosen not in found):
        others = [service for service in found if service != chosen]
        found = [*others, chosen] if words else [chosen, *others]
    return found, count


def places_of(companies: Iterable[Customer]) -> dict[int, str]:
    """Where each company has sites, by the names of the cities."""
    found: dict[int, list[str]] = {}
    sites = Site.objects.filter(customer__in=[one.pk for one in companies], active=True)
    for customer_id, city in sites.values_list("customer_id", "city__name").distinct().order_by("city__name")[:200]:
        found.setdefault(customer_id, []).append(city)
    return {pk: ", ".join(cities[:4]) + ("…" if len(cities) > 4 else "") for pk, cities in found.items()}


def open_and_last_cases(service_ids: list[int]) -> tuple[dict[int, int], dict[int, datetime]]:
    """How many incidents of each service are open, and when each had its last one."""
    incidents = Case.objects.filter(desk=TECHNICAL, service_id__in=service_ids)
    opened = incidents.filter(closed_at=None)
    counted = dict(opened.values_list("service_id").annotate(n=Count("pk")).values_list("service_id", "n"))
    last = incidents.order_by("service_id", "-opened_at").distinct("service_id")
    return counted, dict(last.values_list("service_id", "opened_at"))


def number_of(case_id: int) -> int:
    return Case.objects.values_list("number", flat=True).get(pk=case_id)


def _is_id(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 16


def sent_mail() -> list[Delivery]:
    """The last mails that were rendered, newest first; a code is written for who looks, and kept nowhere."""
    return list(written_mail().order_by("-pk")[:50])


def mail(pk: int) -> Delivery | None:
    return written_mail().filter(pk=pk).first()


def written_mail() -> QuerySet[Delivery]:
    written = Q(body__isnull=False) | Q(code__isnull=False) | Q(reset__isnull=False)
    asks = Q(confirmation__isnull=False)
    found = Delivery.objects.filter(written | asks)
    return found.select_related("code", "reset__staff", "confirmation__contact__customer", "confirmation__asked_by")
