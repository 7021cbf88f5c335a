"""Named questions about the mail that came in, for the tray and the case's page."""

from collections.abc import Sequence

from django.db.models import QuerySet

from guardia.calls.written import WrittenRequest
from guardia.cases.case import Case
from guardia.config.kept import raw_condition
from guardia.customers.by_mail import contacts_at
from guardia.customers.contact import Contact
from guardia.mailroom.message import Mailbox, Message, MessageKind, MessageState
from guardia.notices.notice import Delivery

MOST_COUNTED = 100


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
