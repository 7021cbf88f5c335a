"""One replay from the file to its findings, in the database that this process is at: `guardia shadow-replay FOLDER`.

The folder holds ``job.json`` and gets ``findings.json`` and ``film.json``. What is asked for stands in the job, so that
two replays, as it was and as if, run in two processes at once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guardia.clocks.calendars import CalendarChange
from guardia.customers.values import fold
from guardia.history.former_case import FormerCase
from guardia.history.importing import HistoryFile, missing_headings
from guardia.history.mapping import Mapping as ColumnMapping
from guardia.notices.notice import SHADOW, Notice, NoticeState
from guardia.people.shifts import usual_hours
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.shadow.agenda import Agenda
from guardia.shadow.by_whom import by_whom
from guardia.shadow.engineers import staffing_of
from guardia.shadow.film_facts import busiest_day, film_facts
from guardia.shadow.findings import Finder, Findings, as_json
from guardia.shadow.former_course import What
from guardia.shadow.more_engineers import more_engineers, promise_of
from guardia.shadow.outage_findings import outages_of
from guardia.shadow.outage_proposals import causes_of, proposals
from guardia.shadow.parts import parts_for, replayed_in_parts
from guardia.shadow.replay import OfTheOperator, Replay
from guardia.shadow.replayed_procedure import put_in_force, replayed

type Step = Callable[[], AbstractContextManager[object]]
AS_IF, DECLARED = "as_if", "declared"
"""The databases of the replays with other lengths, and with outages declared."""
BEFORE = timedelta(days=3)
DEFAULT_NEWS = 1800


class NoCases(Exception):
    """Nothing of the file can be replayed. The text says why."""


@dataclass(frozen=True)
class Job:
    """``since`` and ``until``: local days, both included. ``procedure``: the document of the operator's own.

    ``changes``: seconds by the kind of the clock. ``calendar``: announced days, as ``own_installation`` copied them.
    """

    files: tuple[str, ...]
    mapping: Mapping[str, Any]
    procedure: Mapping[str, Any]
    since: str = ""
    until: str = ""
    means: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    calendar: tuple[Mapping[str, Any], ...] = ()
    rotas: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shifts: tuple[str, ...] = ()
    """These three as ``own_installation`` copied them."""
    engineers: tuple[str, ...] = ()
    """As ``engineers.staffing_of`` reads them."""
    declares: bool = False
    """Whether outages are declared when they are proposed."""
    keeps: bool = False
    """Whether the database stays: then nothing in it may be sent."""
    film_day: str = ""
    parts: int = 0
    """Processes of the replay; 0: as many as it is worth."""


@dataclass
class Done:
    findings: Findings
    film: dict[str, Any] | None
    said: list[str]
    remarks: dict[str, int]
    left_out: list[str]
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    events: int
    engineers: dict[str, Any] | None = None


def do(job: Job, step: Step, now: datetime, progress: Callable[[str, int], Any]) -> Done:
    """``progress(what, total)`` is a context whose ``step`` counts. ``now`` is UTC. Raises WrongFile, OSError."""
    mapping = ColumnMapping.model_validate(job.mapping)
    procedure = Procedure.model_validate(dict(job.procedure))
    zone = ZoneInfo(mapping.hours.zone or procedure.provider.zone)
    with HistoryFile([Path(name) for name in job.files], mapping) as file, Agenda(means_of(job.means)) as agenda:
        with progress("rows", 0) as counted:
            file.read(counted.step)
        for case in file.read_cases(zone, now):
            if is_within(case, job, ZoneInfo(procedure.provider.zone)):
                agenda.add(case, mapping.company)
        lines = list(file.troubles.lines([path.name for path in file.paths]))
        if not agenda.cases:
            raise NoCases(why_none(file, lines))
        found, film = replay_agenda(job, procedure, agenda, step, progress, now)
        hours = agenda.first_at, agenda.last_at
        said = sorted(what.value for what in agenda.said)
        queue = queue_of(job, procedure, agenda)
        return Done(found, film, said, agenda.remarks, lines, file.rows, *hours, agenda.facts, queue)


def queue_of(job: Job, procedure: Procedure, agenda: Agenda) -> dict[str, Any] | None:
    """What other numbers of engineers would have changed, where somebody asks."""
    rules = [staffing_of(words) for words in job.engineers]
    promise = promise_of(procedure.clock(ClockKind.DIAGNOSIS), job.changes.get(ClockKind.DIAGNOSIS.value))
    outages = []
    if rules:
        causes = causes_of(agenda.subjects(), job.network)
        outages = [each.cases for each in proposals(agenda.subjects(), causes, procedure.outages)]
    return more_engineers(agenda, rules, promise, ZoneInfo(procedure.provider.zone), outages)


def why_none(file: HistoryFile, lines: list[str]) -> str:
    """What the mapping names and the file lacks, or what is wrong with its rows."""
    if lacking := missing_headings(file.mapping, file.headings):
        words = _("No case can be replayed. The mapping names these columns, which are missing from the file: %s")
        return "\n".join([words % ", ".join(lacking), *lines])
    return "\n".join([_("No case of the file ended within these days."), *lines])


def replay_agenda(
    job: Job, procedure: Procedure, agenda: Agenda, step: Step, progress: Callable[[str, int], Any], now: datetime
) -> tuple[Findings, dict[str, Any] | None]:
    changes = [(ClockKind(kind), timedelta(seconds=seconds)) for kind, seconds in job.changes.items()]
    begin = (agenda.first_at or now) - BEFORE
    with step():
        announce(job)
        version = put_in_force(replayed(procedure, agenda.said, changes), begin)
    with progress("facts", agenda.facts) as counted:
        agenda.seal()
        replay = Replay(agenda, version.pk, step, OfTheOperator(job.rotas, job.network), declares=job.declares)
        replay.prepare()
        parts = 1 if job.declares else job.parts or parts_for(agenda.facts)
        done = replayed_in_parts(replay, parts, counted.step)
    with step():
        finder = Finder(done, version.pk)
        found = finder.find(news_every(procedure))
        found.by_whom = asdict(by_whom(finder, replay.holders, job.shifts or usual_hours()))
        found.outages = outages_of(finder, replay.proposals, replay.causes)
        pile_up, found.knows_causes = procedure.outages.pile_up, replay.causes.has_any
        found.pile_up = pile_up.cases, round(pile_up.within.total_seconds())
        day = date.fromisoformat(job.film_day) if job.film_day else busiest_day(found)
        film = film_facts(day, found.zone, done.cases, version.pk, finder.is_doubtful) if day else None
        if job.keeps:
            send_nothing()
        return found, film


def send_nothing() -> None:
    """Every notice of a database that stays is suppressed: a worker that is begun on it has nothing to send."""
    owed = Notice.objects.filter(state__in=(NoticeState.OWED, NoticeState.PACKED))
    owed.update(state=NoticeState.SUPPRESSED, reason=SHADOW, moved_on=True)


def announce(job: Job) -> None:
    """The operator's own rest days and decrees, as they were announced."""
    for entry in job.calendar:
        CalendarChange.objects.create(**entry)


