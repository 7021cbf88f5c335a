"""P5 at the desk: attempts, the customer's confirmation, a supervisor going on without it."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.verification import Capacity, Confirmer
from guardia.cases.verbs import Event
from guardia.customers.phones import spoken
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words


class AttemptForm(ActForm):
    whom = words(_("Whom you tried to reach"))
    outcome = words(_("What came of it"))
    at = hour()


class ConfirmationForm(ActForm):
    confirmer_name = words(_("Who confirms"))
    position = words(_("Position"))
    phone = words(_("Telephone"), limit=40)
    channel = one_of(
        _("Channel"), [("phone", _("telephone")), ("mail", _("e-mail")), ("site", _("at the site"))], initial="phone"
    )
    capacity = one_of(
        _("This person is"),
        [
            (Capacity.EMPLOYEE, _("of the customer's company")),
            (Capacity.GUARD, _("a guard of the building")),
            (Capacity.OUR_TECHNICIAN, _("our own technician")),
        ],
        initial=Capacity.EMPLOYEE,
    )
    plan_executed = prose(_("Plan that was executed"))
    at = hour(_("Confirmed at (empty: now)"))


class UnconfirmedForm(ActForm):
    reason = prose(_("Why you go on without the confirmation"))


def try_to_confirm(doing: Doing, fields: dict) -> Event | None:
    return doing.case.try_to_confirm(fields["whom"], fields["outcome"], **when(doing, fields))


def confirm(doing: Doing, fields: dict) -> Event | None:
    who = Confirmer(
        fields["confirmer_name"],
        fields["position"],
        fields["phone"],
        fields["channel"],
        Capacity(fields["capacity"]),
    )
    return doing.case.confirm(who, fields["plan_executed"], **when(doing, fields))


def go_on_unconfirmed(doing: Doing, fields: dict) -> Event | None:
    return doing.case.go_on_unconfirmed(fields["reason"], **when(doing, fields))


def known_of_the_confirmation(case: Case, staff: Staff) -> dict:
    position = case.reporter.position if case.reporter else ""
    return {
        "confirmer_name": case.reporter_name,
        "position": position,
        "phone": spoken(case.call_back_number) if case.call_back_number else "",
        "plan_executed": case.solution,
    }


def known_whom(case: Case, staff: Staff) -> dict:
    return {"whom": case.reporter_name}


VERIFICATION_ACTS = (
    Act("intento", _("Record an attempt"), AttemptForm, try_to_confirm, known=known_whom),
    Act(
        "confirmacion",
        _("The customer confirms"),
        ConfirmationForm,
        confirm,
        button=_("Record the confirmation and tell"),
        template="desk/acts/_confirmation.html",
        asks=_(
            "Anybody of the company, at once: never a guard, never our own technician. What neither a link, a code nor "
            "a call from a number on file proves is by word: the contacts may deny it by one tap."
        ),
        known=known_of_the_confirmation,
        tells=Moment.CONFIRMED,
    ),
    Act(
        "sin-confirmacion",
        _("Go on without confirmation"),
        UnconfirmedForm,
        go_on_unconfirmed,
        supervisor_only=True,
        template="desk/acts/_confirmation.html",
        asks=_("Marked as not confirmed by the customer."),
        tells=Moment.CONFIRMED,
    ),
)
