"""The mailbox of the demonstration: every mail as it was sent, its HTML shut in a frame of its own."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.doors.desk import reading
from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.page import page
from guardia.doors.desk.shell import shell_for
from guardia.doors.now import now
from guardia.notices.notice import Delivery

FRAME_POLICY: dict[str, Any] = {
    "sandbox": True,
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
}


@dataclass(frozen=True, slots=True)
class Mail:
    href: str
    to: str
    subject: str
    at: datetime
    sender: str = ""
    text: str = ""
    html_href: str = ""
    is_current: bool = False


@desk_page
@require_GET
def mailbox(request: DeskRequest, delivery_id: int = 0) -> HttpResponse:
    only_in_the_demonstration()
    sent = reading.sent_mail()
    chosen = next((one for one in sent if one.pk == delivery_id), sent[0] if sent else None)
    context = {
        "mails": [listed(one, chosen) for one in sent],
        "mail": opened(chosen) if chosen else None,
        "shell": shell_for(request, now(), with_views=False),
    }
    return page(request, "desk/mailbox.html", context)


@desk_page
@require_GET
@csp_override(FRAME_POLICY)
def mail_html(request: DeskRequest, delivery_id: int) -> HttpResponse:
    """The HTML part alone. It may run nothing and fetch nothing: its policy says so."""
    only_in_the_demonstration()
    mail = reading.mail(delivery_id)
    part = message_of(mail).get_body(("html",)) if mail else None
    if part is None:
        raise Http404
    return HttpResponse(part.get_content())


def only_in_the_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def listed(delivery: Delivery, chosen: Delivery | None) -> Mail:
    message = message_of(delivery)
    return Mail(
        href=reverse("mail", args=[delivery.pk]),
        to=to_whom(delivery, message),
        subject=str(message["Subject"]),
        at=delivery.settled_at or delivery.created_at,
        is_current=delivery == chosen,
    )


def opened(delivery: Delivery) -> Mail:
    message = message_of(delivery)
    plain = message.get_body(("plain",))
    return Mail(
        href="",
        to=to_whom(delivery, message),
        subject=str(message["Subject"]),
        at=delivery.settled_at or delivery.created_at,
        sender=str(message["From"] or ""),
        text=plain.get_content() if plain else "",
        html_href=reverse("mail_html", args=[delivery.pk]) if message.get_body(("html",)) else "",
    )


def to_whom(delivery: Delivery, message: EmailMessage) -> str:
    """A short page has no mail header: it went to the way it bears, without its secret."""
    return str(message["To"] or delivery.address)


def message_of(delivery: Delivery) -> EmailMessage:
    return message_from_bytes(bytes(delivery.body or b""), policy=policy.default)
