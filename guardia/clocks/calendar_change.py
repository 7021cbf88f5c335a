"""The journal of dated exceptions: decree days, days that work, local days observed. Append-only; its id is an edition.

What a calendar is at an edition follows from the rows up to it, so a clock can always say by which calendar it ran.
"""

from django.db import models
from django.db.models import Q


class ChangeKind(models.TextChoices):
    REST = "rest"  # this day rests (a decree, announced a week ahead)
    WORK = "work"  # this day works (a day made up for, a Saturday)
    OBSERVE = "observe"  # the local day of this canton is observed from now on
    WITHDRAW = "withdraw"  # an earlier change no longer holds


class CalendarChange(models.Model):
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    day = models.DateField(null=True)
    canton = models.CharField(max_length=80, blank=True)
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, help_text="the decree, or why")
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "calendar_change"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["rest", "work"], day__isnull=False)
                | (Q(kind="observe") & ~Q(canton=""))
                | Q(kind="withdraw", withdraws__isnull=False),
                name="calendar_change_says_what",
            ),
            models.UniqueConstraint(
                fields=["withdraws"], condition=Q(withdraws__isnull=False), name="calendar_change_withdrawn_once"
            ),
        ]


def journal() -> models.QuerySet[CalendarChange]:
    """Every change in the order of the editions."""
    return CalendarChange.objects.order_by("pk")


def journal_with_names(after: int = 0) -> models.QuerySet[CalendarChange]:
    """The changes after this edition, each with who made it and what it withdraws; all of them without one."""
    found = journal().select_related("by", "withdraws")
    return found.filter(pk__gt=after) if after else found


def announcements() -> models.QuerySet[CalendarChange]:
    """Every change that is no withdrawal, with who made it."""
    return CalendarChange.objects.exclude(kind=ChangeKind.WITHDRAW).select_related("by")
