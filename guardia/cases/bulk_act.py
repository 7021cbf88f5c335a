"""The rows of an act on many cases: who did what to which of them, what came of each, and until when it is taken back.

They are the course of an act, and no record of a case: what was done to a case stands in its own events. Hours are UTC.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.people.staff import Staff

KEPT_FOR = timedelta(days=30)


class LineState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    SAME = "same"  # it was so already
    REFUSED = "refused"  # a rule does not allow it, or the case was changed meanwhile
    FAILED = "failed"  # an error of ours, which the log has
    UNDONE = "undone"
    STAYS = "stays"  # it could not be taken back any more
    DROPPED = "dropped"  # taken back before its turn came


LEFT_TO_DO, LEFT_TO_UNDO = (LineState.PENDING,), (LineState.DONE,)


class BulkAct(models.Model):
    key = models.UUIDField(unique=True, help_text="of the form: sent twice, it is done once")
    kind = models.CharField(max_length=12)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict, help_text="what was filled in; emptied when nothing is left to do")
    made_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="when the last cases had their turn")
    finished_at = models.DateTimeField(null=True, help_text="nothing is left to do, or to take back")
    undo_until = models.DateTimeField(null=True, help_text="its letters do not leave before")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "bulk_act"
        indexes = [
            models.Index(fields=["touched_at"], name="bulk_act_unfinished", condition=Q(finished_at=None)),
            models.Index(fields=["made_at"], name="bulk_act_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def may_be_undone(self, at: datetime) -> bool:
        """Whether its letters still wait at ``at``, and nobody has taken it back."""
        return self.undone_at is None and self.undo_until is not None and at < self.undo_until


class BulkLine(models.Model):
    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="lines")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+", db_index=False)
    seen_seq = models.IntegerField(help_text="number of the case's last event in the preview")
    state = models.CharField(max_length=8, default=LineState.PENDING)
    events = models.JSONField(default=list, help_text="ids of what was recorded for it")
    was = models.JSONField(default=dict, help_text="what taking it back needs: codes and ids")
    words = models.TextField(blank=True, help_text="why it was refused")

    class Meta:
        app_label = "guardia"
        db_table = "bulk_line"
        constraints = [
            models.UniqueConstraint(fields=["act", "case"], name="bulk_line_once"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="bulk_line_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.act_id}: {self.case_id} {self.state}"


def act_of(key: UUID, staff: Staff, *, locked: bool = False) -> BulkAct | None:
    """The act of this key, if this person did it."""
    acts = BulkAct.objects.filter(key=key, staff=staff)
    return (acts.select_for_update(of=("self",), no_key=True) if locked else acts).select_related("staff").first()


def free_act(pk: int) -> BulkAct | None:
    """The act of this id, held; None while another process works on it."""
    acts = BulkAct.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=pk)
    return acts.select_related("staff").first()


def left_behind(before: datetime) -> list[int]:
    """The acts that are not finished and that nobody has gone on with since ``before``, the oldest first."""
    acts = BulkAct.objects.filter(finished_at=None, touched_at__lt=before)
    return list(acts.order_by("touched_at").values_list("pk", flat=True)[:50])


def undoable_act_of(staff: Staff, at: datetime) -> BulkAct | None:
    """The last act of this person that can still be taken back at ``at``."""
    acts = BulkAct.objects.filter(staff=staff, made_at__gt=at - timedelta(minutes=10), undo_until__gt=at)
    return acts.filter(undone_at=None).order_by("-made_at").first()


def cases_chosen(numbers: Iterable[str], most: int) -> list[Case]:
    """The cases of these numbers with their names, in the order in which they were chosen."""
    wanted = [int(one) for one in dict.fromkeys(numbers) if one.isascii() and one.isdigit() and len(one) <= 18][:most]
    found = {case.number: case for case in with_names(Case.objects.filter(number__in=wanted))}
    return [found[number] for number in wanted if number in found]


def next_lines(act: BulkAct, states: Iterable[LineState], most: int) -> list[BulkLine]:
    """The next cases that wait for their turn, in the order in which cases are locked everywhere."""
    return list(act.lines.filter(state__in=[*states]).order_by("case_id")[:most])


def counts_of(act: BulkAct) -> dict[str, int]:
    """How many cases of the act stand in each state."""
    return dict(act.lines.values_list("state").annotate(n=Count("pk")).order_by())


def lines_of(act: BulkAct) -> list[BulkLine]:
    """Every case of the act, with its company."""
    return list(act.lines.select_related("case__customer").order_by("pk"))


def forget(now: datetime) -> int:
    """Take away the acts of a month ago, a few hundred at a time; how many. The events of their cases stay."""
    old = BulkAct.objects.filter(made_at__lt=now - KEPT_FOR).order_by("made_at").values_list("pk", flat=True)[:200]
    pks = list(old)
    BulkLine.objects.filter(act__in=pks).delete()
    return BulkAct.objects.filter(pk__in=pks).delete()[0]
