"""What asks the owner of an address whether news may go there: a mail with a link, or a short message with digits."""

from datetime import datetime
from email.message import EmailMessage

from django.utils import translation
from django.utils.translation import gettext as _

from guardia.customers import confirming
from guardia.customers.contact import AddressConfirmation
from guardia.notices import secret_mail
from guardia.notices.channel import Channel
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.notices.short import in_gsm
from guardia.notices.wire import WIRE, one_line


def rendered(delivery: Delivery, now: datetime, links: Links) -> bytes:
    """The message's bytes; none once the question is over at ``now`` (UTC). Raises BadAddress."""
    asked = delivery.confirmation
    if asked is None or confirming.is_over(asked, now):
        return b""
    if delivery.channel != Channel.MAIL:
        with translation.override(secret_mail.language_of(asked.contact.language)):
            return short(asked, secret_mail.operator_at(now))

    def written(operator: str) -> tuple[str, list[str]]:
        names = {"operator": operator, "company": asked.contact.customer.name}
        subject = _("May %(operator)s write to you about %(company)s?") % names
        return subject, mail_lines(asked, names, links.confirm(asked.customer_id, asked.pk))

    return secret_mail.rendered(delivery, asked.contact.language, now, written)


def mail_lines(asked: AddressConfirmation, names: dict[str, str], address: str) -> list[str]:
    more = {**names, "who": str(asked.asked_by), "days": confirming.GOOD_FOR.days}
    return [
        _(
            "%(who)s of %(company)s has asked %(operator)s to send this mailbox news about faults and planned "
            "work on their services. Confirm with this link:"
        )
        % more,
        address,
        _("It is valid for %(days)d days. Nothing is sent here until you confirm.") % more,
        _("If you know nothing about it, you do not need to do anything: you will receive nothing more."),
    ]


def short(asked: AddressConfirmation, operator: str) -> bytes:
    """One SMS: it may come into a wrong hand, and names no person."""
    digits = confirming.digits_of(asked)
    words = _(
        "%(operator)s: %(code)s confirms this number for news about %(company)s. Give it to whoever asks you for it."
    ) % {
        "operator": operator,
        "code": f"{digits[:3]} {digits[3:]}",
        "company": asked.contact.customer.name,
    }
    message = EmailMessage(policy=WIRE)
    message["Subject"] = ""
    message.set_content(in_gsm(one_line(words)), cte="quoted-printable")
    message["Content-Language"] = translation.get_language()
    return message.as_bytes()
