"""The levels with who holds them and their own numbers (E2 to E5); and every person with the levels that are held."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.escalation.editing import LEVEL, save_level
from guardia.escalation.escalation import Level, own_level, own_levels
from guardia.escalation.reachability import Proof, last_proven
from guardia.escalation.roster import Roster, levels_held
from guardia.notices.channel import urls_of
from guardia.people.channels import masked
from guardia.people.lookup import active_staff, staff_by_role
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure.rules import LevelRule
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken_hours import weekly
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, day_and_hour, looks, settings_page, version_in_force
from guardia.web.desk.settings.setting_form import REASONED, Setting, edited, why
from guardia.web.desk.settings.weeks import seats_of, turns_of
from guardia.web.desk.shell import address

# --- levels -----------------------------------------------------------------------------------------------------------
# The levels of the matrix (E2 to E4): who holds each now, the level's own number; and E5's number with its hours.
AHEAD = timedelta(days=28)


@looks
def levels(request: HttpRequest) -> HttpResponse:
    at = now()
    version = version_in_force(at)
    context = {**levels_context(version.procedure, at), "version": version}
    return settings_page(request, "levels", context, tab="settings_levels")


def levels_context(procedure: Procedure, at: datetime) -> dict[str, Any]:
    """Every level with its seats as they stand at ``at`` (UTC), and what E5 says."""
    roster = Roster.between(at, at + AHEAD)
    numbers = own_levels()
    proven = last_proven(level.phone for level in numbers.values())
    night = procedure.escalation.night
    return {
        "levels": [
            {
                "rule": rule,
                "number": spoken(numbers[rule.level].phone) if rule.level in numbers else "",
                "number_name": numbers[rule.level].phone_name if rule.level in numbers else "",
                "proof": proven.get(numbers[rule.level].phone) if rule.level in numbers else None,
                "hidden": rule.level in numbers and numbers[rule.level].hidden,
                "seats": [seat_now(roster, rule.level, seat, at) for seat in seats_of(rule, roster)],
                "next_seat": max(seats_of(rule, roster)) + 1,
            }
            for rule in procedure.escalation.levels
        ],
        "night": night,
        "night_number": spoken(night.number),
        "night_hours": weekly(procedure.hours(night.hours)),
    }


def seat_now(roster: Roster, level: int, seat: int, at: datetime) -> dict[str, Any]:
    """Who holds a seat now and how this person is reached, until when, and who follows."""
    turns = turns_of(roster, level, seat, at, at + AHEAD)
    held, follows = turns[0], turns[1] if len(turns) > 1 else None
    return {
        "seat": seat,
        "staff": held.staff,
        "mobile": spoken(held.staff.mobile) if held.staff and held.staff.mobile else "",
        "desk_phone": spoken(held.staff.desk_phone) if held.staff and held.staff.desk_phone else "",
        "is_cover": held.is_cover,
        "until": day_and_hour(held.end) if follows else "",
        "follows": follows.staff if follows else None,
        "ends_empty": bool(follows and follows.staff is None),
    }


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
        help_text=gettext_lazy("Customers still find them on the pages of their own cases and of their company."),
        required=False,
    )
    reason = why()

    def __init__(self, data: Any = None, *, of: Level | None) -> None:
        super().__init__(data, of=of)
        self.initial["phone"] = spoken(of.phone) if of and of.phone else ""


@changes
def number(request: HttpRequest, level: int) -> HttpResponse:
    """The level's own number: the form; or, once sent, saved."""
    rule = rule_of(version_in_force(now()).procedure, level)
    thing = own_level(level)

    def save(fields: dict[str, Any]) -> None:
        reason = fields.pop("reason")
        save_level(level, fields, by=member(request), at=now(), reason=reason)
        say(request, _("Saved: %s.") % rule.name)

    number_of_level = Setting(
        tab="settings_levels",
        title=_("Number of the %s") % str(rule.name).lower(),
        lead=_(
            "A number of the level itself rings whoever holds it, in addition to the numbers of its people (E2 to E4)."
        ),
        form=lambda data: LevelForm(data, of=thing),
        save=save,
        noun="level",
        key=level,
    )
    return edited(request, number_of_level)


def rule_of(procedure: Procedure, level: int) -> LevelRule:
    """Raises Http404 for a level that the procedure does not have."""
    if rule := procedure.level(level):
        return rule
    raise Http404


# --- people -----------------------------------------------------------------------------------------------------------
# Everybody who signs in, and how each is reached: title, numbers, channels without their secrets, last proven when.
@looks
def people(request: HttpRequest) -> HttpResponse:
    at, may_manage = now(), may(member(request), Right.MANAGE_STAFF)
    found = list(staff_by_role() if may_manage else active_staff())
    held = levels_held(at)
    proofs = last_proven(where for one in found for where, _words in ways_of(one))
    lines = [line(one, sorted(held.get(one.pk, ())), proofs) for one in found]
    context = {
        "lines": sorted(
            lines,
            key=lambda one: (not one["staff"].is_active, not one["levels"], one["levels"], one["staff"].name),
        ),
        "may_manage": may_manage,
        "drill": address("who_answers"),
    }
    return settings_page(request, "people", context, tab="settings_people")


def ways_of(staff: Staff) -> list[tuple[str, str]]:
    """Each way to this person: as it is kept of it in the proofs, and as it is shown."""
    phones = [(number, spoken(number)) for number in (staff.mobile, staff.desk_phone) if number]
    mail = [(staff.email, staff.email)] if staff.email else []
    channels = dict.fromkeys(map(masked, urls_of(staff)))
    return [*phones, *mail, *((channel, channel) for channel in channels)]


def line(staff: Staff, levels: list[int], proofs: dict[str, Proof]) -> dict[str, Any]:
    return {
        "staff": staff,
        "levels": levels,
        "levels_words": ", ".join(_("level %d") % level for level in levels),
        "ways": [(words, proofs.get(where)) for where, words in ways_of(staff)],
        "is_mute": staff.is_active and not staff.has_a_way,
    }


urlpatterns = [
    path("niveles", levels, name="settings_levels"),
    path("niveles/<int:level>", number, name="settings_level"),
    path("personas", people, name="settings_people"),
]
