"""The addresses that a message names. They are made by the door, which knows where the house is found."""

from collections.abc import Callable
from dataclasses import dataclass

Answer = Callable[[int, int], str]
"""Where one notice, by its id, is answered; and by which delivery the link came."""


def nowhere(*ids: int) -> str:
    return ""


@dataclass(frozen=True)
class Links:
    """``who_answers`` is where a company, by its id, sees who answers now (E1); empty where it has no such page.

    ``escalate`` is where a contact asks for the next level of a case (E1): by the ids of company, case and contact.
    """

    answer: Answer
    who_answers: Callable[[int], str] = nowhere
    escalate: Callable[[int, int, int], str] = nowhere
