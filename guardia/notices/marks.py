"""Addresses that take no messages: marked when a server refuses the recipient or a message comes back, until cleared.

A marked address is not sent to again; what is owed goes by the contact's next way. ``ways`` leaves marked ones out.
"""

from datetime import datetime

from guardia.notices.address_mark import AddressMark
from guardia.notices.notice import Delivery
from guardia.people.staff import Staff

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
