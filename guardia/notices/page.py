"""A delivery to a person of the operator: the page as a mail, or in short for an SMS gateway or a messenger."""

import logging
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string

from guardia.notices import http_answer
from guardia.notices.envelope import Attachment, Envelope, Mail, domain, sealed
from guardia.notices.links import Answer
from guardia.notices.notice import Delivery, DeliveryState, Notice
from guardia.notices.server_answer import MailServerAnswer, Verdict
from guardia.notices.wire import WIRE, one_line
from guardia.notices.wording.hours import hours_of, in_the_language_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_list import MORNING
from guardia.notices.wording.page_text import Page
from guardia.notices.wording.pages import page_of
from guardia.people.channels import HOST_IS_A_SERVER, INCIDENTS, named_hosts, not_allowed, stays_inside
from guardia.people.egress import leads_inside, leads_to_unnamed, outward_only, proxies
from guardia.people.staff import Staff
from guardia.procedure import version
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment

SHORT = 300
"""Signs that a short page may have: two SMS, title and link included."""

TITLE = 70

AT_LEISURE = frozenset({MORNING, Moment.NOTED})
"""What asks for no answer tonight: its mail is marked as ordinary."""


def render(
    delivery: Delivery,
    notices: Sequence[Notice],
    now: datetime,
    answer: Answer,
    files: Sequence[Attachment] = (),
) -> Mail:
    """The page as a mail: ``notices`` to one person, owed at one moment, ``case`` and ``staff`` loaded.

    ``now`` (UTC) is its Date; ``files`` go with it. Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        page, staff = page_text(delivery, notices, now, answer), staff_of(notices)
        envelope = Envelope(
            subject=page.subject,
            sender=f"{page.desk}, {page.provider}",
            name=staff.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of(notice) for notice in notices[:1]],
            moments=list(dict.fromkeys(notice.moment for notice in notices)),
            now=now,
        )
        text = render_to_string("mail/page.txt", {"page": page})
        html = render_to_string("mail/page.html", {"page": page, "language": language})
        message = sealed(envelope, text, html, language, attachments=files)
        if notices[0].moment not in AT_LEISURE:
            message.add_header("Importance", "high")
            message.add_header("X-Priority", "1")
        return message


def render_short(delivery: Delivery, notices: Sequence[Notice], now: datetime, answer: Answer) -> EmailMessage:
    """The essentials and the link, as a message of title and text of which Apprise makes what a service takes."""
    with in_the_language_of(notices) as language:
        page = page_text(delivery, notices, now, answer)
        message = EmailMessage(policy=WIRE)
        message["Subject"], body = in_short(page)
        message["X-Guardia-Moment"] = " ".join(dict.fromkeys(notice.moment for notice in notices))
        message.set_content(body, cte="quoted-printable")
        message["Content-Language"] = language
        return message


def in_short(page: Page) -> tuple[str, str]:
    """Title and text: as many of the essentials as fit, and the link always."""
    title, ending = clipped(one_line(page.title), TITLE), [page.address] if page.address else []
    lines: list[str] = []
    for words in map(one_line, filter(None, page.short)):
        room = SHORT - len("\n".join([title, *lines, *ending])) - 1
        if len(words) <= room:
            lines.append(words)
        elif not lines:
            lines.append(clipped(words, room))
    return title, "\n".join([*lines, *ending])


def clipped(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: max(0, most - 1)].rstrip()}…"


def page_text(delivery: Delivery, notices: Sequence[Notice], now: datetime, answer: Answer) -> Page:
    """The links say by which delivery they came, so that an answer proves the way."""
    addresses = [answer(notice.pk, delivery.pk) for notice in notices]
    return page_of([facts_of(notice, now) for notice in notices], addresses)


def facts_of(notice: Notice, now: datetime) -> NoticeFacts:
    """Hours in the zone of the site; of an alarm, an outage or a work in the operator's."""
    procedure = procedure_of(notice)
    zone = notice.facts.get("zone") or procedure.provider.zone
    return NoticeFacts(notice.facts, procedure, hours_of(zone, procedure, now), notice.owed_at)


def procedure_of(notice: Notice) -> Procedure:
    """The case's own version; for what is of no case the one in force when it was owed. Raises NoProcedure."""
    if notice.case:
        return version.of(notice.case.procedure_version_id)
    return version.in_force(notice.owed_at).procedure


def staff_of(notices: Sequence[Notice]) -> Staff:
    staff = notices[0].staff
    assert staff is not None, "a page is to one of the operator's people"
    return staff


def root_of(notice: Notice) -> str:
    """The conversation of the case, or of the alarm, with this person."""
    about = f"case-{notice.case.number}" if notice.case else f"alarm-{notice.alarm_id}"
    return f"<{about}.staff-{notice.staff_id}@{domain()}>"


def page_of_id(notice_id: int) -> Notice | None:
    """The page of this id with whom it went to and what it is about; None where it is none."""
    pages = Notice.objects.filter(pk=notice_id, staff__isnull=False)
    return pages.select_related("staff", "alarm", "case").first()


def paged_together(notice: Notice, moments: Collection[str]) -> QuerySet[Notice]:
    """The pages of these moments that left together with this one: to the same person at the same instant."""
    together = Notice.objects.filter(staff=notice.staff_id, owed_at=notice.owed_at, moment__in=list(moments))
    names = ("staff", "case__customer", "case__site__city", "case__service", "case__assigned")
    return together.select_related(*names).order_by("pk")


def accepted_deliveries(notice: Notice) -> list[Delivery]:
    """The deliveries of the page that a server has accepted."""
    return list(notice.deliveries.filter(state=DeliveryState.ACCEPTED).order_by("pk"))


