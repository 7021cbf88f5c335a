"""An event log as OCEL 2.0 in JSON: events, and the objects that they are about, with the word for each relation.

Written as it comes: events go to the file, objects to a file beside it that is added at the end. The published schema
(ocel20-schema-json.json) has every value as text; its type stands with the type of the event or of the object.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

from guardia.events.kinds import KINDS
from guardia.history.event_log import (
    ColumnType,
    LoggedCase,
    LogRequest,
    LogRow,
    RowKind,
    Transition,
    Value,
    case_columns,
    pseudonym,
    row_columns,
)
from guardia.history.event_log_reading import CaseFacts, NoticeFact, VisitFact, WaitFact
from guardia.history.event_log_rows import clock_columns, stages_in, wait_columns
from guardia.history.event_log_things import ThingReader
from guardia.procedure.vocabulary import Moment

AT_ANY_TIME = "1970-01-01T00:00:00+00:00"
"""The hour of a value that holds from the beginning, as the specification writes it (chapter 7)."""
STRING, INTEGER, TIME = ColumnType.STRING, ColumnType.INTEGER, ColumnType.TIME
DERIVED = {
    (RowKind.STAGE, Transition.START): "stage_started",
    (RowKind.STAGE, Transition.COMPLETE): "stage_ended",
    (RowKind.PROMISE, Transition.START): "promise_started",
    (RowKind.PROMISE, Transition.COMPLETE): "promise_ended",
}
"""Types of the events that follow from the rows. A wait is an object, and its events are those of the history."""
EVERY_EVENT = {"name": STRING, "resource": STRING, "role": STRING}
OF_A_STAGE = ("variant", "ordinal")
OF_AN_EVENT = (
    *("seq", "variant", "clause", "public", "recorded_at", "clock", "ordinal", "level", "to_desk", "grade", "excluded"),
    *("actor_name", "texts"),
)
OF_A_PROMISE = (
    *("clock", "ordinal", "outcome", "target_seconds", "comparison", "taken_seconds", "calendar", "due_at"),
    "breached_at",
)
OF_A_WAIT = ("clocks", "ruling", "void")
OF_A_VISIT = ("decided_at", "agreed_at", "departed_at", "arrived_at", "permit_cleared_at", "restored_at", "left_at")


class OcelFile:
    """The two files that a log is made of, and which objects beside the cases it has named so far."""

    def __init__(self, file: IO[bytes], request: LogRequest) -> None:
        self.request = request
        self.text = TextIOWrapper(file, encoding="utf-8", newline="\n")
        self.beside = TextIOWrapper(TemporaryFile(), encoding="utf-8", newline="\n")  # noqa: SIM115 (end closes it)
        self.parts = {id(self.text): "", id(self.beside): ""}
        self.things = ThingReader(with_names=request.with_texts)
        types = {"objectTypes": object_types(request), "eventTypes": event_types(request)}
        self.text.write(json.dumps(types, indent=1)[:-2] + ',\n "events": [')

    def event(self, **found: Any) -> None:
        self._add(self.text, found)

    def thing(
        self, id_: str, type_: str, columns: Mapping[str, Value | None], relations: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.changing_thing(id_, type_, constant(columns), relations)

    def changing_thing(
        self, id_: str, type_: str, values: Iterable[dict[str, str]], relations: Iterable[tuple[str, str]]
    ) -> None:
        self._add(
            self.beside,
            {"id": id_, "type": type_, "attributes": list(values), "relationships": related(relations)},
        )

    def _add(self, where: TextIOWrapper, found: dict[str, Any]) -> None:
        where.write(self.parts[id(where)] + "\n" + json.dumps(found, ensure_ascii=False).translate(HALVES))
        self.parts[id(where)] = ","

    def end(self) -> None:
        for id_, type_, columns, relations in self.things.read():
            self.thing(id_, type_, columns, relations)
        self.text.write('\n ],\n "objects": [')
        self.text.flush()
        self.beside.flush()
        self.beside.seek(0)
        copyfileobj(self.beside.buffer, self.text.buffer)
        self.beside.close()
        self.text.write("\n ]\n}\n")
        self.text.flush()
        self.text.detach()


HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
"""Halves of a pair, which UTF-8 cannot hold."""


def write_ocel(file: IO[bytes], cases: Iterable[tuple[CaseFacts, LoggedCase]], request: LogRequest) -> None:
    """``cases`` are written as they come."""
    written = OcelFile(file, request)
    for facts, case in cases:
        write_case(written, facts, case)
    written.end()


def write_case(written: OcelFile, facts: CaseFacts, case: LoggedCase) -> None:
    row, id_ = facts.columns, f"case-{case.number}"
    beside = [
        (name, written.things.named(what, row[key]))
        for name, what, key in (
            ("for", "company", "customer_id"),
            ("about", "service", "service_id"),
            ("at", "site", "site_id"),
        )
        if row[key] is not None
    ]
    columns = {name: value for name, value in case.columns.items() if name != "stage"}
    stages = [value_at("stage", stage, start) for stage, start, _end in stages_in(facts.events)]
    written.changing_thing(id_, "case", [*constant(columns), *stages], beside)
    for clock in facts.clocks:
        kind = f"promise-{case.number}-{clock.kind}-{clock.ordinal}"
        written.thing(kind, "clock", clock_columns(clock) | {"started_at": clock.started_at}, [("made in", id_)])
    for wait in facts.waits:
        written.thing(f"wait-{wait.id}", "wait", wait_object(wait), [("stops", id_)])
    for visit in facts.visits:
        written.thing(f"visit-{visit.id}", "visit", visit_columns(visit), [("made for", id_)])
    for notice in facts.notices:
        written.thing(f"notice-{notice.id}", "notice", notice_columns(notice), [("owed in", id_)])
    over = [("over", written.things.named("element", pk)) for pk in facts.elements]
    relations = Relations(facts, case, [("of", id_), *beside], over)
    for each in case.rows:
        if each.row == RowKind.EVENT:
            write_event(written, case, each, each.activity, OF_AN_EVENT, relations.of_event(each))
        elif type_ := DERIVED.get((each.row, each.transition)):
            of_row = OF_A_STAGE if each.row == RowKind.STAGE else OF_A_PROMISE
            write_event(written, case, each, type_, of_row, relations.of_derived(each))


def write_event(
    written: OcelFile,
    case: LoggedCase,
    row: LogRow,
    type_: str,
    names: Sequence[str],
    relations: Iterable[tuple[str, str]],
) -> None:
    more = {"variant": row.activity.partition("/")[2]} if row.row == RowKind.STAGE else {}
    columns: dict[str, Value] = {"name": row.name, "resource": row.resource, "role": row.role, **more}
    columns |= {name: row.more[name] for name in names if name in row.more}
    end = "" if row.row == RowKind.EVENT else f"-{row.transition}"
    written.event(
        id=f"{case.number}-{row.instance}{end}",
        type=type_,
        time=hour(row.at),
        attributes=[{"name": name, "value": as_text(value)} for name, value in columns.items()],
        relationships=related(relations),
    )


class Relations:
    """Which objects an event of this case is about, each with the word for it. ``every``: those of every event, the
    case first; ``over``: the elements of its service, of its registration alone.
    """

    def __init__(
        self, facts: CaseFacts, case: LoggedCase, every: Sequence[tuple[str, str]], over: Sequence[tuple[str, str]]
    ) -> None:
        self.number, self.every, self.over = case.number, every, over
        self.clocks = {(clock.kind, clock.ordinal) for clock in facts.clocks}
        self.known = {f"visit-{visit.id}" for visit in facts.visits} | {f"wait-{wait.id}" for wait in facts.waits}
        self.told: dict[int, list[tuple[str, str]]] = {}
        for notice in facts.notices:
            self.told.setdefault(notice.seq, []).append(("tells", f"notice-{notice.id}"))

    def of_event(self, row: LogRow) -> Iterator[tuple[str, str]]:
        yield from self.every
        if row.activity == Moment.REGISTERED:
            yield from self.over
        more = row.more
        for word, name in (("during", "visit"), ("about", "wait")):
            if more.get(name) in self.known:
                yield word, str(more[name])
        yield from self._promise(row, "about")
        yield from self.told.get(row.seq, ())

    def of_derived(self, row: LogRow) -> Iterator[tuple[str, str]]:
        yield self.every[0]
        if row.row == RowKind.PROMISE:
            yield from self._promise(row, "starts" if row.transition == Transition.START else "ends")

    def _promise(self, row: LogRow, word: str) -> Iterator[tuple[str, str]]:
        key = (row.more.get("clock"), row.more.get("ordinal", 1))
        if key in self.clocks:
            yield word, f"promise-{self.number}-{key[0]}-{key[1]}"


# --- values -----------------------------------------------------------------------------------------------------------
def visit_columns(visit: VisitFact) -> dict[str, Value | None]:
    """The crew stands under a pseudonym."""
    crew = pseudonym("crew", visit.crew, None) if visit.crew else None
    hours = {name: getattr(visit, name) for name in OF_A_VISIT}
    return {"crew": crew, "outcome": visit.outcome, "specialty": visit.specialty, **hours, "ended_at": visit.ended_at}


def wait_object(wait: WaitFact) -> dict[str, Value | None]:
    columns = {name: value for name, value in wait_columns(wait).items() if name in OF_A_WAIT}
    return {**columns, "cause": wait.cause, "started_at": wait.started_at, "ended_at": wait.ended_at}


def notice_columns(notice: NoticeFact) -> dict[str, Value | None]:
    contact = pseudonym("contact", notice.contact, None) if notice.contact else None
    recipient = contact or (pseudonym("staff", notice.staff, None) if notice.staff else None)
    return {"recipient": recipient, "state": notice.state, "reason": notice.reason, "owed_at": notice.owed_at}


def constant(columns: Mapping[str, Value | None]) -> Iterator[dict[str, str]]:
    for name, value in columns.items():
        if value not in (None, ""):
            yield {"name": name, "value": as_text(value), "time": AT_ANY_TIME}


def value_at(name: str, value: Value, at: datetime) -> dict[str, str]:
    return {"name": name, "value": as_text(value), "time": hour(at)}


def as_text(value: Value | None) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return hour(value)
    return str(value)


def hour(at: datetime) -> str:
    """In UTC, with its microseconds (RFC 3339)."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def related(relations: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": id_, "qualifier": word} for word, id_ in relations]


