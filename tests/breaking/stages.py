"""A case brought to each stage, and every act of the desk with fields that are right."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import Condition, WaitCause
from tests.procedure.story import Story

ECUADOR = ZoneInfo("America/Guayaquil")


def said(at: datetime) -> str:
    """An hour as it is written in a form, to the minute."""
    return at.astimezone(ECUADOR).strftime("%d/%m/%Y %H:%M")


def diagnosis(story: Story) -> None:
    story.open_case()
    story.minutes_pass(2)


def waiting(story: Story) -> None:
    diagnosis(story)
    story.case.wait(WaitReason(WaitCause.CUSTOMER, "Portería", "sin llave"), by=story.by, at=story.now)
    story.minutes_pass(2)


def sent_early(story: Story) -> None:
    diagnosis(story)
    story.visit_is_agreed()


def remote(story: Story) -> None:
    diagnosis(story)
    story.diagnosis("remote")
    story.minutes_pass(5)


def to_agree(story: Story) -> None:
    diagnosis(story)
    story.diagnosis("visit")
    story.minutes_pass(5)


def agreed(story: Story) -> None:
    to_agree(story)
    story.visit_is_agreed()
    story.minutes_pass(5)


def blocked(story: Story) -> None:
    agreed(story)
    story.case.block(Condition.ROADS, "derrumbe", story.now + timedelta(hours=1), by=story.by, at=story.now)


def on_the_way(story: Story) -> None:
    agreed(story)
    story.case.depart(by=story.by, at=story.now)
    story.minutes_pass(5)


def arrived(story: Story) -> None:
    on_the_way(story)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(5)


def permitted(story: Story) -> None:
    arrived(story)
    story.case.clear_permit(by=story.by, at=story.now)
    story.minutes_pass(5)


def verification(story: Story) -> None:
    permitted(story)
    story.service_is_restored()
    story.minutes_pass(5)


def recovered(story: Story) -> None:
    diagnosis(story)
    story.case.recover("responde", by=story.by, at=story.now)
    story.minutes_pass(5)


def stability(story: Story) -> None:
    verification(story)
    story.customer_confirms()
    story.minutes_pass(10)


def green(story: Story) -> None:
    stability(story)
    story.window_is_green(40)


def closure(story: Story) -> None:
    green(story)
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(5)


def relapsed(story: Story) -> None:
    closure(story)
    story.case.relapse("otra vez", by=story.by, at=story.now)
    story.minutes_pass(5)


def closed(story: Story) -> None:
    closure(story)
    story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)


def cancelled(story: Story) -> None:
    waiting(story)
    story.case.cancel("abierto por error", by=story.by, at=story.now)


STAGES: dict[str, Callable[[Story], None]] = {
    stage.__name__: stage
    for stage in (
        diagnosis, waiting, sent_early, remote, to_agree, agreed, blocked, on_the_way, arrived, permitted,
        verification, recovered, stability, green, closure, relapsed, closed, cancelled,
    )
}  # fmt: skip


def right_fields(story: Story) -> dict[str, dict[str, str]]:
    """For every act, fields that its form accepts now."""
    soon = said(datetime.now(ECUADOR) + timedelta(hours=2))
    later = said(datetime.now(ECUADOR) + timedelta(hours=3))
    wait = story.case.waits.order_by("pk").first()
    return {
        "nota": {"text": "una nota"},
        "respuesta": {"text": "un avance"},
        "escribir": {"text": "otro avance", "audience": "public"},
        "asignar": {"to": str(story.colleague.pk)},
        "datos": {"impact": "degraded", "reporter_name": "Mesa de ayuda", "mains_power": "yes"},
        "prueba": {"name": "ping", "result": "pérdida 0 %", "verdict": "good"},
        "diagnostico": {"cause": "equipo apagado", "plan": "encenderlo", "plan_kind": "remote"},
        "normalizado": {"how": "responde al ping"},
        "envio": {},
        "acuerdo": {
            "operator": "Despacho",
            "customer": "Jefe de Sistemas",
            "site_contact": "Portería",
            "access": "24 horas",
            "forecast_from": soon,
            "forecast_to": later,
        },
        "salida": {},
        "llegada": {},
        "permiso": {},
        "bloqueo": {"condition": "weather", "why": "lluvia", "next_decision_at": soon},
        "restablecido": {"solution": "se cambió el equipo"},
        "causa": {"cause": "fuente quemada"},
        "plan": {"plan": "cambiar la fuente", "plan_kind": "visit"},
        "intento": {"whom": "Jefe de Sistemas", "outcome": "no contesta"},
        "confirmacion": {
            "confirmer_name": "Jefe de Sistemas",
            "position": "Sistemas",
            "phone": "07 555 0148",
            "channel": "phone",
            "capacity": "employee",
            "plan_executed": "se empalmó la fibra",
        },
        "sin-confirmacion": {"reason": "nadie contesta"},
        "estable": {},
        "inestable": {"what": "cayó un momento", "seconds": "20"},
        "reincidencia": {"what": "falla otra vez"},
        "cierre": {"fault": "fibra cortada", "solution": "empalme"},
        "anular": {"reason": "abierto por error"},
        "espera": {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"},
        "reanudar": {"wait": str(wait.pk) if wait else ""},
    }
