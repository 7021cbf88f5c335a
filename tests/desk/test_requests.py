"""A request is taken down: with the caller on the line, by night, from the tray; and every page that shows it (A3)."""

from datetime import UTC, datetime

from django.db import connection

from guardia.calls.call import Call
from guardia.cases import finding
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.escalation import signed_links
from guardia.procedure.vocabulary import ClockKind
from tests.desk.conftest import words
from tests.desk.other_desks import billing, morning, night, story, taken
from tests.mailin.house import House

__all__ = ["billing", "morning", "night", "story"]


def asked(**more) -> dict:
    return {"desk": "billing", "text": "La factura llegó dos veces", "source": "phone", **more}


def test_a_request_is_taken_and_its_number_read_aloud(story, billing, morning):
    page = words(billing.get(f"/requerimientos/nuevo?compania={story.bank.pk}"))
    assert "Invoice number" in page
    assert "Billing is open now." in page
    fields = asked(field_invoice="001-002-000123456", reporter=story.head.pk, call_back_number="02 555 0100")
    shown = words(billing.post(f"/requerimientos/nuevo?compania={story.bank.pk}", fields, follow=True))
    case = Case.objects.get()
    assert f'class="read-aloud number">{case.display_number}<' in shown
    assert (case.desk, case.fields, case.stage) == ("billing", {"invoice": "001-002-000123456"}, "taken")
    assert (case.assigned, case.reporter) == (story.billing, story.head)
    assert {clock.kind for clock in case.clocks.all()} == {ClockKind.FIRST_ANSWER, ClockKind.SOLUTION}


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(story, billing, morning):
    back = billing.post(f"/requerimientos/nuevo?compania={story.bank.pk}", asked(text="", reporter_name="Recepción"))
    assert back.status_code == 422
    assert "Write what is asked" in words(back)
    assert "Recepción" in words(back)
    assert not Case.objects.exists()


def test_a_night_call_is_taken_by_the_technical_desk_and_the_caller_hears_when_the_desk_opens(story, engineer, night):
    engineer.post("/llamadas/timbra", {"from_number": "07 255 50148", "line": "024004040/3"})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    page = words(engineer.get(f"/requerimientos/nuevo?llamada={call.pk}&area=billing"))
    assert "Banco Austral" in page
    assert "lunes 30 de noviembre" in page, "in the caller's language"
    shown = words(engineer.post(f"/requerimientos/nuevo?llamada={call.pk}", asked(), follow=True))
    case = Case.objects.get()
    assert "30" in shown.split("say-aloud")[1][:300]
    assert case.assigned is None, "who takes it down for another desk only takes it down"
    assert case.opens_at == datetime(2026, 11, 30, 13, 30, tzinfo=UTC)
    assert not case.clocks.filter(kind=ClockKind.FIRST_ANSWER).exists()
    call.refresh_from_db()
    assert call.case_id == case.pk


def test_an_invoice_finds_its_request(story, engineer, morning):
    request, _ = taken(story, fields={"invoice": "001-002-000123456"}), taken(story, text="Otra cosa", desk="sales")
    found = words(engineer.get("/buscar?q=001-002-000123456"))
    assert request.display_number in found
    assert found.count("/casos/") == 1
    assert "/casos/" not in words(engineer.get("/buscar?q=001-002-00012345"))


def test_a_contract_is_found_as_it_is_said_and_by_its_index(story, engineer, morning):
    request = taken(story, fields={"contract": "CT-2041/B"})
    assert request.display_number in words(engineer.get("/buscar?q=ct-2041/b"))
    sql, values = finding.newest('"ct-2041" \\', 30)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", values)
        assert "case_field" in "\n".join(line for (line,) in cursor.fetchall())


