"""The row of one escalation of a case. It is a cache: `course` derives it from the case's events."""

from django.db import models


class Escalation(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="escalations")
    ordinal = models.SmallIntegerField(help_text="1 for the first escalation of the case")
    source = models.CharField(max_length=12, help_text="breach, engineer, customer, received")
    clock = models.CharField(max_length=30, blank=True, help_text="kind of the promise it stands on")
    began_at = models.DateTimeField()
    level = models.SmallIntegerField(default=0, help_text="the highest level paged; 0: nobody yet")
    paged_at = models.DateTimeField(null=True, help_text="when that level was paged last")
    acknowledged_at = models.DateTimeField(null=True, help_text="null while nobody answers for it, or it has expired")
    acknowledged_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    commands = models.BooleanField(default=False, help_text="who acknowledged has taken command (tomo el mando)")
    joined = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="+", help_text="paged there")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "escalation"
        constraints = [models.UniqueConstraint(fields=["case", "ordinal"], name="escalation_once_per_case")]
        indexes = [
            models.Index(fields=["began_at"], name="escalation_open", condition=models.Q(ended_at=None)),
        ]


def open_of_company(customer_id: int) -> models.QuerySet[Escalation]:
    """The escalations of the company's cases that go on, each with its case's place, the oldest first."""
    open_ones = Escalation.objects.filter(customer=customer_id, ended_at=None).select_related("case__site__city")
    return open_ones.order_by("began_at", "pk")


# A level of the matrix as live data: the number that belongs to the level itself, not to a person (E2 to E4).


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


# A telephone call that somebody on shift must make now, with its outcome: to a level (E5), or to a customer (P D).


class CallTask(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="call_tasks")
    event = models.OneToOneField(
        "guardia.CaseEvent", models.PROTECT, related_name="+", help_text="the event that owes it"
    )
    level = models.SmallIntegerField(help_text="0: a person of the company is told by voice")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    clause = models.CharField(max_length=10, help_text="E5, or the level's own")
    number = models.CharField(max_length=40)
    number_name = models.CharField(max_length=80, blank=True)
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, help_text="dialled, or no longer needed")
    outcome = models.CharField(max_length=16, blank=True, help_text="answered, not_answered, undone, not_needed")
    dialled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    answered_by = models.CharField(max_length=160, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "call_task"
        indexes = [models.Index(fields=["due_at"], name="call_task_open", condition=models.Q(settled_at=None))]
