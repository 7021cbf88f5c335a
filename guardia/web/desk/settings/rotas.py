"""A seat of the matrix: its rota, and the covers that stand in for it (E2 to E4)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.escalation.editing import end_rota, restore_cover, rota_again, save_cover, save_rota, withdraw_cover
from guardia.escalation.roster import Roster, cover_of_seat, covers_of_seat, planned_rota, rota_of_seat, rotas_of_seat
from guardia.escalation.rota import (
    LONGEST_TURN,
    MOST_MEMBERS,
    MOST_SEATS,
    ROTA_FIELDS,
    Cover,
    Rota,
    first_turn,
    rota_problems,
)
from guardia.people.lookup import staff_by_id, staff_by_name
from guardia.people.staff import Staff
from guardia.procedure.rules import LevelRule
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import DeskForm, member, words, zone_choices
from guardia.web.desk.page import Toast, Undo, say
from guardia.web.desk.settings.frame import changes, day_and_hour, number_in, settings_page, version_in_force
from guardia.web.desk.settings.levels import rule_of
from guardia.web.desk.settings.setting_form import (
    REASON,
    REASONED,
    Meanwhile,
    Setting,
    edited,
    looked_at,
    meanwhile,
    people_choices,
    pressed,
    why,
)
from guardia.web.shared.act import INVALID, Doing, Refusal, attempt
from guardia.web.shared.hour_fields import ClockField, DayField, HourField

# --- rotas ------------------------------------------------------------------------------------------------------------
# The rota of one seat of a level: looked at before it is saved, saved, ended, taken up again.
TURNS_SHOWN = 8


class Turns(forms.MultipleChoiceField):
    """The people who take turns, in order; places left empty are no mistake."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


class RotaForm(DeskForm):
    readers = REASONED
    members = Turns(
        label=gettext_lazy("Who takes turns"),
        error_messages={
            "required": gettext_lazy("Nobody is selected. Choose who takes the first turn."),
            "invalid_choice": gettext_lazy("One of these people does not work for the operator. Choose from the list."),
        },
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Days per turn"),
        min_value=1,
        max_value=LONGEST_TURN,
        help_text=gettext_lazy("7: a week each. With one person alone it does not matter."),
    )
    starts_on = DayField(
        label=gettext_lazy("Day of the first turn"),
        help_text=gettext_lazy("Turns are counted from here. If it is past, the rota holds from now on."),
    )
    turns_at = ClockField(label=gettext_lazy("Time of the change"))
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


@changes
def seat(request: HttpRequest, level: int, seat: int) -> HttpResponse:
    """The form of a seat's rota; once sent, looked at (who would hold it when) or saved."""
    at = now()
    rule = rule_of(version_in_force(at).procedure, level)
    if not 1 <= seat <= MOST_SEATS:
        raise Http404
    key = f"{level}.{seat}"
    plan = rota_to_correct(request, level, seat, at)
    initial = fields_of(plan or rota_of_seat(level, seat, at), at)
    if request.method != "POST":
        return sheet(request, rule, seat, RotaForm(initial=initial), looked_at("rota", key), plan)
    there, form = meanwhile(request, "rota", key), RotaForm(request.POST, initial=initial)
    valid, at = form.is_valid(), now()
    if not valid or there.changes:
        return sheet(request, rule, seat, form, there, plan, status=there.status if there.changes else INVALID)
    fields = {**form.cleaned_data, "level": level, "seat": seat}
    if "mirar" in request.POST:
        turns = attempt(lambda: preview(fields, at), form)
        if not isinstance(turns, Refusal):
            return sheet(request, rule, seat, form, there, plan, preview=turns)
        return sheet(request, rule, seat, form, there, plan, status=INVALID)
    before = rota_of_seat(level, seat, at)
    signed = {"by": member(request), "at": at, "reason": fields["reason"]}
    rota = attempt(lambda: save_rota(fields, replaces=plan, **signed), form)
    if isinstance(rota, Refusal):
        return sheet(request, rule, seat, form, there, plan, status=INVALID)
    say_since(request, rule, rota, before, at)
    return redirect("settings_rotas")


