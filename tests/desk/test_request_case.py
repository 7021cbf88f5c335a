"""A request on its desk's bench and on its own page: answered, solved, passed on, each by whom it is for (A3)."""

from datetime import UTC, datetime, timedelta

from guardia.procedure.vocabulary import Moment
from tests.desk.conftest import words
from tests.desk.other_desks import MORNING, NIGHT, billing, morning, night, story, taken

__all__ = ["billing", "morning", "night", "story"]


def test_the_bench_of_the_desk_shows_when_a_closed_desk_opens_instead_of_a_clock(story, billing, night):
    case = taken(story, NIGHT, fields={"invoice": "77"})
    bench = words(billing.get("/"))
    assert case.display_number in bench
    row = bench.split(f'id="case-{case.pk}"')[1].split("</li>")[0]
    assert "Mon 30 08:30" in row
    assert "data-clock" not in row
    assert "Invoice number 77" in row
    page = words(billing.get(f"/casos/{case.number}/"))
    assert "Billing opens Mon 30 08:30" in page


def test_each_desk_has_its_bench_and_the_address_says_which(story, billing, engineer, morning):
    request, incident = taken(story), story.open_case()
    assert request.display_number in words(billing.get("/"))
    assert incident.display_number not in words(billing.get("/"))
    assert incident.display_number in words(engineer.get("/"))
    assert request.display_number not in words(engineer.get("/"))
    assert request.display_number in words(engineer.get("/?area=billing"))
    everything = words(engineer.get("/?area=todas"))
    assert request.display_number in everything
    assert incident.display_number in everything
    assert request.display_number not in words(billing.get("/?area=sales"))
    assert request.display_number in words(billing.get("/?area=of-somebody-else"))


def test_the_views_and_the_counts_follow_the_desk(story, billing, engineer, morning):
    taken(story)
    mine = words(engineer.get("/?area=billing"))
    assert "1 open" in mine
    assert "/?area=billing&amp;vista=sin-asignar" in mine
    assert "vista=en-campo" not in mine, "a desk without crews has nobody in the field"
    assert "0 open" in words(engineer.get("/"))
    assert billing.get("/?vista=en-campo").status_code == 200


def test_a_request_is_answered_and_solved_in_place(story, billing, morning):
    case = taken(story)
    page = words(billing.get(f"/casos/{case.number}/"))
    assert 'name="answer"' in page, "the stage asks for the answer"
    assert "Record the diagnosis" not in page
    billing.post(f"/casos/{case.number}/contestar", {"answer": "La segunda está anulada"})
    case.refresh_from_db()
    assert (case.stage, case.answer) == ("answered", "La segunda está anulada")
    assert "La segunda está anulada" in words(billing.get(f"/casos/{case.number}/"))
    billing.post(f"/casos/{case.number}/resolver", {"answer": "Nota de crédito enviada"})
    case.refresh_from_db()
    assert (case.stage, case.is_open) == ("solved", False)
    assert {clock.outcome for clock in case.clocks.all()} == {"kept"}


def test_the_rail_has_three_stages_with_what_is_promised(story, billing, morning):
    page = words(billing.get(f"/casos/{taken(story).number}/"))
    rail = page.split('class="rail"')[1].split("</ol>")[0]
    assert [name for name in ("Taken", "Answered", "Solved") if name in rail] == [
        "Taken",
        "Answered",
        "Solved",
    ]
    assert "Diagnosis" not in rail


def test_the_rail_counts_the_hours_of_the_desk_alone(story, billing, the_hour_is):
    case = taken(story, MORNING + timedelta(hours=7))  # Thursday 17:00: half an hour is left of the day
    the_hour_is(datetime(2026, 11, 27, 14, 0, tzinfo=UTC))  # Friday 09:00
    rail = words(billing.get(f"/casos/{case.number}/")).split('class="rail"')[1].split("</ol>")[0]
    assert "1\u00a0h\u00a000 of 4\u00a0h" in rail
    assert "overdue" not in rail


def test_a_look_before_the_act_shows_the_letter(story, billing, morning):
    case = taken(story)
    look = words(billing.post(f"/casos/{case.number}/vista/contestar", {"answer": "La segunda está anulada"}))
    assert "Jefe de Sistemas" in look
    assert "La segunda está anulada" in look


def test_a_look_before_it_is_passed_on(story, billing, engineer, morning):
    request, incident = taken(story), story.open_case()
    for browser, case in ((billing, request), (engineer, incident)):
        passed = {"to": "sales", "reason": "es de ventas"}
        look = words(browser.post(f"/casos/{case.number}/vista/transferir", passed))
        assert "Jefe de Sistemas" in look
        assert "Ventas" in look
    look = words(billing.post(f"/casos/{request.number}/vista/transferir", {"to": "technical", "reason": "es falla"}))
    assert "once the form is filled in" in look
    assert billing.post(f"/casos/{request.number}/vista/transferir", {"to": "nobody"}).status_code == 200


