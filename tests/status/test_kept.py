"""An answer is made once in a few seconds, by one of those who ask; and outlives a database that cannot be asked."""

from threading import Event, Thread

import pytest
from django.db import OperationalError

from guardia.web.status.page import CachedPage


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_it_is_made_again_only_when_it_is_too_old():
    clock, made = Clock(), []
    kept = CachedPage(5, clock)

    def make() -> bytes:
        made.append(1)
        return b"%d" % len(made)

    assert [kept.get("es", make).content for _asked in range(3)] == [b"1"] * 3
    clock.at = 4.9
    assert kept.get("es", make).content == b"1"
    clock.at = 5.0
    assert kept.get("es", make).content == b"2"
    assert kept.get("en", make).content == b"3", "each language has its own"


def test_equal_answers_have_equal_tags():
    clock = Clock()
    kept = CachedPage(5, clock)
    first = kept.get("es", lambda: b"same").tag
    clock.at = 6
    assert kept.get("es", lambda: b"same").tag == first
    clock.at = 12
    assert kept.get("es", lambda: b"other").tag != first


def test_while_one_makes_it_anew_the_others_get_the_old_one_at_once():
    clock = Clock()
    kept = CachedPage(5, clock)
    kept.get("es", lambda: b"old")
    clock.at = 6
    begun, may_end = Event(), Event()

    def slow() -> bytes:
        begun.set()
        may_end.wait(10)
        return b"new"

    maker = Thread(target=lambda: kept.get("es", slow))
    maker.start()
    assert begun.wait(10)
    assert kept.get("es", lambda: pytest.fail("nobody else makes it")).content == b"old"
    may_end.set()
    maker.join(10)
    assert kept.get("es", lambda: pytest.fail("it is made")).content == b"new"


def gone() -> bytes:
    raise OperationalError


def test_it_outlives_a_database_that_is_gone_for_a_while():
    clock = Clock()
    kept = CachedPage(5, clock)
    kept.get("es", lambda: b"old")
    clock.at = 300
    assert kept.get("es", gone).content == b"old"
    clock.at = 3000
    with pytest.raises(OperationalError):
        kept.get("es", gone)
    assert kept.get("es", lambda: b"new").content == b"new", "a failure locks nothing"
