"""The requests and formal complaints of a month in words: first answer and solution, promised and real (A3)."""

from django.utils.translation import gettext as _

from guardia.notices.month_requests import RequestFacts
from guardia.notices.wording.month_phrases import lasting


def requests_head() -> tuple[str, ...]:
    return (_("Case"), _("What was asked"), _("First answer"), _("Solution"))


def request_row(each: RequestFacts) -> tuple[str, ...]:
    asked = f"{_('Formal complaint')}: {each.subject}" if each.is_complaint else each.subject
    answer = promised_and_real(each.answer_target, each.answer_taken, each.answer_state)
    return (
        each.number,
        asked,
        answer,
        promised_and_real(each.solution_target, each.solution_taken, each.solution_state),
    )


def promised_and_real(target: int, taken: int | None, state: str) -> str:
    """``4 h promised, 1 h 12 min real``, and whether it was late; a dash where nothing was promised or judged."""
    if not state or state == "dropped":
        return "–"
    promised = _("%(time)s promised") % {"time": lasting(target)} if target else _("no hour promised")
    real = _("%(time)s real") % {"time": lasting(taken)} if taken is not None else _("still running")
    late = [_("late")] if state == "breached" else []
    return ", ".join((promised, real, *late))
