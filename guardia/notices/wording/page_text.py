"""What a page says: built once from the facts, then laid out as a mail and in short for a telephone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from guardia.customers.phones import international
from guardia.events.history import SHOWN
from guardia.notices.wording.fact_phrases import IMPACT_SINCE, is_request, what_is_wrong
from guardia.notices.wording.fact_phrases import state as state_said
from guardia.notices.wording.hours import lasting
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import clause
from guardia.procedure.vocabulary import ClockKind, Impact

LATE_AFTER = timedelta(minutes=2)
"""A page that comes later than this says of what hour it speaks: at night two minutes are a long time."""


@dataclass(frozen=True)
class Listed:
    """One case of a page that tells of several; ``address`` answers for this one alone, where an answer is asked."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Page:
    """All that is said, in the order in which it is read. ``address`` is where it is answered, if an answer is asked;
    ``button`` says so in other words than those of an answer.

    ``title`` and ``short`` are for a telephone: the essentials, the most important first, of which it shows what fits.
    """

    subject: str
    headline: str
    title: str
    short: tuple[str, ...]
    said: tuple[str, ...] = ()
    ask: str = ""
    answer: str = ""
    button: str = ""
    address: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    listed: tuple[Listed, ...] = ()
    more: str = ""
    desk: str = ""
    provider: str = ""
    footer: str = ""


def is_late(owed_at: datetime, now: datetime) -> bool:
    return now - owed_at > LATE_AFTER


def late_words(told: NoticeFacts) -> list[str]:
    """A page that leaves late says of what hour it speaks."""
    if not is_late(told.owed_at, told.now):
        return []
    hour = told.hours.zoned(told.hours.at(told.owed_at))
    words = _("This page leaves late: it describes the situation %(hour)s. Check the case before you act.")
    return [words % {"hour": hour}]


def late_in_short(told: NoticeFacts) -> list[str]:
    if not is_late(told.owed_at, told.now):
        return []
    return [_("LATE, true %(hour)s") % {"hour": told.hours.at(told.owed_at)}]


def state(told: NoticeFacts) -> str:
    """``No service since 02:03, for 47 min``: how the service was when the page was owed."""
    words = state_said(told)
    if told["restored_at"] or is_request(told):
        return words
    return _("%(state)s, for %(lasted)s") % {"state": words, "lasted": lasting(seconds_down(told))}


def title(told: NoticeFacts) -> str:
    """``[1042-7] No service in Cuenca``."""
    return f"[{told['number']}] {what_is_wrong(told)}"


def place_in_short(told: NoticeFacts) -> str:
    """``Banco Austral (VIP), head office: 47 min``, or that it is restored."""
    where = ", ".join(part for part in (company(told), told["site"]) if part)
    return f"{where}: {state_said(told) if told['restored_at'] or is_request(told) else lasting(seconds_down(told))}"


def seconds_down(told: NoticeFacts) -> int:
    began = moment_of(told["outage_started_at"]) or told.owed_at
    return max(0, int((told.owed_at - began).total_seconds()))


def named(who: str, number: str) -> str:
    """``Engineer 1, +593 99 900 0001``."""
    return ", ".join(part for part in (who, international(number)) if part)


def company(told: NoticeFacts) -> str:
    return f"{told['company']} (VIP)" if told["vip"] else told["company"]


def place(told: NoticeFacts) -> str:
    """``Banco Austral (VIP), head office, Cuenca``."""
    return ", ".join(part for part in (company(told), told["site"], told["city"]) if part)


def level(told: NoticeFacts) -> str:
    """``Level 1 (E2)``: as the procedure names it."""
    rule = told.procedure.level(int(told["level"] or 0))
    return f"{rule.name} ({rule.clause})" if rule else ""


def proof(told: NoticeFacts) -> str:
    return _("event %(seq)s, hash %(hash)s") % {"seq": told["seq"], "hash": told["hash"][:SHOWN]}


def impacts(told: list[NoticeFacts]) -> str:
    """``18 without service, 5 degraded``, the worst first."""
    found = {impact: sum(1 for each in told if each["impact"] == impact) for impact in IMPACT_SINCE}
    words = {
        Impact.DOWN: ngettext("%(n)d without service", "%(n)d without service", found[Impact.DOWN]),
        Impact.REPORTED: ngettext("%(n)d fault reported", "%(n)d faults reported", found[Impact.REPORTED]),
        Impact.DEGRADED: ngettext("%(n)d degraded", "%(n)d degraded", found[Impact.DEGRADED]),
        Impact.INTERMITTENT: ngettext("%(n)d intermittent", "%(n)d intermittent", found[Impact.INTERMITTENT]),
    }
    return ", ".join(words[impact] % {"n": count} for impact, count in found.items() if count)


# Why a person is paged, and which decision is asked of her (E1 to E5).


