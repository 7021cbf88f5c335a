"""P4 at the desk while the crew is out: its steps, what holds it up, what it leaves behind; also told by radio."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Condition, Moment
from guardia.web.desk.acts.act import Act, Doing, when
from guardia.web.desk.acts.field_forms import (
    BlockForm,
    DecisionForm,
    LeaveForm,
    ResumeForm,
    SignatureForm,
    StepForm,
    UsedForm,
)
from guardia.web.desk.acts.lists import written_parts
from guardia.web.desk.acts.offered import open_visit, visit_there

RADIO, DESK = "radio", "desk"


def said(doing: Doing, fields: dict) -> dict[str, Any]:
    """Who, when, and by which way the desk came to know."""
    return {**when(doing, fields), "source": RADIO if fields.get("radio") else DESK}


def step(doing: Doing, fields: dict) -> dict[str, Any]:
    return {**said(doing, fields), "place": fields.get("place", "")}


def depart(doing: Doing, fields: dict) -> Event | None:
    return doing.case.depart(**step(doing, fields))


def arrive(doing: Doing, fields: dict) -> Event | None:
    return doing.case.arrive(**step(doing, fields))


def clear_permit(doing: Doing, fields: dict) -> Event | None:
    return doing.case.clear_permit(**step(doing, fields))


def block(doing: Doing, fields: dict) -> Event | None:
    condition = Condition(fields["condition"])
    stop = {name: fields[name] for name in ("stops_clock", "asked_by", "proof") if name in fields}
    return doing.case.block(condition, fields["why"], fields["next_decision_at"], **stop, **said(doing, fields))


def decide_again(doing: Doing, fields: dict) -> Event | None:
    return doing.case.decide_again(fields["next_decision_at"], fields["why"], **said(doing, fields))


def resume(doing: Doing, fields: dict) -> Event | None:
    forecast = (fields.get("forecast_from"), fields.get("forecast_to"))
    return doing.case.resume_visit(*forecast, next_decision_at=fields["next_decision_at"], **said(doing, fields))


def use_parts(doing: Doing, fields: dict) -> Event | None:
    return doing.case.use_parts(fields["parts"], **said(doing, fields))


def sign(doing: Doing, fields: dict) -> Event | None:
    return doing.case.sign_visit(
        fields["name"], fields["position"], signature=fields["signature"], **said(doing, fields)
    )


def leave(doing: Doing, fields: dict) -> Event | None:
    return doing.case.leave_site(fields["finished"] == "done", fields["why"], **step(doing, fields))


def known_used(case: Case, staff: Staff) -> dict:
    """What is written down as used; before that, what the crew carried, since most of it is put in."""
    visit = visit_there(case)
    if visit is None:
        return {}
    carried = [{**part, "serial": ""} for part in visit.parts]
    return {"parts": written_parts(visit.parts_used or carried, "serial")}


def known_signature(case: Case, staff: Staff) -> dict:
    visit = visit_there(case)
    if visit is None:
        return {}
    return {"name": visit.signed_by, "position": visit.signed_position, "signature": visit.signature_id}


def known_leaving(case: Case, staff: Staff) -> dict:
    """Once the service is back the work is finished, as long as nobody says otherwise."""
    return {"finished": "unfinished" if open_visit(case) else "done"}


FIELD_ACTS = (
    Act("salida", _("The crew left"), StepForm, depart, tells=Moment.DEPARTED),
    Act("llegada", _("The crew arrived"), StepForm, arrive, tells=Moment.ARRIVED),
    Act(
        "permiso",
        _("Work permit cleared"),
        StepForm,
        clear_permit,
        asks=_("Permits, protective equipment, weather window. Its time is not counted in the hours of solution."),
        tells=Moment.PERMIT_CLEARED,
    ),
    Act(
        "bloqueo",
        _("The visit is blocked"),
        BlockForm,
        block,
        template="desk/acts/_block.html",
        tells=Moment.BLOCKED,
    ),
    Act("decidir", _("Decide again"), DecisionForm, decide_again, tells=Moment.DECISION_SET),
    Act("reanudar-visita", _("The visit goes on"), ResumeForm, resume, tells=Moment.VISIT_RESUMED),
    Act("repuestos", _("Parts used"), UsedForm, use_parts, known=known_used, tells=Moment.PARTS_USED),
    Act("firma", _("Customer's signature"), SignatureForm, sign, known=known_signature, tells=Moment.VISIT_SIGNED),
    Act(
        "salida-sede",
        pgettext_lazy("act", "The crew left the site"),
        LeaveForm,
        leave,
        known=known_leaving,
        tells=Moment.LEFT_SITE,
    ),
)
