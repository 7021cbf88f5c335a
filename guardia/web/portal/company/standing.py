"""Where a contact is signed in to the portal, and how that ends."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.customers import sessions
from guardia.customers.sign_in import CompanySession
from guardia.people.audit_entry import AuditKind
from guardia.people.sessions import device
from guardia.web.portal.company.frame import SignedIn, company_page, page
from guardia.web.portal.company.journal import note


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def standing(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """``sesion``: one of one's own; sent without it, all but this one."""
    with behind(Wall.STAFF):
        found = sessions.standing(now(), contact=who.contact.pk)
        if request.method == "POST":
            return ended(request, who, chosen(request, found, who.session.pk))
    rows = [(one, device(one.agent), one.pk == who.session.pk) for one in found]
    return page(request, "sessions", {"rows": rows}, who=who)


def chosen(request: HttpRequest, found: list[CompanySession], own: int) -> list[CompanySession]:
    written = request.POST.get("sesion", "")
    return [one for one in found if (str(one.pk) == written if written else one.pk != own)]


def ended(request: HttpRequest, who: SignedIn, some: list[CompanySession]) -> HttpResponse:
    if count := sessions.end_some(some, now()):
        note(request, AuditKind.SESSION_ENDED, contact=who.contact, sessions=count)
    return HttpResponseRedirect(reverse("company_sessions"), status=303)
