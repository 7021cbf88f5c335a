"""Articles found: by their words, by state and cause, and those that fit a case or a report.

Words are found as in the similar cases (``cases/trade_words.py``): PostgreSQL's Spanish, whatever the accents, with
what the trade says in several ways. Articles are some hundreds, so all that share a word are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from guardia.articles.article import Article, ArticleState
from guardia.cases.case import Case
from guardia.cases.trade_words import LEXEMES, Idea, ideas_in
from guardia.config.sql_rows import rows_of
from guardia.network.reach import elements_above

MOST_FITTING = 3
MOST_LISTED = 200
MOST_COMPARED = 500
COMMON_FROM, COMMON_IN = 6, 2
"""Of at least so many articles a word that stands in more than one of two tells nothing."""
MATCHING = """
    SELECT a.id, {shared} FROM article a JOIN article_edition e ON e.id = a.{edition}
    WHERE e.search @@ %(any)s::tsquery LIMIT {most}
"""
PLAIN = """
    SELECT a.id FROM article a JOIN article_edition e ON e.id = a.{edition}
    WHERE e.search @@ websearch_to_tsquery('spanish', %(words)s) LIMIT {most}
"""
HOW_MANY = "SELECT count(*) FROM article WHERE state = 'published'"
FITTING = """
    SELECT a.id, {shared}, {causes}, near.codes, near.elements, e.kinds ?| %(kinds)s
    FROM article a JOIN article_edition e ON e.id = a.published_id
    CROSS JOIN LATERAL (SELECT to_tsvector('spanish', e.causes) AS words OFFSET 0) AS cause
    CROSS JOIN LATERAL (
        SELECT array_agg(l.code ORDER BY l.code) AS codes, count(l.id) AS elements
        FROM article_element m JOIN element l ON l.id = m.element_id
        WHERE m.articleedition_id = e.id AND m.element_id = ANY(%(elements)s)) AS near
    WHERE a.state = 'published' AND (e.search @@ %(any)s::tsquery OR near.elements > 0) LIMIT {most}
"""
FITTING_CUSTOMERS = """
    SELECT a.id, {shared}, 0, NULL, 0, false FROM article a JOIN article_edition e ON e.id = a.published_id
    WHERE a.state = 'published' AND e.search @@ %(any)s::tsquery LIMIT {most}
"""
"""As a company's reading login may ask: of causes and elements it sees nothing."""
CAUSES = """
    SELECT DISTINCT cause FROM article a JOIN article_edition e ON e.id = a.newest_id,
        unnest(string_to_array(e.causes, E'\\n')) AS cause
    WHERE cause <> '' ORDER BY cause
"""
OF_CAUSE = """
    SELECT a.id FROM article a JOIN article_edition e ON e.id = a.newest_id
    WHERE %s = ANY (string_to_array(e.causes, E'\\n'))
"""
KINDS = "SELECT DISTINCT kind FROM element WHERE id = ANY(%s)"
HELPED = """
    SELECT article_id, count(*) FILTER (WHERE helped) - count(*) FILTER (WHERE NOT helped), count(DISTINCT case_id)
    FROM article_use WHERE article_id = ANY(%s) GROUP BY article_id
"""


class _Words:
    """The ideas of some words as PostgreSQL reads them; what two have in common are bits of their places."""

    def __init__(self, report: str, cause: str = "") -> None:
        of_cause = ideas_in(cause)
        known = {idea.ways for idea in of_cause}
        ideas = [*of_cause, *(idea for idea in ideas_in(report) if idea.ways not in known)]
        pairs = [(place, way) for place, idea in enumerate(ideas) for way in idea.ways]
        given = [list(each) for each in zip(*pairs, strict=True)] or [[], []]
        queries = {place: query for _role, place, query in rows_of(LEXEMES, given)} if pairs else {}
        self.ideas: list[tuple[Idea, str]] = [(ideas[place], query) for place, query in sorted(queries.items())]
        self.of_cause = sum(place < len(of_cause) for place in queries)

    @property
    def values(self) -> dict[str, Any]:
        each = {f"q{place}": query for place, (_idea, query) in enumerate(self.ideas)}
        return {**each, "any": " | ".join(f"({query})" for _idea, query in self.ideas)}

    def bits(self, column: str) -> str:
        """SQL for the ideas that a column of words holds, as the bits of a number."""
        return (
            " | ".join(f"(({column} @@ %(q{place})s::tsquery)::int << {place})" for place in range(len(self.ideas)))
            or "0"
        )

    @property
    def of_the_trade(self) -> int:
        return sum(1 << place for place, (idea, _query) in enumerate(self.ideas) if idea.of_the_trade)

    def labels(self, shared: int) -> list[str]:
        return [idea.label for place, (idea, _query) in enumerate(self.ideas) if shared & 1 << place]


