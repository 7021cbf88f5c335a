"""Closed cases of a former tool: every row is found again in a case, or is named with what is wrong."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.clocks.clock import Clock
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import load
from guardia.notices.notice import Notice
from tests.procedure.story import Story

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GUAYAQUIL = ZoneInfo("America/Guayaquil")
TABLE = """
system: Old Desk
hours: {order: dmy}
rows:
  - columns: {number: Nr, company: Company, service: Circuit, subject: Subject, symptoms: Text, opened: Opened,
      restored: Back, closed: Closed, cause: Cause, solution: Solution, state: State}
states: {done: closed, back: restored, withdrawn: cancelled, open: working}
"""
LOG = """
system: Log
rows:
  - columns: {number: case, company: company, time: at, activity: [what, how], note: note, author: who}
states:
  Accepted / In Progress: working
  Accepted / Wait - User: waiting customer
  Accepted / Wait - Vendor: waiting third_party
  Completed: restored
  Completed / Closed: closed
"""


@pytest.fixture
def story(as_staff):
    story = Story()
    story.now = NOW
    return story


def brought(tmp_path, text, mapping, now=NOW, name="file.csv", write=True):
    path = Path(tmp_path / name)
    path.write_text(text, encoding="utf-8")
    with HistoryFile([path], load(mapping, "mapping.yaml")) as file:
        file.read()
        return bring_in(file, GUAYAQUIL, lambda: now, nullcontext, write=write), file


def troubles(file):
    return {what: count for (what, _word), count in file.troubles.counts.items()}


def test_a_table_of_closed_cases(story, tmp_path):
    service, company = story.service, story.service.customer
    text = (
        "Nr,Company,Circuit,Subject,Text,Opened,Back,Closed,Cause,Solution,State\n"
        f"INC1,{company.name},{service.circuit},Sin enlace,Cliente sin servicio,03/04/2024 08:10,03/04/2024 09:00,"
        "03/04/2024 24:00,Corte de fibra,Empalme,done\n"
    )
    result, file = brought(tmp_path, text, TABLE)
    assert (result.new, result.known) == (1, 0)
    assert troubles(file) == {"24:00": 1}
    case = Case.objects.get(former_number="INC1", former_system="Old Desk")
    assert (case.customer, case.service, case.stage, case.status) == (company, service, "closure", "closed")
    assert case.opened_at == datetime(2024, 4, 3, 13, 10, tzinfo=UTC)
    assert case.restored_at == datetime(2024, 4, 3, 14, 0, tzinfo=UTC)
    assert case.closed_at == datetime(2024, 4, 4, 5, 0, tzinfo=UTC)
    assert (case.cause, case.solution, case.subject) == ("Corte de fibra", "Empalme", "Sin enlace")
    assert list(case.events.order_by("seq").values_list("moment", flat=True)) == ["former_opened", "former_closed"]
    assert not Clock.objects.filter(case=case).exists()
    assert not Notice.objects.filter(case=case).exists()
    assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []


def test_an_event_log_with_waits_and_a_reopening(story, tmp_path):
    name = story.service.customer.name
    rows = [
        ("1", name, "2024-05-06T10:00:00-05:00", "Accepted", "In Progress", "visto", "ana"),
        ("1", name, "2024-05-06T11:00:00-05:00", "Accepted", "Wait - User", "", "ana"),
        ("1", name, "2024-05-06T13:30:00-05:00", "Accepted", "In Progress", "", ""),
        ("1", name, "2024-05-06T14:00:00-05:00", "Completed", "Resolved", "", ""),
        ("1", name, "2024-05-07T08:00:00-05:00", "Accepted", "Wait - Vendor", "", ""),
        ("1", name, "2024-05-07T09:00:00-05:00", "Completed", "Closed", "", ""),
        ("1", name, "2024-05-07T09:30:00-05:00", "Called back", "", "gracias", ""),
    ]
    text = "case,company,at,what,how,note,who\n" + "\n".join(",".join(row) for row in rows) + "\n"
    result, file = brought(tmp_path, text, LOG)
    assert result.new == 1
    assert sum(result.events.values()) == 7
    assert result.waited == {"customer": timedelta(minutes=150), "third_party": timedelta(hours=1)}
    assert (result.reopenings, result.reopened_cases) == (1, 1)
    assert troubles(file) == {"unknown state": 1}
    case = Case.objects.get(former_number="1")
    assert case.closed_at == datetime(2024, 5, 7, 14, 0, tzinfo=UTC)
    noted = CaseEvent.objects.filter(case=case, moment="former_noted").order_by("seq")
    assert [event.variant for event in noted] == [
        "working",
        "waiting",
        "working",
        "restored",
        "reopened",
        "closed",
        "note",
    ]
    assert list(chain.breaks(besides=derived.breaks)) == []
    again, file = brought(tmp_path, text, LOG)
    assert (again.new, again.known, troubles(file)) == (0, 1, {"unknown state": 1})
    changed, file = brought(tmp_path, text.replace("gracias", "de nada"), LOG)
    assert (changed.new, changed.known) == (0, 1)
    assert troubles(file)["changed since"] == 1
