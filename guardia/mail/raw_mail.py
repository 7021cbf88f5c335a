"""A raw mail, read: from whom, about what, in answer to which, and what the person wrote. No database, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from guardia.mail.addresses import Mailbox, mailboxes, somewhere
from guardia.mail.authentication import Receiver, SenderProof, sender_proof
from guardia.mail.automatic import Automatic, automatic
from guardia.mail.bodies import Bodies, bodies_of, words_of
from guardia.mail.bounces import explained, guessed_report
from guardia.mail.charsets import one_line
from guardia.mail.files import FileFound, files_of
from guardia.mail.folding import folded
from guardia.mail.headers import Headers, Unreadable, readable
from guardia.mail.html import sanitised, words
from guardia.mail.identity import dated, message_id, references
from guardia.mail.parts import Part, taken_apart
from guardia.mail.statuses import Report, standard_report

__all__ = ["MAX_SIZE", "Automatic", "FileFound", "Read", "Receiver", "Report", "SenderProof", "Unreadable", "read"]

MAX_SIZE = 25 * 1024 * 1024  # bytes
SUBJECT_LENGTH = 500
TEXT_LENGTH = 200_000  # characters a person may have written; what is beyond goes with the history
FOLDED_LENGTH = 1_000_000  # characters searched for history; nobody wrote more by hand
NAMED = ("to", "cc")
UNKNOWN_RECEIVER = Receiver()
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True)
class Read:
    """Everything fits the columns of Message and Attachment, and holds no NUL and no lone surrogate."""

    message_id: str  # with its angle brackets, as it came; "" if none. Anybody can forge it
    references: tuple[str, ...]  # with angle brackets, oldest first, In-Reply-To last; ours among them
    from_address: str  # lower case, domain in ASCII (IDNA); "" when From holds no address
    from_name: str
    to_addresses: tuple[str, ...]  # of To, Cc, Delivered-To, X-Original-To, Envelope-To; as from_address
    written_to: tuple[str, ...]  # of To and Cc alone, those whom the writer named; as from_address
    subject: str  # decoded, one line
    date: datetime | None  # UTC, as its own Date says; None when absent or absurd
    text: str  # what the person wrote
    quoted: str  # the history below it, and a signature
    html: str  # made safe; images of the mail itself are `src="cid:N"`, N the number of the file; "" if none
    files: tuple[FileFound, ...]
    automatic: Automatic  # StrEnum: "" means that a person wrote it
    sender_proof: SenderProof  # what the receiving server says of who sent it
    report: Report | None
    defects: tuple[str, ...]  # codes of what was wrong with it and was got over


def read(
    raw: bytes, max_size: int = MAX_SIZE, ours: Collection[str] = (), receiver: Receiver = UNKNOWN_RECEIVER
) -> Read:
    """Read one raw mail (RFC 5322, MIME). Pure, in time linear in its length.

    ``ours`` are our own mailboxes' addresses, lower case: a mailing list at one of them is no list. ``receiver`` is our
    mail server, whose word on the sender counts. Raises Unreadable only where nothing usable is there: empty, too_big,
    no_from, header_bomb, too_deep, too_many_parts.
    """
    if not raw.strip():
        raise Unreadable("empty")
    if len(raw) > max_size:
        raise Unreadable("too_big")
    whole = taken_apart(raw)
    return Reading(whole, ours, receiver).done()


class Reading:
    """One message being read; what was wrong with it is noted on the way."""

    def __init__(self, whole: Part, ours: Collection[str], receiver: Receiver) -> None:
        self.whole = whole
        self.headers = whole.headers
        self.ours = ours
        self.receiver = receiver
        self.defects = [defect for part in whole.walk() for defect in part.defects]

    def done(self) -> Read:
        sender = self.sender()
        subject = one_line(readable(self.headers.first("subject")), SUBJECT_LENGTH)
        bodies = bodies_of(self.whole)
        files, broken = files_of(bodies.files)
        self.defects += broken
        html, body = self.html_and_body(bodies, files)
        standard = standard_report(self.whole)
        report = explained(standard, body) if standard else guessed_report(self.whole, body)
        text, quoted = self.text(body, "" if report else subject, report)
        return Read(
            message_id=message_id(self.headers),
            references=references(self.headers),
            from_address=sender.address,
            from_name=sender.name,
            to_addresses=tuple(addresses(self.headers, RECIPIENTS)),
            written_to=tuple(addresses(self.headers, NAMED)),
            subject=subject,
            date=dated(self.headers.first("date", 200)),
            text=text,
            quoted=quoted,
            html=html,
            files=tuple(files),
            automatic=automatic(self.whole, report is not None, self.ours),
            sender_proof=sender_proof(self.headers, sender.address, self.receiver),
            report=report,
            defects=tuple(dict.fromkeys(self.defects)),
        )

    def sender(self) -> Mailbox:
        """Who is in From, else in Sender, else in Return-Path. Raises Unreadable (no_from)."""
        named = [name for name in ("from", "sender", "return-path") if name in self.headers]
        if not named:
            raise Unreadable("no_from")
        if len(self.headers.all("from")) > 1:
            self.defects.append("several_from")
        found = [each for name in named for each in senders(self.headers.first(name))]
        best = next((each for each in found if each.address), Mailbox("", ""))
        if not best.address:
            self.defects.append("no_address")
        names = (each.name for each in senders(self.headers.first("from")) if each.name)
        return Mailbox(best.name or next(names, ""), best.address)

    def html_and_body(self, bodies: Bodies, files: list[FileFound]) -> tuple[str, str]:
        """The HTML made safe, and the text: as the mail has it, else from the HTML."""
        html = "\n".join(self.noted(part) for part in bodies.html)
        body = "\n".join(self.noted(part) for part in bodies.text)
        if not html.strip():
            return "", body
        ids = {each.content_id: each.part for each in files if each.content_id}
        safe, defects = sanitised(html, ids)
        self.defects += defects
        return safe, body if body.strip() else words(html)

    def noted(self, part: Part) -> str:
        text, defects = words_of(part)
        self.defects += defects
        return text

    def text(self, body: str, subject: str, report: Report | None) -> tuple[str, str]:
        if report is not None:
            text, quoted = body.strip("\n"), ""
        else:
            text, quoted = folded(body[:FOLDED_LENGTH], subject)
            quoted += body[FOLDED_LENGTH:]
        if len(text) <= TEXT_LENGTH:
            return text, quoted
        self.defects.append("text_long")
        return text[:TEXT_LENGTH], f"{text[TEXT_LENGTH:]}\n{quoted}"


def senders(value: str) -> list[Mailbox]:
    """Those it names. Some programs encode name and address together, which RFC 2047 forbids; some break both."""
    found = mailboxes(value)
    if any(each.address for each in found):
        return found
    together = mailboxes(readable(value))
    if any(each.address for each in together):
        return together
    return [*found, Mailbox("", somewhere(readable(value)))]


def addresses(headers: Headers, names: tuple[str, ...]) -> list[str]:
    found = (each.address for name in names for value in headers.all(name, 1024 * 1024) for each in mailboxes(value))
    return list(dict.fromkeys(address for address in found if address))
