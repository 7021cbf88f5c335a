"""Closed cases like one that is being worked on, with what was wrong and what solved it. For the desk alone.

What is looked at does not grow with what exists: the newest cases of one service and of so many neighbours, the fifteen
hundred that were closed last, and by the index of words those that hold words which are rare among these. A common
word is among the newest cases often enough; it is never looked up by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from django.utils.functional import cached_property

from guardia.cases.case import Case
from guardia.cases.finding import AS_BEFORE, BY_INDEX
from guardia.cases.trade_words import LEXEMES, Idea, ideas_in
from guardia.config.database_roles import DatabaseRole
from guardia.config.sql_rows import rows_of
from guardia.network.element import Element

MOST = 5
HELD = timedelta(days=30)
"""A solution after which the service failed again within so long did not hold, as a site recurs (P7)."""
LATELY = 1_500
OF_OWN, OF_EACH = 40, 5
"""So many of the newest cases are looked at: of the service itself, and of each neighbour."""
ELEMENTS, AT_AN_ELEMENT, AT_THE_SITE = 8, 100, 50
"""So many of the elements of a service, and so many services of each and of its site, are looked at."""
MOST_FOUND = 25
"""So many cases of one kind of kinship are ranked."""
MOST_BY_WORDS = 200
"""So many cases that hold a word, or a pair, are read, whichever the index of words names first."""
MOST_LOOKED_UP, MOST_PAIRS, MOST_SINGLE = 5, 3, 2
"""So many of the rarest ideas are looked up, in so many pairs, and so many of them by themselves."""
RARE_PAIR, RARE = 5, 2
"""Of a pair, or of an idea by itself, that so many of the newest cases hold the older ones are not looked for."""
SELDOM = 20_000
"""A pair whose rarer idea stands in more cases than this, by PostgreSQL's statistics, is not looked up."""
COMMON_IN, RARE_IN, FEW = 5, 50, 50
"""A word in more than a fifth of the newest cases tells nothing, one in at most a fiftieth counts twice; among fewer
than fifty cases neither is judged."""

USEFUL = """(status = 'closed' AND desk = 'technical' AND (solution <> '' OR cause <> '')
    AND id IS DISTINCT FROM %(case)s AND (part_of_id IS NULL OR part_of_id IS DISTINCT FROM %(outage)s))"""
