"""The page of one case for its customer: shown, and after an act shown again or left with what was done."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from guardia.cases import case_link, customer_acts, customer_asks
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.customers.values import Unfit
from guardia.people.signed import LinkIsInvalid
from guardia.web.portal.case import files
from guardia.web.portal.case.acts import ACTS, Act
from guardia.web.portal.case.shown import shown_of
from guardia.web.portal.visitor import Visitor, languages

CONFLICT, UNFIT = 409, 422


def case_of(pk: int) -> Case | None:
    """Read behind the wall of a company: another's does not exist there."""
    found = Case.objects.select_related("customer", "site__city", "service").defer("search")
    return found.filter(pk=pk).first()


def shown(
    request: HttpRequest, visitor: Visitor, case: Case, *, refused: str = "", act: str = "", field: str = "", status=200
) -> HttpResponse:
    at = now()
    context = {
        "page": shown_of(case, visitor, at),
        "visitor": visitor,
        "languages": languages(request),
        "done": ACTS[done].done if (done := request.GET.get("hecho", "")) in ACTS else "",
        "refused": refused,
        "act": act,
        "field": field,
        "sent": request.POST if act else {},
    }
    return render(request, "portal/case/page.html", context, status=status)


def acted(request: HttpRequest, visitor: Visitor, case: Case, name: str) -> HttpResponse:
    """Do it, once, and lead to the page that says what was done; a refusal comes back with what was written."""
    act = ACTS.get(name)
    if act is None:
        return HttpResponseNotFound()
    try:
        number = case_link.nonce_in(request.POST.get("vez", ""), case.pk, visitor.contact.pk)
    except LinkIsInvalid:
        words = _("This page has lain open too long. Look at it again; what you wrote is still here.")
        return shown(request, visitor, case, refused=words, act=name, status=CONFLICT)
    try:
        do(request, visitor, case, act, name, number)
    except (Refused, Unfit) as refusal:
        field = getattr(refusal, "field", "")
        words = " ".join(refusal.messages) if isinstance(refusal, Unfit) else str(refusal)
        case = case_of(case.pk) or case
        return shown(request, visitor, case, refused=words, act=name, field=field, status=UNFIT)
    return HttpResponseRedirect(visitor.page(done=name) + act.anchor, status=303)


def file(request: HttpRequest, visitor: Visitor, case: Case, pk: int) -> HttpResponse:
    """The bytes under a policy by which they do nothing; 404 for what is not shown to this company."""
    try:
        answer = files.given(request, case, pk)
    except Http404:
        return HttpResponseNotFound()
    answer._csp_config = {"default-src": ["'none'"], "sandbox": True}  # type: ignore[attr-defined]
    return answer


def do(request: HttpRequest, visitor: Visitor, case: Case, act: Act, name: str, number: int) -> None:
    """Behind the house's wall; the case was found behind the company's. A number used before does nothing more."""
    with behind(Wall.STAFF):
        locked, at = customer_asks.locked(case.pk), now()
        if customer_acts.count(locked, visitor.contact, number, name, at):
            act.do(request, locked, visitor.contact, at)
