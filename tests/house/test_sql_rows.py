"""Statements written by hand: their rows, how many they wrote, and Django's errors where they fail."""

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of, run

HALF = "SELECT 10 / %s, clock_timestamp()"

pytestmark = pytest.mark.django_db


def test_rows_and_values():
    assert rows_of(HALF, [5])[0][0] == 2
    assert rows_of("SELECT %(word)s::text, %(word)s::text", {"word": "ñ"}) == [("ñ", "ñ")]
    assert rows_of("SELECT 1 WHERE false") == []


def test_how_many_rows_were_written():
    with behind(DatabaseRole.STAFF):
        toys = "INSERT INTO django_content_type (app_label, model) SELECT 'toy', generate_series(1, %s)::text"
        assert run(toys, [3]) == 3
        assert run("DELETE FROM django_content_type WHERE app_label = 'toy' AND model <> %s", ["1"]) == 2


def test_what_fails_raises_djangos_error():
    with pytest.raises(DataError), transaction.atomic():
        rows_of(HALF, [0])
    with pytest.raises(DatabaseError), transaction.atomic():
        rows_of("SELECT 'infinity'::timestamptz")
    assert rows_of(HALF, [10])[0][0] == 1


def test_nothing_is_run_in_a_transaction_that_is_to_be_undone():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            rows_of(HALF, [10])


def test_whoever_listens_hears_it():
    with CaptureQueriesContext(connection) as heard:
        rows_of(HALF, [5])
    assert len(heard) == 1
