"""The addresses that a message names, and what is attached to it. They are made by the entry point, which knows where
the installation is found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardia.notices.envelope import Attachment
from guardia.notices.wording.signed_log import SignedLog

Answer = Callable[[int, int], str]
"""Where one notice, by its id, is answered; and by which delivery the link came."""


def nowhere(*ids: int) -> str:
    return ""


def undrawn(samples: Sequence[float | None], top: float | None) -> tuple[bytes, int, int] | None:
    return None


Draw = Callable[[Sequence[float | None], float | None], tuple[bytes, int, int] | None]
"""A picture of these samples as a PNG, with the width and height at which it is shown; None where none is made."""


def nothing(case_id: int, language: str) -> Attachment | None:
    return None


def no_letter(visit_id: int) -> Attachment | None:
    return None


def nothing_signed() -> SignedLog | None:
    return None


def nothing_to_open(facts: Mapping[str, Any]) -> str:
    return ""


def no_desk(path: str) -> str:
    return ""


def no_month(announcement_id: int, facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    return ()


def no_panorama(facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    return ()


@dataclass(frozen=True)
class Links:
    """``who_answers`` is where a company sees who answers now (E1), by its id; empty where it has no such page.

    ``escalate`` is where a contact asks for the next level of a case (E1): by the ids of company, case and contact.
    ``report`` is where this contact reads the closing report (P7), by the same ids; ``case`` opens the case itself, to
    read and to answer (P2). All take the id of the delivery that they stand in as well, or 0. ``company`` is where all
    that is the company's is opened by a code; ``own_sign_in`` leads to the provider of a company, by its id,
    ``reset`` to where a password is set anew, and ``confirm`` to where the owner of a mailbox says yes.
    ``report_file`` makes the report, of a case in a language; ``draw``
    makes its pictures. ``permit_letter`` makes the letter for the guard, of a visit (P4). ``document`` is where the
    published procedure is read. ``month_files`` makes the PDF and the spreadsheet of a month's report from its frozen
    facts, in the active language, without what is too large or cannot be made. ``work`` is where a contact reads of
    planned work and answers, by the ids of company, work and contact. ``deny`` is where a contact
    says that a confirmation is not so (P5), by the ids that ``escalate`` takes. ``morning`` is where a supervisor opens
    the list of a morning, or the panorama, by its facts; ``panorama_files`` makes the PDF of the panorama. ``note`` is
    where a colleague reads a note in its case, by its facts.
    ``signed_log`` is the newest signature over all histories. ``desk`` is where the desk has a page, by its path:
    whoever opens it signs in first.
    """

    answer: Answer
    who_answers: Callable[[int, int], str] = nowhere
    escalate: Callable[[int, int, int, int], str] = nowhere
    report: Callable[[int, int, int, int], str] = nowhere
    report_file: Callable[[int, str], Attachment | None] = nothing
    draw: Draw = undrawn
    permit_letter: Callable[[int], Attachment | None] = no_letter
    case: Callable[[int, int, int, int], str] = nowhere
    company: Callable[[], str] = nowhere
    document: str = ""
    own_sign_in: Callable[[int], str] = nowhere
    reset: Callable[[int], str] = nowhere
    confirm: Callable[[int, int], str] = nowhere
    month_files: Callable[[int, Mapping[str, Any]], tuple[Attachment, ...]] = no_month
    work: Callable[[int, int, int], str] = nowhere
    deny: Callable[[int, int, int, int], str] = nowhere
    morning: Callable[[Mapping[str, Any]], str] = nothing_to_open
    panorama_files: Callable[[Mapping[str, Any]], tuple[Attachment, ...]] = no_panorama
    note: Callable[[Mapping[str, Any]], str] = nothing_to_open
    signed_log: Callable[[], SignedLog | None] = nothing_signed
    desk: Callable[[str], str] = no_desk


@dataclass(frozen=True)
class Addresses:
    """What one letter names, each empty where there is none: who answers now, the next level (E1), the report (P7), the
    page of the case (P2), that of the whole company, where a confirmation is denied (P5), and the signed log.
    """

    who_answers: str = ""
    escalate: str = ""
    report: str = ""
    report_file: Callable[[int, str], Attachment | None] = nothing
    draw: Draw = undrawn
    permit_letter: Callable[[int], Attachment | None] = no_letter
    case: str = ""
    company: str = ""
    deny: str = ""
    signed_log: SignedLog | None = None


NO_ADDRESSES = Addresses()
