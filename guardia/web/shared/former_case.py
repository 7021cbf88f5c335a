"""What is told of a case that a former tool had, and that was brought in as history: no promise was made of it here."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.labels import CAUSE_NAMES
from guardia.history.judging import IN_WORDS, Verdict
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import Moment, WaitCause


def former_words(case: Case) -> str:
    """The sentence that stands in the place of stages and promises."""
    words = _("This case was handled in %(system)s, as number %(number)s. No promise of this procedure holds for it.")
    return words % {"system": case.former_system, "number": case.former_number}


def former_rows(case: Case, hour: Callable[[datetime], str]) -> list[tuple[str, str]]:
    """When it was opened, restored and closed there, what it waited for and how often it was opened again."""
    closed = case.latest(Moment.FORMER_CLOSED, Moment.FORMER_CANCELLED)
    data = closed.data if closed else {}
    hours = ((_("Opened"), case.opened_at), (_("Restored"), case.restored_at), (_("Closed"), case.closed_at))
    rows = [(label, hour(at)) for label, at in hours if at]
    for cause, seconds in sorted(data.get("waited", {}).items()):
        label = str(CAUSE_NAMES[WaitCause(cause)]) if cause in set(WaitCause) else _("cause not known")
        rows.append((_("It waited"), f"{lasting_exactly(seconds)}, {label}"))
    if data.get("reopened"):
        rows.append((_("Reopened"), str(data["reopened"])))
    return rows


def operators_rows(case: Case) -> list[tuple[str, str]]:
    """What the former tool had written down for its own people."""
    rows = ((_("Cause"), case.cause), (_("Solution"), case.solution))
    return [*((label, words) for label, words in rows if words), *judgement_rows(case)]


def judgement_rows(case: Case) -> list[tuple[str, str]]:
    """What a version of the procedure would have said of it, where somebody wanted to know; it promised nothing."""
    note = case.latest(Moment.FORMER_NOTED)
    if note is None or "judged_by" not in note.data:
        return []
    words = _("until the restoration %(restoration)s, until the closing %(closing)s") % {
        stretch: IN_WORDS[Verdict(note.data[stretch])] for stretch in ("restoration", "closing")
    }
    return [(_("By version %(number)s") % {"number": note.data["judged_by"]}, words)]
