"""What happened to a case, append-only and chained. Codes and hours stand here; prose stands in EventText, erasable."""

from collections.abc import Collection

from django.db import models
from django.db.models import Q

from guardia.procedure.vocabulary import Moment


class CaseEvent(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+", db_constraint=False)
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    moment = models.CharField(max_length=30)
    variant = models.CharField(max_length=20, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    public = models.BooleanField(help_text="the customer may see it")
    data = models.JSONField(help_text="codes, ids and hours; never names or prose")
    canonical = models.TextField(help_text="the exact text that was hashed")
    hash = models.BinaryField()

    class Meta:
        app_label = "guardia"
        db_table = "case_event"
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_event_seq_once")]
        indexes = [
            models.Index(fields=["recorded_at"], name="case_event_confirmed", condition=Q(moment="confirmed")),
        ]


class EventText(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+", db_constraint=False)
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="texts", db_index=False)
    name = models.CharField(max_length=40)
    salt = models.BinaryField(null=True)
    text = models.TextField(null=True, help_text="null once it is erased; the chain keeps its hash")
    erasure = models.ForeignKey(
        "guardia.Erasure",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="its tombstone: when it went, and why",
    )

    class Meta:
        app_label = "guardia"
        db_table = "event_text"
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="event_text_once")]
        indexes = [models.Index(fields=["erasure"], name="event_text_erased", condition=Q(erasure__isnull=False))]


def crew_changes(case_ids: Collection[int], visit_ids: Collection[int]) -> models.QuerySet[CaseEvent]:
    """The events by which one of these visits went to another crew."""
    events = CaseEvent.objects.filter(case__in=case_ids, moment=Moment.CREW_CHANGED)
    return events.filter(data__visit__in=list(visit_ids))


def crews_sent(case_id: int, visit_id: int) -> set[int]:
    """The ids of the crews that were ever sent on this visit."""
    events = CaseEvent.objects.filter(case=case_id, data__visit=visit_id).exclude(data__crew=None)
    return set(events.values_list("data__crew", flat=True))


def public_news_of(case_id: int) -> models.QuerySet[CaseEvent]:
    """The news that the company was sent on its case with their texts, the last first."""
    news = CaseEvent.objects.filter(case=case_id, moment=Moment.NEWS_SENT, public=True)
    return news.order_by("-seq").prefetch_related("texts")


def texts_of(case_id: int, seqs: Collection[int]) -> dict[int, dict[str, str | None]]:
    """The texts of these events of a case by the event's number and the text's name."""
    found: dict[int, dict[str, str | None]] = {}
    texts = EventText.objects.filter(event__case=case_id, event__seq__in=list(seqs))
    for seq, name, text in texts.values_list("event__seq", "name", "text"):
        found.setdefault(seq, {})[name] = text
    return found
