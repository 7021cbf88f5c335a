"""Traps into the tables: each to the source that its address and its community or user name, and to no other."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.network.alert import AlertSource, SourceKind
from guardia.network.alerts_kept import is_troubled, keep
from guardia.network.alerts_said import Message, Said
from guardia.network.alerts_tokens import matching
from guardia.network.alerts_traps import Trap, said_by

log = logging.getLogger(__name__)

SAID_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """``digest``: of its community or user; ``arrived``: seconds of the machine's steady counter."""

    trap: Trap
    digest: str
    arrived: float
    answer: Callable[[], None] | None = None


class Keeper:
    """``step`` opens a transaction behind the worker's wall, ``now`` reads the database's hour (UTC) in it."""

    def __init__(
        self, step: Callable[[], AbstractContextManager[None]], now: Callable[[], datetime], steady: Callable[[], float]
    ) -> None:
        self.step = step
        self.now = now
        self.steady = steady
        self.said: dict[str, datetime] = {}

    def take(self, batch: Sequence[Heard], lost: int = 0) -> int:
        """Keep what the sources in use said, committed when it returns; how many traps that were.

        ``lost``: so many more came in than could be held, which the settings say.
        """
        with self.step(), translation.override(settings.LANGUAGE_CODE):
            at, steady = self.now(), self.steady()
            by_source: dict[int, list[Said]] = defaultdict(list)
            sources = self._sources({heard.trap.address for heard in batch})
            known: dict[int, AlertSource] = {}
            for heard in batch:
                source = self._source_of(heard, sources.get(heard.trap.address, []), at)
                if source:
                    hour = at - timedelta(seconds=max(0.0, steady - heard.arrived))
                    known[source.pk] = source
                    by_source[source.pk] += [replace(said, at=hour) for said in said_by(heard.trap).alerts]
            words = _("%d traps were lost: more came in than could be kept.") % lost if lost else ""
            for pk in sorted(by_source):
                keep(known[pk], Message(tuple(by_source[pk]), words), at)
            return sum(map(len, by_source.values()))

    def _sources(self, addresses: set[str]) -> dict[str, list[AlertSource]]:
        found: dict[str, list[AlertSource]] = defaultdict(list)
        for source in AlertSource.objects.filter(kind=SourceKind.SNMP, is_active=True, address__in=addresses):
            found[str(source.address)].append(source)
        return found

    def _source_of(self, heard: Heard, sources: Sequence[AlertSource], at: datetime) -> AlertSource | None:
        source = matching(sources, heard.digest)
        if source is None and self._is_news(heard.trap.address, at):
            log.warning("a trap of %s is not taken: no source has its address and community", heard.trap.address)
            for one in sources:
                is_troubled(one, _("A trap came in with another community or user: compare them with the device's."))
        return source

    def _is_news(self, address: str, at: datetime) -> bool:
        """A stranger is named once in ten minutes, however much it sends; and not more strangers than a page holds."""
        self.said = {one: hour for one, hour in self.said.items() if at - hour < SAID_EVERY}
        if address in self.said or len(self.said) >= 100:
            return False
        self.said[address] = at
        return True
