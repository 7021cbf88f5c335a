"""The next step of a case as it is known without asking anybody: what it waits for, or what its stage asks for."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.acts.offered import asked_by, open_visit
from guardia.web.desk.shown.bench_rows import first_wait, promise_of, waits_for, what_is_known
from guardia.web.desk.shown.clock import hour

LONGEST = 500

# By the act that the stage asks for: what whoever comes in has to do.
STEPS: dict[str, Promise] = {
    "diagnostico": gettext_lazy("Find the cause and make the plan"),
    "acuerdo": gettext_lazy("Agree on the visit with the customer"),
    "salida": gettext_lazy("Make sure that the crew leaves"),
    "llegada": gettext_lazy("Confirm that the crew has arrived"),
    "permiso": gettext_lazy("Have the work permit cleared"),
    "restablecido": gettext_lazy("Restore the service"),
    "confirmacion": gettext_lazy("Have the customer confirm that the service is normal"),
    "estable": gettext_lazy("Follow the stability until the green window is complete"),
    "cierre": gettext_lazy("Close the case with fault, solution and affected time"),
}


def known_step(case: Case, at: datetime) -> str:
    """What is to be done next in a case at ``at`` (UTC), in the language of who reads; at most LONGEST signs."""
    wait = first_wait(case)
    if case.waiting_since and wait:
        words = f"{waits_for(wait)} ({what_is_known(wait, at)})"
    elif case.next_kind == ClockKind.NEXT_DECISION and case.next_due_at:
        words = _("Decide again on the visit by %(hour)s") % {"hour": hour(case.next_due_at, at)}
    else:
        words = step_of_stage(case, at)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def step_of_stage(case: Case, at: datetime) -> str:
    act = asked_by(case)
    if act is None:
        promise, owed = promise_of(case, waiting=False)
        return f"{promise}: {owed}" if owed else ""
    step, detail = str(STEPS.get(act.name, act.title)), detail_of(case, act.name, at)
    return f"{step}: {detail}" if detail else step


def detail_of(case: Case, act: str, at: datetime) -> str:
    """The plan for who restores, crew and forecast for who awaits an arrival, the hour for who follows up."""
    visit = open_visit(case)
    if act in {"salida", "llegada"} and visit and visit.forecast_from and visit.forecast_to:
        span = {"a": hour(visit.forecast_from, at), "b": hour(visit.forecast_to, at)}
        words = _("expected %(a)s to %(b)s") % span
        return f"{visit.crew.name}, {words}" if visit.crew else words
    if act == "restablecido":
        return " ".join(case.plan.split())
    if act == "estable" and case.green_since:
        return hour(case.green_since + case.green_window, at)
    return ""
