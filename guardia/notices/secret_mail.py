"""A mail that carries a secret by which somebody comes in. It is written when it leaves and kept nowhere."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from guardia.config.asking import atomic, login
from guardia.customers.address_confirmation import AddressConfirmation
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery
from guardia.notices.wire import WIRE, BadAddress, one_line, wire_address
from guardia.people.connections import setting
from guardia.procedure import version


def operator_at(now: datetime) -> str:
    """The name by which the operator publishes its procedure."""
    published = version.version_at(now)
    return published.procedure.provider.name if published else "Guardia"


def language_of(wanted: str) -> str:
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def rendered(
    delivery: Delivery, language: str, now: datetime, write: Callable[[str], tuple[str, Sequence[str]]]
) -> bytes:
    """The mail in this language. ``write`` is given the operator's name, and gives the subject and the paragraphs; none
    of them: nothing leaves. Raises BadAddress.
    """
    with translation.override(language_of(language)):
        subject, paragraphs = write(operator_at(now))
        return bytes_of(delivery, subject, paragraphs, now) if paragraphs else b""


def bytes_of(delivery: Delivery, subject: str, paragraphs: Sequence[str], now: datetime) -> bytes:
    """The mail, in the active language. The secret is not in the subject: a telephone shows that on its locked screen.

    Raises BadAddress.
    """
    message = EmailMessage(policy=WIRE)
    message["Subject"] = one_line(subject)
    message["From"] = Address(one_line(operator_at(now)), addr_spec=setting("MAIL_FROM"))
    message["To"] = Address("", addr_spec=wire_address(delivery.address))
    message["Message-ID"] = delivery.message_id
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content("\n\n".join(paragraphs) + "\n", cte="quoted-printable")
    message["Content-Language"] = translation.get_language()
    return message.as_bytes()


URGENCY = 0
"""Somebody waits for it with the window open."""


def post_secret(mailbox: str, at: datetime, *, is_somebodys: bool = True, **carries: Any) -> None:
    """Hand a mail with a secret to the outbox; the secret is written when it leaves.

    ``carries``: the ``code``, the ``reset`` or the ``confirmation``. What is no address of a mailbox gets nothing;
    ``at`` is UTC.

    Where it is nobody's the same is written and undone: whoever asks could learn it by the time it takes.
    """
    try:
        address = wire_address(mailbox)
    except BadAddress:
        return
    with atomic():
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
            transaction.set_rollback(True, login())


def post_confirmations(asked: Iterable[AddressConfirmation], at: datetime) -> None:
    """Ask the owner of each address; ``at`` is UTC."""
    for one in asked:
        if one.kind == Channel.MAIL:
            post_secret(one.address, at, confirmation=one)
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
