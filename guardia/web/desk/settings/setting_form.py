"""One setting and its form: shown, sent, refused at its field, saved; of two who edit it at once the second is told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.now import now
from guardia.customers.values import line
from guardia.people import setting_change
from guardia.people.lookup import staff_by_name
from guardia.people.staff import Role, Staff
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import Toast, say
from guardia.web.desk.settings.change_log import Change, in_words
from guardia.web.desk.settings.frame import number_in, settings_page
from guardia.web.shared.act import CONFLICT, INVALID, Doing, Refusal, attempt

REASON = 200
REASONED = {"reason": line(REASON)}
HOLDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""These are offered first: who usually holds a level."""


@dataclass(frozen=True)
class Setting:
    """One setting on a page of its own.

    ``form`` makes its form of what was sent, or of what holds where that is None. ``save`` takes the cleaned fields,
    says what was done and gives back where to go, if not ``back``; it may refuse, as a verb does.
    ``noun`` and ``key``: under which its changes are on record, if they are. ``template`` and what ``context`` gives
    it beside the form: for a page that shows more than the form.
    """

    tab: str
    form: Callable[[Any], Any]
    save: Callable[[dict[str, Any]], HttpResponse | None]
    title: str = ""
    lead: str = ""
    noun: str = ""
    key: Any = None
    hidden: Sequence[tuple[str, Any]] = ()
    template: str = "form"
    context: Callable[[Any], dict[str, Any]] = lambda _form: {}


def edited(request: HttpRequest, setting: Setting) -> HttpResponse:
    """The page of a setting; or, once sent, saved."""
    if request.method != "POST":
        return sheet(request, setting, setting.form(None), looked_at(setting.noun, setting.key))
    there, form = meanwhile(request, setting.noun, setting.key), setting.form(request.POST)
    if not there.changes:
        answer = attempt(lambda: setting.save(form.cleaned_data), form)
        if not isinstance(answer, Refusal):
            return answer or redirect(setting.tab)
    return sheet(request, setting, form, there, status=there.status if there.changes else INVALID)


def pressed[Thing](request: HttpRequest, home: str, on: Thing, run: Callable[[Doing[Thing]], Toast]) -> HttpResponse:
    """One press of a button: done and said, or why it is refused."""
    done = attempt(lambda: run(Doing(on, member(request), now())))
    told = Toast(done.sentence) if isinstance(done, Refusal) else done
    say(request, told.words, undo=told.undo)
    return redirect(home)


def switched(request: HttpRequest, thing: Any, switch: Callable[..., object], word: str, home: str) -> HttpResponse:
    """``apagar`` or ``encender``: whether what a source or an exchange says is taken."""
    is_active = word == "encender"
    switch(thing, is_active, by=member(request), at=now())
    words = _("%s is in use again.") if is_active else _("%s is switched off: its messages are no longer accepted.")
    say(request, words % thing.name)
    return redirect(home, thing.pk)


def sheet(
    request: HttpRequest, setting: Setting, form: DeskForm, there: "Meanwhile", *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "meanwhile": there,
        "title": setting.title,
        "lead": setting.lead,
        "back": reverse(setting.tab),
        "hidden": setting.hidden,
        **setting.context(form),
    }
    return settings_page(request, setting.template, context, tab=setting.tab, status=status)


@dataclass(frozen=True)
class Meanwhile:
    """``seen``: the last change that the page shows, for its form to bring back; ``changes``: those it did not show."""

    seen: int
    changes: tuple[Change, ...] = ()

    @property
    def status(self) -> int:
        return CONFLICT if self.changes else 200


def looked_at(noun: str, key: Any) -> Meanwhile:
    """A page that is opened now has seen everything. What is new, or of no recorded noun, has nothing to be seen."""
    if not noun or key is None:
        return Meanwhile(0)
    return Meanwhile(setting_change.last_change(noun, key))


def meanwhile(request: HttpRequest, noun: str, key: Any) -> Meanwhile:
    """What a sent form has not seen. From here to the end of the request nobody else changes this setting.

    A form that does not say what it has seen is not asked.
    """
    if not noun or key is None:
        return Meanwhile(0)
    setting_change.take_turn(noun, key)
    if "seen" not in request.POST:
        return looked_at(noun, key)
    seen = number_in(request.POST["seen"])
    unseen = setting_change.changes_after(noun, key, seen)
    return Meanwhile(unseen[-1].pk if unseen else seen, tuple(in_words(unseen)))


def why() -> forms.CharField:
    return words(gettext_lazy("Reason"), REASON, help_text=gettext_lazy("Stays on record with your name."))


def people_choices(also: Iterable[int] = ()) -> list[tuple[str, Any]]:
    """Who may hold a level: first supervisors and administrators, then everybody else at work; and ``also`` these."""
    kept = set(also)
    found = [one for one in staff_by_name() if one.pk in kept or (one.is_active and not one.is_machine)]
    first = [choice(one) for one in found if one.role in HOLDERS]
    others = [choice(one) for one in found if one.role not in HOLDERS]
    return [(_("Supervisors and administrators"), first), (_("Everybody else"), others)]


def choice(staff: Staff) -> tuple[str, str]:
    named = f"{staff.name} · {staff.position}" if staff.position else staff.name
    return str(staff.pk), named if staff.is_active else f"{named} ({_('not active')})"
