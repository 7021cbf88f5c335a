"""What an exchange shows that nobody has named yet: contexts, numbers and queues; and what naming one changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.calls.call import Call
from guardia.calls.exchange import Exchange
from guardia.calls.exchange_seen import LATELY, SeenName
from guardia.calls.exchange_unnamed import UnnamedContext, unnamed_contexts
from guardia.calls.queue_visit import QueueVisit
from guardia.cases.phone_place import desk_of_queue, lines_of
from guardia.intake import phone
from guardia.procedure import version as versions

TAKEN_IN = timedelta(hours=1)
"""Calls that began so lately become what they are by the new name; what is older is past answering, and stays."""
MOST_LOOKED_AT = 5000
MOST_SHOWN = 20


@dataclass(frozen=True)
class Unnamed:
    """``contexts``: their calls are on nobody's screen. ``numbers``, ``queues``: calls that lead to no line of ours."""

    contexts: Sequence[UnnamedContext] = ()
    numbers: Sequence[SeenName] = ()
    queues: Sequence[SeenName] = ()

    def __bool__(self) -> bool:
        return bool(self.contexts or self.numbers or self.queues)


def unnamed(exchange: Exchange, now: datetime) -> Unnamed:
    """As its calls of a month before ``now`` (UTC) show it, its contexts of a week."""
    contexts, version = unnamed_contexts(exchange, now), versions.version_at(now)
    if version is None:
        return Unnamed(contexts)
    procedure = version.procedure
    lines = [line.key for line in procedure.lines]
    astray = Call.objects.filter(exchange=exchange, arrived_at__gte=now - LATELY).exclude(line__in=lines)
    dialled = astray.exclude(dialled="").order_by("-arrived_at").values_list("dialled", flat=True)[:MOST_LOOKED_AT]
    visits = QueueVisit.objects.filter(call__in=astray, ordinal=1).order_by("-pk")
    queues = visits.values_list("queue", flat=True)[:MOST_LOOKED_AT]
    numbers = Counter(number for number in dialled if not lines_of(number, exchange, procedure))
    # Where an exchange names no queue the number stands for it: it is asked for once.
    astray_queues = Counter(queue for queue in queues if queue and not desk_of_queue(queue, exchange, procedure))
    for number in numbers:
        astray_queues.pop(number, None)
    return Unnamed(contexts, _most_seen(numbers), _most_seen(astray_queues))


def take_in(exchange: Exchange, now: datetime) -> list[Call]:
    """Look again at the calls of the hour before ``now`` (UTC), by what is named now; in the caller's transaction."""
    since = now - TAKEN_IN
    exchange.refresh_from_db()
    calls = Call.objects.filter(exchange=exchange, arrived_at__gte=since).values_list("reference", flat=True)
    begun = exchange.events.filter(received_at__gte=since, name="Newchannel").values_list("reference", flat=True)
    references = {reference for reference in [*calls[:MOST_LOOKED_AT], *begun[:MOST_LOOKED_AT]] if reference}
    return phone.follow(exchange, references, now)


def _most_seen(names: Counter[str]) -> list[SeenName]:
    ordered = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    return [SeenName(name, count) for name, count in ordered[:MOST_SHOWN]]
