"""While it rings: the desk knows who is calling, on every page, and a poll costs next to nothing (P1, L4)."""

from datetime import timedelta

import pytest
from django.db import connection

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Impact
from tests.desk.conftest import words
from tests.desk.phone_calls import BANK, NOBODY, exchange, is_answered, is_given_up, rings
from tests.procedure.story import staff

LIVE = "/llamadas/vivo"


def poll(browser, tag: str = "", path: str = "/"):
    return browser.get(
        LIVE, headers={"HX-Request": "true", "HX-PTag": tag, "HX-Current-URL": f"http://testserver{path}"}
    )


@pytest.mark.parametrize("path", ["/", "/llamadas/", "/relevo", "/companias/", "/casos/nuevo", "/buscar?q=ban"])
def test_whoever_rings_is_on_every_page(story, engineer, path):
    story.open_case()
    call = rings(story, now(), whose=story.engineer)
    page = words(engineer.get(path))
    assert f'id="ringing-{call.pk}"' in page
    assert "Banco Austral" in page
    assert "ringing at your extension" in page
    assert "Toll-free" in page


def test_the_card_names_the_services_in_trouble_each_with_its_key(story, engineer):
    case = story.open_case()
    call = rings(story, now())
    page = words(poll(engineer))
    assert f'<input type="hidden" name="call" value="{call.pk}"><button class="button small" data-card-key="1"' in page
    assert case.display_number in page
    assert "ENL-0042 · No service · Diagnosis" in page


def test_whose_telephone_rings_is_said_to_the_others(story, colleague):
    rings(story, now(), whose=story.engineer)
    page = words(poll(colleague))
    assert "ringing at ingeniero1" in page
    assert "ringing at your extension" not in page


def test_a_call_of_an_exchange_is_not_answered_by_hand(story, engineer):
    rings(story, now())
    assert "/contesta" not in words(poll(engineer))
    story.now = now()
    story.caller_rings()
    assert f"/llamadas/{story.call.pk}/contesta" in words(poll(engineer))


def test_the_newest_call_has_the_key_and_three_are_shown(story, engineer):
    at = now() - timedelta(seconds=30)
    made = [rings(story, at + timedelta(seconds=n), f"+59372555016{n}") for n in range(5)]
    page = words(poll(engineer))
    assert page.count('class="now-line ringing-card') == 3
    assert page.count('data-key="c"') == 1
    assert "and 2 more calls" in page
    assert f'id="ringing-{made[0].pk}"' in page


def test_an_auditor_sees_who_rings_and_can_do_nothing(story, sign_in):
    story.open_case()
    rings(story, now())
    page = words(poll(sign_in(staff("auditora", Role.AUDITOR))))
    assert "Banco Austral" in page
    assert "<form" not in page.split("hx-partial")[0]


def test_a_hidden_number_is_called_that(story, engineer):
    rings(story, now(), "")
    assert "hidden number" in words(poll(engineer))


# --- what it costs ---


