"""A4: a paper handed in at an office: its stamp, its scans, its receipt, and its clock from the stamp."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.calls.call import Scan, WrittenRequest
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Role
from guardia.procedure.vocabulary import ClockKind
from tests.desk.conftest import words
from tests.procedure import story as stories

MORNING = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # Thursday 10:00 in Ecuador
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture
def story(db, monkeypatch) -> stories.Story:
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", MORNING - timedelta(minutes=10))
        told = stories.Story()
        told.sales = stories.staff("ventas1", Role.SALES)
        yield told


@pytest.fixture
def counter(story, sign_in, the_hour_is):
    """Who stands at the counter of an office, of the sales desk: no right to register a fault."""
    the_hour_is(MORNING)
    return sign_in(story.sales)


@pytest.fixture
def morning_engineer(story, engineer, the_hour_is):
    the_hour_is(MORNING)
    return engineer


def paper(story, **more) -> dict:
    facts = {"office": "Quito", "contact": story.head.pk, "desk": "billing", "text": "Reclaman la factura 77"}
    return {**facts, "stamp": "26/11 09:40", **more}


def picture(name: str = "carta.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def address(story) -> str:
    return f"/oficinas/recibir?compania={story.bank.pk}"


def test_a_paper_for_billing_has_its_number_at_once_and_counts_from_its_stamp(story, counter):
    page = words(counter.get(address(story)))
    assert "Quito" in page
    assert "Guayaquil" in page
    receipt = words(counter.post(address(story), paper(story, scan=picture(), field_invoice="77"), follow=True))
    taken, case = WrittenRequest.objects.get(), Case.objects.get()
    assert (taken.office, taken.taken_by, taken.way) == ("Quito", story.sales, "office")
    assert taken.received_at == MORNING - timedelta(minutes=20)
    assert (case.desk, case.source, case.fields, case.reporter) == ("billing", "office", {"invoice": "77"}, story.head)
    assert case.clocks.get(kind=ClockKind.FIRST_ANSWER).started_at == taken.received_at
    assert case.display_number in receipt
    assert "Urb. Iñaquito Alto" in receipt
    assert "09:40" in receipt
    assert "carta.png" in receipt
    assert "ventas1" in receipt


def test_a_paper_that_is_sent_twice_is_one(story, counter):
    for _ in range(2):
        answer = counter.post(address(story), paper(story, scan=picture()))
        assert answer.headers["Location"] == f"/oficinas/recibido/{WrittenRequest.objects.get().pk}"
    assert (Case.objects.count(), Scan.objects.count()) == (1, 1)


def test_a_technical_paper_waits_in_the_tray_where_nobody_at_the_counter_registers(story, counter):
    receipt = words(counter.post(address(story), paper(story, desk="technical", stamp="09:58"), follow=True))
    taken = WrittenRequest.objects.get()
    assert not Case.objects.exists()
    assert "to give the number" in receipt
    assert "data-clock" in receipt
    clock = taken.clocks.get(kind=ClockKind.REGISTRATION)
    assert clock.started_at == MORNING - timedelta(minutes=2)
    assert taken.settled_at is None


def test_an_engineer_at_the_counter_goes_on_to_the_registration(story, morning_engineer):
    answer = morning_engineer.post(address(story), paper(story, desk="technical", stamp=""))
    taken = WrittenRequest.objects.get()
    assert answer.headers["Location"] == f"/casos/nuevo?reporte={taken.pk}"
    assert taken.received_at == MORNING
    assert "Reclaman la factura 77" in words(morning_engineer.get(answer.headers["Location"]))


def test_a_late_stamp_has_its_breach_dated_when_it_fell_due(story, counter):
    counter.post(address(story), paper(story, desk="technical", stamp="09:40"))
    clock = WrittenRequest.objects.get().clocks.get(kind=ClockKind.REGISTRATION)
    assert clock.breached_at == MORNING - timedelta(minutes=16)


def test_somebody_who_is_no_contact_is_named_on_the_paper(story, counter):
    counter.post(address(story), paper(story, name="La mensajera", phone="02 555 0100"))
    assert "Handed in by La mensajera, 02 555 0100." in WrittenRequest.objects.get().text
    assert (Case.objects.get().reporter, Case.objects.get().reporter_name) == (None, "La mensajera")


def test_a_company_that_is_not_on_record_waits_in_the_tray(story, counter):
    assert "compania=0" in words(counter.get("/oficinas/recibir?q=nadie"))
    facts = {**paper(story), "name": "La mensajera"}
    del facts["contact"]
    receipt = words(counter.post("/oficinas/recibir?compania=0", facts, follow=True))
    assert "not known yet" in receipt
    assert WrittenRequest.objects.get().customer is None
    assert not Case.objects.exists()


def test_what_is_no_scan_is_refused_and_nothing_is_taken_in(story, counter):
    program = SimpleUploadedFile("carta.pdf", b"MZ\x90\x00" + bytes(200), content_type="application/pdf")
    back = counter.post(address(story), paper(story, scan=program))
    assert back.status_code == 409
    assert "neither a PDF nor a picture" in words(back)
    assert "Reclaman la factura 77" in words(back)
    assert "Choose the scans again" in words(back)
    assert not WrittenRequest.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stamp": "26/11 10:30"}, "That time has not come yet."),
        ({"text": ""}, "Write what the document says"),
        ({"office": "Lima"}, "valid choice"),
        ({"desk": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(story, counter, wrong, said):
    back = counter.post(address(story), paper(story, **wrong))
    assert back.status_code == 422
    assert said in words(back)
    assert not WrittenRequest.objects.exists()


def test_a_scan_is_shown_on_the_case_and_can_do_nothing(story, counter, engineer):
    both = [picture(), SimpleUploadedFile("anexo.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")]
    counter.post(address(story), {**paper(story), "scan": both})
    image, file = Scan.objects.order_by("pk")
    page = words(counter.get(f"/casos/{Case.objects.get().number}/"))
    assert f'<img src="/oficinas/escaneos/{image.pk}"' in page
    assert f"/oficinas/escaneos/{file.pk}?descargar=1" in page
    shown, given = counter.get(f"/oficinas/escaneos/{image.pk}"), counter.get(f"/oficinas/escaneos/{file.pk}")
    assert (shown.headers["Content-Type"], shown.content) == ("image/png", PNG)
    assert given.headers["Content-Disposition"].startswith("attachment")
    for answer in (shown, given):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert counter.get("/oficinas/escaneos/999999999999").status_code == 404


def test_the_counter_is_for_who_may_take_requests(story, sign_in, the_hour_is):
    the_hour_is(MORNING)
    auditor = sign_in(stories.staff("auditora", Role.AUDITOR))
    assert auditor.post(address(story), paper(story)).status_code == 403
    assert not WrittenRequest.objects.exists()


def test_the_office_of_the_last_paper_is_chosen(story, counter):
    counter.post(address(story), paper(story, office="Guayaquil"))
    page = words(counter.get(address(story)))
    assert page.split('value="Guayaquil"')[1].split(">")[0].count("checked") == 1


def test_the_tray_shows_what_came_without_a_mail_until_it_has_its_number(story, counter, engineer):
    counter.post(address(story), paper(story, desk="technical", stamp="09:58", scan=picture()))
    taken = WrittenRequest.objects.get()
    for tray in ("/correo", "/correo?ver=reportes", "/correo?ver=oficinas", "/correo?area=technical"):
        assert "handed in at the office of Quito" in words(engineer.get(tray)), tray
    assert "handed in at the office" not in words(engineer.get("/correo?area=sales"))
    assert "handed in at the office" not in words(counter.get("/correo")), "one's own desk's tray"
    page = words(engineer.get(f"/correo/reportes/{taken.pk}"))
    assert "Reclaman la factura 77" in page
    assert "carta.png" in page
    assert f"/casos/nuevo?reporte={taken.pk}" in page
    assert "Register it as a request for Billing" in page
    fields = {"service": story.service.pk, "symptoms": "Caído", "impact": "down"}
    engineer.post(f"/casos/nuevo?reporte={taken.pk}&compania={story.bank.pk}", fields)
    assert "handed in at the office" not in words(engineer.get("/correo"))
    assert Case.objects.get().display_number in words(engineer.get(f"/correo/reportes/{taken.pk}"))


def test_a_report_of_the_tray_is_taken_as_a_request_of_a_desk(story, counter, engineer, sign_in):
    counter.post(address(story), paper(story, desk="technical", stamp="09:58"))
    taken = WrittenRequest.objects.get()
    form = f"/requerimientos/nuevo?reporte={taken.pk}&area=billing"
    assert "Reclaman la factura 77" in words(engineer.get(form))
    engineer.post(form, {"desk": "billing", "text": "Reclaman la factura 77", "field_invoice": "77"})
    case = Case.objects.get()
    assert (case.desk, case.source) == ("billing", "office")
    assert case.clocks.get(kind=ClockKind.FIRST_ANSWER).started_at == taken.received_at
    assert not case.clocks.filter(kind=ClockKind.REGISTRATION, outcome="breached").exists()


def test_a_paper_is_joined_to_an_open_case_or_needs_nothing(story, counter, engineer):
    case = story.open_case()
    for _ in range(2):
        counter.post(address(story), paper(story, desk="technical", stamp="", text=f"Otra vez {_}"))
    first, second = WrittenRequest.objects.order_by("pk")
    assert case.display_number in words(engineer.get(f"/correo/reportes/{first.pk}"))
    wrong = engineer.post(f"/correo/reportes/{first.pk}/unir", {"case": "no es"})
    assert wrong.status_code == 422
    assert "There is no case with the number" in words(wrong)
    engineer.post(f"/correo/reportes/{first.pk}/unir", {"case": case.display_number})
    engineer.post(f"/correo/reportes/{second.pk}/descartar", {"reason": "twice"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.settled_as, second.settled_as) == ("joined", "dismissed")
    assert engineer.get("/correo/reportes/999999").status_code == 404


def test_each_desk_decides_about_its_own(story, counter, sign_in):
    counter.post(address(story), paper(story, desk="technical", stamp=""))
    taken = WrittenRequest.objects.get()
    assert counter.post(f"/correo/reportes/{taken.pk}/descartar", {"reason": "spam"}).status_code == 403
    assert "Open a case for it" not in words(counter.get(f"/correo/reportes/{taken.pk}"))
