"""Dispatch on a map (P4): where cases wait for a crew, who is on which road by which hour, and who is free where.

A case stands at its site; where that has no coordinates, at its city, which is marked as approximate. What has none is
listed below, as is all that is drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guardia.cases.case import Case
from guardia.cases.in_the_field import Looking, cases_in_the_field, crews_and_visits, visits_around
from guardia.config import countries
from guardia.config.now import now
from guardia.customers.cities import City, Gazetteer
from guardia.customers.outline import outline_of
from guardia.customers.values import Misfit
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.case_page.visit import Step, forecast_words, foremost, place_of
from guardia.web.desk.clock import hour
from guardia.web.desk.dispatch_board import field_clock
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import case_href, is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for
from guardia.web.shared.drawing import Drawing, Mark, Span, timeline
from guardia.web.shared.map_drawing import Place, Road, map_of

BACK, AHEAD = timedelta(hours=4), timedelta(hours=12)
"""The line of time: from when and until when, around now."""
SOON = timedelta(minutes=30)
APPROXIMATE = "≈\u00a0"
TONES = {
    Step.TO_AGREE: "urgent",
    Step.AGREED: "before",
    Step.ON_THE_WAY: "today",
    Step.AT_THE_SITE: "good",
    Step.AT_WORK: "good",
    Step.BLOCKED: "wait",
}


@dataclass(frozen=True, slots=True)
class MapRow:
    """A case as the table beside the map has it."""

    city: str
    number: str
    href: str
    company: str
    crew: str
    stands: str
    forecast: str


@dataclass(frozen=True, slots=True)
class CrewLine:
    name: str
    base: str
    stands: str
    where: str
    forecast: str


@dataclass(frozen=True, slots=True)
class DispatchMap:
    """``without_place``: what has no coordinates, by name, with where they are entered."""

    drawing: Drawing | None
    line: Drawing | None
    rows: Sequence[MapRow]
    crews: Sequence[CrewLine]
    without_place: Sequence[tuple[str, str]]
    has_outline: bool
    tag: str


@desk_page
@require_safe
def dispatch_map(request: DeskRequest) -> HttpResponse:
    """The map, the line of time and both as tables; a poll is answered 304 while nothing has changed."""
    at = now()
    shell, found = shell_for(request, at, view="dispatch"), map_at(at)
    tag = tag_of([found.tag, shell.tag])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/dispatch/_map.html" if is_fragment(request) else "desk/dispatch/map.html"
    answer = stamped(page(request, template, {"map": found, "shell": shell, "tag": tag, "at": at}), tag)
    if settings.MAP_TILES:  # this page alone may ask the map server, and for images alone
        server = urlsplit(settings.MAP_TILES)
        images = [*settings.SECURE_CSP["img-src"], f"{server.scheme}://{server.netloc}"]
        answer._csp_config = {**settings.SECURE_CSP, "img-src": images}  # type: ignore[attr-defined]
    return answer


def map_at(at: datetime) -> DispatchMap:
    cases, _more = cases_in_the_field(Looking(), at)
    crews, in_hand = crews_and_visits()
    bases = {crew.pk: base_of(crew, gazetteer) for gazetteer in [Gazetteer.of_all()] for crew in crews}
    rows = [map_row(case, at) for case in cases]
    crew_lines = [crew_line(crew, in_hand.get(crew.pk, []), at) for crew in crews]
    provinces = outline_of(countries.country_of(settings.TIME_ZONE))
    outlined = [(each.name, each.rings) for each in provinces]
    places = [*places_of(cases, at), *places_of_crews(crews, in_hand, bases, at)]
    described = _("Dispatch map: circles, cases by city with their number; squares, crews. The tables show the same.")
    drawn = map_of(
        outlined if places else [], places, roads_of(crews, in_hand, bases, at), described, settings.MAP_TILES
    )
    return DispatchMap(
        drawing=drawn,
        line=line_of(visits_around(at - BACK), at),
        rows=rows,
        crews=crew_lines,
        without_place=[*cities_without_place(cases), *bases_without_place(crews, bases)],
        has_outline=bool(provinces),
        tag=tag_of([*rows, *crew_lines]),
    )


# --- places -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Spot:
    """Where a case is: (longitude, latitude) of its site, or of its city where the site has none of its own."""

    key: tuple[str, int]
    name: str
    at: tuple[float, float]
    is_approximate: bool

    @property
    def label(self) -> str:
        return f"{APPROXIMATE}{self.name}" if self.is_approximate else self.name


def spot_of(case: Case) -> Spot | None:
    """None where neither site nor city has coordinates."""
    site = case.site
    if site is None:
        return None
    if site.latitude is not None and site.longitude is not None:
        return Spot(("site", site.pk), f"{site.name}, {site.city.name}", (site.longitude, site.latitude), False)
    there = at_of(site.city)
    return Spot(("city", site.city_id), site.city.name, there, True) if there else None


def at_of_case(case: Case) -> tuple[float, float] | None:
    spot = spot_of(case)
    return spot.at if spot else None


def city_of(case: Case) -> City | None:
    return case.site.city if case.site else None


def at_of(city: City | None) -> tuple[float, float] | None:
    """Longitude and latitude; None where they are not on record."""
    if city is None or city.latitude is None or city.longitude is None:
        return None
    return city.longitude, city.latitude


def base_of(crew: Crew, gazetteer: Gazetteer) -> City | None:
    """The city that the base of a crew names, if it names one."""
    try:
        return gazetteer.find(crew.base) if crew.base else None
    except Misfit:
        return None


def places_of(cases: Sequence[Case], at: datetime) -> Iterator[Place]:
    """One per site or city, in the colour of its most pressing case; it leads to its case, or to the table."""
    together: dict[tuple[str, int], tuple[Spot, list[Case]]] = {}
    for case in cases:
        if spot := spot_of(case):
            together.setdefault(spot.key, (spot, []))[1].append(case)
    for spot, found in together.values():
        words = ngettext("%(city)s: %(n)d case", "%(city)s: %(n)d cases", len(found)) % {
            "city": spot.name,
            "n": len(found),
        }
        words = _("%(words)s, approximate: at the city") % {"words": words} if spot.is_approximate else words
        numbers = ", ".join(case.display_number for case in found[:6])
        href = case_href(found[0]) if len(found) == 1 else "#mapa-casos"
        yield Place(*spot.at, Mark(len(found), f"{words} ({numbers})", href, worst_of(found, at), spot.label))


def worst_of(cases: Sequence[Case], at: datetime) -> str:
    """The colour of time of the promise of the field that breaks first."""
    due = [clock.due_at for case in cases if (clock := field_clock(case)) and clock.due_at]
    if not due:
        return ""
    first = min(due)
    return "late" if first <= at else "soon" if first - at <= SOON else "good"


def places_of_crews(
    crews: Sequence[Crew], in_hand: dict[int, list[Visit]], bases: dict[int, City | None], at: datetime
) -> Iterator[Place]:
    """At the site once it arrived; on the way, between base and site by the hours forecast; else at its base."""
    for crew in crews:
        visit = foremost(in_hand.get(crew.pk, []))
        where = where_of(visit, bases[crew.pk], at)
        if where is None:
            continue
        stands = place_of(visit).words if visit else _("free")
        href = case_href(visit.case) if visit else reverse("crew", args=[crew.pk])
        tone = TONES[place_of(visit).step] if visit else "before"
        yield Place(*where, Mark(1, f"{crew.name}: {stands}", href, tone, crew.name), is_square=True)


def where_of(visit: Visit | None, base: City | None, at: datetime) -> tuple[float, float] | None:
    home, site = at_of(base), at_of_case(visit.case) if visit else None
    if visit is None or visit.departed_at is None:
        return home
    if visit.arrived_at or home is None or site is None:
        return site
    share = way_done(visit, at)
    return home[0] + (site[0] - home[0]) * share, home[1] + (site[1] - home[1]) * share


def way_done(visit: Visit, at: datetime) -> float:
    """How far along the way, 0 to 0.95: nobody has arrived before saying so."""
    if visit.departed_at is None or visit.forecast_to is None or visit.forecast_to <= visit.departed_at:
        return 0.5
    return max(0.05, min(0.95, (at - visit.departed_at) / (visit.forecast_to - visit.departed_at)))


def roads_of(
    crews: Sequence[Crew], in_hand: dict[int, list[Visit]], bases: dict[int, City | None], at: datetime
) -> list[Road]:
    """From a crew's base to where it is sent and has not arrived, with the hour by which it is there."""
    roads = []
    for crew in crews:
        home = at_of(bases[crew.pk])
        for visit in in_hand.get(crew.pk, []):
            site = at_of_case(visit.case)
            if home and site and home != site and visit.arrived_at is None:
                roads.append(Road(home, site, hour(visit.forecast_to, at) if visit.forecast_to else ""))
    return roads


