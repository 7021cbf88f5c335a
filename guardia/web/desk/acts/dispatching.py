"""P4 at the desk before the crew is there: decide, agree, change, hand over, the letter for the guard at the gate."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.cases.case import Case
from guardia.cases.stages.field_work import Agreement
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, Doing, when
from guardia.web.desk.acts.dispatch_forms import AgreementForm, HandOverForm
from guardia.web.desk.acts.executing import HourForm
from guardia.web.desk.acts.lists import written_parts, written_people
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.shown.clock import desk_zone


def decide_dispatch(doing: Doing, fields: dict) -> Event | None:
    return doing.case.decide_dispatch(**when(doing, fields))


def agree(doing: Doing, fields: dict) -> Event | None:
    return doing.case.agree(agreement_of(fields), **when(doing, fields))


def change(doing: Doing, fields: dict) -> Event | None:
    return doing.case.change_dispatch(agreement_of(fields), **when(doing, fields))


def agreement_of(fields: dict) -> Agreement:
    facts = {name: fields[name] for name in Agreement.__dataclass_fields__ if name in fields}
    return Agreement(**facts | entering(fields))


def entering(fields: dict) -> dict[str, Any]:
    """What is left empty is the crew's own."""
    return {name: fields[name] or None for name in ("people", "plate", "tools")}


def hand_over(doing: Doing, fields: dict) -> Event | None:
    return doing.case.hand_over_visit(fields["crew"], fields["why"], **entering(fields), **when(doing, fields))


def send_letter(doing: Doing, fields: dict) -> Event | None:
    return doing.case.send_permit_letter(**when(doing, fields))


def known_of_the_visit(case: Case, staff: Staff) -> dict:
    contact = case.site_contact or (case.site.contact_on_site if case.site else "")
    access = case.access_hours or (case.site.access_hours if case.site else "")
    return {"operator": staff.name, "customer": case.reporter_name, "site_contact": contact, "access": access}


def known_of_the_agreement(case: Case, staff: Staff) -> dict:
    """What was agreed, to be changed."""
    visit = open_visit(case)
    if visit is None or visit.forecast_from is None or visit.forecast_to is None:
        return known_of_the_visit(case, staff)
    return {
        "crew": visit.crew_id,
        "specialty": visit.specialty,
        "operator": visit.agreed_by_operator,
        "customer": visit.agreed_by_customer,
        "site_contact": visit.site_contact,
        "access": visit.access,
        "forecast_from": exact(visit.forecast_from),
        "forecast_to": exact(visit.forecast_to),
        "next_decision_at": exact(visit.next_decision_at) if visit.next_decision_at else "",
        "parts": written_parts(visit.parts, "store"),
        "people": written_people(visit.people),
        "plate": visit.plate,
        "tools": visit.tools,
    }


def exact(at: datetime) -> str:
    return at.astimezone(desk_zone()).strftime("%d/%m/%Y %H:%M")


AGREEMENT = "desk/acts/_agreement.html"
DISPATCH_ACTS = (
    Act("envio", _("Decide to send a crew"), HourForm, decide_dispatch, tells=Moment.DISPATCH_DECIDED),
    Act(
        "acuerdo",
        _("Agree on the visit"),
        AgreementForm,
        agree,
        template=AGREEMENT,
        asks=_("Travel counts from the hour on which both sides agree."),
        known=known_of_the_visit,
        tells=Moment.DISPATCH_AGREED,
    ),
    Act(
        "cambio-visita",
        _("Change what was agreed"),
        AgreementForm,
        change,
        template=AGREEMENT,
        asks=_("The customer learns what is other now; travel counts from the first agreement."),
        known=known_of_the_agreement,
        tells=Moment.DISPATCH_CHANGED,
    ),
    Act(
        "relevo-cuadrilla",
        _("Hand over to another crew"),
        HandOverForm,
        hand_over,
        template="desk/acts/_crew_hand_over.html",
        asks=_("No promise moves by it."),
        tells=Moment.CREW_CHANGED,
    ),
    Act(
        "carta",
        pgettext_lazy("act", "Send the permit letter"),
        HourForm,
        send_letter,
        asks=_("The guard at the gate reads who enters, with which document, plate and tools."),
        tells=Moment.PERMIT_LETTER_SENT,
    ),
)
