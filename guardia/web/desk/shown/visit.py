"""The visits of a case on its page: who is where, by which hours and how we know, what is missing, what was left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import visit_link
from guardia.cases.case import Case
from guardia.cases.field_arrivals import refused_of
from guardia.cases.field_kinds import words_of
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.field.visit import FieldAct, Visit
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.dispatch import reading
from guardia.web.desk.dispatch.steps import condition_words, forecast_words, place_of, specialty_name
from guardia.web.desk.page import tag_of
from guardia.web.desk.shown.clock import ClockFace, hour
from guardia.web.desk.shown.clock_faces import face_of
from guardia.web.desk.shown.visit_steps import OnRecord, StepShown, steps_of, why_of
from guardia.web.shared.reach import tel


@dataclass(frozen=True, slots=True)
class VisitCard:
    id: str
    crew: str
    contractor: str
    phone: str
    dials: str
    asks: str
    state: str
    forecast: str
    blocked: str
    why: str
    decision: ClockFace | None
    steps: Sequence[StepShown]
    carried: Sequence[str]
    used: Sequence[str]
    people: Sequence[str]
    plate: str
    tools: Sequence[str]
    letter: str
    letter_warns: bool
    letter_href: str
    link: str
    mail_href: str
    signed: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class RefusedAct:
    """What a telephone sent and no rule could take; ``settle_href``: the desk has seen to it."""

    what: str
    by: str
    hour: str
    sentence: str
    settle_href: str


@dataclass(frozen=True, slots=True)
class Visits:
    now: Sequence[VisitCard]
    before: Sequence[VisitCard]
    refused: Sequence[RefusedAct]
    tag: str

    @property
    def is_empty(self) -> bool:
        return not (self.now or self.before or self.refused)


def visits_of(case: Case, staff: Staff, clocks: Sequence[Clock], at: datetime) -> Visits:
    """Those that go on first, then those that are over, the last one first; nothing is read where nobody was sent."""
    visits = reading.visits_of(case)
    if not visits:
        return Visits((), (), (), "")
    steps = steps_of(case, at)
    handles, reads = may_handle(staff, case.desk), may(staff, Right.HANDLE_CASES)
    decision = decision_of(clocks, at)
    cards = [(visit, card_of(case, visit, steps.get(visit.pk, []), handles, reads, decision, at)) for visit in visits]
    refused = [refused_row(case, act, handles, at) for act in refused_of(case)]
    goes_on = [card for visit, card in cards if is_current(visit)]
    over = [card for visit, card in cards if not is_current(visit)]
    decided = [card.decision.state for card in goes_on if card.decision]
    return Visits(
        goes_on, over, refused, tag_of([*((c.id, c.crew, c.letter, c.state) for _v, c in cards), *refused, *decided])
    )


def is_current(visit: Visit) -> bool:
    """Open, or its crew is still at the site."""
    return visit.ended_at is None or (visit.arrived_at is not None and visit.left_at is None)


def card_of(
    case: Case, visit: Visit, events: OnRecord, handles: bool, reads: bool, decision: ClockFace | None, at: datetime
) -> VisitCard:
    """``handles``: acts on this case; ``reads``: may read documents of identity, as in the letter itself."""
    crew, place = visit.crew, place_of(visit)
    blocked = visit.blocked_at is not None
    letter, warns = letter_of(visit, at)
    link = visit_link.address(visit) if handles and crew and visit.ended_at is None and visit.agreed_at else ""
    return VisitCard(
        id=f"visit-{visit.pk}",
        crew=crew.name if crew else _("crew to be named"),
        contractor=crew.contractor if crew else "",
        phone=spoken(crew.phone) if crew else "",
        dials=tel(crew.phone) if crew and crew.phone else "",
        asks=specialty_name(visit.specialty),
        state=place.words if visit.ended_at is None else ended_words(visit),
        forecast=forecast_words(visit, at) if visit.ended_at is None and not blocked else "",
        blocked=condition_words(visit.condition) if blocked else "",
        why=why_of(events) if blocked else "",
        decision=decision if visit.ended_at is None else None,
        steps=[shown for _event, shown in events],
        carried=[carried(part, "store") for part in visit.parts],
        used=[carried(part, "serial") for part in visit.parts_used],
        people=[person_words(one, reads) for one in visit.people],
        plate=visit.plate,
        tools=visit.tools.splitlines(),
        letter=letter,
        letter_warns=warns,
        letter_href=reverse("permit_letter_pdf", args=[case.number, visit.pk]) if visit.agreed_at and reads else "",
        link=link,
        mail_href=mail_of(case, visit, link) if link and crew and crew.email else "",
        signed=signed_words(visit, at),
        is_open=visit.ended_at is None,
    )


def person_words(person: Mapping[str, str], reads: bool) -> str:
    return " · ".join(filter(None, (person["name"], person.get("document", "") if reads else "")))


def ended_words(visit: Visit) -> str:
    if visit.left_at is None and visit.arrived_at:
        return _("the service is back; the crew is still at the site")
    return str(visit.get_outcome_display()) or _("over")


def decision_of(clocks: Sequence[Clock], at: datetime) -> ClockFace | None:
    """The promise to decide again, while it runs (P4.3)."""
    running = [clock for clock in clocks if clock.kind == ClockKind.NEXT_DECISION and clock.ended_at is None]
    return face_of(running[-1], at) if running else None


def letter_of(visit: Visit, at: datetime) -> tuple[str, bool]:
    """What is known of the letter for the guard, and whether it is missing before the crew is at the gate."""
    if visit.permit_letter_at:
        return _("sent at %(hour)s") % {"hour": hour(visit.permit_letter_at, at)}, False
    if visit.ended_at or not visit.agreed_at:
        return "", False
    return _("the permit letter has not been sent"), visit.arrived_at is None


def signed_words(visit: Visit, at: datetime) -> str:
    if visit.signed_at is None:
        return ""
    who = ", ".join(filter(None, (visit.signed_by, visit.signed_position)))
    return f"{who} · {hour(visit.signed_at, at)}"


def carried(part: Mapping[str, object], third: str) -> str:
    words = f"{part['quantity']} × {part['name']}"
    return f"{words} · {part[third]}" if part.get(third) else words


def mail_of(case: Case, visit: Visit, link: str) -> str:
    """A mail to a crew without an account, with its link in it, in the desk's own mail program."""
    subject = _("Visit %(number)s") % {"number": case.display_number}
    to = visit.crew.email if visit.crew else ""
    return f"mailto:{quote(to, safe='@')}?subject={quote(subject)}&body={quote(link)}"


def refused_row(case: Case, act: FieldAct, handles: bool, at: datetime) -> RefusedAct:
    return RefusedAct(
        what=words_of(act),
        by=act.by_name,
        hour=hour(act.happened_at, at),
        sentence=act.refused,
        settle_href=reverse("field_act_settle", args=[case.number, act.pk]) if handles else "",
    )
