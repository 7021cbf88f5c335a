"""The fields of a make that pushes in a form of its own, told by a small file (TOML): which of them is which of ours.

What comes is kept in our words, with all of theirs beside it. A make is either told event by event, or by one record of
each call when it is over: such a record becomes the three messages that it tells of.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.calls.ami import Packet
from guardia.calls.cti_messages import ANSWER, HANGUP, MOST_PAIRS, NEW_CALL, Unfit
from guardia.calls.exchange import Exchange

MAKES = ("twilio", "3cx", "avaya", "yeastar", "grandstream")
"""Files beside this one, each from the make's published format; none was tried with a live exchange."""
OWN = "own"
OURS = (
    *("callId", "origCallId", "direction", "from", "to", "queue", "user", "userId", "answeringNumber", "cause"),
    *("timestamp", "recording", "fromName"),
)
EVENTS, IGNORED = (NEW_CALL, ANSWER, HANGUP), "ignored"
VALUES = {"direction": ("in", "out")}
MOMENTS = ("started", "answered", "ended", "rings", "talks")
TIMES = ("iso", "epoch", "rfc2822")
THEIRS = "their."
LONGEST = 20_000


class MappingWrong(ValueError):
    """The file cannot be used; the words name the place and say what to write."""


@dataclass(frozen=True)
class Rule:
    """An event of ours, where one of these fields holds one of these words. ``is_``: ``ignored`` says nothing to us.

    ``also``: a second field must hold one of its words too.
    """

    is_: str
    fields: tuple[str, ...]
    words: frozenset[str]
    also: "Rule | None" = None

    def fits(self, theirs: Mapping[str, list[str]]) -> bool:
        found = any(word in self.words for name in self.fields for word in theirs.get(name, ()))
        return found and (self.also is None or self.also.fits(theirs))


@dataclass(frozen=True)
class Fields:
    """A make's file, read. ``record``: by ``started`` …, which field holds it; empty where events are told."""

    name: str
    source: str
    time: str
    fields: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    events: Sequence[Rule] = ()
    record: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answered_if: Rule | None = None


# --- the file ---------------------------------------------------------------------------------------------------------


def of_exchange(exchange: Exchange) -> Fields | None:
    """How this one's fields are called; None where it speaks a form that needs no file."""
    make, own = exchange.mapping.get("make", ""), exchange.mapping.get("toml", "")
    return read_mapping(own) if make == OWN else read_mapping(shipped(make)) if make in MAKES else None


@lru_cache
def shipped(make: str) -> str:
    return (files("guardia.calls") / "makes" / f"{make}.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def read_mapping(text: str) -> Fields:
    """Raises MappingWrong."""
    if len(text) > LONGEST:
        raise MappingWrong(_("The file is longer than %d characters.") % LONGEST)
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise MappingWrong(_("This is not TOML: %s.") % wrong) from wrong
    _no_others(said, ("name", "source", "time", "fields", "values", "events", "record"), "")
    names = {ours: _fields_of(theirs, f"fields.{ours}") for ours, theirs in _table(said, "fields").items()}
    _no_others(names, OURS, "fields.")
    if "callId" not in names:
        raise MappingWrong(_("fields.callId is missing: write which field names the call in all its messages."))
    record = dict(_table(said, "record"))
    answered_if = record.pop("answered_if", None)
    events = said.get("events", [])
    if not isinstance(events, list) or bool(events) == bool(record):
        raise MappingWrong(_("Write either [[events]], or [record] where one record comes of each call."))
    read_ = Fields(
        name=str(said.get("name", "")),
        source=str(said.get("source", "")),
        time=_time(said.get("time", "iso")),
        fields=names,
        values={ours: _values(ours, words) for ours, words in _table(said, "values").items()},
        events=tuple(_rule(one, f"events {place}", (*EVENTS, IGNORED)) for place, one in enumerate(events, 1)),
        record={moment: _fields_of(theirs, f"record.{moment}") for moment, theirs in record.items()},
        answered_if=_answered_if(answered_if),
    )
    _complete(read_)
    return read_


def _answered_if(said: Any) -> Rule | None:
    if said is None:
        return None
    place = "record.answered_if"
    if not isinstance(said, dict):
        raise MappingWrong(_("%s must be a table: [%s].") % (place, place))
    return _rule({"is": ANSWER, **said}, place, EVENTS)


def _complete(one: Fields) -> None:
    _no_others(one.record, MOMENTS, "record.")
    if one.record and not ("started" in one.record and ("ended" in one.record or "talks" in one.record)):
        raise MappingWrong(_("record must say started, and ended or talks: when the call came, and when it was over."))
    missing = {NEW_CALL, HANGUP} - {rule.is_ for rule in one.events}
    if one.events and missing:
        raise MappingWrong(
            _("No event means %s: without it no call starts, or none ends.") % ", ".join(sorted(missing))
        )


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name, {})
    if not isinstance(found, dict):
        raise MappingWrong(_("%s must be a table: [%s].") % (name, name))
    return found


