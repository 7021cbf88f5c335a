"""The log: what happened to the case, newest first, and which of it the customer sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.events.kinds import KINDS
from guardia.notices.notice import Notice
from guardia.people.actor import ActorKind
from guardia.procedure.vocabulary import Moment
from guardia.web.desk import reading
from guardia.web.desk.files.section import InLog, in_log
from guardia.web.desk.shown import escalation_words
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.crew_names import crews_named
from guardia.web.desk.shown.log_words import name_of, said
from guardia.web.desk.shown.mails import mails_of
from guardia.web.desk.shown.notice_life import NoticeAct
from guardia.web.desk.shown.notices import notice_lines

MOST_LINES = 60
WRITTEN_DOWN_LATE = timedelta(minutes=2)
TO_THE_CUSTOMER = frozenset({Moment.NEWS_SENT})


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened. ``kind`` chooses its mark: breach, public, internal or plain."""

    id: str
    at: datetime
    kind: str
    name: str
    said: str
    by: str = ""
    late: str = ""
    new_day: bool = False
    anchor: str = ""
    mails: tuple[str, ...] = ()
    acts: tuple[NoticeAct, ...] = ()
    file: InLog | None = None


@dataclass(frozen=True, slots=True)
class LogTab:
    href: str
    words: str
    count: int
    is_current: bool = False


def kind_of(event: CaseEvent) -> str:
    if event.moment == Moment.BREACHED:
        return "breach"
    if event.moment in TO_THE_CUSTOMER:
        return "public"
    return "internal" if event.moment == Moment.NOTED else "plain"


def lines_of(events: Sequence[CaseEvent], at: datetime) -> list[LogLine]:
    """Newest first, as they come; the first of another day carries its date."""
    ids = {e.actor_id for e in events if e.actor_kind == ActorKind.STAFF and e.actor_id}
    ids |= {e.data["to"] for e in events if e.moment == Moment.ASSIGNED} | escalation_words.staff_of(events)
    staff = reading.staff_named(ids)
    contacts = reading.contacts_named(e.actor_id for e in events if e.actor_kind == ActorKind.CONTACT and e.actor_id)
    mails, files, crews = mails_of(events), in_log(events), crews_named(events)
    day, lines, anchored = timezone.localdate(at), [], set()
    for event in events:
        local = timezone.localdate(event.occurred_at)
        who = (staff if event.actor_kind == ActorKind.STAFF else contacts).get(event.actor_id or 0, "") or crews.get(
            event.pk, ""
        )
        stage = KINDS[Moment(event.moment)].ends
        anchor = f"etapa-{stage.value}" if stage and stage not in anchored else ""
        anchored.add(stage)
        line = line_of(event, said(event, staff, at), who, at, new_day=local != day, anchor=anchor)
        lines.append(replace(line, mails=mails.get(event.pk, ()), file=files.get(event.pk)))
        day = local
    return lines


def line_of(event: CaseEvent, words: str, who: str, at: datetime, *, new_day: bool, anchor: str) -> LogLine:
    late = event.recorded_at - event.occurred_at > WRITTEN_DOWN_LATE and not KINDS[Moment(event.moment)].dated_by_itself
    return LogLine(
        id=f"evento-{event.seq}",
        at=event.occurred_at,
        kind=kind_of(event),
        name=name_of(event),
        said=words,
        by=who,
        late=_("(written down at %(hour)s)") % {"hour": hour(event.recorded_at, at)} if late else "",
        new_day=new_day,
        anchor=anchor,
    )


def line_id(notice_id: int) -> str:
    """The place of a notice among the notices of its case."""
    return f"aviso-{notice_id}"


def log_lines(case: Case, tab: str, most: int, notices: Iterable[Notice], at: datetime) -> tuple[list[LogLine], bool]:
    """The lines of a tab, and whether there are earlier ones."""
    if tab == "avisos":
        rows = [
            LogLine(line_id(n.id), n.at, "plain", n.name, n.words, n.by, acts=n.acts) for n in notice_lines(notices, at)
        ]
        return rows[:most], len(rows) > most
    events = reading.log_of(case, tab, most + 1)
    return lines_of(events[:most], at), len(events) > most


def tabs_of(counts: dict[str, int], notices: int, current: str) -> list[LogTab]:
    names = {
        "todo": _("All"),
        "cliente": _("Replies"),
        "interno": _("Internal"),
        "pruebas": _("Tests"),
        "avisos": _("Notices"),
    }
    found = {**counts, "avisos": notices}
    return [LogTab(f"?bitacora={key}#log", words, found.get(key, 0), key == current) for key, words in names.items()]
