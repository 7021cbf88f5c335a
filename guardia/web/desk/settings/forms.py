"""The forms of levels, rotas and covers. What may stand in a field is decided by the rooms."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.clocks.calendar_change import ChangeKind
from guardia.clocks.rest_days import FIRST, LAST, local_days
from guardia.customers.phones import spoken
from guardia.customers.values import line
from guardia.escalation.editing import LEVEL
from guardia.escalation.fitting import LONGEST_TURN, MOST_MEMBERS
from guardia.escalation.level import Level
from guardia.people.staff import Role, Staff
from guardia.web.desk.companies.forms import DeskForm, words, zone_choices

REASON = 200
DAY = "%Y-%m-%d"
HOUR = "%Y-%m-%dT%H:%M"
REASONED = {"reason": line(REASON)}
HOLDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""These are offered first: who usually holds a level."""


def why() -> forms.CharField:
    return words(gettext_lazy("Reason"), REASON, help_text=gettext_lazy("Stays on record with your name."))


def people_choices(also: Iterable[int] = ()) -> list[tuple[str, Any]]:
    """Who may hold a level: first supervisors and administrators, then everybody else at work; and ``also`` these."""
    kept = set(also)
    found = [one for one in Staff.objects.order_by("name") if one.is_active or one.pk in kept]
    first = [choice(one) for one in found if one.role in HOLDERS]
    others = [choice(one) for one in found if one.role not in HOLDERS]
    return [(_("Supervisors and administrators"), first), (_("Everybody else"), others)]


def choice(staff: Staff) -> tuple[str, str]:
    named = f"{staff.name} · {staff.position}" if staff.position else staff.name
    return str(staff.pk), named if staff.is_active else f"{named} ({_('not active')})"


class LevelForm(DeskForm):
    readers = {**LEVEL, **REASONED}
    phone = words(
        gettext_lazy("Number"), 60, help_text=gettext_lazy("It rings whoever holds the level. Empty: it has none.")
    )
    phone_name = words(
        gettext_lazy("Name of the number"),
        80,
        help_text=gettext_lazy("As the matrix publishes it: Celular de Operaciones."),
    )
    hidden = forms.BooleanField(
        label=gettext_lazy("Leave its people and numbers out of the published document"),
        help_text=gettext_lazy(
            "Customers find them all the same on the pages of their own cases and of their company."
        ),
        required=False,
    )
    reason = why()

    def __init__(self, data: Any = None, *, of: Level | None) -> None:
        super().__init__(data, of=of)
        self.initial["phone"] = spoken(of.phone) if of and of.phone else ""


class Turns(forms.MultipleChoiceField):
    """The people who take turns, in order; places left empty are no mistake."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


class RotaForm(DeskForm):
    readers = REASONED
    members = Turns(
        label=gettext_lazy("Who takes turns"),
        error_messages={
            "required": gettext_lazy("Nobody is named. Choose who takes the first turn."),
            "invalid_choice": gettext_lazy("Somebody here is not among the operator's people. Choose from the list."),
        },
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Days of a turn"),
        min_value=1,
        max_value=LONGEST_TURN,
        help_text=gettext_lazy("7: a week each. With one person alone it does not matter."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Day of the first turn"),
        widget=forms.DateInput({"type": "date"}, DAY),
        help_text=gettext_lazy("Turns are counted from here. If it is past, the rota holds from now on."),
    )
    turns_at = forms.TimeField(
        label=gettext_lazy("Hour of the change"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)
    reason = why()

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data)
        self.initial = initial
        self.offer("members", people_choices(initial["members"]))

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "members" in self.cleaned_data:
            self.cleaned_data["members"] = [int(member) for member in self.cleaned_data["members"]]
        return self.cleaned_data

    @cached_property
    def places(self) -> list[str]:
        """Whoever is chosen at each place, with two places left to fill."""
        chosen = [str(one) for one in self["members"].value() or () if one]
        return [*chosen, *[""] * max(2, 4 - len(chosen))][:MOST_MEMBERS]


class CoverForm(DeskForm):
    readers = REASONED
    staff = forms.ChoiceField(label=gettext_lazy("Who stands in"))
    start = forms.DateTimeField(
        label=gettext_lazy("From the hour"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, HOUR),
        help_text=gettext_lazy("In the operator's time. What was agreed by telephone may be written up to 12 h later."),
    )
    end = forms.DateTimeField(
        label=gettext_lazy("Until the hour"), widget=forms.DateTimeInput({"type": "datetime-local"}, HOUR)
    )
    reason = words(gettext_lazy("Reason"), REASON, help_text=gettext_lazy("Holiday, illness, a swap."))

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data)
        self.initial = initial
        self.offer("staff", [("", "—"), *people_choices([number for number in [initial.get("staff")] if number])])

    def clean_staff(self) -> Staff:
        return Staff.objects.get(pk=self.cleaned_data["staff"])


class DayForm(DeskForm):
    readers = REASONED
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, DAY))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it does"),
        choices=[
            (ChangeKind.REST.value, gettext_lazy("rests (nobody works in office hours)")),
            (ChangeKind.WORK.value, gettext_lazy("works (a rest day taken away, or made up for)")),
        ],
    )
    reason = words(
        gettext_lazy("Decree or reason"), REASON, needed=True, help_text=gettext_lazy("Each case it moves shows it.")
    )

    def clean_day(self) -> date:
        asked = self.cleaned_data["day"]
        if not FIRST <= asked.year <= LAST:
            sentence = _("Rest days are kept for %(first)d to %(last)d. Look at the year.")
            raise forms.ValidationError(sentence % {"first": FIRST, "last": LAST})
        return asked


class CantonForm(DeskForm):
    readers = REASONED
    canton = forms.ChoiceField(
        label=gettext_lazy("Canton"),
        error_messages={"invalid_choice": gettext_lazy("Choose a canton of the list that is not observed yet.")},
    )
    reason = words(
        gettext_lazy("Reason"), REASON, needed=True, help_text=gettext_lazy("Where the desk works, for example.")
    )

    def __init__(self, data: Any = None, *, without: Iterable[str] = ()) -> None:
        super().__init__(data, auto_id="canton_%s")  # it stands beside the form of a day, which has a reason too
        observed = set(without)
        listed = sorted(local_days().values())
        left = [(name, f"{name} · {day:02d}/{month:02d}") for name, month, day in listed if name not in observed]
        self.offer("canton", [("", "—"), *left])


class WithdrawForm(DeskForm):
    readers = REASONED
    reason = words(gettext_lazy("Reason"), REASON, needed=True)
