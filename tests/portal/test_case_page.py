"""``/c/caso/<token>``: what the page of a case shows, to whom, and for how long (P2)."""

from datetime import timedelta

import pytest

from guardia.cases import case_link
from guardia.cases.voice import agree_on_hour, withdraw_hour
from guardia.cases.waiting import WaitReason
from guardia.customers.contact import Contact
from guardia.evidence.probe import Probe
from guardia.evidence.target import ServiceTarget
from guardia.evidence.test_result import Verdict
from guardia.notices.notice import Delivery, Notice
from guardia.people import signed
from guardia.procedure.vocabulary import WaitCause
from guardia.web.desk.clock import desk_zone
from tests.portal.conftest import Portal


def test_p2_looking_shows_the_promise_in_a_sentence_and_writes_nothing(portal, story):
    before, notices = story.moments(), Notice.objects.count()
    page = portal.page()
    assert story.case.display_number in page
    assert '<span class="lead">Before</span>' in page
    assert "we will tell you the cause and the plan of solution." in page
    assert "Ecuador time" in page
    assert "Our engineers are testing, to find the cause." in page
    assert "No tienen servicio" in page
    assert "agencia matriz, Cuenca, ENL-0042" in page
    assert page.count("<script") == page.count("js/course.js") == 1
    assert (story.moments(), Notice.objects.count()) == (before, notices)


def test_the_seven_stages_stand_with_what_was_promised_and_what_it_took(portal):
    page = portal.page()
    for name in ("Reception", "Registration", "Diagnosis", "Execution", "Verification", "Follow-up", "Closing"):
        assert f'<span class="stage-name">{name}</span>' in page
    assert "0:20 of 1:00" in page
    assert "3:00 of 4:00" in page
    assert 'aria-current="step"' in page


def test_it_says_whose_link_it_is_and_who_was_told(portal, story):
    page = portal.page()
    assert "This page belongs to Jefe de Sistemas. What is done here is done in that name." in page
    assert "Help Desk" in page
    assert "a message is on its way" in page


def test_the_page_is_kept_by_nobody_found_by_no_engine_and_tells_no_other_site(portal):
    answer = portal.telephone.get(portal.home)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not answer.cookies


def test_internal_notes_and_pages_never_appear(portal, story):
    story.case.note("el cliente no paga", by=story.by, at=story.now)
    story.case.tell("un técnico revisa el nodo", by=story.by, at=story.now)
    page = portal.page()
    assert "el cliente no paga" not in page
    assert "un técnico revisa el nodo" in page


def test_a_wait_is_seen_with_its_cause_and_what_stood_still(portal, story):
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
    story.case.wait(why, by=story.by, at=story.now)
    page = portal.page()
    assert "We are waiting for the customer" in page
    assert "No dejan entrar. Asked by Portería. Proof: llamada 03:10." in page
    assert "What was stopped: Diagnosis." in page
    assert "“Cause and plan of solution” has been stopped since" in page


def test_a_visit_is_told_with_its_crew_and_forecast(portal, story):
    story.diagnosis("visit")
    story.visit_is_agreed()
    page = portal.page()
    assert "The visit is agreed; our crew is about to leave." in page
    assert "It is expected between" in page
    assert "At the site: Portería · 24 horas." in page
    story.case.depart(by=story.by, at=story.now)
    assert "Our crew is on the way since" in portal.page()


def test_the_evidence_stands_before_and_after(portal, restored):
    page = portal.page()
    assert 'id="pruebas"' in page
    assert "pérdida 100 %" in page
    assert "OTDR" in page


def test_a_closed_case_says_so_and_leads_to_its_report(portal, stable):
    stable.window_is_green(0.01)
    stable.minutes_pass(40)
    stable.test_shows("pérdida 0 %", Verdict.GOOD)
    stable.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    stable.case.stabilise(by=stable.by, at=stable.now)
    stable.case.close("fibra", "empalme", by=stable.by, at=stable.now)
    page = portal.page()
    assert "This case was closed" in page
    assert "/c/informe/" in page
    assert "Tell us more" not in page


@pytest.mark.parametrize(("language", "words"), [("es", "le informaremos"), ("pt", "caus"), ("en", "we will tell you")])
def test_it_is_read_in_the_contacts_language_or_the_one_asked_for(portal, language, words):
    page = portal.page(f"?lang={language}")
    assert f'<html lang="{language}"' in page
    assert words in page


