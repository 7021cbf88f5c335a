"""An act: its name in the address, its form, the verb behind it. The door translates, the verb decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.people.actor import Actor
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment


@dataclass(frozen=True)
class Doing:
    """Who acts on which case, and the hour the door read after locking it."""

    case: Case
    by: Actor
    now: datetime

    @classmethod
    def by_staff(cls, case: Case, staff: Staff, now: datetime) -> "Doing":
        return cls(case, Actor.of_staff(staff), now)


class ActForm(forms.Form):
    """A form about one case. Hours are written as the people at the desk say them, in the case's own zone."""

    use_required_attribute = False

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.now = case, now
        for field in self.fields.values():
            if isinstance(field, HourField):
                field.zone, field.now = case.local_zone, now


class HourField(forms.CharField):
    """An hour as it is said: ``14:05`` (the last one that has passed), ``24/11 14:05``, or nothing for now.

    Gives a UTC hour, or None. With ``ahead=True`` a bare hour is the next one to come.
    """

    zone: ZoneInfo
    now: datetime

    def __init__(self, *args, ahead: bool = False, **kwargs) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)
        self.ahead = ahead

    def clean(self, value):
        words = super().clean(value).replace("T", " ").strip()
        return as_hour(words, self.zone, self.now, self.ahead) if words else None


def as_hour(words: str, zone: ZoneInfo, now: datetime, ahead: bool) -> datetime:
    """The hour that was meant. Raises ValidationError with an example."""
    local = now.astimezone(zone)
    for pattern, has_day in (
        ("%H:%M", 0),
        ("%H:%M:%S", 0),
        ("%d/%m %H:%M", 1),
        ("%d/%m/%Y %H:%M", 2),
        ("%Y-%m-%d %H:%M", 2),
        ("%Y-%m-%d %H:%M:%S", 2),
    ):
        try:
            # The year is given so that 29/02 is understood in a leap year.
            text = f"{local.year} {words}" if has_day == 1 else words
            parsed = datetime.strptime(text, f"%Y {pattern}" if has_day == 1 else pattern)  # noqa: DTZ007
        except ValueError:
            continue
        if not has_day:
            parsed = parsed.replace(year=local.year, month=local.month, day=local.day)
        at = parsed.replace(tzinfo=zone)
        if not has_day and not ahead and at > local + timedelta(minutes=1):
            at -= timedelta(days=1)
        if not has_day and ahead and at < local:
            at += timedelta(days=1)
        return at
    raise forms.ValidationError(gettext("Write an hour such as 14:05, or a day and an hour such as 24/11 14:05."))


def prose(label, *, required: bool = True, rows: int = 2, limit: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit, widget=forms.Textarea(attrs={"rows": rows})
    )


def words(label, *, required: bool = True, limit: int = 160) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=limit)


def one_of(label, choices, *, initial: str = "", required: bool = True) -> forms.ChoiceField:
    """A handful of answers side by side."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=required, widget=forms.RadioSelect)


def hour(label=_("At what hour (empty: now)"), *, ahead: bool = False, required: bool = False) -> HourField:
    return HourField(label=label, ahead=ahead, required=required, max_length=20)


def nothing_known(case: Case, staff: Staff) -> dict:
    return {}


@dataclass(frozen=True)
class Act:
    """``run`` gets the cleaned fields; it may raise Refused, whose sentence is shown beside the kept input.

    ``known`` fills the form with what is on record already; ``tells`` is the moment whose notice the act owes.
    """

    name: str
    title: object
    form: type[ActForm]
    run: Callable[[Doing, dict], Event | None]
    supervisor_only: bool = False
    button: object = ""
    template: str = "desk/acts/_fields.html"
    asks: object = ""
    known: Callable[[Case, Staff], dict] = nothing_known
    tells: Moment | None = None


def when(doing: Doing, fields: dict) -> dict:
    """The verb's three times arguments: who, when it happened (now, unless an hour was given), when it is recorded."""
    return {"by": doing.by, "at": fields.get("at") or doing.now, "now": doing.now}