NEWEST = """
    SELECT shared, count(*), (array_agg(id ORDER BY closed_at DESC) FILTER (WHERE useful))[1:{most}]
    FROM (SELECT id, closed_at, {useful} AS useful, {shared} AS shared
          FROM (SELECT * FROM "case" WHERE closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT {lately}) AS newest
         ) AS looked_at
    GROUP BY shared
"""
OF_SERVICES = """
    (SELECT its.id FROM ({services}) AS near CROSS JOIN LATERAL (
        SELECT id, closed_at FROM (
            SELECT * FROM "case" WHERE service_id = near.service_id ORDER BY opened_at DESC LIMIT {newest}) AS newest
        WHERE {useful}) AS its
     ORDER BY its.closed_at DESC LIMIT {most})
"""
THE_SERVICE = "SELECT %(service)s::bigint AS service_id"
ON_ITS_ELEMENTS = """
    SELECT DISTINCT neighbour.service_id
    FROM (SELECT element_id FROM service_element WHERE service_id = %(service)s ORDER BY id LIMIT {elements}) AS own
    CROSS JOIN LATERAL (
        SELECT service_id FROM service_element WHERE element_id = own.element_id LIMIT {services}) AS neighbour
    WHERE neighbour.service_id <> %(service)s
"""
AT_ITS_SITE = """
    SELECT id AS service_id FROM service
    WHERE site_id = %(site)s AND id IS DISTINCT FROM %(service)s LIMIT {services}
"""
WITH_WORDS = """
    (SELECT id FROM (SELECT * FROM "case" WHERE search @@ %({words})s::tsquery LIMIT {read}) AS found
     WHERE closed_at IS NOT NULL AND {useful} ORDER BY closed_at DESC LIMIT {most})
"""
IN_HOW_MANY = 'w{n} AS MATERIALIZED (SELECT FROM "case" WHERE search @@ %s::tsquery)'
# What stands in very many cases after all is drawn by lot from the index: it costs no more than some hundreds.
BY_LOT = "SELECT set_config('gin_fuzzy_search_limit', '500', true)"
ALL_AS_BEFORE = f"{AS_BEFORE}, set_config('gin_fuzzy_search_limit', '0', true)"
COMPARED = """
    SELECT id, part_of_id, closed_at, service_id = %(service)s, site_id = %(site)s,
        EXISTS (SELECT FROM service_element e WHERE e.service_id = c.service_id AND e.element_id IN (
            SELECT element_id FROM service_element WHERE service_id = %(service)s)),
        {shared}, {same_cause},
        (SELECT later.opened_at FROM "case" later WHERE later.service_id = c.service_id
            AND later.opened_at > c.closed_at AND later.opened_at <= c.closed_at + %(held)s
            AND later.desk = 'technical' AND later.status <> 'cancelled'
         ORDER BY later.opened_at LIMIT 1)
    FROM "case" c CROSS JOIN LATERAL (SELECT to_tsvector('spanish', c.cause) AS cause_words OFFSET 0) AS written
    WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What cases are to be similar to: a fault of ``at`` (UTC), at a service and its site where they are known, in the
    words of its report and, once it is known, of its cause. ``case_id`` and its outage are left out.
    """

    at: datetime
    service_id: int | None = None
    site_id: int | None = None
    report: str = ""
    cause: str = ""
    case_id: int | None = None
    outage_id: int | None = None


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A closed case, and why it is similar.

    ``returned_after``: how soon the service failed again, where that was within thirty days.
    """

    case: Case
    same_service: bool
    elements: Sequence[str]
    same_site: bool
    cause_words: Sequence[str]
    words: Sequence[str]
    returned_after: timedelta | None

    @property
    def took(self) -> timedelta:
        """How long the customer was affected, or where that is not counted, until it was restored or closed."""
        if self.case.affected_seconds is not None:
            return timedelta(seconds=self.case.affected_seconds)
        return (self.case.restored_at or self.case.closed_at or self.case.opened_at) - self.case.opened_at


@dataclass(frozen=True, slots=True)
class _Compared:
    """A candidate by its id, with what it has in common with the question, as bits of the ideas."""

    case_id: int
    outage_id: int | None
    closed_at: datetime
    same_service: bool
    same_site: bool
    same_element: bool
    shared: int
    same_cause: int
    failed_again_at: datetime | None


class _Words:
    """The ideas of a question as PostgreSQL reads them, and how common each is among the newest cases."""

    def __init__(self, ideas: Sequence[tuple[Idea, str]], of_cause: int) -> None:
        """``of_cause``: so many of the ideas, the first ones, are of the cause."""
        self.ideas = ideas
        self.of_cause = (1 << of_cause) - 1
        self.groups: list[tuple[int, int, list[int]]] = []

    @property
    def values(self) -> dict[str, str]:
        return {f"q{place}": query for place, (_, query) in enumerate(self.ideas)}

    def bits(self, of: str, places: Sequence[int] | None = None) -> str:
        """SQL for the ideas that a column of words holds, as the bits of a number."""
        chosen = range(len(self.ideas)) if places is None else places
        return " | ".join(f"(({of} @@ %(q{n})s::tsquery)::int << {n})" for n in chosen) or "0"

    @cached_property
    def looked_at(self) -> int:
        return sum(times for _, times, _ in self.groups)

    def times(self, wanted: int) -> int:
        """How many of the newest cases hold all of these ideas."""
        return sum(times for shared, times, _ in self.groups if shared & wanted == wanted)

    @cached_property
    def telling(self) -> int:
        """The ideas that are not in every fifth case."""
        return self._those(lambda n: self.looked_at < FEW or self.times(1 << n) * COMMON_IN <= self.looked_at)

    @cached_property
    def rare(self) -> int:
        return self._those(lambda n: self.looked_at >= FEW and self.times(1 << n) * RARE_IN <= self.looked_at)

    def _those(self, holds: Any) -> int:
        return sum(1 << n for n in range(len(self.ideas)) if holds(n))

    def closeness(self, shared: int) -> int:
        """How much is said in both: each telling idea once, a rare one twice."""
        return (shared & self.telling).bit_count() + (shared & self.rare).bit_count()

    def suffice(self, shared: int) -> bool:
        """Whether what is shared makes two cases similar by itself: two ideas, a rare one, or one of the trade."""
        of_the_trade = sum(1 << n for n, (idea, _) in enumerate(self.ideas) if idea.of_the_trade)
        return self.closeness(shared) > 1 or bool(shared & self.telling & of_the_trade)

    def labels(self, shared: int) -> list[str]:
        """The telling ones as they were written in the question, the rarest first."""
        found = [n for n in range(len(self.ideas)) if shared & self.telling & (1 << n)]
        return [self.ideas[n][0].label for n in sorted(found, key=lambda n: self.times(1 << n))]

    def among_the_newest(self) -> list[int]:
        """The newest cases that share enough, those that share most first."""
        enough = [(shared, ids) for shared, _, ids in self.groups if self.suffice(shared)]
        closest = sorted(enough, key=lambda group: -self.closeness(group[0]))
        return [pk for _, ids in closest for pk in ids or ()][:MOST_FOUND]

    def to_look_up(self) -> tuple[list[str], list[str]]:
        """Pairs of ideas, then ideas, that are rare among the newest cases: the rarest of all cases first."""
        if self.looked_at < LATELY:
            return [], []  # there is nothing older
        told = [n for n in range(len(self.ideas)) if self.telling & (1 << n)]
        rarest = sorted(told, key=lambda n: self.times(1 << n))[:MOST_LOOKED_UP]
        often = dict(zip(rarest, _how_often([self.ideas[n][1] for n in rarest]), strict=True))
        rarest.sort(key=lambda n: often[n])
        pairs = [
            f"({self.ideas[rarer][1]}) & ({self.ideas[other][1]})"
            for rarer, other in combinations(rarest, 2)
            if often[rarer] <= SELDOM and self.times((1 << rarer) | (1 << other)) < RARE_PAIR
        ]
        singles = [self.ideas[n][1] for n in rarest if self.times(1 << n) < RARE]
        return pairs[:MOST_PAIRS], singles[:MOST_SINGLE]


def similar_cases(question: Question) -> list[SimilarCase]:
    """Return at most five closed incidents that have a cause or a solution on record; of one outage, one.

    They are ranked by what they share with the question: first those of the same service; then of a service on the
    same element; then of the same site; then of the same cause, where the question knows its own; then by how many
    words they share, a rare one counting twice. What is equal in all of it is ranked by whether the solution held (the
    service did not fail again within thirty days), then the newest first. By words alone a case is similar if it shares
    two, a rare one, or one that the trade says in several ways (``trade_words``).

    Whoever asks by another database role than the desk's gets nothing: the cases are of all companies.
    """
    words = _words_of(question)
    if words is None:
        return []
    values: dict[str, Any] = {
        "service": question.service_id,
        "site": question.site_id,
        "case": question.case_id,
        "outage": question.outage_id,
        "held": HELD,
        **words.values,
    }
    if words.ideas:
        newest = NEWEST.format(most=MOST_FOUND, useful=USEFUL, shared=words.bits("search"), lately=LATELY)
        words.groups = rows_of(newest, values)
    ids = {*words.among_the_newest(), *_related(question, values), *_with_rare_words(words, values)}
    ranked = sorted(_compared(words, ids, values), key=lambda one: _rank(one, question, words), reverse=True)
    return _described(list(_once_each_outage(ranked, words))[:MOST], question, words)


def _words_of(question: Question) -> _Words | None:
    """The ideas of the question that are words to PostgreSQL; None where it is not the desk that asks."""
    of_cause = ideas_in(question.cause)
    known = {idea.ways for idea in of_cause}
    ideas = [*of_cause, *(idea for idea in ideas_in(question.report) if idea.ways not in known)]
    pairs = [(n, way) for n, idea in enumerate(ideas) for way in idea.ways]
    rows = rows_of(
        f"{LEXEMES} UNION ALL SELECT current_user, -1, NULL",
        [list(each) for each in zip(*pairs, strict=True)] or [[], []],
    )
    if {role for role, _, _ in rows} != {DatabaseRole.STAFF.value}:
        return None
    queries = {n: query for _, n, query in rows if query}
    return _Words([(ideas[n], query) for n, query in sorted(queries.items())], sum(n < len(of_cause) for n in queries))


def _related(question: Question, values: dict[str, Any]) -> list[int]:
    """The ids of cases of the service, of services on its elements, and of its site."""
    parts = []
    if question.service_id:
        of_elements = ON_ITS_ELEMENTS.format(elements=ELEMENTS, services=AT_AN_ELEMENT)
        parts = [(THE_SERVICE, OF_OWN), (of_elements, OF_EACH)]
    if question.site_id:
        parts.append((AT_ITS_SITE.format(services=AT_THE_SITE), OF_EACH))
    if not parts:
        return []
    asked = [
        OF_SERVICES.format(services=services, newest=newest, useful=USEFUL, most=MOST_FOUND)
        for services, newest in parts
    ]
    return [pk for (pk,) in rows_of(" UNION ALL ".join(asked), values)]


def _with_rare_words(words: _Words, values: dict[str, Any]) -> list[int]:
    """The ids of the newest cases, however old, with words that are rare: with two of them, or with one by itself."""
    rows_of(BY_INDEX)
    pairs, singles = words.to_look_up()
    found = _with_words(pairs, values)
    rows_of(BY_LOT)
    found += _with_words(singles, values)
    rows_of(ALL_AS_BEFORE)
    return found


def _with_words(queries: Sequence[str], values: dict[str, Any]) -> list[int]:
    if not queries:
        return []
    named = {f"w{n}": query for n, query in enumerate(queries)}
    asked = [WITH_WORDS.format(words=name, read=MOST_BY_WORDS, useful=USEFUL, most=MOST_FOUND) for name in named]
    return [pk for (pk,) in rows_of(" UNION ALL ".join(asked), {**values, **named})]


def _how_often(queries: Sequence[str]) -> list[int]:
    """In how many cases PostgreSQL's statistics think that each stands: known without looking at any."""
    if not queries:
        return []
    asked = ", ".join(IN_HOW_MANY.format(n=n) for n in range(len(queries)))
    each = " UNION ALL ".join(f"SELECT FROM w{n}" for n in range(len(queries)))
    ((plan,),) = rows_of(f"EXPLAIN (FORMAT JSON) WITH {asked} {each}", queries)
    rows = {part.get("Subplan Name"): part["Plan Rows"] for part in plan[0]["Plan"]["Plans"]}
    return [int(rows[f"CTE w{n}"]) for n in range(len(queries))]


