"""One article: its text, for whom it is, its editions and what changed between two; published, retired, gone back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from guardia.articles import editing
from guardia.articles.article import Article, ArticleEdition, ArticleState
from guardia.articles.uses import Counts, counts_of
from guardia.config.languages import language_codes, own_name
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.web.desk.articles.frame import (
    articles_page,
    counts_words,
    found_or_404,
    kind_names,
    languages_of,
    looks,
    publishes,
    state_of,
    text_of,
    writes,
)
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import case_href, say
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.wording_edit import pieces
from guardia.web.shared.act import Refusal, attempt

MOST_EDITIONS = 50
TURNS = ("publicar", "retirar")


@looks
@require_GET
def article(request: HttpRequest, number: int) -> HttpResponse:
    return article_page(request, found_or_404(number))


@publishes
@require_POST
def turn(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """``publicar``: the newest edition holds; ``retirar``: it is proposed to nobody any more."""
    one, by, at = found_or_404(number), member(request), now()
    if act not in TURNS:
        raise Http404
    if act == "publicar":
        done = attempt(lambda: editing.publish(one, by=by, at=at, seen=seen_in(request)))
    else:
        reason = request.POST.get("reason", "").replace("\0", "")
        done = attempt(lambda: editing.retire(one, by=by, at=at, reason=reason))
    if isinstance(done, Refusal):
        return article_page(request, found_or_404(number), done.sentence, done.status)
    words = _("%s is published.") if act == "publicar" else _("%s is retired: it is no longer suggested to anybody.")
    say(request, words % one.display_number)
    return redirect("article", number)


@writes
@require_POST
def back(request: HttpRequest, number: int) -> HttpResponse:
    """A new edition that repeats an older one."""
    one = found_or_404(number)
    older = number_in(request.POST.get("edition", ""))
    done = attempt(lambda: editing.back_to(one, older, by=member(request), at=now(), seen=seen_in(request)))
    if isinstance(done, Refusal):
        return article_page(request, found_or_404(number), done.sentence, done.status)
    say(request, _("Saved as edition %(n)d.") % {"n": done.newest.edition if done.newest else 0})
    return redirect("article", number)


def seen_in(request: HttpRequest) -> int | None:
    return number_in(request.POST["seen"]) if "seen" in request.POST else None


def article_page(request: HttpRequest, one: Article, refused: str = "", status: int = 200) -> HttpResponse:
    staff, editions = member(request), list(editing.editions_of(one)[:MOST_EDITIONS])
    edition, against = chosen(request, one, editions)
    language = request.GET.get("idioma", "")
    text = text_of(edition, language if language in language_codes() else "")
    is_in_force = one.state == ArticleState.PUBLISHED and one.published_id == edition.pk
    assert one.newest is not None
    context: dict[str, Any] = {
        "article": one,
        "edition": edition,
        "is_in_force": is_in_force,
        "waits": one.newest if one.state == ArticleState.PUBLISHED and one.newest_id != one.published_id else None,
        "state": state_of(one),
        "text": text,
        "languages": languages_of(edition, text["language"]),
        "kinds": kind_names(edition.kinds),
        "elements": editing.codes_of(edition),
        "case_number": one.from_case.display_number if one.from_case else "",
        "case_href": case_href(one.from_case) if one.from_case else "",
        "counts": counts_words(counts_of([one.pk]).get(one.pk, Counts())),
        "editions": [edition_row(each, one, edition) for each in editions],
        "against": against,
        "changes": changes_between(against, edition) if against else [],
        "may_write": may(staff, Right.HANDLE_CASES),
        "may_publish": may(staff, Right.SUPERVISE),
        "to_publish": one.state != ArticleState.PUBLISHED or one.newest_id != one.published_id,
        "is_retired": one.state == ArticleState.RETIRED,
        "refused": refused,
    }
    return articles_page(request, "article", context, status=status)


def chosen(
    request: HttpRequest, one: Article, editions: list[ArticleEdition]
) -> tuple[ArticleEdition, ArticleEdition | None]:
    """The edition that is read, and the one that it is compared with: ``?edicion=3&con=2``."""
    by_number = {each.edition: each for each in editions}
    holds = one.published if one.state == ArticleState.PUBLISHED else one.newest
    edition = by_number.get(number_in(request.GET.get("edicion", ""))) or next(
        (each for each in editions if holds and each.pk == holds.pk), editions[0]
    )
    return edition, by_number.get(number_in(request.GET.get("con", "")))


def edition_row(each: ArticleEdition, one: Article, edition: ArticleEdition) -> dict[str, Any]:
    home = reverse("article", args=[one.number])
    return {
        "edition": each,
        "by": each.made_by.name if each.made_by else _("command line"),
        "at": hour(each.made_at, now()),
        "holds": one.state == ArticleState.PUBLISHED and one.published_id == each.pk,
        "is_newest": one.newest_id == each.pk,
        "is_read": each.pk == edition.pk,
        "href": f"{home}?edicion={each.edition}",
        "compare_href": f"{home}?edicion={each.edition}&con={each.edition - 1}#changes" if each.edition > 1 else "",
    }


def changes_between(before: ArticleEdition, after: ArticleEdition) -> list[dict[str, Any]]:
    """By field that differs the pieces that stayed, went and came."""
    pairs = [*fields_in_words(before, after)]
    return [{"name": name, "pieces": pieces(old, new)} for name, old, new in pairs if old != new]


def fields_in_words(before: ArticleEdition, after: ArticleEdition) -> list[tuple[str, str, str]]:
    found = []
    for code in dict.fromkeys((*language_codes(), *before.texts, *after.texts)):
        old, new = before.texts.get(code, {}), after.texts.get(code, {})
        named = own_name(code)
        found.append((f"{pgettext('article', 'Title')} · {named}", old.get("title", ""), new.get("title", "")))
        found.append((f"{_('Text')} · {named}", old.get("text", ""), new.get("text", "")))
    found.append((_("Causes"), before.causes, after.causes))
    found.append((_("Kinds of element"), ", ".join(kind_names(before.kinds)), ", ".join(kind_names(after.kinds))))
    elements = [", ".join(editing.codes_of(one)) for one in (before, after)]
    found.append((_("Elements"), elements[0], elements[1]))
    audience = [audience_words(one) for one in (before, after)]
    found.append((pgettext("article", "For whom"), audience[0], audience[1]))
    return found


def audience_words(edition: ArticleEdition) -> str:
    return _("the desk and customers") if edition.for_portal else _("only the desk")


urlpatterns = [
    path("articulos/<int:number>", article, name="article"),
    path("articulos/<int:number>/volver", back, name="article_back"),
    path("articulos/<int:number>/<slug:act>", turn, name="article_turn"),
]
