"""The journal: nobody rewrites it, the auditor reads it, and its file holds no formula."""

import html
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

import guardia
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.importing.columns import KINDS
from guardia.people.audit import AuditEntry, AuditKind, write_down
from guardia.people.editing import save_staff
from guardia.people.staff import Role, Staff
from guardia.web.desk.settings.audit import ABOUT, ABOUT_WORDS
from guardia.web.shared.audit import as_text
from tests.walls.conftest import journal, sign_in


@pytest.fixture
def auditor(hire) -> Client:
    hire("auditora", Role.AUDITOR)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(Staff.objects.get(username="auditora"))
    return browser


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET kind = 'signed_in'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
@pytest.mark.parametrize("wall", list(DatabaseRole))
def test_nobody_rewrites_it(as_staff, sql, wall):
    write_down(AuditKind.SIGNED_IN, at=now())
    with pytest.raises(DatabaseError), behind(wall), connection.cursor() as cursor:
        cursor.execute(sql)


def test_not_even_the_owner_does(transactional_db, owner):
    with behind(DatabaseRole.STAFF):
        write_down(AuditKind.SIGNED_IN, at=now())
    with pytest.raises(Exception, match="never rewritten"):
        owner.execute("UPDATE audit_entry SET kind = 'exported'")


def test_the_portal_reads_none_of_it(as_staff):
    with pytest.raises(DatabaseError), transaction.atomic(), behind(DatabaseRole.PORTAL, 1):
        AuditEntry.objects.exists()


def test_the_auditor_reads_sign_ins_and_changes_of_settings_together(hire, auditor, browser):
    ana = hire()
    sign_in(browser)
    sign_in(browser, "ana", "x")
    fields = {"username": "ana", "name": "Ana", "email": "", "role": "auditor", "language": "es", "password": ""}
    save_staff(ana, fields, by=hire("jefa", Role.ADMINISTRATOR), at=now())
    page = auditor.get("/ajustes/auditoria").content.decode()
    assert "Signed in" in page
    assert "Changes of the settings" in page
    assert page.index("Role") < page.rindex("Signed in")


def test_it_is_filtered_by_kind_person_address_and_day(hire, auditor):
    ana, luis = hire(), hire("luis")
    write_down(AuditKind.SIGNED_IN, at=now(), staff=ana, address="192.0.2.1")
    write_down(AuditKind.EXPORTED, at=now(), staff=luis, address="192.0.2.2", about="informe-de-luis")
    for asked, found in {
        "que=exported": True,
        "que=signed_in": False,
        f"quien={ana.pk}": False,
        f"quien={luis.pk}": True,
        "ip=192.0.2.1": False,
        "ip=192.0.2.2": True,
        "hasta=2020-01-01": False,
        "desde=2020-01-01": True,
        "que=nada&quien=x&ip=no&desde=no&antes=x-y": True,
    }.items():
        assert (b"informe-de-luis" in auditor.get(f"/ajustes/auditoria?{asked}").content) == found, asked


def test_older_pages_hold_every_row_once(hire, auditor):
    for number in range(120):
        write_down(AuditKind.EXPORTED, at=now(), about=f"fila-{number:03}", address="192.0.2.1")
    place, seen = "/ajustes/auditoria?que=exported", []
    while place:
        page = auditor.get(place).content.decode()
        seen += re.findall(r"fila-\d{3}", page)
        place = (
            html.unescape(page.split('<p class="actions"><a class="button" href="')[1].split('"')[0])
            if ">Older<" in page
            else ""
        )
    assert sorted(seen) == [f"fila-{number:03}" for number in range(120)]


def test_its_file_is_on_record_and_holds_no_formula(auditor):
    write_down(AuditKind.SIGNED_IN, at=now(), agent="=HYPERLINK(1)", about="@SUM(A1)", key="+1", address="192.0.2.1")
    file = auditor.get("/ajustes/auditoria.csv").content.decode()
    assert "'=HYPERLINK(1)" in file
    assert "'@SUM(A1) +1" in file
    assert journal(AuditKind.EXPORTED)[-1].about == "audit"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\n-1"])
def test_what_looks_like_a_formula_is_text(cell):
    assert as_text(cell).startswith("'")


@pytest.mark.parametrize("cell", ["Ana", "2026-11-25", "", 5])
def test_what_is_text_stays_as_it_is(cell):
    assert as_text(cell) == str(cell)


@pytest.mark.parametrize("place", ["/informes/2026-11.xlsx", "/informes/recepcion.xlsx"])
def test_an_export_is_on_record(auditor, place):
    assert auditor.get(place).status_code == 200
    assert journal()[-1].kind == AuditKind.EXPORTED


@pytest.mark.parametrize(("count", "is_noted"), [(24, False), (25, True)])
def test_many_persons_on_one_page_are_on_record(auditor, count, is_noted):
    from guardia.customers.contact import Contact
    from guardia.customers.customer import Customer

    company = Customer.objects.create(name="Banco", folded_name="banco")
    for number in range(count):
        Contact.objects.create(customer=company, name=f"Contacto {number}")
    auditor.get(f"/companias/{company.pk}/?todo")
    assert bool(journal(AuditKind.SEEN_IN_BULK)) == is_noted


WRITTEN = re.compile(r"""(?:exported|seen_in_bulk)\(request, "(\w+)"|(?<!\w)about="(\w+)\"""")


def test_whatever_an_entry_is_about_has_its_words():
    """Else the page shows the word of the code."""
    sources = "".join(file.read_text() for file in (Path(guardia.__file__).parent).rglob("*.py"))
    written = {first or second for first, second in WRITTEN.findall(sources)}
    assert {"closing_report", "retention_run", "open_cases", *KINDS} <= written | set(KINDS)
    assert (written | set(KINDS)) - set(ABOUT) - set(ABOUT_WORDS) == set()


def test_what_was_erased_and_what_was_exported_is_said_in_words(auditor):
    write_down(AuditKind.RETAINED, at=now(), about="retention_run", key=4, audit=12)
    write_down(AuditKind.EXPORTED, at=now(), about="panorama", key="backlog", form="png")
    page = html.unescape(auditor.get("/ajustes/auditoria").content.decode())
    assert "Run of the retention 4" in page
    assert "Audit log: 12" in page
    assert "Panorama backlog" in page


def test_whoever_is_refused_by_role_is_in_the_log(hire, auditor, caplog):
    """A refused request is rolled back whole, so it is no row; the log names the person by id and nothing typed."""
    ana = hire()
    browser = Client()
    browser.force_login(ana)
    assert browser.get("/personas/?q=algo-escrito").status_code == 403
    (line,) = [record.getMessage() for record in caplog.records if record.name == "guardia.refused"]
    assert line == f"GET staff refused to person {ana.pk} from 127.0.0.1"
