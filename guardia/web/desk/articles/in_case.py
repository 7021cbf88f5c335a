"""Articles that fit the case in front, or the report that is being written; and what is said of them in the case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guardia.articles import uses
from guardia.articles.article import ArticleState
from guardia.articles.search import FaultWords, Fitting, fitting
from guardia.articles.uses import Counts, InCase
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.customers.lookup import active_service
from guardia.people.policy import Right, may
from guardia.web.desk.articles.frame import counts_words, found_or_404, href_of, text_of
from guardia.web.desk.case import found
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import Undo, case_href, is_fragment, page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.similar_cases import listed

MOST_TYPED = 4_000
BUTTONS = ((uses.USED, "usado"), (uses.HELPED, "sirvio"), (uses.FAILED, "no-sirvio"))
"""What is said of an article, and the word by which the address says it."""
TAKEN_BACK = "nada"


@desk_page
@require_GET
def articles_of_case(request: DeskRequest, number: str) -> HttpResponse:
    """The list for the panel of a case's page, which asks for it once it stands; or a page of its own."""
    case = found(request, number)
    if not is_fragment(request):
        shell = shell_for(request, now(), with_views=False, area=case.desk)
        return page(request, "desk/articles/of_case.html", {**context_of(request, case), "shell": shell})
    return page(request, "desk/articles/fitting_live.html", context_of(request, case))


@desk_page
@require_GET
def articles_of_report(request: DeskRequest) -> HttpResponse:
    """The list beside the form of a new case: of the service that is chosen and the symptoms as far as they go."""
    service = active_service(request.GET.get("service", ""))
    symptoms = request.GET.get("symptoms", "").replace("\0", "")[:MOST_TYPED]
    fault = FaultWords(with_type(symptoms, service), service_id=service.pk if service else None)
    rows = rows_of(fitting(fault)) if service or symptoms.strip() else []
    return page(request, "desk/articles/fitting_live.html", {"rows": rows})


@desk_page
@require_POST
def say_of_article(request: DeskRequest, number: str, article: int) -> HttpResponse:
    """``dicho``: it was used in this case, it helped, it did not, or nothing of it."""
    case, one = found(request, number), found_or_404(article)
    verdicts = {word: verdict for verdict, word in BUTTONS}
    word = request.POST.get("dicho", "")
    if word == TAKEN_BACK:
        uses.take_back(one, case, by=request.user)
    elif word in verdicts and one.state == ArticleState.PUBLISHED:
        uses.use(one, case, verdicts[word], by=request.user, at=now())
    else:
        raise Http404
    if is_fragment(request):
        return page(request, "desk/articles/fitting_live.html", context_of(request, case))
    undo = None if word == TAKEN_BACK else Undo(request.path, "dicho", TAKEN_BACK)
    words = _("Undone: nothing is noted about %s any more.") if word == TAKEN_BACK else _("Noted for %s.")
    say(request, words % one.display_number, undo=undo)
    return redirect("articles_of_case", case.number)


def context_of(request: HttpRequest, case: Case) -> dict[str, Any]:
    return {
        "rows": rows_of(fitting(fault_of(case)), case, request),
        "case": case,
        "back_href": case_href(case),
    }


def fault_of(case: Case) -> FaultWords:
    """What the case says of itself so far."""
    report = with_type(f"{case.subject}\n{case.symptoms}", case.service)
    outage = case.part_of if case.part_of_id else None
    elements = (outage.element_id,) if outage and outage.element_id else ()
    return FaultWords(report, case.cause, case.service_id, elements)


def with_type(report: str, service: Service | None) -> str:
    """The kind of service is one of the words: an article on links fits a link."""
    return f"{report}\n{service.type}" if service and service.type else report


def rows_of(
    chosen: list[Fitting], case: Case | None = None, request: HttpRequest | None = None
) -> list[dict[str, Any]]:
    ids = [one.article.pk for one in chosen]
    counts = uses.counts_of(ids)
    own, may_say = {}, False
    if case and request and request.user.is_authenticated and ids:
        own = uses.uses_in_case(case, ids, request.user)
        may_say = may(request.user, Right.HANDLE_CASES)
    return [
        row_of(one, counts.get(one.article.pk, Counts()), own.get(one.article.pk, InCase()), case if may_say else None)
        for one in chosen
    ]


def row_of(one: Fitting, counts: Counts, in_case: InCase, case: Case | None) -> dict[str, Any]:
    article = one.article
    assert article.published is not None, "what fits is published"
    here = ngettext("used in this case by %(n)d person", "used in this case by %(n)d people", in_case.persons)
    return {
        "number": article.display_number,
        "href": href_of(article.number),
        "text": text_of(article.published),
        "for_portal": article.for_portal,
        "why": why_fitting(one),
        "counts": counts_words(counts),
        "here": here % {"n": in_case.persons} if in_case.persons else "",
        "say_href": reverse("article_in_case", args=[case.number, article.number]) if case else "",
        "buttons": buttons_of(in_case.own),
    }


def buttons_of(own: str) -> list[dict[str, Any]]:
    """Pressed again, a button takes back what it said."""
    names = {uses.USED: _("Used here"), uses.HELPED: _("It helped"), uses.FAILED: _("It did not help")}
    return [
        {"value": TAKEN_BACK if verdict == own else word, "words": names[verdict], "is_pressed": verdict == own}
        for verdict, word in BUTTONS
    ]


def why_fitting(one: Fitting) -> list[str]:
    found = [_("same cause: %(words)s") % {"words": listed(one.cause_words)}] if one.cause_words else []
    if one.elements:
        found.append(_("same element: %(codes)s") % {"codes": listed(one.elements)})
    if one.words:
        found.append(_("same words: %(words)s") % {"words": listed(one.words)})
    return found


urlpatterns = [
    path("casos/nuevo/articulos", articles_of_report, name="articles_of_report"),
    path("casos/<slug:number>/articulos", articles_of_case, name="articles_of_case"),
    path("casos/<slug:number>/articulos/<int:article>", say_of_article, name="article_in_case"),
]
