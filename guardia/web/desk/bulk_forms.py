"""What can be done to many cases from the bench: the name of each act, its form, and what is typed for all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.cases.bulk import Line
from guardia.cases.bulk_act import undoable_act_of
from guardia.cases.case import Case
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.outages.outage import ACTIVE
from guardia.outages.outage_rows import open_outages
from guardia.people.lookup import handlers_at, staff_among, staff_named
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.web.desk.acts.case_act import HoursForm, hour, one_of, prose, words
from guardia.web.shared.act import Button


class ManyForm(HoursForm):
    """What is typed once for all the chosen cases."""

    def __init__(self, *args, cases: Sequence[Case], now: datetime, **kwargs) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.cases = cases
        for field in [*self.fields.values()][: 0 if self.is_bound else 1]:
            field.widget.attrs["autofocus"] = True  # whoever chose with the keyboard goes on with it

    def typed(self) -> dict[str, Any]:
        return {}


class AssignManyForm(ManyForm):
    to: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Assign to"), empty_label=_("choose a colleague"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        desks = {case.desk for case in self.cases}
        ids = {pk for desk in desks for pk in handlers_at(desk).values_list("pk", flat=True)}
        self.fields["to"].queryset = staff_among(ids)  # type: ignore[attr-defined]

    def typed(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["to"].pk}


class TellManyForm(ManyForm):
    text = prose(_("News for the customers"), rows=3)

    def typed(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"]}


class LinkManyForm(ManyForm):
    outage = forms.ChoiceField(label=_("Common cause: an outage under way"), required=False)
    number = words(_("Or the number of the case they belong to"), required=False, limit=30)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        active = [one for one in open_outages() if one.state in ACTIVE]
        none = ("", gettext("choose an outage") if active else gettext("no outage is under way"))
        choices = [none, *((str(one.number), f"{one.display_number} · {one.name}") for one in active)]
        self.fields["outage"].choices = choices  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs["placeholder"] = "104-273-8"

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if not self.errors and bool(fields.get("outage")) == bool(fields.get("number")):
            self.add_error("number", gettext("Choose an outage or enter a case number, not both."))
        return fields

    def typed(self) -> dict[str, Any]:
        outage = self.cleaned_data["outage"]
        return {"outage": int(outage)} if outage else {"number": self.cleaned_data["number"]}


class WaitManyForm(ManyForm):
    cause = one_of(_("Waiting for"), [(c.value, CAUSE_NAMES[c]) for c in WaitCause], initial=WaitCause.FORCE_MAJEURE)
    asked_by = words(_("Who asked for it"), limit=100)
    proof = words(_("Proof"), limit=300)
    reason = prose(_("Why"))
    party = words(_("Third party"), required=False)
    party_ticket = words(_("Its ticket"), required=False, limit=80)
    party_promise_at = hour(_("Its next promise, or when we ask again"), ahead=True)

    def typed(self) -> dict[str, Any]:
        promise = self.cleaned_data["party_promise_at"]
        return {**self.cleaned_data, "party_promise_at": promise.isoformat() if promise else None}


# --- what each would become -------------------------------------------------------------------------------------------


Names = Mapping[int, str]
"""The names of the people that the lines of a preview speak of, by id."""


def names_in(lines: Sequence[Line]) -> Names:
    return staff_named({line.was.get(who) for line in lines for who in ("from", "to")})


def handed(line: Line, names: Names) -> str:
    return f"{names.get(line.was['from'], gettext('Nobody yet'))} → {names.get(line.was['to'], '')}"


def resumed(line: Line, names: Names) -> str:
    return clock_names(kind for clocks in line.was["waits"].values() for kind in clocks)


def stopped(line: Line, names: Names) -> str:
    return clock_names(line.was["clocks"])


def clock_names(kinds: Iterable[str]) -> str:
    return ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in dict.fromkeys(kinds))


def nothing_more(line: Line, names: Names) -> str:
    return ""


@dataclass(frozen=True)
class ManyAct:
    """An act on many cases: its name in the address, its words, its form; ``counted`` says it of so many cases."""

    name: str
    title: str | Promise
    form: type[ManyForm]
    counted: Callable[[int], str]
    becomes: Callable[[Line, Names], str] = nothing_more
    kind: str = ""
    supervisor_only: bool = False
    asks: str | Promise = ""

    def kind_for(self, typed: dict[str, Any]) -> str:
        return "cause" if "outage" in typed else self.kind

    def is_offered_to(self, staff: Staff) -> bool:
        return may(staff, Right.TAKE_REQUESTS) and (not self.supervisor_only or may(staff, Right.SUPERVISE))


MANY_ACTS = {
    act.name: act
    for act in (
        ManyAct(
            "asignar",
            _("Assign"),
            AssignManyForm,
            lambda n: ngettext("Assign %(n)s case", "Assign %(n)s cases", n) % {"n": n},
            handed,
            kind="assign",
        ),
        ManyAct(
            "avisar",
            _("Notify the customers"),
            TellManyForm,
            lambda n: (
                ngettext("Notify the customer of %(n)s case", "Notify the customers of %(n)s cases", n) % {"n": n}
            ),
            kind="tell",
            asks=_("The same news for all. The customer of each case reads it in the log and in an email."),
        ),
        ManyAct(
            "vincular",
            pgettext_lazy("bulk act", "Link"),
            LinkManyForm,
            lambda n: ngettext("Link %(n)s case", "Link %(n)s cases", n) % {"n": n},
            kind="link",
            asks=_("To an outage, as their common cause; or cases of one company to the case they belong to."),
        ),
        ManyAct(
            "reanudar",
            _("Resume"),
            ManyForm,
            lambda n: ngettext("Resume %(n)s case", "Resume %(n)s cases", n) % {"n": n},
            resumed,
            kind="resume",
            asks=_("What was awaited has arrived: the stopped clocks run again."),
        ),
        ManyAct(
            "espera",
            _("Place on hold"),
            WaitManyForm,
            lambda n: ngettext("Place %(n)s case on hold", "Place %(n)s cases on hold", n) % {"n": n},
            stopped,
            kind="wait",
            supervisor_only=True,
            asks=_(
                "One cause for all, with its proof. Each customer sees which clock is stopped, why, and who "
                "asked for it."
            ),
        ),
    )
}
"""By the name in the address. Closing is not among them: each case is documented by itself (P7)."""

BY_KIND = {act.kind: act for act in MANY_ACTS.values()} | {"cause": MANY_ACTS["vincular"]}


def deeds_for(staff: Staff) -> tuple[Button, ...]:
    """What this person may do to many cases at once; nothing for whoever only looks."""
    acts = (act for act in MANY_ACTS.values() if act.is_offered_to(staff))
    return tuple(Button(reverse("bulk_act", args=[act.name]), f"{act.title}…") for act in acts)


def undoable_on_the_bench(staff: Staff, at: datetime) -> Button | None:
    """What this person did to many cases last, while it can still be taken back at ``at`` (UTC)."""
    act = undoable_act_of(staff, at)
    if act is None:
        return None
    return Button(reverse("bulk_step", args=[act.key, "deshacer"]), BY_KIND[act.kind].counted(act.lines.count()))
