"""Who sends, and where a page is answered."""

from datetime import datetime
from threading import Lock

from django.conf import settings

from guardia.cases import case_link, report_link
from guardia.doors.report.attached import report_for
from guardia.doors.report.month_attached import month_file
from guardia.doors.report.permit_letter import letter_for
from guardia.escalation import answer_link, customer_link, escalate_link
from guardia.evidence.drawn import drawn
from guardia.notices import sender
from guardia.notices.links import Links


class ThisProcess:
    """The number by which this process holds what it sends; all its loops send under the same one."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.sender_id: int | None = None

    def number(self, at: datetime) -> int:
        """Its number, written down at ``at`` (UTC) where it is not known yet, or has been forgotten."""
        with self.lock:
            if self.sender_id is None or not sender.is_known(self.sender_id):
                self.sender_id = sender.seen(at, self.sender_id)
            return self.sender_id

    def is_seen(self, at: datetime) -> None:
        with self.lock:
            self.sender_id = sender.seen(at, self.sender_id)


this_process = ThisProcess()


def answer_address(notice_id: int, delivery_id: int) -> str:
    """Where whoever is paged answers: a signed link, good for this notice alone, that tells by which way it came."""
    return public(f"/responder/{answer_link.token(notice_id)}?por={delivery_id}")


def company_address(customer_id: int, delivery_id: int = 0) -> str:
    """Where a company sees who answers now, and by which number (E1)."""
    return public(f"/c/quien-responde/{customer_link.token(customer_id)}{by(delivery_id)}")


def escalate_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact asks for the next level of a case (E1)."""
    return public(f"/escalar/{escalate_link.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def report_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact reads the closing report of a case (P7)."""
    return public(f"/c/informe/{report_link.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def case_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact opens one case, to read it and to answer (P2)."""
    return public(f"/c/caso/{case_link.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def all_cases_address() -> str:
    """Where a contact signs in by a code, to see all that is the company's."""
    return public("/mi-empresa/")


def by(delivery_id: int) -> str:
    """In which message the link stood, so that it is known to have arrived once the link is opened."""
    return f"?por={delivery_id}" if delivery_id else ""


def public(path: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + path


LINKS = Links(
    answer_address,
    company_address,
    escalate_address,
    report_address,
    report_for,
    drawn,
    letter_for,
    case=case_address,
    company=all_cases_address,
    document=public("/procedimiento"),
    month_file=month_file,
)
