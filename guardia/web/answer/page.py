"""``/responder/<token>``: what was paged, and the answer to it in one tap.

The token is the secret: no cookie is needed, so there is none to be abused from another site, and no CSRF token either.
A repeated POST finds its work done. Nothing but the cases of this one page is shown.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guardia.cases import answering_together, drills
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.escalation import alarms, signed_links
from guardia.escalation.alarms import locked_alarm
from guardia.notices.notice import Notice
from guardia.notices.page import page_of_id
from guardia.people import presence
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.people.staff import Actor
from guardia.web.answer import paged_case
from guardia.web.answer.paged_case import paged_alarm_view, paged_cases_view
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.responses import private

GONE, NOT_FOUND, LEFT = 410, 404, 403


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """In the language of the person who was paged. An address that is over says so and what to do."""
    try:
        notice = page_of_id(signed_links.read_answer_token(token))
    except LinkHasExpired:
        return private(link_over(request, "expired", GONE))
    except LinkIsInvalid:
        notice = None
    if notice is None or notice.staff is None:
        return private(link_over(request, "unknown", NOT_FOUND))
    with translation.override(notice.language):
        if not notice.staff.is_active:
            return private(link_over(request, "left", LEFT))
        return private(alarm_page(request, notice) if notice.alarm else case_page(request, notice))


def link_over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "answer/over.html", {"why": why}, status=status)


# --- cases ------------------------------------------------------------------------------------------------------------


def case_page(request: HttpRequest, notice: Notice) -> HttpResponse:
    if notice.moment not in paged_case.ANSWERED:
        return link_over(request, "nothing", 200)
    pages = paged_case.storm_of(notice)
    if request.method == "POST":
        return answered(request, notice, pages)
    return render_page(request, notice, pages, now())


def render_page(
    request: HttpRequest, notice: Notice, pages: list[Notice], at: datetime, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": paged_cases_view(notice, pages, at),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "answer/page.html", context, status=status)


def answered(request: HttpRequest, notice: Notice, pages: list[Notice]) -> HttpResponse:
    """One act for one case of the page, or for all of them."""
    ids = {page.case.number: page.case_id for page in pages if page.case and page.case_id}
    asked = request.POST.get("caso", "todos")
    chosen = list(ids.values()) if asked == "todos" else [pk for number, pk in ids.items() if str(number) == asked]
    if not chosen or request.POST.get("acto") not in ACTS:
        return render_page(request, notice, pages, now(), refused=_("Choose one of the answers below."), status=422)
    cases = answering_together.locked(chosen)
    at = now()
    done = attempt(lambda: do(request, notice, cases, at))
    if isinstance(done, Refusal):
        return render_page(request, notice, pages, at, refused=done.sentence, status=done.status)
    return HttpResponseRedirect(request.get_full_path(), status=303)


ACTS = ("respondo", "mando", "no-puedo")


def do(request: HttpRequest, notice: Notice, cases: list[Case], at: datetime) -> None:
    staff = notice.staff
    assert staff is not None, "a page is to one of the operator's people"
    by, act = Actor.of_staff(staff), request.POST["acto"]
    if act == "no-puedo":
        reason = request.POST.get("reason", "").replace("\0", "")[:1000]
        answering_together.pass_on_all(cases, reason, staff=staff, by=by, at=at)
    else:
        came_by = paged_case.reached_address(notice, request.GET.get("por", ""))
        answering_together.acknowledge_all(cases, staff, by=by, at=at, commands=act == "mando", reached_at=came_by)
    presence.answers_by_page(staff, at)


# --- alarms and drills ------------------------------------------------------------------------------------------------


def alarm_page(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Nobody on shift, or a drill: one button."""
    if request.method == "POST":
        see_to(request, notice)
        return HttpResponseRedirect(request.get_full_path(), status=303)
    return render(request, "answer/alarm.html", {"page": paged_alarm_view(notice, now())})


def see_to(request: HttpRequest, notice: Notice) -> None:
    alarm = locked_alarm(notice.alarm_id) if notice.alarm_id else None
    at = now()
    if alarm is None or notice.staff is None:
        return
    presence.answers_by_page(notice.staff, at)
    notice.alarm = alarm
    if alarm.kind == drills.KIND:
        way = request.POST.get("por") or request.GET.get("por", "")
        drills.acknowledge(notice, paged_case.reached_address(notice, way), at)
    else:
        alarms.acknowledge(alarm, notice.staff, at)


urlpatterns = [path("<str:token>", answer_page, name="answer_page")]
