"""What a receiving server said about one message, and whether a refusal speaks of the recipient or of something
else.
"""

import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from guardia.notices.reasons import of_trouble


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: this recipient, or this message
    LATER = "later"  # not now, or nobody knows: the connection broke


@dataclass(frozen=True)
class MailServerAnswer:
    """``of_the_recipient``: a refusal that says that the address itself takes no mail, so that it is marked.
    ``perhaps``: the server had the whole letter and gave no answer, so that it may have arrived. ``wait``: for how long
    the service asked us to send nothing.
    """

    verdict: Verdict
    words: str
    of_the_recipient: bool = False
    perhaps: bool = False
    wait: timedelta | None = None


class NoServer(Exception):
    """No mail server took the connection; nothing was sent. The words say why."""


# Whether a server's refusal speaks of the recipient, or of something else: us, our message, its own state.
#
# RFC 3463: the subject of an enhanced code is its second number; X.1 is the address, X.2 the mailbox, X.7 a policy.
# Only what speaks of the recipient marks an address, since a marked address gets no further mail.


ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

OF_THE_RECIPIENT = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 9), (1, 10), (2, 0), (2, 1), (4, 4)})
"""No such mailbox, no such domain, not an address, moved, takes no mail (null MX), disabled; 4.4: no route to its host.

1.5 is a valid address; 1.7 and 1.8 speak of the sender's."""

FULL = (2, 2)
"""A full mailbox is emptied one day."""

AT_RCPT = frozenset({501, 521, 550, 551, 553, 556})
"""Basic codes that refuse the recipient where no enhanced one says more. 554 may mean anything; 552 is a full box."""

MAILBOX_FULL = 552
POLICY = re.compile(
    r"spam|block|black ?list|listed|reputation|policy|relay|spf|dkim|dmarc|authenti|rate|too many|greylist|ptr|reverse",
    re.IGNORECASE,
)
NO_SUCH_RECIPIENT = re.compile(r"recipient address rejected: access denied", re.IGNORECASE)
"""How Exchange Online says, under the code 5.4.1, that a mailbox does not exist."""

UNKNOWN_USER = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient|address)|invalid recipient"
    r"|(user|mailbox|recipient|address)[^.]{0,40}(not found|does ?n.?t exist|does not exist|unknown|disabled)",
    re.IGNORECASE,
)
"""How a report says it that bears no code of use (5.0.0, or none): qmail, and many a server of its own kind."""

SAYS_NOTHING = (0, 0)


def enhanced(words: str) -> tuple[int, int, int] | None:
    """The enhanced code in these words: ``(5, 1, 1)``; None if there is none."""
    found = ENHANCED.search(words)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def is_of_the_recipient(words: str, basic: int = 0, *, at_rcpt: bool = False) -> bool:
    """True if a permanent refusal in these words says that the address itself takes no mail.

    ``basic`` is the three-digit code; ``at_rcpt``: it answered RCPT, and without more it is about the recipient.
    """
    code = enhanced(words)
    if NO_SUCH_RECIPIENT.search(words):
        return True
    if code and code[1:] != SAYS_NOTHING:
        return code[0] == 5 and code[1:] in OF_THE_RECIPIENT
    if POLICY.search(words) or (code and code[0] != 5):
        return False
    return (at_rcpt and basic in AT_RCPT) or bool(UNKNOWN_USER.search(words))


def is_full(words: str, basic: int = 0) -> bool:
    """True if the mailbox is full: that passes, whatever the first digit says."""
    code = enhanced(words)
    return code[1:] == FULL if code else basic == MAILBOX_FULL


OUR_FAULT = frozenset({530, 534, 535, 538})
"""Permanent codes that speak of our login, not of the recipient: somebody will put it right, so the mail waits."""


def verdict(code: int, words: bytes | str, *, at_rcpt: bool = False) -> MailServerAnswer:
    """For good, unless it speaks of our login or of a full mailbox. ``at_rcpt``: it answered RCPT."""
    line = written(code, words)
    if not 500 <= code < 600 or code in OUR_FAULT or is_full(line, code if at_rcpt else 0):
        return later(code, words)
    return MailServerAnswer(Verdict.REFUSED, line, is_of_the_recipient(line, code, at_rcpt=at_rcpt))


def later(code: int, words: bytes | str) -> MailServerAnswer:
    return MailServerAnswer(Verdict.LATER, written(code, words))


def written(code: int, words: bytes | str) -> str:
    """``250 2.0.0 Ok: queued as 4F1``: code and words in one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {text}".split())


def describe_error(wrong: BaseException, place: str = "") -> str:
    """An error in words: the server's where it spoke, else the system's, with the code of its reason."""
    if not isinstance(wrong, smtplib.SMTPResponseException):
        return of_trouble(wrong, place) if place else f"{type(wrong).__name__}: {wrong}"
    words = written(wrong.smtp_code, wrong.smtp_error)
    return f"{place}: {words}" if place else words
