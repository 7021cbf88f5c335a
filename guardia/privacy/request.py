"""What somebody asked about a person: a copy of all that is held, or that it is erased. The owner carries it out.

``subject`` names the person in words and is emptied when an erasure is done; what stays are ids and numbers.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RequestedRight(models.TextChoices):
    EXPORT = "export", _("Copy of the data")
    ERASE = "erase", _("Erasure")


class State(models.TextChoices):
    ASKED = "asked", _("being looked for")
    READY = "ready", _("ready")
    CONFIRMED = "confirmed", _("confirmed, about to be erased")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class Reason(models.TextChoices):
    """Why a person is erased: a code, so that the journal holds no prose about anybody."""

    PERSON_ASKED = "person_asked", _("the person asked for it")
    LEFT = "left", _("the person has left")
    COMPANY_ASKED = "company_asked", _("the company asked for it")
    NOT_NEEDED = "not_needed", _("it is needed no longer")


class PrivacyRequest(models.Model):
    what = models.CharField(max_length=10, choices=RequestedRight.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    subject = models.JSONField(default=dict, help_text="{names, addresses, numbers} typed by hand; emptied once erased")
    language = models.CharField(max_length=5, default="es", help_text="of the person")
    reason = models.CharField(max_length=20, blank=True, choices=Reason.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True, help_text="somebody works on it; after that hour another may")
    steps_done = models.IntegerField(default=0)
    steps = models.IntegerField(default=0)
    found = models.JSONField(default=dict, help_text="what will go and what stays, counted by kind")
    refusals = models.JSONField(default=list, help_text="why it may not be erased yet: [{code, …}]")
    files = models.JSONField(default=list, help_text="ids of case files that show the person")
    file = models.BinaryField(null=True, help_text="the copy (ZIP), until it expires")
    expires_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "privacy_request"
        constraints = [
            models.CheckConstraint(condition=Q(what__in=RequestedRight.values), name="privacy_request_what_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="privacy_request_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="privacy_request_to_do", condition=Q(state__in=["asked", "confirmed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"


class Why(models.TextChoices):
    PERSON = "person"
    RETENTION = "retention"
    BEFORE = "before"  # texts erased before tombstones were kept


class RetentionRun(models.Model):
    """One passage of `guardia retention`; one that was killed has no end and is gone on with."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_dry = models.BooleanField(default=False)

    class Meta:
        app_label = "guardia"
        db_table = "retention_run"

    def __str__(self) -> str:
        return f"retention {self.pk}"


class Erasure(models.Model):
    """The tombstone: what kind went, how much, up to which day, by which rule, when. Written by the owner alone."""

    why = models.CharField(max_length=10, choices=Why.choices)
    rule = models.CharField(max_length=30, blank=True, help_text="kind of record, of a retention")
    days = models.IntegerField(null=True, help_text="how long the rule keeps it")
    up_to = models.DateTimeField(null=True, help_text="what is older went")
    reason = models.CharField(max_length=20, blank=True, choices=Reason.choices)
    counts = models.JSONField(default=dict, help_text="{kind: how many}")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    request = models.ForeignKey(PrivacyRequest, models.PROTECT, null=True, related_name="erasures")
    run = models.ForeignKey(RetentionRun, models.PROTECT, null=True, related_name="erasures")

    class Meta:
        app_label = "guardia"
        db_table = "erasure"
        constraints = [
            models.CheckConstraint(condition=Q(why__in=Why.values), name="erasure_why_known"),
            models.UniqueConstraint(fields=["run", "rule"], condition=Q(run__isnull=False), name="erasure_once_a_run"),
            models.UniqueConstraint(fields=["request"], condition=Q(request__isnull=False), name="erasure_once_asked"),
        ]
        indexes = [models.Index(fields=["-at"], name="erasure_latest")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
