"""P6 at the desk: flap, relapse, the green window complete."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.doors.desk.acts.act import Act, ActForm, Doing, hour, prose, when


class FlapForm(ActForm):
    what = prose(_("What was seen"))
    seconds = forms.IntegerField(label=_("How many seconds it lasted"), min_value=0, max_value=86_400, initial=0)
    at = hour(_("It dropped at (empty: now)"))


class RelapseForm(ActForm):
    what = prose(_("What fails again"))
    at = hour(_("Since what hour (empty: now)"))


class StableForm(ActForm):
    pass


def flap(doing: Doing, fields: dict) -> object:
    return doing.case.flap(fields["what"], timedelta(seconds=fields["seconds"]), **when(doing, fields))


def relapse(doing: Doing, fields: dict) -> object:
    return doing.case.relapse(fields["what"], **when(doing, fields))


def stabilise(doing: Doing, fields: dict) -> object:
    return doing.case.stabilise(**when(doing, fields))


STABILITY_ACTS = (
    Act("estable", _("The green window is complete"), StableForm, stabilise),
    Act("inestable", _("It dropped for a moment"), FlapForm, flap),
    Act("recaida", _("It fails again"), RelapseForm, relapse),
)
