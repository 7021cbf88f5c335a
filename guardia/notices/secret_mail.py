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
from django.utils.translation import gettext as _

from guardia.config.asking import atomic, login
from guardia.customers import codes, own_sign_in
from guardia.customers.contact import AddressConfirmation
from guardia.customers.contacts import contacts_at
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.notices.wire import WIRE, BadAddress, one_line, wire_address
from guardia.people import password_reset
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


# The mail with the code by which a contact signs in, or with the way to the sign-in of the contact's own company.


def code_mail(delivery: Delivery, now: datetime, links: Links) -> bytes:
    """The mail's bytes; none once the code is over at ``now`` (UTC), and then nothing leaves. Raises BadAddress."""
    code = delivery.code
    if code is None or codes.is_over(code, now):
        return b""
    open_to = own_sign_in.roads_of(contacts_at(code.mailbox))

    def written(operator: str) -> tuple[str, list[str]]:
        paragraphs: list[str] = []
        if open_to.by_code:
            paragraphs += by_code(codes.digits_of(code))
        for company in open_to.by_own:
            paragraphs += by_own(
                company.name, links.own_sign_in(company.pk), is_required=company in open_to.by_own_alone
            )
        subject = _("Your code to sign in at %(operator)s") if open_to.by_code else _("To sign in at %(operator)s")
        return subject % {"operator": operator}, [*paragraphs, last_word()] if paragraphs else []

    return rendered(delivery, code.language, now, written)


def by_code(digits: str) -> list[str]:
    minutes = codes.GOOD_FOR.seconds // 60
    return [
        _("Your code is %(code)s.") % {"code": f"{digits[:3]} {digits[3:]}"},
        _("It is valid for %(minutes)d minutes, once, and only in the browser window where you requested it.")
        % {"minutes": minutes},
    ]


def by_own(company: str, address: str, *, is_required: bool) -> list[str]:
    words = (
        _("%(company)s requires its people to sign in with their company account. Sign in here:")
        if is_required
        else _("You may also sign in with your account of %(company)s:")
    )
    return [words % {"company": company}, address]


def last_word() -> str:
    return _(
        "None of our staff will ever ask you for it. If you did not request a code, you do not need to do anything."
    )


# The mail by which somebody of the operator sets a new password.


def reset_mail(delivery: Delivery, now: datetime, links: Links) -> bytes:
    """The mail's bytes; none once the link is over at ``now`` (UTC), and then nothing leaves. Raises BadAddress."""
    asked = delivery.reset
    if asked is None or password_reset.is_over(asked, now):
        return b""

    def written(operator: str) -> tuple[str, list[str]]:
        subject = _("A new password for Guardia at %(operator)s") % {"operator": operator}
        return subject, mail_lines(asked.staff.name, links.reset(asked.pk))

    return rendered(delivery, asked.staff.language, now, written)


def mail_lines(name: str, address: str) -> list[str]:
    minutes = password_reset.GOOD_FOR.seconds // 60
    return [
        _("%(name)s, use this link to set a new password:") % {"name": name},
        address,
        _(
            "It is valid for %(minutes)d minutes, once. It does not sign you in: your second step is still "
            "required, and every browser signed in with your name is signed out."
        )
        % {"minutes": minutes},
        _(
            "If you did not ask for it, somebody entered your email address. You do not need to do anything: "
            "your password stays the same. If it happens again, tell an administrator."
        ),
    ]
