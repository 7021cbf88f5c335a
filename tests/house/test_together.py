"""Two at once: engineers on one case, the sweep beside an engineer. Real connections, real locks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.cases.refusals import NotInThisStage
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation.escalation import Escalation
from guardia.notices.notice import Notice
from tests.procedure.story import Story, rota


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        story.test_shows("uno")
        story.test_shows("dos", name="OTDR")
        return story


def at_once(*acts):
    """Each act in a thread and a transaction of its own, all begun together; gives back results or exceptions."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=30)
            with behind(DatabaseRole.STAFF):
                return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_engineers_diagnose_at_once_and_one_is_told_so(story):
    def diagnose(cause):
        return lambda: story.case.diagnose(cause, "plan", "remote", by=story.by, at=story.now).moment

    results = at_once(diagnose("fibra"), diagnose("equipo"))
    assert sorted(type(result) for result in results if not isinstance(result, str)) == [NotInThisStage]
    assert results.count("diagnosed") == 1
    with behind(DatabaseRole.STAFF):
        assert story.moments().count("diagnosed") == 1
        assert Notice.objects.filter(moment="diagnosed", state="owed").count() == 2
        assert list(chain.breaks(besides=derived.breaks)) == []


def test_many_notes_at_once_are_all_kept_in_one_chain(story):
    notes = [lambda n=n: story.case.note(f"nota {n}", by=story.by, at=story.now).seq for n in range(8)]
    assert sorted(at_once(*notes)) == list(range(6, 14))
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


def test_the_sweep_leaves_a_case_that_somebody_holds_for_the_next_second(story):
    story.minutes_pass(25)
    held, swept = Event(), Event()

    def engineer():
        case = story.case
        held.set()
        swept.wait(timeout=30)
        return case.note("la tengo", by=story.by, at=story.now).moment

    def worker():
        held.wait(timeout=30)
        found = story.the_sweep_runs()
        swept.set()
        return found

    assert at_once(engineer, worker) == ["noted", 0]
    with behind(DatabaseRole.WORKER):
        # The engineer's own note has brought the breach with it: the sweep finds nothing left.
        assert [moment for moment in story.moments() if moment in {"noted", "breached"}] == ["noted", "breached"]
        assert story.the_sweep_runs() == 0


def test_E_two_late_cases_of_one_site_written_at_once_make_one_page(story):
    with behind(DatabaseRole.STAFF):
        first = story.number
        rota(level=1, member=story.supervisor, since=story.now)
        story.call = None
        second = story.case_is_registered("otra queja de la misma agencia").number
        story.minutes_pass(25)

    def note(number):
        case = Case.objects.select_for_update(of=("self",)).get(number=number)
        return case.note("sigue", by=story.by, at=story.now).moment

    assert at_once(lambda: note(first), lambda: note(second)) == ["noted", "noted"]
    with behind(DatabaseRole.STAFF):
        assert Escalation.objects.filter(ended_at=None).count() == 2
        assert Escalation.objects.filter(joined=None).count() == 1
        assert Notice.objects.filter(moment="paged", staff=story.supervisor).count() == 1


def test_registering_one_call_twice_at_once_makes_one_case(transactional_db):
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.caller_rings(story.head)
        story.engineer_answers()
    results = at_once(*[lambda: story.case_is_registered().pk] * 2)
    assert len(set(results)) == 1
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == 1
