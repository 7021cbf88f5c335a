"""What stands in an event log, against what PostgreSQL says by itself; read with the standard library alone."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import translation

from guardia.cases.event_columns import CASE, at
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of
from guardia.history import event_log_reading
from guardia.history.event_log import CASE_COLUMNS, ROW_COLUMNS, ColumnType, LogRequest, RowKind
from guardia.history.event_log_reading import EventFact
from guardia.history.event_log_rows import END_OF_THE_CASE, stages_in
from tests.history.conftest import events_on_record, file_of

ELEMENTS = {
    ColumnType.STRING: "string",
    ColumnType.INTEGER: "int",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.TIME: "date",
}
STANDARD = {
    **dict.fromkeys(("concept:name", "concept:instance", "lifecycle:transition", "org:resource", "org:role"), "string"),
    "time:timestamp": "date",
    "activity": "string",
    "row": "string",
}
FORMS = ("xes", "ocel", "csv")
WRITTEN = ("ingeniero1", "Jefe de Sistemas", "Banco Austral", "agencia matriz", "fibra cortada", "No tienen servicio")
"""Names and prose of the story."""


def in_utc(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(UTC).isoformat(timespec="microseconds")


def traces(content: bytes) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    """The attributes of each trace of a XES file, and those of each of its events."""
    for trace in ElementTree.parse(BytesIO(content)).getroot().findall("trace"):
        of_trace = {one.get("key"): one.get("value") for one in trace if one.tag != "event"}
        yield of_trace, [{one.get("key"): one.get("value") for one in event} for event in trace.findall("event")]


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def values(thing: dict[str, Any]) -> dict[str, str]:
    """The attributes of an event or of an object; of one that changed the last."""
    return {one["name"]: one["value"] for one in thing["attributes"]}


def counted(form: str, content: bytes) -> Counter:
    """Case, place in the history and hour of each event of the history that a file has."""
    if form == "csv":
        rows = [(row["case"], row["row"], row["seq"], row["timestamp"]) for row in lines(content)]
    elif form == "xes":
        rows = [
            (trace["concept:name"], event["row"], event.get("seq", ""), event["time:timestamp"])
            for trace, events in traces(content)
            for event in events
        ]
    else:
        rows = [
            (event["id"].partition("-")[0], "event", values(event).get("seq", ""), event["time"])
            for event in json.loads(content)["events"]
        ]
    return Counter((case, int(seq), in_utc(hour)) for case, row, seq, hour in rows if row == "event" and seq)


# --- complete ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
def test_every_event_of_every_case_is_in_it_once_with_its_hour(histories, form):
    on_record = events_on_record()
    assert len({number for number, _seq, _at in on_record}) == 3
    assert counted(form, file_of(form)) == on_record


@pytest.mark.parametrize("form", FORMS)
def test_however_few_cases_are_read_together_the_file_is_the_same(histories, monkeypatch, form):
    whole = file_of(form)
    most = []
    read = event_log_reading.rows_of
    monkeypatch.setattr(event_log_reading, "AT_ONCE", 1)
    monkeypatch.setattr(event_log_reading, "rows_of", lambda *asked: most.append(read(*asked)) or most[-1])
    assert file_of(form) == whole
    assert [len(found) for found in most] == [1, 1, 1, 1], "the count, and then a case each"


@pytest.mark.parametrize("form", FORMS)
def test_it_may_be_of_one_company_and_of_some_days(histories, form):
    hospitals = counted(form, file_of(form, company=histories.other.pk))
    assert hospitals == events_on_record(f" AND c.customer_id = {histories.other.pk}")
    opened = histories.second.opened_at
    earlier = counted(form, file_of(form, opened_before=opened))
    later = counted(form, file_of(form, opened_from=opened))
    assert {number for number, *_ in earlier} == {str(histories.first.number)}
    assert earlier + later == events_on_record()


def test_an_operator_without_cases_has_an_empty_log_in_each_format(as_staff):
    assert list(traces(file_of("xes"))) == []
    assert lines(file_of("csv")) == []
    found = json.loads(file_of("ocel"))
    assert (found["events"], found["objects"]) == ([], [])


# --- rows -------------------------------------------------------------------------------------------------------------
def rows(case, kind: str) -> list[dict[str, str]]:
    return [row for row in lines(file_of("csv")) if (row["case"], row["row"]) == (str(case.number), kind)]


def test_stages_follow_each_other_without_a_gap_until_the_case_is_closed(histories):
    found = rows(histories.first, "stage")
    stages = [row["activity"] for row in found if row["lifecycle"] == "start"]
    names = ("reception", "registration", "diagnosis", "execution", "verification", "stability", "closure")
    assert stages == [f"stage/{name}" for name in names]
    starts, ends = ([row["timestamp"] for row in found if row["lifecycle"] == way] for way in ("start", "complete"))
    assert starts[1:] == ends[:-1]
    histories.first.refresh_from_db()
    assert in_utc(ends[-1]) == histories.first.closed_at.isoformat(timespec="microseconds")


def test_a_relapse_begins_the_diagnosis_once_more_and_what_lasts_has_no_end(histories):
    found = [(row["instance"], row["lifecycle"]) for row in rows(histories.second, "stage")]
    assert ("stage-diagnosis-1", "complete") in found
    assert found[-1] == ("stage-diagnosis-2", "start")


def test_a_case_ends_by_the_events_that_set_the_hour_of_its_closing():
    assert {moment for moment, columns in CASE.items() if columns.get("closed_at") is at} == END_OF_THE_CASE


def test_a_wait_stands_in_it_with_its_hours_as_they_are_now(histories):
    wait = histories.first.waits.get()
    begun, over = rows(histories.first, "wait")
    assert (begun["activity"], begun["lifecycle"], over["lifecycle"]) == ("wait/customer", "start", "complete")
    assert [in_utc(row["timestamp"]) for row in (begun, over)] == [
        hour.isoformat(timespec="microseconds") for hour in (wait.started_at, wait.ended_at)
    ]
    assert begun["instance"] == over["instance"] == f"wait-{wait.pk}"
    assert "diagnosis" in begun["clocks"].split()
    assert begun["void"] == "false"
    started = next(row for row in rows(histories.first, "event") if row["activity"] == "wait_started")
    assert started["wait"] == f"wait-{wait.pk}"


def test_promises_are_those_of_the_table_of_clocks(histories):
    asked = """
        SELECT c.number, k.kind, k.ordinal, k.outcome, k.target_seconds, k.taken_seconds, k.ended_at IS NOT NULL
        FROM clock k JOIN "case" c ON c.id = k.case_id
    """
    on_record = {(str(number), kind, str(ordinal)): rest for number, kind, ordinal, *rest in rows_of(asked)}
    found: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in lines(file_of("csv")):
        if row["row"] == "promise":
            found.setdefault((row["case"], row["clock"], row["ordinal"]), []).append(row)
    assert found.keys() == on_record.keys()
    for key, (outcome, target, taken, is_over) in on_record.items():
        assert len(found[key]) == 1 + is_over
        row = found[key][-1]
        assert (row["outcome"], row["target_seconds"], row["taken_seconds"]) == (
            outcome,
            *("" if seconds is None else str(seconds) for seconds in (target, taken)),
        )
    late = next(row for row in rows(histories.first, "promise") if row["activity"] == "promise/diagnosis")
    assert late["outcome"] == "breached"
    assert late["due_at"]


def test_rows_stand_by_their_hours_and_only_those_that_are_asked_for(histories):
    for _trace, events in traces(file_of("xes")):
        hours = [in_utc(event["time:timestamp"]) for event in events]
        assert hours == sorted(hours)
    some = {row["row"] for row in lines(file_of("csv", rows=frozenset({RowKind.STAGE, RowKind.WAIT})))}
    assert some == {"stage", "wait"}


def test_the_columns_of_a_case_are_those_of_its_row(histories):
    (first, _rows), *_others = traces(file_of("xes"))
    case = histories.first
    case.refresh_from_db()
    assert first["concept:name"] == str(case.number)
    assert first["number"] == case.display_number
    assert (first["company"], first["service"], first["city"]) == (f"company-{case.customer_id}", "ENL-0042", "Cuenca")
    assert (first["status"], first["kind"], first["impact"]) == ("closed", "incident", "down")
    assert first["affected_seconds"] == str(case.affected_seconds)
    assert in_utc(first["restored_at"]) == case.restored_at.isoformat(timespec="microseconds")
    assert first["opened_at"].endswith("-05:00"), "with the offset of its zone"


# --- who may know whom ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
def test_nobody_is_named_and_no_prose_stands_in_it(histories, form):
    content = file_of(form).decode()
    assert [words for words in (*WRITTEN, "solo nuestro", "empalme") if words in content] == []
    told = file_of(form, with_texts=True).decode()
    assert [words for words in (*WRITTEN, "solo nuestro", "empalme") if words not in told] == []


def test_whoever_acted_stands_there_by_role_and_pseudonym(histories):
    events = [row for row in lines(file_of("csv")) if row["row"] == "event"]
    noted = next(row for row in events if row["activity"] == "noted")
    assert re.fullmatch(r"staff-[0-9a-f]{12}", noted["resource"])
    assert noted["role"] == "engineer"
    assert {row["resource"] for row in events if row["role"] == "engineer"} == {noted["resource"]}
    assert any((row["resource"], row["role"]) == ("system", "system") for row in events)


def own_log(company: int, form: str = "csv") -> bytes:
    """As the portal gives it, under the policies of its role."""
    with behind(DatabaseRole.PORTAL, company):
        return file_of(form, company=company, for_customer=True)


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_a_company_gets_the_public_events_of_its_own_cases(histories, form):
    content = own_log(histories.bank.pk, form)
    with behind(DatabaseRole.STAFF):
        public = events_on_record(f" AND c.customer_id = {histories.bank.pk} AND e.public")
        internal = events_on_record(f" AND c.customer_id = {histories.bank.pk} AND NOT e.public")
    assert counted(form, content) == public
    assert internal


def test_a_company_gets_nothing_of_another_whatever_is_asked_for(histories):
    with behind(DatabaseRole.PORTAL, histories.bank.pk):
        assert lines(file_of("csv", company=histories.other.pk, for_customer=True)) == []


def test_a_company_learns_neither_roles_nor_the_escalation_and_compares_nobody_with_another(histories):
    own = lines(own_log(histories.bank.pk))
    assert {row["role"] for row in own} <= {"operator", "customer", "system"}
    assert not {"acknowledgement", "movement", "call_task"} & {row["clock"] for row in own}
    assert "dropped" not in {row["outcome"] for row in own}
    theirs = lines(own_log(histories.other.pk))
    people = [{row["resource"] for row in rows if row["role"] == "operator"} for rows in (own, theirs)]
    assert all(people)
    assert not people[0] & people[1]


def test_a_company_cannot_be_given_texts():
    with pytest.raises(ValueError, match="has no texts"):
        LogRequest(company=1, with_texts=True, for_customer=True)
    with pytest.raises(ValueError, match="is of that company"):
        LogRequest(for_customer=True)


# --- as the standards have it -----------------------------------------------------------------------------------------
def test_xes_stands_in_the_order_of_its_schema_with_the_types_that_are_described(histories):
    log = ElementTree.parse(BytesIO(file_of("xes", with_texts=True))).getroot()
    assert (log.tag, log.get("xes.version")) == ("log", "1849.2016")
    tags = [one.tag for one in log]
    order = ["extension", "global", "classifier", "string", "trace"]
    assert list(dict.fromkeys(tags)) == order
    assert sorted(tags, key=order.index) == tags
    prefixes = {one.get("prefix") for one in log.findall("extension")}
    described = {name: ELEMENTS[type_] for name, type_ in {**CASE_COLUMNS, **ROW_COLUMNS}.items()} | STANDARD
    for one in log.iter():
        key = one.get("key")
        if key is None:
            continue
        assert re.fullmatch(r"[a-z_]+(:[a-z_]+)?", key)
        assert ":" not in key or key.partition(":")[0] in prefixes
        assert one.tag == described.get(key, "string")
        if one.tag == "date":
            assert datetime.fromisoformat(one.get("value", "")).tzinfo
        elif one.tag == "int":
            int(one.get("value", ""))
        elif one.tag == "boolean":
            assert one.get("value") in {"true", "false"}
    (_scope, every) = log.findall("global")
    for event in log.iter("event"):
        keys = [one.get("key") for one in event]
        assert len(keys) == len(set(keys))
        assert {one.get("key") for one in every} <= set(keys)
    for classifier in log.findall("classifier"):
        assert set(classifier.get("keys", "").split()) <= {one.get("key") for one in every}


def test_ocel_names_only_objects_that_it_has_and_values_that_it_declares(histories):
    found = json.loads(file_of("ocel", with_texts=True))
    assert set(found) == {"objectTypes", "eventTypes", "events", "objects"}
    objects = {one["id"]: one for one in found["objects"]}
    assert len(objects) == len(found["objects"])
    assert len({one["id"] for one in found["events"]}) == len(found["events"])
    for things, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {type_["name"]: {one["name"]: one["type"] for one in type_["attributes"]} for type_ in found[types]}
        assert {type_ for of in declared.values() for type_ in of.values()} <= {"string", "time", "integer", "boolean"}
        for one in found[things]:
            for value in one["attributes"]:
                type_ = declared[one["type"]][value["name"]]
                assert isinstance(value["value"], str)
                assert type_ != "integer" or int(value["value"]) is not None
                assert type_ != "time" or datetime.fromisoformat(value["value"]).tzinfo
                assert things == "events" or datetime.fromisoformat(value["time"]).tzinfo
            assert {relation["objectId"] for relation in one["relationships"]} <= objects.keys()


def test_ocel_has_each_thing_that_the_cases_are_about(histories):
    found = json.loads(file_of("ocel"))
    counts = Counter(one["type"] for one in found["objects"])
    asked = """
        SELECT (SELECT count(*) FROM "case"), (SELECT count(*) FROM clock WHERE case_id IS NOT NULL),
               (SELECT count(*) FROM wait), (SELECT count(*) FROM visit), (SELECT count(*) FROM notice), 2, 2, 2
    """
    names = ("case", "clock", "wait", "visit", "notice", "company", "service", "site")
    assert [counts[name] for name in names] == list(rows_of(asked)[0])
    number = histories.first.number
    words = {
        (event["type"], relation["qualifier"], relation["objectId"].split("-")[0])
        for event in found["events"]
        if event["id"].startswith(f"{number}-")
        for relation in event["relationships"]
    }
    assert {
        ("dispatch_agreed", "during", "visit"),
        ("wait_ended", "about", "wait"),
        ("breached", "about", "promise"),
        ("promise_ended", "ends", "promise"),
        ("registered", "tells", "notice"),
        ("closed", "for", "company"),
        ("closed", "about", "service"),
        ("closed", "at", "site"),
    } <= words
    case = next(one for one in found["objects"] if one["id"] == f"case-{number}")
    stages = [(one["value"], one["time"]) for one in case["attributes"] if one["name"] == "stage"]
    assert [stage for stage, _at in stages][-1] == "closure"
    assert [at for _stage, at in stages] == sorted(at for _stage, at in stages)


def test_the_names_of_activities_are_in_the_language_that_is_active(histories):
    for language, names in {
        "en": {"Diagnosis", "Stage: Diagnosis", "Wait: the customer"},
        "es": {"Diagnóstico", "Etapa: Diagnóstico", "Espera: cliente"},
        "pt": {"Diagnóstico", "Etapa: Diagnóstico", "Espera: o cliente"},
    }.items():
        with translation.override(language):
            assert names <= {row["name"] for row in lines(file_of("csv"))}


def test_an_event_of_a_kind_that_is_not_known_stands_in_it_by_its_code(histories, monkeypatch):
    """As where an older version reads the rows of a newer one."""
    monkeypatch.setattr("guardia.history.event_log_rows.KINDS", {})
    assert counted("csv", file_of("csv")) == events_on_record()


def test_an_hour_that_came_in_late_makes_no_stage_end_before_it_begins(histories):
    def event(seq: int, moment: str, minute: int) -> EventFact:
        at = histories.now + timedelta(minutes=minute)
        return EventFact(seq, moment, "", at, at, "system", None, True, {}, None)

    found = list(stages_in([event(1, "registered", 10), event(2, "diagnosed", 5), event(3, "closed", 20)]))
    assert [(stage, (end - start).total_seconds()) for stage, start, end in found] == [
        ("diagnosis", 0),
        ("execution", 900),
    ]
