"""What was signed: one hand-over as a sheet to print, and the list of the last ones. Nothing in them changes."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guardia.cases.handover_rows import last_signed, lines_of, signed_one
from guardia.cases.labels import CLOCK_NAMES
from guardia.config.now import now
from guardia.people.shift import Handover, HandoverLine
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.bench_rows import case_href
from guardia.web.desk.clock import WORDS, State, desk_zone, hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about


@dataclass(frozen=True, slots=True)
class SignedLine:
    href: str
    number: str
    company: str
    vip: bool
    place: str
    about: str
    promise: str
    due: str
    was_late: bool
    step: str
    was: str
    responsible: str

    @property
    def passed(self) -> bool:
        return self.was != self.responsible


@dataclass(frozen=True, slots=True)
class Sheet:
    pk: int
    title: str
    day: str
    signed: str
    incoming: str
    outgoing: str
    note: str
    lines: tuple[SignedLine, ...] = ()


@desk_page
@require_GET
def handover_sheet(request: DeskRequest, handover_id: int) -> HttpResponse:
    """Raises Http404."""
    found, at = signed_one(handover_id), now()
    if found is None:
        raise Http404
    lines = tuple(line_of(line, found.signed_at) for line in lines_of(found))
    context = {"sheet": sheet_of(found, lines), "shell": shell_for(request, at, view="handover")}
    return page(request, "desk/handover/sheet.html", context)


@desk_page
@require_GET
def handovers(request: DeskRequest) -> HttpResponse:
    """The last thirty."""
    sheets = [sheet_of(one) for one in last_signed()]
    context = {"sheets": sheets, "shell": shell_for(request, now(), view="handover")}
    return page(request, "desk/handover/list.html", context)


def sheet_of(handover: Handover, lines: tuple[SignedLine, ...] = ()) -> Sheet:
    """The hours of the sheet are of the operator's zone, and the sheet says so."""
    due, signed = (at.astimezone(desk_zone()) for at in (handover.due_at, handover.signed_at))
    return Sheet(
        pk=handover.pk,
        title=_("Hand-over of %(hour)s") % {"hour": date_format(due, "H:i")},
        day=date_format(due, _("l j F Y")),
        signed=date_format(signed, "H:i" if due.date() == signed.date() else _("j F, H:i")),
        incoming=handover.incoming.name,
        outgoing=handover.outgoing.name if handover.outgoing else "",
        note=handover.note,
        lines=lines,
    )


def line_of(line: HandoverLine, signed_at: datetime) -> SignedLine:
    case = line.case
    names = CLOCK_NAMES.get(ClockKind(line.promise)) if line.promise else None
    return SignedLine(
        href=case_href(case),
        number=case.display_number,
        company=case.customer.name,
        vip=case.customer.vip,
        place=about.place(case),
        about=about.joined(about.subject_matter(case), case.subject),
        promise=f"{names[0]}: {names[1]}" if names else _("Nothing promised"),
        due=due_words(line.due_at, signed_at) if line.due_at else "",
        was_late=line.due_at is not None and line.due_at < signed_at,
        step=line.next_step,
        was=line.was.name if line.was else _("Nobody yet"),
        responsible=line.responsible.name if line.responsible else _("Nobody yet"),
    )


def due_words(due_at: datetime, signed_at: datetime) -> str:
    """``due 04:37``; of what was broken when it was signed ``overdue since 04:26``."""
    when = {"hour": hour(due_at, signed_at)}
    if due_at >= signed_at:
        return _("due %(hour)s") % when
    return f"{WORDS[State.LATE]} {pgettext('clock', 'since %(hour)s') % when}"
