"""Somebody stands in on a seat for a while: written, changed, withdrawn, restored."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.escalation import fitting
from guardia.escalation.covering import restore_cover, save_cover, withdraw_cover
from guardia.escalation.rota import Cover
from guardia.escalation.seats import cover_of_seat
from guardia.people.lookup import staff_by_name
from guardia.people.staff import Staff
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import Undo, say
from guardia.web.desk.settings.frame import changes, day_and_hour, number_in, ruling
from guardia.web.desk.settings.levels import rule_of
from guardia.web.desk.settings.setting_form import HOUR, REASON, REASONED, Setting, edited, people_choices, pressed

USUAL = timedelta(hours=12)


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
        return staff_by_name().get(pk=self.cleaned_data["staff"])


@changes
def cover(request: HttpRequest, level: int, seat: int) -> HttpResponse:
    """The form of a cover, new or known (``?reemplazo=``); or, once sent, saved."""
    at = now()
    rule = rule_of(ruling(at).procedure, level)
    if not 1 <= seat <= fitting.MOST_SEATS:
        raise Http404
    known = cover_asked(request, level, seat, at)
    title = _("Change the cover: %(level)s, seat %(seat)d") if known else _("Cover: %(level)s, seat %(seat)d")

    def save(fields: dict[str, Any]) -> None:
        place = {"level": level, "seat": seat}
        say_cover(request, save_cover({**fields, **place}, by=member(request), at=now(), replaces=known))

    stand_in = Setting(
        tab="settings_rotas",
        title=title % {"level": str(rule.name), "seat": seat},
        lead=_("Whoever stands in holds the seat at these hours, whatever the rota says."),
        form=lambda data: CoverForm(data, initial=fields_of(known, at)),
        save=save,
        noun="cover",
        key=f"{level}.{seat}",
        hidden=[("reemplazo", known.pk)] if known else [],
    )
    return edited(request, stand_in)


def say_cover(request: HttpRequest, saved: Cover) -> None:
    words = _("%(who)s stands in from %(start)s to %(end)s.") % {
        "who": saved.staff.name,
        "start": day_and_hour(saved.during.lower),
        "end": day_and_hour(saved.during.upper),
    }
    say(request, words, undo=Undo(reverse("settings_cover_withdraw"), "cover", str(saved.pk)))


@changes
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """The rota holds again: from now on where the cover has begun."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")))

    def act() -> None:
        withdrawn = withdraw_cover(thing, by=member(request), at=now())
        back = Undo(reverse("settings_cover_restore"), "cover", str(thing.pk)) if withdrawn.withdrawn else None
        say(request, _("Withdrawn: %s does not stand in any more.") % withdrawn.staff.name, undo=back)

    return pressed(request, "settings_rotas", act)


@changes
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """A cover that was withdrawn before it began."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")), withdrawn=True)
    act = lambda: say_cover(request, restore_cover(thing, by=member(request), at=now()))  # noqa: E731
    return pressed(request, "settings_rotas", act)


def cover_asked(request: HttpRequest, level: int, seat: int, at: datetime) -> Cover | None:
    """The cover that is being changed, if it is not over."""
    asked = number_in(request.POST.get("reemplazo", "") or request.GET.get("reemplazo", ""))
    return cover_of_seat(asked, level, seat, at)


def fields_of(known: Cover | None, at: datetime) -> dict[str, Any]:
    """What the form begins with: the cover as it is, or twelve hours from the next full hour."""
    if known:
        start, end = (edge.astimezone(desk_zone()) for edge in (known.during.lower, known.during.upper))
        return {"staff": known.staff_id, "start": start, "end": end, "reason": known.reason}
    start = at.astimezone(desk_zone()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"start": start, "end": start + USUAL}


urlpatterns = [
    path("rotaciones/<int:level>/<int:seat>/reemplazo", cover, name="settings_cover"),
    path("reemplazos/retirar", withdraw, name="settings_cover_withdraw"),
    path("reemplazos/restablecer", restore, name="settings_cover_restore"),
]
