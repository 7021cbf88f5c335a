"""A4: what is handed in at an office by somebody in a hurry, late, or who means no good."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from guardia.calls.call import Scan, WrittenRequest
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.mail.taking import limit
from guardia.people.staff import Role
from guardia.procedure.vocabulary import ClockKind
from tests.desk import test_offices
from tests.desk.conftest import words
from tests.desk.test_offices import MORNING, PNG, address, paper, picture
from tests.procedure import story as stories

story, counter = test_offices.story, test_offices.counter


def file(name: str, content: bytes, type_: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=type_)


def zipped() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("carta.pdf", b"%PDF-1.4")
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"",
        b"plain words",
        b"%!PS-Adobe-3.0",
    ],
)
@pytest.mark.parametrize("name", ["carta.pdf", "carta.png", "../../carta.svg", ""])
def test_what_only_says_that_it_is_a_scan_is_refused(story, counter, content, name):
    back = counter.post(address(story), paper(story, scan=file(name or "x", content)))
    assert back.status_code in (200, 302, 409, 422)
    assert not Scan.objects.exclude(type__in=["application/pdf", "image/png"]).exists()
    assert b"alert(1)" not in back.content
    if content:
        assert not WrittenRequest.objects.exists()


def test_a_picture_that_is_also_a_page_is_given_out_as_a_picture_in_a_sandbox(story, counter):
    both = PNG + b"<script>alert(1)</script>"
    counter.post(address(story), paper(story, scan=picture("carta.html", both)))
    kept = Scan.objects.get()
    answer = counter.get(f"/oficinas/escaneos/{kept.pk}")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_scan_that_is_too_large_says_how_large_it_may_be(story, counter):
    back = counter.post(address(story), paper(story, scan=picture(content=PNG + bytes(limit()))))
    assert back.status_code in (409, 422)
    assert "MB" in words(back)
    assert not WrittenRequest.objects.exists()


def test_as_large_as_it_may_be_it_is_kept(story, counter):
    counter.post(address(story), paper(story, scan=picture(content=PNG + bytes(limit() - len(PNG)))))
    assert Scan.objects.get().size == limit()


def test_fifty_scans_are_refused_and_twenty_are_kept(story, counter):
    many = [picture(f"{n}.png", PNG + bytes([n])) for n in range(50)]
    back = counter.post(address(story), {**paper(story), "scan": many})
    assert back.status_code == 422
    assert not WrittenRequest.objects.exists()
    counter.post(address(story), {**paper(story), "scan": [picture(f"{n}.png", PNG + bytes([n])) for n in range(20)]})
    assert Scan.objects.count() == 20


def test_a_stamp_of_another_year_is_asked_for_again(story, counter):
    back = counter.post(address(story), paper(story, stamp="07/01/2019 09:40"))
    assert back.status_code == 422
    assert "24/11 14:05" in words(back)
    assert not WrittenRequest.objects.exists()


def test_a_stamp_from_before_the_procedure_is_taken_under_the_one_in_force(story, counter):
    receipt = words(counter.post(address(story), paper(story, stamp="02/11 09:40"), follow=True))
    taken = WrittenRequest.objects.get()
    assert taken.received_at == MORNING - timedelta(days=24, minutes=20)
    assert taken.procedure_version == story.version
    assert Case.objects.get().display_number in receipt


def test_entered_the_next_day_the_receipt_promises_nothing_that_has_passed(story, counter):
    receipt = words(counter.post(address(story), paper(story, desk="technical", stamp="25/11 09:40"), follow=True))
    clock = WrittenRequest.objects.get().clocks.get(kind=ClockKind.REGISTRATION)
    assert clock.breached_at == MORNING - timedelta(days=1, minutes=16)
    assert "within minutes" not in receipt


def test_a_request_entered_the_next_day_is_broken_when_it_fell_due_and_its_receipt_says_so(story, counter):
    receipt = words(counter.post(address(story), paper(story, stamp="25/11 09:40"), follow=True))
    clock = Case.objects.get().clocks.get(kind=ClockKind.FIRST_ANSWER)
    assert clock.breached_at == MORNING - timedelta(days=1, minutes=20) + timedelta(hours=4)
    assert "answers before" not in receipt
    assert "the answer is late" in receipt
    case = Case.objects.get()
    case.answer_request("Está corregida.", by=story.by, at=MORNING)
    shown = words(counter.get(f"/oficinas/recibido/{WrittenRequest.objects.get().pk}"))
    assert "answers before" not in shown
    assert "comes late" not in shown


@pytest.mark.parametrize("company", ["999999999999999999999", "-1", "x", "1e9", "٣"])
def test_a_company_that_cannot_be_is_asked_for_again(story, counter, company):
    assert counter.get(f"/oficinas/recibir?compania={company}").status_code == 200
    assert counter.post(f"/oficinas/recibir?compania={company}", paper(story)).status_code in (200, 422)
    assert not WrittenRequest.objects.exists()


def test_the_contact_of_another_company_is_refused(story, counter):
    back = counter.post(address(story), paper(story, contact=story.stranger.pk))
    assert back.status_code == 422
    assert not WrittenRequest.objects.exists()


def test_too_long_a_field_is_said_beside_it(story, counter):
    back = counter.post(address(story), paper(story, field_invoice="9" * 500))
    assert back.status_code in (409, 422)
    assert not WrittenRequest.objects.exists()


def test_a_portal_sees_no_scan_of_any_company(story, counter):
    counter.post(address(story), paper(story, scan=picture()))
    counter.post("/oficinas/recibir?compania=0", {**paper(story, scan=picture(content=PNG + b"1")), "contact": ""})
    assert Scan.objects.count() == 2
    for company in (story.other.pk, story.bank.pk, None):
        for question in ("SELECT count(*) FROM written_request_scan", "SELECT text FROM written_request"):
            with (
                behind(DatabaseRole.PORTAL, company),
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
            ):
                connection.cursor().execute(question)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR, Role.QUALITY])
def test_who_takes_no_requests_takes_no_paper(story, sign_in, the_hour_is, role):
    the_hour_is(MORNING)
    other = sign_in(stories.staff(f"otra-{role}", role))
    assert other.post(address(story), paper(story)).status_code == 403


def test_a_technician_sees_no_scan(story, counter, sign_in):
    counter.post(address(story), paper(story, scan=picture()))
    technician = sign_in(stories.staff("tecnico", Role.TECHNICIAN))
    assert technician.get(f"/oficinas/escaneos/{Scan.objects.get().pk}").status_code == 403
