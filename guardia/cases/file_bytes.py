"""The bytes of files that no case has any more go: at once after a withdrawal, and by a sweep what a crash has left."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from guardia.cases.chain import nothing
from guardia.cases.writes import take_turn
from guardia.clocks.aside import PASSES, Aside
from guardia.config.walls import Wall, behind
from guardia.evidence import store
from guardia.evidence.case_file import CaseFile

LEFT_ALONE = timedelta(days=7)
"""What no row names is kept so long: whoever restores the database of yesterday still finds the files of today."""

AT_A_TIME = 200
DIGITS = 12
ASIDE = Aside("file", lambda pk: f"{pk:0{DIGITS}x}")
"""Of files that cannot be removed, by what their names begin with: some have no row any more."""


def forget_after_commit(sha: str) -> None:
    """When the withdrawal is committed the bytes go, unless another case has the same; were this to fail, the sweep
    removes them.
    """
    transaction.on_commit(partial(forget, sha), robust=True)


def forget(sha: str) -> bool:
    """In a step of its own: remove the bytes of this hash if no file counts on them. Says whether it did.

    Whoever adds a file holds the same turn until its row is committed, so its bytes are never taken from under it.
    """
    with behind(Wall.WORKER):
        take_turn(store.turn(sha))
        if CaseFile.objects.filter(sha256=sha, withdrawn_at=None).exists():
            return False
        store.remove(sha)
        return True


def sweep(now: datetime) -> int:
    """Remove what stands in the store and belongs to no file of any case: what was withdrawn, and what a crash or a
    refusal has left behind a week before ``now`` (UTC). Returns how many were removed.

    One folder of the store at a time, one question each. A file that cannot be removed is set aside.
    """
    removed = 0
    with behind(Wall.WORKER):
        without = {*ASIDE.left_out(now)}
    for found in store.hashes():
        with behind(Wall.WORKER):
            rows = list(CaseFile.objects.filter(sha256__in=found).values_list("sha256", "withdrawn_at"))
        counted_on = {sha for sha, withdrawn_at in rows if withdrawn_at is None}
        withdrawn = {sha for sha, _ in rows} - counted_on
        left = [sha for sha in found if sha not in counted_on and _id(sha) not in without]
        removed += sum(_removed(sha, sha in withdrawn, now) for sha in left)
    return removed


def _removed(sha: str, is_withdrawn: bool, now: datetime) -> bool:
    try:
        return (is_withdrawn or store.is_older(sha, now - LEFT_ALONE)) and forget(sha)
    except PASSES:
        raise
    except Exception as trouble:
        with behind(Wall.WORKER):
            ASIDE.failed(_id(sha), trouble, now)
        return False


def _id(sha: str) -> int:
    return int(sha[:DIGITS], 16)


@dataclass(frozen=True)
class Trouble:
    """A file whose bytes are not what its row says: ``lost``, or ``changed``."""

    case: int
    file: int
    sha256: str
    what: str


def troubles(read: Callable[[int], object] = nothing) -> Iterator[Trouble]:
    """Every file of a case whose bytes are lost, or no longer those of its hash. Reads the whole store.

    ``read`` is told how many files were looked at since the last time.
    """
    last = 0
    while True:
        with behind(Wall.WORKER):
            rows = CaseFile.objects.filter(withdrawn_at=None, pk__gt=last).order_by("pk")
            found = list(rows.values_list("pk", "case__number", "sha256")[:AT_A_TIME])
        if not found:
            return
        for pk, number, sha in found:
            content = store.read(sha)
            if content is None:
                yield Trouble(number, pk, sha, "lost")
            elif store.digest(content) != sha:
                yield Trouble(number, pk, sha, "changed")
        read(len(found))
        last = found[-1][0]
