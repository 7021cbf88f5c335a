"""Who sends, and where a page is answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

from django.conf import settings
from django.urls import reverse

from guardia.cases import case_link
from guardia.customers import confirming, own_sign_in
from guardia.escalation import signed_links
from guardia.evidence.probes.measured import Sample
from guardia.notices import leases
from guardia.notices.envelope import Attachment
from guardia.notices.links import Links
from guardia.notices.wording.page_panorama import PANORAMA
from guardia.outages import work_answers
from guardia.people import password_reset
from guardia.reports import report_history


class ThisProcess:
    """The number by which this process holds what it sends; all its loops send under the same one."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.sender_id: int | None = None

    def number(self, at: datetime) -> int:
        """Its number, written down at ``at`` (UTC) where it is not known yet, or has been forgotten."""
        with self.lock:
            if self.sender_id is None or not leases.is_known(self.sender_id):
                self.sender_id = leases.seen(at, self.sender_id)
            return self.sender_id

    def is_seen(self, at: datetime) -> None:
        with self.lock:
            self.sender_id = leases.seen(at, self.sender_id)


this_process = ThisProcess()


def answer_address(notice_id: int, delivery_id: int) -> str:
    """Where whoever is paged answers: a signed link, good for this notice alone, that tells by which way it came."""
    return public(f"/responder/{signed_links.answer_token(notice_id)}?por={delivery_id}")


def company_address(customer_id: int, delivery_id: int = 0) -> str:
    """Where a company sees who answers now, and by which number (E1)."""
    return public(f"/c/quien-responde/{signed_links.customer_token(customer_id)}{by(delivery_id)}")


def escalate_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact asks for the next level of a case (E1)."""
    return public(f"/escalar/{signed_links.escalate_token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def report_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact reads the closing report of a case (P7)."""
    return public(f"/c/informe/{report_history.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def case_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact opens one case, to read it and to answer (P2)."""
    return public(f"/c/caso/{case_link.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def deny_address(customer_id: int, case_id: int, contact_id: int, delivery_id: int = 0) -> str:
    """Where a contact says that a confirmation by word is not so (P5)."""
    return public(f"/c/no-es-asi/{case_link.token(customer_id, case_id, contact_id)}{by(delivery_id)}")


def morning_address(facts: Mapping[str, Any]) -> str:
    """Where a supervisor opens the list of a morning: what was confirmed by word; without any, what was late."""
    if facts.get("kind") == PANORAMA:
        return public(reverse("panorama"))
    return public(reverse("by_word" if facts.get("by_word") else "late_unexplained"))


def note_address(facts: Mapping[str, Any]) -> str:
    """Where a colleague reads a note, at its place in the log of the case."""
    return public(f"{reverse('case', args=[facts['number']])}#evento-{facts['seq']}")


def desk_address(path: str) -> str:
    """Where the desk has this page; whoever opens it signs in first."""
    return public(f"/{path}")


def all_cases_address() -> str:
    """Where a contact signs in by a code, to see all that is the company's."""
    return public("/mi-empresa/")


def work_address(customer_id: int, work_id: int, contact_id: int) -> str:
    """Where a contact reads of planned work, agrees or objects."""
    return public(f"/c/trabajo/{work_answers.token(customer_id, work_id, contact_id)}")


def own_sign_in_address(customer_id: int) -> str:
    """Where a contact goes on to the sign-in of the own company."""
    return public(f"/mi-empresa/con/{own_sign_in.token(customer_id)}")


def reset_address(reset_id: int) -> str:
    """Where somebody of the operator sets a new password."""
    return public(f"/entrar/enlace/{password_reset.token(reset_id)}")


def confirm_address(customer_id: int, confirmation_id: int) -> str:
    """Where the owner of a mailbox says yes to news (P2)."""
    return public(f"/mi-empresa/confirmar/{confirming.token(customer_id, confirmation_id)}")


def by(delivery_id: int) -> str:
    """In which message the link stood, so that it is known to have arrived once the link is opened."""
    return f"?por={delivery_id}" if delivery_id else ""


def public(path: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + path


def draw_png(samples: Sequence[Sample], top: float | None = None) -> tuple[bytes, int, int]:
    """Pillow is loaded with the first picture: most workers draw none, and it is 9 MB."""
    from guardia.evidence.chart_png import png_of as draw

    return draw(samples, top)


# What is attached to few letters is drawn by the pages that show it, which are loaded with the first of them.
def report_for(case_id: int, language: str) -> Attachment | None:
    from guardia.web.report import attached

    return attached.report_for(case_id, language)


def month_files(announcement_id: int, facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    from guardia.web.report import attached

    return attached.month_files(announcement_id, facts)


def letter_for(visit_id: int) -> Attachment | None:
    from guardia.web.report import permit

    return permit.letter_for(visit_id)


def panorama_files(facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    from guardia.web.desk.panorama import paper

    return paper.panorama_files(facts)


LINKS = Links(
    answer_address,
    company_address,
    escalate_address,
    report_address,
    report_for,
    draw_png,
    letter_for,
    case=case_address,
    company=all_cases_address,
    document=public("/procedimiento"),
    own_sign_in=own_sign_in_address,
    reset=reset_address,
    confirm=confirm_address,
    month_files=month_files,
    work=work_address,
    deny=deny_address,
    morning=morning_address,
    panorama_files=panorama_files,
    note=note_address,
    desk=desk_address,
)
