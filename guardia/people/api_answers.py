"""What was answered to a POST of a machine, so that the same POST sent again is answered alike and does nothing."""

from datetime import datetime, timedelta

from django.db import models

from guardia.people.api_key import ApiKey

KEPT_FOR = timedelta(hours=48)


class ApiAnswer(models.Model):
    """The answer under one idempotency key of one API key; ``status`` is 0 until the first request has ended.

    That of a company's own key bears its ``customer_id``: no other company can take its place.
    """

    api_key_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True, help_text="of a company's own key")
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.BinaryField(help_text="SHA-256 of method, address and body")
    status = models.SmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "api_answer"
        constraints = [
            models.UniqueConstraint(
                fields=["api_key_id", "idempotency_key", "customer_id"], name="api_answer_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="api_answer_age")]

    def __str__(self) -> str:
        return f"{self.idempotency_key}: {self.status}"


def reserve(key: ApiKey, written: str, digest: bytes, at: datetime) -> ApiAnswer:
    """The place of this idempotency key: a new one, or that of the request that was there before. ``at`` is UTC.

    By the database role of the key's acts.

    Whoever sends the same key at the same time waits here until the first request has been committed or undone.
    """
    whose = {"api_key_id": key.pk, "customer_id": key.customer_id, "idempotency_key": written}
    place = ApiAnswer(**whose, request_digest=digest, created_at=at)
    ApiAnswer.objects.bulk_create([place], ignore_conflicts=True)
    found = ApiAnswer.objects.get(**whose)
    found.request_digest = bytes(found.request_digest)
    return found


def fill(place: ApiAnswer, status: int, body: str) -> None:
    """Write down what was answered, in the transaction of what was done."""
    ApiAnswer.objects.filter(pk=place.pk).update(status=status, body=body)


def forget_old(at: datetime) -> int:
    """Delete what is older than ``KEPT_FOR`` at ``at`` (UTC); gives back how many."""
    return ApiAnswer.objects.filter(created_at__lt=at - KEPT_FOR).delete()[0]
