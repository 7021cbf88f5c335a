"""The life of a request about a person: asked, looked for, shown, confirmed by a typed word, carried out by the owner.

Who asks and who confirms is on the journal, by id and number alone; hours are UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.customers.contact import Contact
from guardia.people.audit import AuditKind, write_down
from guardia.people.staff import Staff
from guardia.privacy.marks import marks

# What somebody asked about a person: a copy of all that is held, or that it is erased. The owner carries it out.
#
# ``subject`` names the person in words and is emptied when an erasure is done; what stays are ids and numbers.


class RequestedRight(models.TextChoices):
    EXPORT = "export", gettext_lazy("Copy of the data")
    ERASE = "erase", gettext_lazy("Erasure")


class State(models.TextChoices):
    ASKED = "asked", gettext_lazy("being looked for")
    READY = "ready", gettext_lazy("ready")
    CONFIRMED = "confirmed", gettext_lazy("confirmed, about to be erased")
    DONE = "done", gettext_lazy("done")
    CANCELLED = "cancelled", gettext_lazy("cancelled")
    FAILED = "failed", gettext_lazy("failed")


class Reason(models.TextChoices):
    """Why a person is erased: a code, so that the journal holds no prose about anybody."""

    PERSON_ASKED = "person_asked", gettext_lazy("the person asked for it")
    LEFT = "left", gettext_lazy("the person has left")
    COMPANY_ASKED = "company_asked", gettext_lazy("the company asked for it")
    NOT_NEEDED = "not_needed", gettext_lazy("it is no longer needed")


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


LEASE = timedelta(minutes=10)
LONGEST_LIST = 20


def word() -> str:
    """What whoever erases types, in the language of the screen."""
    return pgettext("typed to confirm", "ERASE")


def ask(
    what: str,
    *,
    by: Staff | None,
    at: datetime,
    contact: Contact | None = None,
    staff: Staff | None = None,
    subject: Mapping[str, Sequence[str]] | None = None,
    reason: str = "",
    language: str = "",
) -> PrivacyRequest:
    """A request, of which the worker first looks what there is. ``subject``: spellings typed by hand beside the record.

    Raises ValidationError where nobody is named, or too little to be one person.
    """
    typed = {key: [one for one in (subject or {}).get(key, ()) if one.strip()] for key in SUBJECT}
    if any(len(several) > LONGEST_LIST for several in typed.values()):
        raise ValidationError(_("Write %(most)d spellings at most, one per line.") % {"most": LONGEST_LIST})
    looked_for = marks(typed["names"], typed["addresses"], typed["numbers"])
    if unfit := [one for key in SUBJECT for one in typed[key] if not marks(**only(key, one)).all]:
        raise ValidationError(
            _(
                "“%(words)s” is too short to identify one person: write the name and surname, the whole "
                "address, or the number with at least seven digits."
            )
            % {"words": unfit[0][:60]}
        )
    if contact is None and staff is None and not looked_for.all:
        raise ValidationError(_("Say whom it is about: choose a person, or write a name, an address or a number."))
    if what == RequestedRight.ERASE and reason not in Reason.values:
        raise ValidationError({"reason": _("Choose why this person is erased.")})
    known = contact or staff
    request = PrivacyRequest.objects.create(
        what=what,
        contact=contact,
        staff=staff,
        subject=typed,
        reason=reason,
        language=language if language in language_codes() else known.language if known else PUBLISHED_IN,
        asked_at=at,
        asked_by=by,
    )
    if what == RequestedRight.ERASE:
        write_down(AuditKind.ERASURE_ASKED, at=at, staff=by, about="privacy_request", key=request.pk, reason=reason)
    return request


SUBJECT = ("names", "addresses", "numbers")


def only(key: str, one: str) -> dict[str, Sequence[str]]:
    return {each: [one] if each == key else [] for each in SUBJECT}


def confirm(request: PrivacyRequest, typed: str, files: Sequence[int], *, by: Staff | None, at: datetime) -> None:
    """It will be erased, and nothing brings it back. ``files``: ids of those that show the person.

    The caller has locked the request. Raises ValidationError: not ready, refused, or the word is another one.
    """
    if request.what != RequestedRight.ERASE or request.state != State.READY:
        raise ValidationError(_("This request is not waiting to be confirmed."))
    if request.refusals:
        raise ValidationError(_("It may not be erased yet: see why below, and search again once that is resolved."))
    if typed.strip().casefold() != word().casefold():
        raise ValidationError(_("Write %(word)s, so that nothing is erased by accident.") % {"word": word()})
    request.state, request.confirmed_at, request.confirmed_by = State.CONFIRMED, at, by
    request.files = sorted(set(files) & set(request.found.get("files", [])))
    request.leased_until, request.steps_done, request.steps = None, 0, 0
    request.save()


def look_again(request: PrivacyRequest) -> None:
    """What there is, and what stands against it, is asked anew. The caller has locked the request."""
    if request.state in (State.READY, State.FAILED) and request.done_at is None:
        request.state, request.leased_until, request.steps_done, request.trouble = State.ASKED, None, 0, ""
        request.file, request.expires_at = None, None
        request.save()


def cancel(request: PrivacyRequest, *, at: datetime) -> None:
    """Nothing is erased, and what was typed about the person is forgotten. One that is confirmed goes its way."""
    if request.state in (State.ASKED, State.READY, State.FAILED):
        request.state, request.done_at, request.subject, request.file = State.CANCELLED, at, {}, None
        request.found = {}
        request.save()


def claim(states: Sequence[str], at: datetime) -> PrivacyRequest | None:
    """The oldest request in one of these states that nobody works on; whoever dies over it loses it in ten minutes."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    found = PrivacyRequest.objects.filter(free, state__in=states).order_by("asked_at", "pk")
    request = found.select_for_update(skip_locked=True, of=("self",)).defer("file").first()
    if request:
        request.leased_until = at + LEASE
        request.save(update_fields=["leased_until"])
    return request


