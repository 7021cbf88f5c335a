"""Hands a mail with a secret (a code, a link to a password) to the outbox; the secret is written when it leaves."""

import uuid
from datetime import datetime
from typing import Any

from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery
from guardia.notices.wire import BadAddress, wire_address

URGENCY = 0
"""Somebody waits for it with the window open."""


def post(mailbox: str, at: datetime, **carries: Any) -> None:
    """``carries``: the ``code`` or the ``reset``. What is no address of a mailbox gets nothing; ``at`` is UTC."""
    try:
        address = wire_address(mailbox)
    except BadAddress:
        return
    Delivery.objects.create(
        channel=Channel.MAIL,
        address=address,
        domain=address.rpartition("@")[2].lower(),
        urgency=URGENCY,
        message_id=f"<{uuid.uuid4().hex}@{domain()}>",
        available_at=at,
        created_at=at,
        **carries,
    )
