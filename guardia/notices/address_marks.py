"""Addresses that take no messages: marked when a server refuses the recipient or a message comes back, until
somebody clears them.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from guardia.notices.notice import Delivery
from guardia.people.staff import Staff

# An address that does not take our messages: refused or bounced, until somebody clears it.


class AddressMark(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=500)
    reason = models.CharField(max_length=16, help_text="refused, bounced")
    words = models.TextField(blank=True, help_text="the far server's own")
    delivery = models.ForeignKey("guardia.Delivery", models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "address_mark"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "address"],
                condition=Q(cleared_at=None),
                nulls_distinct=False,
                name="address_marked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}: {self.reason}"


# Addresses that take no messages: marked when a server refuses the recipient or a message comes back, until cleared.
#
# A marked address is not sent to again; what is owed goes by the contact's next way. ``ways`` leaves marked ones out.


REFUSED, BOUNCED = "refused", "bounced"
LONGEST_WORDS = 1000


def mark(delivery: Delivery, reason: str, words: str, now: datetime) -> None:
    """Mark the address of this delivery, with the server's ``words``. An address that is marked stays as it is."""
    AddressMark.objects.bulk_create(
        [
            AddressMark(
                customer_id=delivery.customer_id,
                channel=delivery.channel,
                address=delivery.address,
                reason=reason,
                words=words.replace("\0", "")[:LONGEST_WORDS],
                delivery_id=delivery.pk,
                marked_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def clear(mark: AddressMark, by: Staff, now: datetime) -> bool:
    """Let this address be written to again, from ``now`` (UTC) on; False if it had been cleared already."""
    standing = AddressMark.objects.filter(pk=mark.pk, cleared_at=None)
    return bool(standing.update(cleared_at=now, cleared_by=by))


def marks_of(customer_id: int) -> list[AddressMark]:
    """The addresses of this company that are marked now, the newest first."""
    standing = AddressMark.objects.filter(customer=customer_id, cleared_at=None)
    return list(standing.order_by("-marked_at", "-pk"))


def all_marked(most: int, before: int = 0) -> list[AddressMark]:
    """The addresses that are marked now, of all companies, the last first; ``before``: only marks older than that."""
    standing = AddressMark.objects.filter(cleared_at=None).select_related("customer").order_by("-pk")
    return list((standing.filter(pk__lt=before) if before else standing)[:most])