def sheet(
    request: HttpRequest,
    rule: LevelRule,
    seat: int,
    form: RotaForm,
    there: Meanwhile,
    plan: Rota | None,
    *,
    preview: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now()
    level = rule.level
    names = {str(one.pk): one.name for one in staff_by_name()}
    context = {
        "form": form,
        "meanwhile": there,
        "rule": rule,
        "seat": seat,
        "plan": plan,
        "preview": preview,
        "rotas": [rota_row(rota, names, at) for rota in rotas_of_seat(level, seat, at)],
        "covers": [cover_row(cover) for cover in covers_of_seat(level, seat, at)],
    }
    return settings_page(request, "seat", context, tab="settings_rotas", status=status)


def rota_row(rota: Rota, names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    return {
        "pk": rota.pk,
        "members": [names.get(str(member), f"#{member}") for member in rota.members],
        "every_days": rota.every_days,
        "since": day_and_hour(rota.valid.lower),
        "until": day_and_hour(rota.valid.upper) if rota.valid.upper else "",
        "is_plan": rota.valid.lower > at,
    }


def cover_row(cover: Cover) -> dict[str, Any]:
    return {
        "pk": cover.pk,
        "who": cover.staff.name,
        "since": day_and_hour(cover.during.lower),
        "until": day_and_hour(cover.during.upper),
        "reason": cover.reason,
    }


def preview(fields: Mapping[str, Any], at: datetime) -> list[dict[str, str]]:
    """The next turns as they would be, covers included; nothing is written. Raises ValidationError."""
    if problems := rota_problems(fields, at):
        raise ValidationError(problems)
    rota = Rota(**{name: fields[name] for name in ROTA_FIELDS})
    start = max(first_turn(rota), at)
    rota.valid = DateTimeTZRange(start, None)
    end = start + timedelta(days=min(TURNS_SHOWN * rota.every_days, 2 * LONGEST_TURN))
    known = Roster.between(start, end, [rota.level])
    covers = [cover for cover in known.covers if cover.seat == rota.seat]
    people = staff_by_id([*rota.members, *(cover.staff_id for cover in covers)])
    turns = Roster([rota], covers, people).turns(rota.level, start, end)
    return [
        {
            "who": turn.staff.name if turn.staff else "",
            "since": day_and_hour(turn.start),
            "until": day_and_hour(turn.end) if turn.end < end else "",
            "is_cover": "1" if turn.is_cover else "",
        }
        for turn in turns[: TURNS_SHOWN + 1]
    ]


def say_since(request: HttpRequest, rule: LevelRule, rota: Rota, before: Rota | None, at: datetime) -> None:
    """What holds from when, and the way back: to the rota before, or to an empty seat."""
    words = _("%(level)s, seat %(seat)d: this rota applies from %(hour)s.")
    said = words % {"level": rule.name, "seat": rota.seat, "hour": day_and_hour(rota.valid.lower)}
    if before and before.pk == rota.pk:
        say(request, _("It is already like that: nothing was changed."))
    elif rota.valid.lower <= at and before:
        say(request, said, undo=Undo(reverse("settings_rota_again"), "rota", str(before.pk)))
    else:
        say(request, said, undo=Undo(reverse("settings_rota_end"), "rota", str(rota.pk)))


@changes
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """A rota ends now, or never begins."""
    rota = get_object_or_404(Rota, pk=number_in(request.POST.get("rota", "")))
    return pressed(request, "settings_rotas", rota, ended)


def ended(doing: Doing[Rota]) -> Toast:
    rota = end_rota(doing.on, doing.now, by=doing.who, at=doing.now)
    over = _("The rota has ended; nobody holds this seat by turns.")
    words = _("The rota never begins.") if rota.valid.isempty else over
    return Toast(words, Undo(reverse("settings_rota_again"), "rota", str(rota.pk)))


@changes
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """The turns of an earlier rota, from now on."""
    rota = get_object_or_404(Rota, pk=number_in(request.POST.get("rota", "")))
    return pressed(request, "settings_rotas", rota, taken_up)


def taken_up(doing: Doing[Rota]) -> Toast:
    since = rota_again(doing.on, by=doing.who, at=doing.now).valid.lower
    return Toast(_("Resumed: this rota applies from %s.") % day_and_hour(since))


def rota_to_correct(request: HttpRequest, level: int, seat: int, at: datetime) -> Rota | None:
    """The rota to come that is being corrected, if its time has not come."""
    asked = number_in(request.POST.get("plan", "") or request.GET.get("plan", ""))
    return planned_rota(asked, level, seat, at)


def fields_of(rota: Rota | None, at: datetime) -> dict[str, Any]:
    """What the form begins with: the rota that holds, or a week each from today."""
    if rota:
        return {name: getattr(rota, name) for name in ROTA_FIELDS}
    zone = desk_zone().key
    return {"members": [], "every_days": 7, "starts_on": localdate(at), "turns_at": time(8), "zone": zone}


# --- covers -----------------------------------------------------------------------------------------------------------
# Somebody stands in on a seat for a while: written, changed, withdrawn, restored.
USUAL = timedelta(hours=12)


class CoverForm(DeskForm):
    readers = REASONED
    staff = forms.ChoiceField(label=gettext_lazy("Who covers"))
    start = HourField(
        label=gettext_lazy("From (time)"),
        ahead=True,
        required=True,
        help_text=gettext_lazy("In the operator's time. What was agreed by telephone may be written up to 12 h later."),
    )
    end = HourField(label=gettext_lazy("Until the hour"), ahead=True, required=True)
    reason = words(gettext_lazy("Reason"), REASON, help_text=gettext_lazy("Leave, illness, a swap."))

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
    rule = rule_of(version_in_force(at).procedure, level)
    if not 1 <= seat <= MOST_SEATS:
        raise Http404
    known = cover_to_change(request, level, seat, at)
    title = _("Change the cover: %(level)s, seat %(seat)d") if known else _("Cover: %(level)s, seat %(seat)d")

    def save(fields: dict[str, Any]) -> None:
        place = {"level": level, "seat": seat}
        told = stands_in(save_cover({**fields, **place}, by=member(request), at=now(), replaces=known))
        say(request, told.words, undo=told.undo)

    stand_in = Setting(
        tab="settings_rotas",
        title=title % {"level": str(rule.name), "seat": seat},
        lead=_("Whoever covers holds the seat at these hours, whatever the rota says."),
        form=lambda data: CoverForm(data, initial=cover_fields(known, at)),
        save=save,
        noun="cover",
        key=f"{level}.{seat}",
        hidden=[("reemplazo", known.pk)] if known else [],
    )
    return edited(request, stand_in)


def stands_in(saved: Cover) -> Toast:
    words = _("%(who)s is covering from %(start)s to %(end)s.") % {
        "who": saved.staff.name,
        "start": day_and_hour(saved.during.lower),
        "end": day_and_hour(saved.during.upper),
    }
    return Toast(words, Undo(reverse("settings_cover_withdraw"), "cover", str(saved.pk)))


@changes
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """The rota holds again: from now on where the cover has begun."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")))
    return pressed(request, "settings_rotas", thing, withdrawn)


def withdrawn(doing: Doing[Cover]) -> Toast:
    cover = withdraw_cover(doing.on, by=doing.who, at=doing.now)
    back = Undo(reverse("settings_cover_restore"), "cover", str(doing.on.pk)) if cover.withdrawn else None
    return Toast(_("Withdrawn: %s no longer covers.") % cover.staff.name, back)


@changes
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """A cover that was withdrawn before it began."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")), withdrawn=True)
    return pressed(request, "settings_rotas", thing, restored)


