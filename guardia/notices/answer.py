"""What a receiving server said about one message."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: this recipient, or this message
    LATER = "later"  # not now, or nobody knows: the connection broke


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    words: str


class NoServer(Exception):
    """No mail server took the connection; nothing was sent. The words say why."""
