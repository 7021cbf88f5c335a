"""An act on a case: what a case needs beside the form and the verb; and the fields that its forms are made of."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.shell import operator
from guardia.web.shared.act import Act

FARTHEST = timedelta(days=366)  # an hour of another year is a slip of the finger
UNLIKELY = timedelta(days=300)  # and so is tomorrow's day where the past was asked for: never last year's
JUST_NOW = timedelta(minutes=1)


class HoursForm(forms.Form):
    """Hours are written as they are said, in the operator's zone, which each field names."""

    use_required_attribute = False

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for field in self.fields.values():
            if isinstance(field, HourField):
                field.now, field.help_text = now, operator(now)[2]


class ActForm(HoursForm):
    """A form about one case."""

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.case = case


class HourField(forms.CharField):
    """An hour as it is said: ``14:05`` (the last one that has passed), ``24/11 14:05``, or nothing for now.

    Read in the operator's zone; gives an hour in UTC, or None. With ``ahead=True`` a bare hour is the next one to come.
    """

    now: datetime

    def __init__(self, *args, ahead: bool = False, **kwargs) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)
        self.ahead = ahead

    def clean(self, value):
        words = super().clean(value).replace("T", " ").strip()
        return as_hour(words, desk_zone(), self.now, self.ahead) if words else None


def as_hour(words: str, zone: ZoneInfo, now: datetime, ahead: bool) -> datetime:
    """The hour that was meant, in UTC: between hours of one zone Python counts as if no clock were ever put forward.

    Where clocks are put back, the first of the two. Raises ValidationError with an example, for an hour of another year
    as well, and for one that clocks leave out.
    """
    local = now.astimezone(zone).replace(tzinfo=None)
    if parsed := read(f"{local:%Y-%m-%d} {words}", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        if not ahead and parsed > local + JUST_NOW:
            parsed -= timedelta(days=1)
        if ahead and parsed < local:
            parsed += timedelta(days=1)
    else:
        parsed = nearest(words, local, ahead) or read(words, "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
    if parsed is None or abs(parsed - local) > FARTHEST:
        raise forms.ValidationError(_("Write an hour such as 14:05, or a day and an hour such as 24/11 14:05."))
    at = parsed.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != parsed:
        raise forms.ValidationError(_("On that day clocks are put forward and leave out this hour. Write another."))
    return at


def hour_in(words: str, now: datetime) -> datetime | None:
    """The hour that a form being written says so far; None where it says none."""
    try:
        return as_hour(words.replace("T", " ").strip(), desk_zone(), now, ahead=False)
    except forms.ValidationError:
        return None


def nearest(words: str, local: datetime, ahead: bool) -> datetime | None:
    """A day without its year is the nearest one in the asked direction: on 1 January, 31/12 is yesterday.

    One that would lie almost a year away is the near one on the other side, which the verb then judges.
    """
    years = (local.year, local.year - 1, local.year + 1)
    days = [day for year in years if (day := read(f"{year} {words}", "%Y %d/%m %H:%M"))]
    begin, end = (local, local + UNLIKELY) if ahead else (local - UNLIKELY, local + JUST_NOW)
    asked = [day for day in days if begin <= day <= end]
    return min(asked or days, key=lambda day: abs(day - local), default=None)


def read(text: str, *patterns: str) -> datetime | None:
    """The local time that the first fitting pattern reads; None if none fits."""
    for pattern in patterns:
        with suppress(ValueError):
            return datetime.strptime(text, pattern)  # noqa: DTZ007
    return None


def prose(label, *, required: bool = True, rows: int = 2, limit: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit, widget=forms.Textarea(attrs={"rows": rows})
    )


def words(label, *, required: bool = True, limit: int = 160) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=limit)


def one_of(label, choices, *, initial: str = "", required: bool = True) -> forms.ChoiceField:
    """A handful of answers side by side."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=required, widget=forms.RadioSelect)


def hour(label=gettext_lazy("At what hour (empty: now)"), *, ahead: bool = False, required: bool = False) -> HourField:
    return HourField(label=label, ahead=ahead, required=required, max_length=20)


@dataclass(frozen=True)
class CaseAct(Act[Case, Event | None]):
    """An act on a case; ``tells`` is the moment whose notice it owes.

    What is ``after_closing`` may be done to a closed case as well; what is ``of_any_desk``, to a request by whoever
    takes requests down: what ends the promises of a fault is for who answers for it.
    """

    form: type[ActForm]
    supervisor_only: bool = False
    template: str = "desk/acts/_fields.html"
    tells: Moment | None = None
    after_closing: bool = False
    of_any_desk: bool = False
    named: Callable[[Case], str] | None = None

    def title_for(self, case: Case) -> str:
        """Its title, where that depends on the case: to which desks it can pass."""
        return self.named(case) if self.named else str(self.title)
