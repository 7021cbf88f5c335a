"""An exchange as an operator sets it: country, signature, queues, trunk contexts, on or off; all of it on record."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.calls import cti_mapping, recordings
from guardia.calls.ami import SHORTEST_OUTSIDE, TRUNKS, Packet, known, value
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeKind
from guardia.calls.exchanges import AGENT, EXCHANGE, on_record
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

LONGEST_QUEUE, LONGEST_CONTEXT, LONGEST_DIALLED, LONGEST_AREA = 80, 80, 40, 5
MOST_QUEUES, MOST_CONTEXTS, MOST_NUMBERS = 200, 50, 200
CONTEXT = re.compile(r"[\w.@/:-]+")


def change(
    exchange: Exchange, fields: Mapping[str, Any], *, desks: Collection[str], by: Staff | None, at: datetime
) -> Exchange:
    """Keep ``country``, ``area``, ``recording``, ``signed``, ``contexts`` and ``queues`` of it, those that are given.

    ``at`` is UTC.

    ``desks``: the keys of the procedure's desks, where queues may lead. Raises ValidationError by field.
    """
    kept: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    readers: dict[str, Callable[[Any], Any]] = {
        "country": country,
        "area": area,
        "recording": recordings.checked,
        "mapping": mapping,
        "signed": bool,
        "contexts": contexts,
        "queues": lambda pairs: queues(pairs, desks),
    }
    for name in readers.keys() & fields.keys():
        try:
            kept[name] = readers[name](fields[name])
        except ValidationError as wrong:
            problems[name] = wrong.messages
    if problems:
        raise ValidationError(problems)
    return _keep(exchange, kept, by, at)


def name_context(exchange: Exchange, name: str, *, outside: bool, by: Staff | None, at: datetime) -> Exchange:
    """Calls of this context come in from outside, or are the operator's own; the others stay. Raises
    ValidationError.
    """
    (name,) = contexts([name]) or [""]
    if not name:
        raise ValidationError(_("Write the name of the context."))

    def kept(found: Exchange) -> dict[str, Any]:
        used = contexts_in_use(found, at)
        if not outside:
            rest = [each for each in found.contexts if each != name]
            return {"contexts": rest, "inside": contexts([*found.inside, name])}
        return {"contexts": contexts([*used, name]), "inside": [each for each in found.inside if each != name]}

    return _keep_with(exchange, kept, by, at)


def name_queue(
    exchange: Exchange, queue: str, desk: str, *, desks: Collection[str], by: Staff | None, at: datetime
) -> Exchange:
    """This queue leads to that desk from now on. Raises ValidationError."""
    named = queues([(queue, desk)], desks)
    if not named:
        raise ValidationError(_("Choose the desk that the queue leads to."))
    return _keep_with(exchange, lambda found: {"queues": queues({**found.queues, **named}, desks)}, by, at)


def name_number(
    exchange: Exchange, number: str, line: str, *, lines: Collection[str], by: Staff | None, at: datetime
) -> Exchange:
    """Who dials this number rings that line of the procedure. Raises ValidationError."""
    number = " ".join(number.replace("\0", "").split())
    if not number or len(number) > LONGEST_DIALLED:
        raise ValidationError(_("Write the number as the exchange has it, at most %d characters.") % LONGEST_DIALLED)
    if line not in lines:
        raise ValidationError(_("Choose the line that the number belongs to."))

    def kept(found: Exchange) -> dict[str, Any]:
        named = {**found.numbers, number: line}
        if len(named) > MOST_NUMBERS:
            raise ValidationError(_("More than %d numbers do not fit.") % MOST_NUMBERS)
        return {"numbers": named}

    return _keep_with(exchange, kept, by, at)


def forget_number(exchange: Exchange, number: str, *, by: Staff | None, at: datetime) -> Exchange:
    """This number is none of ours any more; the procedure alone says whose it is."""

    def kept(found: Exchange) -> dict[str, Any]:
        return {"numbers": {each: line for each, line in found.numbers.items() if each != number}}

    return _keep_with(exchange, kept, by, at)


def switch(exchange: Exchange, is_active: bool, *, by: Staff | None, at: datetime) -> Exchange:
    """In use or not: the address of one that is switched off answers nobody; one we listen to is listened to no more.

    What it told stays.
    """
    return _keep(exchange, {"is_active": is_active}, by, at)


def too_early(exchange: Exchange, name: str, since: datetime) -> str:
    """Why this name cannot be given from that hour (UTC) on: it was given to somebody later. Empty where it can."""
    current = exchange.agents.filter(name=name.strip(), until=None).select_related("staff").first()
    if current is None or current.since < since:
        return ""
    hour = date_format(localtime(current.since), "d/m/Y H:i")
    words = _("“%(name)s” has been %(who)s since %(hour)s. Write a later time.")
    return words % {"name": current.name, "who": current.staff.name, "hour": hour}


def end_agent(agent: ExchangeAgent, *, by: Staff | None, at: datetime) -> None:
    """From ``at`` (UTC) on the exchange means nobody by this name. Ended already: nothing happens."""
    take_turn(AGENT, f"{agent.exchange_id} {agent.name}")
    kept = ExchangeAgent.objects.filter(pk=agent.pk, until=None).first()
    if kept is None:
        return
    until = max(at, kept.since)
    ExchangeAgent.objects.filter(pk=kept.pk).update(until=until)
    before = {"staff": kept.staff_id, "name": kept.name, "until": None}
    put_on_record(AGENT, kept.pk, before, {**before, "until": until.isoformat()}, by=by, at=at)


def country(written: str) -> str:
    """The two letters of a country with telephone numbers. Raises ValidationError."""
    code = str(written or "").strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        sentence = _("“%s” is not a country. Write its two letters, such as EC, CO or PE.")
        raise ValidationError(sentence % code[:10])
    return code


def area(written: str) -> str:
    """The digits of an area code, without the zero of a trunk call. Raises ValidationError."""
    digits = re.sub(r"[\s()-]", "", str(written or "")).lstrip("0")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_AREA):
        raise ValidationError(_("Write only the digits of the area code, such as 7 or 07."))
    return digits


def mapping(written: Mapping[str, str]) -> dict[str, str]:
    """``make``: a known one, none, or ``own`` with a file in ``toml``. Raises ValidationError."""
    make, own = written.get("make", ""), written.get("toml", "").replace("\0", "").strip()
    if make not in ("", *cti_mapping.MAKES, cti_mapping.OWN):
        raise ValidationError(_("No file is known for the make “%s”.") % make[:20])
    if make != cti_mapping.OWN:
        return {"make": make} if make else {}
    try:
        cti_mapping.read_mapping(own)
    except cti_mapping.MappingWrong as wrong:
        raise ValidationError(str(wrong)) from wrong
    return {"make": make, "toml": own}


def contexts(written: str | Iterable[str]) -> list[str]:
    """Names of trunk contexts, parted by commas or spaces, each once. Raises ValidationError."""
    names = re.split(r"[\s,;]+", written) if isinstance(written, str) else written
    found = list(dict.fromkeys(name for name in names if name))
    for name in found:
        if len(name) > LONGEST_CONTEXT or not CONTEXT.fullmatch(name):
            raise ValidationError(
                _("“%s” is not the name of a context. Write it as in the dialplan, such as from-trunk.") % name[:40]
            )
    if len(found) > MOST_CONTEXTS:
        raise ValidationError(_("More than %d contexts do not fit.") % MOST_CONTEXTS)
    return found


def queues(pairs: Mapping[str, str] | Iterable[tuple[str, str]], desks: Collection[str]) -> dict[str, str]:
    """Queue → desk; a queue that leads to no desk is left out. Raises ValidationError naming the queue."""
    found: dict[str, str] = {}
    for written, desk in pairs.items() if isinstance(pairs, Mapping) else pairs:
        queue = " ".join(written.replace("\0", "").split())
        if not (queue and desk):
            continue
        if len(queue) > LONGEST_QUEUE:
            raise ValidationError(_("The queue “%(queue)s…” is longer than %(most)d characters.") % _long(queue))
        if desk not in desks:
            raise ValidationError(_("“%s” leads to a desk that the procedure does not have.") % queue)
        if found.get(queue, desk) != desk:
            raise ValidationError(_("“%s” appears there twice, with two desks. Keep one.") % queue)
        found[queue] = desk
    if len(found) > MOST_QUEUES:
        raise ValidationError(_("More than %d queues do not fit.") % MOST_QUEUES)
    return found


def _long(queue: str) -> dict[str, object]:
    return {"queue": queue[:20], "most": LONGEST_QUEUE}


def _keep(exchange: Exchange, kept: Mapping[str, Any], by: Staff | None, at: datetime) -> Exchange:
    return _keep_with(exchange, lambda _found: kept, by, at)


def _keep_with(
    exchange: Exchange, kept: Callable[[Exchange], Mapping[str, Any]], by: Staff | None, at: datetime
) -> Exchange:
    """``kept`` is told what stands there now, under lock, and says what shall."""
    take_turn(EXCHANGE, exchange.name)
    found = Exchange.objects.select_for_update().get(pk=exchange.pk)
    before = on_record(found)
    for column, given in kept(found).items():
        setattr(found, column, given)
    if found.kind != ExchangeKind.AMI:
        found.contexts, found.inside = [], []
    else:
        found.mapping = {}
    named = ["contexts", "inside", "numbers", "queues", "mapping"]
    found.save(update_fields=["country", "area", "recording", "signed", *named, "is_active"])
    put_on_record(EXCHANGE, found.pk, before, on_record(found), by=by, at=at)
    return found


# Calls that an exchange told of and that nobody's screen shows: they came in by a context that nobody has named.
#
# The journal keeps what the exchange said of them, so whoever names the context has them at once.


LATELY = timedelta(days=7)
MOST_LOOKED_AT = 2000
MOST_SHOWN = 20
NOWHERE = ("", "s", "h")


@dataclass
class UnnamedContext:
    """A context by which calls came in that are none of ours so far. ``last_at`` in UTC, numbers as they came."""

    name: str
    last_at: datetime
    count: int = 0
    caller: str = ""
    dialled: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)


def is_outside(exchange: Exchange, context: str) -> bool:
    """Whether calls of this context count as coming in from outside."""
    return context in exchange.contexts if exchange.contexts else context.startswith(TRUNKS)


def unnamed_contexts(exchange: Exchange, now: datetime) -> list[UnnamedContext]:
    """By which contexts that nobody named calls came in within a week before ``now`` (UTC), the latest first."""
    found: dict[str, UnnamedContext] = {}
    for event in _beginnings(exchange, now):
        context = value(event.packet, "Context")
        if is_outside(exchange, context) or context in exchange.inside or not comes_from_outside(event.packet):
            continue
        one = found.setdefault(context, UnnamedContext(context, event.received_at))
        one.count += 1
        one.caller = one.caller or known(value(event.packet, "CallerIDNum"))
        dialled = value(event.packet, "Exten")
        if dialled not in (*NOWHERE, *one.dialled):
            one.dialled.append(dialled)
        one.references.append(event.reference)
    return list(found.values())[:MOST_SHOWN]


def contexts_in_use(exchange: Exchange, now: datetime) -> list[str]:
    """The contexts by which calls count as coming in, those that are taken for so without being named among them."""
    if exchange.contexts:
        return list(exchange.contexts)
    seen = (value(event.packet, "Context") for event in _beginnings(exchange, now))
    return list(dict.fromkeys([*TRUNKS, *sorted({name for name in seen if is_outside(exchange, name)})]))


def comes_from_outside(packet: Packet) -> bool:
    """Whether a call looks like one from outside: its caller has no telephone of the operator, and it leads somewhere.

    A call that this installation makes begins at a telephone with a short number, or (``Originate``) leads nowhere yet.
    """
    number, leads = known(value(packet, "CallerIDNum")), value(packet, "Exten") not in NOWHERE
    if not leads and value(packet, "ChannelState") == "0":
        return False
    digits = sum(sign.isdigit() for sign in number)
    return digits >= SHORTEST_OUTSIDE or (not digits and leads)


def _beginnings(exchange: Exchange, now: datetime) -> Iterable[ExchangeEvent]:
    """The first word of each call of the week, the latest first."""
    if exchange.kind != ExchangeKind.AMI:
        return
    lately = ExchangeEvent.objects.filter(exchange=exchange, received_at__gte=now - LATELY, source="ami")
    begun = lately.filter(name="Newchannel").order_by("-received_at", "-pk")
    for event in begun.only("reference", "packet", "received_at")[:MOST_LOOKED_AT]:
        if value(event.packet, "Uniqueid") == event.reference:
            yield event
