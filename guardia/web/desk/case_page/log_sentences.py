"""What each event says in the log, in one sentence, from its codes and its texts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.confirmation_proof import DENIES, grade_name
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.green_evidence import is_lacking
from guardia.cases.number import grouped
from guardia.cases.verbs import Event
from guardia.cases.words import BAND_NAMES, CAUSE_NAMES, CLOCK_NAMES, IMPACT_NAMES, LATE_REASON_NAMES, sender_mark
from guardia.customers.phones import spoken
from guardia.events.kinds import name_of_kind
from guardia.evidence.words import seen, typed
from guardia.procedure.vocabulary import Band, ClockKind, Impact, LateReason, Moment, WaitCause
from guardia.web.desk.case_page import log_escalations, log_visits
from guardia.web.desk.clock import hour, stood
from guardia.web.shared.about import cause_said

# --- bands in words ---------------------------------------------------------------------------------------------------
# What the log says when the band of a site was changed while its case runs (P4.1 to P4.3).
Texts = Mapping[str, str]


def _band_changed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    was, now = (BAND_NAMES[Band(event.data[name])] for name in ("band_was", "band_now"))
    words = _("from %(a)s to %(b)s; this case keeps its own") % {"a": was, "b": now}
    return f"{words}: {texts['reason']}" if texts.get("reason") else words


# --- cause words ------------------------------------------------------------------------------------------------------
# What the log says of a mass outage that the case is part of, and of planned work that it lies within.
def _common_cause(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return cause_said(event.moment, event.variant, event.data, texts.get("reason", ""))


# --- follow-up and closing --------------------------------------------------------------------------------------------
# What the follow-up and the closing say in the log (P6, P7).
def flapped(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return f"{relapsed(event, texts, at)} ({event.data.get('seconds', 0)} s)"


def relapsed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    """What a probe saw, in the reader's language; what a person saw, as it was written."""
    return seen(event.data["saw"]) if event.data.get("saw") else texts.get("what", "")


def closed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    affected = stood(timedelta(seconds=event.data.get("affected_seconds", 0)))
    words = _("%(fault)s. %(solution)s. Affected for %(time)s")
    fault, solution = texts.get("fault", "").rstrip("."), texts.get("solution", "").rstrip(".")
    told = words % {"fault": fault, "solution": solution, "time": affected}
    again = texts.get("prevention", "")
    again = _("So that it does not return: %(what)s") % {"what": again} if again else ""
    return " · ".join(part for part in (told, again, unproven(event, texts, at)) if part)


def unproven(event: CaseEvent, texts: Texts, at: datetime) -> str:
    """Why it went on without green evidence, and who answers for it (P6)."""
    if not is_lacking(event.data):
        return ""
    facts = {"reason": texts.get("reason", "").rstrip("."), "who": texts.get("who") or _("a supervisor")}
    return _("without good tests: %(reason)s (decided by %(who)s)") % facts


# --- erased texts -----------------------------------------------------------------------------------------------------
# What stands in place of a text that was erased.
def erased(text: EventText) -> str:
    """The number of its tombstone, which says when it went and why (Settings, Privacy)."""
    if text.erasure_id is None:
        return _("(erased)")
    return _("[erased, no. %(number)d]") % {"number": text.erasure_id}


# --- links ------------------------------------------------------------------------------------------------------------
# What the log says of linked cases: which one, and which of the two goes on.
def _linked(event: CaseEvent, texts: Texts, at: datetime) -> str:
    number = {"number": grouped(event.data["other"])}
    if event.variant != "duplicate":
        return _("related to %(number)s") % number
    if event.data.get("goes_on"):
        return _("%(number)s was the same and ended as its duplicate; this case goes on") % number
    return _("duplicate of %(number)s, which goes on") % number


