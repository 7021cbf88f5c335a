"""The page of one call: who, what is in trouble, its course, its acts; an unknown number finds its person (P2 D)."""

from datetime import timedelta

import pytest

from guardia.calls.call import Call, CallTransfer, Measure
from guardia.cases.case import Case
from guardia.cases.stages import reception
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.demo import mailbox
from guardia.intake import callers
from guardia.people.staff import Role
from guardia.web.desk.phone.call_page import before_case
from tests.desk.conftest import words
from tests.desk.phone_calls import NOBODY, is_answered, is_given_up, rings
from tests.procedure.story import staff


def page_of(browser, call: Call, query: str = "") -> str:
    return words(browser.get(f"/llamadas/{call.pk}{query}"))


# --- one call ---


def test_a_case_before_is_told_in_one_sentence(story):
    case = story.open_case()
    case.subject, case.solution = "El servicio no vuelve.", "El servicio volvió"
    assert before_case(case, now())["words"].endswith("· El servicio no vuelve: El servicio volvió")


def test_who_calls_what_is_in_trouble_and_what_to_do(story, engineer):
    case = story.open_case()
    call = is_answered(rings(story, now()), story.engineer, now())
    page = page_of(engineer, call)
    assert "Jefe de Sistemas" in page
    assert f'href="/companias/{story.bank.pk}/"' in page
    assert f'href="/casos/nuevo?llamada={call.pk}" data-key="n"' in page
    assert f'action="/casos/{case.number}/unir"' in page
    assert 'data-key="1"' in page
    assert "Open at this company: is it this?" in page
    assert "ENL-0042" in page


def test_the_course_of_the_call_and_how_it_was_measured(story, engineer):
    at = now() - timedelta(minutes=2)
    call = is_answered(rings(story, at, whose=story.engineer), story.engineer, at + timedelta(seconds=9))
    CallTransfer.objects.create(call=call, ordinal=1, at=at + timedelta(seconds=40), kind="blind", by="101", to="102")
    Call.objects.filter(pk=call.pk).update(ended_at=at + timedelta(seconds=70))
    page = page_of(engineer, call)
    course = [
        "arrived",
        "waits in the queue Operations Centre",
        "rang at ingeniero1, who answered",
        "answered by ingeniero1",
        "transferred by 101 to 102",
        "the line is free again",
    ]
    places = [page.index(words) for words in course]
    assert places == sorted(places)
    assert "after 0:09" in page
    assert "the exchange&#x27;s own clock" in page


def test_a_wait_that_nobody_saw_is_said_to_be_not_measured(story, engineer):
    call = is_answered(rings(story, now(), measure=Measure.GAP), story.engineer, now())
    page = page_of(engineer, call)
    assert "not measured, neither kept nor broken" in page
    assert page.count("after 0:0") == page.count("of menu or announcement") == 1


def test_nothing_new_is_304_and_an_answer_is_not(story, engineer):
    call = rings(story, now())
    asked = {"HX-Request": "true"}
    tag = engineer.get(f"/llamadas/{call.pk}?vivo=1", headers=asked).headers["HX-PTag"]
    assert engineer.get(f"/llamadas/{call.pk}?vivo=1", headers=asked | {"HX-PTag": tag}).status_code == 304
    is_answered(call, story.engineer, now())
    again = engineer.get(f"/llamadas/{call.pk}?vivo=1", headers=asked | {"HX-PTag": tag})
    assert again.status_code == 200
    assert "answered by ingeniero1" in words(again)


def test_a_call_that_has_its_case_leads_there_and_offers_nothing_else(story, engineer):
    case = story.open_case()
    page = page_of(engineer, story.call)
    assert case.display_number in page
    assert "Not a fault</button>" not in page


def test_a_call_nobody_has_is_404(story, engineer):
    assert engineer.get("/llamadas/4711").status_code == 404


@pytest.mark.parametrize("facts", [{"waiting_at": None}, {"line": "seen nowhere", "desk": "elsewhere"}, {"line": ""}])
def test_a_call_of_which_little_is_known_has_its_page_all_the_same(story, engineer, facts):
    call = rings(story, now(), "", **facts)
    assert "hidden number" in page_of(engineer, call)
    assert engineer.get("/").status_code == 200
    assert engineer.get("/llamadas/").status_code == 200


def test_the_page_of_a_call_of_another_desk_offers_the_request_first(story, sign_in):
    call = rings(story, now(), desk="billing", line="024004040/3")
    page = page_of(sign_in(staff("facturacion1", Role.BILLING)), call)
    assert "Billing" in page
    assert f'href="/requerimientos/nuevo?llamada={call.pk}" data-key="n"' in page


