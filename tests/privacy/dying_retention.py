"""A retention of small steps that says of which table each was, and waits for a word, so that whoever
listens may kill it in between."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")

import django

django.setup()

import sys  # noqa: E402

from guardia.privacy import retention  # noqa: E402

taken = retention.taken


def told(cut, tomb, before, stop, at_once):
    def slow() -> bool:
        if slow.steps:
            print(cut.table, flush=True)  # noqa: T201 - the test reads it
            sys.stdin.readline()
        slow.steps += 1
        return stop()

    slow.steps = 0
    return taken(cut, tomb, before, slow, at_once)


retention.taken = told
retention.run(at_once=2)
