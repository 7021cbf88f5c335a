"""``/c/caso/<token>``: the link in every notice opens that case. The token is the secret: no cookie, no sign-in.

What is shown is read behind the wall of the contact's company; only an act is done behind the house's. Each act carries
a number drawn with the page, bound to this contact and case: it does what a CSRF token does, and counts once.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guardia.cases import case_link
from guardia.cases.case import Case
from guardia.cases.case_link import Opens
from guardia.config.walls import Wall, behind, in_one_step, repeated
from guardia.customers.contact import Contact
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.web.portal.case import files, page
from guardia.web.portal.over import none_of_ours, over
from guardia.web.portal.visitor import GONE, NOT_FOUND, Visitor, asked_language, in_language, private
from guardia.web.shared.opened import opened_by

FOUND = 302
Show = Callable[[HttpRequest, Visitor, Case], HttpResponse]


@require_safe
def case_page(request: HttpRequest, token: str) -> HttpResponse:
    """The case, in the contact's language or that of ``?lang=``. An address that is over says so and whom to call."""
    return opened(request, token, page.shown)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """POST does one act and leads back to the page; looked at, the address only leads there."""

    def back(_request: HttpRequest, visitor: Visitor, _case: Case) -> HttpResponse:
        return HttpResponseRedirect(visitor.page())

    def looked_at(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse:
        return files.may_send(request, visitor, case) or back(request, visitor, case)

    def done(request: HttpRequest, visitor: Visitor, case: Case) -> HttpResponse:
        return page.acted(request, visitor, case, act)

    if act != files.ACT:
        return private(opened(request, token, done if request.method == "POST" else back))
    # Who it is, in a step of its own; then the file, in none; then the act.
    known = in_one_step(request, lambda: private(opened(request, token, looked_at)))
    if request.method != "POST" or known.status_code != FOUND:
        return known
    files.make_ready(request)
    return repeated(lambda: in_one_step(request, lambda: opened(request, token, done)))


@require_safe
def case_file(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A photograph or document that the desk shows to the company."""
    return opened(request, token, lambda request, visitor, case: page.file(request, visitor, case, pk))


def opened(request: HttpRequest, token: str, show: Show) -> HttpResponse:
    try:
        opens = case_link.read(token)
    except LinkHasExpired:
        return over(request, "expired", GONE)
    except LinkIsInvalid:
        return none_of_ours(request, lambda: over(request, "unknown", NOT_FOUND))
    opened_by(request, opens.customer, opens.contact)
    with behind(Wall.PORTAL, opens.customer):
        case, contact = page.case_of(opens.case), contact_of(opens)
        if case is None:
            return over(request, "unknown", NOT_FOUND)
        if contact is None or not contact.active or not contact.customer.active:
            return over(request, "left", GONE)
        visitor = Visitor(contact, reverse("customer_case", args=[token]), True, asked_language(request))
        with in_language(request, contact):
            return private(show(request, visitor, case))


def contact_of(opens: Opens) -> Contact | None:
    return Contact.objects.select_related("customer").filter(pk=opens.contact).first()
