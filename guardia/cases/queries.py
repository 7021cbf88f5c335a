"""Named questions to the table of cases. Each touches what it shows, never all that is open."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, Value, When

from guardia.cases import counting
from guardia.cases.case import Case
from guardia.cases.counting import MOST_COUNTED
from guardia.cases.desk_hours import kind_of
from guardia.config.sql_rows import columns_of, knowing, object_of, object_or_none, rows_of
from guardia.customers.cities import City
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import fold
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import OF_THE_SIGN_IN, Staff
from guardia.procedure.vocabulary import CaseKind, Impact, Stage

IN_THE_FIELD = Q(stage__in=[Stage.DIAGNOSIS, Stage.EXECUTION], visits__ended_at=None, visits__agreed_at__isnull=False)


def with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    names = cases.select_related("customer", "site__city", "service", "assigned")
    return names.defer(*(f"assigned__{column}" for column in OF_THE_SIGN_IN))


def number_of(case_id: int) -> int | None:
    """The number that people know the case of this id by."""
    return Case.objects.filter(pk=case_id).values_list("number", flat=True).first()


def open_cases(desk: str = "") -> QuerySet[Case]:
    """Those of one desk, or where none is named of all."""
    cases = Case.objects.filter(closed_at=None)
    return cases.filter(desk=desk) if desk else cases


def next_first(cases: QuerySet[Case]) -> QuerySet[Case]:
    """First what breaks first."""
    return cases.order_by("next_due_at", "id")


def by_impact_first(cases: QuerySet[Case]) -> QuerySet[Case]:
    """First who is worst off, VIP before others, then what breaks first."""
    by_weight = [When(impact=impact, then=Value(weight)) for weight, impact in enumerate(Impact)]
    weight = Choose(*by_weight, default=Value(len(Impact)))
    return cases.order_by(
        F("restored_at").asc(nulls_first=True), weight, F("customer__vip").desc(), "next_due_at", "id"
    )


def by_company(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by("customer__folded_name", "next_due_at", "id")


def by_promise(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those that are owed the same stand together, each first what breaks first."""
    return cases.order_by("next_kind", "next_due_at", "id")


def by_holder(cases: QuerySet[Case]) -> QuerySet[Case]:
    """By who has them, those that nobody has first."""
    return cases.order_by(F("assigned__name").asc(nulls_first=True), "next_due_at", "id")


def reversed_order(order: Callable[[QuerySet[Case]], QuerySet[Case]]) -> Callable[[QuerySet[Case]], QuerySet[Case]]:
    return lambda cases: order(cases).reverse()


_BY_COLUMN = {
    "plazo": next_first,
    "promesa": by_promise,
    "empresa": by_company,
    "impacto": by_impact_first,
    "responsable": by_holder,
}
ORDERS = _BY_COLUMN | {f"-{name}": reversed_order(order) for name, order in _BY_COLUMN.items()}
"""The orders of the bench, as its address names them; with a dash the other way round."""


def promised(at: datetime, desk: str = "") -> QuerySet[Case]:
    """The cases with a running promise; one that waits is shown here only when its next promise has come close."""
    close = Q(waiting_since=None) | Q(next_warn_at__lte=at)
    return open_cases(desk).filter(close, next_due_at__isnull=False)


def waiting(at: datetime, desk: str = "") -> QuerySet[Case]:
    """The cases with a clock that stands still, and nothing else about to break; longest first."""
    quiet = Q(next_due_at=None) | Q(next_warn_at__gt=at)
    return open_cases(desk).filter(quiet, waiting_since__isnull=False).order_by("waiting_since")


def not_open_yet(desk: str = "") -> QuerySet[Case]:
    """The requests whose desk is closed: no clock of them runs until it opens; first what opens first (A3 D)."""
    closed = open_cases(desk).filter(next_due_at=None, waiting_since=None, opens_at__isnull=False)
    return closed.order_by("opens_at", "id")


def stands_still(case: Case, at: datetime) -> bool:
    """Whether one case that is read already is among those of ``waiting``."""
    quiet = case.next_due_at is None or (case.next_warn_at is not None and case.next_warn_at > at)
    return case.waiting_since is not None and quiet


VIEWS = {
    "proximo": lambda staff: Q(),
    "mios": lambda staff: Q(assigned=staff),
    "sin-asignar": lambda staff: Q(assigned=None),
    "en-campo": lambda staff: IN_THE_FIELD,
    "en-espera": lambda staff: Q(waiting_since__isnull=False),
    "en-seguimiento": lambda staff: Q(stage=Stage.STABILITY),
}
COUNTED_VIEWS = ("proximo", "mios", "sin-asignar", "en-espera", "en-campo", "en-seguimiento")
"""In the order in which ``counting.by_view`` counts them."""
OF_INCIDENTS = frozenset({"en-campo", "en-seguimiento"})
"""The views that only a technical incident can be in (P4, P6)."""


