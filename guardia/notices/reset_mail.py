"""The mail by which somebody of the house sets a new password."""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.notices import secret_mail
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.people import reset


def rendered(delivery: Delivery, now: datetime, links: Links) -> bytes:
    """The mail's bytes; none once the link is over at ``now`` (UTC), and then nothing leaves. Raises BadAddress."""
    asked = delivery.reset
    if asked is None or reset.is_over(asked, now):
        return b""

    def written(operator: str) -> tuple[str, list[str]]:
        subject = _("A new password for Guardia at %(operator)s") % {"operator": operator}
        return subject, mail_lines(asked.staff.name, links.reset(asked.pk))

    return secret_mail.rendered(delivery, asked.staff.language, now, written)


def mail_lines(name: str, address: str) -> list[str]:
    minutes = reset.GOOD_FOR.seconds // 60
    return [
        _("%(name)s, by this link you set a new password:") % {"name": name},
        address,
        _(
            "It is good for %(minutes)d minutes, once. It signs nobody in: your second step is asked for as always, "
            "and every browser that is signed in with your name is signed out."
        )
        % {"minutes": minutes},
        _(
            "If you did not ask for it, somebody has written your mailbox. You need do nothing: your password stays as "
            "it is. If it happens again, tell an administrator."
        ),
    ]
