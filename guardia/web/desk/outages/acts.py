"""What can be done about a mass outage: the form, the verb behind it, and when it is offered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.outages import declaring, members, news, restoring
from guardia.outages.outage import Outage, OutageState
from guardia.people.actor import Actor
from guardia.web.desk.outages import adding, forms
from guardia.web.desk.outages.forms import OutageForm, in_languages

DECLARED, RESTORED, PROPOSED = OutageState.DECLARED, OutageState.RESTORED, OutageState.PROPOSED


@dataclass(frozen=True)
class Doing:
    """Who acts on which outage, and the hour the door read after locking it."""

    outage: Outage
    by: Actor
    now: datetime

    def when(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The verb's three arguments of time: who, when it happened (now, unless an hour was given), when recorded."""
        return {"by": self.by, "at": fields.get("at") or self.now, "now": self.now}


@dataclass(frozen=True)
class OutageAct:
    """``run`` gets the cleaned fields and answers with what is said to the person; it may raise Refused."""

    name: str
    title: Promise
    form: type[OutageForm]
    run: Callable[[Doing, dict[str, Any]], str]
    states: Sequence[str]
    button: Promise
    asks: Promise | str = ""
    known: Callable[[Outage], dict[str, Any]] = lambda outage: {}


def tell(doing: Doing, fields: dict[str, Any]) -> str:
    said = news.tell(doing.outage, in_languages("words", fields), fields["forecast"], **doing.when({}))
    return ngettext("Told to %(n)d case.", "Told to %(n)d cases.", said.told) % {"n": said.told}


def diagnose(doing: Doing, fields: dict[str, Any]) -> str:
    news.diagnose(doing.outage, fields["cause"], fields["plan"], **doing.when(fields))
    return _("Cause and plan are on every case that had none, and told.")


def restore(doing: Doing, fields: dict[str, Any]) -> str:
    apart = list(fields["apart"].values_list("pk", flat=True))
    restoring.restore(doing.outage, fields["solution"], except_cases=apart, **doing.when(fields))
    return _("Restored: each customer is asked whether the service works.")


def relapse(doing: Doing, fields: dict[str, Any]) -> str:
    restoring.relapse(doing.outage, fields["why"], **doing.when(fields))
    return _("Taken back: the cases are in diagnosis again, and told.")


def end(doing: Doing, fields: dict[str, Any]) -> str:
    restoring.end(doing.outage, by=doing.by, at=doing.now)
    return _("The outage is over.")


def dismiss(doing: Doing, fields: dict[str, Any]) -> str:
    declaring.dismiss(doing.outage, fields["why"], by=doing.by, at=doing.now)
    return _("Put aside: it was no mass outage.")


def join(doing: Doing, fields: dict[str, Any]) -> str:
    return adding.add(doing, fields["services"])


def leave(doing: Doing, fields: dict[str, Any]) -> str:
    cases = list(fields["cases"].select_for_update(no_key=True).order_by("pk"))
    members.leave(doing.outage, cases, fields["why"], **doing.when({}))
    return ngettext("%(n)d case goes on by itself.", "%(n)d cases go on by themselves.", len(cases)) % {"n": len(cases)}


ACTS: dict[str, OutageAct] = {
    act.name: act
    for act in (
        OutageAct(
            "novedad",
            gettext_lazy("Tell all of them"),
            forms.NewsForm,
            tell,
            (DECLARED, RESTORED),
            gettext_lazy("Tell all of them now"),
            gettext_lazy("Written once; each contact reads it in their language, with their own service named."),
        ),
        OutageAct(
            "diagnostico",
            gettext_lazy("Cause and plan"),
            forms.CauseForm,
            diagnose,
            (DECLARED,),
            gettext_lazy("Record the diagnosis and tell"),
            gettext_lazy("It becomes the diagnosis of every case that is part of it (P3)."),
            known=lambda outage: {"cause": outage.cause, "plan": outage.plan},
        ),
        OutageAct(
            "normalizado",
            gettext_lazy("Restored"),
            forms.RestoreForm,
            restore,
            (DECLARED,),
            gettext_lazy("Restored: ask each customer"),
            gettext_lazy("Each case goes on to its own verification (P5); name those that are not back."),
        ),
        OutageAct(
            "recaida",
            gettext_lazy("It failed again"),
            forms.RelapseForm,
            relapse,
            (RESTORED,),
            gettext_lazy("Back to diagnosis, and tell"),
        ),
        OutageAct(
            "agregar",
            gettext_lazy("Add services or cases"),
            forms.JoinForm,
            join,
            (DECLARED,),
            gettext_lazy("Add them"),
        ),
        OutageAct(
            "separar",
            gettext_lazy("Let cases go on by themselves"),
            forms.LeaveForm,
            leave,
            (DECLARED, RESTORED),
            gettext_lazy("Take them out, and tell"),
        ),
        OutageAct(
            "cerrar",
            gettext_lazy("End it"),
            OutageForm,
            end,
            (RESTORED,),
            gettext_lazy("End the outage"),
            gettext_lazy("Its cases go on to their own closing; it ends by itself when the last one is closed."),
        ),
        OutageAct(
            "descartar",
            gettext_lazy("It is none"),
            forms.WhyForm,
            dismiss,
            (PROPOSED,),
            gettext_lazy("Put the proposal aside"),
        ),
    )
}


def offered(outage: Outage) -> list[OutageAct]:
    """What its state allows, first what is asked for."""
    return [act for act in ACTS.values() if outage.state in act.states]
