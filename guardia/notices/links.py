"""The addresses that a message names. They are made by the door, which knows where the house is found."""

from collections.abc import Callable
from dataclasses import dataclass

Answer = Callable[[int, int], str]
"""Where one notice, by its id, is answered; and by which delivery the link came."""


def nowhere(*ids: int) -> str:
    return ""


@dataclass(frozen=True)
class Links:
    """``who_answers`` is where a company sees who answers now (E1), by its id; empty where it has no such page.

    ``escalate`` is where a contact asks for the next level of a case (E1): by the ids of company, case and contact.
    Both take the id of the delivery that they stand in as well, or 0.
    """

    answer: Answer
    who_answers: Callable[[int, int], str] = nowhere
    escalate: Callable[[int, int, int, int], str] = nowhere
