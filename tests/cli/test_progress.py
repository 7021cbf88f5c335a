"""Long commands say how far they are; Ctrl-C and SIGTERM unwind what was begun."""

import io
import os
import signal

import pytest

from guardia.cli import main as cli
from guardia.cli.progress import Progress, Stopped, ends_tidily, span


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_on_a_screen_one_line_is_written_over_and_gone_at_the_end():
    out, clock = Screen(), Clock()
    with Progress("cases proven", 100_000, out, clock) as progress:
        progress.step(1000)
        assert out.getvalue() == "", "not at each step"
        clock.seconds += 60
        progress.step(39_000)
        assert out.getvalue() == "\r  cases proven: 40,000 of 100,000 (40 %), 1:30 left"
    assert out.getvalue().endswith("\r")
    assert "\n" not in out.getvalue()


def test_in_a_log_it_is_a_line_now_and_then():
    out, clock = io.StringIO(), Clock()
    with Progress("files", 10, out, clock) as progress:
        clock.seconds += 5
        progress.step()
        clock.seconds += 25
        progress.step()
    assert out.getvalue() == "  files: 2 of 10 (20 %), 2:00 left\n"


def test_more_than_was_known_of_has_no_share():
    clock = Clock()
    with Progress("files", 1, io.StringIO(), clock) as progress:
        progress.step(3)
        assert progress.words(clock.seconds) == "  files: 3"


def test_what_begins_is_named_on_a_screen_at_once_and_no_time_is_made_up_for_it():
    out, clock = Screen(), Clock()
    with Progress("tables", 90, out, clock, is_steady=False) as progress:
        progress.begins("case")
        progress.begins("case_event")
        assert out.getvalue() == "\r  tables: 1 of 90, case\r  tables: 2 of 90, case_event"


@pytest.mark.parametrize(("seconds", "words"), [(9, "0:09"), (750, "12:30"), (3900, "1:05:00")])
def test_a_span_is_short(seconds, words):
    assert span(seconds) == words


def test_sigterm_unwinds_and_what_was_before_is_set_again():
    before = signal.getsignal(signal.SIGTERM)
    unwound = []

    def work() -> None:
        with ends_tidily():
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                unwound.append(True)

    with pytest.raises(Stopped):
        work()
    assert unwound == [True]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(("trouble", "code"), [(KeyboardInterrupt, 130), (Stopped, 143)])
def test_whoever_stops_a_command_reads_one_word(monkeypatch, capsys, trouble, code):
    from guardia.cli import migrate

    def stopped(*, empty: bool):
        raise trouble

    monkeypatch.setattr(migrate, "open_installation", stopped)
    assert cli.main(["migrate"]) == code
    assert capsys.readouterr().err == "guardia: stopped\n"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (OSError(28, "No space left on device", "/var/lib/guardia/x"), "make room"),
        (OSError(30, "Read-only file system", "/var/lib/guardia/x"), "name another folder"),
        (PermissionError(13, "Permission denied", "/var/lib/guardia/x"), "Give it to the account"),
    ],
    ids=["no room", "read-only", "not allowed"],
)
def test_what_the_machine_refuses_is_one_sentence_with_its_remedy(monkeypatch, capsys, trouble, words):
    from guardia.cli import migrate

    def refused(*, empty: bool):
        raise trouble

    monkeypatch.setattr(migrate, "open_installation", refused)
    assert cli.main(["migrate"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"guardia: /var/lib/guardia/x: {trouble.strerror}, as ")
    assert words in told
    assert told.count("\n") == 1
