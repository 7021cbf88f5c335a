"""Which acts a case's page offers: the one its stage asks for, those beside it, and those of any time.

This only chooses what is put before the engineer. Whether it may be done, the verb says.
"""

from guardia.carriers.carrier import carriers_offered
from guardia.cases import case_proofs
from guardia.cases.case import Case
from guardia.cases.case_rows import has_running_clock, unruled_waits_of
from guardia.cases.desk_hours import kind_of
from guardia.cases.resolver_group import active_groups
from guardia.cases.stages.reopening import is_reopened_by_us, may_be_reopened
from guardia.cases.voice import STAGES, agreed_for
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import CaseKind, RequestStage, Stage, WaitCause
from guardia.reports.lateness import is_late
from guardia.web.desk.acts.case_act import CaseAct
from guardia.web.desk.page import EVERY_DESK

BY_STAGE: dict[str, tuple[str, ...]] = {
    Stage.DIAGNOSIS: ("diagnostico", "normalizado", "prueba", "envio"),
    Stage.EXECUTION: ("restablecido", "prueba", "causa", "plan"),
    Stage.VERIFICATION: ("confirmacion", "intento", "sin-confirmacion", "prueba", "reincidencia", "causa"),
    Stage.STABILITY: ("estable", "prueba", "inestable", "reincidencia", "causa", "estable-sin-pruebas"),
    Stage.CLOSURE: ("cierre", "reincidencia", "prueba", "causa", "cierre-sin-pruebas"),
}
BY_STAGE |= {
    RequestStage.TAKEN: ("contestar", "resolver"),
    RequestStage.ANSWERED: ("resolver", "contestar"),
}
OF_A_REQUEST = ("datos", "asignar", "transferir", "vincular", "duplicado", "anular")
IN_THE_FIELD = ("acuerdo", "salida", "llegada", "permiso", "decidir")
WITHOUT_EVIDENCE = frozenset({"estable-sin-pruebas", "cierre-sin-pruebas"})
ANY_TIME = ("datos", "asignar", "escalar", "transferir", "vincular", "duplicado", "anular")


def all_acts() -> dict[str, CaseAct]:
    from guardia.web.desk.acts import ACTS

    return ACTS


def next_act(case: Case) -> CaseAct | None:
    """The act the stage asks for now; None once the case is closed."""
    if not case.is_open:
        return None
    visit = open_visit(case)
    if case.stage == Stage.EXECUTION and case.plan_kind == "visit":
        return all_acts()[step_of(visit)]
    return all_acts()[BY_STAGE[case.stage][0]] if case.stage in BY_STAGE else None


def open_visit(case: Case) -> Visit | None:
    """The visit that is not over yet, read beforehand with the case."""
    visits: list[Visit] = getattr(case, "open_visits", [])
    return visits[0] if visits else None


def visit_there(case: Case) -> Visit | None:
    """The visit whose crew is at the site, also once the service is back; read beforehand with the case."""
    there: list[Visit] = getattr(case, "visits_there", [])
    return there[0] if there else None


def step_of(visit: Visit | None) -> str:
    """The next step of a visit, in the order of P4; what holds it up is decided before all."""
    if visit is None or not visit.agreed_at:
        return "acuerdo"
    if visit.blocked_at:
        return "decidir"
    if not visit.arrived_at:
        return "llegada" if visit.departed_at else "salida"
    return "restablecido" if visit.permit_cleared_at else "permiso"


def beside(case: Case) -> list[CaseAct]:
    """The other acts of this stage, the most likely first."""
    if not case.is_open:
        return []
    acts, asked = all_acts(), next_act(case)
    names = [name for name in BY_STAGE.get(case.stage, ()) if name != "restablecido" or may_be_restored(case)]
    if holds_a_clock(case):
        names.insert(1, "reanudar")
    if chases_somebody(case):
        names.insert(1, "promesa")
    names.insert(2, "espera")
    if case.stage == Stage.EXECUTION or (case.stage == Stage.DIAGNOSIS and open_visit(case)):
        place = 0 if case.stage == Stage.EXECUTION and case.plan_kind == "visit" else 1
        names[place:place] = [name for name in field_steps(case) if name not in names]
    elif visit_there(case):
        names += at_the_site(case)
    if is_reopened_by_us(case):
        names.append("reabierto-por-error")
    offered = [name for name in dict.fromkeys(names) if name not in WITHOUT_EVIDENCE or lacks_evidence(case)]
    return [acts[name] for name in offered if asked is None or acts[name] is not asked]


def lacks_evidence(case: Case) -> bool:
    """Whether a supervisor might go on without good tests: where these are good, nothing such is offered (P6)."""
    if case.stage == Stage.CLOSURE:
        return bool(case_proofs.since_stable(case).bad)
    return not case_proofs.of_the_window(case).is_green


