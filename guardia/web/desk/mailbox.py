"""The mailbox of the demonstration: what Guardia sent, and a mail written back."""

import base64
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from django import forms
from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.customers.lookup import contacts_with_mail
from guardia.demo import mail as demo_mail
from guardia.mail.taking import FOLDER, take
from guardia.notices import confirmation_mail, secret_mail
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery
from guardia.notices.notice_rows import last_rendered_mails, rendered_mail
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.mail.message import FRAME_POLICY
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.worker.posting import LINKS

# --- mail forms -------------------------------------------------------------------------------------------------------
# What somebody who tries the product writes as a customer: an answer to a mail, or a new report.
LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200


class AnswerForm(Form):
    text = forms.CharField(
        label=_("What this person answers"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReportForm(Form):
    contact: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Who writes"), queryset=None, required=False, empty_label=_("Unknown person")
    )
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = contacts_with_mail()
        field.label_from_instance = lambda obj: f"{obj.customer.name}: {obj.name}"  # type: ignore[method-assign]


# --- mail images ------------------------------------------------------------------------------------------------------
# A mail's HTML with its own pictures inside, for a browser, which knows no parts of a mail.
SHOWN = frozenset({"image/png", "image/jpeg"})


def with_its_images(message: EmailMessage, html: str) -> str:
    """Each ``cid:`` that a part of the mail answers becomes that part, as a ``data:`` address."""
    for part in message.walk():
        cid = str(part["Content-ID"] or "").strip("<>")
        raw = part.get_payload(decode=True)
        if cid and part.get_content_type() in SHOWN and isinstance(raw, bytes):
            content = base64.b64encode(raw).decode()
            html = html.replace(f'"cid:{cid}"', f'"data:{part.get_content_type()};base64,{content}"')
    return html


# --- mailbox ----------------------------------------------------------------------------------------------------------
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
    return mailbox_page(request, delivery_id)


def mailbox_page(
    request: DeskRequest, delivery_id: int, *, answer: Form | None = None, report: Form | None = None, status: int = 200
) -> HttpResponse:
    """The mailbox with this mail open, the newest one where there is none; with the forms as they were filled in."""
    sent = last_rendered_mails()
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
    mail = rendered_mail(delivery_id)
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
        return secret_mail.code_mail(delivery, now(), LINKS)
    if delivery.confirmation_id:
        return confirmation_mail.rendered(delivery, now(), LINKS)
    return secret_mail.reset_mail(delivery, now(), LINKS) if delivery.reset_id else b""


# --- mails written back -----------------------------------------------------------------------------------------------
# In the demonstration: mail that a customer writes, taken as if a mail server had handed it over.
@desk_page
@require_POST
def answer(request: DeskRequest, delivery_id: int) -> HttpResponse:
    """Whom this mail is to answers it; the worker files the answer a moment later."""
    only_in_the_demonstration()
    mail, at = rendered_mail(delivery_id), now()
    ours = message_of(mail) if mail else None
    if mail is None or ours is None or not can_be_answered(mail, ours):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return mailbox_page(request, delivery_id, answer=form, status=422)
    take(demo_mail.answer(ours, form.cleaned_data["text"], at), FOLDER, at)
    say(request, gettext("The answer is on its way: in a second or two it is in its case, or in the tray."))
    return redirect("mail", delivery_id)


@desk_page
@require_POST
def new_report(request: DeskRequest) -> HttpResponse:
    """A contact, or somebody whom nobody knows, writes to the desk."""
    only_in_the_demonstration()
    form, at = ReportForm(request.POST), now()
    if not form.is_valid():
        return mailbox_page(request, 0, report=form, status=422)
    found = form.cleaned_data
    take(demo_mail.report(found["contact"], found["subject"], found["text"], at), FOLDER, at)
    say(request, gettext("The email is on its way: in a second or two it will be in the tray."))
    return redirect("mailbox")


urlpatterns = [
    path("demo/correo", mailbox, name="mailbox"),
    path("demo/correo/escribe", new_report, name="mail_report"),
    path("demo/correo/<int:delivery_id>/contesta", answer, name="mail_answer"),
    path("demo/correo/<int:delivery_id>", mailbox, name="mail"),
    path("demo/correo/<int:delivery_id>/html", mail_html, name="mail_html"),
]
