"""One mail that came in. The original is kept byte for byte beside it; what could not be read is kept as well."""

from django.db import models
from django.db.models import Q

from guardia.mail.raw_mail import Read


class MessageKind(models.TextChoices):
    REPLY = "reply"  # belongs to a case
    REPORT = "report"  # new, from a known contact
    STRANGER = "stranger"  # new, from nobody we know
    BOUNCE = "bounce"  # a delivery report about a mail of ours
    AUTOMATIC = "automatic"  # out of office and the like, mailing lists
    OWN = "own"  # a mail of ours that came back to us
    UNREADABLE = "unreadable"  # quarantined whole


class MessageState(models.TextChoices):
    NEW = "new"  # stored, and not looked at yet
    WAITING = "waiting"  # somebody must decide
    FILED = "filed"  # belongs to a case
    DONE = "done"  # nothing more is owed


class Message(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="messages")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="messages")
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey("guardia.WrittenRequest", models.PROTECT, null=True, related_name="messages")
    identity = models.CharField(max_length=64, unique=True, help_text="the same message taken twice has the same one")
    message_id = models.CharField(max_length=500, blank=True)
    from_address = models.CharField(max_length=320, blank=True, help_text="lower case")
    from_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True, help_text="what this person wrote, without the history quoted below it")
    quoted = models.TextField(blank=True, help_text="the history quoted below it")
    has_html = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=8, default=MessageState.NEW)
    sender_proof = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="proven, unproven, failed, spam"
    )
    reason = models.CharField(max_length=200, blank=True, help_text="code of why it is what it is, or not readable")
    way = models.CharField(max_length=8, help_text="imap, pipe, folder")
    desk = models.CharField(max_length=40, default="technical", help_text="whose mailbox it came to (A2, A3)")
    sent_at = models.DateTimeField(null=True, help_text="as its own Date says")
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "message"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["", *MessageKind.values]), name="message_kind_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], name="message_to_read", condition=Q(state="new")),
            models.Index(fields=["received_at"], name="message_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-received_at"], name="message_newest"),
            models.Index(fields=["from_address", "received_at"], name="message_by_sender"),
            models.Index(fields=["message_id"], name="message_by_its_own_id"),
        ]

    def __str__(self) -> str:
        return self.subject or self.identity[:8]


class Original(models.Model):
    """The bytes as they came. A table of its own, so that no list ever reads them."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="original")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    content = models.BinaryField()

    class Meta:
        app_label = "guardia"
        db_table = "message_original"


class Attachment(models.Model):
    """A part of a message that is a file. Its bytes are read from the original, by its number."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    part = models.SmallIntegerField(help_text="1, 2, … in the order of the original")
    name = models.CharField(max_length=200, help_text="made safe")
    type = models.CharField(max_length=100, help_text="by its content, never by what the mail says")
    size = models.IntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    refused = models.CharField(max_length=40, blank=True, help_text="why it is not given out")

    class Meta:
        app_label = "guardia"
        db_table = "message_attachment"
        constraints = [models.UniqueConstraint(fields=["message", "part"], name="message_attachment_once")]


class AutomaticAnswer(models.Model):
    """That a sender got an answer by itself, so that none gets too many (RFC 3834)."""

    address = models.CharField(max_length=320, help_text="lower case")
    at = models.DateTimeField()
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "automatic_answer"
        indexes = [models.Index(fields=["address", "at"], name="automatic_answer_recent")]


class Mailbox(models.Model):
    """How far a mailbox has been read (RFC 3501: a UID counts within one UIDVALIDITY)."""

    name = models.CharField(max_length=200, primary_key=True, help_text="user@host/folder")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "mailbox"


# What was read of a mail, written beside its original: its columns, and a row for each of its files.


LENGTHS = {"message_id": 500, "from_address": 320, "from_name": 200, "subject": 500}


def fill(message: Message, found: Read) -> None:
    """Keep what was read of this message. Done again, it writes the same."""
    columns = {name: getattr(found, name)[:length] for name, length in LENGTHS.items()}
    columns |= {"text": found.text, "quoted": found.quoted}
    more = {"has_html": bool(found.html), "sent_at": found.date}
    for name, value in (columns | more).items():
        setattr(message, name, value)
    Message.objects.filter(pk=message.pk).update(**columns, **more)
    files = [
        Attachment(
            message=message,
            customer_id=message.customer_id,
            part=file.part,
            name=file.name,
            type=file.type,
            size=file.size,
            sha256=file.sha256,
            refused=file.refused,
        )
        for file in found.files
    ]
    Attachment.objects.bulk_create(files, ignore_conflicts=True)