def views_of(desk: str) -> tuple[str, ...]:
    """The views of a desk; one without crews has nothing in the field, and no follow-up (P4, P6)."""
    return tuple(key for key in VIEWS if has_incidents(desk) or key not in OF_INCIDENTS)


def has_incidents(desk: str) -> bool:
    """Whether technical incidents are among the cases of this desk; of all desks where it is empty."""
    return not desk or kind_of(desk) == CaseKind.INCIDENT


def in_view(cases: QuerySet[Case], view: str, staff: Staff) -> QuerySet[Case]:
    """The cases of one of the bench's views."""
    return cases.filter(VIEWS[view](staff)).distinct() if view == "en-campo" else cases.filter(VIEWS[view](staff))


def view_counts(desk: str, staff: Staff) -> dict[str, int]:
    """How many each view of a desk holds for this person, counted to 99+."""
    return named_views(desk, counting.by_view(desk, staff.pk, has_incidents=has_incidents(desk)))


def named_views(desk: str, held: Sequence[int]) -> dict[str, int]:
    """What ``counting.by_view`` found, by the view's name, in the order of the page."""
    counts = dict(zip(COUNTED_VIEWS, held, strict=False))
    return {key: counts[key] for key in views_of(desk)}


def bench_counts(desk: str, staff: Staff, at: datetime) -> counting.OfBench:
    """How many the views and the states of time of a desk hold, and what this person has to see, in one question."""
    return counting.of_bench(desk, staff, at, has_incidents=has_incidents(desk))


def count_up_to_99(cases: QuerySet[Case]) -> int:
    """How many, counting no further than a hundred: the screen then says 99+."""
    return cases.order_by()[:MOST_COUNTED].values("pk").count()


def count_in_the_field() -> int:
    """Return how many open incidents have a crew in the field, counted to 99+."""
    return count_up_to_99(open_cases(TECHNICAL).filter(IN_THE_FIELD).distinct())


def counts(at: datetime, desk: str = "") -> dict[str, int]:
    """How many of a desk are open, overdue, urgent, soon and waiting, each counted to 99+."""
    return dict(zip(STATES, counting.by_state(desk, at), strict=True))


def counts_of(cases: QuerySet[Case], at: datetime) -> dict[str, int]:
    """The same of any open cases."""
    return dict(zip(STATES, counting.counted(by_state(cases, at)), strict=True))


STATES = ("open", "overdue", "urgent", "soon", "waiting")


def by_state(cases: QuerySet[Case], at: datetime) -> list[QuerySet[Case]]:
    """Of open cases all, and those in each state of time, in the order of ``STATES``."""
    return [
        cases,
        cases.filter(next_due_at__lte=at),
        # What is urgent was warned of before; written all the same, PostgreSQL uses the index of the warned.
        cases.filter(next_due_at__gt=at, next_urgent_at__lte=at, next_warn_at__lte=at),
        cases.filter(next_urgent_at__gt=at, next_warn_at__lte=at),
        cases.filter(waiting_since__isnull=False),
    ]


def last_closed_at(desk: str = "") -> datetime | None:
    closed = Case.objects.filter(closed_at__isnull=False).order_by("-closed_at")
    closed = closed.filter(desk=desk) if desk else closed
    return closed.values_list("closed_at", flat=True).first()


def open_at_site(site_id: int) -> QuerySet[Case]:
    """The open incidents of a site: perhaps what somebody calls about is one of them."""
    return with_names(open_cases(TECHNICAL).filter(site_id=site_id)).order_by("-opened_at")


def open_beside(case: Case) -> QuerySet[Case]:
    """The other open incidents of the same site; of a request, the open cases of its company. Newest first."""
    of_site = case.site_id and kind_of(case.desk) == CaseKind.INCIDENT
    same = Q(site=case.site_id) if of_site else Q(customer=case.customer_id)
    cases = open_cases(TECHNICAL if of_site else "")
    return with_names(cases.filter(same).exclude(pk=case.pk)).order_by("-opened_at")


def before_of_service(service_id: int) -> QuerySet[Case]:
    """The last incidents of the same service: the caller may be telling the same story again."""
    return Case.objects.filter(service_id=service_id, desk=TECHNICAL, closed_at__isnull=False).order_by("-opened_at")


