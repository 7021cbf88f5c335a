"""A replay in as many processes as it has parts, each with a connection of its own; or in this one."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import cast

from django.db import connections

from guardia.shadow.replay import Replay, Replayed

ALONE = 500
"""So many facts are replayed sooner than another process is begun."""
MOST_PARTS = 2


class PartFailed(Exception):
    """A process of the replay ended before its part was done; what was wrong it has said itself."""


def parts_for(facts: int) -> int:
    return 1 if facts < ALONE else min(MOST_PARTS, os.cpu_count() or 1)


def replayed_in_parts(replay: Replay, parts: int, stepped: Callable[[int], object]) -> Replayed:
    """All of a prepared replay. ``stepped`` is told how many facts more are done. Raises PartFailed."""
    if parts == 1:
        return replay.run(stepped)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    running: dict[Connection, int] = {}
    for part in range(parts):
        ours, theirs = fork.Pipe(duplex=False)
        child = fork.Process(target=run_part, args=(replay, part, parts, theirs), daemon=True)
        child.start()
        theirs.close()
        running[ours] = part
    whole = Replayed()
    while running:
        for ready in map(lambda one: cast("Connection", one), wait(list(running))):
            try:
                said = ready.recv()
            except EOFError:
                raise PartFailed from None
            if isinstance(said, Replayed):
                whole.cases |= said.cases
                whole.refused.update(said.refused)
                del running[ready]
            else:
                stepped(said)
    return whole


def run_part(replay: Replay, part: int, parts: int, out: "Connection[object, object]") -> None:
    """In a process of its own: counts as it goes, then what came of its part."""
    replay.agenda.open()
    out.send(replay.run(out.send, part, parts))
    connections.close_all()
