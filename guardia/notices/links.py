"""The addresses that a message names, and what is attached to it. They are made by the door, which knows where the
house is found.
"""

from collections.abc import Callable
from dataclasses import dataclass

from guardia.notices.envelope import Attachment

Answer = Callable[[int, int], str]
"""Where one notice, by its id, is answered; and by which delivery the link came."""


def nowhere(*ids: int) -> str:
    return ""


def nothing(case_id: int, language: str) -> Attachment | None:
    return None


@dataclass(frozen=True)
class Links:
    """``who_answers`` is where a company sees who answers now (E1), by its id; empty where it has no such page.

    ``escalate`` is where a contact asks for the next level of a case (E1): by the ids of company, case and contact.
    ``report`` is where this contact reads the closing report (P7), by the same ids. All take the id of the delivery
    that they stand in as well, or 0. ``report_file`` makes that report, of a case in a language.
    """

    answer: Answer
    who_answers: Callable[[int, int], str] = nowhere
    escalate: Callable[[int, int, int, int], str] = nowhere
    report: Callable[[int, int, int, int], str] = nowhere
    report_file: Callable[[int, str], Attachment | None] = nothing


@dataclass(frozen=True)
class Addresses:
    """What one letter names, each empty where there is none: who answers now, the next level (E1), the report (P7)."""

    who_answers: str = ""
    escalate: str = ""
    report: str = ""
    report_file: Callable[[int, str], Attachment | None] = nothing


NO_ADDRESSES = Addresses()
