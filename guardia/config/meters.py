"""What processes count for /metrics: how long requests took, what became of messages.

With PROMETHEUS_MULTIPROC_DIR in the environment (the commands ``web`` and ``worker`` set it) each process counts in
files of its own, which whoever is asked adds up; without it, in a test or a shell, in its own memory.

The files are written to (``Written``) and never mapped into memory: a full disk then refuses a write, which costs the
file a figure until there is room again; to a mapped file the same would end the process by SIGBUS (ADR 32).
"""

import errno
import logging
import os
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


def begin(state: Path, of: str) -> None:
    """Before anything is counted: the files of this kind of process (``web``, ``worker``), begun anew.

    Where the folder cannot be made, each process counts in its own memory, and the log says so.
    """
    folder = state / "metrics" / of
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        log.warning("/metrics counts in memory, %s cannot be made: %s", folder, trouble.strerror)
        os.environ.pop(FOLDER, None)
        return
    os.environ[FOLDER] = str(folder)


class Files:
    """The files of this process, one for each kind of figure, in the form that the library reads.

    A header of eight bytes whose first four say how much is used; then for each figure the length of its name (four
    bytes), the name, blanks up to a multiple of eight, and two doubles: its value and a time that is not used.
    """

    HEADER, NUMBERS = struct.Struct("i4x"), struct.Struct("dd")

    def __init__(self) -> None:
        self.lock = Lock()
        self.pid = os.getpid()
        self.open: dict[str, int] = {}
        self.used: dict[str, int] = {}
        self.places: dict[tuple[str, str], int] = {}
        self.is_failing = False

    def write(self, kind: str, key: str, value: float) -> None:
        """Where the disk takes nothing it is said once, and the next value of this figure is written in its place."""
        with self.lock:
            try:
                self._write(kind, key, value)
            except OSError as trouble:
                if not self.is_failing:
                    log.warning("figures for /metrics are not written: %s", trouble.strerror)
                self.is_failing = True
            else:
                self.is_failing = False

    def _write(self, kind: str, key: str, value: float) -> None:
        if self.pid != os.getpid():  # of a child that was forked: the files of its parent are not its own
            self.__dict__.update(pid=os.getpid(), open={}, used={}, places={})
        if kind not in self.open:
            path = Path(os.environ[FOLDER]) / f"{kind}_{self.pid}.db"
            self.open[kind] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
            self.used[kind] = self.HEADER.size
        place = self.places.get((kind, key))
        if place is None:
            self._add(kind, key, value)
        else:
            os.pwrite(self.open[kind], self.NUMBERS.pack(value, 0.0), place)

    def _add(self, kind: str, key: str, value: float) -> None:
        name = key.encode()
        padding = b" " * (8 - (len(name) + 4) % 8)
        row = struct.pack("i", len(name)) + name + padding + self.NUMBERS.pack(value, 0.0)
        begins = self.used[kind]
        if os.pwrite(self.open[kind], row, begins) != len(row):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        ends = begins + len(row)
        os.pwrite(self.open[kind], self.HEADER.pack(ends), 0)  # only now is the row one of those that are read
        self.used[kind], self.places[kind, key] = ends, ends - self.NUMBERS.size


class Written:
    """A figure in memory that stands in a file too: what the library takes for a class of values."""

    _multiprocess = True
    files = Files()

    def __init__(
        self,
        typ: str,
        metric_name: str,
        name: str,
        labelnames: Sequence[str],
        labelvalues: Sequence[str],
        help_text: str,
        multiprocess_mode: str = "",
        **more: Any,
    ) -> None:
        from prometheus_client.mmap_dict import mmap_key

        self.kind = f"gauge_{multiprocess_mode}" if typ == "gauge" else typ
        self.key = mmap_key(metric_name, name, list(labelnames), list(labelvalues), help_text)
        self.lock, self.value = Lock(), 0.0
        self.files.write(self.kind, self.key, self.value)

    def inc(self, amount: float) -> None:
        with self.lock:
            self.value += amount
            self.files.write(self.kind, self.key, self.value)

    def set(self, value: float, timestamp: float | None = None) -> None:
        with self.lock:
            self.value = value
            self.files.write(self.kind, self.key, self.value)

    def get(self) -> float:
        return self.value

    def set_exemplar(self, exemplar: Any) -> None:
        """None are kept, as with the library's own files."""

    def get_exemplar(self) -> None:
        return None


class Meters:
    """Made when first needed: the library reads where to count when it is imported."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, values

        if FOLDER in os.environ:
            values.ValueClass = Written  # as the library's own documentation has it replaced
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
        self.webhooks = Counter(
            "guardia_webhooks",
            "Events sent to systems that follow them, by what became of the attempt",
            ["outcome"],
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


def webhook_tried(outcome: str) -> None:
    """One attempt to send an event to a system that follows it: ``delivered`` or ``failed``."""
    meters().webhooks.labels(outcome).inc()


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

        written = [file for file in self.folder.glob("*/*.db") if file.stat().st_size > Files.HEADER.size]
        return MultiProcessCollector.merge([str(file) for file in written], accumulate=True)