def test_what_was_typed_goes_from_the_form_of_a_case_to_that_of_a_request_and_back(story, engineer, morning):
    assert "/requerimientos/nuevo/pasar/requerimiento" in words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    typed = {"symptoms": "Les llegó dos veces", "reporter_name": "La recepcionista", "call_back_number": "02 555 0100"}
    there = engineer.post(f"/requerimientos/nuevo/pasar/requerimiento?compania={story.bank.pk}", typed, follow=True)
    assert "Les llegó dos veces" in words(there)
    assert "La recepcionista" in words(there)
    typed = {"text": "No tienen servicio", "call_back_number": "02 555 0100"}
    back = engineer.post(f"/requerimientos/nuevo/pasar/caso?compania={story.bank.pk}", typed, follow=True)
    assert "No tienen servicio" in words(back)
    assert Draft.objects.count() == 1, "only one of the two is being written"


def test_a_request_stands_on_every_page_that_shows_cases(story, engineer, sign_in, morning):
    request = taken(story, fields={"invoice": "1"})
    supervisor = sign_in(story.supervisor)
    for address in (
        "/buscar?q=factura",
        f"/companias/{story.bank.pk}/",
        "/relevo",
        "/escalamientos/",
        "/escalamiento/recibido?q=factura",
        "/informes/",
        f"/api/v1/casos/{request.number}/plazos",
        f"/escalar/{signed_links.escalate_token(story.bank.pk, request.pk, story.head.pk)}",
        f"/c/quien-responde/{signed_links.customer_token(story.bank.pk)}",
        f"/casos/{request.number}/abierto",
        f"/requerimientos/{request.number}/tomado",
        f"/casos/{request.number}/?bitacora=avisos",
    ):
        assert supervisor.get(address, follow=True).status_code == 200, address


def test_a_request_that_is_one_already_goes_back_to_its_page(story, engineer, morning):
    engineer.post("/llamadas/timbra", {"from_number": "07 255 50148", "line": "024004040/3"})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    for _ in range(2):
        engineer.post(f"/requerimientos/nuevo?llamada={call.pk}", asked())
    assert Case.objects.count() == 1
    assert (
        engineer.get(f"/requerimientos/nuevo?llamada={call.pk}").headers["Location"]
        == f"/casos/{Case.objects.get().number}/"
    )


def test_somebody_who_is_no_contact_is_told_nothing_of_the_company(story, engineer, morning):
    taken(story, text="Otro requerimiento reservado")
    engineer.post("/llamadas/timbra", {"from_number": "", "line": "024004040/3"})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    page = words(engineer.get(f"/requerimientos/nuevo?llamada={call.pk}&compania={story.bank.pk}"))
    assert "Otro requerimiento reservado" not in page
    assert "Nobody is notified in writing" in page


def test_a_report_by_mail_is_taken_as_a_request_and_its_mail_goes_along(story, engineer, settings, morning):
    settings.MAIL_IN = True
    message = House(story).writes(story.head.email, "Nos cobraron dos veces", subject="Factura")
    page = words(engineer.get(f"/correo/{message.pk}"))
    form = f"/requerimientos/nuevo?reporte={message.request_id}&area=billing"
    assert form.replace("&", "&amp;") in page
    assert "Nos cobraron dos veces" in words(engineer.get(form))
    engineer.post(form, asked())
    case = Case.objects.get()
    message.refresh_from_db()
    assert (case.desk, case.source, message.case) == ("billing", "mail", case)
    assert f"/correo/{message.pk}" in words(engineer.get(f"/casos/{case.number}/"))


def test_a_stranger_who_writes_to_a_desk_waits_in_its_tray(story, engineer, billing, sign_in, settings, morning):
    settings.MAIL_IN, settings.DESK_MAILBOXES = True, {"facturacion@example.com": "billing"}
    message = House(story).writes("nadie@elsewhere.example.com", to="facturacion@example.com", subject="Una duda")
    assert "Una duda" in words(billing.get("/correo"))
    assert "Una duda" in words(engineer.get("/correo"))
    assert "Una duda" not in words(engineer.get("/correo?area=technical"))
    assert "Una duda" not in words(sign_in(story.sales).get("/correo"))
    assert sign_in(story.sales).post(f"/correo/{message.pk}/descartar", {"reason": "spam"}).status_code == 403
    assert billing.post(f"/correo/{message.pk}/descartar", {"reason": "spam"}).status_code == 302
