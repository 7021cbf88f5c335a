"""One connection after another to an exchange that behaves well, badly, or not at all."""

import asyncio
import re
from pathlib import Path

import pytest

from guardia.calls import ami
from guardia.cases import phone_members
from guardia.people.egress import is_loopback
from guardia.web.phone.ami_reader import SHUT_OUT_SECONDS, pause_after
from guardia.web.phone.ami_session import PLAIN, PLAIN_ANYWHERE, Account, Patience, Unreachable, value
from tests.notices.post_office import free_port
from tests.phone.doors.fake_exchange import SECRET, FakeExchange, certificate, packet, raw
from tests.phone.doors.hearing import Alive, Connected, Heard, Lost, listening

HANGUP = packet(Event="Hangup", Uniqueid="testpbx-1.0", Linkedid="testpbx-1.0", CallerIDName="محطة")
SHORT = Patience(answer=0.05, ping=30, silence=60)


def play(scenario) -> None:
    asyncio.run(scenario())


def test_it_logs_in_by_challenge_looks_around_and_hears():
    async def scenario():
        async with FakeExchange().open() as exchange, listening(exchange.account()) as hearing:
            exchange.shown["QueueStatus"] = [packet(Event="QueueEntry", Queue="technical", Uniqueid="testpbx-1.0")]
            login = await exchange.asked("Login")
            assert value(login, "Secret") == ""
            assert SECRET not in str(login)
            connected = (await hearing.until(Connected))[-1]
            assert value(connected.snapshot[0], "CoreStartupDate") == "2026-11-24"
            assert [value(each, "Queue") for each in connected.snapshot if value(each, "Queue")] == ["technical"]
            assert connected.trouble == ""
            exchange.say(raw(HANGUP))
            assert await hearing.packets(1) == [HANGUP]

    play(scenario)


def test_a_letter_that_two_packets_of_the_network_share_arrives_whole():
    async def scenario():
        async with FakeExchange().open() as exchange, listening(exchange.account()) as hearing:
            await hearing.until(Alive)
            for byte in raw(HANGUP, HANGUP):
                exchange.say(bytes([byte]))
                await exchange.lines[0].drain()
            assert await hearing.packets(2) == [HANGUP, HANGUP]

    play(scenario)


def test_events_that_come_with_the_login_are_not_lost():
    async def scenario():
        exchange = FakeExchange()
        exchange.on_login = raw(HANGUP)
        async with exchange.open(), listening(exchange.account()) as hearing:
            items = await hearing.until(Connected)
            assert [item.packets for item in items if isinstance(item, Heard)] == [[HANGUP]]

    play(scenario)


def test_cut_in_the_middle_it_comes_back_and_looks_around_again():
    async def scenario():
        async with FakeExchange().open() as exchange, listening(exchange.account()) as hearing:
            await hearing.until(Alive)
            exchange.say(raw(HANGUP)[:20])
            await exchange.lines[0].drain()
            exchange.cut()
            items = await hearing.until(Connected)
            assert [type(item) for item in items] == [Lost, Connected]
            exchange.say(raw(HANGUP))
            assert await hearing.packets(1) == [HANGUP]

    play(scenario)


def test_an_exchange_that_is_away_is_tried_again_until_it_is_there():
    async def scenario():
        exchange = FakeExchange()
        exchange.port = free_port()
        async with listening(exchange.account()) as hearing:
            assert "cannot be reached" in await hearing.lost()
            async with exchange.open():
                await hearing.until(Connected)

    play(scenario)


def test_a_wrong_secret_says_so_and_goes_easy_on_the_exchange():
    async def scenario():
        async with FakeExchange().open() as exchange, listening(exchange.account(secret="wrong")) as hearing:
            why = await hearing.lost()
            assert "Authentication failed" in why
            assert "AMI_SECRET" in why
            assert "wrong" not in why.replace("guardia", "")

    play(scenario)


def test_a_peer_that_answers_no_ping_is_dead():
    async def scenario():
        exchange = FakeExchange()
        exchange.answers_pings = False
        async with exchange.open(), listening(exchange.account(), patience=SHORT) as hearing:
            assert "no answer to Ping" in await hearing.lost()
            await hearing.until(Connected)

    play(scenario)


def test_a_peer_without_a_word_is_dead():
    async def scenario():
        silent = Patience(answer=30, ping=30, silence=0.05)
        async with FakeExchange().open() as exchange, listening(exchange.account(), patience=silent) as hearing:
            await hearing.until(Alive)
            assert "no word for" in await hearing.lost()

    play(scenario)


def test_something_else_on_that_port_is_no_exchange():
    async def scenario():
        exchange = FakeExchange()
        exchange.banner = b"SSH-2.0-OpenSSH_9.9\r\n"
        exchange.refuses = {"Challenge"}
        async with exchange.open(), listening(exchange.account()) as hearing:
            assert "gives no challenge" in await hearing.lost()
        exchange = FakeExchange()
        exchange.banner = b"x" * (300 * 1024)
        async with exchange.open(), listening(exchange.account()) as hearing:
            assert "does not speak as Asterisk" in await hearing.lost()

    play(scenario)


