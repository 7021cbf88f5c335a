"""What processes count for /metrics: how long requests took, what became of messages.

With PROMETHEUS_MULTIPROC_DIR in the environment (the commands ``web`` and ``worker`` set it) each process counts in
files of its own, which whoever is asked adds up; without it, in a test or a shell, in its own memory.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


def begin(state: Path, of: str) -> None:
    """Before anything is counted: the files of this kind of process (``web``, ``worker``), begun anew."""
    folder = state / "metrics" / of
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)


class Meters:
    """Made when first needed: the library reads where to count when it is imported."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "guardia_request_seconds",
            "How long requests took, by the name of the address",
            ["route", "method", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.messages = Counter(
            "guardia_messages",
            "Messages to customers and to the operator's people, by channel and by what became of the attempt",
            ["channel", "outcome"],
            registry=self.registry,
        )


_meters: Meters | None = None


def meters() -> Meters:
    global _meters
    if _meters is None:
        _meters = Meters()
    return _meters


def request_took(route: str, method: str, status: int, seconds: float) -> None:
    """``route``: the name of the address, of which there are as many as the site map has; never the address itself."""
    said = method if method in METHODS else "other"
    meters().requests.labels(route, said, f"{status // 100}xx").observe(seconds)


def message_tried(channel: str, outcome: str) -> None:
    """One attempt to hand a message over: ``accepted``, ``refused`` or ``later``."""
    meters().messages.labels(channel, outcome).inc()


def counted() -> "CollectorRegistry":
    """All that the processes of this machine's folder have counted; in a single process, its own."""
    from prometheus_client import CollectorRegistry

    if FOLDER not in os.environ:
        return meters().registry
    registry = CollectorRegistry()
    registry.register(_All(Path(os.environ[FOLDER]).parent))
    return registry


class _All:
    """Web and worker each empty their own folder when they begin, and never that of the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Any:
        from prometheus_client.multiprocess import MultiProcessCollector

        return MultiProcessCollector.merge([str(file) for file in self.folder.glob("*/*.db")], accumulate=True)