def _unlinked(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return _("no longer related to %(number)s") % {"number": grouped(event.data["other"])}


# --- sentences --------------------------------------------------------------------------------------------------------
Names = Mapping[int, str]


RULINGS = {
    "upheld": gettext_lazy("the objection is right, the stop does not count"),
    "rejected": gettext_lazy("the stop stands"),
    "in_part": gettext_lazy("the objection is right in part"),
}
WRITTEN_APART = {"impact", "affected_since", "fields", "service", "site", "customer", "band", "zone"}
NUMBERS = {"phone", "call_back_number", "from_number"}


def name_of(event: Event) -> str:
    """The event's own word. A supervisor who goes on alone confirms nothing for the customer (P5 D)."""
    if event.moment == Moment.CONFIRMED and event.variant == "supervisor":
        return _("Not confirmed by the customer")
    if event.moment == Moment.STABILISED and is_lacking(event.data):
        return _("Without good tests")
    if DENIES in event.data:
        return _("Not so: open again")
    if event.moment == Moment.FILE_SHOWN and event.variant == "hidden":
        return _("File hidden")
    return name_of_kind(event.moment)


def sentence_of(event: CaseEvent, staff: Names, at: datetime) -> str:
    """The sentence of an event, with the mark of a mail whose sender was not proven."""
    return " · ".join(part for part in (bare_sentence_of(event, staff, at), sender_mark(event.data)) if part)


def bare_sentence_of(event: CaseEvent, staff: Names, at: datetime) -> str:
    """A text that was erased says so; a telephone number is written as it is read."""
    texts = {text.name: erased(text) if text.text is None else text.text for text in event.texts.all()}
    texts |= {name: spoken(texts[name]) for name in NUMBERS & texts.keys()}
    if writer := WRITERS.get(Moment(event.moment)) or log_visits.REQUEST_WRITERS.get(Moment(event.moment)):
        return writer(event, texts, at)
    if of_the_escalation := log_escalations.ESCALATION_WRITERS.get(event.moment):
        return of_the_escalation(event, texts, staff, at)
    if event.moment == Moment.ASSIGNED:
        return _("to %(who)s") % {"who": staff.get(event.data.get("to"), "")}
    return " · ".join(texts.values())


def _registered(event: CaseEvent, texts: Texts, at: datetime) -> str:
    symptoms, reporter = texts.get("symptoms", ""), texts.get("reporter_name", "")
    if not reporter:
        return symptoms
    return _("%(symptoms)s. Reports: %(who)s") % {"symptoms": symptoms.rstrip("."), "who": reporter}


def _tested(event: CaseEvent, texts: Texts, at: datetime) -> str:
    result = texts.get("result", "")
    return f"{texts.get('name', '')}: {typed(result) if event.data.get('typed') else result}"


def _diagnosed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    cause = texts.get("cause", "")
    cause = _("%(cause)s (probable)") % {"cause": cause} if event.data.get("probable") else cause
    return _("%(cause)s. Plan: %(plan)s") % {"cause": cause.rstrip("."), "plan": texts.get("plan", "")}


def _confirmed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return " · ".join(part for part in (*texts.values(), grade_name(event.data)) if part)


def _clock(event: CaseEvent, texts: Texts, at: datetime) -> str:
    short, owed = CLOCK_NAMES[ClockKind(event.data["clock"])]
    return f"{short}: {owed}"


def _redated(event: CaseEvent, texts: Texts, at: datetime) -> str:
    due, was = (hour(datetime.fromisoformat(event.data[name]), at) for name in ("breached_at", "was"))
    return _("%(clock)s: fell due at %(due)s, not at %(was)s") % {
        "clock": _clock(event, texts, at),
        "due": due,
        "was": was,
    }


def _late_explained(event: CaseEvent, texts: Texts, at: datetime) -> str:
    reason = str(LATE_REASON_NAMES[LateReason(event.variant)])
    return f"{reason}: {texts['words']}" if texts.get("words") else reason


def _wait_started(event: CaseEvent, texts: Texts, at: datetime) -> str:
    whom = texts.get("party") or str(CAUSE_NAMES[WaitCause(event.variant)])
    clocks = ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in event.data.get("clocks", ()))
    words = _("for %(whom)s: %(reason)s. Asked by %(who)s. Stands still: %(clocks)s")
    return words % {"whom": whom, "reason": texts.get("reason", ""), "who": texts.get("asked_by", ""), "clocks": clocks}


def _wait_ended(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return _("waited for %(whom)s until now") % {"whom": CAUSE_NAMES[WaitCause(event.variant)]}


def _wait_corrected(event: CaseEvent, texts: Texts, at: datetime) -> str:
    was, hours = (span_words(event.data.get(name), at) for name in ("was", "hours"))
    words = _("%(was)s is now %(hours)s: %(reason)s") if hours else _("%(was)s did not happen: %(reason)s")
    return words % {"was": was, "hours": hours, "reason": texts.get("reason", "")}


def span_words(hours: Sequence[str | None] | None, at: datetime) -> str:
    """Two hours of an event as they are written: ``10:14–10:40``, ``since 10:14``; nothing where there are none."""
    if not hours or not hours[0]:
        return ""
    start, end = (hour(datetime.fromisoformat(one), at) if one else "" for one in hours)
    return f"{start}–{end}" if end else _("since %(hour)s") % {"hour": start}


def _third_party_promised(event: CaseEvent, texts: Texts, at: datetime) -> str:
    promised = _("promised by %(hour)s") % {"hour": hour(datetime.fromisoformat(event.data["due_at"]), at)}
    parts = (texts.get("party"), promised, texts.get("contact"), texts.get("word"))
    return " · ".join(part for part in parts if part)


def _contested(event: CaseEvent, texts: Texts, at: datetime) -> str:
    clocks = ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in event.data.get("clocks", ()))
    words = _("%(who)s objects to the stop of %(clocks)s: %(reason)s")
    return words % {"who": texts.get("who", ""), "clocks": clocks, "reason": texts.get("reason", "")}


