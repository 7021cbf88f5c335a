"""Two companies whose cases went through everything that a log tells: waits, a visit, a breach, a relapse."""

from collections import Counter
from io import BytesIO

import pytest

from guardia.cases.waiting import WaitReason
from guardia.config.sql_rows import rows_of
from guardia.history.event_log import LogRequest
from guardia.history.event_log_file import EventLog
from guardia.procedure.vocabulary import WaitCause
from tests.reports.told import Told

EVENTS = """
    SELECT c.number, e.seq, to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    FROM case_event e JOIN "case" c ON c.id = e.case_id WHERE true
"""


class Histories(Told):
    """``first`` closed after a visit and a wait; ``second`` relapsed and is open; ``third`` is the hospital's."""

    def happen(self) -> "Histories":
        self.head_of_the_bank = self.head.pk
        self.first = self.restored_by_a_visit()
        self.minutes_pass(60)
        self.second = self.open_again()
        self.minutes_pass(60)
        self.another_company()
        self.third = self.diagnosed_after(10)
        return self

    def restored_by_a_visit(self):
        self.open_case()
        reason = WaitReason(WaitCause.CUSTOMER, "Jefe de Sistemas", "no hay acceso a la sede")
        self.case.wait(reason, by=self.by, at=self.now)
        self.minutes_pass(12)
        self.case.go_on(self.case.waits.get(ended_at=None), by=self.by, at=self.now)
        self.minutes_pass(45)
        self.the_sweep_runs()
        self.diagnosis("visit")
        self.case.note("solo nuestro", by=self.by, at=self.now)
        self.visit_is_agreed()
        self.case.depart(by=self.by, at=self.now)
        self.minutes_pass(60)
        self.case.arrive(by=self.by, at=self.now)
        self.minutes_pass(30)
        self.service_is_restored()
        self.minutes_pass(2)
        self.customer_confirms()
        self.window_is_green()
        self.case.stabilise(by=self.by, at=self.now)
        self.minutes_pass(3)
        closing = {"fault": "fibra cortada", "solution": "empalme", "prevention": "otra ruta"}
        self.case.close(**closing, by=self.by, at=self.now)
        return self.case

    def open_again(self):
        self.diagnosed_after(5)
        self.service_is_restored()
        self.minutes_pass(5)
        self.case.relapse("volvió a caer", by=self.by, at=self.now)
        return self.case


def file_of(form: str, **asked) -> bytes:
    """The log in this format, as whoever asks gets it."""
    file = BytesIO()
    EventLog(LogRequest(**asked), form).write(file)
    return file.getvalue()


def events_on_record(more: str = "") -> Counter:
    """Number, place in the history and hour of each event, as PostgreSQL says by itself."""
    return Counter((str(number), seq, at) for number, seq, at in rows_of(EVENTS + more))


@pytest.fixture
def histories(as_staff) -> Histories:
    return Histories().happen()
