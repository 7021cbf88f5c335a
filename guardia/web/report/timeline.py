"""What happened, event by event, as the customer reads it: the event's word and what was said then."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.confirmation_proof import DENIES, grade_name
from guardia.cases.green_evidence import is_lacking
from guardia.cases.words import BAND_NAMES, CAUSE_NAMES, CONDITION_NAMES, sender_mark
from guardia.events.kinds import name_of_kind, texts_of_kind
from guardia.evidence.words import seen
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import Band, Condition, Moment, WaitCause
from guardia.reports.closing_report import Said
from guardia.web.report.shape import Hours, clock_name, clock_names
from guardia.web.shared.about import cause_said, news_said


# --- visits -----------------------------------------------------------------------------------------------------------
# What the events of a visit say in the report's course of events, as the customer reads it (P4).
def forecast(said: Said, hours: Hours) -> str:
    found = said.data.get("forecast")
    return hours.span(*map(datetime.fromisoformat, found)) if found and len(found) == 2 else ""


def decided_again(said: Said, hours: Hours) -> str:
    due = said.data.get("due_at")
    return _("decided again at %(hour)s") % {"hour": hours.at(datetime.fromisoformat(due))} if due else ""


def agreed(said: Said, hours: Hours) -> str:
    found = forecast(said, hours)
    expected = _("expected arrival: %(hours)s") % {"hours": found} if found else ""
    return together(expected, decided_again(said, hours))


def decision(said: Said, hours: Hours) -> str:
    return together(decided_again(said, hours), said.text("why"))


def blocked(said: Said, hours: Hours) -> str:
    return f"{CONDITION_NAMES[Condition(said.variant)]}: {said.text('why')}"


def crew_changed(said: Said, hours: Hours) -> str:
    crews = {"crew": said.text("crew"), "before": said.text("before")}
    return _("%(crew)s in place of %(before)s") % crews if crews["before"] else crews["crew"]


def letter(said: Said, hours: Hours) -> str:
    count = int(said.data.get("people", 0))
    return ngettext("for %(count)d person", "for %(count)d persons", count) % {"count": count}


def parts(said: Said, hours: Hours) -> str:
    return said.text("parts") or _("none after all")


def signed(said: Said, hours: Hours) -> str:
    return ", ".join(text for text in (said.text("name"), said.text("position")) if text)


def left(said: Said, hours: Hours) -> str:
    words = _("the work is done") if said.variant == "done" else _("the work is unfinished")
    return f"{words}: {said.text('reason')}" if said.text("reason") else words


def together(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


FIELD_WRITERS: dict[Moment, Callable[[Said, Hours], str]] = {
    Moment.DISPATCH_AGREED: agreed,
    Moment.DISPATCH_CHANGED: agreed,
    Moment.VISIT_RESUMED: agreed,
    Moment.BLOCKED: blocked,
    Moment.DECISION_SET: decision,
    Moment.CREW_CHANGED: crew_changed,
    Moment.PERMIT_LETTER_SENT: letter,
    Moment.PARTS_USED: parts,
    Moment.VISIT_SIGNED: signed,
    Moment.LEFT_SITE: left,
}


# --- timeline ---------------------------------------------------------------------------------------------------------
def name_of(said: Said) -> str:
    """The event's word. A supervisor who goes on alone confirms nothing for the customer (P5 D)."""
    if said.moment == Moment.CONFIRMED and said.variant == "supervisor":
        return _("Not confirmed by the customer")
    if is_lacking(said.data) and said.moment == Moment.STABILISED:
        return _("Without good tests")
    if DENIES in said.data:
        return _("Not so: open again")
    return name_of_kind(said.moment)


def words_of(said: Said, hours: Hours) -> str:
    """What was said then; a text that was erased says so."""
    written = Said(said.seq, said.moment, said.variant, said.at, said.recorded_at, said.data, erased(said))
    writer = WRITERS.get(Moment(said.moment), plain)
    return " · ".join(part for part in (writer(written, hours), sender_mark(said.data)) if part)


def erased(said: Said) -> dict[str, str | None]:
    return {name: _("(erased)") if text is None else text for name, text in said.texts.items()}


def plain(said: Said, hours: Hours) -> str:
    return " · ".join(text for name in texts_of_kind(said.moment) if (text := said.text(name)))


def confirmed(said: Said, hours: Hours) -> str:
    return " · ".join(part for part in (plain(said, hours), grade_name(said.data)) if part)


def diagnosed(said: Said, hours: Hours) -> str:
    cause = said.text("cause")
    cause = _("%(cause)s (probable)") % {"cause": cause} if said.data.get("probable") else cause
    return _("%(cause)s. Plan: %(plan)s") % {"cause": cause.rstrip("."), "plan": said.text("plan")}


def shown(said: Said, name: str) -> str:
    """One text of it; one that was erased says so."""
    return erased(said).get(name) or "–"


def unproven(said: Said) -> str:
    """Why a step was taken without green evidence, and who answers for it (P6)."""
    facts = {"reason": said.text("reason").rstrip("."), "who": said.text("who") or _("a supervisor")}
    return _("without good tests: %(reason)s (decided by %(who)s)") % facts if is_lacking(said.data) else ""