def test_what_may_not_be_asked_is_said_and_the_rest_goes_on():
    async def scenario():
        exchange = FakeExchange()
        exchange.refuses = {"CoreStatus", "CoreShowChannels"}
        async with exchange.open(), listening(exchange.account()) as hearing:
            connected = (await hearing.until(Connected))[-1]
            assert "write=reporting" in connected.trouble
            assert "CoreShowChannels: Permission denied" in connected.trouble
            assert (await hearing.until(Alive))[-1].trouble == connected.trouble

    play(scenario)


def test_a_clock_that_is_off_is_said():
    async def scenario():
        exchange = FakeExchange()
        exchange.pong_hour = "1795608060.000000"
        async with exchange.open(), listening(exchange.account()) as hearing:
            assert "NTP" in (await hearing.until(Alive))[-1].trouble

    play(scenario)


def test_an_exchange_that_says_no_hours_is_told_how():
    async def scenario():
        exchange = FakeExchange()
        exchange.on_login = raw(HANGUP)
        async with exchange.open(), listening(exchange.account()) as hearing:
            assert "timestampevents" in (await hearing.until(Alive))[-1].trouble

    play(scenario)


def test_the_filter_of_the_handbook_lets_through_what_is_read():
    handbook = (Path(__file__).parents[3] / "docs" / "operations" / "telephone.md").read_text()
    assert set(re.findall(r"eventfilter\(name\((\w+)\)\)", handbook)) == ami.HEARD | phone_members.EVENTS


def test_more_than_can_be_written_is_a_gap_and_never_silence():
    async def scenario():
        async with FakeExchange().open() as exchange, listening(exchange.account(), most=3) as hearing:
            await exchange.asked("Ping")
            exchange.say(raw(*[HANGUP] * 5))
            assert "5" not in (why := await hearing.lost())
            assert "more than 3 events wait" in why
            await hearing.until(Connected)

    play(scenario)


def test_when_it_is_stopped_the_end_is_put_down_and_the_exchange_is_told():
    async def scenario():
        async with FakeExchange().open() as exchange:
            async with listening(exchange.account()) as hearing:
                await hearing.until(Alive)
            assert "does not listen" in await hearing.lost()
            await exchange.asked("Logoff")

    play(scenario)


# --- who is at the other end ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


def test_over_tls_with_an_authority_of_ones_own(tls):
    context, authority = tls

    async def scenario():
        exchange = FakeExchange(context)
        async with exchange.open(), listening(exchange.account(ca_file=str(authority))) as hearing:
            await hearing.until(Connected)
            exchange.say(raw(HANGUP))
            assert await hearing.packets(1) == [HANGUP]

    play(scenario)


def test_a_certificate_that_nobody_vouches_for_is_refused(tls):
    context, _authority = tls

    async def scenario():
        exchange = FakeExchange(context)
        async with exchange.open(), listening(exchange.account()) as hearing:
            why = await hearing.lost()
            assert "certificate is not trusted" in why
            assert "AMI_CA_FILE" in why
        assert exchange.actions.empty()

    play(scenario)


@pytest.mark.process
def test_a_certificate_of_another_machine_is_refused(tmp_path):
    context, authority = certificate(tmp_path, "192.0.2.7")

    async def scenario():
        exchange = FakeExchange(context)
        async with exchange.open(), listening(exchange.account(ca_file=str(authority))) as hearing:
            assert "certificate is not trusted" in await hearing.lost()

    play(scenario)


def test_a_port_without_tls_is_said(tls):
    _context, authority = tls

    async def scenario():
        async with FakeExchange().open() as exchange:
            account = exchange.account(tls="ssl", ca_file=str(authority))
            async with listening(account) as hearing:
                assert "no TLS" in await hearing.lost()

    play(scenario)


def test_without_tls_only_this_machine_is_listened_to():
    assert Account("127.0.0.1", 5038, "u", "s", tls=PLAIN).context() is None
    assert Account("192.0.2.7", 5038, "u", "s", tls=PLAIN_ANYWHERE).context() is None
    with pytest.raises(Unreachable, match="loopback"):
        Account("192.0.2.7", 5038, "u", "s", tls=PLAIN).context()
    with pytest.raises(Unreachable, match="AMI_CA_FILE"):
        Account("192.0.2.7", 5039, "u", "s", ca_file=str(Path(__file__))).context()
    assert [is_loopback(host) for host in ("localhost", "::1", "127.9.9.9", "pbx.example.com")] == [True] * 3 + [False]


def test_the_secret_is_not_shown():
    assert SECRET not in repr(Account("127.0.0.1", 5038, "guardia", SECRET))


def test_the_pauses_grow_and_are_not_the_same_for_all():
    assert max(pause_after(0, shut_out=False) for _ in range(100)) <= 1
    assert min(pause_after(99, shut_out=False) for _ in range(100)) >= 15
    assert max(pause_after(99, shut_out=False) for _ in range(100)) <= 30
    assert min(pause_after(0, shut_out=True) for _ in range(100)) >= SHUT_OUT_SECONDS / 2
    assert len({pause_after(3, shut_out=False) for _ in range(20)}) > 1
