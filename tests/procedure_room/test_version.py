"""A version is published once, never changes, and is in force from its hour on."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from guardia.procedure.schema import ProcedureFileRefused
from guardia.procedure.version import EffectiveInThePast, NoProcedure, ProcedureVersion, in_force, of, publish
from guardia.procedure.vocabulary import ClockKind
from tests.procedure_room.conftest import MORNING
from tests.procedure_room.sample import FILE, TEXT, changed, sample

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SLOWER = changed("target: 1 min", "target: 2 min")


def test_before_the_first_there_is_no_promise(as_staff) -> None:
    with pytest.raises(NoProcedure):
        in_force(MORNING)


def test_what_is_published_is_what_the_file_says(published: ProcedureVersion) -> None:
    assert of(published.pk) == sample()
    assert published.source == TEXT
    assert (published.code, published.title) == ("PC-EC-01", "Procedimiento de atención al cliente")


def test_a_version_is_read_once(published: ProcedureVersion, django_assert_num_queries) -> None:
    first = of(published.pk)
    with django_assert_num_queries(0):
        assert of(published.pk) is first is published.procedure


def test_the_same_content_publishes_nothing(published: ProcedureVersion) -> None:
    again = publish("# only a remark\n" + TEXT, FILE, 7, MORNING + HOUR)
    assert again == published
    assert ProcedureVersion.objects.count() == 1


def test_a_change_is_the_next_version_and_the_old_one_stays(published: ProcedureVersion) -> None:
    second = publish(SLOWER, FILE, 7, MORNING + HOUR)
    assert second.number == published.number + 1
    assert in_force(MORNING + HOUR / 2) == published
    assert in_force(MORNING + HOUR) == second
    assert of(published.pk).clock(ClockKind.RECEPTION).target.duration == timedelta(minutes=1)
    assert of(second.pk).clock(ClockKind.RECEPTION).target.duration == timedelta(minutes=2)


def test_a_version_may_wait_for_its_hour(published: ProcedureVersion) -> None:
    second = publish(SLOWER, FILE, None, MORNING + HOUR, effective_at=MORNING + 24 * HOUR)
    assert in_force(MORNING + 23 * HOUR) == published
    assert in_force(MORNING + 24 * HOUR) == second


def test_going_back_to_the_old_text_is_a_new_version(published: ProcedureVersion) -> None:
    publish(SLOWER, FILE, None, MORNING + HOUR)
    third = publish(TEXT, FILE, None, MORNING + 2 * HOUR)
    assert third.number == published.number + 2
    assert third.sha256 == published.sha256


def test_no_promise_is_changed_backwards(published: ProcedureVersion) -> None:
    with pytest.raises(EffectiveInThePast):
        publish(SLOWER, FILE, None, MORNING + HOUR, effective_at=MORNING)


def test_a_refused_file_publishes_nothing(published: ProcedureVersion) -> None:
    with pytest.raises(ProcedureFileRefused):
        publish(changed("target: 1 min", "target: soon"), FILE, None, MORNING + HOUR)
    assert in_force(MORNING + HOUR) == published


def test_the_database_refuses_to_change_a_version(published: ProcedureVersion) -> None:
    for change in (lambda rows: rows.update(title="x"), lambda rows: rows.delete()):
        with pytest.raises(Error), transaction.atomic():
            change(ProcedureVersion.objects.filter(pk=published.pk))
