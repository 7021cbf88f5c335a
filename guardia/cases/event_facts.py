"""What an event says, fact by fact, as the sentences of ``events.kinds`` name them; and how each is written.

Each screen brings what is its own: how it writes an hour, whom it knows by name (``Writer``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.cases.case_proofs import grade_name, is_lacking
from guardia.cases.event import CaseEvent
from guardia.cases.labels import (
    BAND_NAMES,
    CAUSE_NAMES,
    CLOCK_NAMES,
    CONDITION_NAMES,
    IMPACT_NAMES,
    LATE_REASON_NAMES,
    sender_mark,
)
from guardia.cases.number import grouped
from guardia.config.languages import active, text_name
from guardia.customers.phones import spoken
from guardia.events.kinds import KINDS, name_of_kind
from guardia.events.sentence import Part, read
from guardia.evidence.measured_sentences import seen, typed
from guardia.notices.wording.page_text import WHY
from guardia.procedure.vocabulary import Band, ClockKind, Condition, Impact, LateReason, Moment, WaitCause

LONGEST_BEGINNING = 600  # characters
NUMBERS = {"phone", "call_back_number", "from_number"}
WRITTEN_APART = {"impact", "affected_since", "fields", "service", "site", "customer", "band", "zone"}
CHANGED: dict[str, Promise] = {
    "forecast": gettext_lazy("forecast"),
    "crew": gettext_lazy("crew"),
    "site_contact": gettext_lazy("contact at the site"),
    "access": gettext_lazy("access hours"),
    "agreed_by": gettext_lazy("who agreed on it"),
    "people": gettext_lazy("who enters"),
    "plate": gettext_lazy("plate"),
    "tools": gettext_lazy("tools"),
    "parts": gettext_lazy("parts"),
    "specialty": gettext_lazy("specialty"),
}


class Writer(Protocol):
    """How one screen writes what depends on its reader. Hours are aware, lengths are seconds."""

    @property
    def for_operator(self) -> bool: ...
    def hour(self, at: datetime) -> str: ...
    def exact(self, at: datetime) -> str: ...
    def span(self, start: datetime, end: datetime | None) -> str: ...
    def lasting(self, seconds: int) -> str: ...
    def staff(self, ids: Sequence[int]) -> str: ...
    def desk(self, key: str) -> str: ...


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event before one reader, who sees these ``texts`` of it; of one that was erased, what stands in its place."""

    moment: Moment
    variant: str
    data: Mapping[str, Any]
    texts: Mapping[str, str]
    writer: Writer

    @property
    def for_operator(self) -> bool:
        return self.writer.for_operator

    def written(self, fact: str) -> str:
        name, _bar, form = fact.partition("|")
        if form:
            return FORMS[form](self.found(name), self.writer)
        found = self.found(name)
        return str(found) if found else ""

    def found(self, name: str) -> Any:
        """As it stands in the event; None where it does not."""
        if worked_out := WORKED_OUT.get(name):
            return worked_out(self)
        head, _dot, rest = name.partition(".")
        return self.data.get(rest) if head == "data" else self.texts.get(name)


def sentence_of(facts: EventFacts) -> str:
    """What the event says, in one sentence, with the mark of a mail whose sender was not proven. The customer reads
    nothing of a kind that is not public.
    """
    words = read(_sentence_for(facts), facts)
    return " · ".join(part for part in (words, sender_mark(facts.data)) if part)


def _sentence_for(facts: EventFacts) -> Part:
    kind = KINDS[facts.moment]
    if facts.for_operator:
        return kind.sentence
    if not (kind.public and kind.reported):
        return ""
    return kind.sentence if kind.to_customer is None else kind.to_customer


def title_of(facts: EventFacts) -> str:
    """The event's own word, before its sentence."""
    kind = KINDS[facts.moment]
    return read(kind.title or kind.name, facts)


def staff_named_in(events: Iterable[CaseEvent]) -> set[int]:
    """The ids of the people these events speak of."""
    found: set[int] = set()
    for event in events:
        for name in ("staff", "to") if event.moment == Moment.ASSIGNED else ("staff",):
            found |= set(_ids(event.data.get(name)))
    return found


def news_text(texts: Mapping[str, str | None]) -> str:
    """News in the active language, where it was written in it; else as it was written. Erased: nothing."""
    return texts.get(text_name(active())) or texts.get("text") or ""


# --- facts that are worked out ----------------------------------------------------------------------------------------
def _details(facts: EventFacts) -> str:
    """What was completed later (P2): texts, how the service is and since when, what a desk asks for, numbers."""
    data = facts.data
    parts = [*facts.texts.values()]
    if impact := data.get("impact"):
        parts.append(str(IMPACT_NAMES[Impact(impact["to"])]))
    if since := data.get("affected_since"):
        parts.append(_("since %(hour)s") % {"hour": facts.writer.hour(datetime.fromisoformat(since["to"]))})
    parts += data.get("fields", {}).values()
    parts += [str(value) for name, value in data.items() if name not in WRITTEN_APART and value]
    return " · ".join(part for part in parts if part)


