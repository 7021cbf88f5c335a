"""A mail whose ruling meets trouble of the database is tried again later and later, and holds up no other meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=15)
MOST_TRIES = 7
"""The pause doubles: a quarter of an hour in all. What takes longer than that is looked at by a person."""


@dataclass(frozen=True)
class Tries:
    count: int
    again_at: datetime


class Patience:
    """What one process remembers of its failed tries; hours are UTC. Lost with the process, which then tries anew."""

    def __init__(self) -> None:
        self.of: dict[int, Tries] = {}

    def left_out(self, now: datetime) -> list[int]:
        """The messages whose turn has not come again."""
        return [message_id for message_id, tries in self.of.items() if tries.again_at > now]

    def failed(self, message_id: int, now: datetime) -> bool:
        """Count one more try; True if it was the last."""
        count = self.of[message_id].count + 1 if message_id in self.of else 1
        self.of[message_id] = Tries(count, now + FIRST_PAUSE * 2 ** (count - 1))
        return count >= MOST_TRIES

    def is_done(self, message_id: int) -> None:
        self.of.pop(message_id, None)
