"""Whom to call now, who answers (E), and who else of the company was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import customer_asks, escalating
from guardia.cases.case import Case
from guardia.cases.desks import kind_of
from guardia.cases.follower import Follower
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.escalation import customer_link
from guardia.escalation.matrix import levels_now
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.wording.hours import Hours
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind
from guardia.web.answer.escalate_shown import Asked, asked, until, who_answers
from guardia.web.answer.shown import Number
from guardia.web.shared import about
from guardia.web.shared.reach import levels_shown, night_way, tel

MOST_NUMBERS = 3
MOST_NOTICES = 400
MOST_COLLEAGUES = 60


@dataclass(frozen=True, slots=True)
class Answering:
    """``numbers``: whom to call, first who answers now. ``asked``: what may be asked of the matrix; None: nothing."""

    title: str
    words: str
    numbers: Sequence[Number]
    asked: Asked | None
    matrix: str


def answering_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Answering:
    lines = [
        Number(str(line.name), line.number, tel(line.digits())) for line in procedure.lines if line.desk == case.desk
    ]
    if kind_of(case.desk) == CaseKind.REQUEST:
        return Answering(about.desk_name(case), "", lines[:MOST_NUMBERS], None, "")
    running = [clock for clock in clocks if clock.ended_at is None]
    open_one, following = customer_asks.escalation_of(case), customer_asks.next_level(case)
    rule = procedure.level(open_one.level) if open_one else None
    words = " ".join(
        part for part in (who_answers(open_one, hours), until(open_one, running, following, hours)) if part
    )
    may_ask = case.is_open and bool(procedure.escalation.levels)
    return Answering(
        title=str(rule.name) if rule else _("Operations room"),
        words=words if case.is_open else "",
        numbers=[*(numbers_of(rule, procedure, hours.now) if rule else ()), *lines][:MOST_NUMBERS],
        asked=asked(following, procedure, hours) if may_ask else None,
        matrix=reverse("who_answers_customer", args=[customer_link.token(case.customer_id)]),
    )


def numbers_of(rule, procedure: Procedure, at: datetime) -> list[Number]:
    """Of the level that answers: at night E5's telephone, else its persons' and its own."""
    if escalating.is_night(procedure, at):
        way = night_way(procedure.escalation.night, at)
        return [Number(_("At night, at weekends and on rest days"), way.words, way.href)]
    levels = levels_shown(levels_now([rule], at, KNOWN_TO_CUSTOMERS), at)
    own = [Number(way.kind, way.words, way.href) for level in levels for way in level.ways]
    persons = [person for level in levels for person in level.persons]
    theirs = [
        Number(person.position or person.name, way.words, way.href)
        for person in persons
        for way in [way for way in person.ways if way.is_phone][:1]
    ]
    return [*theirs, *own]


# --- who was told -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonTold:
    name: str
    position: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """``others``: contacts of the company who are not told of this case yet, to choose a colleague from."""

    people: Sequence[PersonTold]
    others: Sequence[Contact]


def told_of(case: Case, contact: Contact, hours: Hours) -> Told:
    found = Notice.objects.filter(case=case.pk, contact__isnull=False).exclude(state=NoticeState.SUPPRESSED)
    rows = list(found.order_by("-owed_at", "-pk").values_list("contact_id", "state", "owed_at")[:MOST_NOTICES])
    latest: dict[int, tuple[str, datetime]] = {}
    for pk, state, owed_at in rows:
        latest.setdefault(pk, (state, owed_at))
    follow = set(Follower.objects.filter(case=case.pk).values_list("contact_id", flat=True))
    people = Contact.objects.only("id", "title", "name", "position").in_bulk([*latest, *follow])
    told = [person_told(people[pk], *latest[pk], hours) for pk in latest if pk in people]
    told += [
        PersonTold(str(people[pk]), people[pk].position, _("is told from now on"))
        for pk in follow
        if pk in people and pk not in latest
    ]
    own = Contact.objects.filter(customer=case.customer_id, active=True).exclude(pk__in=[*latest, *follow])
    others = own.only("id", "title", "name", "position").order_by("name", "pk")
    return Told(told, list(others[:MOST_COLLEAGUES]) if case.is_open else [])


def person_told(contact: Contact, state: str, at: datetime, hours: Hours) -> PersonTold:
    words = {
        NoticeState.SENT: _("last told %(hour)s"),
        NoticeState.FAILED: _("could not be reached %(hour)s"),
    }.get(NoticeState(state), _("a message is on its way %(hour)s"))
    return PersonTold(str(contact), contact.position, words % {"hour": hours.at(at)})
