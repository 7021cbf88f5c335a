"""The board of whoever sends crews; the address is the filter, a poll is answered 304 while nothing has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.field.crew import Specialty
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.dispatch import reading
from guardia.web.desk.dispatch.reading import Looking
from guardia.web.desk.dispatch.shown import CaseRow, CrewRow, by_breaking, case_row, crew_rows
from guardia.web.desk.dispatch.steps import fits
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for, up_to_99
from guardia.web.desk.shown.bench import View
from guardia.web.desk.shown.bench_rows import case_href


@dataclass(frozen=True, slots=True)
class Board:
    rows: Sequence[CaseRow]
    crews: Sequence[CrewRow]
    views: Sequence[View]
    specialties: Sequence[View]
    looking: Looking
    more: bool
    in_vain: Sequence[tuple[str, str, int]]
    free_words: str
    poll: str
    tag: str


@desk_page
@require_GET
def dispatch(request: DeskRequest) -> HttpResponse:
    at = now()
    board = board_of(looking_at(request), at)
    shell = shell_for(request, at, view="dispatch")
    tag = tag_of([board.tag, shell.tag, shell.calls_words, shell.phone.owed_tag, *shell.views, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/dispatch/board_live.html" if is_fragment(request) else "desk/dispatch/board.html"
    return stamped(page(request, template, {"board": board, "shell": shell, "tag": tag}), tag)


def looking_at(request: DeskRequest) -> Looking:
    """What the address asks for; what is not understood is left aside."""
    stands, specialty = request.GET.get("ver", ""), request.GET.get("especialidad", "")
    return Looking(stands if stands in reading.STANDS else "", specialty if specialty in Specialty.values else "")


def board_of(looking: Looking, at: datetime) -> Board:
    cases, more = reading.cases_in_the_field(looking, at)
    rows = sorted((case_row(case, at) for case in cases), key=by_breaking)
    found, in_hand = reading.crews_and_visits()
    # The key of a crew is its place among all of them: a filter never moves it under the fingers.
    every = crew_rows(found, in_hand, at)
    crews = [row for row, crew in zip(every, found, strict=True) if fits(crew, looking.specialty)]
    counted = reading.counts(at)
    free = sum(row.is_free for row in crews)
    in_vain = [(case_href(case), case.display_number, steps) for case, steps in reading.sent_in_vain().items()]
    return Board(
        rows=rows,
        crews=crews,
        views=views(looking, counted),
        specialties=specialties(looking),
        looking=looking,
        more=more,
        in_vain=in_vain,
        free_words=ngettext("%(n)d free", "%(n)d free", free) % {"n": free},
        poll=href(looking),
        tag=tag_of([looking, *counted.values(), *map(signature, rows), *crews, *in_vain]),
    )


def signature(row: CaseRow) -> str:
    return f"{row.id}:{row.version}:{row.clock.state}:{row.place}:{row.crew}:{row.forecast}:{row.letter_missing}"


def href(looking: Looking, **other: str) -> str:
    asked = {"ver": looking.stands, "especialidad": looking.specialty, **other}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("dispatch") + (f"?{query}" if query else "")


def views(looking: Looking, counted: dict[str, int]) -> list[View]:
    names = {
        "": pgettext("visits", "All"),
        "sin-cuadrilla": _("Wait for a crew"),
        "por-salir": pgettext("visits", "Agreed"),
        "en-camino": pgettext("visits", "On the way"),
        "en-sede": _("At the site"),
        "bloqueadas": pgettext("visits", "Blocked"),
    }
    return [
        View(href(looking, ver=key), name, up_to_99(counted[key]), key == looking.stands) for key, name in names.items()
    ]


def specialties(looking: Looking) -> list[View]:
    every = [("", pgettext("specialty", "Any specialty")), *((one.value, str(one.label)) for one in Specialty)]
    return [View(href(looking, especialidad=key), name, "", key == looking.specialty) for key, name in every]
