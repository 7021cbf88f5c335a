"""P6 at the desk: flap, relapse, the green window complete."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import Event
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, prose, when


class FlapForm(ActForm):
    what = prose(_("What was seen"))
    seconds = forms.IntegerField(label=_("How many seconds it lasted"), min_value=0, max_value=86_400, initial=0)
    at = hour(_("It dropped at (empty: now)"))


class RelapseForm(ActForm):
    what = prose(_("What fails again"))
    at = hour(_("Since what hour (empty: now)"))


class StableForm(ActForm):
    pass


class UnprovenForm(ActForm):
    reason = prose(_("Why you go on without good tests"))


def flap(doing: Doing, fields: dict) -> Event | None:
    lasted = timedelta(seconds=fields["seconds"])
    at = fields["at"] or doing.now - lasted
    return doing.case.flap(fields["what"], lasted, by=doing.by, at=at, now=doing.now)


def relapse(doing: Doing, fields: dict) -> Event | None:
    return doing.case.relapse(fields["what"], **when(doing, fields))


def stabilise(doing: Doing, fields: dict) -> Event | None:
    return doing.case.stabilise(**when(doing, fields))


def stabilise_without_evidence(doing: Doing, fields: dict) -> Event | None:
    return doing.case.stabilise_without_evidence(fields["reason"], **when(doing, fields))


STABILITY_ACTS = (
    Act(
        "estable",
        _("Follow-up of the stability"),
        StableForm,
        stabilise,
        button=_("It is stable: go on to the closing"),
        template="desk/acts/_green_window.html",
        tells=Moment.STABILISED,
    ),
    Act(
        "inestable",
        _("It dropped for a moment"),
        FlapForm,
        flap,
        asks=_("The green window begins again when the service is back."),
        tells=Moment.FLAPPED,
    ),
    Act(
        "reincidencia",
        _("It fails again"),
        RelapseForm,
        relapse,
        asks=_("The case goes back to the diagnosis with its whole time, and the customer is told."),
        tells=Moment.RELAPSED,
    ),
    Act(
        "estable-sin-pruebas",
        _("Go on without good tests"),
        UnprovenForm,
        stabilise_without_evidence,
        supervisor_only=True,
        asks=_("The green window is complete but no good test proves it. The customer reads the reason and your name."),
        tells=Moment.STABILISED,
    ),
)
