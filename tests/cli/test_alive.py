"""A process says that it is ready and lives over a real socket; one that hangs is ended and begun anew."""

import os
import signal
import subprocess
import sys

import pytest

from guardia.cli.children import Child, Children
from guardia.cli.web import Answering, parent_of
from guardia.config import processes
from guardia.worker.loop import Progress

pytestmark = pytest.mark.process

LONGEST = processes.HANGS_AFTER_SECONDS
LIVES_ONCE = """
import sys
from guardia.config import processes
processes.notify(processes.ALIVE)
print("said", flush=True)
__import__("signal").pause()
"""


@pytest.fixture
def ear():
    made = processes.Ear()
    yield made
    made.close()


def test_who_supervises_hears_over_a_real_socket_that_it_is_ready_and_lives(ear, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", ear.address)
    assert processes.notify(processes.READY)
    assert processes.notify(processes.ALIVE)
    assert processes.notify(processes.ALIVE)
    assert ear.heard() == ["READY=1", "WATCHDOG=1"]
    assert ear.heard() == []


def test_whoever_begins_removes_what_killed_processes_left(ear, monkeypatch, tmp_path):
    monkeypatch.setattr(processes.tempfile, "tempdir", str(tmp_path))
    left, living, unbound = processes.Ear(), processes.Ear(), tmp_path / f"{processes.FOLDERS}new"
    left.socket.close()  # as a kill does
    unbound.mkdir()
    made = processes.Ear()
    assert {path.name for path in tmp_path.iterdir()} == {living.folder.name, made.folder.name, unbound.name}
    assert processes.notify(processes.ALIVE, living.address)
    living.close()
    made.close()


def test_where_nobody_supervises_nothing_is_said_and_nothing_fails(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not processes.notify(processes.READY)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert not processes.notify(processes.READY)


@pytest.mark.skipif(sys.platform != "linux", reason="names of no file are Linux's own")
def test_a_name_of_no_file_is_an_address_too():
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0guardia-test-{os.getpid()}")
        assert processes.notify(processes.READY, f"@guardia-test-{os.getpid()}")
        assert heard.recv(64) == b"READY=1"


def test_where_no_socket_can_be_made_nobody_is_thought_to_hang(monkeypatch, caplog):
    def full(prefix: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(processes.tempfile, "mkdtemp", full)
    assert processes.ear() is None
    assert "No space left on device" in caplog.text


# --- the worker -------------------------------------------------------------------------------------------------------


class Steps:
    def __init__(self, name: str) -> None:
        self.name, self.beats = name, 0


def test_the_worker_lives_while_its_loops_take_steps_and_ends_itself_when_one_takes_none():
    deadlines, heartbeat = Steps("deadlines"), Steps("heartbeat")
    progress = Progress([deadlines, heartbeat], 0)
    assert progress.goes_on(LONGEST)
    deadlines.beats += 1
    assert not progress.goes_on(LONGEST + 1), "the heartbeat takes none"
    assert not progress.hangs(LONGEST + 1)
    heartbeat.beats += 1
    assert progress.goes_on(LONGEST + 2)
    heartbeat.beats += 1
    progress.goes_on(4 * LONGEST)
    assert progress.hangs(4 * LONGEST + 2)
    assert progress.still == ["deadlines"]


# --- `guardia run` and its children -----------------------------------------------------------------------------------


class Scripted(Child):
    @property
    def command(self) -> list[str]:
        return [sys.executable, "-c", LIVES_ONCE]


def test_a_child_that_hangs_is_ended_and_comes_back(tmp_path, capsys):
    child = Scripted("web", [], tmp_path / "log")
    children = Children(child)
    child.start()
    try:
        os.kill(child.process.pid, signal.SIGCONT)
        while not (child.heard_at or child.process.poll() is not None):
            children._tend(child, 1000.0)
        os.kill(child.process.pid, signal.SIGSTOP)
        children._tend(child, 1000.0 + LONGEST)
        assert not child.dead
        stopped = child.process
        children._tend(child, 1001.0 + LONGEST)
        assert stopped.wait() == -signal.SIGKILL
        children._tend(child, 1002.0 + LONGEST)
        children._tend(child, 1e9)
        assert child.process not in (None, stopped)
    finally:
        children.stop()
    assert "web has not said for 60 s that it lives: it is ended" in capsys.readouterr().err


def test_a_child_that_never_said_that_it_lives_is_not_thought_to_hang(tmp_path):
    child = Child("eraser", ["--help"], tmp_path / "log")
    children = Children(child)
    child.start()
    child.process.wait()
    assert not child.hangs(1e9)
    children.stop()


# --- the web server and the processes that answer ---------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="whose child it is, is read from /proc")
def test_of_the_processes_that_answer_the_one_that_hangs_is_ended_and_no_stranger():
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as child:
        answering = Answering(os.getpid())
        assert parent_of(child.pid) == os.getpid()
        assert answering.hanging([str(child.pid), "1", "no number"], 0) == []
        assert answering.hanging([], LONGEST) == []
        assert answering.hanging([], LONGEST + 1) == [child.pid]
        assert answering.hanging([], LONGEST + 2) == [], "once"
        child.kill()


# --- a container ------------------------------------------------------------------------------------------------------


def test_the_health_check_of_a_container_ends_the_worker_that_writes_no_more(tmp_path, monkeypatch):
    monkeypatch.setenv("ALIVE_FILE", str(tmp_path / "alive"))
    assert processes.check(0) == 1, "not begun yet"
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as worker:
        monkeypatch.setattr(processes.os, "getpid", lambda: worker.pid)
        processes.write_down(1000.0)
        assert processes.check(1000 + 2 * LONGEST) == 0
        assert worker.poll() is None
        assert processes.check(1001 + 2 * LONGEST) == 1
        assert worker.wait() == -signal.SIGKILL