# --- the list ---------------------------------------------------------------------------------------------------------
def listed(words: str = "", *, state: str = "", cause: str = "") -> list[Article]:
    """The articles as the desk lists them, at most two hundred: those with the most of the words first, else those that
    changed last. Without a ``state`` all but the retired ones. Words may be a number (AR-0042), whatever its state.
    """
    found = with_editions()
    if (number := number_in(words)) is not None:
        return list(found.filter(number=number))
    found = found.filter(state=state) if state else found.exclude(state=ArticleState.RETIRED)
    if cause:
        found = found.filter(pk__in=[pk for (pk,) in rows_of(OF_CAUSE, [cause])])
    if words.strip():
        ranked = matching(words, "newest_id")
        rows = found.in_bulk(ranked[:MOST_LISTED])
        return [rows[pk] for pk in ranked if pk in rows]
    return list(found.order_by("-newest__made_at", "-number")[:MOST_LISTED])


def with_editions() -> QuerySet[Article]:
    """Articles with the editions that a screen of the desk shows, without their vectors of words."""
    heavy = ("newest__search", "published__search")
    return Article.objects.select_related("newest__made_by", "published", "from_case").defer(*heavy)


def number_in(words: str) -> int | None:
    """The number of an article that somebody typed (``AR-0042``, ``ar 42``); None where it is none."""
    typed = words.strip().upper()
    digits = typed.removeprefix("AR").lstrip(" -")
    is_number = typed.startswith("AR") and digits.isascii() and digits.isdigit() and len(digits) < 9
    return int(digits) if is_number else None


def article_of_number(number: int) -> Article | None:
    """Return the article with this number, whatever its state."""
    return with_editions().filter(number=min(number, 2**31 - 1)).first()


def drafted_from(case: Case) -> list[Article]:
    """The articles that were drafted from this case."""
    return list(Article.objects.filter(from_case=case).order_by("number"))


def causes_in_use() -> list[str]:
    """The causes that are named in the newest editions, each once: what a form offers and a list is filtered by."""
    return [cause for (cause,) in rows_of(CAUSES)]


def matching(words: str, edition: str) -> list[int]:
    """The ids of the articles whose edition (``newest_id``, ``published_id``) holds at least half of the words.

    Those that hold most come first, of equals the later one.
    """
    wanted = _Words(words)
    if not wanted.ideas:
        sql = PLAIN.format(edition=edition, most=MOST_COMPARED)
        return sorted((pk for (pk,) in rows_of(sql, {"words": words[:200]})), reverse=True)
    sql = MATCHING.format(shared=wanted.bits("e.search"), edition=edition, most=MOST_COMPARED)
    found = [(shared.bit_count(), pk) for pk, shared in rows_of(sql, wanted.values)]
    return [pk for count, pk in sorted(found, reverse=True) if count * 2 >= len(wanted.ideas)]


# --- those that fit ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FaultWords:
    """What articles are to fit: the words of a report, of its cause once it is known, and the service it is of.

    ``elements``: others that have to do with it, such as the one whose outage it is part of.
    """

    report: str
    cause: str = ""
    service_id: int | None = None
    elements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitting:
    """An article, and why it fits: by the words of a cause, by elements, by other words."""

    article: Article
    cause_words: Sequence[str]
    elements: Sequence[str]
    words: Sequence[str]


