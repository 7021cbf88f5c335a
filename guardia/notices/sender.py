"""A process that sends: what it holds is given to another as soon as it is no longer seen."""

from django.db import models


class Sender(models.Model):
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "sender"
