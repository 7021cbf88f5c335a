"""Knowledge articles: found by words, state and cause, and each with its text in every language."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.articles.article import Article, ArticleState, text_in
from guardia.articles.search import article_of_number, listed
from guardia.articles.uses import Counts, counts_of
from guardia.people.policy import Right
from guardia.web.api.v2.desk_form import etag_of_answer, hour_here, number_in
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import Fields
from guardia.web.api.v2.problems import not_found

router = Router()


class ArticleAnswer(Schema):
    """An article by its newest edition, and how often it helped."""

    number: int
    display_number: str
    state: str
    title: str = Field(description="In the language of `Accept-Language`, else in that of the installation.")
    language: str = Field(description="In which the title stands.")
    causes: list[str]
    kinds: list[str] = Field(description="Kinds of element at which such a fault is found.")
    for_customers: bool = Field(description="Customers may read it once it is published.")
    edition: int
    waits: bool = Field(description="A newer edition than the published one waits to be published.")
    changed_at: str
    cases: int = Field(description="In how many cases it was used.")
    helped: int
    failed: int


class ArticleList(Schema):
    items: list[ArticleAnswer] = Field(description="At most 200, those that fit best first.")


class WholeArticle(ArticleAnswer):
    """An article with its texts by language."""

    texts: dict[str, dict[str, str]]


def article_item(one: Article, counts: Counts) -> ArticleAnswer:
    newest = one.newest
    assert newest is not None, "an article has an edition"
    found = text_in(newest.texts)
    return ArticleAnswer(
        number=one.number,
        display_number=one.display_number,
        state=one.state,
        title=found.title,
        language=found.language,
        causes=newest.cause_lines,
        kinds=newest.kinds,
        for_customers=newest.for_portal,
        edition=newest.edition,
        waits=one.state == ArticleState.PUBLISHED and one.published_id != one.newest_id,
        changed_at=hour_here(newest.made_at) or "",
        cases=counts.cases,
        helped=counts.helped,
        failed=counts.failed,
    )


@operation(
    router,
    "GET",
    "/articles",
    "articles.list",
    right=Right.SEE_DESK,
    answer=ArticleList,
    summary="Search articles",
    description="Without a state all but the retired ones; without words those that changed last.",
)
def list_articles(
    request: HttpRequest,
    fields: Fields,
    words: Annotated[str, Query("", max_length=200)],
    cause: Annotated[str, Query("", max_length=200)],
    state: ArticleState | None = None,
) -> HttpResponse:
    found = listed(words, state=state or "", cause=cause)
    counts = counts_of([one.pk for one in found])
    items = [article_item(one, counts.get(one.pk, Counts())) for one in found]
    return respond(ArticleList(items=items), fields=fields, request=request)


@operation(
    router,
    "GET",
    "/articles/{number}",
    "articles.read",
    right=Right.SEE_DESK,
    answer=WholeArticle,
    summary="Read an article",
)
def read_article(request: HttpRequest, number: str, fields: Fields) -> HttpResponse:
    title, remedy = _("There is no article with this number."), _("Look in /api/v2/articles for those there are.")
    found = article_of_number(number_in(number, "AR-", title, remedy))
    if found is None or found.newest is None:
        raise not_found(title, remedy)
    item = article_item(found, counts_of([found.pk]).get(found.pk, Counts()))
    answer = WholeArticle(**item.model_dump(), texts=found.newest.texts)
    return respond(answer, etag=etag_of_answer(answer), fields=fields, request=request)
