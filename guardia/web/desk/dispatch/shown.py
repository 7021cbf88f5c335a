"""The rows of the board, formatted: one per case in the field, one per crew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from string import ascii_uppercase

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.dispatch.steps import Place, Step, forecast_words, foremost, place_of, specialty_name
from guardia.web.desk.dispatch.steps import specialty_words as can_do
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import ClockFace, State, hour
from guardia.web.desk.shown.clock_faces import face_of, next_of
from guardia.web.shared import about
from guardia.web.shared.reach import tel

KEYS = tuple(chain("abefhloqsuxyz", ascii_uppercase))
"""A key per crew: the letters that the house leaves free, then capitals. A digit belongs to a call that rings."""


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