def of_number(number: str) -> QuerySet[Case]:
    """The case an address names (digits only)."""
    return Case.objects.filter(number=int(number)) if is_number(number) else Case.objects.none()


def is_number(written: str) -> bool:
    """Whether an address can mean a case by this: digits only, and no more than a number has."""
    return written.isascii() and written.isdigit() and len(written) <= 18


def newest_of_company(customer_id: int) -> QuerySet[Case]:
    """Every case of the company, the newest first."""
    return Case.objects.filter(customer=customer_id).order_by("-opened_at")


# --- one case, by itself ----------------------------------------------------------------------------------------------


def named_case(number: str, *, locked: bool = False) -> Case | None:
    """Return the case an address names, with its names; ``locked`` holds it until the transaction ends."""
    rest = 'WHERE "case".number = %s' + (HOLD if locked else "")
    return next(iter(named_cases(rest, [int(number)])), None) if is_number(number) else None


def free_cases(ids: Collection[int]) -> list[Case]:
    """Return these cases with their names, in the order of their ids, held; without those that somebody else holds."""
    return named_cases(f'WHERE "case".id = ANY(%s) ORDER BY "case".id{HOLD} SKIP LOCKED', [list(ids)]) if ids else []


def held_cases(ids: Collection[int]) -> list[Case]:
    """Return the same with those that somebody else held, for which it waits."""
    return named_cases(f'WHERE "case".id = ANY(%s) ORDER BY "case".id{HOLD}', [list(ids)]) if ids else []


def named_cases(rest: str, values: Sequence[Any]) -> list[Case]:
    """Return cases with the names of ``with_names`` and without the words they are searched by. ``rest``: the statement
    from its WHERE on.
    """
    found = []
    for row in rows_of(NAMED + rest, values):
        columns = iter(row)
        case, customer = object_of(Case, columns, but=OF_THE_SEARCH), object_of(Customer, columns)
        site, city, service = (object_or_none(model, columns) for model in (Site, City, Service))
        assigned = object_or_none(Staff, columns, but=OF_THE_SIGN_IN)
        if site:
            knowing(site, city=city)
        found.append(knowing(case, customer=customer, site=site, service=service, assigned=assigned))
    return found


OF_THE_SEARCH = ("search",)
# By hand, since each page of a case and each act on one begins with it.
NAMED = f"""
    SELECT {columns_of(Case, but=OF_THE_SEARCH)}, {columns_of(Customer)}, {columns_of(Site)}, {columns_of(City)},
           {columns_of(Service)}, {columns_of(Staff, but=OF_THE_SIGN_IN)}
    FROM "case" JOIN customer ON customer.id = "case".customer_id LEFT JOIN site ON site.id = "case".site_id
    LEFT JOIN city ON city.id = site.city_id LEFT JOIN service ON service.id = "case".service_id
    LEFT JOIN staff ON staff.id = "case".assigned_id
"""
HOLD = ' FOR NO KEY UPDATE OF "case"'


def cases_with_place() -> QuerySet[Case]:
    """Every case with its company, site, city and service, without the words it is searched by."""
    return Case.objects.select_related("customer", "site__city", "service").defer("search")


def case_with_place(pk: int) -> Case | None:
    """The case of this id with its company, site, city and service; behind a company's policy another's is None."""
    return cases_with_place().filter(pk=pk).first()


def case_of_company(pk: int, customer_id: int) -> Case | None:
    """The case of this id by its id alone, if it is the company's."""
    return Case.objects.filter(pk=pk, customer=customer_id).only("pk").first()


def id_of_number(number: int) -> int | None:
    """The id of the case that people know by this number."""
    return Case.objects.filter(number=number).values_list("pk", flat=True).first()


def locked_cases() -> QuerySet[Case]:
    """Every case with its names; whoever reads one of these holds it until the transaction ends."""
    return with_names(Case.objects.select_for_update(of=("self",), no_key=True))


def locked_open_incident(*, number: int = 0, circuit: str = "") -> Case | None:
    """The open incident of this number, or where a circuit is given the newest one of it; held as ``locked_cases``."""
    wanted = Q(service__folded_circuit=fold(circuit)) if circuit else Q(number=number)
    return locked_cases().filter(wanted, closed_at=None, desk=TECHNICAL).order_by("-opened_at").first()


def other_open_incidents(case: Case) -> QuerySet[Case]:
    """The other open incidents of the case's company."""
    return open_cases(TECHNICAL).filter(customer=case.customer_id).exclude(pk=case.pk)
