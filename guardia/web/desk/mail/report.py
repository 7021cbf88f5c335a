"""A report in writing, and what is decided about a mail: whose it is, which case it joins, or that it needs nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.mail_tray import clocks_of_requests, locked_request, request_of_id
from guardia.cases.number import parse
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.customers.lookup import active_company, active_contact
from guardia.customers.values import Unfit
from guardia.intake import triage
from guardia.mailroom.message import Message, MessageState
from guardia.people.policy import Right, may
from guardia.procedure.version import NoProcedure
from guardia.web.desk.case_page.act_form import Refusal, refusal_of
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.mail import inbox
from guardia.web.desk.mail.inbox import HELD, may_decide
from guardia.web.desk.mail.message import case_choice, found, register_href, show, takes_of
from guardia.web.desk.office_receipt import scans_of
from guardia.web.desk.page import is_fragment, page, say
from guardia.web.desk.shell import shell_for

# --- acting -----------------------------------------------------------------------------------------------------------
# What the desk decides about a mail that waits: whose it is, which case it belongs to, or that it needs nothing.
UNPROCESSABLE = 422
ASIDE = "apartar"
ONE_FIELD = {"name", "contact", "case", "reason", "position", "email"}


class Wrong(Exception):
    """What was typed cannot be taken: the field and what to do."""

    def __init__(self, **problems: str) -> None:
        super().__init__(problems)
        self.problems = problems


@request_page
@require_POST
def join_message(request: DeskRequest, message_id: int) -> HttpResponse:
    """It belongs to the case with this number: a report is joined to it, another mail is filed there."""

    def act(message: Message) -> str:
        case, at = case_named(request), now()
        if message.request_id and message.state == MessageState.WAITING:
            triage.join(case, locked_request(message.request_id), by=request.user, at=at)
        else:
            triage.file(message, case, by=request.user, at=at)
        return _("The mail belongs to %(number)s now.") % {"number": case.display_number}

    return message_done(request, message_id, act)


def case_named(request: DeskRequest) -> Case:
    """The locked case that was picked or typed. Raises Wrong."""
    typed = request.POST.get("case", "").strip()
    if not typed:
        raise Wrong(case=_("Write the number of the case, or pick one of the company's open ones."))
    number = parse(typed)
    case = case_for_desk(str(number), locked=True) if number else None
    if case is None:
        raise Wrong(
            case=_("There is no case with the number %(number)s. Look it up by its company.") % {"number": typed}
        )
    return case


@request_page
@require_POST
def dismiss_message(request: DeskRequest, message_id: int) -> HttpResponse:
    """Nothing is owed for it."""

    def act(message: Message) -> str:
        triage.dismiss(message, request.POST.get("reason", ""), by=request.user, at=now())
        return _("The mail needs nothing more.")

    return message_done(request, message_id, act)


@request_page
@require_POST
def take_in(request: DeskRequest, message_id: int) -> HttpResponse:
    """A mail that was held back for its sender is the contact's all the same."""
    return message_done(request, message_id, lambda message: taken_in(request, message), to_message=True)


def taken_in(request: DeskRequest, message: Message) -> str:
    at = now()
    if message.request_id:
        locked_request(message.request_id)
    if triage.take_in(message, by=request.user, at=at) and message.case:
        return _("The mail belongs to %(number)s now.") % {"number": message.case.display_number}
    return _("The mail is a report in writing: its number is owed since it came in.")


@request_page
@require_POST
def held(request: DeskRequest) -> HttpResponse:
    """By a key of a list: the mail under the cursor that was held back is taken in, or filed away as deceit."""
    given = request.POST.get("case", "").removeprefix(HELD)
    message_id = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0

    def act(message: Message) -> str:
        if request.POST.get("step") != ASIDE:
            return taken_in(request, message)
        triage.dismiss(message, "spam", by=request.user, at=now())
        return _("The mail needs nothing more.")

    answer = message_done(request, message_id, act)
    if not is_fragment(request):
        return answer
    response = page(request, "desk/toasts_live.html", {})
    response.headers["HX-Trigger"] = "bench:changed"
    return response