def test_a_missed_call_of_a_closed_desk_is_rung_back_without_a_promise(story, sign_in):
    at = now() - timedelta(minutes=5)
    call = rings(story, at, desk="billing", line="024004040/3", after_hours=True)
    Call.objects.filter(pk=call.pk).update(
        ended_at=at, abandoned_at=at, left_as="turned_away", settled_at=at, settled_as="not_owed"
    )
    billing = sign_in(staff("facturacion1", Role.BILLING))
    assert f'id="missed-{call.pk}"' in words(billing.get("/"))
    billing.post(f"/llamadas/{call.pk}/contactado")
    call.refresh_from_db()
    assert (call.is_on_the_line, call.answered_by.username) == (True, "facturacion1")
    assert f'id="missed-{call.pk}"' not in words(billing.get("/"))


def test_a_missed_call_for_which_nothing_is_to_be_done_leaves_the_list(story):
    call = rings(story, now(), desk="billing")
    Call.objects.filter(pk=call.pk).update(abandoned_at=now(), settled_at=now(), settled_as="not_owed")
    call = callers.needs_nothing(reception.locked(call.pk), at=now())
    assert call.settled_as == "not_a_fault"
    assert not callers.may_be_rung_back(call)


# --- whose number is it ---


def test_three_letters_find_the_company_on_the_page_of_the_call(story, engineer):
    call = rings(story, now(), NOBODY)
    assert f"/llamadas/{call.pk}?compania={story.bank.pk}#who" in page_of(engineer, call, "?q=ban")


def test_the_number_is_added_to_a_contact_and_finds_that_person_next_time(story, engineer):
    call = is_answered(rings(story, now(), NOBODY), story.engineer, now())
    assert "Help Desk" in page_of(engineer, call, f"?compania={story.bank.pk}")
    engineer.post(f"/llamadas/{call.pk}/quien", {"compania": story.bank.pk, "quien": story.desk.pk})
    call.refresh_from_db()
    story.desk.refresh_from_db()
    assert (call.contact, call.customer) == (story.desk, story.bank)
    assert NOBODY in story.desk.phones
    assert set(Clock.objects.filter(call=call).values_list("customer", flat=True)) == {story.bank.pk}
    assert rings(story, now(), NOBODY).contact == story.desk


def test_a_new_contact_is_added_in_the_same_screen(story, engineer):
    call = is_answered(rings(story, now(), NOBODY), story.engineer, now())
    assert 'value="725550199"' in page_of(engineer, call, f"?compania={story.bank.pk}")
    fields = {"compania": story.bank.pk, "quien": "nuevo", "name": "Recepcionista", "position": "", "phones": NOBODY}
    engineer.post(f"/llamadas/{call.pk}/quien", fields)
    call.refresh_from_db()
    assert (call.contact.name, call.contact.phones) == ("Recepcionista", [NOBODY])


@pytest.mark.parametrize(("field", "typed"), [("phones", "no lo sé"), ("name", "")])
def test_a_new_contact_that_cannot_be_kept_comes_back_with_what_was_typed(story, engineer, field, typed):
    call = rings(story, now(), NOBODY)
    fields = {"compania": story.bank.pk, "quien": "nuevo", "name": "Ana", "position": "Recepción", "phones": NOBODY}
    back = engineer.post(f"/llamadas/{call.pk}/quien", fields | {field: typed})
    assert back.status_code == 422
    assert 'value="Recepción"' in words(back)
    assert "errorlist" in words(back)
    assert not Contact.objects.filter(position="Recepción").exists()


def test_somebody_who_is_no_contact_is_told_nothing_confidential(story, engineer):
    story.open_case()
    call = is_answered(rings(story, now(), NOBODY), story.engineer, now())
    engineer.post(f"/llamadas/{call.pk}/quien", {"compania": story.bank.pk, "quien": "nadie"})
    page = page_of(engineer, call)
    assert "give this person the number, and nothing confidential" in page
    assert "read nothing of this aloud" in page
    form = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert "Do not read them aloud" in form
    assert "Portería" not in form
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
    assert Case.objects.latest("pk").reporter is None


def test_a_contact_of_another_company_is_not_this_ones(story, engineer):
    call = rings(story, now(), NOBODY)
    fields = {"compania": story.bank.pk, "quien": story.stranger.pk}
    assert engineer.post(f"/llamadas/{call.pk}/quien", fields).status_code == 404
    assert engineer.post(f"/llamadas/{call.pk}/quien", fields | {"quien": "٣"}).status_code == 404
    assert engineer.post(f"/llamadas/{call.pk}/quien", fields | {"compania": "9" * 30}).status_code == 404


