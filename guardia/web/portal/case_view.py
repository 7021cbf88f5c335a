"""All that the page of a case shows its customer, read behind the company's own policy."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import case_link, escalating
from guardia.cases.case import Case
from guardia.cases.case_proofs import deniable
from guardia.cases.desk_hours import kind_of
from guardia.cases.facts import OWED
from guardia.cases.follower import followers_of
from guardia.cases.queries import other_open_incidents
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.customers.contacts import colleagues_besides, contacts_in_bulk
from guardia.escalation import signed_links
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS, levels_now
from guardia.intake import customer_acts
from guardia.notices.notice import NoticeState, notices_to_contacts
from guardia.notices.wording.hours import Hours, hours_of, lasting_exactly
from guardia.notices.wording.next_step import next_notes, next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.reports import report_history
from guardia.reports.case_course import course_of
from guardia.web.answer import escalate
from guardia.web.portal.case_clock import Again, Asks, StageRow, WaitView, again_of, asks_of, stages_of, waits_of
from guardia.web.portal.case_files import FileView, TestView, files_of, tests_of
from guardia.web.portal.case_story import Known, LogLine, known_of, log_of, runs_of
from guardia.web.portal.visitor import Visitor
from guardia.web.shared import about
from guardia.web.shared.case_course import CourseView, view_of
from guardia.web.shared.former_case import former_rows, former_words
from guardia.web.shared.log_folds import LogRun
from guardia.web.shared.reach import Number, level_rows, night_way, tel

# --- next promise -----------------------------------------------------------------------------------------------------
# What is promised next and by when, in one sentence whose hour is the largest thing of the page; and what is late.
HOUR = re.compile(r"\d\d:\d\d")
ZONE = re.compile(r"^\s*\(([^()]*)\)\s*")


@dataclass(frozen=True, slots=True)
class Ahead:
    """``lead`` and ``rest`` stand around the ``hour`` and make one sentence with it; without an hour ``lead`` is all.

    ``late`` and ``still``: a sentence for each promise that is overdue, or stands still. ``notes`` stand small below.
    """

    lead: str
    hour: str = ""
    zone: str = ""
    rest: str = ""
    notes: Sequence[str] = ()
    late: Sequence[str] = ()
    still: Sequence[str] = ()


def ahead_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Ahead:
    """The next promise that lies ahead; where there is none, what has become of the case."""
    running = [clock for clock in clocks if clock.ended_at is None] if case.is_open else []
    facts = {**escalate.facts_of(case, running, procedure, hours.now), "band": case.band, "desk": case.desk}
    told = NoticeFacts(facts, procedure, hours, hours.now)
    step = next_step(told) if case.is_open else None
    if step is None:
        found = Ahead(what_has_become(case, hours))
    else:
        found = replace(parted(next_sentence(told, step)), notes=next_notes(told, step))
    late = [clock for clock in running if clock.kind in OWED and not clock.waiting_since and is_late(clock, hours)]
    still = [clock for clock in running if clock.kind in OWED and clock.waiting_since]
    return replace(
        found,
        late=[late_words(clock, procedure, hours) for clock in late],
        still=[still_words(clock, procedure, hours) for clock in still],
    )


def parted(sentence: str) -> Ahead:
    """The sentence around its last hour: of a range that is the one that counts."""
    found = list(HOUR.finditer(sentence))
    if not found:
        return Ahead(sentence)
    hour = found[-1]
    rest, zone = sentence[hour.end() :], ""
    if named := ZONE.match(rest):
        zone, rest = named.group(1), rest[named.end() :]
    return Ahead(sentence[: hour.start()].strip(), hour.group(), zone, rest.strip())


def what_has_become(case: Case, hours: Hours) -> str:
    if case.status == "cancelled" and case.closed_at:
        return _("This case was withdrawn %(hour)s.") % {"hour": hours.at(case.closed_at)}
    if case.closed_at:
        return _("This case was closed %(hour)s.") % {"hour": hours.at(case.closed_at)}
    if case.waiting_since:
        return _("We are waiting; the reason is below.")
    if case.opens_at and case.opens_at > hours.now:
        return _("We will attend to it %(hour)s.") % {"hour": hours.zoned(hours.on(case.opens_at))}
    return _("We are late, and are working on it.")


def is_late(clock: Clock, hours: Hours) -> bool:
    return bool(clock.due_at and clock.due_at <= hours.now)


def late_words(clock: Clock, procedure: Procedure, hours: Hours) -> str:
    words = _("“%(promise)s” was due %(hour)s. We are late; it is on record, and our supervisors know.")
    assert clock.due_at is not None
    return words % {"promise": name_of(clock, procedure), "hour": hours.at(clock.due_at)}


def still_words(clock: Clock, procedure: Procedure, hours: Hours) -> str:
    assert clock.waiting_since is not None
    words = _("“%(promise)s” has been stopped %(hour)s.")
    return words % {"promise": name_of(clock, procedure), "hour": hours.since(clock.waiting_since)}


def name_of(clock: Clock, procedure: Procedure) -> str:
    return str(procedure.clock(ClockKind(clock.kind)).name)


# --- who answers ------------------------------------------------------------------------------------------------------
# Whom to call now, who answers (E), and who else of the company was told.
MOST_NUMBERS = 3
MOST_NOTICES = 400
MOST_COLLEAGUES = 60


@dataclass(frozen=True, slots=True)
class Answering:
    """``numbers``: whom to call, first who answers now. ``asked``: what may be asked of the matrix; None: nothing."""

    title: str
    words: str
    numbers: Sequence[Number]
    asked: escalate.NextLevelButton | None
    matrix: str


def answering_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Answering:
    lines = [
        Number(str(line.name), line.number, tel(line.digits())) for line in procedure.lines if line.desk == case.desk
    ]
    if kind_of(case.desk) == CaseKind.REQUEST:
        return Answering(about.desk_name(case), "", lines[:MOST_NUMBERS], None, "")
    running = [clock for clock in clocks if clock.ended_at is None]
    open_one, following = customer_acts.escalation_of(case), customer_acts.next_level(case)
    rule = procedure.level(open_one.level) if open_one else None
    parts = escalate.who_answers(open_one, hours), escalate.until(open_one, running, following, hours)
    words = " ".join(part for part in parts if part)
    may_ask = case.is_open and bool(procedure.escalation.levels)
    return Answering(
        title=str(rule.name) if rule else _("Operations Centre"),
        words=words if case.is_open else "",
        numbers=[*(numbers_of(rule, procedure, hours.now) if rule else ()), *lines][:MOST_NUMBERS],
        asked=escalate.button_of(following, procedure, hours) if may_ask else None,
        matrix=reverse("who_answers_customer", args=[signed_links.customer_token(case.customer_id)]),
    )


def numbers_of(rule, procedure: Procedure, at: datetime) -> list[Number]:
    """Of the level that answers: at night E5's telephone, else its persons' and its own."""
    if escalating.is_night(procedure, at):
        way = night_way(procedure.escalation.night, at)
        return [Number(_("At night, at weekends and on rest days"), way.words, way.href)]
    levels = level_rows(levels_now([rule], at, KNOWN_TO_CUSTOMERS), at)
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
class RecipientView:
    name: str
    position: str
    words: str


@dataclass(frozen=True, slots=True)
class RecipientsView:
    """``others``: contacts of the company who are not told of this case yet, to choose a colleague from."""

    people: Sequence[RecipientView]
    others: Sequence[Contact]


def recipients_view(case: Case, contact: Contact, hours: Hours) -> RecipientsView:
    rows = list(notices_to_contacts(case.pk).values_list("contact_id", "state", "owed_at")[:MOST_NOTICES])
    latest: dict[int, tuple[str, datetime]] = {}
    for pk, state, owed_at in rows:
        latest.setdefault(pk, (state, owed_at))
    follow = followers_of(case.pk)
    people = contacts_in_bulk([*latest, *follow])
    told = [recipient_view(people[pk], *latest[pk], hours) for pk in latest if pk in people]
    told += [
        RecipientView(str(people[pk]), people[pk].position, _("is notified from now on"))
        for pk in follow
        if pk in people and pk not in latest
    ]
    others = colleagues_besides(case.customer_id, [*latest, *follow])
    return RecipientsView(told, list(others[:MOST_COLLEAGUES]) if case.is_open else [])


def recipient_view(contact: Contact, state: str, at: datetime, hours: Hours) -> RecipientView:
    words = {
        NoticeState.SENT: _("last notified %(hour)s"),
        NoticeState.FAILED: _("could not be reached %(hour)s"),
    }.get(NoticeState(state), _("a message is on its way %(hour)s"))
    return RecipientView(str(contact), contact.position, words % {"hour": hours.at(at)})


# --- page -------------------------------------------------------------------------------------------------------------
LONGEST_NONCE = 2**62
MOST_OTHERS = 100


@dataclass(frozen=True, slots=True)
class CasePage:
    operator: str
    number: str
    company: str
    where: str
    subject: str
    is_open: bool
    is_request: bool
    whose: str
    ahead: Ahead
    asks: Asks
    known: Known
    answering: Answering
    stages: Sequence[StageRow]
    tests: Sequence[TestView]
    files: Sequence[FileView]
    waits: Sequence[WaitView]
    log: Sequence[LogLine]
    course: CourseView | None
    told: RecipientsView
    affected: str
    excluded: str
    in_work: str
    report: str
    deny: str
    again: Again | None
    reference: str
    others: str
    at: str
    nonce: str
    former: str = ""
    former_rows: Sequence[tuple[str, str]] = ()

    @property
    def log_runs(self) -> list[LogRun[LogLine]]:
        return runs_of(self.log)


def case_page_view(case: Case, visitor: Visitor, at: datetime) -> CasePage:
    """At ``at`` (UTC), in the active language; hours in the zone of the site, as in the letters."""
    procedure = versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    clocks = list(case.clocks.order_by("started_at", "pk"))
    contact = visitor.contact
    return CasePage(
        operator=procedure.provider.name,
        number=case.display_number,
        company=case.customer.name,
        where=about.where(case),
        subject=case.subject,
        is_open=case.is_open,
        is_request=kind_of(case.desk) == CaseKind.REQUEST,
        whose=whose(visitor),
        ahead=ahead_of(case, clocks, procedure, hours),
        asks=asks_of(case, contact, hours),
        known=known_of(case, procedure, hours),
        answering=answering_of(case, clocks, procedure, hours),
        stages=stages_of(case, clocks, procedure, hours),
        tests=tests_of(case, hours),
        files=files_of(case, visitor),
        waits=waits_of(case, hours),
        log=log_of(case, hours),
        course=course_view(case, hours),
        told=recipients_view(case, contact, hours),
        **affected_words(case, clocks, at),
        report=report_address(case, visitor),
        deny=deny_address(case, visitor, at),
        again=again_of(case, contact, hours),
        reference=case.customer_reference,
        others=others_of(case),
        at=hours.zoned(hours.at(at)),
        nonce=case_link.nonce(case.pk, contact.pk, secrets.randbelow(LONGEST_NONCE)),
        former=former_words(case) if case.is_history else "",
        former_rows=former_rows(case, hours.at) if case.is_history else (),
    )


def course_view(case: Case, hours: Hours) -> CourseView | None:
    """The picture of what was promised and what was real, as the company may see it, in the zone of the site."""
    if case.is_history:
        return None
    return view_of(course_of(case, hours.now), "case", ZoneInfo(case.zone), hours.zone_words)


def whose(visitor: Visitor) -> str:
    """A link may have been passed on: in whose name it is read and acted stands on the page."""
    who = str(visitor.contact)
    if not visitor.by_link:
        return _("You have signed in as %(who)s.") % {"who": who}
    return _("This page belongs to %(who)s. What is done here is done in that name.") % {"who": who}


def affected_words(case: Case, clocks: Sequence[Clock], at: datetime) -> dict[str, str]:
    """For how long the service has been, or was, out; and what of it is left out (P7)."""
    if kind_of(case.desk) == CaseKind.REQUEST or case.status == "cancelled" or case.is_history:
        return {"affected": "", "excluded": "", "in_work": ""}
    seconds = case.affected_seconds
    if seconds is None:
        seconds = round(case.affected_time(case.closed_at or at).total_seconds())
    out = sum(round((min(end, at) - start).total_seconds()) for start, end in case.exclusions(at) if end > start)
    inside = case.seconds_in_work(case.closed_at or at)
    return {
        "affected": lasting_exactly(max(seconds, 0)),
        "excluded": lasting_exactly(out) if out > 0 else "",
        "in_work": lasting_exactly(inside) if inside else "",
    }


def report_address(case: Case, visitor: Visitor) -> str:
    """Where the closing report is read, of an incident that is closed (P7)."""
    if case.is_open or case.is_history or case.status == "cancelled" or kind_of(case.desk) != CaseKind.INCIDENT:
        return ""
    token = report_history.token(case.customer_id, case.pk, visitor.contact.pk)
    return reverse("customer_report_page", args=[token])


def deny_address(case: Case, visitor: Visitor, at: datetime) -> str:
    """Where this contact says that what was confirmed by word is not so (P5); empty where nothing such stands."""
    if deniable(case, at) is None:
        return ""
    return reverse("deny_page", args=[case_link.token(case.customer_id, case.pk, visitor.contact.pk)])


def others_of(case: Case) -> str:
    """How many other faults of the company are open; which, is for who signs in."""
    count = len(other_open_incidents(case).values_list("pk", flat=True)[:MOST_OTHERS])
    if not count:
        return _("Your other sites: no faults")
    if count == MOST_OTHERS:
        return _("Your company has more than 99 other open faults")
    words = ngettext("Your company has %(n)d other open fault", "Your company has %(n)d other open faults", count)
    return words % {"n": count}
