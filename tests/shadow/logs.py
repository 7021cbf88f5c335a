"""Small logs of our own, replayed as `guardia shadow` does, in the database of the test."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

from guardia.history.mapping import load
from guardia.procedure import schema
from guardia.shadow.job import Done, Job, do
from guardia.shadow.replayed_procedure import change_of
from tests.procedure.story import PROCEDURE

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 2, 0)  # noqa: DTZ001  # Saturday, on the wall's clock in Ecuador
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001  # Tuesday
TABLE = """
system: table
rows: [{columns: {number: number, company: company, opened: opened, restored: restored, closed: closed}}]
"""
LOG = """
system: log
rows:
  - columns: {number: number, company: company, service: circuit, time: time, activity: activity, author: author}
states: {open: working, wait: waiting customer, stop: waiting, back: restored, done: closed, again: reopened,
  gone: cancelled}
"""
MEANS = {"found": "remote", "told": "told", "yes": "confirmed", "stable": "stable"}


@contextmanager
def silent(_what: str, _total: int) -> Iterator:
    class Counted:
        def step(self, _count: int = 1) -> None:
            pass

    yield Counted()


def replayed(tmp_path, text: str, mapping: str, *, means=None, instead=(), since="", until="", **more) -> Done:
    """``more``: of the job, as it is."""
    file = tmp_path / "log.csv"
    file.write_text(text, encoding="utf-8")
    procedure = schema.load(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name)
    changes = {kind.value: round(lasts.total_seconds()) for kind, lasts in (change_of(x, procedure) for x in instead)}
    job = Job(
        files=(str(file),),
        mapping=load(mapping, "mapping.yaml").model_dump(mode="json"),
        procedure=procedure.model_dump(mode="json"),
        means=means or {},
        changes=changes,
        since=since,
        until=until,
        **more,
    )
    return do(job, nullcontext, NOW, silent)


def table(*rows: tuple[str, str, datetime, float, float]) -> str:
    """Number, company, opened, minutes until restored and until closed."""
    lines = ["number,company,opened,restored,closed"]
    for number, company, opened, restored, closed in rows:
        hours = (opened + timedelta(minutes=minutes) for minutes in (0, restored, closed))
        lines.append(",".join([number, company, *(hour.isoformat(" ") for hour in hours)]))
    return "\n".join(lines)


def log(**cases: tuple[datetime, dict[float, str]]) -> str:
    """By number: when it began, and what happened so many minutes later; each case of a company of its own."""
    lines = ["number,company,circuit,time,activity,author"]
    for number, (begun, course) in cases.items():
        for minutes, activity in course.items():
            at = begun + timedelta(minutes=minutes)
            lines.append(f"{number},Company {number},,{at.isoformat(' ')},{activity},Ana")
    return "\n".join(lines)


def tally(done: Done, kind: str) -> tuple[int, int, int]:
    """Kept, broken, not judged."""
    found = done.findings.promises[kind]
    return found.kept, found.broken, found.not_judged
