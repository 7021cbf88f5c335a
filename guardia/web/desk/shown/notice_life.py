"""The life of a notice in words, what may still be done about it, and the addresses that take no messages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.cases.resending import UNTRIED
from guardia.customers.phones import spoken
from guardia.notices import marks
from guardia.notices.address_mark import AddressMark
from guardia.notices.leases import OPEN
from guardia.notices.life import Lived, Step, life_of
from guardia.notices.notice import DeliveryState, Notice, NoticeState
from guardia.notices.reasons import in_words
from guardia.notices.ways import SHORT
from guardia.web.desk.shown.clock import hour


@dataclass(frozen=True, slots=True)
class NoticeAct:
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class MarkRow:
    address: str
    words: str
    href: str


LONGEST_ANSWER = 300
AGAIN_AT = gettext_lazy("sent again %(hour)s")
AT: dict[Step, object] = {
    Step.OWED: gettext_lazy("owed since %(hour)s"),
    Step.PACED: gettext_lazy("leaves at %(hour)s: its domain takes so many at a time"),
    Step.SENT: gettext_lazy("sent %(hour)s"),
    Step.DELIVERED: gettext_lazy("delivered %(hour)s"),
    Step.OPENED: gettext_lazy("link opened %(hour)s"),
    Step.BOUNCED: gettext_lazy("came back %(hour)s"),
    Step.REFUSED: gettext_lazy("refused %(hour)s"),
    Step.EXPIRED: gettext_lazy("given up %(hour)s, 48 hours without an answer"),
    Step.WITHDRAWN: gettext_lazy("taken back %(hour)s"),
    Step.PERHAPS: gettext_lazy("perhaps arrived, %(hour)s: its server never answered; ask by telephone"),
}
NO_HOUR: dict[Step, object] = {
    Step.SUPPRESSED: gettext_lazy("not sent"),
    Step.WITHDRAWN: gettext_lazy("taken back"),
    Step.SENDING: gettext_lazy("being sent now"),
    Step.FAILED: gettext_lazy("could not be sent"),
}
CODED = (Step.SUPPRESSED, Step.FAILED)


def life_words(notice: Notice, at: datetime, code_words: Callable[[Notice], str]) -> str:
    """Each step on a line, with the far server's own words where it gave any. ``deliveries`` are prefetched.

    ``code_words`` says why a notice was not sent.
    """
    lines = [step_words(step, at, code_words(notice) if step.step in CODED else "") for step in life_of(notice)]
    return "\n".join(line for line in lines if line)


def step_words(lived: Lived, at: datetime, code: str) -> str:
    if lived.step is Step.PACKED:  # by itself it tells nobody anything
        return ""
    answer = code or ("" if lived.step in CODED else one_line(in_words(lived.words)))
    return f"{what(lived, at)}: {answer}" if answer else what(lived, at)


def what(lived: Lived, at: datetime) -> str:
    if lived.step is Step.TRIED and not lived.attempts:
        return _("not sent yet, goes on")
    if lived.step is Step.TRIED:
        return _("tried %(n)s times, goes on") % {"n": lived.attempts}
    words = AGAIN_AT if lived.again and lived.step is Step.SENT else AT.get(lived.step)
    if words is None or lived.at is None:
        return str(NO_HOUR.get(lived.step, ""))
    said = str(words) % {"hour": hour(lived.at, at)}
    return f"{said} ({lived.address})" if lived.step is Step.SENT and lived.address else said


def one_line(words: str) -> str:
    whole = " ".join(words.split())
    return whole if len(whole) <= LONGEST_ANSWER else f"{whole[:LONGEST_ANSWER]}…"


def acts_of(case_number: int, notice: Notice) -> tuple[NoticeAct, ...]:
    """What can still be done: send it again, or take it back before it leaves. The verbs have the last word."""
    if notice.contact_id is None:
        return ()
    messages = list(notice.deliveries.all())
    if any(message.state in OPEN for message in messages) or notice.state == NoticeState.OWED:
        left = any(message.attempts or message.state != DeliveryState.WAITING for message in messages)
        may_go_back = notice.state in UNTRIED and not left
        return (act(case_number, notice, "retirar", _("Take back")),) if may_go_back else ()
    return (act(case_number, notice, "otra-vez", _("Send again")),)


def act(case_number: int, notice: Notice, step: str, words: str) -> NoticeAct:
    return NoticeAct(f"{reverse('notice_step', args=[case_number, notice.pk, step])}?bitacora=avisos", words)


def marks_of(case: Case, at: datetime) -> list[MarkRow]:
    """The addresses of the case's company that are not written to now."""
    standing = marks.marks_of(case.customer_id)
    return [mark_row(mark, reverse("mark_clear", args=[case.number, mark.pk]), at) for mark in standing]


def mark_row(mark: AddressMark, href: str, at: datetime) -> MarkRow:
    """Since when the address takes no messages, and the far server's own words. ``href``: where it is cleared."""
    named = {marks.REFUSED: AT[Step.REFUSED], marks.BOUNCED: AT[Step.BOUNCED]}
    words = str(named.get(mark.reason, "%(hour)s")) % {"hour": hour(mark.marked_at, at)}
    answer = one_line(mark.words)
    is_number = mark.channel in SHORT
    return MarkRow(spoken(mark.address) if is_number else mark.address, f"{words}: {answer}" if answer else words, href)
