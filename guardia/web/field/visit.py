"""A visit on the technician's page: where it is, whom one rings, what one carries, what holds it up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.labels import CONDITION_NAMES
from guardia.clocks.clock import Clock, by_case, running_clocks
from guardia.customers.phones import NotANumber, normalise
from guardia.evidence.files import photographs_of_visits
from guardia.field.visit import FieldAct, Visit, acts_of_visits
from guardia.intake.field_kinds import CHECKS
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Condition
from guardia.templatetags.marks import TELEPHONE
from guardia.web.desk.clock import hour
from guardia.web.field.next_step import (
    PromiseView,
    Step,
    as_the_new_crew_has_it,
    hints_of,
    next_of,
    promise_of,
    steps_of,
)
from guardia.web.field.telephone import MOST, Phone, visits_of
from guardia.web.shared import about
from guardia.web.shared.reach import Number, room, tel


# --- texts ------------------------------------------------------------------------------------------------------------
def where(case: Case) -> str:
    """What a map finds: the address with its city, or the city alone."""
    if case.site is None:
        return ""
    return ", ".join(part for part in (case.site.address, case.site.city.name, case.site.city.province) if part)


def call_of(contact: str, otherwise: str) -> str:
    """The address that dials whoever waits at the site: the number within the words, or that of who reported."""
    for written in [*(found.group() for found in TELEPHONE.finditer(contact)), otherwise]:
        try:
            return tel(normalise(written)) if written else ""
        except NotANumber:
            continue
    return ""


def letter_href(phone: Phone, visit: Visit) -> str:
    """Where the crew finds its letter for the gate; who only looks at a crew has the desk's own."""
    if not phone.may_send:
        return ""
    return reverse("field_link_letter", args=[phone.token]) if phone.token else reverse("field_letter", args=[visit.pk])


def carried(part: Mapping[str, Any]) -> str:
    words = f"{part.get('quantity') or 1} × {part.get('name', '')}"
    return f"{words} ({part['store']})" if part.get("store") else words


def span(visit: Visit, at: datetime) -> str:
    if visit.forecast_from is None:
        return ""
    if visit.forecast_to is None or visit.forecast_to == visit.forecast_from:
        return hour(visit.forecast_from, at)
    between = {"begin": hour(visit.forecast_from, at), "end": hour(visit.forecast_to, at)}
    return _("between %(begin)s and %(end)s") % between


def blocked_words(visit: Visit, at: datetime) -> str:
    if visit.blocked_at is None or visit.condition not in set(Condition):
        return ""
    what = CONDITION_NAMES.get(Condition(visit.condition), visit.condition)
    said = {"what": what, "since": hour(visit.blocked_at, at)}
    words = _("Blocked since %(since)s: %(what)s.") % said
    if visit.next_decision_at is None:
        return words
    return f"{words} {_('The next decision is at %(hour)s.') % {'hour': hour(visit.next_decision_at, at)}}"


# --- view -------------------------------------------------------------------------------------------------------------
# The technician's page in words: each visit with what one needs on the road and at the gate, and its next step.
@dataclass(frozen=True, slots=True)
class Box:
    """A box of the work permit, with the hour at which it was ticked."""

    name: str
    words: str
    hour: str


@dataclass(frozen=True, slots=True)
class VisitView:
    id: int
    number: str
    company: str
    circuit: str
    site: str
    address: str
    map: str
    street_map: str
    contact: str
    call: str
    access: str
    impact: str
    symptoms: str
    cause: str
    cause_is_probable: bool
    plan: str
    carries: Sequence[str]
    people: Sequence[Mapping[str, str]]
    plate: str
    tools: Sequence[str]
    letter: str
    forecast: str
    promise: PromiseView | None
    steps: Sequence[Step]
    next: str
    boxes: Sequence[Box]
    blocked: str
    arrived: bool
    restored: bool
    over: bool
    used: Sequence[Mapping[str, Any]]
    signed: str
    photographs: int
    refused: Sequence[str]
    room: Sequence[Number]


