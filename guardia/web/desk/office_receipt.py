"""The receipt of a paper that was handed in at an office: its print, its scans."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.calls.call import Scan, WrittenRequest
from guardia.cases import desk_hours, mail_tray, written
from guardia.cases.case import Case
from guardia.cases.case_rows import first_answer_clock_of
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.signed import LARGEST_ID
from guardia.procedure import version as versions
from guardia.web.desk.clock import ClockFace, desk_zone, face_of
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.page import case_href, page
from guardia.web.desk.shell import operator, shell_for
from guardia.web.shared.responses import FILE_POLICY, is_picture, served

# --- scans ------------------------------------------------------------------------------------------------------------
# The scans of what was handed in: shown as pictures or given out as files, and never run (A4).


@request_page
@require_GET
@csp_override(FILE_POLICY)
def scan(request: DeskRequest, scan_id: int) -> HttpResponse:
    """The bytes, of the type that was found by their content; a picture in place, all else as a file."""
    kept = written.scan_of_id(scan_id) if scan_id <= LARGEST_ID else None
    if kept is None:
        raise Http404
    return served(bytes(kept.content), kept.name, kept.type, in_place="descargar" not in request.GET)


def scans_of(request: WrittenRequest) -> list[dict[str, Any]]:
    return rows_of(written.scans_of(request))


def scans_of_case(case: Case) -> list[dict[str, Any]]:
    """Of all that came in writing for this case."""
    return rows_of(written.scans_of_case(case))


def rows_of(scans: QuerySet[Scan]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "words": f"{filesizeformat(one.size)} · {one.type}",
            "href": reverse("scan", args=[one.pk]),
            "is_picture": is_picture(one.type),
        }
        for one in scans
    ]


# --- receipt ----------------------------------------------------------------------------------------------------------
# The receipt: what was handed in, the hour of the stamp, the number, and by when there is an answer. To be printed.
@request_page
@require_GET
def receipt(request: DeskRequest, request_id: int) -> HttpResponse:
    taken = written.request_at_office(request_id)
    if taken is None:
        raise Http404
    at = now()
    shown = receipt_of(taken, at, registers=may(request.user, Right.HANDLE_CASES))
    context = {"receipt": shown, "shell": shell_for(request, at, with_views=False)}
    return page(request, "desk/offices/receipt.html", context)


def receipt_of(taken: WrittenRequest, at: datetime, *, registers: bool) -> dict[str, Any]:
    procedure, case = versions.of(taken.procedure_version_id), taken.case
    office = next((one for one in procedure.offices if one.city == taken.office), None)
    waits = case is None and taken.settled_at is None and taken.desk == TECHNICAL
    return {
        "operator": procedure.provider.name,
        "office": taken.office,
        "address": office.address if office else "",
        "stamped": f"{day_and_hour(taken.received_at)} ({operator(at)[2]})",
        "number": case.display_number if case else "",
        "case_href": case_href(case) if case else "",
        "register_href": f"{reverse('new_case')}?reporte={taken.pk}" if waits and registers else "",
        "company": taken.customer.name if taken.customer else _("not known yet"),
        "who": (case.reporter_name if case else "") or (str(taken.contact) if taken.contact else ""),
        "desk": desk_hours.desk_name(taken.procedure_version_id, taken.desk),
        "text": taken.text,
        "taken_by": taken.taken_by.name if taken.taken_by else "",
        "promise": promise_of(taken, case, at),
        "clock": running(taken, at),
        "scans": scans_of(taken),
    }


def day_and_hour(at: datetime) -> str:
    local = at.astimezone(desk_zone())
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i')}"


def running(taken: WrittenRequest, at: datetime) -> ClockFace | None:
    """The clock of a report that waits for its number (P2)."""
    clock = mail_tray.running_clock_of(taken.pk, without_case=True)
    return face_of(clock, at) if clock else None


def promise_of(taken: WrittenRequest, case: Case | None, at: datetime) -> str:
    """What the customer may count on from the stamp on; nothing once it is there. No hour that has passed."""
    desk = desk_hours.desk_name(taken.procedure_version_id, taken.desk)
    if taken.desk == TECHNICAL:
        return "" if case or taken.settled_at else number_promised(taken, at)
    due = answer_due(taken, case)
    if due is None:
        return ""
    if due <= at:
        return _("%(desk)s was due to answer before %(when)s: the answer is late (A3).") % {
            "desk": desk,
            "when": day_and_hour(due),
        }
    return _("%(desk)s answers before %(when)s (A3).") % {"desk": desk, "when": day_and_hour(due)}


def number_promised(taken: WrittenRequest, at: datetime) -> str:
    """P2: it counts from the stamp; who is no contact of the company asks for it."""
    due = written.number_due_at(taken)
    if due and due <= at:
        words = _("The number of the case was due before %(when)s; it is late (P2).")
        return words % {"when": day_and_hour(due)}
    if taken.contact is None:
        return _("The number of the case is issued within minutes; ask the Operations Centre for it (P2).")
    return _("The number of the case is issued within minutes and given to the contact (P2).")


def answer_due(taken: WrittenRequest, case: Case | None) -> datetime | None:
    """By when the first answer is owed (UTC): by its clock, or once its desk opens; None where it is given."""
    if case is None or not case.is_open:
        return None
    if case.opens_at:
        return desk_hours.answer_due(case.procedure_version_id, case.opens_at)
    clock = first_answer_clock_of(case)
    return clock.due_at if clock else None