# Short pages by what the operator has (an SMS gateway, a messenger, a voice call), through Apprise.
#
# Apprise is loaded when the first page leaves, which takes seconds; only the worker sends. Its own log is kept out of
# ours, because it may speak of keys; what it says about one page is that page's answer, with the secrets taken out.


TIMEOUT_SECONDS = 8.0
MOST_WORDS = 500
NUMBER = r"(?:%2B|\+)?[0-9]{1,20}"
"""A telephone number as it stands in the address of a gateway."""
SHORTEST_SECRET = 4


class Pager:
    """Hands pages over, each to one address. ``timeout`` in seconds, to connect and again to wait for an answer."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self.timeout = timeout

    def ready(self) -> None:
        """Each address is a server of its own: there is none that all pages need."""

    def send(self, address: str, content: bytes) -> MailServerAnswer:
        """Hand over one page; ``address`` is the whole URL. The answer is the service's own. Never raises."""
        kind = kind_of(address)
        if stays_inside(address):
            return MailServerAnswer(Verdict.REFUSED, f"it names a file or a program of the server: {kind}://…")
        is_own = is_own_gateway(address)
        if not is_own and (refused := not_allowed(address)):
            return MailServerAnswer(Verdict.REFUSED, f"no channel that is used here: {kind}://… {refused[1]}".rstrip())
        try:
            service = self.service_of(address)
            if service is None:
                return MailServerAnswer(Verdict.REFUSED, f"Apprise knows no such address: {kind}://…")
            if is_own:
                return handed_over(service, *read(content), address)
            servers = [service.host or ""] if kind in HOST_IS_A_SERVER else []
            hosts = [*servers, *named_hosts(address)]
            if any(map(leads_to_unnamed, hosts)):
                return MailServerAnswer(
                    Verdict.REFUSED, f"it leads to an internal network that EGRESS_NETWORKS does not name: {kind}://…"
                )
            if any(map(leads_inside, hosts)):
                return MailServerAnswer(Verdict.REFUSED, f"it leads to this machine or its surroundings: {kind}://…")
            with outward_only(proxies()):
                return handed_over(service, *read(content), address)
        except Exception as trouble:
            return MailServerAnswer(Verdict.LATER, without_secrets(f"{type(trouble).__name__}: {trouble}", address))

    def service_of(self, address: str) -> Any:
        """The service, patient for as long as we are: that an attempt failed, and when it is made anew, is ours to say.

        None if the address is none that Apprise understands.
        """
        apprise = loaded()
        asset = apprise.AppriseAsset(
            app_id="Guardia", app_desc="Guardia", app_url="", async_mode=False, service_timeout=0, secure_logging=True
        )
        service = apprise.Apprise.instantiate(address, asset=asset)
        if service is not None:
            service.socket_connect_timeout = min(service.socket_connect_timeout, self.timeout)
            service.socket_read_timeout = min(service.socket_read_timeout, self.timeout)
            service.retry, service.optional = 0, False
        return service


def is_own_gateway(address: str) -> bool:
    """Whether the environment names this address (SMS_URL, WHATSAPP_URL): where its gateway stands is its business.
    What somebody typed on a screen is looked at like any other address.

    Only the whole address counts: another path or port of the same machine is somebody's guess.
    """
    templates = [one.split("{number}") for one in (settings.SMS_URL, settings.WHATSAPP_URL) if one]
    return any(re.fullmatch(NUMBER.join(map(re.escape, parts)), address) for parts in templates)


def handed_over(service: Any, title: str, body: str, address: str) -> MailServerAnswer:
    apprise = loaded()
    one = apprise.Apprise()
    one.add(service)
    kind = apprise.NotifyType.FAILURE if kind_of(address) in INCIDENTS else apprise.NotifyType.INFO
    http_answer.forget()
    result = one.notify(body=body, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    if result:
        return MailServerAnswer(Verdict.ACCEPTED, f"{service.service_name}: accepted")
    words = "; ".join(dict.fromkeys(one_line(entry.message) for entry in result.logs()))
    said = without_secrets(f"{service.service_name}: {words or 'not accepted'}", address)
    heard = http_answer.heard
    is_over = heard.status in http_answer.GONE or (kind_of(address), heard.status) in NO_LONGER_THERE
    return MailServerAnswer(Verdict.REFUSED if is_over else Verdict.LATER, said, wait=heard.wait)


NO_LONGER_THERE = {("tgram", 401), ("tgram", 403)}
"""How Telegram says that the token was revoked, and that the bot was thrown out of the chat."""


def read(content: bytes) -> tuple[str, str]:
    """Title and body of a page; of a repeat the title ends with the number of the attempt."""
    message = message_from_bytes(content, policy=policy.default)
    part = message.get_body(("plain",))
    repeats = int(message["X-Guardia-Repeat"] or 0)
    title = str(message["Subject"]) + (f" ({repeats + 1})" if repeats else "")
    return title, "\n".join(part.get_content().split("\r\n")).strip() if part else ""


def without_secrets(words: str, address: str) -> str:
    """What was said, without any part of the address that could be a key or a password."""
    parts = re.split(r"[/:@?&=#,]+", address.partition("://")[2])
    for secret in sorted({*parts, *map(unquote, parts)}, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            words = words.replace(secret, "…")
    return words[:MOST_WORDS]


def kind_of(address: str) -> str:
    kind = address.partition("://")[0].strip().lower()
    return kind if re.fullmatch(r"[a-z][a-z0-9]{0,19}", kind) else ""


def loaded() -> Any:
    """Apprise itself, its log and that of its connections silenced before it says its first word."""
    log = logging.getLogger("apprise")
    if log.propagate:
        log.propagate = False
        log.addHandler(logging.NullHandler())
        logging.getLogger("urllib3").setLevel(logging.ERROR)
    http_answer.listen()
    import apprise

    return apprise