def test_an_administrative_request_has_a_page_too(story, telephone):
    from guardia.cases.case import Case
    from guardia.cases.stages.administrative import Ask

    ask = Ask(story.bank, "sales", "cambio de plan", reporter=story.head)
    case = Case.take(ask, by=story.by, at=story.now, source="phone")
    story.number = case.number
    page = Portal(story, story.head, telephone).page()
    assert "cambio de plan" in page
    assert "Escalate" not in page


# --- which links open nothing -----------------------------------------------------------------------------------------


def test_another_companys_case_is_not_there(story, telephone):
    stolen = case_link.token(story.other.pk, story.case.pk, story.stranger.pk)
    for address in (f"/c/caso/{stolen}", f"/c/caso/{stolen}/escribir"):
        assert telephone.get(address).status_code == 404
    assert telephone.post(f"/c/caso/{stolen}/escribir", {"texto": "x", "vez": "1"}).status_code == 404
    foreign = case_link.token(story.bank.pk, story.case.pk, story.stranger.pk)
    assert telephone.get(f"/c/caso/{foreign}").status_code == 410


def test_a_link_that_is_too_old_or_changed_says_so(portal, telephone, monkeypatch):
    assert telephone.get(portal.home[:-1] + "!").status_code == 404
    assert telephone.get("/c/caso/1-2-3.x.y").status_code == 404
    monkeypatch.setattr(case_link, "GOOD_FOR", timedelta(seconds=-1))
    answer = telephone.get(portal.home)
    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()
    assert telephone.post(f"{portal.home}/escribir", {"texto": "x"}).status_code == 410


def test_who_is_no_contact_any_more_reads_nothing(portal, telephone, story):
    Contact.objects.filter(pk=story.head.pk).update(active=False)
    assert telephone.get(portal.home).status_code == 410


def test_a_link_of_another_page_opens_nothing(story, telephone):
    other = signed.short_token("guardia.other", story.bank.pk, story.case.pk, story.head.pk)
    assert telephone.get(f"/c/caso/{other}").status_code == 404


def test_a_link_that_was_opened_is_known_to_have_arrived(portal, story, telephone):
    notice = Notice.objects.get(contact=story.head, moment="registered")
    delivery = Delivery.objects.create(
        customer=story.bank,
        address="jefe@example.com",
        message_id="<x@example.com>",
        available_at=story.now,
        created_at=story.now,
        state="accepted",
    )
    delivery.notices.add(notice, through_defaults={"customer": story.bank})
    assert telephone.get(f"{portal.home}?por={delivery.pk}").status_code == 200
    delivery.refresh_from_db()
    assert delivery.opened_at


def test_what_was_measured_is_a_picture_and_its_address_stays_in_the_house(portal, story):
    target = ServiceTarget.objects.create(
        customer=story.bank,
        service=story.service,
        kind="icmp",
        address="10.99.88.77",
        pinned="10.99.88.77",
        max_ms=100,
        added_at=story.now,
    )
    story.test_shows("pérdida 50 %", name="ping automático")
    Probe.objects.create(
        customer=story.bank,
        case=story.case,
        target=target,
        occasion="registration",
        state="done",
        asked_at=story.now,
        due_at=story.now,
        measured_at=story.now,
        verdict="bad",
        samples=[12.0, None, 15.5, None],
        test=story.case.tests.get(name="ping automático"),
    )
    page = portal.page()
    assert '<svg class="picture"' in page
    assert page.count('class="lost"') == 2
    assert "12 ms, lost, 16 ms, lost" in page
    assert "10.99.88.77" not in page


def test_P_d_the_hour_at_which_they_asked_to_be_rung_is_seen(portal, story):
    hour = (story.now + timedelta(hours=3)).replace(second=0, microsecond=0)
    agree_on_hour(story.case, hour, "Jefe de Sistemas", by=story.by, at=story.now)
    page = portal.page()
    assert "Scheduled call" in page
    assert "Jefe de Sistemas asks to be called at" in page
    assert hour.astimezone(desk_zone()).strftime("%H:%M") in page.partition("asks to be called at")[2][:40]
    withdraw_hour(story.case, by=story.by, at=story.now)
    assert "withdrawn: " in portal.page()
