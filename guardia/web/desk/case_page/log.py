"""The log: what happened to the case, newest first, which of it the customer sees; and its mails."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guardia.cases import mail_tray
from guardia.cases.case import Case
from guardia.cases.case_rows import log_of
from guardia.cases.desk_hours import desk_name
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.event_facts import facts_of, sentence_of, staff_named_in, title_of
from guardia.cases.in_the_field import names_of_acts
from guardia.cases.verbs import Event
from guardia.customers.lookup import contacts_named
from guardia.events.kinds import KINDS
from guardia.notices.notice import Notice
from guardia.people.lookup import names_of_staff
from guardia.people.staff import ActorKind
from guardia.procedure.vocabulary import Moment
from guardia.web.desk import areas
from guardia.web.desk.case_page.evidence import InLog, in_log
from guardia.web.desk.case_page.notices import notice_lines
from guardia.web.desk.clock import hour, stood
from guardia.web.desk.page import EVERY_DESK
from guardia.web.shared.act import Button
from guardia.web.shared.log_folds import LogRun, family_of, fold_name, runs_in


# --- names ------------------------------------------------------------------------------------------------------------
def names_at_the_desk() -> dict[int, str]:
    """The names of the operator's people by id."""
    return EVERY_DESK.of("names", names_of_staff)


# --- crew names -------------------------------------------------------------------------------------------------------
# Who took a step by link: a crew without an account is none of the operator's people; the log names it all the same.
BY_TELEPHONE = "field"


def crews_named(events: Sequence[CaseEvent]) -> dict[int, str]:
    """By event, the crew whose telephone said it; nothing is asked where no such event is shown."""
    theirs = {event.pk: event for event in events if is_by_link(event)}
    if not theirs:
        return {}
    visits = {event.data["visit"] for event in theirs.values()}
    named: dict[tuple[int, datetime], str] = {}
    of_visit: dict[int, str] = {}
    for visit, happened_at, name in names_of_acts(visits):
        named[visit, happened_at] = of_visit[visit] = name
    return {
        pk: named.get((event.data["visit"], event.occurred_at)) or of_visit.get(event.data["visit"], "")
        for pk, event in theirs.items()
    }


def is_by_link(event: CaseEvent) -> bool:
    by_nobody = event.actor_kind == ActorKind.SYSTEM
    return by_nobody and event.data.get("source") == BY_TELEPHONE and isinstance(event.data.get("visit"), int)


# --- mails ------------------------------------------------------------------------------------------------------------
# The mails of a case on its page: those in its log, and those that may belong to it and wait for a person.
BY_MAIL = frozenset({Moment.MESSAGE_RECEIVED, Moment.REQUEST_RECEIVED, Moment.CARRIER_WROTE})
MOST_WAITING = 5


def mails_waiting(case: Case) -> list[dict[str, Any]]:
    """The mails that name this case, or came when it was closed, and wait for a person."""
    found = mail_tray.waiting_for(case)[:MOST_WAITING]
    return [{"href": reverse("message", args=[one.pk]), "subject": one.subject or _("(no subject)")} for one in found]


def mails_of(events: Sequence[CaseEvent]) -> dict[int, tuple[str, ...]]:
    """Where the mails are read that came with an event."""
    came = [event.pk for event in events if event.moment in BY_MAIL]
    found: dict[int, tuple[str, ...]] = {}
    for event_id, pk in mail_tray.ids_of_events(came):
        found[event_id] = (*found.get(event_id, ()), reverse("message", args=[pk]))
    return found


# --- words ------------------------------------------------------------------------------------------------------------
# What an event says, as the desk writes it: hours near ``at``, our own people by name, desks as they are called now.
@dataclass(frozen=True, slots=True)
class DeskWriter:
    """``staff``: names by id. ``version``: that of the case, which still names a desk that is no more."""

    at: datetime
    staff_names: Mapping[int, str] = field(default_factory=dict)
    version: int = 0
    for_operator: bool = True

    def hour(self, at: datetime) -> str:
        return hour(at, self.at)

    exact = hour

    def span(self, start: datetime, end: datetime | None) -> str:
        """``10:14–10:40``, ``since 10:14``."""
        return f"{self.hour(start)}–{self.hour(end)}" if end else _("since %(hour)s") % {"hour": self.hour(start)}

    def lasting(self, seconds: int) -> str:
        return stood(timedelta(seconds=seconds))

    def staff(self, ids: Sequence[int]) -> str:
        return ", ".join(self.staff_names[pk] for pk in ids if pk in self.staff_names)

    def desk(self, key: str) -> str:
        return areas.desks(self.at).get(key) or desk_name(self.version, key)


