"""Statements written by hand are said by cursors that stay: each knows its words, and none outlives its connection."""

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from guardia.config.asking import ask, run
from guardia.config.backend.base import MOST_ROWS_KEPT, MOST_STAYING
from guardia.config.database_roles import DatabaseRole, behind

HALF = "SELECT 10 / %s, clock_timestamp()"


@pytest.fixture(autouse=True)
def none_stays_from_before():
    connection.staying.clear()


@pytest.mark.django_db
def test_the_same_words_are_said_by_the_same_cursor_and_other_words_by_another():
    assert ask(HALF, [5])[0][0] == 2
    first = connection.staying[HALF]
    assert ask("SELECT %s::text", ["ñ"]) == [("ñ",)]
    assert ask(HALF, [2])[0][0] == 5
    assert connection.staying[HALF] is first
    assert len(connection.staying) == 2


@pytest.mark.django_db
def test_hours_are_read_as_django_reads_them():
    ((_, by_hand),) = ask(HALF, [1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (by_django,) = cursor.fetchone()
    assert by_hand.tzinfo is by_django.tzinfo
    assert by_hand < by_django


@pytest.mark.django_db
def test_what_fails_raises_djangos_error_and_the_same_words_can_be_said_again():
    with pytest.raises(DataError), transaction.atomic():
        ask(HALF, [0])
    assert ask(HALF, [10])[0][0] == 1


@pytest.mark.django_db
def test_nothing_is_said_in_a_transaction_that_is_to_be_undone():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask(HALF, [10])


@pytest.mark.django_db
def test_how_many_rows_were_written():
    with behind(DatabaseRole.STAFF):
        toys = "INSERT INTO django_content_type (app_label, model) SELECT 'toy', generate_series(1, %s)::text"
        assert run(toys, [3]) == 3
        assert run("DELETE FROM django_content_type WHERE app_label = 'toy' AND model <> %s", ["1"]) == 2


@pytest.mark.django_db
def test_whoever_listens_hears_it():
    with CaptureQueriesContext(connection) as heard:
        assert ask(HALF, [5])[0][0] == 2
    assert len(heard) == 1
    assert connection.staying == {}


@pytest.mark.django_db(transaction=True)
def test_none_outlives_its_connection():
    ask(HALF, [5])
    ask("SELECT 1")
    connection.close()
    assert ask(HALF, [5])[0][0] == 2
    assert [cursor.connection for cursor in connection.staying.values()] == [connection.connection]


@pytest.mark.django_db
def test_there_are_never_very_many():
    for n in range(MOST_STAYING + 50):
        assert ask(f"SELECT {n}") == [(n,)]
    assert len(connection.staying) <= MOST_STAYING


@pytest.mark.django_db
def test_a_large_answer_is_not_kept():
    many = "SELECT generate_series(1, %s)"
    assert len(ask(many, [MOST_ROWS_KEPT])) == MOST_ROWS_KEPT
    assert many in connection.staying
    assert len(ask(many, [MOST_ROWS_KEPT + 1])) == MOST_ROWS_KEPT + 1
    assert many not in connection.staying


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["SELECT 'infinity'::timestamptz", "SET LOCAL lock_timeout = 1000"])
def test_what_cannot_be_read_is_djangos_error_too(statement):
    with pytest.raises(DatabaseError), transaction.atomic():
        ask(statement)
