"""A telephone call that somebody on shift must make now, with its outcome: to a level (E5), or to a customer (P D)."""

from django.db import models


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
