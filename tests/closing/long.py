"""The longest way to a closing: three visits, two relapses, a road that is closed, a cause corrected twice."""

from datetime import timedelta

from guardia.cases.stages.field_work import Agreement
from guardia.field.crew import Crew
from guardia.procedure.vocabulary import Condition, WaitCause
from tests.notices.journeys import wait
from tests.procedure.story import Story, Verdict

CAUSES = (
    ("posible corte de fibra en la última milla", "enviar cuadrilla con reflectómetro y reponer el tramo dañado"),
    ("empalme defectuoso en la manga de la calle Larga", "rehacer el empalme y certificar con OTDR"),
    ("transceptor óptico intermitente en el equipo del cliente", "reemplazar el transceptor y vigilar la potencia"),
)


def three_visits_and_two_relapses(story: Story) -> None:
    story.open_case()
    crews = [Crew.objects.create(name=f"Cuadrilla {number}") for number in (1, 2, 3)]
    for round_, (cause, plan) in enumerate(CAUSES):
        visited(story, crews[round_], cause, plan, blocked=round_ == 1)
        story.minutes_pass(4)
        story.customer_confirms()
        if round_ < 2:
            story.minutes_pass(12)
            story.case.relapse("otra vez sin señal desde la matriz", by=story.by, at=story.now)
    story.window_is_green(35)
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(9)
    fault = "El transceptor óptico del equipo del cliente perdía potencia por calor."
    solution = "Se reemplazó el transceptor, se rehízo el empalme y se instaló ventilación en el armario."
    story.case.close(fault, solution, by=story.by, at=story.now)


def visited(story: Story, crew: Crew, cause: str, plan: str, *, blocked: bool) -> None:
    by = story.by
    story.minutes_pass(9)
    story.test_shows("pérdida 100 %, 20 de 20 paquetes")
    story.test_shows("corte a 1,2 km", name="OTDR")
    story.case.diagnose(cause, plan, "visit", by=by, at=story.now, probable=not blocked)
    story.minutes_pass(2)
    agreed = Agreement(
        operator="Despacho",
        customer="Jefe de Sistemas",
        site_contact="Portería",
        access="24 horas",
        forecast_from=story.now + timedelta(minutes=90),
        forecast_to=story.now + timedelta(hours=3),
        crew=crew,
    )
    story.case.agree(agreed, by=by, at=story.now)
    if blocked:
        wait(story, WaitCause.FORCE_MAJEURE, "deslave en la vía a la sede", 40)
        decided = story.now + timedelta(hours=1)
        story.case.block(Condition.ROADS, "deslave en la vía", decided, by=by, at=story.now)
        story.minutes_pass(30)
        story.case.resume_visit(*(story.now + timedelta(minutes=m) for m in (60, 120)), by=by, at=story.now)
        other = Crew.objects.create(name="Cuadrilla 4 de Redes del Austro")
        story.case.hand_over_visit(other, "la otra quedó al otro lado del deslave", by=by, at=story.now)
    story.minutes_pass(15)
    story.case.depart(by=by, at=story.now)
    story.minutes_pass(70)
    story.case.arrive(by=by, at=story.now)
    story.minutes_pass(18)
    story.case.clear_permit(by=by, at=story.now)
    story.minutes_pass(55)
    if not blocked:
        story.case.correct_cause(f"{cause}, confirmado en sitio", by=by, at=story.now)
    parts = [{"name": "transceptor SFP 10 km", "quantity": 2, "serial": "FN-2210, FN-2211"}]
    story.case.use_parts([*parts, {"name": "cable dúplex LC", "quantity": 1.5}], by=by, at=story.now)
    story.service_is_restored(f"hecho: {plan}")
    story.case.sign_visit("Encargada de turno", "Administración del edificio", by=by, at=story.now)
    story.minutes_pass(3)
    story.case.leave_site(True, by=by, at=story.now, source="radio")
    story.test_shows("pérdida 0 %, 20 de 20 paquetes", Verdict.GOOD)
