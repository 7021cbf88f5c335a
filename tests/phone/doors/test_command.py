"""`guardia phone …`, as a process of its own would run it."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from guardia.calls import exchange_seen, exchanges
from guardia.calls.call import Call, LeftAs
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent
from guardia.cli import main, phone
from guardia.config.now import now
from guardia.people import secret_address
from tests.phone.recorded import FOLDER, log_lines


@pytest.fixture(autouse=True)
def house_is_open(story, monkeypatch, settings):
    settings.AMI_NAME = ""
    monkeypatch.setattr(phone, "open_installation", lambda **_: None)
    with translation.override("en"):
        yield


@pytest.fixture
def ami(story) -> Exchange:
    return exchanges.add("testpbx", "ami", at=story.now)[0]


def run(*words: str) -> int:
    return main.main(["phone", *words])


def test_a_cti_exchange_is_added_and_its_address_shown_once(capsys, settings):
    settings.PUBLIC_URL = "https://noc.example.com"
    words = ("--country", "pe", "--queue", "cobros=billing", "--signed")
    assert run("exchange", "add", "central", "--cti", *words) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    token = lines[1].removeprefix("https://noc.example.com/telefonia/")
    exchange = Exchange.objects.get()
    assert exchanges.exchange_of_token(token) == exchange
    assert lines[3] == f"https://noc.example.com/api/v1/cti/{token}"
    assert lines[5] == secret_address.signing_secret(exchange)
    assert (exchange.country, exchange.queues, exchange.signed) == ("PE", {"cobros": "billing"}, True)
    assert run("exchange", "list") == 0
    assert token not in capsys.readouterr().out


def test_a_new_token_ends_the_old_one(capsys):
    run("exchange", "add", "central", "--cti")
    old = capsys.readouterr().out.splitlines()[1].rpartition("/")[2]
    assert run("exchange", "token", "central") == 0
    new = capsys.readouterr().out.splitlines()[1].rpartition("/")[2]
    assert exchanges.exchange_of_token(old) is None
    assert exchanges.exchange_of_token(new)


def test_an_exchange_that_is_listened_to(capsys):
    assert run("exchange", "add", "testpbx", "--ami", "--context", "from-trunk", "--context", "from-pstn") == 0
    assert "AMI_NAME=testpbx" in capsys.readouterr().out
    assert Exchange.objects.get().contexts == ["from-trunk", "from-pstn"]
    assert run("exchange", "list") == 0
    assert "no signal yet" in capsys.readouterr().out


def test_the_list_says_since_when_it_is_silent(ami, capsys):
    exchange_seen.is_connected(ami, now() - timedelta(hours=1), None)
    exchange_seen.is_lost(ami, "the network is away")
    run("exchange", "list")
    said = capsys.readouterr().out
    assert "no signal since" in said
    assert "the network is away" in said
    exchange_seen.is_connected(ami, now(), None)
    run("exchange", "list")
    assert "last signal" in capsys.readouterr().out
    Exchange.objects.update(is_active=False)
    run("exchange", "list")
    assert "switched off" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("exchange", "token", "nobody"), "no exchange “nobody”"),
        (("exchange", "token", "testpbx"), "has no token"),
        (("exchange", "add", "testpbx", "--ami"), "exists already"),
        (("exchange", "add", "x" * 99, "--ami"), "1 to 60 characters"),
        (("exchange", "add", "x", "--ami", "--country", "Peru"), "two-letter country code"),
        (("exchange", "add", "x", "--ami", "--queue", "cobros"), "QUEUE=DESK"),
        (("exchange", "add", "x", "--ami", "--queue", "cobros=ventanilla"), "no desk “ventanilla”"),
        (("agent", "Mesa 1", "nobody"), "Nobody signs in"),
        (("agent", "Mesa 1", "ingeniero1", "--since", "ayer"), "not a time"),
        (("agent", "Mesa 1", "ingeniero1", "--exchange", "other"), "no exchange “other”"),
        (("log", "/nowhere/queue_log"), "/nowhere/queue_log"),
        (("replay", "/nowhere/x.ami.txt"), "cannot be read"),
        (("replay", __file__), "recording"),
        (("listen",), "AMI_HOST is not set"),
    ],
)
def test_what_is_wrong_is_one_sentence(ami, capsys, words, said):
    assert run(*words) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_which_exchange_is_meant(story, capsys, settings):
    words = ("agent", "Mesa 1", "ingeniero1")
    assert run(*words) == 1
    assert "no exchange yet" in capsys.readouterr().err
    exchanges.add("uno", "ami", at=story.now)
    assert run(*words) == 0
    exchanges.add("dos", "ami", at=story.now)
    assert run(*words) == 1
    assert "--exchange" in capsys.readouterr().err
    settings.AMI_NAME = "dos"
    assert run(*words) == 0
    assert set(ExchangeAgent.objects.values_list("exchange__name", flat=True)) == {"uno", "dos"}


def test_since_when_a_name_is_somebody(ami, story):
    assert run("agent", "Mesa 1", "ingeniero1", "--since", "2026-11-20T03:00") == 0
    agent = ExchangeAgent.objects.get()
    assert (agent.staff, agent.since.isoformat()) == (story.engineer, "2026-11-20T08:00:00+00:00")


def test_a_recording_is_tried_out(ami, capsys):
    file = FOLDER / "abandoned.ami.txt"
    assert run("replay", str(file)) == 0
    assert "Calls updated: 1." in capsys.readouterr().out
    call = Call.objects.get()
    assert call.left_as == LeftAs.ABANDONED
    assert call.ended_at <= now()
    assert run("replay", str(file), "--hours-as-recorded") == 0
    assert run("replay", str(file), "--hours-as-recorded") == 0
    assert Call.objects.count() == 2


def test_a_log_is_taken_from_a_file_and_read_on(ami, tmp_path, capsys):
    file = tmp_path / "queue_log"
    shift = int(now().timestamp()) - int(log_lines("abandoned")[-1].split("|")[0])
    lines = [f"{int(line.split('|')[0]) + shift}|{line.partition('|')[2]}" for line in log_lines("abandoned")]
    file.write_text("\n".join(lines[:2]) + "\n")
    assert run("log", str(file)) == 0
    assert "Lines read: 2. Calls updated: 1." in capsys.readouterr().out
    file.write_text("\n".join(lines) + "\n")
    assert run("log", str(file)) == 0
    assert Call.objects.get().left_as == LeftAs.ABANDONED
    assert ExchangeEvent.objects.count() == 4
    file.unlink()
    file.write_text("x\n")
    assert run("log", str(file)) == 1
    assert "unmeasured" in capsys.readouterr().err


def test_a_log_comes_through_a_pipe(ami, capsys, monkeypatch):
    shift = int(now().timestamp()) - int(log_lines("abandoned")[0].split("|")[0])
    lines = [f"{int(line.split('|')[0]) + shift}|{line.partition('|')[2]}" for line in log_lines("abandoned")]
    reading, writing = os.pipe()
    os.write(writing, "\n".join(lines).encode())
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe, fileno=pipe.fileno))
        assert run("log", "-") == 0
    assert "Lines read: 4. Calls updated: 1." in capsys.readouterr().out
    assert Call.objects.get().left_as == LeftAs.ABANDONED
