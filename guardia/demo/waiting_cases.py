"""Open cases whose clock stands still, one for each cause (W1); the customer has just heard that it still does."""

from datetime import timedelta

from guardia.cases.waiting import WaitReason
from guardia.demo.open_cases import NO_LIGHT
from guardia.demo.tonight import Tonight
from guardia.field.crew import Specialty
from guardia.procedure.vocabulary import Impact, WaitCause


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
