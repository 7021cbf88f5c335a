"""Cases by whatever the caller says first: one question of several parts, each answered by an index of its own.

Parts that are joined by OR would be answered by none: PostgreSQL would read every case there ever was.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.cases.queries import with_names
from guardia.config.asking import connection
from guardia.customers.cities import City
from guardia.customers.customer import Customer, Service
from guardia.customers.values import beginning_with, fold, words_of
from guardia.procedure.vocabulary import Impact, RequestStage, Stage

LATELY = 2_000
MOST_NAMES = 100
"""So many companies and so many circuits of a name are looked at; a name that more have tells nobody anything."""

OF_REFERENCE = """(SELECT id, opened_at FROM "case" WHERE {column} = ANY(%(ways)s) AND {which}
    ORDER BY id DESC LIMIT %(most)s)"""
OF_FORMER_NUMBER = """(SELECT id, opened_at FROM "case" WHERE former_number = ANY(%(ways)s) AND former_number <> ''
    AND {which} ORDER BY id DESC LIMIT %(most)s)"""
OF_EACH = """(SELECT its.id, its.opened_at FROM unnest(%({ids})s::bigint[]) AS named(id) CROSS JOIN LATERAL (
    SELECT id, opened_at FROM "case" WHERE {column} = named.id AND {which}
    ORDER BY opened_at DESC LIMIT %(most)s) AS its)"""
# A common word is among the newest cases often enough; any other one is in so few that its index tells them all. Left
# to itself PostgreSQL goes through every case there is for a rare word, and reads a tenth of them for a common one.
WITH_WORDS = """(WITH lately AS MATERIALIZED (
    SELECT id, opened_at FROM (SELECT id, opened_at, search FROM "case" ORDER BY id DESC LIMIT %(lately)s) AS newest
    WHERE search @@ websearch_to_tsquery('spanish', %(words)s) LIMIT %(most)s
    ) SELECT id, opened_at FROM lately UNION ALL SELECT id, opened_at FROM "case"
    WHERE search @@ websearch_to_tsquery('spanish', %(words)s) AND (SELECT count(*) FROM lately) < %(most)s)"""
OPEN_WITH_WORDS = """(SELECT id, opened_at FROM "case"
    WHERE search @@ websearch_to_tsquery('spanish', %(words)s) AND closed_at IS NULL)"""
# Kept apart: how many cases hold a number cannot be foreseen, and to go through the newest ones is no way to find it.
WITH_A_FIELD = """(WITH asked AS MATERIALIZED (
    SELECT id, opened_at FROM "case" WHERE NOT fields = '{{}}' AND fields @? %(field)s::jsonpath AND {which}
    ) SELECT id, opened_at FROM asked)"""
# One plan for whatever is asked would do the rare or the common badly.
BY_INDEX = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)"
AS_BEFORE = "SELECT set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true)"
NEWEST = "SELECT id FROM ({parts}) AS found ORDER BY opened_at DESC, id DESC LIMIT %(most)s"


def found_by(words: str, most: int, *, only_open: bool = False) -> list[Case]:
    """Cases by number (ours, a former tool's, the customer's, the carrier's, an invoice's), by company, circuit or
    words; the newest first.
    """
    if not words.strip():
        return []
    cases = with_names(Case.objects.filter(closed_at=None) if only_open else Case.objects.all())
    number = parse(words)
    if number and (exact := list(cases.filter(number=number))):
        return exact
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(*newest(words, most, only_open=only_open))
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(AS_BEFORE)
    return list(cases.filter(pk__in=ids).order_by("-opened_at", "-pk")) if ids else []


def newest(words: str, most: int, *, only_open: bool = False) -> tuple[str, dict[str, Any]]:
    """The question for the ids of the newest cases that fit, and its values."""
    words = words.strip()
    ways = sorted({words, words.upper(), words.lower(), words.capitalize()})
    parts = [OF_REFERENCE.replace("{column}", f"{whose}_reference") for whose in ("customer", "carrier")]
    parts.append(OF_FORMER_NUMBER)
    parts += [OF_EACH.replace("{column}", f"{what}_id").replace("{ids}", what) for what in ("customer", "service")]
    parts.append(OPEN_WITH_WORDS if only_open else WITH_WORDS)
    values = {"ways": ways, "words": words, "most": most, "lately": LATELY}
    values |= {"customer": companies(words), "service": circuits(words)}
    if any(sign.isdigit() for sign in words):  # numbers of invoices and contracts: no other words look there
        parts.append(WITH_A_FIELD)
        values["field"] = any_field_is(words)
    which = "closed_at IS NULL" if only_open else "TRUE"
    asked = " UNION ".join(part.replace("{which}", which).replace("{{}}", "{}") for part in parts)
    return NEWEST.replace("{parts}", asked), values


def companies(words: str) -> list[int]:
    """The ids of companies, active or not, that have these words anywhere in their name."""
    named = Customer.objects.filter(folded_name__contains=fold(words))
    return list(named.order_by("folded_name", "pk").values_list("pk", flat=True)[:MOST_NAMES])


def circuits(words: str) -> list[int]:
    """The ids of services, active or not, whose circuit has parts that begin with these words."""
    query = beginning_with(words)
    if query is None:
        return []
    parts = Service.objects.alias(parts=words_of("folded_circuit")).filter(parts=query)
    return list(parts.order_by("folded_circuit", "pk").values_list("pk", flat=True)[:MOST_NAMES])


def any_field_is(number: str) -> str:
    """A jsonpath that finds this number whatever the field is called: as it was typed, or in capitals or small."""
    said = {json.dumps(way, ensure_ascii=False) for way in (number, number.upper(), number.lower())}
    return f"$.* ? ({' || '.join(f'@ == {each}' for each in sorted(said))})"


# By what the cases of a bench are narrowed; each part by an index, or by the rows that the bench reads anyway.


COMPANY, PLACE, IMPACT, STAGE = "compania", "ciudad", "impacto", "etapa"
ENGINEER, VIP, OVERDUE, GROUP = "ingeniero", "vip", "vencidos", "grupo"
NAMES = (COMPANY, PLACE, IMPACT, STAGE, ENGINEER, GROUP, VIP, OVERDUE)
"""As the address writes them, in the order in which they are shown."""
LONGEST = 80
LONGEST_ID = 16


def understood(asked: Mapping[str, object]) -> dict[str, str]:
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
    GROUP: lambda value, at: Q(group_holds__group=int(value), group_holds__until=None),
    VIP: lambda value, at: Q(customer__vip=True),
    OVERDUE: lambda value, at: Q(next_due_at__lte=at),
}
UNDERSTOOD: dict[str, Callable[[str], bool]] = {
    COMPANY: lambda value: True,
    PLACE: lambda value: True,
    IMPACT: lambda value: value in set(Impact),
    STAGE: lambda value: value in {*Stage, *RequestStage},
    ENGINEER: is_id,
    GROUP: is_id,
    VIP: lambda value: value == "1",
    OVERDUE: lambda value: value == "1",
}