def test_nothing_new_is_304(story, engineer):
    rings(story, now())
    first = poll(engineer)
    again = poll(engineer, first.headers["HX-PTag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_poll_asks_little_and_its_questions_do_not_grow(story, engineer):
    story.open_case()

    def asked() -> int:
        questions = []

        def counted(execute, sql, *rest):
            questions.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(counted):
            poll(engineer)
        return len(questions)

    asked()  # the first one, and one in five minutes, notes that this browser is used
    idle = asked()
    rings(story, now())
    one = asked()
    for n in range(20):
        rings(story, now(), f"+5937255502{n:02}")
    many = asked()
    assert 0 < idle <= 7
    assert idle < one <= idle + 5  # whose call it is, what is open there, and what may explain it
    assert many == one


def test_something_else_on_the_case_rings_anew(story, engineer):
    story.open_case()
    rings(story, now())
    tag = poll(engineer).headers["HX-PTag"]
    story.now = now()
    story.case.complete({}, by=story.by, at=story.now, impact=Impact.DEGRADED)
    assert poll(engineer, tag).status_code == 200


def test_a_call_of_an_exchange_is_ended_by_one_click(story, engineer):
    """The exchange's word of it may be lost: then it would ring for ever."""
    call = rings(story, now())
    ends = f"/llamadas/{call.pk}/abandona"
    assert f'action="{ends}"' in words(poll(engineer))
    assert f'action="{ends}"' in words(engineer.get(f"/llamadas/{call.pk}"))
    assert f'action="{ends}"' in words(engineer.get("/llamadas/"))
    engineer.post(ends)
    call.refresh_from_db()
    assert (call.is_waiting, call.is_owed_a_call_back) == (False, True)


def test_on_the_line_ends_with_the_call_and_what_is_left_to_do_is_said(story, engineer):
    call = is_answered(rings(story, now()), story.engineer, now())
    assert "On the line with you" in words(engineer.get("/"))
    engineer.post(f"/llamadas/{call.pk}/abandona")
    page = words(engineer.get("/"))
    assert "On the line with you" not in page
    assert "Your call is over, without a number yet: Banco Austral" in page


# --- answered ---


def test_the_poll_leads_the_one_who_answered_to_the_call(story, engineer, colleague):
    call = is_answered(rings(story, now()), story.engineer, now())
    assert f'data-leads="{call.pk}-' in words(poll(engineer))
    assert f'href="/llamadas/{call.pk}"' in words(poll(engineer))
    assert "data-leads" not in words(poll(colleague))


@pytest.mark.parametrize("path", ["/llamadas/{}", "/casos/nuevo?llamada={}", "/casos/nuevo?compania=1&llamada={}"])
def test_on_its_own_pages_nobody_is_led_to_it_again(story, engineer, path):
    call = is_answered(rings(story, now()), story.engineer, now())
    page = words(poll(engineer, path=path.format(call.pk)))
    assert "data-leads" not in page
    assert f'data-shown="{call.pk}-' in page


def test_the_page_of_another_call_is_not_its_own(story, engineer):
    call = is_answered(rings(story, now()), story.engineer, now())
    assert f'data-leads="{call.pk}-' in words(poll(engineer, path=f"/llamadas/1{call.pk}"))


def test_what_was_answered_long_ago_leads_nobody_but_is_offered(story, engineer):
    at = now() - timedelta(minutes=9)
    call = is_answered(rings(story, at), story.engineer, at)
    page = words(poll(engineer))
    assert "data-leads" not in page
    assert f"my-call-{call.pk}" in page


# --- on top of the bench ---


def test_a_call_back_owed_stands_before_all_rows_with_a_number_to_dial(story, engineer):
    story.open_case()
    call = is_given_up(rings(story, now()), now())
    page = words(engineer.get("/"))
    assert page.index(f'id="call-back-{call.pk}"') < page.index('class="bench-head"')
    assert 'href="tel:+593725550148" data-key="d"' in page
    assert f'id="call-{call.pk}"' not in page


def test_reached_leads_to_the_registration_and_nothing_is_owed_any_more(story, engineer):
    call = is_given_up(rings(story, now()), now())
    answer = engineer.post(f"/llamadas/{call.pk}/contactado")
    assert answer.headers["Location"] == f"/casos/nuevo?llamada={call.pk}"
    assert "call-backs" not in words(engineer.get("/"))


def missed(story) -> Call:
    at = now() - timedelta(minutes=5)
    call = rings(story, at, desk="billing", line="024004040/3", after_hours=True, waiting_at=None)
    Call.objects.filter(pk=call.pk).update(ended_at=at, abandoned_at=at, left_as="turned_away")
    return call


def test_whoever_called_a_closed_desk_is_listed_for_it_without_a_clock(story, sign_in, engineer):
    call = missed(story)
    page = words(sign_in(staff("facturacion1", Role.BILLING)).get("/"))
    assert f'id="missed-{call.pk}"' in page
    assert "called out of hours" in page
    assert "calls-missed" not in words(engineer.get("/"))
    assert "calls-missed" not in words(sign_in(staff("ventas1", Role.SALES)).get("/"))
    assert not call.clocks.exists()


# --- the exchange ---


def test_an_exchange_that_is_not_heard_is_said_above_every_page(story, engineer):
    at = now() - timedelta(minutes=3)
    one = exchange()
    one.kind, one.connected_at, one.seen_at = "ami", None, at
    one.save()
    assert "There has been no connection to the exchange central since" in words(engineer.get("/relevo"))


# --- one key ---


def test_one_key_attaches_the_call_that_rings(story, engineer):
    case = story.open_case()
    story.now = now()
    call = story.caller_rings(story.head)
    engineer.post(f"/casos/{case.number}/unir", {"call": call.pk})
    call.refresh_from_db()
    assert (call.settled_as, call.case_id, call.answered_by) == ("joined", case.pk, story.engineer)


def test_a_case_opened_while_the_exchange_says_nothing_answers_the_call(story, engineer):
    call = rings(story, now())
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    engineer.post(f"/casos/nuevo?llamada={call.pk}", fields)
    case = Case.objects.get()
    assert {c.kind for c in case.clocks.filter(outcome="kept")} == {"reception", "registration"}


def test_two_services_are_chosen_by_their_keys(story, engineer):
    site = story.site
    Service.objects.create(customer=story.bank, site=site, circuit="ENL-0043", folded_circuit="enl-0043", type="Enlace")
    call = is_answered(rings(story, now(), BANK), story.engineer, now())
    page = words(engineer.get(f"/casos/nuevo?llamada={call.pk}"))
    assert '<label data-key="2" data-then="#id_symptoms">' in page


def test_an_unknown_number_of_a_person_who_may_not_act_is_refused(story, sign_in):
    call = rings(story, now(), NOBODY)
    auditor = sign_in(Staff.objects.filter(role=Role.AUDITOR).first() or staff("auditora", Role.AUDITOR))
    assert auditor.post(f"/llamadas/{call.pk}/contactado").status_code == 403


def test_a_desk_acts_on_its_own_calls_and_attaches_none_to_an_incident(story, sign_in):
    story.open_case()
    technical, billed = rings(story, now()), rings(story, now(), desk="billing", line="024004040/3")
    page = words(poll(sign_in(staff("facturacion1", Role.BILLING))))
    assert f'id="ringing-{billed.pk}"' in page
    assert f'id="ringing-{technical.pk}"' not in page, "what rings at the Operations Centre is none of theirs"
    assert page.count('data-card-key="n"') == 1
    assert 'data-card-key="1"' not in page
