"""A level of the matrix as live data: the number that belongs to the level itself, not to a person (E2 to E4)."""

from django.db import models


class Level(models.Model):
    """One row per level that has something of its own; its name, clause and targets are the procedure's."""

    level = models.SmallIntegerField(unique=True)
    phone = models.CharField(max_length=40, blank=True, help_text="E.164; “Celular de Operaciones”")
    phone_name = models.CharField(max_length=80, blank=True)
    hidden = models.BooleanField(
        default=False, db_default=False, help_text="its people's ways are left out of the published document"
    )

    class Meta:
        app_label = "guardia"
        db_table = "escalation_level"
        constraints = [models.CheckConstraint(condition=models.Q(level__range=(1, 9)), name="level_in_range")]

    def __str__(self) -> str:
        return str(self.level)


def own_levels() -> dict[int, Level]:
    """What the levels have of their own, by the level's number."""
    return {level.level: level for level in Level.objects.all()}


def own_level(number: int) -> Level | None:
    """What this level has of its own; None where it has nothing."""
    return Level.objects.filter(level=number).first()
