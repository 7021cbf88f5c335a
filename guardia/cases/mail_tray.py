"""Named questions about the mail that came in, for the tray and the case's page."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Prefetch, Q, QuerySet

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.config.sql_rows import raw_condition
from guardia.customers.contact import Contact
from guardia.customers.contacts import contacts_at
from guardia.mail.message import Attachment, Mailbox, Message, MessageKind, MessageState, Original
from guardia.notices.notice import Delivery
from guardia.people.signed import LARGEST_ID

MOST_COUNTED = 100
SIGNATURE = 8 * 1024  # bytes: a picture below it is the logo under a name


def waiting(desk: str = "") -> QuerySet[Message]:
    """The mails that somebody must decide about, the oldest first; of one desk's mailbox where ``desk`` says which."""
    messages = Message.objects.filter(raw_condition("message.state = 'waiting'"), **({"desk": desk} if desk else {}))
    return with_names(messages).order_by("received_at", "pk")


def handed_in(desk: str = "") -> QuerySet[WrittenRequest]:
    """What came by the portal or at an office, without a mail, and waits for its case (A4, L4 D)."""
    requests = open_requests().exclude(way="mail").select_related("taken_by")
    return requests.filter(desk=desk) if desk else requests


def newest(kind: MessageKind | None = None) -> QuerySet[Message]:
    """Everything that came in, the newest first."""
    messages = Message.objects.filter(kind=kind) if kind else Message.objects.all()
    return with_names(messages).order_by("-received_at", "-pk")


def of_case(case: Case) -> QuerySet[Message]:
    """The mails that belong to this case, in the order in which they came; not those that only name it."""
    return with_names(Message.objects.filter(case=case, state=MessageState.FILED)).order_by("received_at", "pk")


def waiting_for(case: Case) -> QuerySet[Message]:
    """The mails that may belong to this case and wait for a person: they name it, or it was closed when they came."""
    return with_names(Message.objects.filter(case=case, state=MessageState.WAITING)).order_by("received_at", "pk")


