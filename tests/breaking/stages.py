"""Two roads through the procedure, stop by stop; and every act of the desk with fields that are right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from guardia.carriers import ticket_verbs
from guardia.carriers.carrier import Carrier
from guardia.carriers.ticket_verbs import Opening
from guardia.cases import linking
from guardia.cases.case import Case
from guardia.cases.links import CaseLink
from guardia.cases.resolver_group import ResolverGroup
from guardia.cases.stages.administrative import Ask
from guardia.cases.stages.field_work import Agreement
from guardia.cases.voice import agree_on_hour
from guardia.cases.waiting import WaitReason
from guardia.config.now import now
from guardia.field.crew import Crew, CrewMember
from guardia.field.crews import save_crew, save_member
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Condition, WaitCause
from guardia.web.desk.clock import desk_zone
from tests.procedure.story import Story


def said(at: datetime) -> str:
    """An hour as it is written in a form, to the minute."""
    return at.astimezone(desk_zone()).strftime("%d/%m/%Y %H:%M")


def by_a_visit(story: Story) -> Iterator[str]:
    """From the call to the closing, with a crew, a relapse and a second round from afar; yields at every stop."""
    story.open_case()
    with_a_twin_and_a_link(story)
    story.test_shows("pérdida 40 %")
    story.test_shows("pérdida 60 %")
    yield from stops(story, "diagnosis", lambda: story.diagnosis("visit"))
    yield from stops(story, "to agree", lambda: with_a_group(story, agreed_with_names))
    yield from stops(story, "agreed", lambda: held_up(story))
    yield from stops(story, "held up", lambda: on_its_way(story))
    yield from stops(story, "on the way", lambda: story.case.arrive(by=story.by, at=story.now))
    yield from stops(story, "arrived", lambda: story.case.clear_permit(by=story.by, at=story.now))
    yield from stops(story, "permitted", lambda: restored(story))
    yield from stops(story, "verification", lambda: confirmed(story))
    yield from stops(story, "green", lambda: story.case.stabilise(by=story.by, at=story.now))
    yield from stops(story, "closure", lambda: story.case.relapse("otra vez", by=story.by, at=story.now))
    yield from stops(story, "relapsed", lambda: story.diagnosis("remote"))
    yield from stops(story, "remote", lambda: the_rest(story))
    yield from stops(story, "closed", lambda: opened_again(story))
    yield "open again"


def with_a_group(story: Story, goes_on) -> None:
    story.case.pass_to_group(a_group(), "medir", by=story.by, at=story.now)
    goes_on(story)


def with_a_twin_and_a_link(story: Story) -> None:
    """Another case of the same outage, and a third that is linked already."""
    number, call = story.number, story.call
    story.call = None
    story.case_is_registered("otra sede, lo mismo")
    linked = story.case_is_registered("otra vez")
    story.number, story.call = number, call
    linking.relate(story.case, linked, by=story.by, at=story.now)


def by_mistake(story: Story) -> Iterator[str]:
    """A case that waits, sends a crew too early, comes back by itself, and is cancelled."""
    story.open_case()
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "sin llave")
    story.case.wait(why, by=story.by, at=story.now)
    carrier = {"party": "Proveedor", "party_ticket": "8841", "party_promise_at": story.now + timedelta(hours=1)}
    why = WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", **carrier)
    story.case.wait(why, by=story.by, at=story.now)
    ticket_verbs.open_ticket(story.case, Opening(a_carrier(), "sin luz"), by=story.by, at=story.now)
    yield from stops(story, "waiting", story.visit_is_agreed)
    yield from stops(story, "sent early", lambda: story.case.recover("responde", by=story.by, at=story.now))
    yield from stops(story, "recovered", lambda: story.case.cancel("por error", by=story.by, at=story.now))
    yield "cancelled"


def by_the_customer(story: Story) -> Iterator[str]:
    """A case of a minute ago that its customer escalates: nobody holds a level, so E5's number must be dialled.

    Then its news reaches nobody, since every mailbox hangs on the service that is out: it must be told by voice.
    """
    story.minutes_pass(356)
    story.open_case()
    story.case.escalate("pide un jefe", source="customer", asked_by="Jefe", by=story.by, at=story.now)
    yield "escalated"
    story.case.customer.contacts.update(email_independent=False)
    story.test_shows("pérdida 40 %")
    story.test_shows("pérdida 60 %")
    story.diagnosis("visit")
    story.seconds_pass(1)
    story.case.agree(replace(story.agreement(), customer="Portería"), by=story.by, at=story.now)
    yield from stops(story, "unheard", lambda: an_hour_is_agreed(story))
    yield "agreed hour"


def an_hour_is_agreed(story: Story) -> None:
    """By the customer who rings: the call that is owed stays owed."""
    hour = story.now + timedelta(hours=4)
    agree_on_hour(story.case, hour, "Jefe", by=story.by, at=story.now)


def by_a_desk(story: Story) -> Iterator[str]:
    """A request of the billing desk, from its taking to its solution (A3)."""
    ask = Ask(customer=story.bank, desk="billing", text="La factura llegó dos veces", reporter=story.head)
    story.number = Case.take(ask, by=story.by, at=story.now).number
    yield from stops(story, "taken", lambda: story.case.answer_request("anulada", by=story.by, at=story.now))
    yield from stops(story, "answered", lambda: story.case.solve_request("nota de crédito", by=story.by, at=story.now))
    yield "solved"


def by_nobody(story: Story) -> Iterator[str]:
    """A case that nobody took up in time: why, is still to be said."""
    story.open_case()
    story.minutes_pass(25)
    story.the_sweep_runs()
    yield "late"


def agreed_with_names(story: Story) -> None:
    """Agreed with a crew whose people the guard at the gate can be told; another crew stands by."""
    crew = save_crew(Crew(), {"name": "Cuadrilla 1", "specialties": ["fibre"]})
    save_crew(Crew(), {"name": "Cuadrilla 2"})
    save_member(CrewMember(crew=crew), {"name": "Personal de campo 1", "document": "000000001-1"})
    hours = {"forecast_from": story.now + timedelta(hours=1.5), "forecast_to": story.now + timedelta(hours=3)}
    agreement = Agreement("Despacho", "Jefe", "Portería", "24 horas", **hours, crew=crew)
    story.case.agree(agreement, by=story.by, at=story.now)


def held_up(story: Story) -> None:
    again = story.now + timedelta(hours=8)
    story.case.block(Condition.WEATHER, "niebla", again, by=story.by, at=story.now)


def on_its_way(story: Story) -> None:
    soon = story.now + timedelta(hours=8)
    story.case.resume_visit(soon, soon, by=story.by, at=story.now)
    story.case.depart(by=story.by, at=story.now)


def stops(story: Story, name: str, goes_on) -> Iterator[str]:
    story.minutes_pass(2)
    yield name
    goes_on()


def restored(story: Story) -> None:
    """The service is back; three times nobody of the company answers."""
    story.service_is_restored()
    story.service_is_tested()
    for _ in range(3):
        story.minutes_pass(1)
        story.case.try_to_confirm("Mesa de ayuda", "no contesta", by=story.by, at=story.now)


def confirmed(story: Story) -> None:
    story.customer_confirms()
    story.window_is_green(40)


def opened_again(story: Story) -> None:
    """Just now, so that no promise of it is broken yet."""
    story.now = max(story.now, now())
    story.case.reopen("otra vez", by=story.by, at=story.now)


def the_rest(story: Story) -> None:
    story.service_is_restored("se cambió el equipo")
    confirmed(story)
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("equipo dañado", "se cambió", by=story.by, at=story.now)


def stop_at(story: Story, wanted: str) -> None:
    """Bring the story to this stop and no further."""
    road = by_mistake if wanted in {"waiting", "sent early", "recovered", "cancelled"} else by_a_visit
    for stop in road(story):
        if stop == wanted:
            return
    raise AssertionError(f"no road leads to {wanted!r}")


STOPS = {
    "diagnosis": {
        "vincular",
        "duplicado",
        "desvincular",
        "diagnostico",
        "normalizado",
        "nota",
        "respuesta",
        "escribir",
        "datos",
        "impacto",
        "asignar",
        "grupo",
        "prueba",
        "espera",
    },
    "to agree": {"acuerdo", "envio", "anular"},
    "agreed": {"del-grupo", "salida", "bloqueo", "carta", "cambio-visita", "relevo-cuadrilla"},
    "held up": {"decidir", "reanudar-visita"},
    "on the way": {"llegada"},
    "arrived": {"permiso"},
    "permitted": {"restablecido", "causa", "plan", "repuestos", "firma", "salida-sede"},
    "verification": {"confirmacion", "intento", "sin-confirmacion"},
    "green": {"estable", "inestable", "reincidencia"},
    "closure": {"cierre"},
    "closed": {"reabrir"},
    "open again": {"reabierto-por-error"},
    "unproven": {"estable-sin-pruebas"},
    "bad at the end": {"cierre-sin-pruebas"},
    "waiting": {
        *("reanudar", "promesa", "corregir-espera", "objecion"),
        *("tercero", "tercero-dice", "tercero-novedades"),
    },
    "escalated": {"escalar", "respondo", "mando", "pasar", "terminar-escalamiento", "llamada"},
    "unheard": {"voz", "hora"},
    "agreed hour": {"voz", "hora", "sin-hora"},
    "late": {"demora"},
    "taken": {"contestar", "transferir", "datos", "asignar", "nota", "respuesta", "anular"},
    "answered": {"resolver"},
}
"""Which acts are accepted at a stop, each act at one at least."""

FORECAST = {"operator": "Despacho", "customer": "Jefe", "site_contact": "Portería", "access": "24 horas"}
CONFIRMATION = {"confirmer_name": "Jefe", "position": "Sistemas", "phone": "07 555 0148", "plan_executed": "empalme"}
RIGHT: dict[str, dict[str, str]] = {
    "nota": {"text": "una nota"},
    "respuesta": {"text": "un avance"},
    "escribir": {"text": "otro avance", "audience": "public"},
    "impacto": {"impact": "intermittent"},
    "datos": {"impact": "degraded", "reporter_name": "Mesa de ayuda", "mains_power": "yes"},
    "prueba": {"name": "ping", "result": "pérdida 1 %", "verdict": "good"},
    "diagnostico": {"cause": "equipo apagado", "plan": "encenderlo", "plan_kind": "remote"},
    "normalizado": {"how": "responde al ping"},
    "envio": {},
    "acuerdo": FORECAST,
    "salida": {},
    "llegada": {},
    "permiso": {},
    "bloqueo": {"condition": "weather", "why": "lluvia"},
    "decidir": {"why": "sigue la niebla"},
    "reanudar-visita": {},
    "relevo-cuadrilla": {"why": "no puede pasar"},
    "carta": {},
    "repuestos": {"parts": "SFP 10G ×1 · AB-1"},
    "firma": {"name": "Jefe", "position": "Sistemas"},
    "salida-sede": {"finished": "unfinished", "why": "falta un repuesto"},
    "restablecido": {"solution": "se cambió el equipo"},
    "causa": {"cause": "fuente quemada"},
    "plan": {"plan": "cambiar la fuente", "plan_kind": "visit"},
    "intento": {"whom": "Jefe de Sistemas", "outcome": "no contesta"},
    "confirmacion": {**CONFIRMATION, "channel": "phone", "capacity": "employee"},
    "sin-confirmacion": {"reason": "nadie contesta"},
    "estable": {},
    "estable-sin-pruebas": {"reason": "la sonda no llega a la sede"},
    "inestable": {"what": "cayó un momento", "seconds": "20"},
    "reincidencia": {"what": "falla otra vez"},
    "reabrir": {"what": "falla otra vez"},
    "reabierto-por-error": {"reason": "era otra sede"},
    "cierre": {"fault": "fibra cortada", "solution": "empalme", "crew_stays": "on"},
    "cierre-sin-pruebas": {"fault": "fibra", "solution": "empalme", "reason": "la sonda no llega", "crew_stays": "on"},
    "anular": {"reason": "abierto por error"},
    "espera": {"cause": "customer", "asked_by": "Portería", "reason": "sin llave"},
    "escalar": {"level": "1", "source": "customer", "asked_by": "Jefe", "reason": "pide un supervisor"},
    "respondo": {},
    "mando": {},
    "pasar": {"reason": "en otra caída"},
    "terminar-escalamiento": {"reason": "lo retira el cliente"},
    "llamada": {"outcome": "answered", "answered_by": "Supervisor de noche"},
    "contestar": {"answer": "la segunda está anulada"},
    "resolver": {"answer": "nota de crédito enviada"},
    "sin-hora": {},
    "demora": {"late": "other", "late_words": "sin repuesto en bodega"},
    "transferir": {"to": "sales", "reason": "es de ventas"},
    "del-grupo": {"reason": "medido"},
}


def right_fields(story: Story, now: datetime) -> dict[str, dict[str, str]]:
    """For every act, fields that its form accepts at ``now``."""
    soon, later = said(now + timedelta(hours=2)), said(now + timedelta(hours=3))
    wait = story.case.waits.order_by("pk").first()
    call = story.case.call_tasks.filter(level__gt=0).order_by("pk").last()
    voice = story.case.call_tasks.filter(level=0).order_by("pk").last()
    spare = Crew.objects.filter(name="Cuadrilla 2").first()
    chased = story.case.waits.filter(cause=WaitCause.THIRD_PARTY).order_by("pk").last()
    twin, linked = twin_of(story)
    ticket = story.case.carrier_tickets.order_by("pk").first()
    of_ticket = {"ticket": str(ticket.pk) if ticket else ""}
    return {
        **RIGHT,
        "tercero": {"carrier": str(a_carrier().pk), "circuit": "TN-1", "symptoms": "sin luz", "clock": "runs"},
        "tercero-dice": {**of_ticket, "state": "inProgress", "number": "INC-1", "promise_at": soon},
        "tercero-novedades": of_ticket,
        "grupo": {"group": str(a_group().pk), "reason": "medir"},
        "vincular": {"number": twin},
        "duplicado": {"number": twin, "reason": "la misma caída"},
        "desvincular": {"link": linked},
        "asignar": {"to": str((story.colleague if story.case.desk == TECHNICAL else story.supervisor).pk)},
        "acuerdo": {**FORECAST, "forecast_from": soon, "forecast_to": later},
        "cambio-visita": {**FORECAST, "forecast_from": soon, "forecast_to": later, "parts": "ONT ×2 · Bodega"},
        "relevo-cuadrilla": {**RIGHT["relevo-cuadrilla"], "crew": str(spare.pk) if spare else ""},
        "decidir": {**RIGHT["decidir"], "next_decision_at": soon},
        "reanudar-visita": {"forecast_from": soon, "forecast_to": later},
        "bloqueo": {**RIGHT["bloqueo"], "next_decision_at": soon},
        "llamada": {**RIGHT["llamada"], "call": str(call.pk) if call else ""},
        "hora": {"hour": soon, "whom": "Jefe"},
        "voz": {"hour": later, "outcome": "answered", "whom": "Jefe", "call": str(voice.pk) if voice else ""},
        "reanudar": {"wait": str(wait.pk) if wait else ""},
        "promesa": {"wait": str(chased.pk) if chased else "", "promise_at": soon, "word": "en camino"},
        "corregir-espera": {"wait": str(wait.pk) if wait else "", "what": "never", "reason": "no fue así"},
        "objecion": {"waits": str(wait.pk) if wait else "", "who": "Jefe", "words": "no fue así"},
    }


def a_carrier() -> Carrier:
    at = {"folded_name": "transporte norte", "mailbox": "noc@carrier.example.com"}
    return Carrier.objects.get_or_create(name="Transporte Norte", defaults=at)[0]


def a_group() -> ResolverGroup:
    return ResolverGroup.objects.get_or_create(names={"es": "Transporte"}, target_minutes=30)[0]


def twin_of(story: Story) -> tuple[str, str]:
    """The number of another open incident of the same company, and the link to a second such one."""
    others = Case.objects.filter(customer=story.bank, closed_at=None, desk=TECHNICAL).exclude(number=story.number)
    twin = others.order_by("pk").first()
    link = CaseLink.objects.filter(customer=story.bank, ended_at=None).first()
    return str(twin.number) if twin else "", str(link.pk) if link else ""
