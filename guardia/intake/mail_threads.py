"""To which case or desk a mail belongs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.conf import settings

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.cases.desk_hours import desk_of, kind_of
from guardia.cases.number import parse
from guardia.cases.refusals import Refused
from guardia.cases.stages.administrative import Ask
from guardia.customers.contact import Contact
from guardia.intake.portal_requests import report_text
from guardia.mail.message import Message
from guardia.mail.raw_mail import Read
from guardia.notices import reply_address
from guardia.notices.envelope import domain
from guardia.notices.notice import DeliveredNotice, Delivery
from guardia.people.connections import setting
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind


# --- mail desks -------------------------------------------------------------------------------------------------------
# A3: which desk a mail came to, by the mailbox it was sent to; and a request of a known contact, taken at once.
def ours() -> list[str]:
    """The addresses of our own mailboxes, lower case."""
    return [setting("MAIL_FROM").lower(), *settings.DESK_MAILBOXES]


def desk_for(found: Read, now: datetime) -> str:
    """The desk whose mailbox is named first among the recipients; the technical one where none is, or is known now.

    Who writes to the technical mailbox and to another one, in whatever order, has a report: its promise is the shorter
    one. That a mail passed through the technical mailbox on its way (``Delivered-To``) says nothing.
    """
    known = ours()
    written_to = [settings.DESK_MAILBOXES.get(address, TECHNICAL) for address in found.written_to if address in known]
    named = next((address for address in found.to_addresses if address in known), "")
    desk = TECHNICAL if TECHNICAL in written_to else settings.DESK_MAILBOXES.get(named, TECHNICAL)
    version = versions.version_at(now)
    return desk if version and desk_of(version.pk, desk) else TECHNICAL


def belongs_to(message: Message, desk: str) -> None:
    if message.desk != desk:
        message.desk = desk
        Message.objects.filter(pk=message.pk).update(desk=desk)


def take(request: WrittenRequest, now: datetime) -> Case | None:
    """A request of a known contact for an administrative desk: its case, from its arrival on; who wrote is told.

    None where a person must decide: it is a report, or lacks what the desk asks for.
    """
    if kind_of(request.desk) != CaseKind.REQUEST or request.customer is None:
        return None
    ask = Ask(
        request.customer, request.desk, report_text(request), subject=request.subject[:160], reporter=request.contact
    )
    try:
        return Case.take(ask, by=SYSTEM, at=now, request=written.locked(request.pk))
    except Refused:
        return None  # nothing is written before it is refused: it waits in the tray of its desk


# --- mail threads -----------------------------------------------------------------------------------------------------
# To which case a mail belongs: by its headers, then by a number in its subject (ours, then one of a former tool), then
# by the signed address it went to.
# A number can be read over somebody's shoulder, and any header be made up. So each finding says whether it is proven
# by something that only a reader of our mails holds (the identifier of one, a signed address); where it is not, it
# counts only for a sender who is a contact of that case's company. All other findings are guesses, for a person to
# look at.
ROOT = re.compile(r"<case-(\d{1,18})\.contact-(\d{1,18})@([^<>@\s]+)>", re.ASCII)
WRITTEN = re.compile(r"\d[\d\u2011–. -]*\d", re.ASCII)
"""A number in a subject: in groups, as we write it; or with blanks, as somebody takes it down by ear."""

WORDS = re.compile(r"[^\s\[\](){}<>:;,\"']{3,80}")
NUMBERED = re.compile(r"^[^\s]*\d{3,}[^\s]*$|^[^\W\d_]+-\d+$")
"""A word that may be the number of a case in another tool: three digits in a row, or letters and a number."""

MOST_REFERENCES = 100
MOST_FORMER_NUMBERS = 20
MOST_GROUPS = 4


@dataclass(frozen=True)
class Finding:
    """Where a mail may belong: a case, or a report that has none yet; ``proven`` whoever sent it."""

    customer_id: int | None
    case_id: int | None = None
    request_id: int | None = None
    proven: bool = False

    def holds_for(self, senders: Sequence[Contact]) -> bool:
        return self.proven or any(sender.customer_id == self.customer_id for sender in senders)


@dataclass(frozen=True)
class Thread:
    """``found`` is where the mail belongs; where nothing holds, ``guess`` is what it names. ``answers_ours``: it is an
    answer to an automatic answer.
    """

    found: Finding | None = None
    guess: Finding | None = None
    answers_ours: bool = False


def thread_of(read: Read, senders: Sequence[Contact]) -> Thread:
    """Where this mail of these possible senders belongs. Reads only."""
    references = list(dict.fromkeys(reversed(read.references)))[:MOST_REFERENCES]
    numbers = numbers_in(read.subject)
    found = Delivery.objects.filter(message_id__in=references).select_related("answers")
    deliveries = sorted(found, key=lambda one: references.index(one.message_id))
    ways = chain(
        by_our_mails(deliveries, numbers),
        by_conversation(references),
        by_their_mails(references),
        by_numbers(numbers),
        by_former_numbers(read.subject),
        by_address(read.to_addresses),
    )
    guess = None
    for finding in ways:
        if finding.holds_for(senders):
            return Thread(finding, None, any(one.answers_id for one in deliveries))
        guess = guess or finding
    return Thread(None, guess, any(one.answers_id for one in deliveries))


def by_our_mails(deliveries: Sequence[Delivery], numbers: Sequence[int]) -> Iterator[Finding]:
    """The mail answers one of ours. One that told of several cases: the one that the subject names, or a guess."""
    carried = DeliveredNotice.objects.filter(delivery__in=deliveries, notice__contact__isnull=False)
    rows = carried.values_list("notice__case", "notice__case__number", "notice__customer")
    of_cases = list(rows.order_by("notice__case").distinct())
    named = [row for row in of_cases if row[1] in numbers]
    likely = named or of_cases
    for case, _number, customer in likely:
        yield Finding(customer if len(likely) == 1 else None, case, proven=len(likely) == 1)
    for one in deliveries:
        if one.answers and one.answers.customer_id:
            yield of_message(one.answers, proven=True)


def by_conversation(references: Sequence[str]) -> Iterator[Finding]:
    """The conversation that every mail of a case to one person belongs to. It can be made up: it proves nothing."""
    found = [match for one in references if (match := ROOT.fullmatch(one)) and match[3].lower() == domain().lower()]
    yield from by_numbers([int(match[1]) for match in found])


def by_their_mails(references: Sequence[str]) -> Iterator[Finding]:
    """It goes on with a mail that came in before: somebody wrote again, or answered to all."""
    for message in Message.objects.filter(message_id__in=references, customer__isnull=False).order_by("-pk")[:10]:
        if message.event_id or message.request_id:
            yield of_message(message)


def of_message(message: Message, proven: bool = False) -> Finding:
    case = message.case_id if message.event_id else None
    return Finding(message.customer_id, case, message.request_id, proven)


def by_numbers(numbers: Sequence[int]) -> Iterator[Finding]:
    cases = Case.objects.filter(number__in=numbers).values_list("number", "pk", "customer")
    for _number, case, customer in sorted(cases, key=lambda row: numbers.index(row[0])):
        yield Finding(customer, case)


def by_former_numbers(subject: str) -> Iterator[Finding]:
    """The case bore this number in the tool that was there before; it can be read over a shoulder like any other."""
    words = [part for word in WORDS.findall(subject) for part in (word, *word.split("#")) if NUMBERED.search(part)]
    numbers = list(dict.fromkeys(words))[:MOST_FORMER_NUMBERS]
    cases = Case.objects.filter(former_number__in=numbers).exclude(former_number="") if numbers else Case.objects.none()
    for case, customer in cases.order_by("-opened_at").values_list("pk", "customer")[:MOST_FORMER_NUMBERS]:
        yield Finding(customer, case)


def by_address(addresses: Sequence[str]) -> Iterator[Finding]:
    """It went to the signed address that one of our mails gave."""
    for marked in filter(None, map(reply_address.read, addresses)):
        cases = Case.objects.filter(pk=marked.case, customer__contacts=marked.contact)
        for case, customer in cases.values_list("pk", "customer"):
            yield Finding(customer, case, proven=True)


def numbers_in(subject: str) -> list[int]:
    """What may be a case's number in it: a row of digits, in one or several groups, whose check digit is right."""
    words = [word for written in WRITTEN.findall(subject) for word in digit_groups_in(written.split())]
    return [number for number in dict.fromkeys(map(parse, words)) if number]


def digit_groups_in(groups: Sequence[str]) -> Iterator[str]:
    """The longer rows first: ``104 273 8`` is one number, not three."""
    for length in range(MOST_GROUPS, 0, -1):
        for start in range(len(groups) - length + 1):
            yield " ".join(groups[start : start + length])