def cities_without_place(cases: Sequence[Case]) -> list[tuple[str, str]]:
    lacking = {city.pk: city for case in cases if (city := city_of(case)) and spot_of(case) is None}
    return [(f"{city.name}, {city.province}", reverse("city_edit", args=[pk])) for pk, city in lacking.items()]


def bases_without_place(crews: Sequence[Crew], bases: dict[int, City | None]) -> list[tuple[str, str]]:
    lacking = [crew for crew in crews if at_of(bases[crew.pk]) is None]
    words = _("base of %(crew)s: %(base)s")
    nowhere = _("none entered")
    return [
        (words % {"crew": crew.name, "base": crew.base or nowhere}, reverse("crew_edit", args=[crew.pk]))
        for crew in lacking
    ]


# --- rows -------------------------------------------------------------------------------------------------------------
def map_row(case: Case, at: datetime) -> MapRow:
    visit, city, spot = open_visit(case), city_of(case), spot_of(case)
    return MapRow(
        city=f"{APPROXIMATE}{city.name}" if city and spot and spot.is_approximate else city.name if city else "–",
        number=case.display_number,
        href=case_href(case),
        company=case.customer.name,
        crew=visit.crew.name if visit and visit.crew else "–",
        stands=place_of(visit).words,
        forecast=forecast_words(visit, at) or "–",
    )