def _ruled(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return f"{RULINGS.get(event.variant, RULINGS['in_part'])}: {texts.get('reason', '')}"


def _details(event: CaseEvent, texts: Texts, at: datetime) -> str:
    said_parts = list(texts.values())
    if impact := event.data.get("impact"):
        said_parts.append(str(IMPACT_NAMES[Impact(impact["to"])]))
    if since := event.data.get("affected_since"):
        said_parts.append(_("since %(hour)s") % {"hour": hour(datetime.fromisoformat(since["to"]), at)})
    said_parts += list(event.data.get("fields", {}).values())
    said_parts += [str(value) for name, value in event.data.items() if name not in WRITTEN_APART and value]
    return " · ".join(part for part in said_parts if part)


def _noted(event: CaseEvent, texts: Texts, at: datetime) -> str:
    if "call" in event.data:
        number = texts.get("from_number") or _("no number")
        return _("another call about this, from %(number)s") % {"number": number}
    return texts.get("text", "")


def _answered(event: CaseEvent, texts: Texts, at: datetime) -> str:
    """Who answered by the exchange's name, where that is nobody of ours."""
    who = texts.get("answered_as", "")
    return _("answered by %(who)s") % {"who": who} if who else ""


def _voice_owed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    number = texts.get("number", "")
    whom = f"{texts.get('name', '')}, {spoken(number)}" if number else texts.get("name", "")
    if event.data.get("agreed"):
        words = _("as it was agreed, who is on shift rings %(whom)s at %(hour)s")
        return words % {"whom": whom, "hour": hour(datetime.fromisoformat(event.data["due_at"]), at)}
    words = _("no way without the service reaches the company: who is on shift rings %(whom)s by %(hour)s")
    return words % {"whom": whom, "hour": hour(datetime.fromisoformat(event.data["due_at"]), at)}


def _voice_told(event: CaseEvent, texts: Texts, at: datetime) -> str:
    if event.variant == "answered":
        return _("told to %(who)s") % {"who": texts.get("answered_by", "")}
    return _("nobody answered: the next number is rung")


def _voice_agreed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    if event.variant == "withdrawn":
        return _("withdrawn: %(hour)s") % {"hour": hour(datetime.fromisoformat(event.data["was"]), at)}
    words = _("%(who)s asks to be rung at %(hour)s")
    return words % {"who": texts.get("whom", ""), "hour": hour(datetime.fromisoformat(event.data["hour"]), at)}


def _file_added(event: CaseEvent, texts: Texts, at: datetime) -> str:
    shown = _("the customer sees it") if event.data.get("shown") else ""
    parts = (texts.get("caption"), texts.get("name"), shown, texts.get("by"))
    return " · ".join(part for part in parts if part)


def _file_shown(event: CaseEvent, texts: Texts, at: datetime) -> str:
    seen = _("the customer no longer sees it") if event.variant == "hidden" else _("the customer sees it")
    return " · ".join(part for part in (texts.get("name"), seen) if part)


def _file_withdrawn(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return ": ".join(part for part in (texts.get("name"), texts.get("why")) if part)


MOST_SAID = 600


def message_received(event: CaseEvent, texts: Mapping[str, str], at: datetime) -> str:
    """The beginning of what was written; the whole of a mail is on its own page."""
    text = texts.get("text", "")
    short = text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]}…"
    if event.data.get("colleague"):
        words = (
            _("%(who)s is told of this case too") if event.data["colleague"] == "added" else _("a new person: %(who)s")
        )
        short = words % {"who": short}
    if event.data.get("objects"):
        short = _("objects, and waits for your answer: %(words)s") % {"words": short}
    return "\n".join(part for part in (texts.get("subject", ""), short) if part)


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.FLAPPED: flapped,
    Moment.RELAPSED: relapsed,
    Moment.STABILISED: unproven,
    Moment.CLOSED: closed,
    Moment.BAND_CHANGED: _band_changed,
    Moment.OUTAGE_JOINED: _common_cause,
    Moment.OUTAGE_LEFT: _common_cause,
    Moment.WORK_LINKED: _common_cause,
    Moment.CASE_LINKED: _linked,
    Moment.CASE_UNLINKED: _unlinked,
    **log_visits.VISIT_WRITERS,
    Moment.REGISTERED: _registered,
    Moment.TESTED: _tested,
    Moment.DIAGNOSED: _diagnosed,
    Moment.CONFIRMED: _confirmed,
    Moment.BREACHED: _clock,
    Moment.BREACH_REDATED: _redated,
    Moment.BREACH_LIFTED: _clock,
    Moment.LATE_EXPLAINED: _late_explained,
    Moment.WAIT_STARTED: _wait_started,
    Moment.WAIT_ENDED: _wait_ended,
    Moment.WAIT_CORRECTED: _wait_corrected,
    Moment.THIRD_PARTY_PROMISED: _third_party_promised,
    Moment.CONTESTED: _contested,
    Moment.RULED: _ruled,
    Moment.DETAILS_UPDATED: _details,
    Moment.NOTED: _noted,
    Moment.CALL_ANSWERED: _answered,
    Moment.CALLER_REACHED: _answered,
    Moment.MESSAGE_RECEIVED: message_received,
    Moment.VOICE_OWED: _voice_owed,
    Moment.VOICE_TOLD: _voice_told,
    Moment.VOICE_AGREED: _voice_agreed,
    Moment.FILE_ADDED: _file_added,
    Moment.FILE_SHOWN: _file_shown,
    Moment.FILE_WITHDRAWN: _file_withdrawn,
}
