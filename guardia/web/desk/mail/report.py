"""A report that came without a mail, by the portal or at an office: what it says, its scans, and what becomes of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.cases.mail_tray import clocks_of_requests, request_of_id
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.intake import triage
from guardia.people.policy import Right, may
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.mail import inbox
from guardia.web.desk.mail.acting import ONE_FIELD, UNPROCESSABLE, Wrong, case_named
from guardia.web.desk.mail.inbox import may_decide
from guardia.web.desk.mail.message import case_choice, register_href, takes_of
from guardia.web.desk.office_receipt import scans_of
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.stale import Refusal, refusal_of

NOTHING: Mapping[str, str] = MappingProxyType({})


@request_page
@require_GET
def report_page(request: DeskRequest, request_id: int) -> HttpResponse:
    return show(request, found(request_id), now())


def found(request_id: int) -> WrittenRequest:
    """The report of the address; one that is a case already as well. Raises Http404."""
    report = request_of_id(str(request_id))
    if report is None:
        raise Http404
    return report


def show(
    request: DeskRequest,
    report: WrittenRequest,
    at: datetime,
    problems: Mapping[str, str] = NOTHING,
    refusal: Refusal | None = None,
) -> HttpResponse:
    waits = report.settled_at is None and may_decide(request.user, report.desk)
    registers = waits and may(request.user, Right.HANDLE_CASES)
    context = {
        "report": report,
        "row": inbox.paper_row(report, clocks_of_requests([report.pk]), at),
        "scans": scans_of(report),
        "case": case_choice(report.case) if report.case else None,
        "may_act": waits,
        "register_href": register_href(report.pk) if registers else "",
        "takes": takes_of(report.pk, request.user) if waits else [],
        "open_cases": [case_choice(one) for one in mail_tray.cases_for(report)] if waits and report.customer else [],
        "reasons": [(code, inbox.DISMISSED[code]) for code in triage.REASONS],
        "reason": request.POST.get("reason", ""),
        "typed": request.POST,
        "problems": problems,
        "refusal": refusal,
        "shell": shell_for(request, at, view="mail_tray"),
    }
    return page(request, "desk/mail/report.html", context, status=refusal.status if refusal else 200)


@request_page
@require_POST
def join(request: DeskRequest, request_id: int) -> HttpResponse:
    """It is about a case that is open: its number is given."""

    def act(report: WrittenRequest) -> str:
        case = case_named(request)
        triage.join(case, report, by=request.user, at=now())
        return _("The report belongs to %(number)s now.") % {"number": case.display_number}

    return done(request, request_id, act)


@request_page
@require_POST
def dismiss(request: DeskRequest, request_id: int) -> HttpResponse:
    """Nothing is owed for it."""

    def act(report: WrittenRequest) -> str:
        triage.dismiss_request(report, request.POST.get("reason", ""), by=request.user, at=now())
        return _("The report needs nothing more.")

    return done(request, request_id, act)


def done(request: DeskRequest, request_id: int, act: Callable[[WrittenRequest], str]) -> HttpResponse:
    """One verb on the locked report; what is refused leaves nothing behind and comes back with its words."""
    problems: dict[str, str] = {}
    try:
        with transaction.atomic():
            report = written.locked(found(request_id).pk)
            if not may_decide(request.user, report.desk):
                raise PermissionDenied
            said = act(report)
    except Wrong as wrong:
        problems = wrong.problems
    except Refused as refused:
        if refused.field not in ONE_FIELD:
            return show(request, found(request_id), now(), refusal=refusal_of(refused))
        problems = {refused.field: str(refused)}
    if problems:
        missing = Refusal(_("Something is missing. See below."), status=UNPROCESSABLE)
        return show(request, found(request_id), now(), problems, missing)
    say(request, said)
    return redirect("mail_tray")
