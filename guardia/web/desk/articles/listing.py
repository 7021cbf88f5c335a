"""The list of articles (``/articulos``): searched by words, filtered by state and cause, with how often each helped."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.articles.article import Article, ArticleState, text_in
from guardia.articles.search import MOST_LISTED, causes_in_use, listed
from guardia.articles.uses import Counts, counts_of
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.web.desk.articles.frame import articles_page, href_of, looks, missing_words, state_of
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import member

LONGEST = 200


@looks
@require_GET
def articles(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    state = request.GET.get("estado", "")
    state = state if state in ArticleState.values else ""
    causes = causes_in_use()
    cause = request.GET.get("causa", "")
    cause = cause if cause in causes else ""
    found = listed(words, state=state, cause=cause)
    counts = counts_of([one.pk for one in found])
    context = {
        "words": words,
        "state": state,
        "cause": cause,
        "states": states(words, state, cause),
        "causes": causes,
        "rows": [row_of(one, counts.get(one.pk, Counts())) for one in found],
        "more": len(found) == MOST_LISTED,
        "may_write": may(member(request), Right.HANDLE_CASES),
    }
    return articles_page(request, "list", context)


def states(words: str, current: str, cause: str) -> list[dict[str, Any]]:
    """The filter of states: first all that are in use or on their way."""
    offered = [("", _("In use and drafts")), *((one.value, str(one.label)) for one in ArticleState)]
    query = {"q": words, "causa": cause}
    return [
        {
            "href": f"?{urlencode({name: value for name, value in {**query, 'estado': state}.items() if value})}",
            "words": name,
            "is_current": state == current,
        }
        for state, name in offered
    ]


def row_of(article: Article, counts: Counts) -> dict[str, Any]:
    assert article.newest is not None, "an article has an edition"
    found = text_in(article.newest.texts)
    waits = article.state == ArticleState.PUBLISHED and article.published_id != article.newest_id
    return {
        "article": article,
        "href": href_of(article.number),
        "title": found.title,
        "language": found.language,
        "missing": missing_words(found),
        "state": state_of(article),
        "waits": waits,
        "causes": article.newest.cause_lines,
        "counts": counts,
        "changed": hour(article.newest.made_at, now()),
    }


urlpatterns = [path("articulos", articles, name="articles")]