def restored(doing: Doing[Cover]) -> Toast:
    return stands_in(restore_cover(doing.on, by=doing.who, at=doing.now))


def cover_to_change(request: HttpRequest, level: int, seat: int, at: datetime) -> Cover | None:
    """The cover that is being changed, if it is not over."""
    asked = number_in(request.POST.get("reemplazo", "") or request.GET.get("reemplazo", ""))
    return cover_of_seat(asked, level, seat, at)


def cover_fields(known: Cover | None, at: datetime) -> dict[str, Any]:
    """What the form begins with: the cover as it is, or twelve hours from the next full hour."""
    if known:
        start, end = (edge.astimezone(desk_zone()) for edge in (known.during.lower, known.during.upper))
        return {"staff": known.staff_id, "start": start, "end": end, "reason": known.reason}
    start = at.astimezone(desk_zone()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"start": start, "end": start + USUAL}


urlpatterns = [
    path("rotaciones/retomar", again, name="settings_rota_again"),
    path("rotaciones/terminar", end, name="settings_rota_end"),
    path("rotaciones/<int:level>/<int:seat>", seat, name="settings_seat"),
    path("rotaciones/<int:level>/<int:seat>/reemplazo", cover, name="settings_cover"),
    path("reemplazos/retirar", withdraw, name="settings_cover_withdraw"),
    path("reemplazos/restablecer", restore, name="settings_cover_restore"),
]
