"""The mail with the code by which a contact signs in, or with the way to the sign-in of the contact's own company."""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.customers import codes, roads
from guardia.notices import secret_mail
from guardia.notices.links import Links
from guardia.notices.notice import Delivery


def rendered(delivery: Delivery, now: datetime, links: Links) -> bytes:
    """The mail's bytes; none once the code is over at ``now`` (UTC), and then nothing leaves. Raises BadAddress."""
    code = delivery.code
    if code is None or codes.is_over(code, now):
        return b""
    open_to = roads.roads_of(codes.contacts_of(code.mailbox))

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

    return secret_mail.rendered(delivery, code.language, now, written)


def by_code(digits: str) -> list[str]:
    minutes = codes.GOOD_FOR.seconds // 60
    return [
        _("Your code is %(code)s.") % {"code": f"{digits[:3]} {digits[3:]}"},
        _("It is good for %(minutes)d minutes, once, and only in the window where you asked for it.")
        % {"minutes": minutes},
    ]


def by_own(company: str, address: str, *, is_required: bool) -> list[str]:
    words = (
        _("%(company)s has its people sign in with their account of the company. Do it here:")
        if is_required
        else _("You may also sign in with your account of %(company)s:")
    )
    return [words % {"company": company}, address]


def last_word() -> str:
    return _("Nobody of ours will ever ask you for it. If you did not ask for a code, you need do nothing.")
