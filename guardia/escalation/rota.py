"""Who holds a level and when: rotas that turn by the wall clock, and covers that stand in for them (E2 to E4).

A level has seats (two at level 1, paged together). A seat has one rota at a time and one cover at a time: the database
refuses an overlap. ``lower`` and ``upper`` of a validity are instants (UTC); the turns of a rota are of its zone.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value

PLACE = F("level") * 100 + F("seat")
ONE_SEAT = Func(PLACE, PLACE, Value("[]"), function="int4range")
"""Level and seat as a range of one number: GiST compares ranges without an extension."""


class Rota(models.Model):
    """One seat of a level: members take turns of ``every_days`` days from ``starts_on``, changing at ``turns_at``."""

    level = models.SmallIntegerField()
    seat = models.SmallIntegerField(default=1)
    members = models.JSONField(help_text="ids of staff, in the order of their turns; one member alone never changes")
    every_days = models.SmallIntegerField(default=7)
    starts_on = models.DateField(help_text="the day of the first member's first turn")
    turns_at = models.TimeField(help_text="the hour of the change, in the zone")
    zone = models.CharField(max_length=60, default="America/Guayaquil")
    valid = DateTimeRangeField(help_text="from when until when this rota holds; open: until it is replaced")

    class Meta:
        app_label = "guardia"
        db_table = "rota"
        constraints = [
            ExclusionConstraint(
                name="rota_one_per_seat",
                expressions=[(ONE_SEAT, RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=models.Q(every_days__range=(1, 366)), name="rota_turn_in_range"),
        ]


class Cover(models.Model):
    """Somebody stands in for whoever the rota names, on one seat, for a while."""

    level = models.SmallIntegerField()
    seat = models.SmallIntegerField(default=1)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="covers")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        app_label = "guardia"
        db_table = "cover"
        constraints = [
            ExclusionConstraint(
                name="cover_one_per_seat",
                expressions=[(ONE_SEAT, RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(withdrawn=False),
            ),
        ]
