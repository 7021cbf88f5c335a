"""`/escalar/<token>`: a contact of the company asks for the next level of a case, by the link of a letter (E1 D)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guardia.cases import case_link, escalating
from guardia.cases.case import Case
from guardia.cases.facts import NOT_A_STEP, OWED
from guardia.cases.queries import case_with_place
from guardia.cases.refusals import CaseIsClosed, NoLevelAbove, OnlyAContact, RequestedTooSoon
from guardia.cases.verbs import SAID_TO_THE_MINUTE
from guardia.clocks.clock import Clock, running_clocks
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id
from guardia.escalation import signed_links
from guardia.escalation.escalation import Escalation
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS, levels_now, published_staff
from guardia.intake import customer_acts
from guardia.intake.customer_acts import NextLevel
from guardia.notices.wording.hours import Hours, hours_of
from guardia.notices.wording.next_step import next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.answer.page import GONE, NOT_FOUND
from guardia.web.answer.paged_case import DECIDES
from guardia.web.portal.visitor import none_of_ours
from guardia.web.shared import about
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.audit import opened_by
from guardia.web.shared.reach import Number, Way, level_rows, night_way, room
from guardia.web.shared.responses import private

# --- what the page shows ----------------------------------------------------------------------------------------------
# The page on which a contact asks for the next level: the case, its promise, who answers now, and what may be asked.
# All hours are of the site's zone, as in the letter that brought the link.


@dataclass(frozen=True, slots=True)
class NextLevelButton:
    """What may be asked now: a button to ``level``, or why there is none, and whom to call at the top."""

    value: int
    button: str
    hint: str
    pause: str
    numbers: tuple[Number, ...]

    @property
    def is_at_the_top(self) -> bool:
        return not self.value


@dataclass(frozen=True, slots=True)
class EscalatePage:
    operator: str
    name: str
    number: str
    about: str
    where: str
    at: str
    promises: tuple[str, ...]
    level: str
    who: str
    until: str
    asked: NextLevelButton
    room: tuple[Number, ...]
    who_answers: str
    case: str


def page_view(case: Case, contact: Contact, at: datetime) -> EscalatePage:
    """At ``at`` (UTC), in the active language; reads only what the company may see."""
    procedure = versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    clocks = list(running_clocks([case.pk]))
    open_one = customer_acts.escalation_of(case)
    following = customer_acts.next_level(case)
    rule = procedure.level(open_one.level) if open_one else None
    return EscalatePage(
        operator=procedure.provider.name,
        name=str(contact),
        number=case.display_number,
        about=case.subject,
        where=about.where(case),
        at=hours.zoned(hours.at(at)),
        promises=tuple(promises(case, clocks, procedure, hours)),
        level=str(rule.name) if rule else "",
        who=who_answers(open_one, hours),
        until=until(open_one, clocks, following, hours),
        asked=button_of(following, procedure, hours),
        room=room(procedure),
        who_answers=reverse("who_answers_customer", args=[signed_links.customer_token(case.customer_id)]),
        case=reverse("customer_case", args=[case_link.token(case.customer_id, case.pk, contact.pk)]),
    )


# --- what is promised now ---------------------------------------------------------------------------------------------


def promises(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Iterator[str]:
    """What is overdue and what stands still, then the next promise that lies ahead, in the words of the letters."""
    yield from late_or_still(clocks, procedure, hours)
    told = NoticeFacts(facts_of(case, clocks, procedure, hours.now), procedure, hours, hours.now)
    if step := next_step(told):
        yield next_sentence(told, step)


def late_or_still(clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> Iterator[str]:
    """A sentence for each promise that is overdue, or stands still."""
    for clock in (each for each in clocks if each.kind in OWED):
        name = str(procedure.clock(ClockKind(clock.kind)).name)
        if clock.waiting_since:
            words, hour = _("“%(promise)s” has been stopped %(hour)s."), hours.since(clock.waiting_since)
            yield words % {"promise": name, "hour": hour}
        elif clock.due_at and clock.due_at <= hours.now:
            yield _("“%(promise)s” was due %(hour)s and is late.") % {"promise": name, "hour": hours.at(clock.due_at)}


def facts_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> dict[str, Any]:
    """The promises that lie ahead, as the facts of a notice hold them."""
    due = {clock.kind: clock for clock in clocks if clock.due_at and clock.due_at > at}
    steps = [clock for kind, clock in due.items() if kind not in NOT_A_STEP]
    news = due.get(ClockKind.NEXT_NEWS)
    facts: dict[str, Any] = {"moment": "", "next_news": hour_of(news)}
    if first := min(steps, key=lambda clock: clock.due_at or clock.started_at, default=None):
        reach = procedure.clock(ClockKind(first.kind)).range_for(about.band_of(case))
        from_at = (first.started_at + reach[0]).isoformat() if reach else None
        facts["next"] = {"kind": first.kind, "due_at": hour_of(first), "from_at": from_at}
    return facts


def hour_of(clock: Clock | None) -> str | None:
    return clock.due_at.isoformat() if clock and clock.due_at else None


# --- who answers now --------------------------------------------------------------------------------------------------


def who_answers(open_one: Escalation | None, hours: Hours) -> str:
    if open_one is None:
        return _("Nobody above the Operations Centre has been notified yet.")
    by = open_one.acknowledged_by_id
    who = published_staff([by]).get(by) if by else None
    if who is None or open_one.acknowledged_at is None:
        since = hours.stamp(open_one.paged_at or open_one.began_at)
        return _("Escalated at %(hour)s; we are waiting for its answer.") % {"hour": since}
    words = (
        _("%(who)s has had command since %(hour)s.")
        if open_one.commands
        else _("%(who)s has answered for it since %(hour)s.")
    )
    return words % {"who": who.position or who.name, "hour": hours.stamp(open_one.acknowledged_at)}


def until(open_one: Escalation | None, clocks: Sequence[Clock], following: NextLevel, hours: Hours) -> str:
    """By when the next level is asked without anybody's asking; empty at the top, which stays."""
    due = next((clock.due_at for clock in clocks if clock.kind in DECIDES and clock.due_at), None)
    if open_one is None or due is None or due <= hours.now or following.level is None:
        return ""
    words = _("The next level is paged at %(hour)s.")
    if open_one.acknowledged_at:
        words = _("If the case has not moved by %(hour)s, the next level is notified.")
    return words % {"hour": hours.stamp(due)}


