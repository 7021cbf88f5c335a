"""One row that cannot be taken holds up no other: it is set aside for an hour, and said where everybody looks.

What is due is taken oldest first. A row that raises stays the oldest, and each later batch would fail on it again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from guardia.clocks import watch

log = logging.getLogger(__name__)

SET_ASIDE_FOR = timedelta(hours=1)
TRIED_WITHIN = timedelta(minutes=5)
"""A row that has not failed again by so long after the hour of its retry went well, or is due no more."""

PASSES = (OperationalError, InterfaceError)
"""Trouble of the database says nothing of a row: the whole round is done again."""

every: list["Quarantine"] = []


class Quarantine:
    """What one process has set aside of one kind, by id and until when (UTC); what others have, as it begins."""

    def __init__(self, kind: str, called: Callable[[int], object] | None = None) -> None:
        """``called``: by which number people know a row of this id; it is asked when one is set aside."""
        self.kind, self.called = kind, called
        self.until: dict[int, datetime] | None = None
        every.append(self)

    def left_out(self, now: datetime) -> list[int]:
        """The ids whose turn does not come before an hour is over. Inside a transaction of the caller."""
        if self.until is None:
            rows = watch.Trouble.objects.filter(kind=self.kind, until__isnull=False).values_list("key", "until")
            self.until = {int(key.partition("/")[0]): until for key, until in rows if until}
        for pk, until in list(self.until.items()):
            if until + TRIED_WITHIN <= now:
                watch.is_well(self.kind, self._key(pk))
                self.until.pop(pk, None)  # another thread of this process may have done it
        return [pk for pk, until in self.until.items() if until > now]

    def failed(self, pk: int, trouble: Exception, now: datetime) -> None:
        """Set it aside, on record and in the log. Called while the trouble is handled, outside of its savepoint."""
        log.exception("%s %s cannot be taken: set aside for an hour, the others go on", self.kind, pk)
        until = now + SET_ASIDE_FOR
        self.until = {**(self.until or {}), pk: until}
        watch.fails(self.kind, self._key(pk), watch.reason_of(trouble), now, until)

    def _key(self, pk: int) -> str:
        return f"{pk}/{self.called(pk)}" if self.called else str(pk)

    def each[Row](
        self, rows: Iterable[Row], take: Callable[[Row], object], now: datetime, key: Callable[[Row], int] | None = None
    ) -> int:
        """Take each row in a savepoint of its own; how many went well. ``key``: its id, where it is none itself.

        Raises what PASSES.
        """
        taken = 0
        for row in rows:
            try:
                with transaction.atomic():
                    take(row)
            except PASSES:
                raise
            except Exception as trouble:
                self.failed(key(row) if key else row.pk, trouble, now)  # type: ignore[attr-defined]
            else:
                taken += 1
        return taken

    def together(self, look: Callable[[Sequence[int]], int], pks: Sequence[int], now: datetime) -> int:
        """Take these ids in one step; where a row spoils it, each by itself. Returns the sum of what ``look`` says.

        Raises what PASSES.
        """
        if not pks:
            return 0
        try:
            with transaction.atomic():
                return look(pks)
        except PASSES:
            raise
        except Exception:
            log.exception("%s: one of %d cannot be taken; each goes by itself", self.kind, len(pks))
        found: list[int] = []
        self.each(pks, lambda pk: found.append(look([pk])), now, key=int)
        return sum(found)

    def only[Row](self, rows: Iterable[Row], holds: Callable[[Row], bool], now: datetime) -> Iterator[Row]:
        """Those of the rows for which this holds, each asked as ``each`` takes it: one that raises is set aside."""
        found: list[Row] = []
        for row in rows:
            self.each([row], lambda row: found.append(row) if holds(row) else None, now)
            yield from found
            found.clear()


def forget() -> None:
    """For tests: another database has other rows."""
    for aside in every:
        aside.until = None