@request_page
@require_POST
def assign(request: DeskRequest, message_id: int) -> HttpResponse:
    """A contact wrote it, known or new: it is a report, and its hour counts since it came in."""

    def act(message: Message) -> str:
        at, company = now(), active_company(request.POST.get("company", ""))
        if chosen := request.POST.get("contact", ""):
            contact = active_contact(chosen)
            if contact is None:
                raise Wrong(contact=_("That contact is no longer there. Choose another person."))
            triage.assign(message, contact, by=request.user, at=at)
        elif company is None:
            raise Wrong(contact=_("Choose who wrote it, or look up the company first."))
        else:
            fields = {"name": request.POST.get("name", ""), "position": request.POST.get("position", "")}
            triage.assign_to_new(message, company, fields, by=request.user, at=at)
        return _("It is a report in writing now: its number is owed since it came in.")

    return message_done(request, message_id, act, to_message=True)


def message_done(
    request: DeskRequest, message_id: int, act: Callable[[Message], str], *, to_message: bool = False
) -> HttpResponse:
    """One verb on the locked message; what is refused leaves nothing behind and comes back with its words."""
    try:
        with transaction.atomic():
            message = locked(message_id)
            if not may_decide(request.user, message.desk):
                raise PermissionDenied
            said = act(message)
    except Wrong as wrong:
        return again(request, message_id, wrong.problems)
    except Unfit as unfit:
        return again(request, message_id, unfit.problems)
    except NoProcedure:
        sentence = _("No procedure is published yet: publish one first.")
        return show(request, found(message_id), now(), refusal=Refusal(sentence))
    except Refused as refused:
        if refused.field in ONE_FIELD:
            return again(request, message_id, {refused.field: str(refused)})
        return show(request, found(message_id), now(), refusal=refusal_of(refused))
    say(request, said)
    return redirect("message", message_id) if to_message else redirect("mail_tray")


def locked(message_id: int) -> Message:
    try:
        return triage.locked(found(message_id).pk)
    except Message.DoesNotExist as gone:
        raise Http404 from gone


def again(request: DeskRequest, message_id: int, problems: dict[str, str]) -> HttpResponse:
    refusal = Refusal(_("Something is missing. See below."), status=UNPROCESSABLE)
    return show(request, found(message_id), now(), problems, refusal)


# --- report -----------------------------------------------------------------------------------------------------------
# A report that came without a mail, by the portal or at an office: what it says, its scans, and what becomes of it.
NOTHING: Mapping[str, str] = MappingProxyType({})


@request_page
@require_GET
def report_page(request: DeskRequest, request_id: int) -> HttpResponse:
    return show_report(request, found_report(request_id), now())


def found_report(request_id: int) -> WrittenRequest:
    """The report of the address; one that is a case already as well. Raises Http404."""
    report = request_of_id(str(request_id))
    if report is None:
        raise Http404
    return report


def show_report(
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
            report = written.locked(found_report(request_id).pk)
            if not may_decide(request.user, report.desk):
                raise PermissionDenied
            said = act(report)
    except Wrong as wrong:
        problems = wrong.problems
    except Refused as refused:
        if refused.field not in ONE_FIELD:
            return show_report(request, found_report(request_id), now(), refusal=refusal_of(refused))
        problems = {refused.field: str(refused)}
    if problems:
        missing = Refusal(_("Something is missing. See below."), status=UNPROCESSABLE)
        return show_report(request, found_report(request_id), now(), problems, missing)
    say(request, said)
    return redirect("mail_tray")


urlpatterns = [
    path("correo/reportes/<int:request_id>", report_page, name="report_page"),
    path("correo/reportes/<int:request_id>/unir", join, name="report_join"),
    path("correo/reportes/<int:request_id>/descartar", dismiss, name="report_dismiss"),
    path("correo/<int:message_id>/unir", join_message, name="message_join"),
    path("correo/<int:message_id>/descartar", dismiss_message, name="message_dismiss"),
    path("correo/<int:message_id>/admitir", take_in, name="message_take_in"),
    path("correo/<int:message_id>/quien", assign, name="message_assign"),
]
