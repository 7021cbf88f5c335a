"""P5 at the desk: attempts, the customer's confirmation, a supervisor going on without it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.stages.verification import Capacity, Confirmer
from guardia.doors.desk.acts.act import Act, ActForm, Doing, hour, prose, when, words


class AttemptForm(ActForm):
    whom = words(_("Whom you tried to reach"))
    outcome = words(_("What came of it"))
    at = hour()


class ConfirmationForm(ActForm):
    confirmer_name = words(_("Who confirms"))
    position = words(_("Position"))
    phone = words(_("Telephone"), limit=40)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("phone", _("telephone")), ("mail", _("e-mail")), ("site", _("at the site"))]
    )
    capacity = forms.ChoiceField(
        label=_("This person is"),
        choices=[
            (Capacity.EMPLOYEE, _("of the customer's company")),
            (Capacity.GUARD, _("a guard of the building")),
            (Capacity.OUR_TECHNICIAN, _("our own technician")),
        ],
    )
    plan_executed = prose(_("Plan that was executed"))
    at = hour(_("Confirmed at (empty: now)"))


class UnconfirmedForm(ActForm):
    reason = prose(_("Why you go on without the confirmation"))


def try_to_confirm(doing: Doing, fields: dict) -> object:
    return doing.case.try_to_confirm(fields["whom"], fields["outcome"], **when(doing, fields))


def confirm(doing: Doing, fields: dict) -> object:
    who = Confirmer(
        fields["confirmer_name"],
        fields["position"],
        fields["phone"],
        fields["channel"],
        Capacity(fields["capacity"]),
    )
    return doing.case.confirm(who, fields["plan_executed"], **when(doing, fields))


def go_on_unconfirmed(doing: Doing, fields: dict) -> object:
    return doing.case.go_on_unconfirmed(fields["reason"], **when(doing, fields))


VERIFICATION_ACTS = (
    Act("intento", _("Record an attempt"), AttemptForm, try_to_confirm),
    Act("confirmacion", _("The customer confirms"), ConfirmationForm, confirm),
    Act("sin-confirmacion", _("Go on without confirmation"), UnconfirmedForm, go_on_unconfirmed, supervisor_only=True),
)
