"""``/c/no-es-asi/<token>``: a contact says that what was confirmed by word is not so, by the link of a letter (P5 D).

GET shows a page with one button and does nothing, since mail scanners follow every link; POST opens the case again. As
with the answer to a page, the token is the secret: no cookie, so no CSRF token either; a second POST finds its work
done. What is shown is read under the row policies of the contact's own company, and the act is done behind it too.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guardia.cases import case_link, case_proofs
from guardia.cases.case import Case
from guardia.cases.queries import case_with_place
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id
from guardia.intake import customer_acts
from guardia.notices.wording.hours import hours_of
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.web.answer.escalate import language_of
from guardia.web.answer.page import GONE, NOT_FOUND
from guardia.web.portal.visitor import none_of_ours
from guardia.web.shared import about
from guardia.web.shared.act import attempt
from guardia.web.shared.audit import opened_by
from guardia.web.shared.reach import room
from guardia.web.shared.responses import private


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def deny_page(request: HttpRequest, token: str) -> HttpResponse:
    """In the contact's language. An address that is over says so and whom to call."""
    try:
        opens = case_link.read(token)
    except LinkHasExpired:
        return private(link_over(request, "expired", GONE))
    except LinkIsInvalid:
        return none_of_ours(request, lambda: private(link_over(request, "unknown", NOT_FOUND)))
    opened_by(request, opens.customer, opens.contact)
    with behind(DatabaseRole.PORTAL, opens.customer):
        case = case_with_place(opens.case)
        contact = contact_of_id(opens.contact)
        if case is None:
            return private(link_over(request, "unknown", NOT_FOUND))
        if contact is None or not contact.active or not contact.customer.active:
            return private(link_over(request, "left", GONE))
        with translation.override(language_of(contact)):
            if request.method == "POST":
                denied(case, contact)
                return private(HttpResponseRedirect(request.get_full_path(), status=303))
            return private(render_form(request, case, contact))


def denied(case: Case, contact: Contact) -> None:
    """What is refused, the page says when it is looked at again."""
    with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
        attempt(lambda: case_proofs.deny(customer_acts.locked(case.pk), contact, at=now()))


def render_form(request: HttpRequest, case: Case, contact: Contact) -> HttpResponse:
    at, procedure = now(), versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    confirmed, denial = case_proofs.deniable(case, at), case_proofs.denial(case)
    context = {
        "operator": procedure.provider.name,
        "name": str(contact),
        "number": case.display_number,
        "about": case.subject,
        "where": about.where(case),
        "confirmed_by": case.confirmed_by,
        "confirmed_at": hours.zoned(hours.at(confirmed.occurred_at)) if confirmed else "",
        "until": hours.zoned(hours.before(case_proofs.until_of(confirmed))) if confirmed else "",
        "denied_at": hours.zoned(hours.at(denial.occurred_at)) if denial else "",
        "case": reverse("customer_case", args=[case_link.token(case.customer_id, case.pk, contact.pk)]),
        "room": room(procedure),
        "at": hours.zoned(hours.at(at)),
    }
    return render(request, "answer/deny.html", context)


def link_over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    version = versions.version_at(now())
    context = {"why": why, "room": room(version.procedure) if version else ()}
    return render(request, "answer/deny_over.html", context, status=status)


urlpatterns = [path("<str:token>", deny_page, name="deny_page")]