@dataclass(frozen=True, slots=True)
class FieldPage:
    crew: str
    who: str
    owner: str
    token: str
    may_send: bool
    tag_parts: tuple[object, ...]
    visits: Sequence[VisitView]

    @property
    def open_ones(self) -> list[VisitView]:
        return [visit for visit in self.visits if not visit.over]

    @property
    def over_ones(self) -> list[VisitView]:
        return [visit for visit in self.visits if visit.over]


CONDITIONS = [(condition.value, CONDITION_NAMES[condition]) for condition in Condition if condition in CONDITION_NAMES]


def page_of(phone: Phone, at: datetime) -> FieldPage:
    """In the active language; hours in the operator's zone, as the desk says them."""
    visits = list(visits_of(phone, at)[:MOST])
    beside = Beside.of(visits)
    as_the_new_crew_has_it(visits)
    return FieldPage(
        crew=phone.name,
        who=phone.sender.name,
        owner=phone.owner,
        token=phone.token,
        may_send=phone.may_send,
        tag_parts=tuple(parts_of(visits, beside)),
        visits=[visit_view(visit, beside, at, letter_href(phone, visit)) for visit in visits],
    )


def standing_of(phone: Phone, at: datetime) -> list[object]:
    """What makes the page another one: for the telephone that asks whether anything is new."""
    visits = list(visits_of(phone, at)[:MOST])
    return list(parts_of(visits, Beside.of(visits)))


@dataclass(frozen=True)
class Beside:
    """What stands beside the visits, each kind read once for all of them."""

    clocks: Mapping[int, list[Clock]]
    acts: Mapping[int, list[FieldAct]]
    photographs: Mapping[int, int]

    @classmethod
    def of(cls, visits: Sequence[Visit]) -> "Beside":
        clocks = by_case(running_clocks([visit.case_id for visit in visits]).order_by("pk"))
        return cls(clocks, acts_of_visits(visits), photographs_of_visits([visit.pk for visit in visits]))


def parts_of(visits: Iterable[Visit], beside: Beside) -> Iterable[object]:
    for visit in visits:
        acts = beside.acts.get(visit.pk, [])
        yield (visit.pk, visit.case.seq, visit.crew_id, len(acts), sum(1 for act in acts if act.settled_at))
        yield beside.photographs.get(visit.pk, 0)


def visit_view(visit: Visit, beside: Beside, at: datetime, letter: str) -> VisitView:
    case = visit.case
    acts = beside.acts.get(visit.pk, [])
    procedure = versions.of(case.procedure_version_id)
    clocks = beside.clocks.get(case.pk, [])
    place = where(case)
    return VisitView(
        id=visit.pk,
        number=case.display_number,
        company=case.customer.name,
        circuit=about.circuit(case),
        site=about.place(case),
        address=case.site.address if case.site else "",
        map=f"geo:0,0?q={quote(place)}" if place else "",
        street_map=f"https://www.openstreetmap.org/search?query={quote(place)}" if place else "",
        contact=visit.site_contact,
        call=call_of(visit.site_contact, case.call_back_number),
        access=visit.access,
        impact=about.impact_word(case),
        symptoms=case.symptoms,
        cause=case.cause,
        cause_is_probable=case.cause_is_probable,
        plan=case.plan,
        carries=[carried(part) for part in visit.parts],
        people=visit.people,
        plate=visit.plate,
        tools=visit.tools.splitlines(),
        letter=letter,
        forecast=span(visit, at),
        promise=promise_of(case, visit, clocks, procedure, at),
        steps=steps_of(visit, hints_of(case, visit, clocks, procedure, at), at),
        next=next_of(visit),
        boxes=boxes_of(acts, at),
        blocked=blocked_words(visit, at),
        arrived=visit.arrived_at is not None,
        restored=visit.restored_at is not None,
        over=next_of(visit) == "",
        used=visit.parts_used,
        signed=visit.signed_by,
        photographs=beside.photographs.get(visit.pk, 0),
        refused=[act.refused for act in acts if act.refused and not act.settled_at],
        room=room(procedure),
    )


def boxes_of(acts: Iterable[FieldAct], at: datetime) -> list[Box]:
    taken = [act for act in acts if act.kind == "check" and not act.refused]
    ticked = {getattr(act, "box", None): act.happened_at for act in reversed(taken)}
    return [Box(name, str(words), hour(ticked[name], at) if name in ticked else "") for name, words in CHECKS.items()]
