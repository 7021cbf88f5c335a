"""What a receiving server said about one message."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: this recipient, or this message
    LATER = "later"  # not now, or nobody knows: the connection broke


@dataclass(frozen=True)
class Answer:
    """``of_the_recipient``: a refusal that says that the address itself takes no mail, so that it is marked.
    ``perhaps``: the server had the whole letter and gave no answer, so that it may have arrived.
    """

    verdict: Verdict
    words: str
    of_the_recipient: bool = False
    perhaps: bool = False


class NoServer(Exception):
    """No mail server took the connection; nothing was sent. The words say why."""
