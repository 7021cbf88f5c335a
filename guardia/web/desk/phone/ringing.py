"""Who rings, as the desk sees it on every page: the call's facts, its company, whom we owe a call; polled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.calls.call import Call, LeftAs, RingAttempt
from guardia.cases.call_rows import calls_missed, calls_with_clocks, ringing_telephones
from guardia.cases.case import Case
from guardia.cases.case_rows import MOST_CASES, open_cases_by_company
from guardia.cases.labels import IMPACT_NAMES, name_of_stage
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.intake.phone import attending_desk
from guardia.people.policy import DESK_OF_ROLE, Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact
from guardia.web.desk import areas
from guardia.web.desk.case_page.links import CommonCause, probably
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import EVERY_DESK, stamped, unchanged
from guardia.web.desk.phone.acting import TAKE, by_hand, dial_href, may_act
from guardia.web.desk.phone.calls import (
    CallBack,
    KeyedCase,
    Phone,
    RingingCard,
    clock_of_call,
    closed_words,
    desk_words,
    handed_on_by,
    line_words,
    who_calls,
)
from guardia.web.phone import ami_acting
from guardia.web.shared.reach import tel

# --- call backs -------------------------------------------------------------------------------------------------------
# Whom the desk rings back: technical calls that were given up, with their clock; and who called out of hours.
LEFT_WORDS = {
    LeftAs.ABANDONED: lambda: _("hung up at %(hour)s"),
    LeftAs.IN_MENU: lambda: _("hung up in the menu at %(hour)s"),
    LeftAs.TIMED_OUT: lambda: _("the queue timed out at %(hour)s"),
    LeftAs.TURNED_AWAY: lambda: _("was refused by the exchange at %(hour)s"),
    LeftAs.UNSEEN: lambda: _("was cut off from us by %(hour)s: the exchange was disconnected, nobody saw an answer"),
    LeftAs.RESTARTED: lambda: _("was cut off at %(hour)s: the exchange restarted"),
}


def call_back(call: Call, at: datetime, dials: str = "") -> CallBack:
    """A call-back that is owed, with its clock (call-back D)."""
    left = LEFT_WORDS.get(LeftAs(call.left_as)) if call.left_as else None
    words = (left or LEFT_WORDS[LeftAs.ABANDONED])()
    return _call_back(call, words % {"hour": hour(call.lost_at or call.arrived_at, at, seconds=True)}, at, dials)


def missed_call(call: Call, at: datetime, dials: str = "") -> CallBack:
    """A call of a desk with office hours that nobody answered: no clock runs for it (A2)."""
    words = _("called out of hours, %(hour)s") if call.after_hours else _("was not answered, %(hour)s")
    return _call_back(call, words % {"hour": hour(call.arrived_at, at)}, at, dials)


def _call_back(call: Call, words: str, at: datetime, dials: str) -> CallBack:
    return CallBack(
        id=call.pk,
        who=who_calls(call) if call.customer else (call.from_name or who_calls(call)),
        contact=str(call.contact) if call.contact else "",
        number=spoken(call.from_number) if call.from_number else _("hidden number"),
        dial=tel(call.from_number) if call.from_number else "",
        words=words,
        page_href=reverse("call", args=[call.pk]),
        reached_href=reverse("call_step", args=[call.pk, "contactado"]),
        drop_href=reverse("call_step", args=[call.pk, "no-es-falla"]),
        dial_href=dials,
        clock=clock_of_call(call, at),
        vip=bool(call.customer and call.customer.vip),
        line=line_words(call),
    )


def other_desks_of(staff: Staff) -> list[str]:
    """The desks with office hours whose missed calls this person sees: one's own; a supervisor sees those of all."""
    if may(staff, Right.SUPERVISE):
        return list(DESK_OF_ROLE.values())
    return [own] if (own := areas.own(staff)) != TECHNICAL else []


# --- ringing ----------------------------------------------------------------------------------------------------------
MOST_CARDS = 3
LEADS_FOR = timedelta(minutes=3)


def open_calls() -> list[Call]:
    """The open calls with their running clocks, first what breaks first."""
    return EVERY_DESK.of("calls", calls_with_clocks)