def crew_line(crew: Crew, visits: Sequence[Visit], at: datetime) -> CrewLine:
    visit = foremost(visits)
    city = city_of(visit.case) if visit else None
    return CrewLine(
        name=crew.name,
        base=crew.base or "–",
        stands=place_of(visit).words if visit else _("free"),
        where=city.name if city else "–",
        forecast=forecast_words(visit, at) or "–",
    )


# --- line of time -----------------------------------------------------------------------------------------------------
def line_of(visits: Sequence[Visit], at: datetime) -> Drawing | None:
    """A row per crew: each visit from leaving (or its forecast) until it ended, or until its forecast ends."""
    rows: dict[str, list[Span]] = {}
    for visit in visits:
        if visit.crew and (span := span_of(visit, at)):
            rows.setdefault(visit.crew.name, []).append(span)
    if not rows:
        return None
    whole, start = AHEAD + BACK, at - BACK
    full = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    hours = [full + timedelta(hours=2 * step) for step in range(8)]
    ticks = [((each - start) / whole, hour(each, at)) for each in hours if each < at + AHEAD]
    return timeline(
        ticks, list(rows.items()), BACK / whole, _("Visits of each crew by the hour; the vertical line is now.")
    )


def span_of(visit: Visit, at: datetime) -> Span | None:
    """None where it lies outside of the line, or nobody knows its hours."""
    begins = visit.departed_at or visit.forecast_from or visit.agreed_at
    if begins is None:
        return None
    ends = visit.left_at or visit.ended_at or max(at, visit.forecast_to or at, begins + timedelta(minutes=30))
    whole, start = AHEAD + BACK, at - BACK
    first, last = max(0.0, (begins - start) / whole), min(1.0, (ends - start) / whole)
    if first >= 1 or last <= 0:
        return None
    place, city = place_of(visit), city_of(visit.case)
    words = f"{visit.crew}: {visit.case.display_number}, {place.words}, {hour(begins, at)} – {hour(ends, at)}"
    label = " ".join(part for part in (city.name if city else "", visit.case.display_number) if part)
    return Span(first, last, Mark(1, words, case_href(visit.case), TONES[place.step], label))


urlpatterns = [path("despacho/mapa", dispatch_map, name="dispatch_map")]
