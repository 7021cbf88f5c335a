"""Mails that leave outside a case: one with a secret, by the outbox; and a trial, while somebody waits."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from guardia.customers.address_confirmation import AddressConfirmation
from guardia.notices.answer import Answer
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery
from guardia.notices.smtp import Outlet, Server
from guardia.notices.wire import BadAddress, wire_address
from guardia.people.connections import setting

# --- secret mail ------------------------------------------------------------------------------------------------------
# Hands a mail with a secret (a code, a link to a password) to the outbox; the secret is written when it leaves.
URGENCY = 0
"""Somebody waits for it with the window open."""


def post(mailbox: str, at: datetime, *, is_somebodys: bool = True, **carries: Any) -> None:
    """``carries``: the ``code``, the ``reset`` or the ``confirmation``. What is no address of a mailbox gets nothing;
    ``at`` is UTC.

    Where it is nobody's the same is written and undone: whoever asks could learn it by the time it takes.
    """
    try:
        address = wire_address(mailbox)
    except BadAddress:
        return
    with transaction.atomic():
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
        if not is_somebodys:
            transaction.set_rollback(True)


def post_confirmations(asked: Iterable[AddressConfirmation], at: datetime) -> None:
    """Ask the owner of each address; ``at`` is UTC."""
    for one in asked:
        if one.kind == Channel.MAIL:
            post(one.address, at, confirmation=one)
            continue
        Delivery.objects.create(
            customer_id=one.customer_id,
            channel=one.kind,
            address=one.address,
            urgency=URGENCY,
            message_id=f"<{uuid.uuid4().hex}@{domain()}>",
            available_at=at,
            created_at=at,
            confirmation=one,
        )


# --- trial mail -------------------------------------------------------------------------------------------------------
# One mail by the server of the environment, while somebody waits at the screen for the server's answer.
LONGEST_WAIT = 8.0
"""Seconds for each step of the conversation."""


def handed_over(address: str, content: bytes, longest: float = LONGEST_WAIT) -> Answer:
    """What the server said; ``longest`` in seconds, for each step. Raises NoServer."""
    server = Server.of_settings()
    quick = replace(server, timeout=min(float(server.timeout), longest))
    with Outlet(quick, setting("MAIL_FROM")) as outlet:
        outlet.ready()
        return outlet.send(address, content)
