"""``/c/trabajo/<token>``: a contact reads of a planned work by the link of a letter, agrees or objects.

The token is the secret: no cookie, so no CSRF token either. GET shows and changes nothing; POST acts.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.customers.contact import Contact
from guardia.outages import work_link
from guardia.outages.planned_work import PlannedWork
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.web.answer.shown import room
from guardia.web.portal.visitor import GONE, NOT_FOUND, asked_language, in_language, languages, private, text_in
from guardia.web.portal.work import answering
from guardia.web.portal.work.shown import all_shown, work_of
from guardia.web.shared.opened import opened_by


@require_safe
def work_page(request: HttpRequest, token: str) -> HttpResponse:
    return opened(request, token, "")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def work_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """``de-acuerdo`` or ``objetar``; looked at, it leads to the page."""
    if request.method != "POST":
        return private(HttpResponseRedirect(reverse("customer_work", args=[token])))
    return opened(request, token, act)


def opened(request: HttpRequest, token: str, act: str) -> HttpResponse:
    try:
        reads = work_link.read(token)
    except LinkHasExpired:
        return over(request, "expired", GONE)
    except LinkIsInvalid:
        return over(request, "unknown", NOT_FOUND)
    opened_by(request, reads.customer, reads.contact)
    with behind(Wall.PORTAL, reads.customer):
        work = work_of(reads.work, reads.customer)
        contact = Contact.objects.select_related("customer").filter(pk=reads.contact).first()
        if work is None or contact is None:
            return over(request, "unknown", NOT_FOUND)
        if not contact.active or not contact.customer.active:
            return over(request, "left", GONE)
        with in_language(request, contact):
            return acted(request, token, work, contact, act) if act else shown(request, token, work, contact)


def acted(request: HttpRequest, token: str, work: PlannedWork, contact: Contact, act: str) -> HttpResponse:
    if act not in answering.ACTS:
        return over(request, "unknown", NOT_FOUND)
    refused = answering.answer(request, contact, work.pk, act)
    if refused:
        return shown(request, token, work, contact, refused)
    language = asked_language(request)
    more = f"?lang={language}&hecho={act}" if language else f"?hecho={act}"
    return private(HttpResponseRedirect(f"{reverse('customer_work', args=[token])}{more}", status=303))


def shown(request: HttpRequest, token: str, work: PlannedWork, contact: Contact, refused: str = "") -> HttpResponse:
    at = now()
    version = versions.version_at(at)
    context = {
        "work": all_shown([work], contact, at)[0],
        "company": contact.customer.name,
        "operator": version.procedure.provider.name if version else "",
        "room": room(version.procedure) if version else (),
        "languages": languages(request),
        "agree_href": reverse("customer_work_act", args=[token, "de-acuerdo"]) + asked(request),
        "object_href": reverse("customer_work_act", args=[token, "objetar"]) + asked(request),
        "done": request.GET.get("hecho", "") if request.method != "POST" else "",
        "refused": refused,
        "text": text_in(request, "texto", 500),
    }
    return private(render(request, "portal/work/page.html", context, status=422 if refused else 200))


def asked(request: HttpRequest) -> str:
    language = asked_language(request)
    return f"?lang={language}" if language else ""


def over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    version = versions.version_at(now())
    context = {
        "why": why,
        "operator": version.procedure.provider.name if version else "",
        "room": room(version.procedure) if version else (),
        "languages": languages(request),
    }
    return private(render(request, "portal/work/over.html", context, status=status))
