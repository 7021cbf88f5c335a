"""What `guardia run` prints stands on a line of its own, whatever its web and worker write there at the same time."""

import sys
from io import RawIOBase, TextIOWrapper

import pytest

from guardia.cli import run
from guardia.web.first_run import key


class Shared(RawIOBase):
    """A terminal, or the log of a container, to which another process writes whenever it may."""

    def __init__(self) -> None:
        self.all = b""

    def writable(self) -> bool:
        return True

    def write(self, some) -> int:
        self.all += bytes(some) + b"2026-11-29 02:00:00 INFO guardia.worker mail\n"
        return len(some)


@pytest.mark.django_db
def test_the_address_of_the_first_steps_is_not_glued_to_what_others_log(monkeypatch):
    shared = Shared()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(shared, write_through=True))  # as with PYTHONUNBUFFERED
    monkeypatch.setattr(key, "is_open", lambda: True)
    run.say_first_run()
    lines = shared.all.decode().splitlines()
    assert f"Nobody can sign in yet. First steps: {key.address()}" in lines