def _compared(words: _Words, ids: set[int], values: dict[str, Any]) -> Iterator[_Compared]:
    if ids:
        of_cause = [n for n in range(len(words.ideas)) if words.of_cause & (1 << n)]
        same_cause = words.bits("written.cause_words", of_cause)
        asked = COMPARED.format(shared=words.bits("search"), same_cause=same_cause)
        yield from (_Compared(*row) for row in rows_of(asked, {**values, "ids": sorted(ids)}))


def _rank(one: _Compared, question: Question, words: _Words) -> tuple[Any, ...]:
    """What is ranked first is greater."""
    kin = (bool(one.same_service), one.same_element, bool(one.same_site))
    held = _returned_after(one, question) is None
    return (*kin, bool(one.same_cause & words.telling), words.closeness(one.shared), held, one.closed_at, one.case_id)


def _returned_after(one: _Compared, question: Question) -> timedelta | None:
    """How soon the service failed again; the fault that is asked about is one of its own."""
    again = [one.failed_again_at] if one.failed_again_at else []
    if one.same_service and one.closed_at < question.at <= one.closed_at + HELD:
        again.append(question.at)
    return min(again) - one.closed_at if again else None


def _once_each_outage(ranked: Sequence[_Compared], words: _Words) -> Iterator[_Compared]:
    """The candidates that are similar, of each mass outage the first: its cases have one cause and one solution."""
    outages: set[int] = set()
    for one in ranked:
        if not (one.same_service or one.same_element or one.same_site or words.suffice(one.shared)):
            continue
        if one.outage_id is None or one.outage_id not in outages:
            yield one
        if one.outage_id is not None:
            outages.add(one.outage_id)


