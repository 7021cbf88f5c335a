"""A parent command and its processes."""

import os
import signal

import pytest

from guardia.cli.children import HEALTHY_SECONDS, Child, Children, ends_on_signals

pytestmark = pytest.mark.process


def test_who_dies_comes_back_after_a_longer_pause_each_time(capsys):
    child = Child("web", ["--help"])
    children = Children(child)
    child.start()
    for pause in (1, 2, 4):
        child.process.wait()
        died = child.born + 0.5
        children._tend(child, died)
        assert child.process is None
        children._tend(child, died + pause - 0.1)
        assert child.process is None
        children._tend(child, died + pause)
        assert child.process is not None
    children.stop()
    assert "web ended (0); again in 4 s" in capsys.readouterr().err


def test_who_lived_long_comes_back_soon():
    child = Child("web", ["--help"], deaths=5)
    children = Children(child)
    child.start()
    child.process.wait()
    children._tend(child, child.born + HEALTHY_SECONDS + 1)
    assert child.deaths == 1
    children.stop()


def test_a_log_keeps_the_last_words(tmp_path):
    child = Child("web", ["no-such-command"], tmp_path / "web.log")
    child.start()
    child.process.wait()
    assert "invalid choice: 'no-such-command'" in child.last_words()


def signalled_twice(number):
    with ends_on_signals():
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_unwinds_once_and_is_no_error(number):
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as end:
        signalled_twice(number)
    assert end.value.code == 0
    assert signal.getsignal(number) is before