def test_who_may_not_edit_companies_may_only_say_that_it_is_no_contact(story, sign_in):
    dispatcher = sign_in(staff("despacho", Role.DISPATCHER))
    call = rings(story, now(), NOBODY)
    assert "people who edit companies" in page_of(dispatcher, call, f"?compania={story.bank.pk}")
    fields = {"compania": story.bank.pk, "quien": story.desk.pk}
    assert dispatcher.post(f"/llamadas/{call.pk}/quien", fields).status_code == 403
    assert dispatcher.post(f"/llamadas/{call.pk}/quien", fields | {"quien": "nadie"}).status_code == 302
    assert NOBODY not in Contact.objects.get(pk=story.desk.pk).phones


# --- by hand ---


def test_the_line_is_chosen_of_the_procedures_and_says_the_desk(story, engineer):
    page = words(engineer.get("/llamadas/"))
    assert '<option value="024004040/3">Billing · (02) 4004040, option 3 → Billing</option>' in page
    engineer.post("/llamadas/timbra", {"from_number": "07 255 50148", "line": "024004040/3"})
    assert Call.objects.latest("pk").desk == "billing"
    assert engineer.post("/llamadas/timbra", {"from_number": "", "line": "1800"}).status_code == 422


def test_whoever_calls_a_desk_that_is_closed_is_told_when_it_opens(story, engineer, monkeypatch):
    call = rings(story, now(), desk="billing", line="024004040/3")
    night = now().replace(hour=5) + timedelta(days=1)  # midnight in Ecuador
    monkeypatch.setattr("guardia.web.desk.phone.call_page.now", lambda: night)
    page = page_of(engineer, call)
    assert "Desk closed. Read aloud:" in page
    assert "Billing is closed now and opens" in page


def test_a_call_back_that_is_dialled_is_done_when_the_person_is_reached(story, engineer):
    call = is_given_up(rings(story, now()), now())
    assert 'href="tel:+593725550148" data-key="d"' in page_of(engineer, call)
    engineer.post(f"/llamadas/{call.pk}/contactado")
    assert {c.outcome for c in call.clocks.filter(kind="call_back")} == {"kept"}


# --- the demonstration ---


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.mark.parametrize(
    ("who", "shown"), [("conocido", "Jefe de Sistemas"), ("desconocido", "not a known contact"), ("oculto", "hidden")]
)
def test_a_demo_call_rings_at_whoever_tries_it(story, engineer, demo, who, shown):
    engineer.post("/demo/llamada", {"quien": who})
    page = words(engineer.get("/"))
    assert shown in page
    assert "ringing at your extension" in page
    assert f"/demo/llamada/{Call.objects.get().pk}/contesta" in page


def test_a_demo_call_is_answered_and_leads_to_itself(story, engineer, demo):
    engineer.post("/demo/llamada")
    call = Call.objects.get()
    engineer.post(f"/demo/llamada/{call.pk}/contesta")
    assert f'data-leads="{call.pk}-' in words(engineer.get("/"))
    assert {c.kind: c.outcome for c in call.clocks.all()}["reception"] == "kept"


def test_a_demo_call_that_is_given_up_is_owed_a_call_back(story, engineer, demo):
    engineer.post("/demo/llamada")
    call = Call.objects.get()
    engineer.post(f"/demo/llamada/{call.pk}/cuelga")
    assert f'id="call-back-{call.pk}"' in words(engineer.get("/"))


def test_outside_the_demonstration_nobody_plays_the_exchange(story, engineer):
    call = mailbox.ring_demo_call(now(), "conocido", story.engineer)
    assert engineer.post(f"/demo/llamada/{call.pk}/contesta").status_code == 404
    assert "/demo/llamada" not in words(engineer.get("/"))


def test_what_a_person_said_of_the_caller_stays_when_the_exchange_says_more(story, engineer):
    call = mailbox.ring_demo_call(now(), mailbox.UNKNOWN, story.engineer)
    engineer.post(f"/llamadas/{call.pk}/quien", {"compania": story.bank.pk, "quien": "nadie"})
    mailbox.answer_demo_call(Call.objects.get(pk=call.pk), story.engineer, now())
    engineer.post(f"/llamadas/{call.pk}/quien", {"compania": story.bank.pk, "quien": story.desk.pk})
    mailbox.hang_up_demo_call(Call.objects.get(pk=call.pk), now())
    call.refresh_from_db()
    assert (call.customer, call.contact, call.answered_by) == (story.bank, story.desk, story.engineer)
