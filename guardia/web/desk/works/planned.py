"""A planned work as the desk queries it and speaks of it: its state, its window, its turns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from guardia.notices.notice import Notice, NoticeState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn, WorkState
from guardia.outages.work_telling import letters
from guardia.outages.work_turns import TurnKind
from guardia.web.desk.clock import hour

# --- queries ----------------------------------------------------------------------------------------------------------
# What the pages of planned work read: the works themselves, their answers, who was told.
MOST_OPEN, MOST_OVER, MOST_TURNS = 100, 30, 200
PREFIX = "tp-"
LARGEST = 2**31 - 1


def counted(works: QuerySet[PlannedWork]) -> QuerySet[PlannedWork]:
    """With how many services and companies each touches, and how many companies have agreed and objected."""
    touched = PlannedWorkService.objects.filter(work=OuterRef("pk"), taken_out_at=None).order_by().values("work")

    def counts(rows: QuerySet[PlannedWorkService, Any], of: str) -> Coalesce:
        """Counted for the works that are shown, not for all there are."""
        return Coalesce(Subquery(rows.annotate(n=Count(of, distinct=True)).values("n")), 0)

    return works.select_related("element").annotate(
        service_count=counts(touched, "pk"),
        company_count=counts(touched, "customer"),
        agreed_count=counts(touched.filter(answer="agreed"), "customer"),
        objected_count=counts(touched.filter(answer="objected"), "customer"),
    )


def open_works() -> list[PlannedWork]:
    """Those that are not over, the first to begin first."""
    works = counted(PlannedWork.objects.filter(ended_at=None))
    return list(works.order_by("starts_at", "pk")[:MOST_OPEN])


def over_works() -> list[PlannedWork]:
    """The last ones that are over or were cancelled, the newest first."""
    works = counted(PlannedWork.objects.filter(ended_at__isnull=False))
    return list(works.order_by("-ended_at", "-pk")[:MOST_OVER])


def between(start: datetime, end: datetime) -> list[PlannedWork]:
    """Those whose window touches this time (UTC), drafts too, cancelled ones not."""
    works = PlannedWork.objects.filter(starts_at__lt=end, ends_at__gt=start).exclude(state="cancelled")
    return list(works.order_by("starts_at", "pk")[:MOST_OPEN])


def called(number: str) -> PlannedWork:
    """The work of this number, as ``TP-0042`` or its digits. Raises Http404."""
    digits = number.lower().removeprefix(PREFIX)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= LARGEST):
        raise Http404
    works = PlannedWork.objects.select_related("element__city", "created_by")
    found = works.filter(number=int(digits)).first()
    if found is None:
        raise Http404
    return found


def turns_of(work: PlannedWork) -> Sequence[PlannedWorkTurn]:
    """The newest first."""
    return list(work.turns.select_related("by").order_by("-pk")[:MOST_TURNS])


def notice_states(work: PlannedWork) -> dict[int, dict[str, int]]:
    """By company, how many of its notices of this work were sent, wait to be, and could not be."""
    waiting = Q(state__in=[NoticeState.OWED, NoticeState.PACKED])
    failed = Q(state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED])
    rows = Notice.objects.filter(announcement__in=letters(work).values("pk")).order_by().values("customer")
    counts = rows.annotate(
        sent=Count("pk", filter=Q(state=NoticeState.SENT)),
        waiting=Count("pk", filter=waiting),
        failed=Count("pk", filter=failed),
    )
    names = ("sent", "waiting", "failed")
    return {row["customer"] or 0: {name: row[name] for name in names} for row in counts.values("customer", *names)}


# --- in words ---------------------------------------------------------------------------------------------------------
TURNS: dict[str, Promise] = {
    TurnKind.DRAFTED: _("draft written"),
    TurnKind.CHANGED: _("draft changed"),
    TurnKind.ANNOUNCED: _("announced to the companies"),
    TurnKind.REMINDED: _("told once more"),
    TurnKind.AGREED: _("a company agreed"),
    TurnKind.OBJECTED: _("a company objected"),
    TurnKind.REPLIED: _("the objection was answered"),
    TurnKind.TAKEN_OUT: _("a company was taken out"),
    TurnKind.PASSED_ON: _("a service passed to another company, which was told"),
    TurnKind.MOVED: _("moved"),
    TurnKind.CANCELLED: _("cancelled"),
    TurnKind.STARTED: _("begun"),
    TurnKind.OVERRAN: _("overran: it was not over at the end of its window"),
    TurnKind.OVERRUN_LIFTED: _("the overrun was lifted: it had been over in time"),
    TurnKind.ENDED: _("over"),
}


def state_words(work: PlannedWork) -> str:
    """One word or two; what overran says so."""
    if work.overran_at and work.ended_at is None:
        return gettext("overran")
    if work.overran_at:
        return gettext("over, late")
    return {
        WorkState.DRAFT: pgettext("planned work", "draft"),
        WorkState.ANNOUNCED: pgettext("planned work", "announced"),
        WorkState.UNDER_WAY: pgettext("planned work", "under way"),
        WorkState.ENDED: pgettext("planned work", "over"),
        WorkState.CANCELLED: pgettext("planned work", "cancelled"),
    }[WorkState(work.state)]


def day_words(work: PlannedWork) -> str:
    return date_format(localtime(work.starts_at), pgettext("date format", "D j M Y"))


def window_words(work: PlannedWork) -> str:
    """``02:00 – 06:00``, with the day of the end where it is another one; in the operator's zone."""
    return span_words(work.starts_at, work.ends_at)


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    start, end = localtime(starts_at), localtime(ends_at)
    day = "" if start.date() == end.date() else f"{date_format(end, 'j M')} "
    return f"{start:%H:%M} – {day}{end:%H:%M}"


def turn_words(turn: PlannedWorkTurn, names: dict[int, str]) -> str:
    """What happened, to which company, why."""
    said = [str(TURNS.get(turn.moment, turn.moment))]
    if company := names.get(turn.data.get("customer", 0)):
        said.append(company)
    if turn.moment == TurnKind.MOVED:
        written = (turn.data["was_starts_at"], turn.data["was_ends_at"], turn.data["starts_at"], turn.data["ends_at"])
        was_start, was_end, start, end = (datetime.fromisoformat(one) for one in written)
        words = gettext("from %(was)s to %(is)s")
        before, after = dated(was_start, was_end), dated(start, end)
        said.append(words % {"was": before, "is": after})
    said += [turn.data[name] for name in ("why", "late_because") if turn.data.get(name)]
    return ": ".join(said)


def dated(starts_at: datetime, ends_at: datetime) -> str:
    return f"{date_format(localtime(starts_at), 'j M')} {span_words(starts_at, ends_at)}"


def turn_hour(turn: PlannedWorkTurn, now: datetime) -> str:
    return hour(turn.at, now)
