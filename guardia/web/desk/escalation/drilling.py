"""A supervisor tries whether the matrix answers: a drill by page, or a number dialled by hand."""

from datetime import datetime
from urllib.parse import quote

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from guardia.cases import drills
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.escalation.matrix import LevelNow, levels_now
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import asking, desk_page
from guardia.web.desk.escalation import who_answers
from guardia.web.desk.page import say
from guardia.web.shared.reach import addresses_of


class DrillForm(forms.Form):
    """One person of a level, or all who hold it now."""

    level = forms.IntegerField(min_value=1, max_value=9)
    staff = forms.IntegerField(required=False, max_value=2**62)


class TriedForm(forms.Form):
    address = forms.CharField(max_length=254)
    reached = forms.ChoiceField(choices=[("si", ""), ("no", "")])
    answered_by = forms.CharField(label=gettext_lazy("Who answered"), required=False, max_length=160)


@asking(Right.SEE_DESK, Right.SUPERVISE)
@desk_page
@require_POST
def start(request: DeskRequest) -> HttpResponse:
    supervises(request)
    form, at = DrillForm(request.POST), now()
    if not form.is_valid():
        return who_answers.shown(request, at, refused=_("Choose a level or a person of the list."), status=422)
    level, one = form.cleaned_data["level"], form.cleaned_data["staff"]
    holders = [person.staff for each in matrix(at) if each.number == level for person in each.persons]
    asked = [staff for staff in holders if one in (None, staff.pk)]
    alarm = drills.start(asked, level, by=request.user, at=at)
    if alarm is None:
        words = _("Nobody was paged: no person there has a mailbox or a channel, or a drill of theirs still runs.")
        return who_answers.shown(request, at, refused=words, status=409)
    count = alarm.notices.count()
    words = ngettext("Drill started: %(n)d person is paged.", "Drill started: %(n)d persons are paged.", count)
    say(request, words % {"n": count})
    return redirect("who_answers")


@asking(Right.SEE_DESK, Right.SUPERVISE)
@desk_page
@require_POST
def dialled(request: DeskRequest) -> HttpResponse:
    """A number of the matrix was dialled by hand, and somebody answered or nobody did."""
    supervises(request)
    form, at = TriedForm(request.POST), now()
    level, staff = owner_of(form.cleaned_data["address"], at) if form.is_valid() else (None, None)
    if level is None:
        return who_answers.shown(request, at, refused=_("This number is not in the matrix now."), status=422)
    fields = form.cleaned_data
    drills.dialled(
        fields["address"],
        reached=fields["reached"] == "si",
        answered_by=fields["answered_by"],
        by=request.user,
        at=at,
        level=level or None,
        staff=staff,
    )
    words = _("%(number)s: answered.") if fields["reached"] == "si" else _("%(number)s: nobody answered.")
    say(request, words % {"number": spoken(fields["address"])})
    return redirect(f"/quien-responde#{quote(fields['address'])}")


def supervises(request: DeskRequest) -> None:
    if not may(request.user, Right.SUPERVISE):
        raise PermissionDenied


def matrix(at: datetime) -> list[LevelNow]:
    """The levels as they stand at ``at`` (UTC); none where no procedure is in force."""
    version = versions.version_at(at)
    return levels_now(version.procedure.escalation.levels, at) if version else []


def owner_of(address: str, at: datetime) -> tuple[int | None, Staff | None]:
    """Whose this address is: its level (0: E5's) and person; no level where the matrix does not have it."""
    for level in matrix(at):
        if address in addresses_of(level):
            whose = (p.staff for p in level.persons if address in (p.staff.mobile, p.staff.desk_phone, p.staff.email))
            return level.number, next(whose, None)
    version = versions.version_at(at)
    return (0, None) if version and version.procedure.escalation.night.number == address else (None, None)
