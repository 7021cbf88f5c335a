"""What became of each notice of a case: owed, sent, accepted by which server in which words, or why not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.notices.notice import DeliveryState, Notice, NoticeState


class Life(StrEnum):
    """How far a notice has come, in the order of its life."""

    OWED = "owed"
    WAITING = "waiting"
    TRIED = "tried"  # at least once without success; it is tried again
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


WORDS: dict[Life, Promise] = {
    Life.OWED: pgettext_lazy("notice", "about to leave"),
    Life.WAITING: pgettext_lazy("notice", "about to leave"),
    Life.TRIED: pgettext_lazy("notice", "not accepted yet, it is tried again"),
    Life.SENDING: pgettext_lazy("notice", "leaving"),
    Life.ACCEPTED: pgettext_lazy("notice", "accepted by the server"),
    Life.REFUSED: pgettext_lazy("notice", "refused by the server"),
    Life.EXPIRED: pgettext_lazy("notice", "given up after 48 hours"),
    Life.SUPPRESSED: pgettext_lazy("notice", "not sent"),
}
REASONS: dict[str, Promise] = {
    "no_address": _("no address"),
    "inactive": _("no longer a contact"),
}
WANTS_A_HAND = frozenset({Life.TRIED, Life.REFUSED, Life.EXPIRED, Life.SUPPRESSED})


COLUMNS = (
    *("pk", "contact_id", "contact__title", "contact__name", "moment", "state", "reason", "owed_at"),
    *("delivery_state", "channel", "settled_at", "answer", "attempts"),
)


@dataclass(frozen=True)
class NoticeLife:
    """One notice to one person. Hours in UTC; ``sent_at`` and ``answer`` are of the server that took or refused it."""

    contact_id: int
    contact: str
    moment: str
    channel: str
    state: Life
    owed_at: datetime
    sent_at: datetime | None
    answer: str
    attempts: int
    reason: str

    @property
    def word(self) -> str:
        return str(WORDS[self.state])

    @property
    def reason_words(self) -> str:
        """Why it was not sent, for a suppressed notice."""
        return str(REASONS.get(self.reason, self.reason)) if self.state is Life.SUPPRESSED else ""

    @property
    def is_accepted(self) -> bool:
        return self.state is Life.ACCEPTED

    @property
    def wants_a_hand(self) -> bool:
        """True where somebody should look: not accepted, refused, given up, or never sent."""
        return self.state in WANTS_A_HAND


def lives_of(case_id: int) -> list[NoticeLife]:
    """Every notice of the case, in the order they were owed, with its latest delivery. One query."""
    rows = (
        Notice.objects.filter(case_id=case_id)
        .annotate(**{name: F(f"deliveries__{name}") for name in ("channel", "settled_at", "answer", "attempts")})
        .annotate(delivery_state=F("deliveries__state"))
        .order_by("owed_at", "pk", "deliveries__pk")
        .values_list(*COLUMNS, named=True)
    )
    latest = {row.pk: row for row in rows}
    return [life_of(row) for row in latest.values()]


def life_of(row) -> NoticeLife:
    return NoticeLife(
        contact_id=row.contact_id,
        contact=" ".join(part for part in (row.contact__title, row.contact__name) if part),
        moment=row.moment,
        channel=row.channel or "mail",
        state=state_of(row),
        owed_at=row.owed_at,
        sent_at=row.settled_at,
        answer=row.answer or "",
        attempts=row.attempts or 0,
        reason=row.reason,
    )


def state_of(row) -> Life:
    if row.state == NoticeState.SUPPRESSED:
        return Life.SUPPRESSED
    if row.delivery_state is None:
        return Life.OWED
    if row.delivery_state == DeliveryState.WAITING:
        return Life.TRIED if row.attempts or row.answer else Life.WAITING
    return Life(row.delivery_state)