def phone_of(staff: Staff, calls: Sequence[Call], at: datetime, *, path: str = "") -> Phone:
    """The telephone for one person; ``calls`` are the open ones with their running clocks, first what breaks first.

    ``path`` is the address of the page that shows it: nobody is told of the call whose page this is.
    """
    waiting = [call for call in calls if call.is_waiting and concerns(staff, call)]
    others = [call for call in waiting if not is_at(path, call)]
    mine = on_the_line_with(staff, calls)
    led = mine or to_register_by(staff, calls)
    owed = [call for call in calls if call.is_owed_a_call_back and call.at_desk == TECHNICAL]
    clocks = [clock for call in waiting if (clock := clock_of_call(call, at))]
    return Phone(
        at=at,
        cards=cards(staff, others, at, busy=mine is not None),
        more_words=more_words(len(others) - MOST_CARDS),
        mine=my_call(led, at) if led and not is_at(path, led) else None,
        mine_clock=clock_of_call(led, at) if led else None,
        shown=key_of(led) if led and is_at(path, led) else "",
        calls_words=calls_words(len(waiting)),
        calls_count=str(len(waiting) or ""),
        calls_clock=clocks[0] if clocks else None,
        on_the_line_since=mine.speaks_since if mine else None,
        on_the_line_href=call_href(mine) if mine else "",
        call_backs=[call_back(call, at, dial_href(staff, call)) for call in owed[:MOST_CARDS]],
        more_call_backs=more_words(len(owed) - MOST_CARDS),
        missed=[missed_call(c, at, dial_href(staff, c)) for c in calls_missed(other_desks_of(staff), at)]
        if is_bench(path)
        else (),
        may_join=may(staff, Right.HANDLE_CASES),
        on_the_bench=is_bench(path),
    )


def concerns(staff: Staff, call: Call) -> bool:
    """Sales and billing hear of their own lines alone: what rings at the Operations Centre would only disturb them."""
    return may_act(staff, call) or attending_desk(call) == areas.own(staff)


def calls_words(waiting: int) -> str:
    return ngettext("%(count)d call waiting", "%(count)d calls waiting", waiting) % {"count": waiting}


def more_words(more: int) -> str:
    return ngettext("and %(n)d more call", "and %(n)d more calls", more) % {"n": more} if more > 0 else ""


# --- on the line with me ---


def on_the_line_with(staff: Staff, calls: Sequence[Call]) -> Call | None:
    """The call that this person speaks on: answered by, or handed on to, this person, and not over."""
    return _newest([call for call in calls if call.is_on_the_line and call.speaker_id == staff.pk])


def to_register_by(staff: Staff, calls: Sequence[Call]) -> Call | None:
    """The last call of this person that is over and whose caller has no number yet (P2)."""
    mine = [call for call in calls if call.is_taken_up and call.at_desk == TECHNICAL and not call.lost_again_at]
    return _newest([call for call in mine if call.speaker_id == staff.pk])


def _newest(calls: Sequence[Call]) -> Call | None:
    return max(calls, key=lambda call: (call.speaks_since, call.pk), default=None)


def call_href(call: Call) -> str:
    return reverse("call", args=[call.pk])


def is_at(path: str, call: Call) -> bool:
    """Whether that page is the call's own, or a form that it is written into."""
    return path.partition("?")[0].endswith(call_href(call)) or f"llamada={call.pk}" in path.replace("?", "&").split("&")


def is_bench(path: str) -> bool:
    """Whether that address, with or without its host, is the bench."""
    return urlsplit(path).path == reverse("bench")


def key_of(call: Call) -> str:
    """By which a browser remembers that it was led to this call: another database may count the same numbers."""
    return f"{call.pk}-{call.speaks_since.timestamp():.0f}" if call.speaks_since else ""


def my_call(call: Call, at: datetime) -> dict[str, Any]:
    """The call that this person has on the line. ``leads``: a page may be led to it, once."""
    number = spoken(call.from_number) if call.from_number else _("hidden number")
    named = call.customer.name if call.customer else number
    since = call.speaks_since
    fresh = since is not None and at - since < LEADS_FOR and call.ended_at is None
    words = _("Your call: %(who)s") if call.is_on_the_line else _("Your call is over, without a number yet: %(who)s")
    return {
        "id": call.pk,
        "key": key_of(call),
        "words": words % {"who": named},
        "href": call_href(call),
        "leads": fresh,
    }


# --- it rings ---


