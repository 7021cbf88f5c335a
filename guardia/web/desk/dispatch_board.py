"""The dispatch board (P4): which cases wait for a crew, where each visit stands, which crew is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from string import ascii_uppercase

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from guardia.cases import in_the_field
from guardia.cases.case import Case
from guardia.cases.in_the_field import (
    STANDS,
    Looking,
    cases_in_the_field,
    counts_by_stand,
    crews_and_visits,
    sent_in_vain,
)
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.field.crew import Crew, Specialty
from guardia.field.visit import Visit
from guardia.intake import field_arrivals
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.case import context_of, found
from guardia.web.desk.case_page.visit import Place, Step, fits, forecast_words, foremost, place_of, specialty_name
from guardia.web.desk.case_page.visit import specialty_words as can_do
from guardia.web.desk.clock import ClockFace, State, face_of, hour, next_of
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import View, case_href, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for, up_to_99
from guardia.web.shared import about
from guardia.web.shared.reach import tel

# --- rows -------------------------------------------------------------------------------------------------------------
# The rows of the board, formatted: one per case in the field, one per crew.
KEYS = tuple(chain("abefhloqsuxyz", ascii_uppercase))
"""A key per crew: the letters that no other key uses, then capitals. A digit belongs to a call that rings."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the field. ``assign_href`` puts the form in place that gives it a crew; nothing where none may."""

    id: str
    href: str
    assign_href: str
    version: str
    clock: ClockFace
    promise: str
    company: str
    vip: bool
    city: str
    about: str
    asks: str
    place: Place
    crew: str
    since: str
    forecast: str
    letter_missing: bool


@dataclass(frozen=True, slots=True)
class CrewRow:
    """One crew; ``key`` is empty where it takes no more visits."""

    id: int
    key: str
    name: str
    contractor: str
    href: str
    phone: str
    dials: str
    base: str
    can_do: str
    is_free: bool
    step: str
    words: str
    where: str
    where_href: str
    forecast: str
    others: str
    version: str


def case_row(case: Case, at: datetime) -> CaseRow:
    visit, clock = open_visit(case), field_clock(case)
    place = place_of(visit)
    face = face_of(clock, at) if clock else next_of(case, at)
    kind, forecast = clock.kind if clock else case.next_kind, forecast_words(visit, at)
    return CaseRow(
        id=f"visit-of-{case.pk}",
        href=case_href(case),
        assign_href=assign_href(case, place.step),
        version=f"{case.seq}",
        clock=face,
        promise=str(CLOCK_NAMES[ClockKind(kind)][0]) if kind else _("Nothing promised"),
        company=case.customer.name,
        vip=case.customer.vip,
        city=about.city(case),
        about=" · ".join(p for p in (case.display_number, about.band(case), case.subject) if p),
        asks=specialty_name(visit.specialty) if visit else "",
        place=place,
        crew=visit.crew.name if visit and visit.crew else "",
        since=hour(place.since, at) if place.since and place.step is not Step.TO_AGREE and not forecast else "",
        forecast=forecast,
        letter_missing=place.step is Step.AGREED and visit is not None and visit.permit_letter_at is None,
    )


def assign_href(case: Case, step: Step) -> str:
    """Agree on the visit, or hand an agreed one over to another crew."""
    return reverse("act", args=[case.number, "acuerdo" if step is Step.TO_AGREE else "relevo-cuadrilla"])


def field_clock(case: Case) -> Clock | None:
    """The clock of the field that breaks first; one that stands still only where no other runs."""
    clocks: list[Clock] = getattr(case, "field_clocks", [])
    promised = [clock for clock in clocks if clock.due_at or clock.waiting_since]
    return promised[0] if promised else None


def by_breaking(row: CaseRow) -> tuple[bool, float]:
    """First what breaks first; what stands still, after it."""
    stands = row.clock.state is State.WAITING or row.clock.due_at is None
    hour_of = row.clock.waiting_since if stands else row.clock.due_at
    return stands, hour_of.timestamp() if hour_of else 0.0


def crew_rows(crews: Sequence[Crew], in_hand: dict[int, list[Visit]], at: datetime) -> list[CrewRow]:
    keys = iter(KEYS)
    return [crew_row(crew, in_hand.get(crew.pk, []), next(keys, "") if crew.active else "", at) for crew in crews]


def crew_row(crew: Crew, visits: Sequence[Visit], key: str, at: datetime) -> CrewRow:
    now = foremost(visits)
    place = place_of(now)
    more = len(visits) - 1
    return CrewRow(
        id=crew.pk,
        key=key,
        name=crew.name,
        contractor=crew.contractor,
        href=reverse("crew", args=[crew.pk]),
        phone=spoken(crew.phone),
        dials=tel(crew.phone) if crew.phone else "",
        base=crew.base,
        can_do=can_do(crew.specialties),
        is_free=now is None,
        step=place.step.value if now else "free",
        words=place.words if now else _("free"),
        where=where(now.case) if now else "",
        where_href=case_href(now.case) if now else "",
        forecast=forecast_words(now, at),
        others=ngettext("and %(n)d more visit", "and %(n)d more visits", more) % {"n": more} if more > 0 else "",
        version=".".join(f"{v.pk}:{place_of(v).step}" for v in visits),
    )


def where(case: Case) -> str:
    return " · ".join(part for part in (case.customer.name, about.city(case)) if part)


# --- board ------------------------------------------------------------------------------------------------------------
# The board of whoever sends crews; the address is the filter, a poll is answered 304 while nothing has changed.
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
    return Looking(stands if stands in STANDS else "", specialty if specialty in Specialty.values else "")


def board_of(looking: Looking, at: datetime) -> Board:
    cases, more = cases_in_the_field(looking, at)
    rows = sorted((case_row(case, at) for case in cases), key=by_breaking)
    found, in_hand = crews_and_visits()
    # The key of a crew is its place among all of them: a filter never moves it under the fingers.
    every = crew_rows(found, in_hand, at)
    crews = [row for row, crew in zip(every, found, strict=True) if fits(crew, looking.specialty)]
    counted = counts_by_stand(at)
    free = sum(row.is_free for row in crews)
    in_vain = [(case_href(case), case.display_number, steps) for case, steps in sent_in_vain().items()]
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
        "sin-cuadrilla": _("Waiting for a crew"),
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


# --- reports that no rule could take ----------------------------------------------------------------------------------
# What a telephone sent and no rule could take: the desk has seen to it.
@desk_page
@require_POST
def settle(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    case = found(request, number)
    act = in_the_field.act_of(case, pk)
    if act is None:
        raise Http404
    field_arrivals.settle(act, request.user, now())
    say(request, _("Settled: it is on record with your name."))
    if not is_fragment(request):
        return redirect("case", case.number)
    return page(request, "desk/visits_live.html", context_of(request, case, now()))


urlpatterns = [
    path("despacho", dispatch, name="dispatch"),
    path("casos/<slug:number>/telefono/<int:pk>", settle, name="field_act_settle"),
]