def _described(chosen: Sequence[_Compared], question: Question, words: _Words) -> list[SimilarCase]:
    """The chosen ones with their names and texts."""
    of_a_row = ("number", "cause", "plan", "plan_kind", "solution", "subject", "opened_at", "restored_at", "closed_at")
    names = ("affected_seconds", "service_id", "site_id", "customer__name", "customer__vip", "service__circuit")
    cases = Case.objects.select_related("customer", "service").only(*of_a_row, *names)
    found = cases.in_bulk([one.case_id for one in chosen])
    elements = _elements_shared([found[one.case_id] for one in chosen if one.same_element], question)
    return [
        SimilarCase(
            found[one.case_id],
            bool(one.same_service),
            elements.get(found[one.case_id].service_id or 0, ()),
            bool(one.same_site),
            words.labels(one.same_cause),
            words.labels(one.shared & ~one.same_cause),
            _returned_after(one, question),
        )
        for one in chosen
    ]


def _elements_shared(cases: Sequence[Case], question: Question) -> dict[int, list[str]]:
    """By service of these cases, the codes of the elements that it has in common with the question's."""
    if not cases:
        return {}
    theirs = Element.objects.filter(services__service__in={case.service_id for case in cases})
    shared = theirs.filter(pk__in=Element.objects.filter(services__service=question.service_id).values("pk"))
    found: dict[int, list[str]] = {}
    for service, code in shared.order_by("code").values_list("services__service", "code"):
        found.setdefault(service, []).append(code)
    return found