def _no_others(said: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    for name in said:
        if name not in known:
            raise MappingWrong(
                _("%(place)s%(name)s is not known. Known: %(known)s.")
                % {"place": place, "name": name[:40], "known": ", ".join(known)}
            )


def _fields_of(theirs: Any, place: str) -> tuple[str, ...]:
    names = [theirs] if isinstance(theirs, str) else theirs
    if not (isinstance(names, list) and names and all(isinstance(name, str) and name for name in names)):
        raise MappingWrong(_('%s must name a field: "CallSid", or several in order: ["A", "B"].') % place)
    return tuple(names)


def _values(ours: str, words: Any) -> Mapping[str, str]:
    place = f"values.{ours}"
    if ours not in OURS or not isinstance(words, dict) or not all(isinstance(one, str) for one in words.values()):
        raise MappingWrong(_("%s must be a table of a known field: their word = our word.") % place)
    for word in words.values():
        if ours in VALUES and word not in VALUES[ours]:
            raise MappingWrong(
                _("%(place)s: “%(word)s” is not one of %(known)s.")
                % {"place": place, "word": word[:40], "known": ", ".join(VALUES[ours])}
            )
    return words


def _rule(said: Any, place: str, known: Sequence[str]) -> Rule:
    if not isinstance(said, dict) or said.get("is") not in known:
        raise MappingWrong(_("%(place)s: is must be one of %(known)s.") % {"place": place, "known": ", ".join(known)})
    words = said.get("any")
    if not (isinstance(words, list) and words and all(isinstance(one, str | int) for one in words)):
        raise MappingWrong(_('%s: any must list the words: any = ["ringing"].') % place)
    _no_others(said, ("is", "field", "any", "also"), f"{place}: ")
    more = said.get("also")
    also = _rule({"is": said["is"], **more}, f"{place}: also", known) if isinstance(more, dict) else None
    fields = _fields_of(said.get("field"), f"{place}: field")
    return Rule(said["is"], fields, frozenset(str(one) for one in words), also)


def _time(written: Any) -> str:
    if isinstance(written, str) and (written in TIMES or "%" in written):
        return written
    raise MappingWrong(_("time must be iso, epoch, rfc2822, or a form such as %s.") % "%Y-%m-%d %H:%M:%S")


# --- a message --------------------------------------------------------------------------------------------------------


def translated(packet: Packet, by: Fields) -> list[Packet]:
    """The messages in our words that a packet of theirs tells of; often one, none where it is ignored. Raises Unfit."""
    theirs: dict[str, list[str]] = {}
    for name, text in packet:
        theirs.setdefault(name, []).append(text)
    moments = list(_moments(theirs, by))
    if not moments:
        return []
    _must_have(theirs, by.fields["callId"], "callId")
    facts = [(ours, word) for ours in by.fields for word in _facts(theirs, by, ours)]
    beside = [(f"{THEIRS}{name}", text) for name, text in packet][: MOST_PAIRS - len(facts) - 2]
    return [_message(event, at, facts, beside) for event, at in moments]


def _message(event: str, at: str, facts: Sequence[tuple[str, str]], beside: Sequence[tuple[str, str]]) -> Packet:
    said = [("event", event), *(pair for pair in facts if pair[0] != "timestamp"), *beside]
    return [*said, ("timestamp", at)] if at else said


def _moments(theirs: Mapping[str, list[str]], by: Fields) -> Iterator[tuple[str, str]]:
    """Each event and its hour (ISO 8601), empty where none is said."""
    if by.record:
        yield from _of_record(theirs, by)
        return
    for rule in by.events:
        if rule.fits(theirs):
            if rule.is_ != IGNORED:
                yield rule.is_, _hour(theirs, by.fields.get("timestamp", ()), by.time)
            return
    looked_at = dict.fromkeys(name for rule in by.events for name in rule.fields)
    found = {name: ", ".join(theirs[name]) for name in looked_at if name in theirs}
    words = "; ".join(f"{name} = {words[:40]}" for name, words in found.items()) or ", ".join(looked_at)
    raise Unfit(
        next(iter(found), next(iter(looked_at))),
        _("No event in the mapping matches (%(words)s): add it there, as “ignored” if it means nothing.")
        % {"words": words},
    )


def _of_record(theirs: Mapping[str, list[str]], by: Fields) -> Iterator[tuple[str, str]]:
    _must_have(theirs, by.record["started"], "record.started")
    started = datetime.fromisoformat(_hour(theirs, by.record["started"], by.time))
    rings, talks = (_length(theirs, by.record.get(name, ()), name) for name in ("rings", "talks"))
    answered = _hour(theirs, by.record.get("answered", ()), by.time)
    if not answered and talks:
        answered = (started + rings).isoformat()
    if by.answered_if and not by.answered_if.fits(theirs):
        answered = ""
    ended = _hour(theirs, by.record.get("ended", ()), by.time) or (started + rings + talks).isoformat()
    yield NEW_CALL, started.isoformat()
    if answered:
        yield ANSWER, answered
    yield HANGUP, ended


def _facts(theirs: Mapping[str, list[str]], by: Fields, ours: str) -> list[str]:
    """What stands in the first of the fields that holds anything, in our words."""
    found = next((said for name in by.fields[ours] if (said := [one for one in theirs.get(name, ()) if one])), [])
    return [by.values.get(ours, {}).get(one, one) for one in dict.fromkeys(found)][: 1 if ours == "callId" else None]


def _must_have(theirs: Mapping[str, list[str]], names: Sequence[str], ours: str) -> None:
    if not any(one for name in names for one in theirs.get(name, ())):
        raise Unfit(
            names[0],
            _("%(field)s is missing: according to the mapping it is %(ours)s.") % {"field": names[0], "ours": ours},
        )


def _hour(theirs: Mapping[str, list[str]], names: Sequence[str], form: str) -> str:
    """The first hour that one of the fields says, as ISO 8601; empty where none does. Raises Unfit."""
    for name in names:
        for written in theirs.get(name, ()):
            if written and written.strip("0:-/ "):
                return _read_hour(name, written, form)
    return ""


def _read_hour(name: str, written: str, form: str) -> str:
    try:
        match form:
            case "iso":
                at = datetime.fromisoformat(written)
            case "epoch":
                at = datetime.fromtimestamp(float(written), ZoneInfo("UTC"))
            case "rfc2822":
                at = parsedate_to_datetime(written)
            case _:
                at = datetime.strptime(written, form)  # noqa: DTZ007 - its zone is the operator's, put below
    except (ValueError, OverflowError, OSError, TypeError) as wrong:
        sentence = _("%(field)s is “%(said)s”, which is not a valid time in the mapping's format (%(form)s).")
        raise Unfit(name, sentence % {"field": name, "said": written[:40], "form": form}) from wrong
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))).isoformat()


def _length(theirs: Mapping[str, list[str]], names: Sequence[str], ours: str) -> timedelta:
    """Seconds, or ``hh:mm:ss``; nothing where no field says it. Raises Unfit."""
    for name in names:
        for written in theirs.get(name, ()):
            parts = written.strip().split(":")
            if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts) or len(parts) > 3:
                sentence = _(
                    "%(field)s is “%(said)s”: according to the mapping it is %(ours)s, in seconds or hh:mm:ss."
                )
                raise Unfit(name, sentence % {"field": name, "said": written[:40], "ours": f"record.{ours}"})
            return timedelta(seconds=sum(int(part) * 60**place for place, part in enumerate(reversed(parts))))
    return timedelta()
