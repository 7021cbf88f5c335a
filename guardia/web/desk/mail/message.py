"""One mail that came in: who wrote it and what, its parts behind a lock, and what can be decided about it."""

import base64
import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.cases import mail_tray
from guardia.cases.case import Case
from guardia.cases.mail_tray import bytes_of, clocks_of_requests, file_of, files_of, message_of_id
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company, companies_with, contacts_of
from guardia.intake import triage
from guardia.mail.files import OCTETS, PASSIVE, content_of
from guardia.mail.message import Attachment, Message, MessageState
from guardia.mail.raw_mail import FileFound, Unreadable, read
from guardia.mail.taking import limit
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.mail import inbox
from guardia.web.desk.mail.inbox import may_decide
from guardia.web.desk.page import case_href, page
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Refusal
from guardia.web.shared.responses import FILE_POLICY, download


@desk_page
@require_GET
def message_page(request: DeskRequest, message_id: int) -> HttpResponse:
    return show(request, found(message_id), now())


def found(message_id: int) -> Message:
    """The message of the address. Raises Http404."""
    message = message_of_id(message_id)
    if message is None:
        raise Http404
    return message


def show(
    request: DeskRequest,
    message: Message,
    at: datetime,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page; an act that was refused comes back with its sentence and what was typed."""
    clocks = clocks_of_requests([message.request_id])
    context = {
        "message": message,
        "row": inbox.row_of(message, clocks, at),
        "files": [file_row(one) for one in files_of(message)],
        "case": case_choice(message.case) if message.case else None,
        "others": [inbox.row_of(one, {}, at) for one in others_of(message)],
        "answers": [hour(one.created_at, at) for one in mail_tray.answers_to(message)],
        "typed": request.POST,
        "refusal": refusal,
        "shell": shell_for(request, at, view="mail_tray"),
        **(acts_of(request, message) if may_decide(request.user, message.desk) else {}),
    }
    return page(request, "desk/mail/message.html", context, status=refusal.status if refusal else 200)


def others_of(message: Message) -> list[Message]:
    return inbox.more_of(message.request, message) if message.request else []


def file_row(kept: Attachment) -> dict[str, Any]:
    size = filesizeformat(kept.size)
    if kept.refused:
        why = inbox.REFUSED_FILES.get(kept.refused, _("withheld"))
        return {"name": kept.name, "words": f"{size} · {why}"}
    return {
        "name": kept.name,
        "words": f"{size} · {kept.type}",
        "href": reverse("message_file", args=[kept.message_id, kept.part]),
    }


def case_choice(case: Case) -> dict[str, Any]:
    state = "" if case.is_open else _("closed")
    words = " · ".join(part for part in (case.subject, state) if part)
    return {"number": case.display_number, "href": case_href(case), "words": words}


def acts_of(request: DeskRequest, message: Message) -> dict[str, Any]:
    """What may be decided about a message that waits; nothing about another."""
    if message.state != MessageState.WAITING:
        return {}
    report = message.request
    reasons = [(code, inbox.DISMISSED[code]) for code in triage.REASONS]
    acts = {"may_act": True, "reasons": reasons, "reason": request.POST.get("reason", "")}
    if report:
        open_cases = [case_choice(case) for case in mail_tray.cases_for(report)]
        open_it: dict[str, Any] = {
            "register_href": register_href(report.pk) if may(request.user, Right.HANDLE_CASES) else ""
        }
        if not report.contact_id and not message.contact_id and report.way == "mail":
            open_it |= {"undecided": True, **who_acts(request, message)}
        return {**acts, **open_it, "takes": takes_of(report.pk, request.user), "open_cases": open_cases}
    return {**acts, **who_acts(request, message)}


def takes_of(request_id: int, staff: Staff) -> list[tuple[str, str]]:
    """The desks as whose request it can be taken, one's own first, each with the address of its form."""
    desks = [key for key in areas.desks(now()) if key != TECHNICAL]
    desks.sort(key=lambda key: key != areas.own(staff))
    address = f"{reverse('new_request')}?reporte={request_id}&{areas.NAME}="
    return [(address + key, areas.desks(now())[key]) for key in desks]


def register_href(request_id: int) -> str:
    return f"{reverse('new_case')}?reporte={request_id}"


def who_acts(request: DeskRequest, message: Message) -> dict[str, Any]:
    """Who may have written it: who has the address, whoever is chosen of a company, or somebody new of it."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    company = active_company(request.POST.get("company") or request.GET.get("compania", ""))
    known = [message.contact] if message.contact else mail_tray.candidates(message)
    return {
        "known": known,
        "asked": asked,
        "companies": companies_with(asked) if asked and not company else [],
        "company": company,
        "contacts": contacts(company),
        "new_name": request.POST.get("name", message.from_name),
        "new_position": request.POST.get("position", ""),
    }


def contacts(company: Customer | None) -> list:
    return list(contacts_of(company.pk)[:300]) if company else []


# --- mail frame -------------------------------------------------------------------------------------------------------
# How a mail is shown in a page of ours: a sandboxed frame with a policy of its own, where nothing runs or loads.
FRAME_POLICY: dict[str, Any] = {
    "sandbox": True,
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
}


# --- parts ------------------------------------------------------------------------------------------------------------
# The parts of a mail that a browser could be harmed by: its HTML in a locked frame, its files only as downloads.
OWN_IMAGE = re.compile(r'src="cid:(\d{1,5})"')
MOST_IMAGES = 8 * 1024 * 1024  # bytes of pictures put into the HTML


@desk_page
@require_GET
@csp_override(FRAME_POLICY)
def html(request: DeskRequest, message_id: int) -> HttpResponse:
    """The HTML alone, made safe. It may run nothing and fetch nothing: its policy says so."""
    raw = raw_or_404(message_id)
    try:
        found = read(raw, limit())
    except Unreadable as unreadable:
        raise Http404 from unreadable
    if not found.html:
        raise Http404
    pictures = Pictures(raw, found.files)
    return HttpResponse(OWN_IMAGE.sub(lambda match: pictures.source(int(match[1])), found.html))


class Pictures:
    """The mail's own pictures, put into its HTML: the frame may fetch none."""

    def __init__(self, raw: bytes, files: tuple[FileFound, ...]) -> None:
        self.raw, self.left = raw, MOST_IMAGES
        self.shown = {one.part: one for one in files if one.type in PASSIVE and one.type.startswith("image/")}
        self.sources: dict[int, str] = {}

    def source(self, part: int) -> str:
        """Each showing counts: a picture that is named a thousand times must not make a page of gigabytes."""
        found = self.shown.get(part)
        if found is None or found.refused or found.size > self.left:
            return 'src=""'
        self.left -= found.size
        if part not in self.sources:
            data = base64.b64encode(content_of(self.raw, part)).decode()
            self.sources[part] = f'src="data:{found.type};base64,{data}"'
        return self.sources[part]


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def original(request: DeskRequest, message_id: int) -> HttpResponse:
    """The mail byte for byte, as a file for a mail program."""
    return download(raw_or_404(message_id), f"correo-{message_id}.eml", OCTETS)


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def attachment(request: DeskRequest, message_id: int, part: int) -> HttpResponse:
    """A file of the mail; one that is refused is not there."""
    kept = file_of(message_id, part)
    if kept is None:
        raise Http404
    try:
        content = content_of(raw_or_404(message_id), part)
    except (LookupError, Unreadable) as gone:
        raise Http404 from gone
    return download(content, kept.name, kept.type if kept.type in PASSIVE else OCTETS)


def raw_or_404(message_id: int) -> bytes:
    raw = bytes_of(message_id)
    if not raw:  # of a mail that was erased the row stays, without a byte
        raise Http404
    return raw


urlpatterns = [
    path("correo/<int:message_id>", message_page, name="message"),
    path("correo/<int:message_id>/html", html, name="message_html"),
    path("correo/<int:message_id>/original", original, name="message_original"),
    path("correo/<int:message_id>/archivos/<int:part>", attachment, name="message_file"),
]
