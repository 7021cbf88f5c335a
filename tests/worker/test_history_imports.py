"""The worker's process that brings a former tool's cases in, for real: begun, ended with the worker, taken up again."""

from threading import Event

import pytest

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.history import history_import, import_files
from guardia.history.history_import import HistoryImport, ImportState
from guardia.people.staff import Role
from guardia.worker import history_imports
from tests.procedure.story import Story, staff

MAPPING = """
system: Old Desk
company: {company}
rows:
  - columns: {{number: Nr, subject: Subject, opened: Opened, closed: Closed}}
"""
ROWS = "Nr,Subject,Opened,Closed\n" + "".join(
    f"W-{n},Sin enlace,2024-04-03 08:10,2024-04-04 09:00\n" for n in range(120)
)


@pytest.fixture
def waiting(transactional_db) -> HistoryImport:
    """An import whose files are to be looked at; committed, so that another process sees it."""
    with behind(DatabaseRole.STAFF):
        company = Story().service.customer.name
        one = history_import.begin(staff("jefa", role=Role.ADMINISTRATOR), now())
        import_files.add_file(one, "w.csv", [ROWS.encode()])
        one.mapping = MAPPING.format(company=company)
        one.save()
    return one


def state_of(one: HistoryImport) -> str:
    with behind(DatabaseRole.STAFF):
        one.refresh_from_db()
    return one.state


@pytest.mark.process
def test_each_job_is_done_by_a_process_of_its_own(waiting):
    history_imports.work(Event())
    assert state_of(waiting) == ImportState.MAPPING, waiting.trouble
    with behind(DatabaseRole.STAFF):
        history_import.check(waiting, waiting.created_by, now())
    history_imports.work(Event())
    assert state_of(waiting) == ImportState.CHECKED, waiting.trouble
    with behind(DatabaseRole.STAFF):
        history_import.bring(waiting, waiting.created_by, now())
    history_imports.work(Event())
    assert (state_of(waiting), waiting.cases_new) == (ImportState.DONE, 120)
    with behind(DatabaseRole.STAFF):
        assert Case.objects.filter(former_system="Old Desk").count() == 120


@pytest.mark.process
def test_a_worker_that_stops_ends_it_and_leaves_the_job_to_the_next(waiting, monkeypatch):
    class Stopping(Event):
        """Set while the process of the job is waited for."""

        def wait(self, timeout=None):
            self.set()
            return True

    history_imports.work(Stopping())
    assert state_of(waiting) == ImportState.LOOKING
    assert (waiting.leased_until, waiting.tries) == (None, 0)
    history_imports.work(Event())
    assert state_of(waiting) == ImportState.MAPPING


@pytest.mark.process
def test_a_process_that_dies_is_tried_again_and_given_up_in_the_end(waiting, monkeypatch):
    monkeypatch.setattr(history_imports, "COMMAND", ["false"])
    history_imports.work(Event())
    assert state_of(waiting) == ImportState.UNREADABLE
    assert waiting.turn == history_import.MOST_TRIES
