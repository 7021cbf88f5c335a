"""``/mi-empresa/ayuda``: articles that were published for customers; found by words, and while a fault is reported.

They are of no company, and nobody reads there whose case one came of. What a reader says of one is counted without who:
this browser alone remembers that it said something.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guardia.articles.article import Article, ArticleText, text_in
from guardia.articles.search import customers_article, fitting_for_customers, listed_for_customers
from guardia.articles.uses import customer_says
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.languages import name_in_active
from guardia.config.now import now
from guardia.procedure import version as versions
from guardia.web.portal.visitor import PATH, SignedIn, company_page, page, private
from guardia.web.shared.article_text import html_of
from guardia.web.shared.reach import room

ANSWERED = "ayuda"
"""The cookie in which a browser remembers of which articles it said something."""
REMEMBERED_FOR = timedelta(days=365)
MOST_REMEMBERED = 100
VERDICTS = {"sirvio": True, "no-sirvio": False}
ACTS = {"helped_href": "sirvio", "failed_href": "no-sirvio"}


@require_safe
@company_page
def articles(request: HttpRequest, who: SignedIn) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    version = versions.version_at(now())
    context = {
        "words": words,
        "articles": [row_of(one) for one in listed_for_customers(words)],
        "room": room(version.procedure) if version else (),
    }
    return page(request, "articles", context, who=who)


@require_safe
@company_page
def article(request: HttpRequest, who: SignedIn, number: int) -> HttpResponse:
    one = found_or_404(number)
    acts = {name: reverse("company_article_says", args=[number, act]) for name, act in ACTS.items()}
    context = {
        **row_of(one),
        "html": html_of(text_of(one).text, customers_href),
        "is_answered": number in answered_before(request),
    }
    context |= acts
    return page(request, "article", context, who=who)


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def says(request: HttpRequest, who: SignedIn, number: int, act: str) -> HttpResponse:
    """``sirvio`` or ``no-sirvio``; looked at, it leads to the article. Raises Http404."""
    one, before = found_or_404(number), answered_before(request)
    if act not in VERDICTS:
        raise Http404
    response = HttpResponseRedirect(reverse("company_article", args=[number]), status=303)
    if request.method != "POST" or number in before:
        return response
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        customer_says(one, VERDICTS[act], at=now())
    remembered = [*before, number][-MOST_REMEMBERED:]
    response.set_cookie(
        ANSWERED,
        ".".join(map(str, remembered)),
        max_age=int(REMEMBERED_FOR.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@company_page
def near(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """The articles that fit what is being written in a report, to be put beside it."""
    report = request.GET.get("texto", "").replace("\0", "")[:4_000]
    return private(render(request, "portal/company/_articles_near.html", {"articles": near_of(report)}))


def near_of(report: str) -> list[dict[str, Any]]:
    """At most three articles that fit, in the words of a list."""
    return [row_of(one) for one in fitting_for_customers(report)] if report.strip() else []


def text_of(one: Article) -> ArticleText:
    assert one.published is not None, "what customers read is published"
    return text_in(one.published.texts)


def found_or_404(number: int) -> Article:
    """Raises Http404, also for an article that customers may not read."""
    one = customers_article(number)
    if one is None:
        raise Http404
    return one


def row_of(one: Article) -> dict[str, Any]:
    found, missing = text_of(one), ""
    if found.is_missing:
        words = _("It is not available in your language; this is %(language)s.")
        missing = words % {"language": name_in_active(found.language)}
    return {
        "number": one.display_number,
        "href": reverse("company_article", args=[one.number]),
        "title": found.title,
        "language": found.language,
        "missing": missing,
    }


def customers_href(number: int) -> str:
    """Where a customer reads the article of this number; nothing where a customer may not."""
    return reverse("company_article", args=[number]) if customers_article(number) else ""


def answered_before(request: HttpRequest) -> list[int]:
    written = request.COOKIES.get(ANSWERED, "").split(".")
    return [int(one) for one in written if one.isascii() and one.isdigit() and len(one) < 10][:MOST_REMEMBERED]


urlpatterns = [
    path("ayuda", articles, name="company_articles"),
    path("ayuda/cerca", near, name="company_articles_near"),
    path("ayuda/<int:number>", article, name="company_article"),
    path("ayuda/<int:number>/<slug:act>", says, name="company_article_says"),
]
