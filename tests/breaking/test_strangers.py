"""Who is not known gets a number and nothing else; who is of another company is nobody here (P2 D)."""

import pytest
from django.apps import apps
from django.db import connection

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.notice import Notice
from tests.breaking.browser import Browser, whole


@pytest.fixture
def called(story, engineer):
    """Somebody rings from this number and is answered: the address of the registration."""

    def from_number(number: str) -> str:
        engineer.post("/llamadas/timbra", {"from_number": number})
        call = Call.objects.latest("pk")
        engineer.post(f"/llamadas/{call.pk}/contesta")
        return f"/casos/nuevo?llamada={call.pk}"

    return from_number


def report(story) -> dict:
    return {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}


def told(case: Case) -> set[int]:
    return set(Notice.objects.filter(case=case, state="owed").values_list("contact_id", flat=True))


def test_before_anybody_is_named_the_screen_names_nobody(story, engineer, called):
    page = engineer.get(called("02 555 0199")).content.decode()
    for name in (story.bank.name, story.other.name, story.head.name, story.service.circuit):
        assert name not in page


def test_an_unknown_caller_is_no_reporter_and_is_told_nothing(story, engineer, called):
    engineer.post(called("02 555 0199"), report(story))
    case = Case.objects.get()
    assert (case.reporter, case.reporter_name) == (None, "")
    assert told(case) == {story.head.pk, story.desk.pk, story.manager.pk}
    whole()


def test_a_contact_of_another_company_is_a_stranger_here(story, engineer, called):
    story.stranger.phones = ["+59325550188"]
    story.stranger.save()
    place = called("02 555 0188")
    assert "Not a registered contact" in engineer.get(f"{place}&compania={story.bank.pk}").content.decode()
    engineer.post(f"{place}&compania={story.bank.pk}", {**report(story), "reporter": story.stranger.pk})
    engineer.post(f"{place}&compania={story.bank.pk}", report(story))
    case = Case.objects.get()
    assert case.reporter is None
    assert story.stranger.pk not in told(case)
    assert not Notice.objects.filter(customer=story.other).exists()
    whole()


def test_a_service_of_another_company_is_not_registered_for_this_one(story, engineer, called):
    place = called("07 255 50148")
    answer = engineer.post(f"{place}&compania={story.other.pk}", report(story))
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_behind_the_portals_wall_without_a_tenant_there_is_nobody(story):
    story.open_case()
    tenant_tables = [
        model._meta.db_table
        for model in apps.get_app_config("guardia").get_models()
        if any(field.attname == "customer_id" for field in model._meta.concrete_fields)
    ]
    assert {"case", "case_event", "contact", "site", "service", "notice", "clock"} <= set(tenant_tables)
    with behind(DatabaseRole.PORTAL), connection.cursor() as cursor:
        for table in tenant_tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'"{table}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                assert cursor.fetchone()[0] == 0, table


def test_the_public_page_knows_no_company(story):
    story.open_case()
    page = Browser().get("/procedimiento").content.decode()
    for name in (story.bank.name, story.other.name, story.head.name, str(story.number), story.service.circuit):
        assert name not in page
