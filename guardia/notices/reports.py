"""What is heard of a message after a server took it: it arrived, it was opened, it is late, it came back.

Every function is one step inside a transaction of its caller; ``now`` is UTC. One that comes twice changes nothing.
"""

import re
from datetime import datetime

from guardia.notices import marks
from guardia.notices.leases import OPEN
from guardia.notices.notice import Delivery, DeliveryState, NoticeState
from guardia.notices.refusal import is_of_the_recipient
from guardia.notices.settling import fail_without_a_way, is_marked_for

BASIC = re.compile(r"(?<!\d)([45]\d\d)(?=[ -])")
LONGEST_ANSWER = 4000
CAME_BACK = (DeliveryState.ACCEPTED, *OPEN)
"""What is still open may come back too: its sender died before it could write down that the server took it."""


def bounced(delivery: Delivery, words: str, code: str, now: datetime) -> bool:
    """A delivery report says that this message did not arrive. False if that was known already.

    ``words`` are the far server's own, ``code`` its enhanced status (``5.1.1``) or empty. Only a permanent one that
    speaks of the recipient marks the address. A notice that reached its person by no other way has failed: the case is
    told by the round that records failed notices, and the next way is tried.
    """
    row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if row.bounced_at or row.state not in CAME_BACK:
        return False
    row.state, row.bounced_at, row.sender, row.leased_until = DeliveryState.BOUNCED, now, None, None
    row.settled_at, row.answer = row.settled_at or now, joined(row.answer, words)
    row.save(update_fields=["state", "bounced_at", "sender", "leased_until", "settled_at", "answer"])
    if is_marked_for(row) and speaks_of_the_recipient(words, code):
        marks.mark(row, marks.BOUNCED, words, now)
    fail_without_a_way(row, [NoticeState.SENT, NoticeState.PACKED], marks.BOUNCED)
    return True


def delayed(delivery: Delivery, words: str) -> None:
    """A delivery report says that the message is late; it is tried further on the way. Only written down."""
    row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if words not in row.answer:
        Delivery.objects.filter(pk=row.pk).update(answer=joined(row.answer, words))


def delivered(delivery: Delivery, now: datetime) -> bool:
    """A delivery report says that the message arrived, as heard at ``now``. False if that was known already."""
    return bool(Delivery.objects.filter(pk=delivery.pk, delivered_at=None).update(delivered_at=now))


def opened(delivery_id: int, now: datetime, *, customer_id: int, contact_id: int | None = None) -> bool:
    """Somebody opened a link of this message to a contact of this company; the first time counts.

    A program that looks at links before its reader does is not told apart: it proves that the message arrived.
    """
    theirs = Delivery.objects.filter(pk=delivery_id, customer=customer_id, urgent=False, opened_at=None)
    if contact_id is not None:
        theirs = theirs.filter(pk__in=Delivery.objects.filter(pk=delivery_id, notices__contact=contact_id))
    return bool(theirs.update(opened_at=now))


def speaks_of_the_recipient(words: str, code: str) -> bool:
    basic = BASIC.search(words)
    return is_of_the_recipient(f"{code} {words}".strip(), int(basic[1]) if basic else 0, at_rcpt=bool(basic))


def joined(answer: str, words: str) -> str:
    clean = " ".join(words.replace("\0", "").split())
    return "\n".join(part for part in (answer, clean) if part)[:LONGEST_ANSWER]
