"""A company reads of a work and answers: its own services alone, by the link or signed in; another's are not there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import sessions
from guardia.outages import work_answers
from guardia.outages.planned_work import PlannedWork, PlannedWorkService

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def today(story) -> None:
    story.now = now()


@pytest.fixture
def night(story):
    from tests.works.nights import Night

    return Night(story)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def link(night, contact) -> str:
    return f"/c/trabajo/{work_answers.token(contact.customer_id, night.pk, contact.pk)}"


def read(browser, address: str) -> str:
    with behind(DatabaseRole.STAFF):
        return browser.get(address).content.decode()


def answer_of(night, company) -> str:
    with behind(DatabaseRole.STAFF):
        return PlannedWorkService.objects.get(work=night.pk, customer=company).answer


def test_hours_own_services_and_nothing_of_another_company(browser, night, story):
    night.announce(needs_agreement=True)
    said = read(browser, link(night, story.desk))
    for words in ("Change of a card", "ENL-0042", "agencia matriz", "(Ecuador time)", "Yes, we agree"):
        assert words in said
    for secret in ("ENL-0077", "Arrayanes", "emergencias", "Tarjeta 4 de Cuenca", "hospital@example.com"):
        assert secret not in said


def test_one_tap_agrees(browser, night, story):
    night.announce(needs_agreement=True)
    address = link(night, story.desk)
    done = browser.post(f"{address}/de-acuerdo")
    assert done.status_code == 303
    assert "Thank you: your company agrees." in read(browser, done.headers["Location"])
    assert answer_of(night, story.bank) == "agreed"
    assert answer_of(night, story.other) == ""


def test_a_look_never_answers(browser, night, story):
    night.announce(needs_agreement=True)
    assert browser.get(f"{link(night, story.desk)}/de-acuerdo").status_code == 302
    assert answer_of(night, story.bank) == ""


def test_an_objection_without_words_is_refused_and_with_words_waits_for_the_desk(browser, night, story):
    night.announce()
    address = link(night, story.desk)
    refused = browser.post(f"{address}/objetar", {"texto": "  "})
    assert refused.status_code == 422
    assert "Please fill in: what does not suit you." in refused.content.decode()
    with behind(DatabaseRole.STAFF):
        assert browser.post(f"{address}/objetar", {"texto": "<b>fin de mes</b>"}).status_code == 303
    assert "&lt;b&gt;fin de mes&lt;/b&gt;" in read(browser, address)
    with behind(DatabaseRole.STAFF):
        assert [each.words for each in work_answers.objections()] == ["<b>fin de mes</b>"]


def test_no_agreement_is_offered_where_none_is_asked(browser, night, story):
    night.announce()
    assert "Yes, we agree" not in read(browser, link(night, story.desk))
    refused = browser.post(f"{link(night, story.desk)}/de-acuerdo")
    assert refused.status_code == 422
    assert "No agreement is asked" in refused.content.decode()


def test_a_draft_is_read_by_nobody_outside(browser, night, story):
    night.draft()
    assert browser.get(link(night, story.desk)).status_code == 404


def test_the_link_of_one_company_opens_no_work_of_another_alone(browser, night, story):
    night.announce(services=(night.hospital.pk,))
    assert browser.get(link(night, story.desk)).status_code == 404
    with behind(DatabaseRole.STAFF):
        mixed = work_answers.token(story.other.pk, night.pk, story.desk.pk)
    assert browser.get(f"/c/trabajo/{mixed}").status_code == 404


@pytest.mark.parametrize("token", ["x", "1-2-3.x.y", "1-2-3:x", "%00"])
def test_a_link_that_was_made_up_leads_nowhere(browser, night, token):
    assert browser.get(f"/c/trabajo/{token}").status_code == 404
    assert browser.post(f"/c/trabajo/{token}/de-acuerdo").status_code == 404


def test_who_has_left_the_company_is_told_so(browser, night, story):
    night.announce()
    address = link(night, story.desk)
    story.desk.active = False
    story.desk.save(update_fields=["active"])
    assert browser.get(address).status_code == 410


def test_every_state_is_said(browser, night, story):
    night.announce()
    address = link(night, story.desk)
    assert "It is announced." in read(browser, address)
    with behind(DatabaseRole.STAFF):
        night.begins()
    assert "It is under way." in read(browser, address)
    with behind(DatabaseRole.STAFF):
        night.at(night.ends_at + HOUR)
        night.the_worker_looks()
    assert "It was due to end" in read(browser, address)
    with behind(DatabaseRole.STAFF):
        night.end()
    assert "It has been over" in read(browser, address)


@pytest.fixture
def signed_in(browser, story, settings):
    def enter(contact) -> Client:
        with behind(DatabaseRole.STAFF):
            _session, token = sessions.begin(contact, contact.email, now())
        from guardia.web.portal.visitor import COOKIE

        browser.cookies[COOKIE] = token
        return browser

    return enter


def test_signed_in_a_company_finds_its_works_and_answers(signed_in, night, story):
    night.announce(needs_agreement=True)
    browser = signed_in(story.desk)
    said = read(browser, "/mi-empresa/trabajos")
    assert "ENL-0042" in said
    assert "ENL-0077" not in said
    assert browser.post(f"/mi-empresa/trabajos/{night.pk}/de-acuerdo").status_code == 303
    assert answer_of(night, story.bank) == "agreed"


def test_whoever_is_about_to_report_a_fault_reads_of_the_work_under_way(signed_in, night, story):
    night.announce()
    browser = signed_in(story.desk)
    assert "Change of a card" not in read(browser, "/mi-empresa/"), "it is days away"
    with behind(DatabaseRole.STAFF):
        type(night.work).objects.filter(pk=night.pk).update(starts_at=now() - HOUR, ends_at=now() + HOUR)
        night.at(now())
        night.the_worker_looks()
    for address in ("/mi-empresa/", "/mi-empresa/pedir"):
        said = read(browser, address)
        assert "Change of a card" in said
        assert "It is under way." in said
    assert "Change of a card" not in read(browser, "/mi-empresa/pedir?area=billing")


def test_signed_in_no_company_answers_for_another(signed_in, night, story):
    night.announce(needs_agreement=True, services=(night.hospital.pk,))
    browser = signed_in(story.desk)
    assert "No planned work affects your services" in read(browser, "/mi-empresa/trabajos")
    assert browser.post(f"/mi-empresa/trabajos/{night.pk}/de-acuerdo").status_code == 404
    assert answer_of(night, story.other) == ""


def test_behind_the_wall_of_one_company_the_rows_of_another_do_not_exist(night, story):
    night.announce()
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert set(PlannedWorkService.objects.values_list("customer", flat=True)) == {story.bank.pk}
        assert PlannedWork.objects.filter(pk=night.pk).values("number").exists()
    with behind(DatabaseRole.STAFF):
        night.announce(services=(night.hospital.pk,), is_public=False)
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert not PlannedWork.objects.filter(pk=night.pk).values("number").exists()


def test_a_draft_does_not_exist_behind_the_wall_of_a_company_nor_for_the_public(night, story):
    night.draft(is_public=True)
    for company in (story.bank.pk, None):
        with behind(DatabaseRole.PORTAL, company):
            assert not PlannedWork.objects.filter(pk=night.pk).values("number").exists()


def test_what_the_house_says_to_itself_is_not_granted_to_the_portal(night, story):
    night.announce()
    with behind(DatabaseRole.PORTAL, story.bank.pk), connection.cursor() as cursor:
        for column in ("name", "carrier", "short_notice_reason", "why_cancelled", "created_by_id"):
            cursor.execute("SELECT has_column_privilege('guardia_portal', 'planned_work', %s, 'SELECT')", [column])
            assert cursor.fetchone() == (False,)
        cursor.execute("SELECT has_table_privilege('guardia_portal', 'planned_work_turn', 'SELECT')")
        assert cursor.fetchone() == (False,)