# --- types ------------------------------------------------------------------------------------------------------------
def object_types(request: LogRequest) -> list[dict[str, Any]]:
    of_row = row_columns(request)
    names = {"name": STRING} if request.with_texts else {}
    times = dict.fromkeys((*OF_A_VISIT, "ended_at"), TIME)
    return [
        declared("case", case_columns(request)),
        declared("company", {"code": STRING, **names}),
        declared("service", {"circuit": STRING, "service_type": STRING}),
        declared("site", {"code": STRING, "city": STRING, "band": STRING, **names}),
        declared("element", {"code": STRING, "kind": STRING}),
        declared("visit", {"crew": STRING, "outcome": STRING, "specialty": STRING, **times}),
        declared("clock", {name: of_row[name] for name in OF_A_PROMISE} | {"started_at": TIME}),
        declared("wait", {name: of_row[name] for name in OF_A_WAIT} | {"cause": STRING} | WAIT_HOURS),
        declared("notice", {"recipient": STRING, "state": STRING, "reason": STRING, "owed_at": TIME}),
    ]


WAIT_HOURS = {"started_at": TIME, "ended_at": TIME}


def event_types(request: LogRequest) -> list[dict[str, Any]]:
    """A type for each kind of event that there is, and for what follows from the rows."""
    of_row = row_columns(request)
    of_kind = {RowKind.STAGE: OF_A_STAGE, RowKind.PROMISE: OF_A_PROMISE}
    of_event = {name: of_row[name] for name in OF_AN_EVENT if name in of_row}
    return [
        *(declared(kind.moment.value, EVERY_EVENT | of_event) for kind in KINDS.values()),
        *(
            declared(type_, EVERY_EVENT | {name: of_row[name] for name in of_kind[kind]})
            for (kind, _transition), type_ in DERIVED.items()
        ),
    ]


def declared(name: str, columns: Mapping[str, ColumnType]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": one, "type": type_.value} for one, type_ in columns.items()]}