def news_every(procedure: Procedure) -> int:
    target = procedure.clock(ClockKind.NEXT_NEWS).target.duration
    return round(target.total_seconds()) if target else DEFAULT_NEWS


def means_of(words: Mapping[str, str]) -> dict[str, What]:
    return {fold(activity): What(what) for activity, what in words.items()}


def is_within(case: FormerCase, job: Job, zone: ZoneInfo) -> bool:
    """Whether it was opened on one of the days that are asked for."""
    day = case.opened_at.astimezone(zone).date().isoformat()
    return (not job.since or job.since <= day) and (not job.until or day <= job.until)


def written(done: Done) -> dict[str, Any]:
    hours = [at.isoformat() if at else None for at in (done.first_at, done.last_at)]
    return {
        "findings": as_json(done.findings),
        "said": done.said,
        "remarks": done.remarks,
        "left_out": done.left_out,
        "rows": done.rows,
        "facts": done.events,
        "engineers": done.engineers,
        "first_at": hours[0],
        "last_at": hours[1],
    }


def run(folder: Path, step: Step, now: datetime, progress: Callable[[str, int], Any]) -> None:
    """The job of a folder, with what came of it beside it."""
    said = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    done = do(Job(**said), step, now, progress)
    (folder / "findings.json").write_text(json.dumps(written(done), ensure_ascii=False), encoding="utf-8")
    (folder / "film.json").write_text(json.dumps(done.film, ensure_ascii=False), encoding="utf-8")
