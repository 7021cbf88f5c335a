"""What the desk decides about a mail that waits: whose it is, which case it belongs to, or that it needs nothing."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.mail_tray import locked_request
from guardia.cases.number import parse
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.customers.lookup import active_company, active_contact
from guardia.customers.values import Unfit
from guardia.intake import triage
from guardia.mailroom.message import Message, MessageState
from guardia.procedure.version import NoProcedure
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.mail.inbox import HELD, may_decide
from guardia.web.desk.mail.message import found, show
from guardia.web.desk.page import is_fragment, page, say
from guardia.web.desk.stale import Refusal, refusal_of

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
def join(request: DeskRequest, message_id: int) -> HttpResponse:
    """It belongs to the case with this number: a report is joined to it, another mail is filed there."""

    def act(message: Message) -> str:
        case, at = case_named(request), now()
        if message.request_id and message.state == MessageState.WAITING:
            triage.join(case, locked_request(message.request_id), by=request.user, at=at)
        else:
            triage.file(message, case, by=request.user, at=at)
        return _("The mail belongs to %(number)s now.") % {"number": case.display_number}

    return done(request, message_id, act)


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
def dismiss(request: DeskRequest, message_id: int) -> HttpResponse:
    """Nothing is owed for it."""

    def act(message: Message) -> str:
        triage.dismiss(message, request.POST.get("reason", ""), by=request.user, at=now())
        return _("The mail needs nothing more.")

    return done(request, message_id, act)


@request_page
@require_POST
def take_in(request: DeskRequest, message_id: int) -> HttpResponse:
    """A mail that was held back for its sender is the contact's all the same."""
    return done(request, message_id, lambda message: taken_in(request, message), to_message=True)


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

    answer = done(request, message_id, act)
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

    return done(request, message_id, act, to_message=True)


def done(
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
