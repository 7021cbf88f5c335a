"""The mailbox of the demonstration: every mail as it was sent, its HTML shut in a frame of its own."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.notices import code_mail, confirmation_mail, reset_mail
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery
from guardia.web.desk import reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.mail_forms import AnswerForm, ReportForm
from guardia.web.desk.mail_frame import FRAME_POLICY
from guardia.web.desk.mail_images import with_its_images
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.worker.posting import LINKS


@dataclass(frozen=True, slots=True)
class Mail:
    href: str
    to: str
    subject: str
    at: datetime
    sender: str = ""
    text: str = ""
    html_href: str = ""
    answer_href: str = ""
    is_current: bool = False


@desk_page
@require_GET
def mailbox(request: DeskRequest, delivery_id: int = 0) -> HttpResponse:
    only_in_the_demonstration()
    return shown(request, delivery_id)


def shown(
    request: DeskRequest, delivery_id: int, *, answer: Form | None = None, report: Form | None = None, status: int = 200
) -> HttpResponse:
    """The mailbox with this mail open, the newest one where there is none; with the forms as they were filled in."""
    sent = reading.sent_mail()
    chosen = next((one for one in sent if one.pk == delivery_id), sent[0] if sent else None)
    context = {
        "answer": answer or AnswerForm(),
        "report": report or ReportForm(),
        "writes": report is not None,
        "mails": [listed(one, chosen) for one in sent],
        "mail": opened(chosen) if chosen else None,
        "shell": shell_for(request, now(), with_views=False),
    }
    return page(request, "desk/mailbox.html", context, status=status)


@desk_page
@require_GET
@csp_override(FRAME_POLICY)
def mail_html(request: DeskRequest, delivery_id: int) -> HttpResponse:
    """The HTML part alone. It may run nothing and fetch nothing: its policy says so."""
    only_in_the_demonstration()
    mail = reading.mail(delivery_id)
    message = message_of(mail) if mail else None
    part = message.get_body(("html",)) if message else None
    if message is None or part is None:
        raise Http404
    return HttpResponse(with_its_images(message, part.get_content()))


def only_in_the_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def listed(delivery: Delivery, chosen: Delivery | None) -> Mail:
    message = message_of(delivery)
    return Mail(
        href=reverse("mail", args=[delivery.pk]),
        to=to_whom(delivery, message),
        subject=str(message["Subject"] or ""),
        at=delivery.settled_at or delivery.created_at,
        is_current=delivery == chosen,
    )


def opened(delivery: Delivery) -> Mail:
    message = message_of(delivery)
    plain = message.get_body(("plain",))
    return Mail(
        href="",
        to=to_whom(delivery, message),
        subject=str(message["Subject"] or ""),
        at=delivery.settled_at or delivery.created_at,
        sender=str(message["From"] or ""),
        text=plain.get_content() if plain else "",
        html_href=reverse("mail_html", args=[delivery.pk]) if message.get_body(("html",)) else "",
        answer_href=reverse("mail_answer", args=[delivery.pk]) if can_be_answered(delivery, message) else "",
    )


def can_be_answered(delivery: Delivery, message: EmailMessage) -> bool:
    """A page is answered by its link, a short message by telephone, a code or a link where it was asked for."""
    if delivery.channel != Channel.MAIL or delivery.urgent or delivery.code_id or delivery.reset_id:
        return False
    if delivery.confirmation_id:
        return False
    return bool(message["To"] and message["Message-ID"])


def to_whom(delivery: Delivery, message: EmailMessage) -> str:
    """A short page has no mail header: it went to the way it bears, without its secret."""
    return str(message["To"] or delivery.address)


def message_of(delivery: Delivery) -> EmailMessage:
    return message_from_bytes(bytes(delivery.body or b"") or secret_of(delivery), policy=policy.default)


def secret_of(delivery: Delivery) -> bytes:
    """A code or a link to a password, written for who looks and kept nowhere; nothing once it is over."""
    if delivery.code_id:
        return code_mail.rendered(delivery, now(), LINKS)
    if delivery.confirmation_id:
        return confirmation_mail.rendered(delivery, now(), LINKS)
    return reset_mail.rendered(delivery, now(), LINKS) if delivery.reset_id else b""