def fitting(fault: FaultWords) -> list[Fitting]:
    """At most three published articles that fit, the best first: by cause, by element, by how many words they share.

    What is equal in that is ranked by kind of element, by what was said of its help, and by how often it was used. By
    words alone an article fits if it shares two, or one that the trade says in several ways.
    """
    words, elements = _Words(fault.report, fault.cause), list(fault.elements)
    if fault.service_id:
        elements += elements_above([fault.service_id]).get(fault.service_id, [])
    if not words.ideas and not elements:
        return []
    kinds = [kind for (kind,) in rows_of(KINDS, [elements])] if elements else []
    sql = FITTING.format(shared=words.bits("e.search"), causes=words.bits("cause.words"), most=MOST_COMPARED)
    ranked = _ranked(words, rows_of(sql, {**words.values, "elements": elements, "kinds": kinds}), with_uses=True)
    rows = with_editions().in_bulk([pk for pk, *_why in ranked])
    return [
        Fitting(rows[pk], words.labels(cause), codes or (), words.labels(shared & ~cause))
        for pk, cause, codes, shared in ranked
    ]


def fitting_for_customers(report: str) -> list[Article]:
    """At most three articles for customers that fit what somebody is about to report; a query of the portal's login."""
    words = _Words(report)
    if not words.ideas:
        return []
    rows = rows_of(FITTING_CUSTOMERS.format(shared=words.bits("e.search"), most=MOST_COMPARED), words.values)
    chosen = [pk for pk, *_why in _ranked(words, rows, with_uses=False)]
    found = for_customers().in_bulk(chosen)
    return [found[pk] for pk in chosen if pk in found]


def _ranked(words: _Words, rows: Sequence[tuple[Any, ...]], *, with_uses: bool) -> list[tuple[int, int, Any, int]]:
    """Of each that fits its id, the ideas of its cause, the codes of its elements, and all ideas that it shares."""
    telling = _telling(words, [shared for _pk, shared, *_more in rows])
    of_causes = (1 << words.of_cause) - 1 | words.of_the_trade
    liked = {pk: more for pk, *more in rows_of(HELPED, [[row[0] for row in rows]])} if with_uses and rows else {}
    found = []
    for pk, shared, cause, codes, elements, same_kind in rows:
        shared, cause = shared & telling, cause & telling & of_causes
        suffices = shared.bit_count() > 1 or bool(shared & words.of_the_trade)
        if not (cause or elements or suffices):
            continue
        rank = (bool(cause), bool(elements), shared.bit_count(), bool(same_kind), *liked.get(pk, (0, 0)), pk)
        found.append((rank, (pk, cause, codes, shared)))
    return [one for _rank, one in sorted(found, key=lambda each: each[0], reverse=True)][:MOST_FITTING]


def _telling(words: _Words, shared: Sequence[int]) -> int:
    """The ideas that do not stand in most articles."""
    ((published,),) = rows_of(HOW_MANY)
    every = (1 << len(words.ideas)) - 1
    if published < COMMON_FROM:
        return every
    held = [sum(bool(one & 1 << place) for one in shared) for place in range(len(words.ideas))]
    return sum(1 << place for place, times in enumerate(held) if times * COMMON_IN <= published)


# --- for customers ----------------------------------------------------------------------------------------------------
def for_customers() -> QuerySet[Article]:
    """The articles that are published for customers, with the columns that the portal's login may read."""
    columns = ("number", "state", "for_portal", "published__texts", "published__made_at")
    found = Article.objects.filter(state=ArticleState.PUBLISHED, for_portal=True)
    return found.select_related("published").only(*columns)


def listed_for_customers(words: str = "") -> list[Article]:
    """Those that hold the words, the best first; without words all, the latest first; at most two hundred."""
    if not words.strip():
        return list(for_customers().order_by("-published__made_at", "-number")[:MOST_LISTED])
    ranked = matching(words, "published_id")[:MOST_LISTED]
    found = for_customers().in_bulk(ranked)
    return [found[pk] for pk in ranked if pk in found]


def customers_article(number: int) -> Article | None:
    """The article with this number, where customers may read it."""
    return for_customers().filter(number=min(number, 2**31 - 1)).first()
