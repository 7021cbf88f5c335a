"""What the mail's screens read: the tray by its tabs, the clocks of its reports, one message with its bytes."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.mailroom.message import Attachment, Message, MessageKind, Original
from guardia.people.signed import LARGEST_ID

MOST_ROWS = 50

REPORTS, CASES, STRANGERS, ASIDE = "reportes", "casos", "desconocidos", "apartados"
PAPERS = "oficinas"
"""What came without a mail, by the portal or at an office."""
TABS: dict[str, Q] = {
    REPORTS: Q(request__isnull=False),
    CASES: Q(request=None, case__isnull=False) & ~Q(kind=MessageKind.UNREADABLE),
    STRANGERS: Q(request=None, case=None) & ~Q(kind=MessageKind.UNREADABLE),
    ASIDE: Q(request=None, kind=MessageKind.UNREADABLE),
}
"""What waits, by what is to be decided; each message is in one of them."""


def waiting_in(tab: str, start: int, desk: str = "") -> list[Message]:
    """What waits under this tab (all of it where it is none): first what breaks first, then by arrival. One more than
    is shown, so that the page knows whether there is more."""
    found = mail_tray.waiting(desk).filter(TABS.get(tab, Q()))
    found = found.order_by("request__next_due_at", "received_at", "pk").defer("text", "quoted")
    return list(found[start : start + MOST_ROWS + 1])


def newest(start: int, desk: str = "") -> list[Message]:
    found = mail_tray.newest().filter(desk=desk) if desk else mail_tray.newest()
    return list(found.defer("text", "quoted")[start : start + MOST_ROWS + 1])


def papers(desk: str = "") -> list[WrittenRequest]:
    """What came by the portal or at an office and waits for its number, first what breaks first (A4)."""
    return list(mail_tray.handed_in(desk).defer("text")[:MOST_ROWS])


def counts(desk: str = "") -> dict[str, int]:
    """How many wait under each tab, counting no further than a hundred."""
    waiting: QuerySet[Message] = mail_tray.waiting(desk).order_by()
    found = {tab: waiting.filter(held)[: mail_tray.MOST_COUNTED].values("pk").count() for tab, held in TABS.items()}
    return {**found, PAPERS: mail_tray.handed_in(desk).order_by()[: mail_tray.MOST_COUNTED].values("pk").count()}


def clocks_of_requests(requests: Iterable[int | None]) -> dict[int, Clock]:
    """The running clock of each report (P2)."""
    ids = {one for one in requests if one}
    running = Clock.objects.filter(request__in=ids, ended_at=None, due_at__isnull=False).order_by("-due_at")
    return {clock.request_id: clock for clock in running if clock.request_id}


def message(message_id: int) -> Message | None:
    if message_id > LARGEST_ID:
        return None
    return mail_tray.with_names(Message.objects.filter(pk=message_id)).first()


def files_of(found: Message) -> list[Attachment]:
    return list(Attachment.objects.filter(message=found).order_by("part"))


def file_of(message_id: int, part: int) -> Attachment | None:
    if message_id > LARGEST_ID or part > 32_000:
        return None
    return Attachment.objects.filter(message=message_id, part=part, refused="").first()


def bytes_of(message_id: int) -> bytes | None:
    """The mail as it came."""
    if message_id > LARGEST_ID:
        return None
    kept = Original.objects.filter(message=message_id).first()
    return bytes(kept.content) if kept else None


def open_request(request_id: str) -> WrittenRequest | None:
    """A report in writing by its number in an address; None where there is none."""
    if not (request_id.isascii() and request_id.isdigit() and len(request_id) < 16):
        return None
    return WrittenRequest.objects.filter(pk=int(request_id)).select_related("customer", "contact").first()


def more_of(request: WrittenRequest, than: Message) -> list[Message]:
    """The other mails of the same report."""
    return [one for one in mail_tray.messages_of(request) if one.pk != than.pk]


def contacts_of(customer_id: int) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=customer_id, active=True).order_by("name", "pk")


def contact(contact_id: str) -> Contact | None:
    """An active contact of an active company by its number."""
    if not (contact_id.isascii() and contact_id.isdigit() and len(contact_id) < 16):
        return None
    found = Contact.objects.filter(pk=int(contact_id), active=True, customer__active=True)
    return found.select_related("customer").first()


def locked_request(request_id: int) -> WrittenRequest:
    """The report with its mails, all locked: the mails first, as everybody does who settles one of them."""
    list(Message.objects.select_for_update(of=("self",)).filter(request=request_id).order_by("pk").values("pk"))
    return written.locked(request_id)