def erased(text: EventText) -> str:
    """In place of a text that was erased: the number of its tombstone, which says when and why (Settings, Privacy)."""
    if text.erasure_id is None:
        return _("(erased)")
    return _("[erased, no. %(number)d]") % {"number": text.erasure_id}


def title_in_log(event: Event, at: datetime) -> str:
    """The event's own word."""
    return title_of(facts_of(event.moment, event.variant, event.data, {}, DeskWriter(at)))


def sentence_in_log(event: CaseEvent, staff: Mapping[int, str], at: datetime) -> str:
    """``staff``: names by id, of those whom the event speaks of."""
    texts = {text.name: erased(text) if text.text is None else text.text for text in event.texts.all()}
    writer = DeskWriter(at, staff, event.case.procedure_version_id)
    return sentence_of(facts_of(event.moment, event.variant, event.data, texts, writer))


# --- log --------------------------------------------------------------------------------------------------------------
MOST_LINES = 60
WRITTEN_DOWN_LATE = timedelta(minutes=2)


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
    acts: tuple[Button, ...] = ()
    file: InLog | None = None
    family: str = ""


def kind_of(event: CaseEvent) -> str:
    if event.moment == Moment.BREACHED:
        return "breach"
    if event.moment == Moment.NEWS_SENT:
        return "public"
    return "internal" if event.moment == Moment.NOTED else "plain"


def lines_of(events: Sequence[CaseEvent], at: datetime) -> list[LogLine]:
    """Newest first, as they come; the first of another day carries its date."""
    ids = {e.actor_id for e in events if e.actor_kind == ActorKind.STAFF and e.actor_id}
    staff = names_at_the_desk() if ids | staff_named_in(events) else {}
    contacts = contacts_named(e.actor_id for e in events if e.actor_kind == ActorKind.CONTACT and e.actor_id)
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
        line = line_of(event, sentence_in_log(event, staff, at), who, at, new_day=local != day, anchor=anchor)
        lines.append(replace(line, mails=mails.get(event.pk, ()), file=files.get(event.pk)))
        day = local
    return lines


def line_of(event: CaseEvent, words: str, who: str, at: datetime, *, new_day: bool, anchor: str) -> LogLine:
    late = event.recorded_at - event.occurred_at > WRITTEN_DOWN_LATE and not KINDS[Moment(event.moment)].dated_by_itself
    return LogLine(
        id=f"evento-{event.seq}",
        at=event.occurred_at,
        kind=kind_of(event),
        name=title_in_log(event, at),
        said=words,
        by=who,
        late=_("(written down at %(hour)s)") % {"hour": hour(event.recorded_at, at)} if late else "",
        new_day=new_day,
        anchor=anchor,
        family="" if anchor else family_of(event.moment, event.data),
    )


def line_id(notice_id: int) -> str:
    """The place of a notice among the notices of its case."""
    return f"aviso-{notice_id}"


def log_lines(case: Case, tab: str, most: int, notices: Iterable[Notice], at: datetime) -> tuple[list[LogLine], bool]:
    """The lines of a tab, and whether there are earlier ones."""
    if tab == "avisos":
        rows = [
            LogLine(
                line_id(n["id"]), n["at"], "plain", n["name"], n["words"], n["by"], acts=n["acts"], family=n["family"]
            )
            for n in notice_lines(notices, at)
        ]
        return rows[:most], len(rows) > most
    events = log_of(case, tab, most + 1)
    lines = lines_of(events[:most], at)
    if tab != "todo":  # of one kind alone: what was asked for is not folded away
        lines = [replace(line, family="") for line in lines]
    return lines, len(events) > most


def runs_of(lines: Sequence[LogLine]) -> list[LogRun[LogLine]]:
    """The lines in runs of like ones of one day, each of which is one line that opens."""
    runs = runs_in(
        lines,
        lambda line: (line.family, timezone.localdate(line.at)) if line.family else "",
        lambda line: line.id,
        lambda line: fold_name(line.family) or line.name,
    )
    return [replace(run, is_late=any(line.kind == "breach" for line in run.lines)) for run in runs]


def tabs_of(counts: dict[str, int], notices: int, current: str) -> list[dict[str, Any]]:
    names = {
        "todo": _("All"),
        "cliente": _("Replies"),
        "interno": _("Internal"),
        "pruebas": _("Tests"),
        "avisos": _("Notices"),
    }
    found = {**counts, "avisos": notices}
    return [
        {"href": f"?bitacora={key}#log", "words": words, "count": found.get(key, 0), "is_current": key == current}
        for key, words in names.items()
    ]
