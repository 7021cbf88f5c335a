"""What a month's report says of requests and formal complaints (A3), as it is frozen: see `month_told`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestFacts:
    """A request of sales or billing, or a formal complaint (A3): what was promised of it, and how long it took.

    A target of 0 promises nothing of that kind; ``taken`` is None while it is owed. ``state`` is running, kept,
    breached or dropped. Lengths are of the hours in which its desk is open, a complaint's solution excepted.
    """

    number: str
    subject: str
    is_complaint: bool
    opened_at: str
    closed_at: str
    answer_target: int
    answer_taken: int | None
    answer_state: str
    solution_target: int
    solution_taken: int | None
    solution_state: str


@dataclass(frozen=True)
class CountFacts:
    """Cases of one kind in the month; ``duplicates`` and ``withdrawn`` ended in it, and stand in no other number."""

    opened: int = 0
    closed: int = 0
    open_at_end: int = 0
    duplicates: int = 0
    withdrawn: int = 0

    @property
    def any(self) -> bool:
        return bool(self.opened or self.closed or self.open_at_end or self.duplicates or self.withdrawn)


NO_CASES = CountFacts()
