"""The journal of who came in, what they took out and what they were shown: append-only, in the database itself.

What changes in the settings is on record beside it (SettingChange), what happens to a case in its own events.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from guardia.people.staff import Staff


class AuditKind(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SIGN_IN_LIMITED = "sign_in_limited", _("Too many attempts: not looked at")
    STEP_FAILED = "step_failed", _("Second step failed")
    STEP_TAKEN = "step_taken", _("Second step taken")
    STEP_ADDED = "step_added", _("Second step set up")
    STEP_REMOVED = "step_removed", _("Second step removed")
    CODES_MADE = "codes_made", _("Recovery codes made")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    LINK_MADE = "link_made", _("One-time link made")
    LINK_USED = "link_used", _("Password set by one-time link")
    LINK_FAILED = "link_failed", _("One-time link refused")
    SIGNED_OUT = "signed_out", _("Signed out")
    SESSION_ENDED = "session_ended", _("Session ended")
    EXPORTED = "exported", _("Exported")
    SEEN_IN_BULK = "seen_in_bulk", _("Personal data seen in bulk")
    BROUGHT_IN = "brought_in", _("Imported")
    RESET_ASKED = "reset_asked", _("New password asked for by mail")
    CONTACT_SIGNED_IN = "contact_signed_in", _("Customer signed in")
    CONTACT_FAILED = "contact_failed", _("Customer’s sign-in failed")
    CONTACT_SIGNED_OUT = "contact_signed_out", _("Customer signed out")
    GUESSED = "guessed", _("Customer’s link refused: it is none of ours")
    GUESSES_LIMITED = "guesses_limited", _("Too many links that are none: not looked at")
    ERASURE_ASKED = "erasure_asked", _("Erasure of a person asked for")
    ERASED = "erased", _("Person erased")
    RETAINED = "retained", _("Old records erased")
    TRIED = "tried", _("Connection tried")
    ASKED_OF_EXCHANGE = "asked_of_exchange", _("Asked the exchange to dial or to hand over a call")


FAILURES = (AuditKind.SIGN_IN_FAILED, AuditKind.STEP_FAILED, AuditKind.LINK_FAILED)
"""What counts against the limit of attempts. A customer's link that was torn in a mail is no attempt of the staff."""


class AuditEntry(models.Model):
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    account = models.CharField(max_length=20, blank=True, help_text="mark of the name that was typed, known or not")
    address = models.GenericIPAddressField(null=True, help_text="null: on the server itself")
    agent = models.CharField(max_length=200, blank=True, help_text="what the browser says it is")
    about = models.CharField(max_length=60, blank=True, help_text="what it was done to: person, report, list …")
    key = models.CharField(max_length=80, blank=True, help_text="which one of them")
    facts = models.JSONField(default=dict)
    salt = models.UUIDField(null=True, editable=False, help_text="drawn by the database: what is erased is not guessed")

    class Meta:
        app_label = "guardia"
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["kind", "-at"], name="audit_of_kind"),
            models.Index(fields=["staff", "-at"], name="audit_of_person"),
            models.Index(fields=["-at"], name="audit_latest"),
            models.Index(fields=["about", "key", "-at"], name="audit_about"),
            models.Index(
                fields=["account", "-at"], name="audit_failed_of_account", condition=models.Q(kind__in=FAILURES)
            ),
            models.Index(fields=["address", "-at"], name="audit_failed_from", condition=models.Q(kind__in=FAILURES)),
            models.Index(
                fields=["address", "-at"], name="audit_guessed_from", condition=models.Q(kind=AuditKind.GUESSED)
            ),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=AuditKind.values), name="audit_kind_known")]


def write_down(
    kind: AuditKind,
    *,
    at: datetime,
    staff: Staff | None = None,
    account: str = "",
    address: str | None = None,
    agent: str = "",
    about: str = "",
    key: object = "",
    **facts: Any,
) -> AuditEntry:
    """One line of the journal. ``at`` is UTC; ``address``: from where, None on the server itself."""
    return AuditEntry.objects.create(
        at=at,
        kind=kind,
        staff=staff,
        account=account,
        address=address,
        agent="".join(letter for letter in agent if letter.isprintable())[:200],
        about=about,
        key=str(key)[:80],
        facts=facts,
    )


def account_mark(username: str) -> str:
    """A mark that follows from the name typed. The name itself is not kept: now and then it is somebody's password."""
    return salted_hmac("guardia.people.audit", username.strip().lower(), algorithm="sha256").hexdigest()[:20]


def step_mark(username: str) -> str:
    """The account of an attempt by whoever has shown the password already: a second step, or the password once more.

    It is counted apart, so that whoever knows no more than the name spends nothing of it.
    """
    return account_mark(f"{username}\0step")


def browser_mark(username: str, browser: str) -> str:
    """The account of an attempt from a browser by which this person came in before; ``browser``: its name."""
    return account_mark(f"{username}\0{browser}")


def failures(at: datetime, within: timedelta, **of: Any) -> int:
    """How many attempts of one account or from one address failed since then."""
    return AuditEntry.objects.filter(kind__in=FAILURES, at__gt=at - within, **of).count()


def entries_about(kind: AuditKind, about: str, key: object) -> models.QuerySet[AuditEntry]:
    """The lines of one kind about one thing, the latest first."""
    return AuditEntry.objects.filter(kind=kind, about=about, key=str(key)).order_by("-at", "-pk")


def latest_entries(
    *,
    kind: str = "",
    staff: int | None = None,
    address: str = "",
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> models.QuerySet[AuditEntry]:
    """The lines of the journal that are asked for, the latest first; what is left out narrows nothing.

    ``before``: a line's id, which is left out itself. ``since`` is included and ``until`` is not (UTC).
    """
    asked = {"kind": kind, "staff": staff, "address": address, "pk__lt": before, "at__gte": since, "at__lt": until}
    found = AuditEntry.objects.filter(**{name: value for name, value in asked.items() if value})
    return found.select_related("staff").order_by("-pk")