def _what_was_seen(facts: EventFacts) -> str:
    """By a probe, in the reader's language; by a person, as it was written."""
    return seen(facts.data["saw"]) if facts.data.get("saw") else facts.texts.get("what", "")


def _result(facts: EventFacts) -> str:
    result = facts.texts.get("result", "")
    return typed(result) if facts.data.get("typed") else result


WORKED_OUT: dict[str, Callable[[EventFacts], Any]] = {
    "": lambda facts: "",
    "variant": lambda facts: facts.variant,
    "texts": lambda facts: " · ".join(facts.texts.values()),
    "details": _details,
    "result": _result,
    "what_was_seen": _what_was_seen,
    "grade": lambda facts: grade_name(facts.data),
    "without_evidence": lambda facts: is_lacking(facts.data),
    "news": lambda facts: news_text(facts.texts),
    "group_name": lambda facts: (
        facts.texts.get(text_name(active()).replace("text", "group")) or facts.texts.get("group")
    ),
}


# --- how a fact is written --------------------------------------------------------------------------------------------
def _ids(found: Any) -> list[int]:
    return found if isinstance(found, list) else [found] if found else []


def _at(found: Any) -> datetime | None:
    return datetime.fromisoformat(found) if found else None


def _start_and_end(found: Any, writer: Writer) -> tuple[str, str]:
    """The hours of a forecast; empty where it is not one."""
    start, end = (writer.hour(datetime.fromisoformat(one)) for one in found) if found and len(found) == 2 else ("", "")
    return start, end


def _span(found: Any, writer: Writer) -> str:
    if not found or len(found) != 2 or not found[0]:
        return ""
    return writer.span(datetime.fromisoformat(found[0]), _at(found[1]))


def _clock(found: Any, writer: Writer) -> str:
    """``Arrival: at the site``; empty where it is no promise."""
    return "{}: {}".format(*CLOCK_NAMES[ClockKind(found)]) if found in set(ClockKind) else ""


def _clocks(found: Any, writer: Writer) -> str:
    return ", ".join(dict.fromkeys(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in found or ()))


def _persons(found: Any, writer: Writer) -> str:
    count = int(found or 0)
    return ngettext("for %(count)d person", "for %(count)d people", count) % {"count": count}


def _beginning(found: Any, writer: Writer) -> str:
    """The whole of a mail is on its own page."""
    text = found or ""
    return text if len(text) <= LONGEST_BEGINNING else f"{text[:LONGEST_BEGINNING]}…"


def _hour(found: Any, writer: Writer) -> str:
    at = _at(found)
    return writer.hour(at) if at else ""


FORMS: dict[str, Callable[[Any, Writer], str]] = {
    "hour": _hour,
    "exact": lambda found, writer: writer.exact(datetime.fromisoformat(found)) if found else "",
    "span": _span,
    "start": lambda found, writer: _start_and_end(found, writer)[0],
    "end": lambda found, writer: _start_and_end(found, writer)[1],
    "lasting": lambda found, writer: writer.lasting(int(found or 0)),
    "count": lambda found, writer: str(found or 0),
    "clock": _clock,
    "clocks": _clocks,
    "level": lambda found, writer: _("level %(n)d") % {"n": found or 0},
    "staff": lambda found, writer: writer.staff(_ids(found)),
    "desk": lambda found, writer: writer.desk(str(found or "")),
    "case": lambda found, writer: grouped(found),
    "kind": lambda found, writer: name_of_kind(found) if found in set(Moment) else "",
    "why_paged": lambda found, writer: str(WHY.get(found or "", "")),
    "band": lambda found, writer: str(BAND_NAMES[Band(found)]),
    "condition": lambda found, writer: str(CONDITION_NAMES[Condition(found)]),
    "cause": lambda found, writer: str(CAUSE_NAMES[WaitCause(found)]),
    "late_reason": lambda found, writer: str(LATE_REASON_NAMES[LateReason(found)]),
    "persons": _persons,
    "changed": lambda found, writer: ", ".join(str(CHANGED[name]) for name in found or () if name in CHANGED),
    "phone": lambda found, writer: spoken(found or ""),
    "bare": lambda found, writer: (found or "").rstrip("."),
    "beginning": _beginning,
}
"""What may stand behind the bar of a fact's name. ``bare``: without its last full stop, since ours follows."""


def facts_of(
    moment: str, variant: str, data: Mapping[str, Any], texts: Mapping[str, str], writer: Writer
) -> EventFacts:
    """``texts``: those that this reader may see, in the order in which they are read; a telephone number is written as
    it is read aloud.
    """
    numbers = {name: spoken(texts[name]) for name in NUMBERS & texts.keys()}
    return EventFacts(Moment(moment), variant, data, {**texts, **numbers}, writer)
