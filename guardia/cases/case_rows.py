"""Cases with what the desk's pages show of them: their clocks, waits, visits and events, and objections (P7 D)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.expressions import RawSQL

from guardia.carriers.ticket import CarrierTicket
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.in_the_field import MOST_STEPS
from guardia.cases.resolver_group import open_holds
from guardia.clocks.clock import Clock, Wait
from guardia.config import sql_rows
from guardia.customers.customer import Customer, Service
from guardia.events.kinds import KINDS
from guardia.field.visit import Visit
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import ActorKind, Staff
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

# --- cases ------------------------------------------------------------------------------------------------------------
MOST_CASES = 9  # one key each
MOST_CLOSED = 5


def with_visits_and_waits(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return each case with its open visits (and crews) and the waits that stand, for the last column of a row."""
    return queries.with_names(cases).prefetch_related(*visits_and_waits())


def visits_and_waits() -> list[Prefetch]:
    visits = Visit.objects.filter(ended_at=None).select_related("crew").order_by("-pk")
    waits = Wait.objects.filter(ended_at=None).order_by("started_at")
    return [
        Prefetch("visits", visits, to_attr="open_visits"),
        Prefetch("waits", waits, to_attr="open_waits"),
        Prefetch("group_holds", open_holds(), to_attr="open_holds"),
    ]


OF_A_ROW = (
    *("number", "desk", "procedure_version", "fields", "stage", "status", "impact", "plan_kind", "subject", "seq"),
    *("opened_at", "opens_at", "restored_at", "closed_at", "waiting_since", "confirmed_by"),
    *("next_kind", "next_started_at", "next_warn_at", "next_urgent_at", "next_due_at"),
    *("escalated_level", "answering", "last_seen_fact", "last_fact_at"),
    *("customer__name", "customer__vip", "site__city__name", "service__circuit", "assigned__name"),
)
"""What a row of a list shows of a case: half of a page's time was in reading the other hundred columns."""