def with_names(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("customer", "contact", "case", "request", "settled_by")


def open_requests() -> QuerySet[WrittenRequest]:
    """The reports in writing that wait for their number, first what breaks first (P2)."""
    requests = WrittenRequest.objects.filter(settled_at=None).select_related("customer", "contact")
    return requests.order_by("next_due_at", "received_at", "pk")


def messages_of(request: WrittenRequest) -> QuerySet[Message]:
    """The mail that made the report, and what came after it."""
    return Message.objects.filter(request=request).order_by("pk")


def candidates(message: Message) -> list[Contact]:
    """Who may have written it: the active contacts with this address, of whatever company."""
    return contacts_at(message.from_address)


def cases_for(request: WrittenRequest, most: int = 20) -> Sequence[Case]:
    """The open cases of its company, to which the report may belong; the newest first."""
    found = Case.objects.filter(customer=request.customer_id, closed_at=None).select_related("service", "site")
    return list(found.order_by("-opened_at")[:most])


def answers_to(message: Message) -> QuerySet[Delivery]:
    """What Guardia answered to it by itself."""
    return Delivery.objects.filter(answers=message).order_by("pk")


def mailboxes_in_trouble() -> QuerySet[Mailbox]:
    """The mailboxes that cannot be read now, with the reason in words."""
    return Mailbox.objects.exclude(trouble="").order_by("name")


MOST_ROWS = 50

REPORTS, CASES, STRANGERS, QUARANTINE = "reportes", "casos", "desconocidos", "apartados"

PAPERS = "oficinas"
"""What came without a mail, by the portal or at an office."""

TABS: dict[str, Q] = {
    REPORTS: Q(request__isnull=False),
    CASES: Q(request=None, case__isnull=False) & ~Q(kind=MessageKind.UNREADABLE),
    STRANGERS: Q(request=None, case=None) & ~Q(kind=MessageKind.UNREADABLE),
    QUARANTINE: Q(request=None, kind=MessageKind.UNREADABLE),
}
"""What waits, by what is to be decided; each message is in one of them."""


def waiting_in(tab: str, start: int, desk: str = "") -> list[Message]:
    """What waits under this tab (all of it where it is none): first what breaks first, then by arrival. One more than
    is shown, so that the page knows whether there is more."""
    found = waiting(desk).filter(TABS.get(tab, Q()))
    found = found.order_by("request__next_due_at", "received_at", "pk").defer("text", "quoted")
    return list(found[start : start + MOST_ROWS + 1])


def newest_of(start: int, desk: str = "") -> list[Message]:
    """Return what came in last, from the place ``start`` on; of one desk's mailbox where ``desk`` says which."""
    found = newest().filter(desk=desk) if desk else newest()
    return list(found.defer("text", "quoted")[start : start + MOST_ROWS + 1])


def first_papers(desk: str = "") -> list[WrittenRequest]:
    """What came by the portal or at an office and waits for its number, first what breaks first (A4)."""
    return list(handed_in(desk).defer("text")[:MOST_ROWS])


def counts_by_tab(desk: str = "") -> dict[str, int]:
    """How many wait under each tab, counting no further than a hundred."""
    all_of_them: QuerySet[Message] = waiting(desk).order_by()
    found = {tab: all_of_them.filter(held)[:MOST_COUNTED].values("pk").count() for tab, held in TABS.items()}
    return {**found, PAPERS: handed_in(desk).order_by()[:MOST_COUNTED].values("pk").count()}


def clocks_of_requests(requests: Iterable[int | None]) -> dict[int, Clock]:
    """The running clock of each report (P2)."""
    ids = {one for one in requests if one}
    running = Clock.objects.filter(request__in=ids, ended_at=None, due_at__isnull=False).order_by("-due_at")
    return {clock.request_id: clock for clock in running if clock.request_id}


def message_of_id(message_id: int) -> Message | None:
    """Return the mail with this id, with its names."""
    if message_id > LARGEST_ID:
        return None
    return with_names(Message.objects.filter(pk=message_id)).first()


def files_of(found: Message) -> list[Attachment]:
    """Return the files of the mail, in its order."""
    return list(Attachment.objects.filter(message=found).order_by("part"))


def file_of(message_id: int, part: int) -> Attachment | None:
    """Return this part of the mail, if it is a file that is given out."""
    if message_id > LARGEST_ID or part > 32_000:
        return None
    return Attachment.objects.filter(message=message_id, part=part, refused="").first()


def bytes_of(message_id: int) -> bytes | None:
    """The mail as it came."""
    if message_id > LARGEST_ID:
        return None
    kept = Original.objects.filter(message=message_id).first()
    return bytes(kept.content) if kept else None


def request_of_id(request_id: str) -> WrittenRequest | None:
    """A report in writing by its number in an address; None where there is none."""
    if not (request_id.isascii() and request_id.isdigit() and len(request_id) < 16):
        return None
    return WrittenRequest.objects.filter(pk=int(request_id)).select_related("customer", "contact").first()


def messages_for_machines(held: Q | None = None, **columns: object) -> QuerySet[Message]:
    """The mails with their names whose columns have these values (None narrows nothing); ``held``: one of ``TABS``."""
    found = Message.objects.filter(held or Q(), **{name: one for name, one in columns.items() if one is not None})
    return with_names(found)


def requests_for_machines(**columns: object) -> QuerySet[WrittenRequest]:
    """The reports in writing with their names whose columns have these values; one that is None narrows nothing."""
    found = WrittenRequest.objects.filter(**{name: one for name, one in columns.items() if one is not None})
    return found.select_related("customer", "contact", "case")


def locked_request(request_id: int) -> WrittenRequest:
    """The report with its mails, all locked: the mails first, as everybody does who settles one of them."""
    list(Message.objects.select_for_update(of=("self",)).filter(request=request_id).order_by("pk").values("pk"))
    return written.locked(request_id)


MOST_OF_BENCH = 50


def requests_of_bench() -> list[WrittenRequest]:
    """Return the reports in writing that wait for their number with their clocks and mails, first what breaks first."""
    running = Prefetch("clocks", Clock.objects.filter(ended_at=None, due_at__isnull=False), to_attr="running")
    first = Message.objects.order_by("pk").defer("text", "quoted")
    found = WrittenRequest.objects.filter(settled_at=None, next_due_at__isnull=False).defer("text")
    found = found.select_related("customer").order_by("next_due_at", "pk")
    return list(found.prefetch_related(running, Prefetch("messages", first, to_attr="mails"))[:MOST_OF_BENCH])


def ids_of_events(events: Collection[int]) -> list[tuple[int, int]]:
    """Return, for each mail that came with one of these events, the id of the event and its own."""
    mails = Message.objects.filter(event__in=events).order_by("pk") if events else Message.objects.none()
    return [(event_id or 0, pk) for event_id, pk in mails.values_list("event_id", "pk")]


def files_that_joined(case: Case, most: int) -> QuerySet[Attachment]:
    """Return the files that came with the mails of this case and are given out; pictures of a signature are none."""
    belongs = Attachment.objects.filter(message__case=case, refused="").exclude(message__state=MessageState.WAITING)
    files = belongs.exclude(type__startswith="image/", size__lt=SIGNATURE).select_related("message")
    return files.order_by("message__received_at", "message_id", "part")[:most]


def running_clock_of(request_id: int, *, without_case: bool = False) -> Clock | None:
    """Return the clock that runs for this report in writing (P2); ``without_case``: not one that its case has."""
    clocks = Clock.objects.filter(request=request_id, ended_at=None, due_at__isnull=False)
    return (clocks.filter(case=None) if without_case else clocks).order_by("due_at").first()
