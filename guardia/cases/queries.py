"""Named questions to the table of cases. Each touches what it shows, never all that is open (design §4.11)."""

from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, Value, When

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.customers.folding import fold
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Stage

MOST_COUNTED = 100
IN_THE_FIELD = Q(visits__ended_at=None, visits__agreed_at__isnull=False)


def with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("customer", "site__city", "service", "assigned")


def open_cases() -> QuerySet[Case]:
    return Case.objects.filter(closed_at=None)


def next_first(cases: QuerySet[Case]) -> QuerySet[Case]:
    """First what breaks first."""
    return cases.order_by("next_due_at", "id")


def by_impact_first(cases: QuerySet[Case]) -> QuerySet[Case]:
    """First who is worst off, VIP before others, then what breaks first."""
    weight = Choose(When(impact="down", then=Value(0)), When(impact="degraded", then=Value(1)), default=Value(2))
    return cases.order_by(
        F("restored_at").asc(nulls_first=True), weight, F("customer__vip").desc(), "next_due_at", "id"
    )


def promised(at: datetime) -> QuerySet[Case]:
    """The cases with a running promise; one that waits is shown here only when its next promise has come close."""
    close = Q(waiting_since=None) | Q(next_warn_at__lte=at)
    return open_cases().filter(close, next_due_at__isnull=False)


def waiting(at: datetime) -> QuerySet[Case]:
    """The cases with a clock that stands still, and nothing else about to break; longest first."""
    quiet = Q(next_due_at=None) | Q(next_warn_at__gt=at)
    return open_cases().filter(quiet, waiting_since__isnull=False).order_by("waiting_since")


def stands_still(case: Case, at: datetime) -> bool:
    """Whether one case that is read already is among those of ``waiting``."""
    quiet = case.next_due_at is None or (case.next_warn_at is not None and case.next_warn_at > at)
    return case.waiting_since is not None and quiet


VIEWS = {
    "proximo": lambda staff: Q(),
    "mios": lambda staff: Q(assigned=staff),
    "sin-asignar": lambda staff: Q(assigned=None),
    "en-campo": lambda staff: Q(stage__in=[Stage.DIAGNOSIS, Stage.EXECUTION]) & IN_THE_FIELD,
    "en-espera": lambda staff: Q(waiting_since__isnull=False),
    "en-seguimiento": lambda staff: Q(stage=Stage.STABILITY),
}


def in_view(cases: QuerySet[Case], view: str, staff: Staff) -> QuerySet[Case]:
    """The cases of one of the bench's views."""
    return cases.filter(VIEWS[view](staff)).distinct() if view == "en-campo" else cases.filter(VIEWS[view](staff))


def count_up_to_99(cases: QuerySet[Case]) -> int:
    """How many, counting no further than a hundred: the screen then says 99+."""
    return cases.order_by()[:MOST_COUNTED].values("pk").count()


def counts(at: datetime) -> dict[str, int]:
    """How many are open, overdue, urgent, soon and waiting, each counted to 99+."""
    return {
        "open": count_up_to_99(open_cases()),
        "overdue": count_up_to_99(open_cases().filter(next_due_at__lte=at)),
        "urgent": count_up_to_99(open_cases().filter(next_due_at__gt=at, next_urgent_at__lte=at)),
        "soon": count_up_to_99(open_cases().filter(next_urgent_at__gt=at, next_warn_at__lte=at)),
        "waiting": count_up_to_99(open_cases().filter(waiting_since__isnull=False)),
    }


def last_closed_at() -> datetime | None:
    closed = Case.objects.filter(closed_at__isnull=False).order_by("-closed_at")
    return closed.values_list("closed_at", flat=True).first()


def open_calls() -> QuerySet[Call]:
    """Calls that wait, are on the line, or are owed a call-back; first what breaks first."""
    calls = Call.objects.filter(settled_at=None).select_related("customer", "contact", "answered_by")
    return calls.order_by(F("next_due_at").asc(nulls_last=True), "waiting_at")


def open_at_site(site_id: int) -> QuerySet[Case]:
    return with_names(open_cases().filter(site_id=site_id)).order_by("-opened_at")


def before_of_service(service_id: int) -> QuerySet[Case]:
    """The last cases of the same service: the caller may be telling the same story again."""
    return Case.objects.filter(service_id=service_id, closed_at__isnull=False).order_by("-opened_at")


def found_by(words: str) -> QuerySet[Case]:
    """Cases by number (ours, the customer's, the carrier's), company, circuit or words; newest first."""
    cases = with_names(Case.objects.all()).order_by("-opened_at")
    number = parse(words)
    if number and cases.filter(number=number).exists():
        return cases.filter(number=number)
    folded = fold(words)
    exact = Q(customer_reference__iexact=words.strip()) | Q(carrier_reference__iexact=words.strip())
    named = Q(customer__folded_name__contains=folded) | Q(service__folded_circuit__contains=folded)
    return cases.filter(exact | named | Q(search=SearchQuery(words, config="spanish", search_type="websearch")))


def of_number(number: str) -> QuerySet[Case]:
    """The case an address names (digits only)."""
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    return Case.objects.filter(number=int(number)) if is_number else Case.objects.none()
