"""Who was told of a planned work, when and by which way: a workbook, as proof."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guardia.notices.notice_rows import carried_by, of_announcements
from guardia.outages.planned_work import PlannedWork
from guardia.outages.planned_work_rows import companies_of_work, services_of_work, turns_in_order
from guardia.outages.work_announcing import letters
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.reports.workbook import XLSX, Sheet, formats_of, new_book
from guardia.web.desk.works import listing
from guardia.web.desk.works.listing import TURNS, turn_words
from guardia.web.shared.audit import exported

if TYPE_CHECKING:
    from xlsxwriter import Workbook

AT_ONCE = 1000
STATES = {
    "owed": lambda: _("waiting to be sent"),
    "packed": lambda: _("waiting to be sent"),
    "sent": lambda: _("accepted by the mail server"),
    "failed": lambda: _("not delivered"),
    "suppressed": lambda: _("not sent: no channel"),
    "held": lambda: _("held by the rehearsal"),
}


@desk_page
@require_GET
def recipients_workbook(request: DeskRequest, number: str) -> HttpResponse:
    """Three sheets: every notice, every answer, every turn. Hours in the operator's zone, named in the column."""
    work = listing.called(number)
    exported(request, "planned_work_told", work.display_number)
    file = BytesIO()
    with new_book(file) as book:
        formats = formats_of(book)
        notices(book, formats, work)
        answers(book, formats, work)
        turns(book, formats, work)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{work.display_number}-avisados.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def zoned(words: str) -> str:
    return f"{words} ({settings.TIME_ZONE})"


def notices(book: "Workbook", formats: dict, work: PlannedWork) -> None:
    columns = [
        (_("Company"), 30),
        (_("Contact"), 26),
        (_("Email"), 26),
        (zoned(_("Owed")), 20),
        (_("Address"), 32),
        (zoned(_("Sent")), 20),
        (_("State"), 26),
        ("Message-ID", 40),
    ]
    sheet = Sheet(book, _("Notified"), columns, formats)
    for notice, address, sent_at, message_id in notice_rows(work):
        contact, telling = notice.contact, notice.announcement.facts["telling"]
        named = str(TURNS.get(telling, telling))
        where = (contact.customer.name, str(contact), named, notice.owed_at)
        state = STATES[notice.state]() if notice.state in STATES else notice.state
        sheet.add(*where, address, sent_at, state, message_id)


def notice_rows(work: PlannedWork) -> Iterator[tuple]:
    """Each notice with its last message: the address, when it left, the message's name; the first letter first."""
    made = {one.pk: one for one in letters(work)}
    found = of_announcements(made)
    carried = carried_by(list(made))
    for notice in found.iterator(chunk_size=AT_ONCE):
        notice.announcement = made[notice.announcement_id or 0]
        yield (notice, *carried.get(notice.pk, ("", None, "")))


def answers(book: "Workbook", formats: dict, work: PlannedWork) -> None:
    columns = [
        (_("Company"), 30),
        (_("Service"), 18),
        (_("Site"), 30),
        (pgettext("planned work", "Answer"), 14),
        (zoned(_("Answered")), 20),
        (_("By"), 26),
        (_("Words"), 50),
        (zoned(_("Removed since")), 20),
    ]
    sheet = Sheet(book, _("Services and answers"), columns, formats)
    words = {"agreed": _("agreed"), "objected": _("objected")}
    for row in services_of_work(work):
        site = row.service.site
        where = (row.customer.name, row.service.circuit, f"{site.name}, {site.city.name}")
        by = str(row.answered_by) if row.answered_by else ""
        sheet.add(*where, words.get(row.answer, ""), row.answered_at, by, row.answer_words, row.taken_out_at)


def turns(book: "Workbook", formats: dict, work: PlannedWork) -> None:
    columns = [(zoned(_("Hour")), 20), (zoned(_("Recorded")), 20), (_("By"), 26), (_("What happened"), 70)]
    sheet = Sheet(book, _("Facts"), columns, formats)
    names = companies_of_work(work)
    for turn in turns_in_order(work):
        sheet.add(turn.at, turn.recorded_at, turn.by.name if turn.by else "", turn_words(turn, names))


urlpatterns = [
    path("trabajos/<slug:number>/avisados.xlsx", recipients_workbook, name="work_told"),
]