def test_transfer_to_technical_needs_the_service_and_keeps_the_number(story, billing, engineer, morning):
    case = taken(story)
    url = f"/casos/{case.number}/transferir"
    back = billing.post(url, {"to": "technical", "reason": "no hay servicio", "symptoms": "", "impact": "down"})
    assert back.status_code == 422
    assert "Choose the service that fails." in words(back)
    fields = {"to": "technical", "reason": "no hay servicio", "service": story.service.pk, "symptoms": "Caído"}
    billing.post(url, {**fields, "impact": "down"})
    case.refresh_from_db()
    assert (case.desk, case.stage, case.service) == ("technical", "diagnosis", story.service)
    assert case.events.filter(moment=Moment.TRANSFERRED).exists()
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert "from Billing to Operations Centre" in page
    assert 'name="cause"' in page, "the technical desk's own act is asked for now"


def test_an_incident_that_is_none_passes_to_billing(story, engineer, billing, morning):
    case = story.open_case()
    form = words(engineer.get(f"/casos/{case.number}/transferir"))
    assert 'value="sales"' in form
    assert 'name="field_invoice"' in form
    assert 'value="technical"' not in form
    engineer.post(
        f"/casos/{case.number}/transferir", {"to": "billing", "reason": "es su factura", "asked": "Su factura"}
    )
    case.refresh_from_db()
    assert (case.desk, case.stage) == ("billing", "taken")
    assert case.display_number in words(billing.get("/"))


def test_each_desk_acts_on_its_own_and_a_supervisor_on_all(story, billing, engineer, sign_in, morning):
    request, incident = taken(story), story.open_case()
    sales, supervisor = sign_in(story.sales), sign_in(story.supervisor)
    answer = {"answer": "Anulada"}
    for stranger in (sales, engineer):
        assert stranger.post(f"/casos/{request.number}/contestar", answer).status_code == 403
        assert 'name="answer"' not in words(stranger.get(f"/casos/{request.number}/"))
    assert billing.post(f"/casos/{incident.number}/nota", {"text": "x"}).status_code == 403
    assert billing.post(f"/casos/{incident.number}/diagnostico", {}).status_code == 403
    assert supervisor.post(f"/casos/{request.number}/contestar", answer).status_code == 302
    request.refresh_from_db()
    assert request.stage == "answered"


def test_an_act_of_an_incident_is_refused_on_a_request_in_words(story, sign_in, morning):
    request, supervisor = taken(story), sign_in(story.supervisor)
    for act in ("diagnostico", "envio", "acuerdo", "restablecido", "confirmacion", "estable", "cierre", "escalar"):
        assert supervisor.get(f"/casos/{request.number}/{act}").status_code == 200
        assert supervisor.post(f"/casos/{request.number}/{act}", {}).status_code in {409, 422}, act


def test_its_details_are_those_its_desk_asks_for(story, billing, morning):
    request = taken(story, fields={"invoice": "1"})
    form = words(billing.get(f"/casos/{request.number}/datos"))
    assert 'name="field_invoice" value="1"' in form
    assert 'name="impact"' not in form
    billing.post(f"/casos/{request.number}/datos", {"field_invoice": "2", "call_back_number": "02 555 0100"})
    request.refresh_from_db()
    assert (request.fields, request.call_back_number) == ({"invoice": "2"}, "02 555 0100")


def test_it_is_handed_to_a_colleague_of_its_desk(story, billing, morning):
    request = taken(story)
    choices = words(billing.get(f"/casos/{request.number}/asignar"))
    assert f'value="{story.billing.pk}"' in choices
    assert f'value="{story.engineer.pk}"' not in choices
    billing.post("/tomar", {"case": str(request.number)})
    request.refresh_from_db()
    assert request.assigned == story.billing


def test_w1_a_wait_asked_for_while_the_desk_is_closed_is_seen_and_can_end(story, billing, night):
    case = taken(story, NIGHT)
    waits = {"cause": "customer", "asked_by": "Facturación 1", "reason": "falta la orden de compra", "proof": "correo"}
    assert billing.post(f"/casos/{case.number}/espera", waits, follow=True).status_code == 200
    page = words(billing.get(f"/casos/{case.number}", follow=True))
    assert "falta la orden de compra" in page
    wait = case.waits.get()
    assert f"/casos/{case.number}/reanudar?wait={wait.pk}" in page
    billing.post(f"/casos/{case.number}/reanudar", {"wait": wait.pk})
    wait.refresh_from_db()
    assert wait.ended_at
