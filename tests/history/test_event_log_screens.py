"""On the desk and in the portal: who may take which file, and what of it."""

import pytest
from django.test import Client
from django.urls import reverse

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Customer
from guardia.people.audit import AuditEntry
from guardia.people.staff import Role, Staff
from guardia.web.portal import history
from tests.history.conftest import Histories, events_on_record
from tests.history.test_event_log import counted, lines
from tests.portal.test_company import Visitor


def browser_of(role: Role) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(Staff.objects.create(username=f"one-{role}", name="Una", role=role, language="en"))
    return browser


@pytest.fixture
def engineer(histories) -> Client:
    return browser_of(Role.ENGINEER)


@pytest.fixture
def quality(histories) -> Client:
    return browser_of(Role.QUALITY)


def taken(browser: Client, form: str, **asked) -> bytes:
    answer = browser.get(reverse("event_log_file", args=[form]), asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="eventos-')
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.getvalue()


@pytest.mark.parametrize("form", ["xes", "ocel", "csv"])
def test_the_desk_takes_every_event_and_it_stands_in_the_audit(engineer, form):
    assert counted(form, taken(engineer, form)) == events_on_record()
    entry = AuditEntry.objects.get(kind="exported")
    assert (entry.about, entry.key, entry.facts) == ("event_log", "", {"form": form})
    assert entry.staff.username == "one-engineer"


def test_the_screen_offers_texts_to_whoever_may_protect_data_alone(engineer, quality):
    assert "textos" not in engineer.get(reverse("event_log")).content.decode()
    assert 'name="textos"' in quality.get(reverse("event_log")).content.decode()
    assert engineer.get(reverse("event_log_file", args=["csv"]), {"textos": "1"}).status_code == 403
    assert not AuditEntry.objects.filter(kind="exported").exists()
    assert "No tienen servicio" in taken(quality, "csv", textos="1").decode()
    assert AuditEntry.objects.get(kind="exported").facts == {"form": "csv, with texts"}


@pytest.mark.parametrize("words", ["BA-7", "Banco Austral", "banco austral", "austral"])
def test_a_company_is_found_by_its_code_and_by_its_name(histories, engineer, words):
    Customer.objects.filter(pk=histories.bank.pk).update(external_id="BA-7")
    found = lines(taken(engineer, "csv", compania=words))
    assert {row["case_company"] for row in found} == {"BA-7"}


def test_days_and_rows_narrow_it(histories, engineer):
    assert lines(taken(engineer, "csv", hasta="2026-11-20")) == []
    assert lines(taken(engineer, "csv", desde="2026-11-22")) == []
    found = lines(taken(engineer, "csv", desde="2026-11-21", hasta="2026-11-21", filas=["stage", "wait"]))
    assert {row["row"] for row in found} == {"stage", "wait"}


@pytest.mark.parametrize(
    "asked",
    [
        *({"compania": "nobody"}, {"compania": "a"}, {"compania": "\0"}, {"desde": "x"}, {"hasta": "9999-12-31"}),
        *({"desde": "0001-01-01"}, {"filas": "x"}),
    ],
)
def test_what_is_not_understood_is_told(histories, engineer, asked):
    answer = engineer.get(reverse("event_log_file", args=["csv"]), asked)
    assert answer.status_code == (200 if asked == {"compania": "\0"} else 422)


def test_there_is_no_other_format(engineer):
    assert engineer.get("/informes/eventos.parquet").status_code == 404


# --- the portal -------------------------------------------------------------------------------------------------------
@pytest.fixture
def inside(histories) -> Visitor:
    return Visitor().signs_in("jefe@example.com")


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_a_company_takes_its_own_public_events(histories: Histories, inside, form, monkeypatch):
    monkeypatch.setattr(history, "IN_MEMORY", 1_000)  # what is longer stands on the disk meanwhile
    address = f"/mi-empresa/historial/eventos.{form}"
    assert f'href="{address}" download' in inside.page("/mi-empresa/informes")
    answer = inside.telephone.get(address)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="eventos-')
    content = answer.getvalue()
    with behind(DatabaseRole.STAFF):
        assert counted(form, content) == events_on_record(f" AND c.customer_id = {histories.bank.pk} AND e.public")
        entry = AuditEntry.objects.get(kind="exported")
    assert (entry.about, entry.key) == ("contact", str(histories.head_of_the_bank))
    assert "solo nuestro" not in content.decode()
    assert "ingeniero1" not in content.decode()


def test_a_company_takes_no_other_format_and_nobody_else_takes_it(histories, inside):
    assert inside.telephone.get("/mi-empresa/historial/eventos.ocel").status_code == 404
    assert Visitor().telephone.get("/mi-empresa/historial/eventos.csv").status_code == 302
