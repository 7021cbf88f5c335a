"""By what the cases of a bench are narrowed; each part by an index, or by the rows that the bench reads anyway."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from guardia.cases.case import Case
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.customers.folding import beginning_with, fold, words_of
from guardia.procedure.vocabulary import Impact, RequestStage, Stage

COMPANY, PLACE, IMPACT, STAGE = "compania", "ciudad", "impacto", "etapa"
ENGINEER, VIP, OVERDUE = "ingeniero", "vip", "vencidos"
NAMES = (COMPANY, PLACE, IMPACT, STAGE, ENGINEER, VIP, OVERDUE)
"""As the address writes them, in the order in which they are shown."""
LONGEST = 80
LONGEST_ID = 16


def known(asked: Mapping[str, object]) -> dict[str, str]:
    """What is understood of a question, however old or odd: a value that no longer exists is left out."""
    given = {name: str(asked.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in NAMES}
    return {name: value for name, value in given.items() if value and UNDERSTOOD[name](value)}


def narrowed(cases: QuerySet[Case], asked: Mapping[str, str], at: datetime) -> QuerySet[Case]:
    """Those that fit all of ``asked`` (of ``known``); ``at`` (UTC) says what is overdue."""
    for name, value in asked.items():
        cases = cases.filter(MEANING[name](value, at))
    return cases


def is_id(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < LONGEST_ID


def of_company(words: str, at: datetime) -> Q:
    """By its id, or by the beginning of words of its name."""
    if is_id(words):
        return Q(customer=int(words))
    query = beginning_with(words)
    if query is None:
        return Q(pk=None)
    return Q(customer__in=Customer.objects.alias(named=words_of("folded_name")).filter(named=query).values("pk"))


def at_place(words: str, at: datetime) -> Q:
    """A city or a province, accents or not. The cities of a country are a few hundred rows."""
    asked = fold(words)
    rows = City.objects.values_list("pk", "name", "province")
    found = [pk for pk, *names in rows if any(fold(name).startswith(asked) for name in names)]
    return Q(site__city__in=found)


MEANING: dict[str, Callable[[str, datetime], Q]] = {
    COMPANY: of_company,
    PLACE: at_place,
    IMPACT: lambda value, at: Q(impact=value),
    STAGE: lambda value, at: Q(stage=value),
    ENGINEER: lambda value, at: Q(assigned=int(value)),
    VIP: lambda value, at: Q(customer__vip=True),
    OVERDUE: lambda value, at: Q(next_due_at__lte=at),
}
UNDERSTOOD: dict[str, Callable[[str], bool]] = {
    COMPANY: lambda value: True,
    PLACE: lambda value: True,
    IMPACT: lambda value: value in set(Impact),
    STAGE: lambda value: value in {*Stage, *RequestStage},
    ENGINEER: is_id,
    VIP: lambda value: value == "1",
    OVERDUE: lambda value: value == "1",
}
