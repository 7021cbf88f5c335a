"""`bin/faults` in its short form: each process is killed once, each trouble comes once, nothing is lost. And that the
run can fail: what it counts is spoilt by itself each time, and what it sees from outside here.
"""

import json
import os
import random
import smtplib
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench._machine import Figure
from bench.faults import disk
from bench.faults.clock import HOUR, Clock
from bench.faults.mailserver import HOST, Arrival, MailServer, text_of

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
KILLS = ["web", "web process", "worker", "PostgreSQL", "backend", "migration"]
OTHER_DISKS = ["state folder full", "temporary folder full", "database full"]
TROUBLES = ["mail refused", "mail hung", "mail dropped", "folder full", "connections cut"]
MAIL = "Message-ID: <{}@example.com>\r\nSubject: x\r\n\r\nhttp://127.0.0.1/c/caso/abc\r\n"


@pytest.mark.integration
def test_each_is_killed_once_and_nothing_is_lost(tmp_path):
    addresses = (
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "DATABASE_PORTAL_URL",
        "DATABASE_PORTAL_ACTS_URL",
        "DATABASE_WORKER_URL",
        "DATABASE_SIGN_IN_URL",
    )
    foreign = (*addresses, "STATE_DIR", "DJANGO_SETTINGS_MODULE")
    here = {name: value for name, value in os.environ.items() if name not in foreign}
    run = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--kills", "6", "--seed", "1"],
        cwd=ROOT,
        env=here | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    said = run.stdout.splitlines()
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-4000:]
    assert said[0] == "seed 1"
    figure = json.loads(said[-1])
    assert (figure["name"], figure["value"], figure["holds"]) == ("faults", 0, True)
    assert figure["limit"] > 50, "hardly any work was done"
    counts = said[-2].split("; ")
    assert counts[0] == f"killed 6 ({', '.join(f'{name} 1' for name in KILLS)})"
    assert all(f"{name} 1" in counts[1] for name in TROUBLES)
    if "folder: tmpfs, 3 more" in counts:
        assert all(f"{name} 1" in counts[1] for name in OTHER_DISKS)
    assert "checks seen to fail 12 of 12" in counts
    assert list(tmp_path.iterdir()) == [], "something is left behind"


def test_what_is_done_when_follows_from_the_seed():
    from bench.faults.order import in_order

    def order(seed: int, kills: int) -> list[str]:
        return in_order(random.Random(seed), KILLS, TROUBLES, kills)

    assert order(7, 40) == order(7, 40) != order(8, 40)
    short = order(1, 6)
    assert sorted(short) == sorted(KILLS + TROUBLES)
    long = order(1, 200)
    assert sum(name in KILLS for name in long) == 200
    assert sum(name in TROUBLES for name in long) == 50
    assert set(KILLS + TROUBLES) == set(long)


def test_anything_that_is_wrong_ends_it_with_one(capsys):
    assert Figure("faults", 1, "wrong", 1000, 0.0).say() == 1
    assert Figure("faults", 0, "wrong", 1000, 0.0).say() == 0


# --- the mail server --------------------------------------------------------------------------------------------------


@pytest.fixture
def mail(tmp_path):
    with MailServer(tmp_path / "mails") as server:
        yield server


def hand_over(server: MailServer, name: str, head: str = "") -> None:
    with smtplib.SMTP(HOST, server.port, timeout=5) as client:
        client.sendmail("casos@example.com", "uno@example.com", head + MAIL.format(name))


def test_the_mail_server_keeps_every_letter_whole(mail, tmp_path):
    hand_over(mail, "a")
    hand_over(mail, "b", "X-Guardia-Repeat: 1\r\n")
    assert mail.arrivals == [
        Arrival("<a@example.com>", "uno@example.com", repeat=False),
        Arrival("<b@example.com>", "uno@example.com", repeat=True),
    ]
    assert (tmp_path / "mails").read_bytes().count(b"/c/caso/abc") == 2
    assert "/c/caso/abc" in text_of(mail.newest[-1])[1]


def test_it_refuses_and_comes_back(mail):
    mail.refuse()
    with pytest.raises(OSError, match="refused"):
        hand_over(mail, "a")
    mail.heal()
    hand_over(mail, "a")
    assert len(mail.arrivals) == 1


def test_it_drops_what_it_has_kept(mail):
    mail.drop(1)
    with pytest.raises((smtplib.SMTPException, OSError)):
        hand_over(mail, "a")
    hand_over(mail, "a")
    assert ([each.message_id for each in mail.arrivals], mail.dropped) == (["<a@example.com>"] * 2, 1)


def test_while_it_hangs_it_keeps_nothing(mail):
    mail.hang()
    with pytest.raises(OSError, match="timed out"):
        smtplib.SMTP(HOST, mail.port, timeout=0.2)
    mail.heal()
    hand_over(mail, "a")
    assert len(mail.arrivals) == 1


# --- what is counted from outside -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "allowed", "again", "wrong"),
    [
        ([False, True], 1, 1, 0),
        ([False, False], 1, 1, 1),
        ([True, True, True], 1, 2, 1),
        ([True], 0, 0, 0),
    ],
)
def test_a_letter_that_comes_again_says_so_and_is_one_of_those_that_may(marks, allowed, again, wrong):
    from bench.faults.checks import Seen, repeats

    letters = [Arrival("<a@example.com>", "uno@example.com", repeat) for repeat in marks]
    came, found = repeats(Seen([], letters, allowed, datetime(2026, 11, 25, tzinfo=UTC)))
    assert (came, len(found)) == (again, wrong)


# --- what is done to a process ----------------------------------------------------------------------------------------


def test_the_clock_of_a_living_process_jumps(tmp_path):
    clock = Clock(tmp_path, workers=1)
    if not clock.works:
        pytest.skip(clock.how)
    watch = "import sys, time\nfor _ in sys.stdin: print(time.time(), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", watch],
        env=os.environ | clock.environment(0),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def ahead() -> int:
            process.stdin.write("\n")
            process.stdin.flush()
            return round((float(process.stdout.readline()) - time.time()) / HOUR)

        said = [ahead()]
        for hours in (1, -1, 0):
            clock.shift(0, hours * HOUR)
            said.append(ahead())
        process.stdin.close()
    assert said == [0, 1, -1, 0]


def test_where_nothing_may_be_mounted_a_limit_makes_the_folder_full(tmp_path):
    file = tmp_path / "f"
    write = "import sys\nfor _ in sys.stdin: print(open(sys.argv[1], 'wb', 0).write(b'x' * 99), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", write, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def written() -> str:
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        limit = disk.Limit(lambda: [process.pid])
        said = [written()]
        limit.fill()
        said.append(written())
        limit.free()
        said.append(written())
        process.stdin.close()
    assert said == ["99", str(disk.SMALL), "99"]