BREAKS = frozenset({"breach", "step"})
WHY: dict[str, Promise] = {
    "engineer": gettext_lazy("One of our engineers escalates the case."),
    "customer": gettext_lazy("The customer escalates the case."),
    "received": gettext_lazy("The customer called a person in the matrix to escalate the case."),
    "not_acknowledged": gettext_lazy("Nobody who was paged before has answered for it."),
    "nothing_moved": gettext_lazy("Somebody acknowledged it, and the case has not moved since."),
    "call_undone": gettext_lazy("The call that was owed was not made in time."),
    "not_answered": gettext_lazy("The number of the level was dialled and nobody answered."),
    "page_failed": gettext_lazy("No channel reached the person who was paged before."),
    "passed_on": gettext_lazy("The person paged before cannot answer for it and has passed it on."),
    "nobody": gettext_lazy("Nobody could be paged at the level before."),
    "step": gettext_lazy("It has been like this for so long that the matrix calls this level too."),
}
DECISIONS: dict[str, Promise] = {
    ClockKind.RECEPTION: pgettext_lazy("decide", "who takes the report now"),
    ClockKind.CALL_BACK: pgettext_lazy("decide", "who calls the caller back now"),
    ClockKind.REGISTRATION: pgettext_lazy("decide", "who takes the report now"),
    ClockKind.DIAGNOSIS: pgettext_lazy("decide", "whether a crew leaves before the cause is found"),
    ClockKind.DISPATCH_AGREED: pgettext_lazy("decide", "who goes to the site, and when"),
    ClockKind.TRAVEL: pgettext_lazy("decide", "whether another crew goes, or another way is taken"),
    ClockKind.NEXT_DECISION: pgettext_lazy("decide", "when the visit to the site can take place"),
    ClockKind.WORK_PERMIT: pgettext_lazy("decide", "what the work permit still needs"),
    ClockKind.FIELD_SOLUTION: pgettext_lazy("decide", "what else the crew needs to restore the service"),
    ClockKind.REMOTE_SOLUTION: pgettext_lazy("decide", "whether a crew is sent to the site"),
    ClockKind.VERIFICATION: pgettext_lazy("decide", "whether we go on without the customer's confirmation"),
    ClockKind.STABILITY: pgettext_lazy("decide", "how the stability of the service is proven"),
    ClockKind.CLOSURE: pgettext_lazy("decide", "what keeps the case from being closed"),
    ClockKind.NEXT_NEWS: pgettext_lazy("decide", "what the customer is told now, and by whom"),
    ClockKind.THIRD_PARTY: pgettext_lazy("decide", "what is demanded of the third party"),
    ClockKind.FIRST_ANSWER: pgettext_lazy("decide", "who answers the request now"),
    ClockKind.SOLUTION: pgettext_lazy("decide", "who solves the request, and by when"),
    ClockKind.COMPLAINT: pgettext_lazy("decide", "who replies to the complaint, and by when"),
}
ANYTHING: Promise = pgettext_lazy("decide", "what is done next, and who does it")


def reasons(told: NoticeFacts) -> list[str]:
    """Why this person is paged now, in whole sentences; the first is the reason, the others what goes with it."""
    why = told["source"]
    first = [str(WHY[why])] if why in WHY else []
    broken = [broken_promise(told)] if told["promise"] else []
    sentences = [*broken, *first] if why in BREAKS else [*first, *broken]
    return [*sentences, *words_given(told), *again(told)]


def why_in_short(told: NoticeFacts) -> str:
    """Why it came to this person, where the broken promise does not say so already."""
    why = told["source"]
    return str(WHY[why]) if why in WHY and why not in BREAKS else ""


def words_given(told: NoticeFacts) -> list[str]:
    """What whoever passed it on wrote, and whoever escalated the case."""
    given = (
        (_("It was passed on with these words: %(words)s."), told["passed_on"]),
        (_("The reason given for the escalation: %(words)s."), told["reason"]),
    )
    return [sentence % {"words": clause(words)} for sentence, words in given if words]


def broken_promise(told: NoticeFacts) -> str:
    """``“Cause and plan of solution” was due at 02:23 (Ecuador time).``"""
    name, due = told.clock_name(told["promise"]["kind"]), moment_of(told["promise"]["due_at"])
    if due is None:
        return _("The promise “%(promise)s” is not met.") % {"promise": name}
    late = due <= told.owed_at
    words = _("“%(promise)s” was due %(hour)s and is not met.") if late else _("“%(promise)s” is due %(hour)s.")
    return words % {"promise": name, "hour": hour_of(told)(due)}


def again(told: NoticeFacts) -> list[str]:
    number = told.data.get("round") or 1
    return [_("This is page number %(number)d of this escalation.") % {"number": number}] if number > 1 else []


def call_owed(told: NoticeFacts) -> list[str]:
    """E5: the call that somebody on shift makes at the same time."""
    call = told["call"] or {}
    due = moment_of(call.get("due_at"))
    if not call.get("number") or due is None:
        return []
    name = call.get("number_name") or call.get("name")
    number = f"{international(call['number'])} ({name})" if name else international(call["number"])
    hour = told.hours.zoned(told.hours.before(due))
    return [_("Somebody on shift also dials %(number)s %(hour)s.") % {"number": number, "hour": hour}]


def decision_text(told: NoticeFacts) -> str:
    """What is to be decided, by the promise that is broken."""
    kind = told["promise"]["kind"] if told["promise"] else ""
    decision = str(DECISIONS.get(kind, ANYTHING))
    return _("Please take charge of it and decide %(decision)s.") % {"decision": decision}


def hour_of(told: NoticeFacts) -> Callable[[datetime], str]:
    return lambda at: told.hours.zoned(told.hours.at(at))


def promise_in_short(told: NoticeFacts) -> str:
    """``“Cause and plan of solution” was due at 02:23``."""
    due = moment_of(told["promise"]["due_at"]) if told["promise"] else None
    if due is None:
        return ""
    words = {"promise": told.clock_name(told["promise"]["kind"]), "hour": told.hours.at(due)}
    return _("“%(promise)s” was due %(hour)s") % words
