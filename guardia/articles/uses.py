"""Whether articles help: what the desk says in its cases, one word for each person and case, and what customers say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from guardia.articles.article import Article, ArticleUse
from guardia.cases.case import Case
from guardia.config.sql_rows import rows_of, run
from guardia.people.staff import Staff

COUNTS = """
    SELECT a.id, used.cases, used.helped, used.failed, opinion.helped, opinion.failed
    FROM unnest(%s::bigint[]) AS a(id)
    CROSS JOIN LATERAL (SELECT count(DISTINCT case_id) AS cases, count(*) FILTER (WHERE helped) AS helped,
        count(*) FILTER (WHERE NOT helped) AS failed FROM article_use WHERE article_id = a.id) AS used
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE helped) AS helped, count(*) FILTER (WHERE NOT helped) AS failed
        FROM article_opinion WHERE article_id = a.id) AS opinion
"""
IN_CASE = """
    SELECT article_id, count(*), bool_or(staff_id = %(staff)s), bool_or(staff_id = %(staff)s AND helped),
        bool_or(staff_id = %(staff)s AND NOT helped)
    FROM article_use WHERE case_id = %(case)s AND article_id = ANY(%(articles)s) GROUP BY article_id
"""
OPINION = "INSERT INTO article_opinion (article_id, helped, day) VALUES (%s, %s, %s)"
USED, HELPED, FAILED = "used", "helped", "failed"
VERDICTS: dict[str, bool | None] = {USED: None, HELPED: True, FAILED: False}


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many cases an article was used, how often the desk and customers say that it helped, and that not."""

    cases: int = 0
    helped: int = 0
    failed: int = 0
    customers_helped: int = 0
    customers_failed: int = 0


@dataclass(frozen=True, slots=True)
class InCase:
    """How many persons used an article in one case, and what one of them says: used, helped, failed, or nothing."""

    persons: int = 0
    own: str = ""


def counts_of(articles: Collection[int]) -> dict[int, Counts]:
    """By id of the article; one question, however many there are."""
    return {pk: Counts(*counts) for pk, *counts in rows_of(COUNTS, [list(articles)])} if articles else {}


def uses_in_case(case: Case, articles: Collection[int], staff: Staff) -> dict[int, InCase]:
    """By id of the article how it was used in this case."""
    values = {"case": case.pk, "articles": list(articles), "staff": staff.pk}
    found = {}
    for pk, persons, is_own, helped, failed in rows_of(IN_CASE, values):
        own = HELPED if helped else FAILED if failed else USED if is_own else ""
        found[pk] = InCase(persons, own)
    return found


def use(article: Article, case: Case, verdict: str, *, by: Staff, at: datetime) -> None:
    """This person used the article in this case, and says whether it helped; of several times the last holds."""
    defaults = {"helped": VERDICTS[verdict], "at": at}
    ArticleUse.objects.update_or_create(article=article, case=case, staff=by, defaults=defaults)


def take_back(article: Article, case: Case, *, by: Staff) -> None:
    """What this person said of the article in this case is as if it had not been."""
    ArticleUse.objects.filter(article=article, case=case, staff=by).delete()


def customer_says(article: Article, helped: bool, *, at: datetime) -> None:
    """Count what somebody of a company says, without who. Asked by the login of what is done in the portal."""
    run(OPINION, [article.pk, helped, at.date()])