def forget_copies(at: datetime) -> int:
    """Copies whose week is over: the file goes, the line stays. Returns how many."""
    over = PrivacyRequest.objects.filter(expires_at__lte=at, file__isnull=False)
    gone: dict[str, Any] = {"file": None, "state": State.DONE, "done_at": at, "subject": {}}
    return over.update(**gone)


# --- what was asked, and what lies under a tombstone ------------------------------------------------------------------

WAITING = (State.ASKED, State.READY, State.CONFIRMED, State.FAILED)


def waiting_requests() -> QuerySet[PrivacyRequest]:
    """The requests that wait for somebody, the latest first."""
    return _latest_first().filter(state__in=WAITING)


def settled_requests() -> QuerySet[PrivacyRequest]:
    """The requests that wait for nobody any more, the latest first."""
    return _latest_first().exclude(state__in=WAITING)


def _latest_first() -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.defer("file").select_related("contact__customer", "staff", "asked_by").order_by("-pk")


def request_of_id(pk: int, *, locked: bool = False) -> PrivacyRequest | None:
    """The request of this id with its people and without its file; ``locked``: until the transaction ends."""
    names = ("contact__customer", "staff", "asked_by", "confirmed_by")
    found = PrivacyRequest.objects.defer("file").select_related(*names)
    return (found.select_for_update(of=("self",)) if locked else found).filter(pk=pk).first()


def request_with_file(pk: int) -> PrivacyRequest | None:
    """The request of this id with the file that was made for it."""
    return PrivacyRequest.objects.filter(pk=pk).first()


def tombstones() -> QuerySet[Erasure]:
    """The tombstones that something lies under, the latest first."""
    return Erasure.objects.select_related("request").exclude(counts={}).order_by("-pk")


def tombstone_of(request: PrivacyRequest) -> Erasure | None:
    """What was erased on this request; None where nothing was."""
    return Erasure.objects.filter(request=request).first()


def run_under_way() -> RetentionRun | None:
    """The run that erases old records now."""
    return RetentionRun.objects.filter(ended_at=None, is_dry=False).first()


def last_run() -> RetentionRun | None:
    """The last run that has erased old records."""
    return RetentionRun.objects.filter(ended_at__isnull=False, is_dry=False).order_by("-pk").first()


def erased_by(run: RetentionRun) -> int:
    """How many rows this run has erased."""
    return sum(sum(tomb.counts.values()) for tomb in Erasure.objects.filter(run=run))
