"""Whom a note names with ``@``, and who watches a case: what each person has not seen yet of these.

What a watcher is told follows from the events of the case: nothing is written when a stage ends or a promise breaks.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.sql_rows import rows_of
from guardia.customers.values import fold
from guardia.events.kinds import TABLE
from guardia.people.policy import RIGHTS, Right
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment

NAMED = re.compile(r"(?<![\w@.])@([\w.+-]{1,150})")
WATCHED = frozenset(kind.moment for kind in TABLE if kind.ends) | {
    *(Moment.BREACHED, Moment.RELAPSED, Moment.CONFIRMED, Moment.TRANSFERRED, Moment.CLOSED, Moment.CANCELLED),
    *(Moment.ADMIN_ANSWERED, Moment.ADMIN_SOLVED),
}
"""What a watcher is told: that a stage ends or begins anew, that a promise broke, that the case is over."""
MOST_LISTED, MOST_OFFERED = 100, 8


class Mention(models.Model):
    """A person is named in a note, and has read it at ``read_at`` (UTC)."""

    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="mentions", db_index=False)
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "mention"
        constraints = [models.UniqueConstraint(fields=["staff", "event"], name="mention_once")]
        indexes = [
            models.Index(fields=["staff", "id"], condition=Q(read_at=None), name="mention_unread"),
            models.Index(fields=["staff", "id"], condition=Q(read_at__isnull=False), name="mention_read"),
        ]


class CaseWatcher(models.Model):
    """A person watches a case and has seen it up to its event of this number."""

    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="watchers")
    seen_seq = models.IntegerField()
    since = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "case_watcher"
        constraints = [models.UniqueConstraint(fields=["staff", "case"], name="case_watcher_once")]


@dataclass(frozen=True, slots=True)
class ToSee:
    """What somebody has not seen: a note that names this person (``mention``), or an event of a watched case."""

    event: CaseEvent
    mention: int = 0


def colleagues() -> models.QuerySet[Staff]:
    """Who can be named in a note: everybody at work who sees the desk."""
    roles = [role.value for role in RIGHTS[Right.SEE_DESK]]
    return Staff.objects.at_work().filter(role__in=roles).order_by("name", "pk")


def named_in(text: str) -> list[Staff]:
    """The colleagues whom a note names by their user names, whatever the capitals; each once."""
    written = {name.casefold() for name in NAMED.findall(text)} | {
        name.rstrip(".-+").casefold() for name in NAMED.findall(text)
    }
    return [one for one in colleagues() if one.username.casefold() in written] if written else []


def called(words: str) -> list[Staff]:
    """The colleagues whose name or user name has parts that begin with each of these words."""
    wanted = fold(words).split()
    found = [one for one in colleagues() if is_called(one, wanted)]
    return found[:MOST_OFFERED]


def is_called(staff: Staff, wanted: Sequence[str]) -> bool:
    own = fold(f"{staff.name} {staff.username}").split()
    return all(any(part.startswith(word) for part in own) for word in wanted)


def name_in_note(event_id: int, staff_ids: Sequence[int]) -> None:
    """Each of these has a note to see. Named twice is once."""
    rows = [Mention(staff_id=pk, event_id=event_id) for pk in staff_ids]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


# --- watching ---------------------------------------------------------------------------------------------------------
def watch(case: Case, staff: Staff, at: datetime) -> None:
    """This person watches the case from its present state on. Watched already: nothing happens. ``at`` is UTC."""
    CaseWatcher.objects.get_or_create(case=case, staff=staff, defaults={"seen_seq": case.seq, "since": at})


def stop_watching(case: Case, staff: Staff) -> None:
    CaseWatcher.objects.filter(case=case, staff=staff).delete()


def is_watched(case: Case, staff: Staff) -> bool:
    return CaseWatcher.objects.filter(case=case, staff=staff).exists()


# --- what is to be seen -----------------------------------------------------------------------------------------------
OF_WATCHED = """FROM case_watcher w CROSS JOIN LATERAL (
        SELECT id FROM case_event WHERE case_id = w.case_id AND seq > w.seen_seq AND moment = ANY(%(watched)s)
        AND NOT (actor_kind = 'staff' AND actor_id IS NOT DISTINCT FROM w.staff_id) OFFSET 0
    ) AS e WHERE w.staff_id = %(staff)s"""
"""OFFSET 0: each watched case is looked up by itself, since somebody watches few of all."""
COUNT = f"""
    SELECT count(*) FROM (
        (SELECT FROM mention WHERE staff_id = %(staff)s AND read_at IS NULL LIMIT 100)
        UNION ALL (SELECT {OF_WATCHED} LIMIT 100)
    ) AS unseen
"""
IDS = f"SELECT e.id {OF_WATCHED} ORDER BY e.id DESC LIMIT %(most)s"


def values_of(staff: Staff) -> Mapping[str, object]:
    """Return the values of ``COUNT`` and ``IDS`` for this person."""
    return {"staff": staff.pk, "watched": sorted(WATCHED), "most": MOST_LISTED}


def count_to_see(staff: Staff) -> int:
    """How much this person has not seen, counted to a hundred and a few."""
    return rows_of(COUNT, dict(values_of(staff)))[0][0]


def to_see(staff: Staff) -> list[ToSee]:
    """What this person has not seen, the newest first."""
    mentions = Mention.objects.filter(staff=staff, read_at=None).order_by("-pk")[:MOST_LISTED]
    by_event = {one.event_id: one.pk for one in mentions}
    ids = [pk for (pk,) in rows_of(IDS, dict(values_of(staff)))]
    events = CaseEvent.objects.filter(pk__in=[*by_event, *ids]).select_related("case__customer")
    found = events.prefetch_related("texts").order_by("-recorded_at", "-pk")
    return [ToSee(event, by_event.get(event.pk, 0)) for event in found]


def seen_before(staff: Staff, most: int) -> list[CaseEvent]:
    """The notes that named this person and were read, the newest first."""
    ids = Mention.objects.filter(staff=staff, read_at__isnull=False).order_by("-pk").values_list("event", flat=True)
    events = CaseEvent.objects.filter(pk__in=list(ids[:most])).select_related("case__customer")
    return list(events.prefetch_related("texts").order_by("-pk"))


def mark_seen(staff: Staff, case: Case | None, at: datetime) -> None:
    """This person has seen what there is of one case, or of all where none is given. ``at`` is UTC."""
    mentions = Mention.objects.filter(staff=staff, read_at=None)
    watches = CaseWatcher.objects.filter(staff=staff)
    if case:
        mentions, watches = mentions.filter(event__case=case), watches.filter(case=case)
    mentions.update(read_at=at)
    for one in watches.annotate(now_at=F("case__seq")):
        one.seen_seq = one.now_at
        one.save(update_fields=["seen_seq"])
