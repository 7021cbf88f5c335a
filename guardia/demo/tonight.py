"""The desk as it stands when the demo opens: open cases with a promise about to break, and clocks that stand still."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from guardia.cases.waiting import WaitReason
from guardia.demo.companies import Circuit
from guardia.demo.history import PHRASES, Span
from guardia.demo.staffing import Team
from guardia.demo.story import Story
from guardia.evidence.test_result import Verdict
from guardia.field.crew import Specialty
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Condition, Impact, WaitCause

# --- tonight ----------------------------------------------------------------------------------------------------------
# The desk as it stands when the demo opens: who tells a case of the last hours, in minutes before now.
NEWS_EVERY = 20  # minutes; the promise is thirty
Tests = list[tuple[str, str]]  # which test, what it measured


@dataclass
class OpenStory(Story):
    """A story whose hours are named by how long ago they were."""

    present: datetime | None = None

    def ago(self, minutes: float) -> None:
        """The hour that was so many minutes before the demo opens."""
        self.until((self.present or self.now) - timedelta(minutes=minutes))

    def minutes_ago(self, hour: datetime | None) -> float:
        return ((self.present or self.now) - (hour or self.now)).total_seconds() / 60

    def goes_to_execution(self, kind: str, minutes_ago: float, tests: Tests, words: tuple[str, str]) -> None:
        """P3 with these tests, a minute apart, then cause and plan (``words``); ``kind`` is remote or visit."""
        for back, (name, result) in zip(range(len(tests), 0, -1), tests, strict=True):
            self.ago(minutes_ago + back)
            self.tests(name, result)
        self.ago(minutes_ago)
        self.diagnoses(*words, kind)

    def is_sent(
        self,
        crew: int,
        agreed: float,
        departed: float = 0,
        arrived: float = 0,
        forecast: Span = (90, 180),
        letter: bool = True,
        **more: Any,
    ) -> None:
        """A crew goes there, by minutes ago (0: not yet), forecast to arrive so many minutes after the agreement."""
        self.ago(agreed)
        self.agrees(crew, *forecast, **more)
        if letter:
            self.ago(agreed - 2)
            self.sends_the_letter()
        if departed:
            self.ago(departed)
            self.departs()
        if arrived:
            self.hears("travelling", until=arrived + 12, words="La cuadrilla está por llegar.")
            self.ago(arrived)
            self.arrives()

    def hears(self, kind: str, until: float, words: str) -> None:
        """The customer hears a phrase of this kind every 20 minutes, and these words ``until`` minutes ago."""
        phrases = cycle(PHRASES[kind])
        while (since := self.minutes_ago(self.told_at)) - NEWS_EVERY > until + 9:
            self.ago(since - NEWS_EVERY)
            self.tells(next(phrases))
        self.ago(until)
        self.tells(words)


@dataclass(frozen=True)
class Tonight:
    """What the open cases share: the operator and the hour at which the demo opens (UTC)."""

    team: Team
    version: ProcedureVersion
    circuits: dict[str, Circuit]
    present: datetime

    def story(self, circuit: str, engineer: int, minutes_ago: float) -> OpenStory:
        """A story that begins so many minutes ago; ``engineer`` counts from 1."""
        begun = self.present - timedelta(minutes=minutes_ago)
        who = self.team.engineers[engineer - 1]
        return OpenStory(self.team, self.version, self.circuits[circuit], who, begun, present=self.present)

    def called(
        self,
        circuit: str,
        engineer: int,
        minutes_ago: float,
        symptoms: str,
        impact: Impact = Impact.DOWN,
        **details: str,
    ) -> OpenStory:
        """A case that came by telephone: answered after 22 s, registered so many minutes ago."""
        story = self.story(circuit, engineer, minutes_ago + 3.5)
        story.rings()
        story.ago(minutes_ago + 3.1)
        story.is_answered()
        story.ago(minutes_ago)
        story.registers(symptoms, impact, since=story.now - timedelta(minutes=9), **details)
        return story


# --- open cases -------------------------------------------------------------------------------------------------------
# Open cases with a promise about to break, so that the bench is alive for the half hour after the demo opened.
NO_LIGHT = [("Potencia óptica", "−40 dBm, sin señal"), ("OTDR desde el nodo", "fin de fibra a 2,3 km")]


def field_solution_ends(tonight: Tonight) -> None:
    story = tonight.called("ENL-0333", 3, 474, "Muy lento desde que sopló viento fuerte.", Impact.DEGRADED)
    tests = [("Nivel de recepción", "−77 dBm"), ("Ping a la sede", "pérdida 21 %")]
    story.goes_to_execution("visit", 457, tests, ("Radio desalineado", "Enviar una cuadrilla de altura"))
    story.is_sent(crew=5, agreed=449, departed=440, arrived=243, specialty=Specialty.TOWER)
    story.ago(219)
    story.clears_permit()
    story.hears("in_the_field", until=2, words="Se alinea el radio desde la torre; el nivel mejora poco a poco.")


def next_news_is_owed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0409", 1, 212, "Sin servicio en el patio de contenedores.", access_hours="24 h, casco")
    story.goes_to_execution("visit", 197, NO_LIGHT, ("Corte de fibra junto al muelle", "Empalme en el pozo 14"))
    parts = [{"name": "Empalme de 6 hilos", "quantity": 2, "store": "Bodega Manta"}]
    story.is_sent(crew=2, agreed=186, departed=178, arrived=96, specialty=Specialty.FIBRE, parts=parts)
    story.ago(76)
    story.clears_permit()
    story.hears("in_the_field", until=20.8, words="Empalme de fibra en curso: dos de seis hilos listos.")


def travel_ends(tonight: Tonight) -> None:
    story = tonight.called("ENL-0096", 2, 191, "El local no tiene sistema; el equipo está apagado.")
    tests = [("Gestión del equipo", "no responde"), ("Puerto en el nodo", "abajo, sin errores previos")]
    story.goes_to_execution("visit", 175, tests, ("Equipo sin energía: fuente dañada", "Llevar una fuente de repuesto"))
    parts = [{"name": "Fuente de 48 V", "quantity": 1, "store": "Bodega Guayaquil"}]
    story.is_sent(crew=3, agreed=163.5, departed=150, specialty=Specialty.POWER, parts=parts)
    story.hears("travelling", until=5, words="La cuadrilla sigue en camino; hay tráfico en la avenida.")


def stability_is_followed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0275", 1, 226, "Sin internet en el campus.")
    tests = [("Puerto en el nodo", "abajo"), ("Ping al campus", "pérdida 100 %")]
    story.goes_to_execution("remote", 211, tests, ("Puerto bloqueado en el nodo", "Reiniciar la tarjeta del nodo"))
    story.ago(187)
    story.tells("Se reinicia la tarjeta; hay un corte breve.")
    story.ago(180)
    story.restores("Se reinició la tarjeta del nodo")
    story.ago(172)
    story.confirms("Reinicio de la tarjeta del nodo")
    story.ago(22.5)
    story.flaps("El puerto cayó y volvió solo", 30)
    story.ago(7)
    story.tests("Pérdida", "0 % en 200 paquetes", Verdict.GOOD)


def closing_is_owed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0151", 3, 139, "Llamadas con cortes entre oficinas.", Impact.INTERMITTENT)
    tests = [("Registro del puerto", "7 caídas en 60 min"), ("Ping continuo", "pérdida 11 %")]
    story.goes_to_execution("remote", 122, tests, ("Módulo óptico inestable", "Pasar el servicio a otro puerto"))
    story.ago(100)
    story.restores("Se migró el servicio a un puerto con módulo nuevo")
    story.ago(94)
    story.confirms("Cambio de puerto y módulo")
    story.ago(14)
    story.tests("Ping continuo", "pérdida 0 % en 600 paquetes", Verdict.GOOD)
    story.ago(9)
    story.stabilises()


def decision_is_owed(tonight: Tonight) -> None:
    story = tonight.called("SAT-0012", 4, 134, "El módem satelital no levanta desde la tormenta eléctrica.")
    tests = [("Transmisor", "sin potencia de salida"), ("Ping por el satélite", "pérdida 100 %")]
    words = ("Transmisor dañado por una descarga", "Enviar un técnico con el repuesto en avioneta")
    story.goes_to_execution("visit", 118, tests, words)
    story.is_sent(crew=4, agreed=106, forecast=(600, 1500), letter=False, specialty=Specialty.EQUIPMENT)
    story.ago(92)
    story.is_blocked(Condition.FLIGHTS, "Sin cupo en el primer vuelo", decided_in=52)
    story.ago(66)
    story.tells("Se busca cupo en el vuelo de carga.")
    story.ago(41)
    story.is_blocked(Condition.WEATHER, "Pista cerrada por neblina; el vuelo está sujeto al clima", decided_in=60)
    story.hears("waiting", until=7, words="Seguimos el parte de la pista; la hora de la decisión se mantiene.")


def permit_is_owed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0228", 4, 171, "Sin servicio desde la lluvia.", mains_power="yes")
    tests = [("Nivel de recepción", "sin señal"), ("Gestión de la torre", "responde")]
    story.goes_to_execution("visit", 155, tests, ("Antena caída en la torre de la finca", "Enviar cuadrilla de altura"))
    story.is_sent(crew=5, agreed=143, departed=131, arrived=18.9, specialty=Specialty.TOWER)
    story.ago(12)  # no notice reaches this company while its link is down: it has been told by voice, and asks for more
    story.record_callback_wish(soon_on_the_clock(tonight.present))
    story.ago(2)
    story.tells("La cuadrilla está en la sede: revisa la torre y el arnés antes de subir.")


def soon_on_the_clock(present: datetime) -> datetime:
    """An hour as people say it, five to ten minutes ahead: the call stands before the desk as the demo opens."""
    ahead = present.replace(second=0, microsecond=0) + timedelta(minutes=10)
    return ahead - timedelta(minutes=ahead.minute % 5)


def remote_solution_runs(tonight: Tonight) -> None:
    story = tonight.called("ENL-0150", 3, 116, "No entran a los servicios en la nube.", Impact.DEGRADED)
    tests = [("Pérdida hacia la nube", "8 % en 500 paquetes"), ("Trazado", "se detiene en el cuarto salto")]
    words = ("Ruta internacional degradada", "Cambiar la ruta al segundo proveedor")
    story.goes_to_execution("remote", 100, tests, words)
    story.hears("remotely", until=8, words="El cambio de ruta está pedido; se aplica en la ventana acordada.")


def confirmation_is_owed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0311", 1, 61, "Sin servicio en la planta empacadora.")
    tests = [("Puerto en el nodo", "arriba, sin tráfico"), ("Ping a la planta", "pérdida 100 %")]
    story.goes_to_execution("remote", 44, tests, ("Equipo de la sede bloqueado", "Reiniciar y restaurar por gestión"))
    story.ago(24)
    story.tells("El equipo se reinicia; comprobamos la configuración.")
    story.ago(8.05)
    story.restores("Se reinició el equipo y se restauró su configuración")
    story.ago(5.2)
    story.tries("No contesta; se deja mensaje")
    story.ago(2.4)
    story.tries("No contesta; se intenta por la garita")


def diagnosis_is_overdue(tonight: Tonight) -> None:
    symptoms = "Sin servicio en el enlace principal\nLa agencia no abre sus cajas; la luz de fibra está apagada."
    story = tonight.called("ENL-0042", 2, 22.2, symptoms)
    story.ago(17)
    story.notes("El nodo Cuenca Centro no tiene alarmas; solo cae este puerto.")
    story.ago(14.2)
    story.tells(f"Seguimos con pruebas; la sede tiene energía. Próximo avance antes de las {story.clock_face(30)}.")
    story.ago(11)
    story.tests("Potencia óptica en la OLT", "−40 dBm")
    story.ago(4)
    story.tests("OTDR, puerto 3/0/7", "reflexión a 1,2 km, fin de fibra")
    story.ago(0)


def dispatch_is_to_be_agreed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0097", 4, 24, "Las cajas del local están sin sistema.")
    story.goes_to_execution("visit", 5.5, NO_LIGHT, ("Fibra cortada en la acometida", "Enviar una cuadrilla"))


def diagnosis_is_due(tonight: Tonight) -> None:
    story = tonight.called("ENL-0187", 3, 13.5, "Cortes de 2 min, varias veces en la última hora.", Impact.INTERMITTENT)
    story.ago(6)
    story.tests("Registro del puerto", "5 caídas en 60 min")


def nobody_has_it_yet(tonight: Tonight) -> None:
    story = tonight.story("ENL-0355", 2, 9)
    story.received_at = story.now
    story.ago(6.2)
    story.registers("Internet lento en toda la terminal; se adjuntan capturas.", Impact.DEGRADED, source="mail")


# --- waiting cases ----------------------------------------------------------------------------------------------------
# Open cases whose clock stands still, one for each cause (W1); the customer has just heard that it still does.
def customer_must_let_us_in(tonight: Tonight) -> None:
    story = tonight.called("ENL-0061", 2, 186, "Sin servicio en la clínica; usan datos móviles.")
    story.goes_to_execution("visit", 170, NO_LIGHT, ("Corte dentro del edificio", "Cambiar la bajada de fibra"))
    story.is_sent(crew=4, agreed=158, departed=149, arrived=68, specialty=Specialty.FIBRE)
    story.ago(54)
    story.clears_permit()
    story.ago(41)
    why = WaitReason(
        WaitCause.CUSTOMER,
        asked_by="Portería",
        reason=f"Portero sin autorización para el cuarto de equipos; se reintenta a las {story.clock_face(71)}",
        proof="Llamada grabada con la portería",
    )
    story.waits(why)
    story.hears("waiting", until=1.5, words="Seguimos en la sede, a la espera del ingreso al cuarto de equipos.")


def road_is_closed(tonight: Tonight) -> None:
    story = tonight.called("ENL-0302", 4, 176, "Campamento sin servicio.", access_hours="24 h, con inducción")
    tests = [("Nivel de recepción", "sin señal"), ("Gestión de la torre", "no responde")]
    story.goes_to_execution("visit", 160, tests, ("Torre sin energía", "Enviar cuadrilla con generador"))
    story.is_sent(crew=6, agreed=147, departed=135, forecast=(180, 360), specialty=Specialty.POWER)
    story.hears("travelling", until=90, words="La cuadrilla avanza por la vía a Romerillos.")
    story.ago(64)
    why = WaitReason(
        WaitCause.FORCE_MAJEURE,
        asked_by="Despacho",
        reason=f"Vía cerrada por un derrumbe; próxima consulta a las {story.clock_face(109)}",
        proof="Aviso público del estado de las vías",
    )
    story.waits(why)
    story.hears("waiting", until=3, words="La vía sigue cerrada; hay maquinaria en el derrumbe.")


def third_party_owes_a_pole(tonight: Tonight) -> None:
    story = tonight.called("ENL-0218", 3, 268, "Muy lento y con cortes desde el choque en la esquina.", Impact.DEGRADED)
    tests = [("Potencia óptica", "−28,4 dBm, en el límite"), ("Errores de CRC", "960 en 5 min")]
    story.goes_to_execution("visit", 252, tests, ("Poste del tendido inclinado", "Asegurar el cable y empalmar"))
    story.is_sent(crew=1, agreed=240, departed=231, arrived=112, specialty=Specialty.FIBRE)
    story.ago(97)
    story.clears_permit()
    story.ago(86)
    why = WaitReason(
        WaitCause.THIRD_PARTY,
        asked_by="Despacho",
        reason="El dueño del poste debe cambiarlo antes de tender el cable",
        proof="Número de trámite dado por teléfono",
        party="Empresa eléctrica",
        party_ticket="8841",
        party_contact="Centro de control, 02 555 0501",
        party_promise_at=tonight.present + timedelta(minutes=30),
    )
    story.waits(why)
    story.hears("waiting", until=4, words="La empresa eléctrica trabaja en el poste; la consultamos de nuevo en breve.")
