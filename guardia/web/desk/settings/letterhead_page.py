"""The letterhead of all letters: the one in force, the next one, its versions and the way back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import letterhead
from guardia.people.signed import LARGEST_ID
from guardia.procedure import version as versions
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes, looks, shown
from guardia.web.desk.settings.letterhead_forms import LetterheadForm
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile

INVALID = 422
MOST_LISTED = 50


@looks
def page(request: HttpRequest) -> HttpResponse:
    """The form, filled from the version in force; or, once sent, the next version."""
    if request.method != "POST":
        return sheet(request, form_of(request), looked_at(letterhead.NOUN, letterhead.KEY))
    there = meanwhile(request, letterhead.NOUN, letterhead.KEY)
    form = form_of(request)
    if form.is_valid() and not there.changes:
        why, at = form.cleaned_data["reason"], now()
        if taken(form, lambda _fields: letterhead.save(form.said, by=member(request), at=at, reason=why)):
            say(request, _("Saved: the letterhead holds for every letter from now on."))
            return redirect("settings_letterhead")
    return sheet(request, form, there, status=there.status if there.changes else INVALID)


@changes
@require_POST
def back(request: HttpRequest, version: int) -> HttpResponse:
    """An earlier version holds again, as a newer one; 0: the plain letter."""
    try:
        made = letterhead.back_to(min(version, LARGEST_ID), by=member(request), at=now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
    else:
        words = (
            _("Version %(made)d holds from now on: it repeats version %(old)d.")
            if version
            else _("Letters are plain again.")
        )
        say(request, words % {"made": made.version, "old": version} if version else words)
    return redirect("settings_letterhead")


def form_of(request: HttpRequest) -> LetterheadForm:
    """Filled from what holds; sent back as it was typed."""
    kept = letterhead.fields_of(letterhead.newest())
    if request.method != "POST":
        return LetterheadForm(kept=kept)
    return LetterheadForm(request.POST, request.FILES, kept=kept)


def sheet(request: HttpRequest, form: LetterheadForm, there: Meanwhile, *, status: int = 200) -> HttpResponse:
    listed = letterhead.versions()
    context: dict[str, Any] = {
        "form": form,
        "meanwhile": there,
        "logo": letterhead.logo_said(form.kept["logo"]),
        "versions": [(one, is_plain(one)) for one in listed[:MOST_LISTED]],
        "current": listed[0].version if listed else 0,
        "is_plain": not any(form.kept.values()),
        "has_procedure": versions.version_at(now()) is not None,
    }
    return shown(request, "letterhead", context, tab="settings_letterhead", status=status)


def is_plain(kept: letterhead.Letterhead) -> bool:
    return not any((kept.sender, kept.heading, kept.footer, kept.colour, kept.logo_type))
