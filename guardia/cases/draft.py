"""What an engineer had typed when the telephone rang again, and who is looking at a case now."""

from django.db import models


class Draft(models.Model):
    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, help_text="the form and what it is about: case:17:diagnosis")
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "draft"
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="draft_once")]


class Presence(models.Model):
    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    case = models.ForeignKey("guardia.Case", models.CASCADE, related_name="presences")
    customer = models.ForeignKey("guardia.Customer", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "presence"
        constraints = [models.UniqueConstraint(fields=["staff", "case"], name="presence_once")]
