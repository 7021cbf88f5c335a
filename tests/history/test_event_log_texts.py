"""Whatever somebody managed to get into a text: each format gives it back, and no reader is led astray by it."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from guardia.customers.values import STARTS_A_FORMULA
from guardia.history.event_log import LoggedCase, LogRequest, LogRow, RowKind, Transition
from guardia.history.event_log_csv import cell, write_csv
from guardia.history.event_log_ocel import OcelFile
from guardia.history.event_log_xes import NOT_IN_XML, attribute, write_xes

ZONE = ZoneInfo("America/Guayaquil")
AT = datetime(2026, 11, 24, 13, 30, 0, 120, tzinfo=UTC)
ANY = st.text(st.characters(), max_size=60)
"""Any text at all: control characters, halves of pairs, line ends of every kind."""


def case_with(words: str) -> LoggedCase:
    row = LogRow(
        RowKind.EVENT, "noted", words, Transition.COMPLETE, AT, "event-1", words, words, {"seq": 1, "texts": words}, 1
    )
    return LoggedCase(1042738, "America/Guayaquil", {"subject": words, "complaint": False}, (row,))


def whole(words: str) -> str:
    """What UTF-8 can hold of it."""
    return words.encode("utf-8", "replace").decode()


@given(ANY)
@example('"/><event><string key="x" value="y')
@example("]]>&amp;&#0;\x00\x0b\ud800\ufffe\r\n\t ")
def test_xes_gives_back_every_text_but_what_xml_cannot_hold(words):
    file = BytesIO()
    write_xes(file, [case_with(words)], LogRequest(with_texts=True))
    log = ElementTree.fromstring(file.getvalue())
    expected = NOT_IN_XML.sub("\ufffd", words)
    (trace,) = log.findall("trace")
    (event,) = trace.findall("event")
    of_trace = {one.get("key"): one.get("value") for one in trace}
    of_event = {one.get("key"): one.get("value") for one in event}
    assert of_trace["subject"] == expected
    assert [of_event[key] for key in ("concept:name", "org:resource", "texts")] == [expected] * 3
    assert len(event) == 10


@given(ANY)
@example("=1+1")
@example("\t=1+1")
@example(" @SUM(A1)")
@example("-2+3\r\n=cmd|' /C calc'!A0")
def test_csv_gives_back_every_text_and_none_is_a_formula(words):
    file = BytesIO()
    write_csv(file, [case_with(words)], LogRequest(with_texts=True))
    head, line = csv.reader(StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    found = dict(zip(head, line, strict=True))
    expected = whole(words.replace("\0", "\ufffd"))
    for column in ("name", "texts", "case_subject"):
        assert not found[column].startswith(STARTS_A_FORMULA)
        assert not found[column].lstrip().startswith(STARTS_A_FORMULA)
        assert found[column].removeprefix("'") == expected.removeprefix("'")
    assert found["timestamp"] == "2026-11-24T08:30:00.000120-05:00"


@given(ANY)
@example('"}]}\u2028\ud800\udfff\x00')
def test_ocel_gives_back_every_text(words):
    file = BytesIO()
    request = LogRequest(with_texts=True)
    written = OcelFile(file, request)
    written.event(id="1", type="noted", time="", attributes=[{"name": "texts", "value": words}], relationships=[])
    written.thing("case-1", "case", {"subject": words, "complaint": False})
    written.end()
    found = json.loads(file.getvalue().decode())
    expected = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in words)
    assert found["events"][0]["attributes"][0]["value"] == expected
    assert [one["value"] for one in found["objects"][0]["attributes"]] == [*([expected] if words else []), "false"]


@given(st.timedeltas(timedelta(), timedelta(days=80_000)))
def test_an_hour_is_the_same_instant_to_the_microsecond_in_each_format(later):
    at = AT + later
    assert datetime.fromisoformat(cell(at, ZONE)) == at
    element = ElementTree.fromstring(attribute("time:timestamp", at, ZONE))
    assert datetime.fromisoformat(element.get("value", "")) == at
    assert element.tag == "date"
