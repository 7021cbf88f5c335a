"""The journal of who came in, what they took out and what they were shown: append-only, in the order of its hours,
each entry chained to the one before.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guardia.config.headline import Headline
from guardia.people.staff import Staff

# The journal of who came in, what they took out and what they were shown: append-only, in the database itself.
#
# What changes in the settings is on record beside it (SettingChange), what happens to a case in its own events.


class AuditKind(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SIGN_IN_LIMITED = "sign_in_limited", _("Too many attempts: not checked")
    STEP_FAILED = "step_failed", _("Second step failed")
    STEP_TAKEN = "step_taken", _("Second step passed")
    STEP_ADDED = "step_added", _("Second step set up")
    STEP_REMOVED = "step_removed", _("Second step removed")
    CODES_MADE = "codes_made", _("Recovery codes generated")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    LINK_MADE = "link_made", _("One-time link created")
    LINK_USED = "link_used", _("Password set by one-time link")
    LINK_FAILED = "link_failed", _("One-time link refused")
    SIGNED_OUT = "signed_out", _("Signed out")
    SESSION_ENDED = "session_ended", _("Session ended")
    EXPORTED = "exported", _("Exported")
    SEEN_IN_BULK = "seen_in_bulk", _("Personal data seen in bulk")
    BROUGHT_IN = "brought_in", _("Imported")
    RESET_ASKED = "reset_asked", _("New password requested by email")
    CONTACT_SIGNED_IN = "contact_signed_in", _("Customer signed in")
    CONTACT_FAILED = "contact_failed", _("Customer’s sign-in failed")
    CONTACT_SIGNED_OUT = "contact_signed_out", _("Customer signed out")
    GUESSED = "guessed", _("Link or key refused: it is none of ours")
    GUESSES_LIMITED = "guesses_limited", _("Too many links or keys that are none: not looked at")
    ERASURE_ASKED = "erasure_asked", _("Erasure of a person asked for")
    ERASED = "erased", _("Person erased")
    RETAINED = "retained", _("Old records erased")
    VERIFIED = "verified", _("Histories verified")
    TRIED = "tried", _("Connection tested")
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


# The proof that the journal of the audit was not rewritten: each link covers the one before it and its entry.
#
# The hashes are computed here anew, not asked of the functions of the database that wrote them.


AT_ONCE = 2000
PARTED_BY = "\x1f"
ENTRIES = """
    SELECT e.id, l.act, l.digest, ((extract(epoch from e.at) * 1000000)::bigint)::text, e.kind,
           coalesce(e.staff_id::text, ''), e.account, coalesce(host(e.address), ''), e.agent, e.about, e.key,
           e.facts::text, coalesce(e.salt::text, '')
    FROM audit_entry e
    LEFT JOIN LATERAL (SELECT act, digest FROM audit_link WHERE entry = e.id ORDER BY id DESC LIMIT 1) l ON true
    WHERE e.id > %s ORDER BY e.id LIMIT %s
"""
GONE = """
    SELECT l.entry FROM audit_link l
    WHERE l.act = 'written' AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.id = l.entry)
      AND NOT EXISTS (SELECT FROM audit_link x WHERE x.entry = l.entry AND x.act = 'erased')
    ORDER BY l.entry
"""


def breaks() -> Iterator[Headline]:
    """Each place where the journal is not what was written, a line each; nothing if all is whole."""
    yield from _lanes()
    yield from _entries()
    with connection.cursor() as cursor:
        cursor.execute(GONE)
        for (entry,) in cursor.fetchall():
            yield Headline(gettext_noop("entry %(entry)s is missing, and nobody erased it"), entry=entry)


def fingerprint() -> str:
    """One line over the ends of all chains: kept elsewhere, it proves later that nothing was cut off since."""
    whole = hashlib.sha256()
    for lane in AuditLane.objects.order_by("pk"):
        whole.update(f"{lane.pk}/{lane.seq}/{bytes(lane.hash).hex()}\n".encode())
    return whole.hexdigest()


def _lanes() -> Iterator[Headline]:
    ends = {lane.pk: (lane.seq, bytes(lane.hash)) for lane in AuditLane.objects.all()}
    found: dict[int, tuple[int, bytes]] = {}
    for link in AuditLink.objects.order_by("lane", "seq").iterator(chunk_size=AT_ONCE):
        seq, before = found.get(link.lane, (0, b""))
        if link.seq != seq + 1:
            yield Headline(gettext_noop("lane %(lane)s: link %(link)s is missing"), lane=link.lane, link=seq + 1)
        if bytes(link.hash) != linked(before, link.seq, link.entry, link.act, bytes(link.digest)):
            msgid = gettext_noop("lane %(lane)s: the hash of link %(link)s does not match")
            yield Headline(msgid, lane=link.lane, link=link.seq)
        found[link.lane] = (link.seq, bytes(link.hash))
    for lane in sorted(ends.keys() | found.keys()):
        if ends.get(lane) != found.get(lane, (0, b"")):
            yield Headline(gettext_noop("lane %(lane)s: its last link is not the one that it names"), lane=lane)


def _entries() -> Iterator[Headline]:
    last = -1
    while rows := _rows(last):
        for entry, act, digest, *said in rows:
            if act is None:
                yield Headline(gettext_noop("entry %(entry)s is in no chain"), entry=entry)
            elif act == AuditAct.ERASED:
                yield Headline(gettext_noop("entry %(entry)s was erased, and is still there"), entry=entry)
            elif bytes(digest) != hashlib.sha256(PARTED_BY.join([str(entry), *said]).encode()).digest():
                yield Headline(gettext_noop("entry %(entry)s was changed"), entry=entry)
        last = rows[-1][0]


def _rows(last: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [last, AT_ONCE])
        return cursor.fetchall()


def linked(before: bytes, seq: int, entry: int, act: str, digest: bytes) -> bytes:
    """The hash of a link, as the database computes it."""
    return hashlib.sha256(before + seq.to_bytes(8, "big") + entry.to_bytes(8, "big") + act.encode() + digest).digest()


# The chain over the journal of the audit: a link for each entry as it was written, and for each that was erased since.
#
# The database itself writes it, with the entry and in its transaction (``audit_linked``, migration 0028).
# docs/adr/0033.


class AuditAct(models.TextChoices):
    WRITTEN = "written"
    REDACTED = "redacted"  # by the eraser: what of a person stood in it went
    ERASED = "erased"  # by the eraser: its time was over


class AuditLane(models.Model):
    """One of several chains, so that nobody who writes waits for another; ``hash`` and ``seq`` of its last link."""

    seq = models.BigIntegerField(default=0, db_default=0)
    hash = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        app_label = "guardia"
        db_table = "audit_lane"

    def __str__(self) -> str:
        return f"lane {self.pk} at {self.seq}"


class AuditLink(models.Model):
    lane = models.BigIntegerField()
    seq = models.BigIntegerField()
    entry = models.BigIntegerField(help_text="the id in audit_entry, which may be gone")
    act = models.CharField(max_length=10)
    digest = models.BinaryField(help_text="SHA-256 of the entry as it is after the act; of an erased one empty")
    hash = models.BinaryField(help_text="SHA-256 of the hash before it in the lane, and of this link")

    class Meta:
        app_label = "guardia"
        db_table = "audit_link"
        constraints = [models.UniqueConstraint(fields=["lane", "seq"], name="audit_link_once")]
        indexes = [models.Index(fields=["entry", "id"], name="audit_link_of_entry")]

    def __str__(self) -> str:
        return f"{self.lane}/{self.seq}: {self.act} {self.entry}"
