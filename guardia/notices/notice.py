"""What one person is owed about one event, and the messages that carry it. Nothing here is ever dropped silently."""

from django.db import models
from django.db.models import Q


class NoticeState(models.TextChoices):
    OWED = "owed"  # no delivery carries it yet
    PACKED = "packed"  # a delivery carries it
    SENT = "sent"  # a server accepted it
    FAILED = "failed"  # given up after 48 h, or refused for good
    SUPPRESSED = "suppressed"  # not sent, for the reason written beside
    HELD = "held"  # it would have gone, but for a rehearsal; it is never sent later


SHADOW = "shadow"
"""Why a notice of a replayed case is suppressed, in a database of a shadow day that is looked around in."""


class Notice(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+", db_constraint=False)
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="notices")
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, null=True, related_name="notices", db_index=False)
    alarm = models.ForeignKey("guardia.Alarm", models.PROTECT, null=True, related_name="notices", db_index=False)
    announcement = models.ForeignKey(
        "guardia.Announcement", models.PROTECT, null=True, related_name="notices", db_index=False
    )
    round = models.SmallIntegerField(
        default=0, db_default=0, help_text="of an alarm, which is paged again while nobody answers"
    )
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="notices")
    staff = models.ForeignKey(
        "guardia.Staff", models.PROTECT, null=True, related_name="pages", db_index=False, help_text="a page"
    )
    team_channel = models.ForeignKey(
        "guardia.TeamChannel", models.PROTECT, null=True, related_name="notices", db_index=False, help_text="team news"
    )
    news_key = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="of team news that no event of a case is"
    )
    moment = models.CharField(max_length=30)
    variant = models.CharField(max_length=20, blank=True)
    clause = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    facts = models.JSONField(help_text="what was true when it was owed")
    template_version = models.SmallIntegerField(default=1)
    wording = models.ForeignKey(
        "guardia.OwnWording",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="the operator's own; null: ours",
    )
    urgency = models.SmallIntegerField(default=5, db_default=5, help_text="the lowest leaves first")
    instead_of = models.ForeignKey(
        "guardia.Contact",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="who could not be reached",
    )
    state = models.CharField(max_length=12, default=NoticeState.OWED)
    reason = models.CharField(max_length=40, blank=True, help_text="why it is suppressed")
    owed_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, help_text="it can be taken back until then, and is not packed")
    moved_on = models.BooleanField(
        default=False, db_default=False, help_text="a page that failed, and the escalation has moved on"
    )

    class Meta:
        app_label = "guardia"
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(fields=["event", "contact"], name="notice_once_per_event_and_person"),
            models.UniqueConstraint(
                fields=["event", "staff"], name="page_of_event_once", condition=Q(staff__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["announcement", "contact"],
                name="announced_once_to_one",
                condition=Q(announcement__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["alarm", "round", "staff"], name="page_of_alarm_once", condition=Q(alarm__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["event", "team_channel"],
                name="team_news_of_event_once",
                condition=Q(event__isnull=False, team_channel__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["team_channel", "news_key"], name="team_news_once", condition=~Q(news_key="")
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False, staff=None, team_channel=None)
                | Q(contact=None, staff__isnull=False, team_channel=None)
                | Q(contact=None, staff=None, team_channel__isnull=False),
                name="notice_to_one_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    case__isnull=False, event__isnull=False, customer__isnull=False, alarm=None, announcement=None
                )
                | Q(case=None, event=None, announcement=None, alarm__isnull=False, staff__isnull=False)
                | Q(
                    case=None,
                    event=None,
                    alarm=None,
                    announcement__isnull=False,
                    contact__isnull=False,
                    customer__isnull=False,
                )
                | Q(event=None, alarm=None, announcement=None, team_channel__isnull=False) & ~Q(news_key=""),
                name="notice_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
        ]
        indexes = [
            models.Index(fields=["urgency", "owed_at"], name="notice_owed", condition=Q(state="owed")),
            models.Index(fields=["contact"], name="notice_owed_to", condition=Q(state="owed", contact__isnull=False)),
            models.Index(fields=["staff"], name="notice_to_staff", condition=Q(staff__isnull=False)),
            models.Index(fields=["wording"], name="notice_in_own_words", condition=Q(wording__isnull=False)),
            models.Index(fields=["instead_of"], name="notice_instead", condition=Q(instead_of__isnull=False)),
            models.Index(fields=["owed_at"], name="page_owed", condition=Q(state="owed", staff__isnull=False)),
            models.Index(
                fields=["owed_at"], name="team_news_owed", condition=Q(state="owed", team_channel__isnull=False)
            ),
            models.Index(fields=["owed_at"], name="notice_held", condition=Q(state="held")),
            models.Index(
                fields=["owed_at"],
                name="letter_that_reached_nobody",
                condition=Q(contact__isnull=False, state="failed", moved_on=False),
            ),
            models.Index(
                fields=["owed_at"],
                name="page_that_reached_nobody",
                condition=Q(staff__isnull=False, state__in=["failed", "suppressed"], moved_on=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.pk}"


MOST_UNANSWERED = 3
"""So often a letter is handed over whole without an answer of the server: each time it may have arrived."""


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"  # leased by a worker
    ACCEPTED = "accepted"
    REFUSED = "refused"  # the server said no for good
    EXPIRED = "expired"  # 48 h of tries
    BOUNCED = "bounced"  # accepted, and came back
    WITHDRAWN = "withdrawn"  # taken back before it left
    HELD = "held"  # written, and not sent in a rehearsal


class Delivery(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    notices = models.ManyToManyField(Notice, through="DeliveredNotice", related_name="deliveries")
    channel = models.CharField(max_length=12, default="mail")
    address = models.CharField(max_length=500)
    domain = models.CharField(max_length=253, blank=True, db_default="", help_text="of a mail address, in ASCII")
    urgent = models.BooleanField(default=False, help_text="a page: it leaves before all that is not")
    urgency = models.SmallIntegerField(default=5, db_default=5, help_text="among its like the lowest leaves first")
    resend_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", help_text="sent once more, because somebody asked for it"
    )
    answers = models.ForeignKey(
        "guardia.Message", models.PROTECT, null=True, related_name="answers", help_text="an automatic answer to it"
    )
    code = models.ForeignKey(
        "guardia.SignInCode",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="it carries this code, and no notice",
    )
    reset = models.ForeignKey(
        "guardia.PasswordReset",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="it carries this link, and no notice",
    )
    confirmation = models.ForeignKey(
        "guardia.AddressConfirmation",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="it asks the owner of an address, and carries no notice",
    )
    message_id = models.CharField(max_length=200, unique=True)
    body = models.BinaryField(null=True, help_text="rendered once, kept as sent")
    state = models.CharField(max_length=12, default=DeliveryState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    unanswered = models.SmallIntegerField(
        default=0, db_default=0, help_text="attempts in which the server had the whole letter and gave no answer"
    )
    available_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sender = models.ForeignKey("guardia.Sender", models.SET_NULL, null=True, related_name="+", help_text="leased by")
    created_at = models.DateTimeField()
    paced_at = models.DateTimeField(null=True, help_text="when the limit of its domain lets it leave")
    settled_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="a delivery report says so")
    opened_at = models.DateTimeField(null=True, help_text="its link was opened")
    bounced_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="the receiving server's own words")

    class Meta:
        app_label = "guardia"
        db_table = "delivery"
        constraints = [models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known")]
        indexes = [
            models.Index(
                fields=["urgency", "available_at"],
                name="delivery_to_send",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            models.Index(
                fields=["available_at"],
                name="page_to_send",
                condition=Q(urgent=True, state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["settled_at"], name="delivery_held", condition=Q(state="held")),
            models.Index(fields=["settled_at"], name="delivery_settled", condition=Q(settled_at__isnull=False)),
            models.Index(fields=["bounced_at"], name="delivery_bounced", condition=Q(bounced_at__isnull=False)),
            models.Index(fields=["code"], name="delivery_of_code", condition=Q(code__isnull=False)),
            models.Index(fields=["reset"], name="delivery_of_reset", condition=Q(reset__isnull=False)),
            models.Index(
                fields=["confirmation"], name="delivery_of_confirmation", condition=Q(confirmation__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def is_perhaps(self) -> bool:
        """Given up because the server never answered, though it had the whole letter: it may have arrived."""
        return self.state == DeliveryState.EXPIRED and self.unanswered >= MOST_UNANSWERED


class DeliveredNotice(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT)
    notice = models.ForeignKey(Notice, models.PROTECT)

    class Meta:
        app_label = "guardia"
        db_table = "delivered_notice"
        constraints = [models.UniqueConstraint(fields=["delivery", "notice"], name="notice_once_per_delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.notice_id}"


def notices_to_contacts(case_id: int) -> models.QuerySet[Notice]:
    """What contacts of a company were or are told of its case, the last first; what was suppressed or held is none."""
    untold = [NoticeState.SUPPRESSED, NoticeState.HELD]
    told = Notice.objects.filter(case=case_id, contact__isnull=False).exclude(state__in=untold)
    return told.order_by("-owed_at", "-pk")