def may_be_restored(case: Case) -> bool:
    """By a visit only once its crew is there (P4.4)."""
    visit = open_visit(case)
    return case.plan_kind != "visit" or (visit is not None and visit.arrived_at is not None)


def holds_a_clock(case: Case) -> bool:
    """Whether a wait that stands still stops a clock, or will when the desk opens (A3): once the clock has ended there
    is nothing to let go on.
    """
    kinds = {kind for wait in getattr(case, "open_waits", []) for kind in wait.clocks}
    to_come = case.opens_at is not None
    return bool(kinds) and (to_come or has_running_clock(case, kinds))


def chases_somebody(case: Case) -> bool:
    """Whether a third party is waited for, which promises something and is chased (W1)."""
    return any(wait.cause == WaitCause.THIRD_PARTY for wait in getattr(case, "open_waits", []))


def field_steps(case: Case) -> list[str]:
    """The visit's next step, its obstacle and what else may be done with it; what does not follow is not offered."""
    visit = open_visit(case)
    if case.plan_kind == "remote" and visit is None:
        return []
    step = step_of(visit)
    steps = [step] if step in IN_THE_FIELD else []
    if visit is None:
        return steps
    if step == "salida":
        steps.append("llegada")
    if step == "permiso":
        steps.append("restablecido")
    return [*steps, *held_up(visit), *arranged(visit), *at_the_site(case)]


def held_up(visit: Visit) -> list[str]:
    if visit.blocked_at:
        return ["reanudar-visita", "bloqueo"]
    decides = visit.agreed_at and visit.next_decision_at and not visit.arrived_at
    return ["decidir", "bloqueo"] if decides else ["bloqueo"]


def arranged(visit: Visit) -> list[str]:
    """What may be done about the agreement: the letter, while the guard has none that is true."""
    if not visit.agreed_at:
        return []
    letter = [] if visit.permit_letter_at else ["carta"]
    return [*letter, *([] if visit.arrived_at else ["cambio-visita"]), "relevo-cuadrilla"]


def at_the_site(case: Case) -> list[str]:
    """What a crew that is there leaves behind, and its leaving."""
    return ["repuestos", "firma", "salida-sede"] if visit_there(case) else []


def any_time(case: Case) -> list[CaseAct]:
    """What may be done in any stage; of a closed case, an objection to one of its stops (P7 D)."""
    always = OF_A_REQUEST if kind_of(case.desk) == CaseKind.REQUEST else ANY_TIME
    late = ["demora"] if is_late(case) else []
    names = (
        (
            *always[:-1],
            *about_groups(case),
            *about_carriers(case),
            *about_the_hour(case),
            *about_waits(case),
            *late,
            always[-1],
        )
        if case.is_open
        else (*again(case), *about_carriers(case), *about_waits(case), *late, "vincular")
    )
    return [all_acts()[name] for name in names]


def again(case: Case) -> list[str]:
    """What was closed may be opened again where its kind allows it; by whom and until when, the verb says."""
    return ["reabrir"] if may_be_reopened(case) else []


def about_groups(case: Case) -> list[str]:
    """Where the operator has resolver groups, to which the case can be passed, and back from the one that has it."""
    held, has_groups = bool(getattr(case, "open_holds", [])), EVERY_DESK.of("has groups", active_groups().exists)
    return [*(["grupo"] if has_groups else []), *(["del-grupo"] if held else [])]


def about_carriers(case: Case) -> list[str]:
    """A ticket at a third party, where the operator has one; and what is done about those there are (W1)."""
    if kind_of(case.desk) == CaseKind.REQUEST:
        return []
    there = list(getattr(case, "tickets_there", []))
    if not case.is_open:
        return ["tercero-dice"] if there else []
    opens = ["tercero"] if EVERY_DESK.of("has carriers", carriers_offered().exists) else []
    return [*opens, *(["tercero-dice", "tercero-novedades"] if there else [])]


def about_the_hour(case: Case) -> list[str]:
    """Until the company has confirmed, the hour at which it asks to be rung (P D)."""
    if case.stage not in STAGES:
        return []
    return ["hora", "sin-hora"] if agreed_for(case) else ["hora"]


def about_waits(case: Case) -> list[str]:
    """What may be done about the waits on record, where there are some."""
    read = case.contents
    has_any = any(not one.ruled_at for one in read.waits) if read else unruled_waits_of(case).exists()
    if case.status == "cancelled" or not has_any:
        return []
    return ["corregir-espera", "objecion"] if case.is_open else ["objecion"]
