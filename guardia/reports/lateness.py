"""Why it was late: an answer of its own for each case whose promise broke, on record and correctable.

The fault says what broke; it does not say why a promise was not kept. The answer is asked for at the hand-over and at
the closing and never demanded there: what nobody answered is the supervisor's list in the morning. One answer of a mass
outage answers all its late cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.queries import locked_cases, with_names
from guardia.cases.refusals import Missing, Refused, TooLong
from guardia.cases.verbs import has_these_texts
from guardia.clocks.clock import Clock
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import LateReason, Moment

if TYPE_CHECKING:
    from guardia.cases.verbs import Event

LONGEST_WORDS = 300
MOST_TOGETHER, MOST_LOOKED_AT = 2_000, 5_000
LISTED_FOR = timedelta(days=31)
"""So far back the blanks are listed: what is older stands in its month's report, as not answered."""


class NotLate(Refused):
    template = _("No promise of this case is broken: there is nothing to explain.")


@dataclass(frozen=True, slots=True)
class Explained:
    """The event of the case that was asked, and how many others of its outage the answer holds for."""

    event: "Event"
    others: int = 0


def explain(
    case: Case, reason: LateReason, words: str = "", *, by: Actor, at: datetime, now: datetime | None = None
) -> Explained:
    """``reason`` is why this case was late, as far as is known at ``at`` (UTC); said again it is one.

    Of a mass outage it answers every late case that has no answer yet. *Other* needs its words. The case may be closed;
    its caller has locked it. Raises NotLate, Missing, TooLong.
    """
    words = " ".join(words.split())
    if not is_late(case):
        raise NotLate()
    if reason == LateReason.OTHER and not words:
        raise Missing("", "words", _("why it was late"))
    if len(words) > LONGEST_WORDS:
        raise TooLong("", "words", _("why it was late"), LONGEST_WORDS)
    last = case.latest(Moment.LATE_EXPLAINED)
    if last and last.variant == reason and has_these_texts(last, {"words": words}):
        return Explained(last)
    others = others_of_the_outage(case)
    entries = [_entry(one, reason, words, by, at) for one in (case, *others)]
    return Explained(ledger.record(entries, now or at)[0], len(others))


def _entry(case: Case, reason: LateReason, words: str, by: Actor, at: datetime) -> ledger.Entry:
    was, case.late_reason = case.late_reason, reason
    data = {"was": was} if was else {}
    return ledger.Entry(case, Moment.LATE_EXPLAINED, by, at, reason, data, {"words": words})


def others_of_the_outage(case: Case) -> list[Case]:
    """The late cases of the same mass outage that nobody has explained, locked in the order of their ids."""
    if case.part_of_id is None:
        return []
    free = locked_cases().exclude(pk=case.pk)
    found = free.filter(late(), part_of=case.part_of_id, late_reason="")
    return list(found.order_by("pk")[:MOST_TOGETHER])


def _broken(**of: object) -> QuerySet[Clock]:
    """The broken promises; what the escalation owes within the operator is none of them."""
    return Clock.objects.filter(breached_at__isnull=False, **of).exclude(kind__in=OF_THE_ESCALATION)


def late() -> Exists:
    """A promise of the case is broken."""
    return Exists(_broken(case=OuterRef("pk")))


def is_late(case: Case) -> bool:
    """Whether a promise of this case is broken, still running or over."""
    if case.contents:
        return any(one.breached_at and one.kind not in OF_THE_ESCALATION for one in case.contents.clocks)
    return _broken(case=case.pk).exists()


def asks_why(case: Case) -> bool:
    """Whether it was late and nobody has said why."""
    return not case.late_reason and is_late(case)


def unanswered(case_ids: Sequence[int]) -> set[int]:
    """Which of these cases were late without an answer: one question for a whole list."""
    blank = Case.objects.filter(late(), pk__in=case_ids, late_reason="")
    return set(blank.values_list("pk", flat=True))


def blanks(at: datetime, most: int) -> list[Case]:
    """What is to be answered: the cases of the last month that were late without an answer, the newest breach first.

    Each with ``broke_at``: when the last of its promises broke (UTC).
    """
    broken = _broken(breached_at__gte=at - LISTED_FOR, breached_at__lte=at, case__isnull=False)
    newest = broken.order_by().values("case").annotate(last=Max("breached_at"))
    last = dict(newest.order_by("-last", "-case").values_list("case", "last")[:MOST_LOOKED_AT])
    found = with_names(Case.objects.filter(pk__in=last, late_reason="")).exclude(status="cancelled")
    cases = sorted(found.select_related("assigned"), key=lambda case: (last[case.pk], case.pk), reverse=True)[:most]
    for case in cases:
        case.broke_at = last[case.pk]  # type: ignore[attr-defined]
    return cases
