"""Many probes at once, each bounded; whatever happens to one, it answers."""

import asyncio
import logging
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType

from guardia.evidence.addresses import is_allowed
from guardia.evidence.probes.measured import Measured, Question, unclear

log = logging.getLogger(__name__)

LONGEST_SECONDS = 30
KINDS = {"icmp": "icmp", "tcp": "tcp", "dns": "names", "http": "web", "snmp": "interface", "path": "path"}
"""The module of each kind, loaded with its library when the first such probe is asked for."""


class Running:
    """Probes that run in a thread of their own; their answers are fetched by the thread that has the database."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, name="probing", daemon=True)
        self.answers: SimpleQueue[tuple[int, Measured]] = SimpleQueue()
        self.count = 0

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.run_until_complete(_cancelled(self.loop))
        self.loop.close()

    def begin(self, key: int, question: Question) -> None:
        """Ask; ``key`` comes back with the answer."""
        self.count += 1
        asyncio.run_coroutine_threadsafe(self._asked(key, question), self.loop)

    async def _asked(self, key: int, question: Question) -> None:
        self.answers.put((key, await ask(question)))

    def answer(self, seconds: float) -> tuple[int, Measured] | None:
        """The next answer; None if none comes in so many seconds."""
        try:
            answer = self.answers.get(timeout=seconds)
        except Empty:
            return None
        self.count -= 1
        return answer


async def _cancelled(loop: asyncio.AbstractEventLoop) -> None:
    """What still runs is ended, and its sockets with it."""
    rest = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def ask(question: Question, longest: float = LONGEST_SECONDS) -> Measured:
    """One probe, to an address that is allowed now. Never raises: what went wrong is an unclear answer."""
    if not is_allowed(question.address):
        return unclear("not_allowed", address=question.address)
    try:
        async with asyncio.timeout(longest):
            kind = import_module(f"guardia.evidence.probes.{KINDS[question.kind]}")
            return await kind.probe(question)
    except TimeoutError:
        return unclear("too_long", seconds=longest)
    except Exception as trouble:
        log.exception("a probe of kind %s failed", question.kind)
        return unclear("trouble", what=type(trouble).__name__)
