"""Registration with the caller on the line: two fields suffice, and nothing that was typed is lost (P2)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.stages import registration
from guardia.config.now import now
from guardia.customers.cities import City
from guardia.customers.contact import Contact, ContactWay, WayKind
from guardia.customers.customer import Service, Site
from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import desk_zone
from tests.desk.conftest import words


def ring_and_answer(browser) -> Call:
    browser.post("/llamadas/timbra", {"from_number": "07 255 50148"})
    call = Call.objects.latest("pk")
    answered = browser.post(f"/llamadas/{call.pk}/contesta")
    assert answered.headers["Location"] == f"/casos/nuevo?llamada={call.pk}"
    return call


def test_the_callers_number_finds_the_company(story, engineer):
    call = ring_and_answer(engineer)
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert "Banco Austral" in page
    assert "Jefe de Sistemas, registered contact of the company" in page
    assert "ENL-0042" in page
    assert "To give the number" in page


def test_service_and_symptoms_suffice_and_the_number_is_read_aloud(story, engineer):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    page = words(engineer.post(f"/casos/nuevo?llamada={call.pk}", fields, follow=True))
    case = Case.objects.get()
    assert f'class="read-aloud number">{case.display_number}<' in page
    assert case.reporter == story.head
    assert case.assigned == story.engineer
    assert {c.kind for c in case.clocks.filter(outcome="kept")} == {"reception", "registration"}


def test_the_site_answers_what_was_not_asked(story, engineer):
    engineer.post("/casos/nuevo", {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"})
    assert (Case.objects.get().site_contact, Case.objects.get().access_hours) == ("Portería", "24 horas")


def test_without_symptoms_the_form_comes_back_with_everything_else(story, engineer):
    fields = {"service": story.service.pk, "symptoms": "", "impact": "degraded", "reporter_name": "La recepcionista"}
    back = engineer.post("/casos/nuevo", fields)
    assert back.status_code == 422
    assert "Write what the caller says" in words(back)
    assert "La recepcionista" in words(back)
    assert not Case.objects.exists()


def test_three_letters_find_a_company_and_a_stranger_gets_nothing_confidential(story, engineer):
    found = words(engineer.get("/casos/nuevo?q=ban"))
    assert f"compania={story.bank.pk}" in found
    engineer.post("/llamadas/timbra", {"from_number": ""})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}&compania={story.bank.pk}"))
    assert "Not a registered contact" in page


def test_a_company_that_nobody_can_be_told_of_is_warned_about(story, engineer):
    story.bank.contacts.update(email="")
    page = words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    assert "Nobody at the company can be notified in writing (email): no contact has such an address." in page
    assert "There are only telephone numbers: somebody calls. Ask for an address while you are on the call." in page


def test_a_company_that_is_reached_by_a_short_message_alone_is_not_in_red(story, engineer, settings):
    story.bank.contacts.update(email="")
    ContactWay.objects.create(
        customer=story.bank, contact=story.head, kind=WayKind.SMS, address="+593995550111", independent=True
    )
    address = f"/casos/nuevo?compania={story.bank.pk}"
    assert "can be notified in writing (email): no contact" in words(engineer.get(address)), "no gateway carries it"
    settings.SMS_URL = "json://gateway.example.com/{number}"
    assert "can be notified in writing" not in words(engineer.get(address))
    assert "SMS" in words(engineer.get(address))
    AddressMark.objects.create(
        customer=story.bank, channel="sms", address="+593995550111", reason="refused", marked_at=story.now
    )
    page = words(engineer.get(address))
    assert "can be notified in writing (email, SMS): the addresses do not accept messages now." in page


def test_a_call_about_an_open_case_is_joined_to_it(story, engineer):
    case = story.open_case()
    call = ring_and_answer(engineer)
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert case.display_number in page
    engineer.post(f"/casos/{case.number}/unir", {"call": call.pk})
    call.refresh_from_db()
    assert (call.case_id, call.settled_as) == (case.pk, "joined")


def test_a_number_that_cannot_be_dialled_is_refused_with_an_example(story, engineer):
    back = engineer.post("/llamadas/timbra", {"from_number": "abc"})
    assert back.status_code == 422
    assert "02 555 0100" in words(back)


def test_the_same_call_sent_twice_opens_one_case(story, engineer):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    for _ in range(2):
        answer = engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
        assert answer.headers["Location"] == f"/casos/{Case.objects.get().number}/abierto"
    assert Case.objects.count() == 1


def test_what_is_being_written_is_there_on_any_screen(story, engineer):
    key = f"nuevo:{story.bank.pk}:0"
    saved = engineer.post("/borradores", {"draft": key, "symptoms": "la mitad de una frase", "impact": "degraded"})
    assert words(saved).startswith("draft saved")
    assert "la mitad de una frase" in words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    engineer.post(
        f"/casos/nuevo?compania={story.bank.pk}",
        {"service": story.service.pk, "symptoms": "la frase entera", "impact": "degraded"},
    )
    assert not Draft.objects.exists()


def test_p1_a_reception_that_was_late_says_so_beside_the_registration(story, engineer):
    story.caller_rings(story.head)
    story.seconds_pass(75)
    call = story.engineer_answers()
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert "reception 1:15" in page
    assert "overdue" in page.split("reception 1:15")[1][:300]


def test_the_demo_call_button_is_there_in_the_demonstration_only(story, engineer, settings):
    assert engineer.post("/demo/llamada").status_code == 404
    assert "/demo/llamada" not in words(engineer.get("/llamadas/"))
    settings.DEMO = True
    assert "/demo/llamada" in words(engineer.get("/llamadas/"))
    assert engineer.post("/demo/llamada").status_code == 302
    assert "Jefe de Sistemas" in words(engineer.get("/llamadas/"))


def facts(story, **more) -> dict:
    return {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down", **more}


def arrived(minutes_ago: int) -> str:
    return (now() - timedelta(minutes=minutes_ago)).astimezone(desk_zone()).strftime("%d/%m/%Y %H:%M")


@pytest.mark.parametrize("source", ["mail", "portal", "office"])
def test_l4_what_did_not_come_by_telephone_counts_from_its_arrival(story, engineer, source):
    engineer.post("/casos/nuevo", facts(story, source=source, received_at=arrived(9)))
    case = Case.objects.get()
    received = case.events.get(moment=Moment.REQUEST_RECEIVED)
    clock = case.clocks.get(kind="registration")
    assert (case.source, received.variant) == (source, source)
    assert clock.started_at == received.occurred_at == case.outage_started_at
    assert clock.outcome == "breached"


def test_l4_without_an_hour_it_arrived_now(story, engineer):
    engineer.post("/casos/nuevo", facts(story, source="mail", received_at=""))
    case = Case.objects.get()
    assert case.events.get(moment=Moment.REQUEST_RECEIVED).occurred_at == case.opened_at
    assert case.clocks.get(kind="registration").outcome == "kept"


def test_a_telephone_report_without_its_call_has_no_arrival(story, engineer):
    engineer.post("/casos/nuevo", facts(story, source="phone"))
    case = Case.objects.get()
    assert case.source == "phone"
    assert not case.events.filter(moment=Moment.REQUEST_RECEIVED).exists()


@pytest.mark.parametrize(
    ("source", "minutes_ago", "said"),
    [
        ("phone", 9, "Choose how it was received"),
        ("mail", -5, "That time has not come yet."),
        ("fax", 9, "valid choice"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused_beside_its_field(story, engineer, source, minutes_ago, said):
    back = engineer.post("/casos/nuevo", facts(story, source=source, received_at=arrived(minutes_ago)))
    assert back.status_code == 422
    assert said in words(back)
    assert not Case.objects.exists()


def test_how_it_came_is_asked_only_where_there_is_no_call(story, engineer):
    assert 'name="received_at"' in words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    call = ring_and_answer(engineer)
    assert 'name="received_at"' not in words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    engineer.post(f"/casos/nuevo?llamada={call.pk}", facts(story, source="mail", received_at=arrived(9)))
    assert Case.objects.get().source == "phone"


def stranger_calls(story, engineer) -> str:
    engineer.post("/llamadas/timbra", {"from_number": ""})
    call = Call.objects.get()
    engineer.post(f"/llamadas/{call.pk}/contesta")
    return f"/casos/nuevo?llamada={call.pk}&compania={story.bank.pk}"


def test_a_known_contact_on_another_telephone_is_the_reporter(story, engineer):
    address = stranger_calls(story, engineer)
    page = words(engineer.get(address))
    assert '<option value="" selected>somebody else</option>' in page
    assert "Coordinadora" not in page
    assert "Anterior jefe" not in page
    engineer.post(address, facts(story, reporter=story.desk.pk))
    case = Case.objects.get()
    assert (case.reporter, case.reporter_name) == (story.desk, "Help Desk")


def test_a_caller_who_is_no_contact_stays_a_name(story, engineer):
    engineer.post(stranger_calls(story, engineer), facts(story, reporter="", reporter_name="La recepcionista"))
    case = Case.objects.get()
    assert (case.reporter, case.reporter_name) == (None, "La recepcionista")


def test_a_contact_of_another_company_is_none(story, engineer):
    back = engineer.post("/casos/nuevo", facts(story, reporter=story.stranger.pk))
    assert back.status_code == 422
    assert not Case.objects.exists()


def test_the_recognised_caller_is_chosen_already(story, engineer):
    call = ring_and_answer(engineer)
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert f'<option value="{story.head.pk}" selected>Jefe de Sistemas</option>' in page


@pytest.mark.parametrize(
    ("chosen", "name", "reporter", "reporter_name"),
    [
        ("head", "", "head", "Jefe de Sistemas"),
        ("head", "La recepcionista", None, "La recepcionista"),
        ("", "", None, ""),
        ("desk", "", "desk", "Help Desk"),
        ("desk", "Turno de noche", "desk", "Turno de noche"),
    ],
)
def test_on_a_recognised_number_somebody_else_may_report(story, engineer, chosen, name, reporter, reporter_name):
    call = ring_and_answer(engineer)
    pk = getattr(story, chosen).pk if chosen else ""
    engineer.post(f"/casos/nuevo?llamada={call.pk}", facts(story, reporter=pk, reporter_name=name))
    case = Case.objects.get()
    assert case.reporter == (getattr(story, reporter) if reporter else None)
    assert case.reporter_name == reporter_name


def test_a_client_that_never_looks_carries_the_newest_messages_only(story, engineer):
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    for _ in range(9):
        engineer.post("/casos/nuevo", fields)
    toasts = engineer.get("/").content.decode().partition('id="toasts"')[2].partition("<template")[0]
    assert toasts.count('class="toast"') == 6
    assert Case.objects.latest("pk").display_number in toasts


def test_what_may_be_chosen_is_read_where_somebody_looks_at_it(story, engineer):
    Contact.objects.filter(customer=story.bank).update(email="noc@example.com")
    with CaptureQueriesContext(connection) as asked:
        engineer.post("/casos/nuevo", facts(story))
    said = " ".join(one["sql"] for one in asked)
    assert Case.objects.count() == 1
    assert 'ORDER BY "contact"."name"' not in said
    assert 'FROM "contact_way"' not in said  # whoever has a mailbox needs no other way to be told
    with CaptureQueriesContext(connection) as asked:
        page = words(engineer.get(f"/casos/nuevo?compania={story.bank.pk}"))
    assert 'ORDER BY "contact"."name"' in " ".join(one["sql"] for one in asked)
    assert f'<option value="{story.desk.pk}">Help Desk</option>' in page


def test_the_further_ways_of_whoever_has_no_mailbox_are_looked_at(story, engineer, settings):
    settings.SMS_URL = "json://127.0.0.1/{number}"
    story.desk.email = ""
    story.desk.save(update_fields=["email"])
    told = [*opened_notices(story, engineer)]
    assert (story.desk.pk, "no_address") in told
    ContactWay.objects.create(
        customer=story.bank, contact=story.desk, kind=WayKind.SMS, address="+593995550150", independent=True
    )
    assert (story.desk.pk, "") in opened_notices(story, engineer)


def opened_notices(story, engineer) -> list[tuple[int, str]]:
    symptoms = f"No hay servicio, {Case.objects.count()}"
    engineer.post("/casos/nuevo", facts(story, symptoms=symptoms))
    return list(Notice.objects.filter(case=Case.objects.latest("pk")).order_by("pk").values_list("contact", "reason"))


@pytest.mark.parametrize("service", ["0", "x", "-1", "99999999999999999999"])
def test_a_service_that_is_none_is_refused_and_the_choices_are_shown(story, engineer, service):
    back = engineer.post(f"/casos/nuevo?compania={story.bank.pk}", facts(story, service=service))
    assert back.status_code == 422
    assert "ENL-0042" in words(back)
    assert not Case.objects.exists()


def test_a_number_that_somebody_has_taken_meanwhile_comes_back_with_what_was_written(story, engineer, monkeypatch):
    case = story.case_is_registered()
    monkeypatch.setattr(registration, "draw_number", lambda: (case.pk + 1000, case.number))
    answer = engineer.post(f"/casos/nuevo?compania={story.bank.pk}", facts(story, symptoms="Nothing passes at all"))
    assert answer.status_code == 409
    assert "Nothing passes at all" in answer.content.decode()
    assert Case.objects.count() == 1


def test_p2_of_two_forms_for_one_call_the_second_s_words_stand_in_the_case(story, engineer, colleague):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
    typed = {**fields, "symptoms": "La luz LOS está en rojo\ndesde las 3"}
    page = words(colleague.post(f"/casos/nuevo?llamada={call.pk}", typed, follow=True))
    case = Case.objects.get()
    note = case.events.get(moment=Moment.NOTED)
    assert note.texts.get(name="text").text == typed["symptoms"]
    assert note.actor_id == story.colleague.pk
    assert f"{story.engineer.name} already registered this call as {case.display_number}" in page
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)  # the same words again are the same report
    assert case.events.filter(moment=Moment.NOTED).count() == 1


def test_p2_the_second_form_for_another_service_says_which(story, engineer, colleague):
    call = ring_and_answer(engineer)
    other = Service.objects.create(
        customer=story.bank, site=story.service.site, circuit="ENL-0077", folded_circuit="enl-0077", type="Enlace"
    )
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
    colleague.post(f"/casos/nuevo?llamada={call.pk}", {**fields, "service": other.pk, "symptoms": "Muy lento"})
    note = Case.objects.get().events.get(moment=Moment.NOTED)
    assert note.texts.get(name="text").text == "ENL-0077: Muy lento"


def test_p2_the_second_form_of_a_call_whose_case_is_closed_gives_the_words_back(story, engineer, colleague):
    call = ring_and_answer(engineer)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
    Case.objects.update(closed_at=now())
    page = words(colleague.post(f"/casos/nuevo?llamada={call.pk}", {**fields, "symptoms": "Muy lento"}, follow=True))
    assert "You had typed: Muy lento" in page


def test_p2_nothing_is_chosen_beforehand_and_the_number_is_given_without_it(story, engineer):
    form = engineer.get(f"/casos/nuevo?compania={story.bank.pk}&service={story.service.pk}").content.decode()
    impacts = re.findall(r'<input[^>]*name="impact"[^>]*>', form)
    assert len(impacts) == 3
    assert not any("checked" in each for each in impacts)
    assert 'value="reported"' not in form
    fields = {"service": story.service.pk, "symptoms": "Internet muy lento"}
    page = words(engineer.post("/casos/nuevo", fields, follow=True))
    case = Case.objects.get()
    assert case.impact == "reported"
    assert case.display_number in page
    assert "Use what was said:" in page


def test_p2_the_words_propose_beside_what_is_typed_and_take_nothing(story, engineer):
    asked = {"compania": story.bank.pk, "service": story.service.pk, "solo": "propuesta"}
    said = engineer.get("/casos/nuevo/al-lado", {**asked, "symptoms": "Internet muy lento hace 20 minutos"})
    assert 'data-proposes="degraded"' in said.content.decode()
    assert 'data-key="F2"' in said.content.decode()
    chosen = {**asked, "symptoms": "Internet muy lento", "impact": "down"}
    assert "data-proposes" not in engineer.get("/casos/nuevo/al-lado", chosen).content.decode()
    assert Case.objects.count() == 0


def test_p2_the_case_shows_that_its_impact_is_missing_and_one_press_completes_it(story, engineer):
    engineer.post("/casos/nuevo", {"service": story.service.pk, "symptoms": "Internet muy lento hace 20 minutos"})
    case = Case.objects.get()
    page = engineer.get(f"/casos/{case.number}/").content.decode()
    missing = page[page.index('id="impact-missing"') : page.index("</section>", page.index('id="impact-missing"'))]
    proposal = missing[: missing.index("</form>")]
    fields = dict(re.findall(r'name="(impact|since)" value="([^"]*)"', proposal))
    assert fields["impact"] == "degraded"
    before = case.outage_started_at
    engineer.post(f"/casos/{case.number}/impacto", fields)
    case.refresh_from_db()
    assert case.impact == "degraded"
    assert case.outage_started_at < before - timedelta(minutes=18)
    assert case.events.get(moment=Moment.DETAILS_UPDATED).data["impact"] == {"from": "reported", "to": "degraded"}
    assert 'id="impact-missing"' not in engineer.get(f"/casos/{case.number}/").content.decode()


def test_p2_an_impact_that_is_none_comes_back_with_its_field(story, engineer):
    fields = {"service": story.service.pk, "symptoms": "lento", "impact": "reported"}
    assert engineer.post("/casos/nuevo", fields).status_code == 422
    assert Case.objects.count() == 0


# --- L4, P2: the service is found on the server ---


def many_services(story, count: int = 3000) -> Service:
    """The company has so many more, in two cities; the last one is returned."""
    loja = City.objects.create(name="Loja", province="Loja", band="intermediate")
    far = Site.objects.create(customer=story.bank, name="zona Ñandú", city=loja)
    Service.objects.bulk_create(
        Service(customer=story.bank, site=story.site, circuit=f"ENL-1{n:04}", folded_circuit=f"enl-1{n:04}")
        for n in range(count)
    )
    return Service.objects.create(customer=story.bank, site=far, circuit="ZAM-77", folded_circuit="zam-77")


@pytest.mark.parametrize("looked_for", ["zam-77", "ZAM", "m-77", "loja", "nandu", "zona loja"])
def test_l4_of_three_thousand_services_the_one_is_found_by_circuit_site_or_city(story, engineer, looked_for):
    far = many_services(story)
    asked = {"compania": story.bank.pk, "solo": "servicios", "buscar": looked_for}
    found = engineer.get("/casos/nuevo/al-lado", asked).content.decode()
    assert re.findall(r'name="service" value="(\d+)"', found) == [str(far.pk)]


def test_l4_one_beyond_what_is_shown_is_accepted_and_stays_chosen(story, engineer):
    far = many_services(story)
    page = engineer.get(f"/casos/nuevo?compania={story.bank.pk}").content.decode()
    assert f'value="{far.pk}"' not in page
    assert "3002 of this company" in page
    asked = {"compania": story.bank.pk, "service": far.pk, "solo": "servicios", "buscar": "enl-10001"}
    found = engineer.get("/casos/nuevo/al-lado", asked).content.decode()
    assert f'value="{far.pk}" checked' in found
    engineer.post(f"/casos/nuevo?compania={story.bank.pk}", {"service": far.pk, "symptoms": "lento"})
    assert Case.objects.get().service == far


def test_l4_what_nothing_has_says_so_and_another_companys_is_not_found(story, engineer):
    Service.objects.create(
        customer=story.other,
        site=Site.objects.create(customer=story.other, name="ajena", city=story.site.city),
        circuit="HOS-1",
        folded_circuit="hos-1",
    )
    many_services(story, 1)
    asked = {"compania": story.bank.pk, "solo": "servicios", "buscar": "hos-1"}
    said = engineer.get("/casos/nuevo/al-lado", asked).content.decode()
    assert 'name="service"' not in said
    assert "Try fewer letters" in said


def test_p2_the_service_that_the_address_names_goes_before_an_older_draft(story, engineer):
    other = Service.objects.create(customer=story.bank, site=story.site, circuit="ENL-0043", folded_circuit="enl-0043")
    key = f"nuevo:{story.bank.pk}:0"
    engineer.post("/borradores", {"draft": key, "symptoms": "algo", "service": story.service.pk})
    page = engineer.get(f"/casos/nuevo?compania={story.bank.pk}&service={other.pk}").content.decode()
    assert f'value="{other.pk}" checked' in page
    assert re.search(r'<textarea name="symptoms"[^>]* autofocus', page)
    assert "algo" in page
