"""Reading and writing go on beside each other: a database that is away loses nothing, a turn that is lost ends it."""

import asyncio
import os
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from psycopg.conninfo import make_conninfo

from guardia.web.phone.ami_reader import Alive, Connected, Full, Heard, Inbox, Listener, Lost
from guardia.web.phone.listening import Clock, ListeningProcess, Turn
from tests.phone.doors.fake_exchange import FakeExchange, packet, raw
from tests.phone.doors.hearing import PATIENT, START, counted
from tests.server import server

HANGUP = packet(Event="Hangup", Uniqueid="testpbx-1.0")


class Book:
    """A keeper that writes into a list; ``fails`` says how often the database is away, ``breaks`` what goes wrong."""

    def __init__(self) -> None:
        self.exchange = SimpleNamespace(name="testpbx", is_active=True, refresh_from_db=lambda fields: None)
        self.step = nullcontext
        self.now = lambda: START
        self.written: list = []
        self.fails = 0
        self.breaks: Exception | None = None
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()

    def take(self, items) -> None:
        if self.breaks:
            raise self.breaks
        if self.fails:
            self.fails -= 1
            raise OperationalError("the database is away")
        self.written += items
        self.loop.call_soon_threadsafe(self.news.set)

    async def until(self, kind) -> None:
        while not any(isinstance(item, kind) for item in self.written):
            self.news.clear()
            await self.news.wait()


class OurTurn:
    def __init__(self) -> None:
        self.ours = True
        self.given_back = 0

    def take(self) -> bool:
        return self.ours

    def give_back(self) -> None:
        self.given_back += 1


def house(exchange: FakeExchange, book: Book, turn: OurTurn) -> ListeningProcess:
    def listener(inbox: Inbox) -> Listener:
        return Listener(exchange.account(), inbox, counted(), PATIENT, pause=lambda failures, *, shut_out: 0)

    return ListeningProcess(book, turn, Clock(), listener, look_seconds=0.01, retry_seconds=0.01)


def play(scenario) -> None:
    async def whole():
        stopping, book, turn = asyncio.Event(), Book(), OurTurn()
        async with FakeExchange().open() as exchange, asyncio.timeout(30):
            await scenario(exchange, book, turn, house(exchange, book, turn), stopping)

    asyncio.run(whole())


def test_what_was_heard_is_written_before_it_ends():
    async def scenario(exchange, book, turn, house, stopping):
        running = asyncio.create_task(house.run(stopping))
        await book.until(Alive)
        exchange.say(raw(HANGUP, HANGUP))
        await book.until(Heard)
        stopping.set()
        await running
        assert sum(len(item.packets) for item in book.written if isinstance(item, Heard)) == 2
        assert isinstance(book.written[-1], Lost)
        assert turn.given_back

    play(scenario)


def test_a_database_that_is_away_for_a_while_loses_nothing():
    async def scenario(exchange, book, turn, house, stopping):
        book.fails = 1
        running = asyncio.create_task(house.run(stopping))
        await book.until(Connected)
        stopping.set()
        await running
        assert isinstance(book.written[0], Connected)

    play(scenario)


def test_a_turn_that_is_another_s_ends_the_listening_and_comes_back():
    async def scenario(exchange, book, turn, house, stopping):
        running = asyncio.create_task(house.run(stopping))
        await book.until(Connected)
        turn.ours = False
        await book.until(Lost)
        book.written.clear()
        turn.ours = True
        await book.until(Connected)
        stopping.set()
        await running

    play(scenario)


def test_while_the_database_is_away_the_listening_goes_on():
    async def scenario(exchange, book, turn, house, stopping):
        running = asyncio.create_task(house.run(stopping))
        await book.until(Connected)
        asked = asyncio.Event()

        def away():
            book.loop.call_soon_threadsafe(asked.set)
            raise OperationalError("away")

        book.now = away
        await asked.wait()
        exchange.say(raw(HANGUP))
        await book.until(Heard)
        assert not any(isinstance(item, Lost) for item in book.written)
        stopping.set()
        await running

    play(scenario)


def test_one_that_is_switched_off_is_listened_to_no_more():
    async def scenario(exchange, book, turn, house, stopping):
        running = asyncio.create_task(house.run(stopping))
        await book.until(Connected)
        book.exchange.is_active = False
        await book.until(Lost)
        assert turn.given_back
        stopping.set()
        await running

    play(scenario)


def test_a_mistake_of_ours_ends_the_process_and_is_not_silent():
    async def scenario(exchange, book, turn, house, stopping):
        book.breaks = ValueError("a mistake")
        with pytest.raises(ValueError, match="a mistake"):
            await house.run(stopping)

    play(scenario)


def test_an_inbox_that_is_full_takes_no_packet_and_every_word_of_a_loss():
    async def scenario():
        inbox = Inbox(most=2)
        inbox.put(Heard(START, [HANGUP, HANGUP]))
        with pytest.raises(Full):
            inbox.put(Heard(START, [HANGUP]))
        assert not inbox.has_room
        inbox.put(Lost(START, "full"))
        assert [type(item) for item in await inbox.take()] == [Heard, Lost]
        assert inbox.has_room
        inbox.close()
        assert await inbox.take() == []

    asyncio.run(scenario())


def test_the_clock_is_set_by_the_database_and_only_moves_forward():
    clock = Clock()
    clock.set(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    first, second = clock(), clock()
    assert START <= first <= second


def test_one_turn_for_one_exchange(db):
    url = make_conninfo(os.environ["DATABASE_DIRECT_URL"], user="guardia_worker_login")
    first, second, other = Turn(url, "testpbx"), Turn(url, "testpbx"), Turn(url, "central")
    assert (first.take(), first.take(), second.take(), other.take()) == (True, True, False, True)
    with server.owner() as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_locks"  # and waits until it is gone
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert second.take()
    assert not first.take()
    second.give_back()
    assert first.take()
    for turn in (first, second, other):
        turn.give_back()
