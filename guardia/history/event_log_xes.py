"""An event log as XES (IEEE 1849-2016): a trace for each case, written one by one.

Elements stand in no namespace and in the order of the standard's schema, a line for each, since some readers read line
by line; every key that has a prefix is of one of four extensions. Hours have the offset of the case's zone.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from io import TextIOWrapper
from typing import IO
from zoneinfo import ZoneInfo

from guardia.history.event_log import LoggedCase, LogRequest, LogRow, Transition, Value, case_columns, row_columns

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped (W3C, 2.2): control characters and halves of a pair."""
ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value="?"/>
</global>
<global scope="event">
{every}
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="ActivityAndTransition" scope="event" keys="concept:name lifecycle:transition"/>
<classifier name="Code" scope="event" keys="activity lifecycle:transition"/>
{about}
"""


def write_xes(file: IO[bytes], cases: Iterable[LoggedCase], request: LogRequest) -> None:
    """``cases`` are written as they come: there is never a tree of the whole."""
    of_row, of_case = tuple(row_columns(request)), tuple(case_columns(request))
    text = TextIOWrapper(file, encoding="utf-8", newline="\n")
    every = "\n".join(attribute(key, value, UTC) for key, value in EVERY_EVENT.items())
    about = "\n".join(attribute(key, value, UTC) for key, value in ABOUT.items())
    text.write(HEAD.format(every=every, about=about))
    for case in cases:
        text.write("".join(trace(case, of_case, of_row)))
    text.write("</log>\n")
    text.flush()
    text.detach()


EVERY_EVENT: dict[str, Value] = {
    "concept:name": "?",
    "concept:instance": "?",
    "lifecycle:transition": Transition.COMPLETE,
    "time:timestamp": EPOCH,
    "org:resource": "?",
    "org:role": "?",
    "activity": "?",
    "row": "?",
}
"""What every event of the log has, with the type of each."""
ABOUT: dict[str, Value] = {"concept:name": "Guardia", "lifecycle:model": "standard"}


def trace(case: LoggedCase, of_case: Iterable[str], of_row: tuple[str, ...]) -> Iterator[str]:
    zone = ZoneInfo(case.zone)
    yield "<trace>\n" + attribute("concept:name", str(case.number), zone) + "\n"
    yield from (attribute(name, case.columns[name], zone) + "\n" for name in of_case if name in case.columns)
    for row in case.rows:
        yield "<event>\n" + "\n".join(attributes(row, of_row, zone)) + "\n</event>\n"
    yield "</trace>\n"


def attributes(row: LogRow, of_row: tuple[str, ...], zone: ZoneInfo) -> Iterator[str]:
    yield attribute("concept:name", row.name, zone)
    yield attribute("concept:instance", row.instance, zone)
    yield attribute("lifecycle:transition", row.transition, zone)
    yield attribute("time:timestamp", row.at, zone)
    yield attribute("org:resource", row.resource, zone)
    yield attribute("org:role", row.role, zone)
    yield attribute("activity", row.activity, zone)
    yield attribute("row", row.row, zone)
    yield from (attribute(name, row.more[name], zone) for name in of_row if name in row.more)


def attribute(key: str, value: Value, zone: tzinfo) -> str:
    """The element of one attribute; its type follows from the value."""
    match value:
        case bool():
            return f'<boolean key="{key}" value="{"true" if value else "false"}"/>'
        case int():
            return f'<int key="{key}" value="{value}"/>'
        case datetime():
            return f'<date key="{key}" value="{value.astimezone(zone).isoformat(timespec="microseconds")}"/>'
    return f'<string key="{key}" value="{escaped(value)}"/>'


def escaped(words: str) -> str:
    """As the value of an attribute, from which a reader gets every sign back but those that XML cannot hold."""
    return NOT_IN_XML.sub("\ufffd", words).translate(ESCAPED)