# --- what may be asked ------------------------------------------------------------------------------------------------


def button_of(following: NextLevel, procedure: Procedure, hours: Hours) -> NextLevelButton:
    rule = procedure.level(following.level) if following.level else None
    if rule is None:
        return NextLevelButton(0, "", "", "", numbers_at_the_top(procedure, hours.now))
    name = str(rule.name)
    button = _("Escalate: %(level)s") % {"level": name}
    hint = _("We page this level at once: %(role)s.") % {"role": rule.role}
    return NextLevelButton(rule.level, button, hint, pause(following, name, hours), ())


def pause(following: NextLevel, name: str, hours: Hours) -> str:
    """When the next level is possible, to the minute at which it surely is; empty where it is possible now."""
    if following.is_possible(hours.now) or not following.asked_at or not following.possible_at:
        return ""
    words = _("A level was requested from one of our emails %(asked)s. “%(level)s” may be requested from %(hour)s.")
    possible = hours.stamp(following.possible_at + SAID_TO_THE_MINUTE)
    return words % {"asked": hours.at(following.asked_at), "level": name, "hour": possible}


def numbers_at_the_top(procedure: Procedure, at: datetime) -> tuple[Number, ...]:
    """Whom to call where there is no level above: E5's telephone in its hours, then those of the highest level; E5's at
    any hour where that level has none.
    """
    top = level_rows(levels_now(procedure.escalation.levels[-1:], at, KNOWN_TO_CUSTOMERS), at)
    own = [number(way.kind, way) for level in top for way in level.ways]
    own += [number(each.name, way) for level in top for each in level.persons for way in each.ways if way.is_phone]
    if own and not escalating.is_night(procedure, at):
        return tuple(own)
    return number(_("At night, at weekends and on rest days"), night_way(procedure.escalation.night, at)), *own


def number(name: str, way: Way) -> Number:
    return Number(name, way.words, way.href)


# --- page -------------------------------------------------------------------------------------------------------------
# ``/escalar/<token>``: a contact of the company asks for the next level of a case, by the link of a letter (E1 D).
# As with the answer to a page, the token is the secret: no cookie, so no CSRF token either. What is shown is read
# under the row policies of the contact's own company; only the asking itself is done under the staff's.
SAID_BY_THE_PAGE = (RequestedTooSoon, NoLevelAbove, CaseIsClosed, OnlyAContact)
"""Refusals that the page itself tells, calmly, once it is looked at again."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def escalate_page(request: HttpRequest, token: str) -> HttpResponse:
    """In the contact's language. GET only shows; POST asks. An address that is over says so and whom to call."""
    try:
        asks = signed_links.read_escalate_token(token)
    except LinkHasExpired:
        return private(over(request, "expired", GONE))
    except LinkIsInvalid:
        return none_of_ours(request, lambda: private(over(request, "unknown", NOT_FOUND)))
    opened_by(request, asks.customer, asks.contact)
    with behind(DatabaseRole.PORTAL, asks.customer):
        case, contact = case_with_place(asks.case), contact_of_id(asks.contact)
        if case is None:
            return private(over(request, "unknown", NOT_FOUND))
        if contact is None:
            return private(over(request, "left", GONE))
        with translation.override(language_of(contact)):
            return private(theirs(request, case, contact))


def theirs(request: HttpRequest, case: Case, contact: Contact) -> HttpResponse:
    if not contact.active or not contact.customer.active:
        return over(request, "left", GONE)
    if not case.is_open:
        return over(request, "closed", GONE, case)
    return ask(request, case, contact) if request.method == "POST" else page(request, case, contact)


def language_of(contact: Contact) -> str:
    """The contact's, where it is one of ours; else that of the browser."""
    try:
        return translation.get_supported_language_variant(contact.language)
    except LookupError:
        return translation.get_language() or "es"


def page(request: HttpRequest, case: Case, contact: Contact, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = {"page": page_view(case, contact, now()), "refused": refused}
    return render(request, "answer/escalate.html", context, status=status)


def ask(request: HttpRequest, case: Case, contact: Contact) -> HttpResponse:
    """Ask, then look again: what a second press finds is the page that says what the first one did."""
    level = level_in(request)
    with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
        done = attempt(lambda: customer_acts.ask(customer_acts.locked(case.pk), contact, at=now(), level=level))
    if isinstance(done, Refusal) and not isinstance(done.raised, SAID_BY_THE_PAGE):
        return page(request, case, contact, refused=done.sentence, status=done.status)
    return HttpResponseRedirect(request.get_full_path(), status=303)


def level_in(request: HttpRequest) -> int | None:
    """The level whose button was pressed; what is no level asks for nothing (0)."""
    value = request.POST.get("nivel")
    if value is None:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0


def over(request: HttpRequest, why: str, status: int, case: Case | None = None) -> HttpResponse:
    version = versions.version_at(now())
    context = {"why": why, "case": case, "room": room(version.procedure) if version else ()}
    return render(request, "answer/escalate_over.html", context, status=status)


urlpatterns = [path("<str:token>", escalate_page, name="escalate_page")]
