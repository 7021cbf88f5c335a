"""The way back: open cases leave with all their facts, and come in again as the same cases (RFC 4180, pandas)."""

import csv
import io
from contextlib import nullcontext
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import find
from guardia.history.open_cases import CountsFrom, TakingOver
from guardia.history.open_file import COLUMNS, LOG, write_open_cases
from guardia.people.audit import AuditEntry
from guardia.procedure.vocabulary import Impact
from tests.procedure.story import Story

SAME = ("customer", "service", "site", "subject", "symptoms", "reporter_name", "opened_at", "outage_started_at", "band")


def three_cases(story: Story) -> list[Case]:
    """In diagnosis, waiting for the customer, and restored; a fourth one is closed by withdrawal."""
    first = story.open_case()
    story.diagnosis()
    others = []
    for circuit in ("ENL-0043", "ENL-0044", "ENL-0045"):
        story.minutes_pass(7)
        story.service = Service.objects.create(
            customer=story.bank, site=story.site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
        )
        story.call = None
        others.append(story.case_is_registered(f'sin servicio;\n"{circuit}", desde ayer — ñandú', Impact.DEGRADED))
    story.case.cancel(reason="equivocado", by=story.by, at=story.now)
    return [first, *others[:2]]


def file_of() -> bytes:
    file = io.BytesIO()
    write_open_cases(file)
    return file.getvalue()


def rows_in(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def story(as_staff):
    return Story()


def test_each_open_case_is_a_row_with_its_facts_and_its_log(story):
    open_ones = three_cases(story)
    rows = rows_in(file_of())
    assert [int(row["number"]) for row in rows] == [case.number for case in open_ones]
    assert list(rows[0]) == [*COLUMNS, LOG]
    first = rows[0]
    assert first["circuit"] == "ENL-0042"
    assert datetime.fromisoformat(first["opened"]) == open_ones[0].opened_at
    assert first["cause"]
    assert len(first[LOG].splitlines()) == Case.objects.get(number=open_ones[0].number).events.count()
    assert rows[1]["symptoms"] == 'sin servicio;\n"ENL-0043", desde ayer — ñandú'


def test_pandas_reads_it_too(story):
    pandas = pytest.importorskip("pandas")
    three_cases(story)
    found = pandas.read_csv(io.BytesIO(file_of()), dtype=str)
    assert list(found["state"]) == ["inProgress", "acknowledged", "acknowledged"]


def test_brought_in_again_they_are_the_same_cases(story, tmp_path):
    """Registered by the sample mapping, counted from their opening: same company, service, words and hours."""
    before = three_cases(story)
    path = tmp_path / "open.csv"
    path.write_bytes(file_of())
    later = story.now + timedelta(minutes=1)
    with HistoryFile([path], find("guardia")) as file:
        file.read()
        rule = TakingOver(CountsFrom.OPENING, is_told=False)
        zone = ZoneInfo("America/Guayaquil")
        result = bring_in(file, zone, lambda: later, nullcontext, write=True, taking_over=rule)
    assert (result.new, result.taken_over, dict(file.troubles.counts)) == (3, 3, {})
    for case in before:
        was, is_now = Case.objects.get(pk=case.pk), Case.objects.get(former_number=str(case.number))
        said = {name: getattr(was, name) for name in SAME}
        said["outage_started_at"] = was.opened_at  # an import counts from the opening, as `--open opening` says
        assert {name: getattr(is_now, name) for name in SAME} == said
    assert not [*chain.breaks(besides=derived.breaks), *rebuild.rebuild()]


def test_the_command_writes_both_and_puts_it_on_record(transactional_db, tmp_path, capsys):
    with behind(DatabaseRole.STAFF):
        numbers = [case.number for case in three_cases(Story())]
    for form in ("csv", "xes"):
        assert main(["history", "export", "--open", "--format", form, "--out", str(tmp_path / f"open.{form}")]) == 0
    assert [int(row["number"]) for row in rows_in((tmp_path / "open.csv").read_bytes())] == numbers
    traces = etree.parse(tmp_path / "open.xes").getroot().findall("{*}trace")
    assert len(traces) == 3
    with behind(DatabaseRole.STAFF):
        assert {(one.about, one.facts["form"]) for one in AuditEntry.objects.filter(kind="exported")} == {
            ("open_cases", "csv"),
            ("event_log", "xes, with texts"),
        }
    assert (
        main(["history", "export", "--open", "--format", "csv", "--out", str(tmp_path / "x"), "--rows", "event"]) == 1
    )
    assert "--open as CSV" in capsys.readouterr().err
