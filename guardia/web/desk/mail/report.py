"""A report in writing, and what is decided about a mail: whose it is, which case it joins, or that it needs nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.call import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.mail_tray import clocks_of_requests, locked_request, request_of_id
from guardia.cases.number import parse
from guardia.config.now import now
from guardia.customers.lookup import active_company, active_contact
from guardia.intake import triage
from guardia.mail.message import Message, MessageState
from guardia.people.policy import Right, may
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.mail import inbox
from guardia.web.desk.mail.inbox import HELD, may_decide
from guardia.web.desk.mail.message import case_choice, found, register_href, show, takes_of
from guardia.web.desk.office_receipt import scans_of
from guardia.web.desk.page import is_fragment, page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Doing, Refusal, attempt, invalid

# --- acting -----------------------------------------------------------------------------------------------------------
# What the desk decides about a mail that waits: whose it is, which case it belongs to, or that it needs nothing.
QUARANTINE = "apartar"
ON_THE_PAGE = {"name", "contact", "case", "reason", "position", "email"}


def join_message(doing: Doing[Message]) -> str:
    """It belongs to the case with this number: a report is joined to it, another mail is filed there."""
    message, case, at = doing.on, case_named(doing.fields), now()  # read once the case is locked too
    if message.request_id and message.state == MessageState.WAITING:
        triage.join(case, locked_request(message.request_id), by=doing.who, at=at)
    else:
        triage.file(message, case, by=doing.who, at=at)
    return _("The email belongs to %(number)s now.") % {"number": case.display_number}


def case_named(fields: Mapping[str, str]) -> Case:
    """The locked case that was picked or typed. Raises ValidationError."""
    typed = fields.get("case", "").strip()
    if not typed:
        raise ValidationError({"case": _("Write the number of the case, or pick one of the company's open ones.")})
    number = parse(typed)
    case = case_for_desk(str(number), locked=True) if number else None
    if case is None:
        words = _("There is no case with the number %(number)s. Look it up by its company.")
        raise ValidationError({"case": words % {"number": typed}})
    return case


def dismiss_message(doing: Doing[Message]) -> str:
    """Nothing is owed for it."""
    triage.dismiss(doing.on, doing.fields.get("reason", ""), by=doing.who, at=doing.now)
    return _("The email needs nothing more.")


def take_in(doing: Doing[Message]) -> str:
    """A mail that was held back for its sender is the contact's all the same."""
    message = doing.on
    if message.request_id:
        locked_request(message.request_id)
    if triage.take_in(message, by=doing.who, at=doing.now) and message.case:
        return _("The email belongs to %(number)s now.") % {"number": message.case.display_number}
    return _("The email is a written report: its number has been owed since it came in.")


def assign(doing: Doing[Message]) -> str:
    """A contact wrote it, known or new: it is a report, and its hour counts since it came in."""
    fields, company = doing.fields, active_company(doing.fields.get("company", ""))
    if chosen := fields.get("contact", ""):
        contact = active_contact(chosen)
        if contact is None:
            raise ValidationError({"contact": _("That contact is no longer there. Choose another person.")})
        triage.assign(doing.on, contact, by=doing.who, at=doing.now)
    elif company is None:
        raise ValidationError({"contact": _("Choose who wrote it, or look up the company first.")})
    else:
        named = {"name": fields.get("name", ""), "position": fields.get("position", "")}
        triage.assign_to_new(doing.on, company, named, by=doing.who, at=doing.now)
    return _("It is now a written report: its number has been due since it was received.")


@request_page
@require_POST
def held(request: DeskRequest) -> HttpResponse:
    """By a key of a list: the mail under the cursor that was held back is taken in, or filed away as deceit."""
    given = request.POST.get("case", "").removeprefix(HELD)
    message_id = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
    answer = decide_message(request, message_id, put_aside if request.POST.get("step") == QUARANTINE else take_in)
    if not is_fragment(request):
        return answer
    response = page(request, "desk/toasts_live.html", {})
    response.headers["HX-Trigger"] = "bench:changed"
    return response


def put_aside(doing: Doing[Message]) -> str:
    triage.dismiss(doing.on, "spam", by=doing.who, at=doing.now)
    return _("The email needs nothing more.")


@request_page
@require_POST
def decide_message(
    request: DeskRequest, message_id: int, run: Callable[[Doing[Message]], str], to: str = ""
) -> HttpResponse:
    """One verb on the locked mail; what is refused comes back with its words. ``to``: where it leads then."""
    try:
        message = triage.locked(found(message_id).pk)
    except Message.DoesNotExist as gone:
        raise Http404 from gone
    refusal = decided(request, message, run)
    if refusal:
        return show(request, found(message_id), now(), refusal)
    return redirect("message", message_id) if to == "message" else redirect("mail_tray")


def decided[Came: (Message, WrittenRequest)](
    request: DeskRequest, came: Came, run: Callable[[Doing[Came]], str]
) -> Refusal | None:
    """Do it and say so; or why it was refused, at the field where the page has it."""
    if not may_decide(request.user, came.desk):
        raise PermissionDenied
    said = attempt(lambda: run(Doing(came, request.user, now(), request.POST.dict())))
    if isinstance(said, Refusal):
        return invalid(fields=said.fields) if said.fields.keys() & ON_THE_PAGE else said
    say(request, said)
    return None


# --- report -----------------------------------------------------------------------------------------------------------
# A report that came without a mail, by the portal or at an office: what it says, its scans, and what becomes of it.
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
        "refusal": refusal,
        "shell": shell_for(request, at, view="mail_tray"),
    }
    return page(request, "desk/mail/report.html", context, status=refusal.status if refusal else 200)


def join(doing: Doing[WrittenRequest]) -> str:
    """It is about a case that is open: its number is given."""
    case = case_named(doing.fields)
    triage.join(case, doing.on, by=doing.who, at=now())  # read once the case is locked too
    return _("The report belongs to %(number)s now.") % {"number": case.display_number}


def dismiss(doing: Doing[WrittenRequest]) -> str:
    """Nothing is owed for it."""
    triage.dismiss_request(doing.on, doing.fields.get("reason", ""), by=doing.who, at=doing.now)
    return _("The report needs nothing more.")


@request_page
@require_POST
def decide_report(request: DeskRequest, request_id: int, run: Callable[[Doing[WrittenRequest]], str]) -> HttpResponse:
    """One verb on the locked report; what is refused comes back with its words."""
    refusal = decided(request, written.locked(found_report(request_id).pk), run)
    return show_report(request, found_report(request_id), now(), refusal) if refusal else redirect("mail_tray")


urlpatterns = [
    path("correo/reportes/<int:request_id>", report_page, name="report_page"),
    path("correo/reportes/<int:request_id>/unir", decide_report, {"run": join}, name="report_join"),
    path("correo/reportes/<int:request_id>/descartar", decide_report, {"run": dismiss}, name="report_dismiss"),
    path("correo/<int:message_id>/unir", decide_message, {"run": join_message}, name="message_join"),
    path("correo/<int:message_id>/descartar", decide_message, {"run": dismiss_message}, name="message_dismiss"),
    path("correo/<int:message_id>/admitir", decide_message, {"run": take_in, "to": "message"}, name="message_take_in"),
    path("correo/<int:message_id>/quien", decide_message, {"run": assign, "to": "message"}, name="message_assign"),
]
