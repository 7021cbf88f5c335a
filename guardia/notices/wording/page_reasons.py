"""Why a person is paged, and which decision is asked of her (E1 to E5)."""

from collections.abc import Callable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.customers.phones import international
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import clause
from guardia.procedure.vocabulary import ClockKind

BREAKS = frozenset({"breach", "step"})
WHY: dict[str, Promise] = {
    "engineer": gettext_lazy("An engineer of ours escalates the case."),
    "customer": gettext_lazy("The customer escalates the case."),
    "received": gettext_lazy("The customer has rung a person of the matrix to escalate the case."),
    "not_acknowledged": gettext_lazy("Nobody who was paged before has answered for it."),
    "nothing_moved": gettext_lazy("Somebody answered for it, and the case has not moved since."),
    "call_undone": gettext_lazy("The call that was owed was not made in time."),
    "not_answered": gettext_lazy("The number of the level was dialled and nobody answered."),
    "page_failed": gettext_lazy("No channel reached the person who was paged before."),
    "passed_on": gettext_lazy("Who was paged before cannot answer for it and has passed it on."),
    "nobody": gettext_lazy("Nobody could be paged at the level before."),
    "step": gettext_lazy("It has been so for so long that the matrix calls this level too."),
}
DECISIONS: dict[str, Promise] = {
    ClockKind.RECEPTION: pgettext_lazy("decide", "who takes the report down now"),
    ClockKind.CALL_BACK: pgettext_lazy("decide", "who rings the caller back now"),
    ClockKind.REGISTRATION: pgettext_lazy("decide", "who takes the report down now"),
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
        (_("The words with which it was passed on: %(words)s."), told["passed_on"]),
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
    return _("We ask you to answer for it and to decide %(decision)s.") % {"decision": decision}


def hour_of(told: NoticeFacts) -> Callable[[datetime], str]:
    return lambda at: told.hours.zoned(told.hours.at(at))


def promise_in_short(told: NoticeFacts) -> str:
    """``“Cause and plan of solution” was due at 02:23``."""
    due = moment_of(told["promise"]["due_at"]) if told["promise"] else None
    if due is None:
        return ""
    words = {"promise": told.clock_name(told["promise"]["kind"]), "hour": told.hours.at(due)}
    return _("“%(promise)s” was due %(hour)s") % words
