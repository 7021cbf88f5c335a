"""A supervisor sends the report of a month: first the very letter and who gets it, then the act."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices import announcing, mail
from guardia.notices.announcement import Announcement
from guardia.notices.letterhead import in_force
from guardia.notices.links import Links, nowhere
from guardia.notices.wording.hours import language_of
from guardia.people.policy import Right
from guardia.reports import month_sending
from guardia.reports.month import Month
from guardia.reports.month_sending import NotSent
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page, say
from guardia.web.desk.reports.monthly import NoMonth, frame, month_in
from guardia.web.report.attached import month_files
from guardia.web.shared.act import Refusal, attempt

LINKS = Links(nowhere, month_files=month_files)
LARGEST = 1000


@needs(Right.SUPERVISE)
def monthly_send(request: HttpRequest, company_id: int) -> HttpResponse:
    """``mes`` is the month, ``numero`` which report of it this is: the same one pressed twice is sent once."""
    at, company = now(), get_object_or_404(Customer, pk=company_id)
    posted = request.method == "POST"
    given = request.POST if posted else request.GET
    try:
        month = month_in(given.get("mes", ""), at)
    except NoMonth as sentence:
        return answered(request, company, Month.of(at).moved(-1), at, str(sentence), 422)
    if not posted:
        return answered(request, company, month, at)
    sent = attempt(
        lambda: month_sending.send(company, month, number_in(given.get("numero", "")), by=member(request), at=at)
    )
    if isinstance(sent, Refusal):
        return answered(request, company, month, at, sent.sentence, sent.status)
    count = month_sending.recipients(company).count()
    words = ngettext("The report is on its way to %d contact.", "The report is on its way to %d contacts.", count)
    say(request, words % count)
    return redirect(f"{reverse('monthly_report', args=[company.pk])}?mes={month}")


def answered(
    request: HttpRequest, company: Customer, month: Month, at: datetime, refused: str = "", status: int = 200
) -> HttpResponse:
    why_not = month_sending.why_not(company, month, at)
    people = [] if why_not else list(month_sending.recipients(company))
    before = month_sending.sent(company, month)
    context = {
        **frame(request, at, month, company),
        "company": company,
        "refused": refused or why_not,
        "people": people,
        "unreachable": [each for each in people if not each.email],
        "letters": letters(month_sending.draft(company, month, at), people) if people else [],
        "number": len(before) + 1,
        "is_again": bool(before),
        "back": f"{reverse('monthly_report', args=[company.pk])}?mes={month}",
    }
    return page(request, "desk/reports/monthly_send.html", context, status=status)


def letters(told: Announcement, people: list[Contact]) -> list[dict[str, Any]]:
    """One per language, as its first reader gets it."""
    by_language = sorted((each for each in people if each.email), key=lambda each: language_of(each.language))
    groups = groupby(by_language, key=lambda each: language_of(each.language))
    return [letter(told, language, list(group)) for language, group in groups]


def letter(told: Announcement, language: str, people: list[Contact]) -> dict[str, Any]:
    """What these people would read."""
    paper = in_force()
    with translation.override(language):
        attached = announcing.files_of(told, LINKS)
        said = mail.signed(announcing.letter_of(told, people[0], language, LINKS, attached), paper)
        text = mail.text_of(said, paper)
    names = ", ".join(f"{each} <{each.email}>" for each in people)
    return {
        "language": language,
        "people": names,
        "subject": said.subject,
        "text": text,
        "files": ", ".join(each.name for each in attached),
    }


def number_in(written: str) -> int:
    """Which report of the month it is. Raises NotSent."""
    if not (written.isascii() and written.isdigit() and 0 < int(written[:6]) <= LARGEST and len(written) <= 6):
        raise NotSent(_("The page is older than what was sent. Open it again."))
    return int(written)


urlpatterns = [
    path("mensual/<int:company_id>/enviar", monthly_send, name="monthly_send"),
]