def stabilised(said: Said, hours: Hours) -> str:
    return unproven(said)


def closed(said: Said, hours: Hours) -> str:
    prevention = said.text("prevention")
    again = _("So that it does not return: %(what)s") % {"what": prevention} if prevention else ""
    return " · ".join(part for part in (said.text("fault"), said.text("solution"), again, unproven(said)) if part)


def promise(said: Said, hours: Hours) -> str:
    return clock_name(said.data["clock"]) if said.data.get("clock") else ""


def redated(said: Said, hours: Hours) -> str:
    due, was = (hours.exact(datetime.fromisoformat(said.data[name])) for name in ("breached_at", "was"))
    return _("%(clock)s: fell due at %(due)s, not at %(was)s") % {"clock": promise(said, hours), "due": due, "was": was}


def wait_started(said: Said, hours: Hours) -> str:
    whom = said.text("party") or str(CAUSE_NAMES[WaitCause(said.variant)])
    words = _("for %(whom)s: %(reason)s. Asked by %(who)s. Stands still: %(clocks)s")
    clocks = clock_names(said.data.get("clocks", ()))
    return words % {"whom": whom, "reason": said.text("reason"), "who": said.text("asked_by"), "clocks": clocks}


def wait_ended(said: Said, hours: Hours) -> str:
    return _("waited for %(whom)s until now") % {"whom": CAUSE_NAMES[WaitCause(said.variant)]}


def escalated(said: Said, hours: Hours) -> str:
    """For which promise, where one was broken; else to which level."""
    if said.data.get("clock"):
        return promise(said, hours)
    return _("level %(n)d") % {"n": said.data["level"]} if said.data.get("level") else ""


def third_party(said: Said, hours: Hours) -> str:
    due = said.data.get("due_at")
    promised = _("promised by %(hour)s") % {"hour": hours.at(datetime.fromisoformat(due))} if due else ""
    return " · ".join(part for part in (said.text("party"), promised, said.text("word")) if part)


def flapped(said: Said, hours: Hours) -> str:
    return f"{what_was_seen(said)} ({lasting_exactly(int(said.data.get('seconds', 0)))})"


def relapsed(said: Said, hours: Hours) -> str:
    return what_was_seen(said)


def what_was_seen(said: Said) -> str:
    """By a probe, in the reader's language; by a person, as it was written."""
    return seen(said.data["saw"]) if said.data.get("saw") else said.text("what")


def contested(said: Said, hours: Hours) -> str:
    words = _("%(who)s objects to the stop of %(clocks)s: %(reason)s")
    clocks = clock_names(said.data.get("clocks", ()))
    return words % {"who": said.text("who"), "clocks": clocks, "reason": said.text("reason")}


def ruled(said: Said, hours: Hours) -> str:
    verdict = {
        "upheld": _("the objection is right, the stop does not count"),
        "rejected": _("the stop stands"),
    }.get(said.variant) or _("the objection is right in part")
    return f"{verdict}: {said.text('reason')}"


def band_changed(said: Said, hours: Hours) -> str:
    was, now = (BAND_NAMES[Band(said.data[name])] for name in ("band_was", "band_now"))
    words = _("from %(a)s to %(b)s; this case keeps its own") % {"a": was, "b": now}
    return f"{words}: {said.text('reason')}" if said.text("reason") else words


def news(said: Said, hours: Hours) -> str:
    return news_said(said.texts)


def common_cause(said: Said, hours: Hours) -> str:
    return cause_said(said.moment, said.variant, said.data, said.text("reason"))


def voice_agreed(said: Said, hours: Hours) -> str:
    if said.variant == "withdrawn":
        return _("withdrawn: %(hour)s") % {"hour": hours.at(datetime.fromisoformat(said.data["was"]))}
    words = _("%(who)s asks to be rung at %(hour)s")
    return words % {"who": said.text("whom"), "hour": hours.at(datetime.fromisoformat(said.data["hour"]))}


WRITERS: dict[Moment, Callable[[Said, Hours], str]] = {
    **FIELD_WRITERS,
    Moment.BAND_CHANGED: band_changed,
    Moment.NEWS_SENT: news,
    **dict.fromkeys((Moment.OUTAGE_JOINED, Moment.OUTAGE_LEFT, Moment.WORK_LINKED), common_cause),
    Moment.DIAGNOSED: diagnosed,
    Moment.CONFIRMED: confirmed,
    Moment.BREACHED: promise,
    Moment.BREACH_REDATED: redated,
    Moment.BREACH_LIFTED: promise,
    Moment.WAIT_STARTED: wait_started,
    Moment.WAIT_ENDED: wait_ended,
    Moment.ESCALATED: escalated,
    Moment.THIRD_PARTY_PROMISED: third_party,
    Moment.FLAPPED: flapped,
    Moment.RELAPSED: relapsed,
    Moment.STABILISED: stabilised,
    Moment.CLOSED: closed,
    Moment.VOICE_AGREED: voice_agreed,
    Moment.CONTESTED: contested,
    Moment.RULED: ruled,
}
