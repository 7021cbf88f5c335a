"""What Guardia answers by itself to a mail that came in: the hour of the case number, or whom to call (RFC 3834).

Plain text, written once; no word of the sender's own goes back to an address that nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import format_datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.customers.contact import Contact
from guardia.notices.envelope import NAME_LENGTH
from guardia.notices.wire import WIRE, one_line, wire_address
from guardia.notices.wording.hours import Hours, hours_of
from guardia.notices.wording.letter import salutation
from guardia.people.connections import setting
from guardia.procedure.directory import Line
from guardia.procedure.schema import Procedure

DESK = "technical"
NO_BREAK = "\u00a0"
PROMISED = "X-Guardia-Promised"
"""By when (ISO 8601, UTC) the answer promises the number: past that hour it may not leave as it is."""

LONGEST_SUBJECT = 120
LONGEST_REFERENCES = 20


@dataclass(frozen=True)
class AnsweredMail:
    """The mail that is answered: from whom, about what, in which conversation (identifiers with their brackets)."""

    address: str
    name: str
    subject: str
    message_id: str
    references: Sequence[str]
    received_at: datetime


@dataclass(frozen=True)
class Answer:
    """What the answer says, in the order in which it is read."""

    subject: str
    greeting: str
    said: tuple[str, ...]
    lines: tuple[str, ...]
    desk: str
    provider: str
    footer: str


def received(
    asked: AnsweredMail,
    contact: Contact,
    due_at: datetime | None,
    procedure: Procedure,
    message_id: str,
    now: datetime,
    *,
    proven: bool = True,
) -> bytes:
    """To a known contact: the report is here, and the hour of the number (P2). ``due_at`` (UTC) None or past at
    ``now``: no hour is promised. Where its sender is not ``proven`` it repeats none of that mail's words, and says who
    gets the number. Raises BadAddress.
    """
    with in_language(contact.language):
        hours, promised = hours_of(procedure.provider.zone, procedure, now), due_at if due_at and due_at > now else None
        said = [_("We received the email that you sent us, and an engineer is attending to it.")]
        if not proven:
            said.append(_("Nothing proves yet that the email came from you: its sender has not been verified."))
        if promised:
            said.append(_("You will have the number of your case %(hour)s.") % {"hour": before(hours, promised)})
        else:
            said.append(_("You will have the number of your case as soon as possible."))
        if not proven:
            said.append(_("It goes to the people your company has configured for it."))
        said.append(_("To add something, reply to this email."))
        subject = _("We received your report: %(subject)s") % {"subject": shortened(asked.subject)}
        if not proven:
            subject = _("We received a report in the name of your company")
        answer = answer_of(subject, salutation(contact), said, procedure)
        return sealed(asked, answer, message_id, now, promised)


def joined(
    asked: AnsweredMail,
    contact: Contact,
    number: str,
    procedure: Procedure,
    message_id: str,
    now: datetime,
    *,
    proven: bool = True,
) -> bytes:
    """To a known contact: what was reported belongs to this open case, here is its number (P2). Where the sender of the
    mail is not ``proven`` the contact is told what came in the company's name. Raises BadAddress.
    """
    with in_language(contact.language):
        told = _("What you told us in your email belongs to a case that is already open: %(number)s.")
        if not proven:
            told = _(
                "What an email in the name of your company told us belongs to a case that is already open: "
                "%(number)s. Its sender has not been checked."
            )
        said = [
            told % {"number": number},
            _("Whoever handles it has read your email. You will continue to receive the news of that case."),
        ]
        if not proven:
            said[1] = _("Whoever handles it has read that email. You will continue to receive the news of that case.")
        subject = _("Case %(number)s: we received your email") % {"number": number}
        answer = answer_of(subject, salutation(contact), said, procedure)
        return sealed(asked, answer, message_id, now)


def whom_to_call(asked: AnsweredMail, language: str, procedure: Procedure, message_id: str, now: datetime) -> bytes:
    """To somebody whom nobody knows yet: a person will read it, and whom to call meanwhile (L3). Raises BadAddress."""
    with in_language(language):
        said = [
            _("We received your email. A person will read it, but no case is open yet: we do not know this address."),
            _("If one of our services fails, please call us at any time. You will be given a case number on the call."),
        ]
        answer = answer_of(_("We received your email"), _("Good day:"), said, procedure)
        return sealed(asked, answer, message_id, now)


def promised_by(content: bytes) -> datetime | None:
    """The hour that this answer promises, if any (UTC)."""
    written = BytesHeaderParser(policy=default).parsebytes(content)[PROMISED]
    return datetime.fromisoformat(str(written)) if written else None


def subject_of(content: bytes) -> str:
    return str(BytesHeaderParser(policy=default).parsebytes(content)["Subject"] or "")


def answer_of(subject: str, greeting: str, said: Sequence[str], procedure: Procedure) -> Answer:
    return Answer(
        subject=subject,
        greeting=greeting,
        said=tuple(said),
        lines=tuple(spoken(line) for line in procedure.lines if line.desk == DESK),
        desk=str(procedure.desk(DESK).name),
        provider=procedure.provider.name,
        footer=_("This email was sent automatically; your reply to it is read by a person."),
    )


def sealed(
    asked: AnsweredMail, answer: Answer, message_id: str, now: datetime, promised: datetime | None = None
) -> bytes:
    """The bytes of the answer. No other auto-responder may answer to it (RFC 3834, section 3.1.7)."""
    message = EmailMessage(policy=WIRE)
    message["Subject"] = one_line(answer.subject)
    message["From"] = Address(one_line(f"{answer.desk}, {answer.provider}"), addr_spec=setting("MAIL_FROM"))
    message["To"] = Address(one_line(asked.name)[:NAME_LENGTH], addr_spec=wire_address(asked.address))
    message["Message-ID"] = message_id
    if asked.message_id:
        message["In-Reply-To"] = asked.message_id
        message["References"] = " ".join([*asked.references[-LONGEST_REFERENCES:], asked.message_id])
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-replied"
    message["Precedence"] = "auto_reply"
    message["X-Auto-Response-Suppress"] = "All"
    if promised:
        message[PROMISED] = promised.isoformat()
    message.set_content(render_to_string("mail/answer.txt", {"answer": answer}), cte="quoted-printable")
    message["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return message.as_bytes()


def before(hours: Hours, due_at: datetime) -> str:
    return hours.zoned(hours.before(due_at))


def spoken(line: Line) -> str:
    """``Toll-free: 1800-400404``, with the key to press where there is one."""
    number = line.number.replace(" ", NO_BREAK)
    words = _("%(number)s option %(option)s") % {"number": number, "option": line.option} if line.option else number
    return f"{line.name}: {words}"


def shortened(subject: str) -> str:
    words = one_line(subject) or _("without a subject")
    return words if len(words) <= LONGEST_SUBJECT else words[: LONGEST_SUBJECT - 1] + "…"


def in_language(language: str) -> translation.override:
    """The contact's language, or the operator's where it is not one of ours."""
    try:
        return translation.override(translation.get_supported_language_variant(language))
    except LookupError:
        return translation.override(settings.LANGUAGE_CODE)
