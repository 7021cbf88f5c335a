"""The mail with the code by which a contact signs in. It is written when it leaves and kept nowhere."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.customers import codes
from guardia.notices.notice import Delivery
from guardia.notices.wire import WIRE, one_line, wire_address
from guardia.procedure import version


def rendered(delivery: Delivery, now: datetime) -> bytes:
    """The mail's bytes; none once the code is over at ``now`` (UTC), and then nothing leaves. Raises BadAddress."""
    code = delivery.code
    if code is None or codes.is_over(code, now):
        return b""
    published = version.version_at(now)
    operator = published.procedure.provider.name if published else "Guardia"
    language = code.language if code.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        message = EmailMessage(policy=WIRE)
        # The code is not in the subject: a telephone shows that on its locked screen.
        message["Subject"] = one_line(_("Your code to sign in at %(operator)s") % {"operator": operator})
        message["From"] = Address(one_line(operator), addr_spec=settings.MAIL_FROM)
        message["To"] = Address("", addr_spec=wire_address(delivery.address))
        message["Message-ID"] = delivery.message_id
        message["Date"] = format_datetime(now)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message.set_content("\n\n".join(said(codes.digits_of(code))) + "\n", cte="quoted-printable")
        message["Content-Language"] = language
        return message.as_bytes()


def said(digits: str) -> list[str]:
    minutes = codes.GOOD_FOR.seconds // 60
    return [
        _("Your code is %(code)s.") % {"code": f"{digits[:3]} {digits[3:]}"},
        _("It is good for %(minutes)d minutes, once, and only in the window where you asked for it.")
        % {"minutes": minutes},
        _("Nobody of ours will ever ask you for it. If you did not ask for a code, you need do nothing."),
    ]
