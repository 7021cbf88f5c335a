"""Design §4: what always holds of the ledger."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction
from django.test.utils import CaptureQueriesContext

from guardia.cases import chain, erased_texts, ledger, notify, rebuild, writes
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import ChangedMeanwhile, TimeInTheFuture
from guardia.cases.stages.registration import Report
from guardia.clocks.clock import Clock
from guardia.config.collisions import is_collision
from guardia.escalation.escalation import Escalation
from guardia.notices.notice import Notice
from tests.privacy.erased import reads_as_erased


def whole_journey(story) -> None:
    story.open_case()
    story.minutes_pass(25)
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(60)
    story.service_is_restored()
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra", "empalme", by=story.by, at=story.now)


def test_1_events_clocks_and_notices_commit_together_or_not_at_all(story, monkeypatch):
    story.open_case()
    before = (CaseEvent.objects.count(), Clock.objects.count(), Notice.objects.count(), story.case.seq)

    def fails(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(notify.Owed, "owe_to_the_operator", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        story.case.tell("hola", by=story.by, at=story.now)
    assert (CaseEvent.objects.count(), Clock.objects.count(), Notice.objects.count(), story.case.seq) == before


def test_2_a_notice_exists_once_per_event_and_person(story):
    story.open_case()
    notice = Notice.objects.first()
    notice.pk = None
    with pytest.raises(IntegrityError, match="notice_once_per_event_and_person"), transaction.atomic():
        notice.save(force_insert=True)


def test_4_rebuilding_every_clock_changes_nothing(story):
    whole_journey(story)
    assert list(rebuild.rebuild()) == []


def test_4_a_clock_that_somebody_moved_is_found_and_repaired(story):
    whole_journey(story)
    Clock.objects.filter(kind="travel").update(due_at=story.now, outcome="breached")
    found = list(rebuild.rebuild(repair=True))
    assert [(d.what, set(d.columns)) for d in found] == [("travel 1", {"due_at", "outcome"})]
    assert list(rebuild.rebuild()) == []


def test_4_a_new_version_moves_no_running_clock(story):
    from guardia.procedure import version
    from tests.procedure.story import PROCEDURE

    case = story.open_case()
    shorter = PROCEDURE.read_text().replace("target: 20 min", "target: 5 min")
    assert version.publish(shorter, "file", None, story.now).pk != case.procedure_version_id
    story.minutes_pass(10)
    story.case.note("sigue", by=story.by, at=story.now)
    assert story.clock("diagnosis").target_seconds == 20 * 60
    assert list(rebuild.rebuild()) == []


def test_5_a_breach_is_dated_when_it_fell_due_even_if_the_worker_was_dead(story):
    story.open_case()
    due = story.now + timedelta(minutes=20)
    story.minutes_pass(30)
    assert story.the_sweep_runs() > 0
    breach = story.case.events.get(moment="breached", data__clock="diagnosis")
    assert (breach.occurred_at, breach.recorded_at) == (due, story.now)
    assert story.the_sweep_runs() == 0


def test_7_the_chain_of_a_whole_journey_is_whole(story):
    whole_journey(story)
    assert list(chain.breaks()) == []


def open_three(story) -> list[int]:
    """Their ids, in the order in which they are read."""
    first = story.open_case()
    more = [Case.register(Report(story.service, words), by=story.by, at=story.now) for words in ("dos", "tres")]
    return [each.pk for each in (first, *more)]


def test_7_many_cases_are_proven_with_few_questions(story, monkeypatch):
    open_three(story)
    seen: list[int] = []
    with CaptureQueriesContext(connections["default"]) as asked:
        assert list(chain.breaks(seen.append)) == []
    assert seen == [3]
    assert len(asked) == 5, "the ids, their events, their texts, their notices, and that no more follow"
    monkeypatch.setattr(chain, "AT_ONCE", 2)
    assert list(chain.breaks(seen.append)) == []
    assert seen == [3, 2, 1]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"head_hash": b"another"}, "the last event is not the one the case names"),
        ({"seq": 99}, "the last event is not the one the case names"),
        ({"number": 10_427_382}, "case was changed"),
    ],
    ids=str,
)
def test_7_what_was_changed_in_one_of_them_is_found_wherever_it_is_read(story, monkeypatch, which, changed, words):
    monkeypatch.setattr(chain, "AT_ONCE", 2)
    case = Case.objects.filter(pk=open_three(story)[which])
    case.update(**changed)
    found = list(chain.breaks())
    assert {place.case for place in found} == set(case.values_list("number", flat=True))
    assert {place.what for place in found} == {words}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET moment = 'closed'",
        "DELETE FROM case_event",
        "TRUNCATE case_event CASCADE",
        "UPDATE event_text SET text = 'otra cosa'",
        "UPDATE event_text SET text = NULL, salt = NULL",
        "DELETE FROM event_text",
    ],
)
def test_7_the_database_itself_refuses_to_rewrite_history(story, statement):
    story.open_case()
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statement)
    assert story.moments()[-1] == "registered"


def test_7_a_text_that_is_erased_under_a_tombstone_leaves_the_chain_whole_and_without_one_does_not(story, monkeypatch):
    story.open_case()
    event = story.case.events.get(moment="registered")
    reads_as_erased(monkeypatch, event)
    assert {place.what.partition("went")[2] for place in chain.breaks()} == {" without a tombstone"}
    erased_texts.put_on_record(1, list(event.texts.values_list("pk", flat=True)), story.now)
    erased_texts.put_on_record(1, list(event.texts.values_list("pk", flat=True)), story.now)
    assert story.moments().count("texts_erased") == 1
    assert list(chain.breaks()) == []


def test_7_events_hold_no_names_and_no_prose(story):
    whole_journey(story)
    said = " ".join(CaseEvent.objects.values_list("canonical", flat=True))
    for prose in ("Jefe de Sistemas", "Portería", "No tienen servicio", "fibra cortada", "empalm"):
        assert prose not in said


def test_9_a_stale_copy_of_a_case_writes_nothing(story):
    story.open_case()
    mine, theirs = story.case, story.case
    theirs.note("yo primero", by=story.by, at=story.now)
    with pytest.raises(ChangedMeanwhile), transaction.atomic():
        mine.tell("yo después", by=story.by, at=story.now)
    assert story.moments()[-1] == "noted"
    story.is_told("registered", story.head, story.desk, story.manager)
    story.nobody_is_told()


def test_6_what_has_not_happened_yet_is_refused(story):
    story.open_case()
    with pytest.raises(TimeInTheFuture):
        story.case.recover("volverá", by=story.by, at=story.now + timedelta(hours=1), now=story.now)


def test_11_one_record_takes_many_cases_in_few_statements(story, django_assert_max_num_queries):
    """Some of these cases are late: their escalations begin in the same few statements."""
    for _ in range(20):
        story.open_case()
    cases = list(Case.objects.select_related("customer", "site__city", "service").order_by("pk"))
    from guardia.procedure.vocabulary import Moment

    entries = [
        ledger.Entry(case, Moment.NEWS_SENT, story.by, story.now, texts={"text": "corte masivo"}) for case in cases
    ]
    with django_assert_max_num_queries(27):
        ledger.record(entries, story.now)
    assert Notice.objects.filter(moment="news_sent", state="owed").count() == 2 * len(cases)
    assert Escalation.objects.filter(ended_at=None).count() >= 10


def test_a_storm_that_somebody_was_before_is_refused_and_nothing_of_it_is_left(story, monkeypatch):
    story.open_case()
    monkeypatch.setattr(ledger, "MANY", 1)
    stale = Case.objects.get(pk=story.case.pk)
    story.case.tell("hola", by=story.by, at=story.now)
    written = (CaseEvent.objects.count(), Notice.objects.count())
    with pytest.raises(ChangedMeanwhile), transaction.atomic():
        stale.tell("otra vez", by=story.by, at=story.now)
    assert (CaseEvent.objects.count(), Notice.objects.count()) == written


def test_a_storm_that_breaks_while_it_is_said_leaves_nothing(story, monkeypatch):
    story.open_case()
    monkeypatch.setattr(ledger, "MANY", 1)
    written = (CaseEvent.objects.count(), Notice.objects.count())

    def breaks(*_):
        raise RuntimeError("no more memory")

    monkeypatch.setattr(notify, "facts_of", breaks)
    with pytest.raises(RuntimeError, match="memory"), transaction.atomic():
        story.case.tell("hola", by=story.by, at=story.now)
    assert (CaseEvent.objects.count(), Notice.objects.count()) == written


@pytest.mark.parametrize("many", [1, 500])
def test_a_deadlock_in_the_pipeline_is_one_that_the_wall_does_once_more(story, monkeypatch, many):
    story.open_case()
    monkeypatch.setattr(ledger, "MANY", many)
    undone = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$"
    monkeypatch.setattr(writes, "statements", lambda *_: iter([(undone, [])]))
    with pytest.raises(OperationalError) as raised, transaction.atomic():
        story.case.tell("hola", by=story.by, at=story.now)
    assert is_collision(raised.value)


def test_a_storm_writes_what_a_single_case_would(story, monkeypatch):
    monkeypatch.setattr(ledger, "MANY", 1)
    whole_journey(story)
    assert list(rebuild.rebuild()) == []
    assert story.case.closed_at
