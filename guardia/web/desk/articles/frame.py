"""What the screens of articles share: who may open them, how an article is called, and its text as it is read."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.articles.article import Article, ArticleEdition, ArticleState, ArticleText, text_in
from guardia.articles.search import article_of_number
from guardia.articles.uses import Counts
from guardia.config.languages import name_in_active
from guardia.config.now import now
from guardia.network.element import ElementKind
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.shared.article_text import html_of

looks = needs(Right.SEE_DESK)
writes = needs(Right.HANDLE_CASES)
"""Who handles cases writes articles; a supervisor says which edition holds, as of the texts of the notices."""
publishes = needs(Right.SUPERVISE)
MARKS = {ArticleState.DRAFT: "waiting", ArticleState.PUBLISHED: "tick", ArticleState.RETIRED: "cross"}


def articles_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    frame = {"shell": shell_for(request, now(), view="articles")}
    return page(request, f"desk/articles/{template}.html", {**frame, **context}, status=status)


def found_or_404(number: int) -> Article:
    """Raises Http404."""
    article = article_of_number(number)
    if article is None or article.newest is None:
        raise Http404
    return article


def href_of(number: int) -> str:
    return reverse("article", args=[number])


def as_html(text: str) -> SafeString:
    """The text as the desk reads it, whose numbers of articles lead to them."""
    return html_of(text, href_of)


def text_of(edition: ArticleEdition, language: str = "") -> dict[str, Any]:
    """The text of an edition in one language, with a word where it stands in another than is read."""
    found = text_in(edition.texts, language)
    return {
        "title": found.title,
        "html": as_html(found.text),
        "language": found.language,
        "missing": missing_words(found, language),
    }


def missing_words(found: ArticleText, wanted: str = "") -> str:
    if not found.is_missing:
        return ""
    return _("It is not available in your language; this is %(language)s.") % {
        "language": name_in_active(found.language)
    }


def languages_of(edition: ArticleEdition, current: str) -> list[dict[str, Any]]:
    """The switch between the languages in which it is written."""
    return [
        {"code": code, "name": name, "is_current": code == current}
        for code, name in settings.LANGUAGES
        if code in edition.texts
    ]


def kind_names(kinds: list[str]) -> list[str]:
    return [str(ElementKind(kind).label) for kind in kinds if kind in ElementKind.values]


def state_of(article: Article) -> dict[str, str]:
    return {"mark": MARKS[ArticleState(article.state)], "words": str(ArticleState(article.state).label)}


def counts_words(counts: Counts) -> dict[str, str]:
    """How often it was used and helped, in words; empty where nobody has judged it."""
    used = ngettext("used in %(n)d case", "used in %(n)d cases", counts.cases) % {"n": counts.cases}
    helped = _("helped %(yes)d, not %(no)d") % {"yes": counts.helped, "no": counts.failed}
    customers = _("customers: helped %(yes)d, not %(no)d") % {
        "yes": counts.customers_helped,
        "no": counts.customers_failed,
    }
    return {
        "used": used if counts.cases else "",
        "helped": helped if counts.helped or counts.failed else "",
        "customers": customers if counts.customers_helped or counts.customers_failed else "",
    }