def with_row_columns(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases with no more of each than its row shows; visits and waits are for ``add_visits_and_waits``."""
    return queries.with_names(cases).only(*OF_A_ROW)


def add_visits_and_waits(cases: list[Case]) -> None:
    """Give each of these cases, of several lists, what ``with_visits_and_waits`` does: three questions for all."""
    prefetch_related_objects(cases, *visits_and_waits())


def case_for_desk(number: str, *, locked: bool = False) -> Case | None:
    """Return the case an address names, with its names, open visits and waits.

    Whether it has any is asked after its row is locked: what was written while this waited for the lock counts.
    """
    case = queries.named_case(number, locked=locked)
    if case is None:
        return None
    ((visits, waits, holds, tickets),) = sql_rows.rows_of(HAS_OPEN, {"case": case.pk})
    there = Visit.objects.filter(arrived_at__isnull=False, left_at=None).select_related("crew").order_by("-pk")
    open_visits, open_waits, open_groups = visits_and_waits()
    parts = [
        (open_visits, visits),
        (Prefetch("visits", there, to_attr="visits_there"), visits),
        (open_waits, waits),
        (open_groups, holds),
        (Prefetch("carrier_tickets", CarrierTicket.objects.only("case"), to_attr="tickets_there"), tickets),
    ]
    for part, has_any in parts:
        if not has_any:
            setattr(case, str(part.to_attr), [])
    prefetch_related_objects([case], *(part for part, has_any in parts if has_any))
    return case


HAS_OPEN = """
    SELECT EXISTS (SELECT FROM visit WHERE case_id = %(case)s AND (ended_at IS NULL OR left_at IS NULL)),
           EXISTS (SELECT FROM wait WHERE case_id = %(case)s AND ended_at IS NULL),
           EXISTS (SELECT FROM group_hold WHERE case_id = %(case)s AND until IS NULL),
           EXISTS (SELECT FROM carrier_ticket WHERE case_id = %(case)s)
"""


def clocks_of(case: Case) -> list[Clock]:
    """Return every clock of the case, the first to start first."""
    if case.contents:
        return list(case.contents.clocks)
    return list(case.clocks.order_by("started_at", "pk"))


def open_and_last_incidents(service_ids: list[int]) -> tuple[dict[int, int], dict[int, datetime]]:
    """Return how many incidents of each service are open, and when each had its last one."""
    incidents = Case.objects.filter(desk=TECHNICAL, service_id__in=service_ids)
    opened = incidents.filter(closed_at=None)
    counted = dict(opened.values_list("service_id").annotate(n=Count("pk")).values_list("service_id", "n"))
    last = incidents.order_by("service_id", "-opened_at").distinct("service_id")
    return counted, dict(last.values_list("service_id", "opened_at"))


NEWEST_OPEN_CASES = """
    SELECT newest.id FROM unnest(%s::bigint[]) AS company CROSS JOIN LATERAL (
        SELECT id FROM "case" WHERE customer_id = company AND closed_at IS NULL ORDER BY opened_at DESC LIMIT %s
    ) AS newest
"""


def open_cases_by_company(company_ids: Iterable[int]) -> dict[int, list[Case]]:
    """Return the open cases of each company, newest first: those that one key attaches a call to, and one more."""
    found: dict[int, list[Case]] = {company: [] for company in company_ids}
    if found:
        newest = Case.objects.filter(pk__in=RawSQL(NEWEST_OPEN_CASES, [list(found), MOST_CASES + 1]))
        for case in queries.with_names(newest).only(*OF_A_ROW).order_by("-opened_at"):
            found[case.customer_id].append(case)
    return found


def last_cases_of(company_id: int) -> list[Case]:
    """Return the last cases of the company that are closed."""
    closed = queries.with_names(Case.objects.filter(customer=company_id, closed_at__isnull=False))
    return list(closed.order_by("-opened_at")[:MOST_CLOSED])


def duplicates_with_counts(cases: Sequence[int]) -> dict[int, Case]:
    """Return these cases by id, with how many calls, messages and files each holds, in one question."""
    live = Q(files__withdrawn_at=None)
    counted = Case.objects.filter(pk__in=cases).annotate(
        calls_held=Count("calls", distinct=True),
        mails_held=Count("messages", distinct=True),
        files_held=Count("files", filter=live, distinct=True),
    )
    return {case.pk: case for case in counted.defer("search")}


def open_requests_of(company: Customer) -> QuerySet[Case]:
    """Return the open requests of the company, the newest first."""
    cases = queries.with_names(queries.open_cases().filter(customer=company)).exclude(desk=TECHNICAL)
    return cases.order_by("-opened_at")


def oldest_open_incident(service: Service) -> Case | None:
    """Return the oldest open incident of the service, locked."""
    opened = queries.open_cases(TECHNICAL).filter(service=service).select_for_update(of=("self",), no_key=True)
    return opened.order_by("opened_at", "pk").first()


def numbered_case_of(number: str, company: Customer) -> Case | None:
    """Return the case of this company that an address names, with who reported it; mostly none is named."""
    if not number:
        return None
    return queries.of_number(number).filter(customer=company).select_related("reporter").first()


def case_of_id(pk: int) -> Case | None:
    """Return the case with this id."""
    return Case.objects.filter(pk=pk).first()


def locked_with_service(pk: int) -> Case:
    """Return the case with this id, locked, with its service. Raises Case.DoesNotExist."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("service").get(pk=pk)


# --- events -----------------------------------------------------------------------------------------------------------
LOG_TABS = {"cliente": Moment.NEWS_SENT, "interno": Moment.NOTED, "pruebas": Moment.TESTED}
"""The kind of event that stands alone in a tab of the log."""
LOG_MOMENTS = {tab: Q(moment=moment) for tab, moment in LOG_TABS.items()}


def events_read(case: Case) -> list[CaseEvent] | None:
    """Return all events of the case, the first first, where its page has read them (``case_contents``)."""
    return case.contents.events if case.contents else None


def log_of(case: Case, tab: str, most: int) -> list[CaseEvent]:
    """Return the last events of a tab by the hour they happened, newest first, with their texts."""
    if (read := events_read(case)) is not None:
        of_tab = [event for event in read if LOG_TABS.get(tab, event.moment) == event.moment]
        return sorted(of_tab, key=lambda event: (event.occurred_at, event.seq), reverse=True)[:most]
    events = case.events.filter(LOG_MOMENTS.get(tab, Q())).order_by("-occurred_at", "-seq")
    return list(events.prefetch_related("texts")[:most])


def log_counts(case: Case) -> dict[str, int]:
    """Return how many events each tab of the log holds."""
    if (read := events_read(case)) is not None:
        held = Counter(event.moment for event in read)
        return {"todo": len(read), **{tab: held[moment] for tab, moment in LOG_TABS.items()}}
    counts = {tab: Count("pk", filter=condition) for tab, condition in LOG_MOMENTS.items()}
    return case.events.aggregate(todo=Count("pk"), **counts)


def events_since(case: Case, seq: int) -> list[CaseEvent]:
    """Return what happened to the case after its event number ``seq``, with its texts."""
    return list(case.events.filter(seq__gt=seq).order_by("seq").prefetch_related("texts")[:50])


def disturbs(event: CaseEvent, staff: Staff) -> bool:
    """Whether somebody else did this, and it makes what this person has prepared worth a second look."""
    mine = event.actor_kind == ActorKind.STAFF and event.actor_id == staff.pk
    return not mine and event.actor_kind != ActorKind.SYSTEM and KINDS[Moment(event.moment)].disturbs


def events_of_visits(case: Case, moments: Iterable[Moment]) -> list[CaseEvent]:
    """Return what is on record of the case's visits, as it happened, with its texts."""
    if (read := events_read(case)) is not None:
        wanted = frozenset(moments)
        events = [event for event in reversed(read) if event.moment in wanted]
    else:
        found = case.events.filter(moment__in=list(moments)).order_by("-seq").prefetch_related("texts")
        events = list(found[:MOST_STEPS])
    return sorted(events[:MOST_STEPS], key=lambda event: (event.occurred_at, event.seq))


def withdrawal_of(case: Case, file_id: int) -> CaseEvent | None:
    """Return the event that withdrew this file, with its texts."""
    events = case.events.filter(moment=Moment.FILE_WITHDRAWN, data__file=file_id)
    return events.prefetch_related("texts").first()


def opening_of(case: Case) -> CaseEvent | None:
    """Return the event that opened the case."""
    return case.events.filter(moment__in=[Moment.REGISTERED, Moment.ADMIN_TAKEN]).order_by("seq").first()


# --- waits ------------------------------------------------------------------------------------------------------------
MOST_OBJECTIONS = 50
MOST_RULED = 20


def open_objections() -> list[tuple[Case, list[Wait], Clock | None]]:
    """Return the cases with a contested stop, first what must be ruled on first, with the stops and the ruling's clock.

    Fifty at most: what follows them comes up as they are ruled on.
    """
    contested = Wait.objects.filter(contested_at__isnull=False, ruled_at=None).order_by("started_at", "pk")
    running = Clock.objects.filter(kind=ClockKind.RULING, ended_at=None)
    due = running.filter(case=OuterRef("pk")).values("due_at")[:1]
    cases = Case.objects.filter(pk__in=list(contested.order_by().values_list("case", flat=True).distinct()))
    found = queries.with_names(cases).order_by(Subquery(due), "pk")[:MOST_OBJECTIONS]
    read = found.prefetch_related(
        Prefetch("waits", contested, to_attr="contested_waits"), Prefetch("clocks", running, to_attr="ruling_clocks")
    )
    return [(case, case.contested_waits, next(iter(case.ruling_clocks), None)) for case in read]


def last_rulings() -> list[Wait]:
    """Return the stops that were ruled on last, the newest first."""
    ruled = Wait.objects.filter(ruled_at__isnull=False).select_related("case__customer", "ruled_by")
    return list(ruled.order_by("-ruled_at", "-pk")[:MOST_RULED])


def contests_for_machines(*, ruled: bool, customer_id: int | None = None) -> QuerySet[Wait]:
    """Return the stops that a customer objects to, with their cases: those that were ruled on, or that were not."""
    found = Wait.objects.filter(contested_at__isnull=False, ruled_at__isnull=not ruled)
    found = found if customer_id is None else found.filter(customer=customer_id)
    return found.select_related("case", "customer", "ruled_by").defer("case__search")


def ruling_hours(case_ids: Iterable[int]) -> dict[int, datetime]:
    """Return by when each of these cases must be ruled on (UTC), where that clock runs."""
    running = Clock.objects.filter(case__in=set(case_ids), kind=ClockKind.RULING, ended_at=None)
    return {case: due for case, due in running.values_list("case_id", "due_at") if case and due}


def waits_of(case: Case) -> QuerySet[Wait]:
    """Return all waits of the case, the first first."""
    return case.waits.order_by("started_at", "pk")


def standing_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits of the case that have not ended, the first first."""
    return waits_of(case).filter(ended_at=None)


def promised_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits for a third party that have not ended, the first first."""
    return standing_waits_of(case).filter(cause=WaitCause.THIRD_PARTY)


def unruled_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits of the case that nobody has ruled on, the first first (P7 D)."""
    return waits_of(case).filter(ruled_at=None)


def waiting_kinds_of(case: Case, kinds: Collection[str], *, running: bool) -> list[str]:
    """Return the kinds of clock, among ``kinds``, that the case has; with ``running`` those that run now."""
    clocks = case.clocks.filter(kind__in=kinds)
    found = clocks.filter(ended_at=None) if running else clocks
    return sorted(kinds) if not running and not found else list(dict.fromkeys(found.values_list("kind", flat=True)))


def has_running_clock(case: Case, kinds: Collection[str]) -> bool:
    """Return whether a clock of one of these kinds runs for the case."""
    if case.contents:
        return any(clock.ended_at is None and clock.kind in kinds for clock in case.contents.clocks)
    return case.clocks.filter(ended_at=None, kind__in=kinds).exists()


def first_answer_clock_of(case: Case) -> Clock | None:
    """Return the clock of the first answer that runs for a request (A4)."""
    return Clock.objects.filter(case=case, kind=ClockKind.FIRST_ANSWER, ended_at=None).first()


def next_promised_wait_of(case: Case) -> Wait | None:
    """Return the wait for a third party whose promise comes first."""
    return promised_waits_of(case).order_by("party_promise_at").first()


def waits_with_rulings_of(case: Case) -> QuerySet[Wait]:
    """Return all waits of the case with who has ruled on them."""
    return case.waits.select_related("ruled_by")


# --- for machines -----------------------------------------------------------------------------------------------------
OF_AN_ANSWER = (
    *("number", "desk", "stage", "status", "impact", "subject", "symptoms", "cause", "plan", "solution", "zone"),
    *("source", "procedure_version"),
    *("reporter_name", "call_back_number", "customer_reference", "carrier_reference", "opened_at", "restored_at"),
    *("closed_at", "waiting_since", "next_kind", "next_due_at", "escalated_level", "seq", "head_hash"),
    *("customer__name", "site__name", "service__circuit", "assigned__name"),
)
"""What an answer of the API says of a case."""


def for_machines(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases with no more of each than an answer of the API says."""
    return cases.select_related("customer", "site", "service", "assigned").only(*OF_AN_ANSWER)


def case_for_machines(number: int) -> Case | None:
    """Return the case with this number, with no more of it than an answer of the API says."""
    return for_machines(queries.of_number(str(number))).first()


def cases_for_machines(
    *,
    is_open: bool | None = None,
    promised: bool = False,
    opened_from: datetime | None = None,
    opened_before: datetime | None = None,
    due_from: datetime | None = None,
    due_before: datetime | None = None,
    of_company: int | None = None,
    **equal: object,
) -> QuerySet[Case]:
    """Return the cases with their names whose columns have these values; one that is None narrows nothing.

    Hours are aware. ``promised``: only those with a promise that runs; ``due_from``, ``due_before``: open ones whose
    promise that breaks first falls due then. ``of_company``: those of this one alone, and without the names that a
    company does not see.
    """
    base = Case.objects.all() if of_company is None else queries.cases_with_place().filter(customer=of_company)
    named = base.filter(**{name: value for name, value in equal.items() if value is not None})
    found = for_machines(named) if of_company is None else named
    if is_open is not None:
        found = found.filter(closed_at__isnull=is_open)
    if promised:
        found = found.filter(next_due_at__isnull=False)
    hours = {
        "opened_at__gte": opened_from,
        "opened_at__lt": opened_before,
        "next_due_at__gte": due_from,
        "next_due_at__lt": due_before,
    }
    if due_from is not None or due_before is not None:
        found = found.filter(closed_at=None)
    return found.filter(**{name: hour for name, hour in hours.items() if hour is not None})


def events_for_machines(case: Case, *, public: bool | None = None) -> QuerySet[CaseEvent]:
    """Return the events of a case with their texts; with ``public`` those that the customer may see, or may not."""
    found = CaseEvent.objects.filter(case=case).prefetch_related("texts")
    return found if public is None else found.filter(public=public)
