"""One mail that came in: who wrote it and what, its files, and what can be decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.cases import mail_tray, triage
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_with
from guardia.mailroom.message import Attachment, Message, MessageState
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk import reading as desk
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.mail import reading, shown
from guardia.web.desk.mail.deciding import may_decide
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.stale import Refusal

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class CaseChoice:
    number: str
    href: str
    words: str


@desk_page
@require_GET
def message_page(request: DeskRequest, message_id: int) -> HttpResponse:
    return show(request, found(message_id), now())


def found(message_id: int) -> Message:
    """The message of the address. Raises Http404."""
    message = reading.message(message_id)
    if message is None:
        raise Http404
    return message


def show(
    request: DeskRequest,
    message: Message,
    at: datetime,
    problems: Mapping[str, str] = NOTHING,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page; an act that was refused comes back with its sentence and what was typed."""
    clocks = reading.clocks_of_requests([message.request_id])
    context = {
        "message": message,
        "row": shown.row_of(message, clocks, at),
        "files": [file_row(one) for one in reading.files_of(message)],
        "case": case_choice(message.case) if message.case else None,
        "others": [shown.row_of(one, {}, at) for one in others_of(message)],
        "answers": [hour(one.created_at, at) for one in mail_tray.answers_to(message)],
        "problems": problems,
        "typed": request.POST,
        "refusal": refusal,
        "shell": shell_for(request, at, view="mail_tray"),
        **(acts_of(request, message) if may_decide(request.user, message.desk) else {}),
    }
    return page(request, "desk/mail/message.html", context, status=refusal.status if refusal else 200)


def others_of(message: Message) -> list[Message]:
    return reading.more_of(message.request, message) if message.request else []


def file_row(kept: Attachment) -> FileRow:
    size = filesizeformat(kept.size)
    if kept.refused:
        why = shown.REFUSED_FILES.get(kept.refused, _("not given out"))
        return FileRow(kept.name, f"{size} · {why}")
    return FileRow(kept.name, f"{size} · {kept.type}", reverse("message_file", args=[kept.message_id, kept.part]))


def case_choice(case: Case) -> CaseChoice:
    state = "" if case.is_open else _("closed")
    words = " · ".join(part for part in (case.subject, state) if part)
    return CaseChoice(case.display_number, case_href(case), words)


def acts_of(request: DeskRequest, message: Message) -> dict[str, Any]:
    """What may be decided about a message that waits; nothing about another."""
    if message.state != MessageState.WAITING:
        return {}
    report = message.request
    reasons = [(code, shown.DISMISSED[code]) for code in triage.REASONS]
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
    company = desk.company(request.POST.get("company") or request.GET.get("compania", ""))
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
    return list(reading.contacts_of(company.pk)[:300]) if company else []
