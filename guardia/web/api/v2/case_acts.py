"""What is done to a case: every act that the desk offers is an operation, with the desk's own form and verb.

An act is added at the desk (``web/desk/acts``); here it only gets its name.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router, Schema
from pydantic import Field

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.api.v2 import company_cases
from guardia.web.api.v2.act_examples import EXAMPLES
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.case_answer import CaseAnswer, etag_of, written
from guardia.web.api.v2.cases import case_called, case_to_answer
from guardia.web.api.v2.form_schema import body_of, english, form_data, unasked
from guardia.web.api.v2.operations import either, must_match, operation, respond
from guardia.web.api.v2.problems import ProblemRaised, of_fields, of_refusal
from guardia.web.desk.acts import ACTS
from guardia.web.desk.acts.case_act import CaseAct
from guardia.web.shared.act import Doing, Refusal, attempt, nothing_known

router = Router()

NAMES = {
    "nota": "note",
    "respuesta": "tell",
    "escribir": "write",
    "asignar": "assign",
    "datos": "complete",
    "impacto": "set_impact",
    "grupo": "pass_to_group",
    "del-grupo": "take_back_from_group",
    "prueba": "add_test",
    "diagnostico": "diagnose",
    "normalizado": "recover",
    "envio": "decide_dispatch",
    "acuerdo": "agree_visit",
    "cambio-visita": "change_visit",
    "relevo-cuadrilla": "change_crew",
    "carta": "send_letter",
    "salida": "depart",
    "llegada": "arrive",
    "permiso": "clear_permit",
    "bloqueo": "block",
    "decidir": "decide_again",
    "reanudar-visita": "resume_visit",
    "repuestos": "use_parts",
    "firma": "sign",
    "salida-sede": "leave_site",
    "restablecido": "restore",
    "causa": "correct_cause",
    "plan": "change_plan",
    "intento": "try_to_confirm",
    "confirmacion": "confirm",
    "sin-confirmacion": "go_on_unconfirmed",
    "estable": "stabilise",
    "inestable": "report_drop",
    "reincidencia": "relapse",
    "estable-sin-pruebas": "stabilise_without_evidence",
    "cierre": "close",
    "cierre-sin-pruebas": "close_without_evidence",
    "anular": "cancel",
    "reabrir": "reopen",
    "reabierto-por-error": "close_as_mistaken",
    "espera": "hold",
    "reanudar": "resume",
    "promesa": "third_party_promise",
    "corregir-espera": "correct_wait",
    "tercero": "open_carrier_ticket",
    "tercero-dice": "update_carrier_ticket",
    "tercero-novedades": "ask_carrier",
    "objecion": "contest",
    "escalar": "escalate",
    "pasar": "pass_escalation",
    "terminar-escalamiento": "end_escalation",
    "llamada": "call_task_done",
    "voz": "tell_by_voice",
    "hora": "agree_hour",
    "sin-hora": "withdraw_hour",
    "contestar": "answer",
    "resolver": "solve",
    "transferir": "transfer",
    "vincular": "link",
    "duplicado": "close_as_duplicate",
    "desvincular": "unlink",
    "demora": "explain_delay",
}
"""What each act of the desk is called here, by its name there. The two by which a person answers for an escalation are
left out: a machine answers for nothing (ADR 76).
"""


class Done(Schema):
    """The case after an act, and the event that it wrote; no event where it was done before (§4.9: a repeat)."""

    case: CaseAnswer
    event_seq: int | None = Field(description="The number of the event in the case's history.")
    event_kind: str | None


def offer(act: CaseAct, name: str) -> None:
    """Make an operation of one act."""
    body: Any = body_of("".join(part.capitalize() for part in name.split("_")), act.form, known=knows(act))
    company, its_body = company_cases.ACTS.get(name, (None, None))
    if body is not None and its_body is not None:
        body = either(body, its_body)
    run = without_body(act) if body is None else with_body(act, body)
    operation(
        router,
        "POST",
        f"/cases/{{number}}/{name}",
        f"cases.{name}",
        right=Right.TAKE_REQUESTS if act.of_any_desk else Right.SEE_DESK,
        answer=Done,
        company=company,
        summary=english(act.title),
        description=english(act.asks),
        example=EXAMPLES.get(name),
    )(run)


def knows(act: CaseAct) -> bool:
    """Whether what is left out is taken from what is on record, as the desk's form shows it."""
    return act.known is not nothing_known


def with_body(act: CaseAct, body: Any) -> Any:
    def view(request: HttpRequest, number: str, body: Annotated[body, BodyOf(...)]) -> HttpResponse:
        return do(request, number, act, body.model_dump(exclude_none=True))

    return view


def without_body(act: CaseAct) -> Any:
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return do(request, number, act, {})

    return view


def do(request: HttpRequest, number: str, act: CaseAct, sent: dict[str, Any]) -> HttpResponse:
    """Do it, unless somebody has changed the case since ``If-Match``; the case as it stands then."""
    case, event = acted(caller_of(request), number, act, sent, lambda case: must_match(request, etag_of(case)))
    body = Done(
        case=written(case),
        event_seq=event.seq if event else None,
        event_kind=str(event.moment) if event else None,
    )
    return respond(body, etag=etag_of(case))


def acted(
    caller: Caller, number: str, act: CaseAct, sent: dict[str, Any], check: Callable[[Case], None]
) -> tuple[Case, Event | None]:
    """Lock the case, read the hour, ask the desk's form and verb; the case as it stands then, and what was written.

    ``check`` is given the locked case before anything is done. Raises ProblemRaised.
    """
    case = case_called(number, locked=True)
    if not act.is_for(caller.staff, case):
        raise ProblemRaised(
            403,
            _("The role of this key's account does not let it do this in this case."),
            _("Ask an administrator for an account with another role."),
        )
    check(case)
    at, before = now(), case.seq
    event = done_by(act, case, caller.staff, at, sent)
    case = case_to_answer(number)
    return case, event if event is not None and case.seq > before else None


def done_by(act: CaseAct, case: Case, staff: Staff, at: datetime, sent: dict[str, Any]) -> Event | None:
    """The act on the locked case at ``at`` (UTC), by its form and verb. Raises ProblemRaised."""
    on_record = act.known(case, staff) if knows(act) else {}
    form = act.form(form_data(sent, act.form, on_record), case=case, now=at)
    if unknown := unasked(sent, form):
        raise of_fields({name: [words] for name, words in unknown.items()})
    event = attempt(lambda: act.run(Doing(case, staff, at, form.cleaned_data)), form)
    if isinstance(event, Refusal):
        raise of_refusal(event) if form.is_valid() or not form.errors else refused_by(form, event)
    return event


def act_called(name: str) -> CaseAct:
    """The act of the desk by its name here."""
    return next(ACTS[slug] for slug, its_name in NAMES.items() if its_name == name)


def refused_by(form: Any, refusal: Refusal) -> ProblemRaised:
    """What the form found, by its fields; what the verb refused, by its own sentence."""
    return of_refusal(refusal) if refusal.raised else of_fields(form.errors)


for slug, its_name in NAMES.items():
    offer(ACTS[slug], its_name)