def cards(staff: Staff, waiting: Sequence[Call], at: datetime, *, busy: bool) -> list[RingingCard]:
    """First those that ring at this person's telephone, then those of this person's desk; three at most.

    The first is shown whole, the others, and all of them to somebody who is ``busy`` with a call, in a line.
    """
    telephones = ringing_telephones(waiting)
    own = areas.own(staff)

    def order(call: Call) -> tuple[bool, bool]:
        return not rings_at(staff, telephones.get(call.pk, ())), attending_desk(call) != own

    shown = sorted(waiting, key=order)[:MOST_CARDS]
    newest = max(shown, key=lambda call: (call.waits_since, call.pk), default=None)
    calls, companies = tuple(call.pk for call in shown), [call.customer_id for call in shown if call.customer_id]
    opened = EVERY_DESK.of(("open cases of", calls), lambda: open_cases_by_company(companies))
    known = EVERY_DESK.of(("known of", calls, get_language()), lambda: probably(shown, at))
    taken = ami_acting.may_be_taken(staff, shown)
    return [
        replace(
            card(
                staff,
                call,
                telephones.get(call.pk, ()),
                opened.get(call.customer_id or 0, ()),
                at,
                known.get(call.pk, ()),
                can_be_taken=call.pk in taken,
            ),
            is_newest=call is newest,
            small=busy or call is not shown[0],
        )
        for call in shown
    ]


def card(
    staff: Staff,
    call: Call,
    telephones: Sequence[RingAttempt],
    cases: Sequence[Case],
    at: datetime,
    known: Sequence[CommonCause] = (),
    *,
    can_be_taken: bool = False,
) -> RingingCard:
    answered, given_up = by_hand(call)
    registers = call.at_desk == TECHNICAL and not call.settled_at
    return RingingCard(
        id=call.pk,
        who=who_calls(call) if call.customer else (call.from_name or who_calls(call)),
        contact=str(call.contact) if call.contact else "",
        number=spoken(call.from_number) if call.from_number else _("hidden number"),
        line=line_words(call),
        desk=desk_words(call),
        since=call.waits_since,
        rings=rings_words(staff, telephones),
        handed=_("transferred by %(who)s") % {"who": handed_on_by(call)} if call.waits_again_at else "",
        page_href=call_href(call),
        open_href=f"{reverse('new_case')}?llamada={call.pk}" if registers else call_href(call),
        may_act=may_act(staff, call),
        open_words=_("Open a case") if registers else _("See the call"),
        answer_href=answered,
        take_href=reverse("call_step", args=[call.pk, TAKE])
        if can_be_taken and not rings_at(staff, telephones)
        else "",
        abandon_href=given_up,
        clock=clock_of_call(call, at),
        vip=bool(call.customer and call.customer.vip),
        rings_here=rings_at(staff, telephones),
        is_known=call.contact is not None,
        closed=closed_words(call, at),
        cases=keyed(cases, at),
        probably=known,
        more_cases=len(cases) > MOST_CASES,
    )


def rings_at(staff: Staff, telephones: Sequence[RingAttempt]) -> bool:
    return any(attempt.staff_id == staff.pk for attempt in telephones)


def rings_words(staff: Staff, telephones: Sequence[RingAttempt]) -> str:
    """At whose telephone it rings."""
    if rings_at(staff, telephones):
        return _("ringing at your extension")
    names = list(dict.fromkeys(a.staff.name if a.staff else a.member or a.interface for a in telephones))
    if not names:
        return ""
    return _("ringing at %(who)s") % {"who": ", ".join(names[:3]) + ("…" if len(names) > 3 else "")}


def keyed(cases: Sequence[Case], at: datetime) -> list[KeyedCase]:
    """Open cases with the key that attaches the call to each."""
    return [keyed_case(key, case, at) for key, case in enumerate(cases[:MOST_CASES], start=1)]


def keyed_case(key: int, case: Case, at: datetime) -> KeyedCase:
    circuit = case.service.circuit if case.service else ""
    impact = str(IMPACT_NAMES[Impact(case.impact)]) if case.impact else ""
    parts = (circuit, impact, name_of_stage(case.stage), hour(case.opened_at, at))
    return KeyedCase(
        key=key,
        number=case.display_number,
        href=reverse("case", args=[case.number]),
        words=" · ".join(part for part in parts if part),
        subject=case.subject,
        impact="restored" if case.restored_at else case.impact,
        impact_word=impact,
        join_href=reverse("join", args=[case.number]),
    )


# --- the poll ---------------------------------------------------------------------------------------------------------
# What every page of the desk asks each second: who rings, who of us is on the line; 304 while nothing has changed.
@desk_page
@require_GET
def phone_live(request: DeskRequest) -> HttpResponse:
    """The telephone alone. It takes no message from the next page: a toast waits for the page that was asked for."""
    path = request.headers.get("HX-Current-URL", "")
    phone = phone_of(request.user, open_calls(), now(), path=path)
    if same := unchanged(request, phone.tag):
        return same
    response = render(request, "desk/phone/live.html", {"shell": {"phone": phone}, "phone": phone})
    response.headers["Cache-Control"] = "no-store"
    return stamped(response, phone.tag)


urlpatterns = [
    path("llamadas/vivo", phone_live, name="phone_live"),
]
