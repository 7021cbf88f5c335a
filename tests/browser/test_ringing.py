"""The telephone in a browser: it rings on any page, the screen opens at the answer, the case is open in four keys."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from guardia.cases.case import Case
from guardia.cases.stages import reception
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.people.staff import Staff
from tests.browser.looks import fits, looks
from tests.desk.phone_calls import NOBODY, is_answered, rings

LIVE = "**/llamadas/vivo"


def it_rings(story, number: str | None = None, **more):
    with behind(DatabaseRole.STAFF):
        return rings(story, now(), **({"number": number} if number is not None else {}), **more)


def answered(story, call, by=None):
    with behind(DatabaseRole.STAFF):
        return is_answered(call, by or story.engineer, now())


def card_of(page: Page, call):
    return page.locator(f"#ringing-{call.pk}")


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1


def test_the_company_is_on_screen_with_the_next_poll_on_any_page(desk, story):
    page = desk()
    page.goto("/relevo")
    with page.expect_response(LIVE, timeout=15_000) as polled:
        pass
    assert polled.value.status == 304
    call = it_rings(story, whose=story.engineer)
    with page.expect_response(lambda r: r.url.endswith("/llamadas/vivo") and r.status == 200):
        pass
    expect(card_of(page, call)).to_contain_text("Banco Austral")
    expect(card_of(page, call)).to_contain_text("ringing at your extension")
    expect(page).to_have_title(re.compile("^☎ "))
    expect(page.locator("#calls-waiting")).to_contain_text("1 call waiting")


def test_the_poll_comes_every_second(desk, story):
    expect(desk().locator("#ringing")).to_have_attribute("hx-trigger", "every 1s")


def test_a_poll_between_the_answer_by_hand_and_its_page_leads_nowhere_else(desk, story):
    page = desk()
    with behind(DatabaseRole.STAFF):
        call = reception.ring(from_number="+593725550148", line="1800400404", version=story.version, at=now())
    page.goto("/llamadas/")
    held: list[Route] = []
    page.route("**/contesta", lambda route: held.append(route))  # Playwright marks the function it is given
    with page.expect_request("**/contesta"), page.expect_response(LIVE):
        page.evaluate("setTimeout(() => document.querySelector('main form[action$=contesta] button').click())")
    answer = held[0].fetch(max_redirects=0)
    with page.expect_response(lambda poll: poll.url.endswith("/llamadas/vivo") and poll.status == 200):
        pass
    with page.expect_response(LIVE):
        pass
    held[0].fulfill(response=answer)
    page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}")


def test_from_the_answer_to_the_open_case_in_four_keys(desk, story):
    with behind(DatabaseRole.STAFF):
        Service.objects.create(
            customer=story.bank, site=story.site, circuit="ENL-0043", folded_circuit="enl-0043", type="Enlace"
        )
    page = desk()
    keys = Keys(page)
    call = it_rings(story, whose=story.engineer)
    expect(card_of(page, call)).to_be_visible()
    answered(story, call)
    page.wait_for_url(f"**/llamadas/{call.pk}")
    expect(page.locator(".call-head")).to_contain_text("Banco Austral")
    keys.press("n")
    page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}")
    keys.press("2")
    expect(page.locator("[name=symptoms]")).to_be_focused()
    page.keyboard.type("No hay servicio desde las diez")  # what the caller says
    keys.press("Control+Enter")
    page.wait_for_url("**/abierto")
    assert keys.pressed <= 4
    with behind(DatabaseRole.STAFF):
        case = Case.objects.latest("pk")
        measured = {clock.kind: clock.outcome for clock in case.clocks.filter(ended_at__isnull=False)}
        assert case.service.circuit == "ENL-0043"
        assert case.reporter == story.head
        assert (measured["reception"], measured["registration"]) == ("kept", "kept")
        assert case.calls.get().pk == call.pk


def test_one_key_attaches_the_call_to_the_open_case(desk, story):
    page = desk()
    call = it_rings(story)
    expect(card_of(page, call)).to_be_visible()
    page.keyboard.press("c")
    expect(card_of(page, call)).to_be_focused()
    page.keyboard.press("1")
    page.wait_for_url(f"**/casos/{story.number}/")
    with behind(DatabaseRole.STAFF):
        call.refresh_from_db()
        assert (call.settled_as, call.case_id) == ("joined", story.case.pk)


def test_without_an_exchange_enter_answers_and_goes_to_the_form(desk, story):
    page = desk()
    with behind(DatabaseRole.STAFF):
        story.now = now()
        call = story.caller_rings(story.head)
    expect(card_of(page, call)).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}")
    expect(page.locator(".caller")).to_contain_text("Banco Austral")


def test_the_keys_of_a_card_are_silent_while_one_types(desk, story):
    page = desk()
    page.goto("/casos/nuevo?compania=1")
    page.locator("[name=symptoms]").focus()
    call = it_rings(story)
    expect(card_of(page, call)).to_be_visible()
    page.keyboard.type("crn1")
    expect(page.locator("[name=symptoms]")).to_have_value("crn1")


def test_the_card_keeps_the_focus_while_the_page_lives(desk, story):
    page = desk()
    call = it_rings(story)
    expect(card_of(page, call)).to_be_visible()
    page.keyboard.press("c")
    other = it_rings(story, NOBODY)
    expect(card_of(page, other)).to_be_visible()
    expect(card_of(page, call)).to_be_focused()


# --- the screen opens, once, and never over what is being written ---


def test_a_form_that_is_being_written_stays_and_a_banner_offers_the_call(desk, story):
    page = desk()
    page.goto(f"/casos/{story.number}/")
    page.fill("[name=cause]", "quizá la fuente")
    call = answered(story, it_rings(story))
    banner = page.locator(f"#my-call-{call.pk}")
    expect(banner).to_contain_text("Your call: Banco Austral")
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile("draft saved"))
    expect(page.locator("[name=cause]")).to_have_value("quizá la fuente")
    page.reload()
    expect(banner).to_be_visible()
    assert page.url.endswith(f"/casos/{story.number}/")
    banner.get_by_role("link").click()
    page.wait_for_url(f"**/llamadas/{call.pk}")


def test_nobody_is_led_twice(desk, story):
    page = desk()
    call = answered(story, it_rings(story))
    page.wait_for_url(f"**/llamadas/{call.pk}")
    page.locator(".brand").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    expect(page.locator(f"#my-call-{call.pk}")).to_be_visible()
    with page.expect_response(LIVE):
        pass
    assert page.url.endswith("/")


def test_a_call_that_a_colleague_answered_leads_nobody_else(desk, story):
    page = desk("ingeniero2")
    call = it_rings(story)
    expect(card_of(page, call)).to_be_visible()
    answered(story, call)
    expect(card_of(page, call)).to_have_count(0)
    expect(page.locator(".my-call")).to_have_count(0)
    expect(page).not_to_have_title(re.compile("☎"))
    assert page.url.endswith("/")


# --- an unknown number ---


def test_an_unknown_number_becomes_a_new_contact_in_the_same_screen(desk, story):
    page = desk()
    call = answered(story, it_rings(story, NOBODY))
    page.wait_for_url(f"**/llamadas/{call.pk}")
    page.keyboard.press("w")
    expect(page.locator("#whose")).to_be_focused()
    page.keyboard.type("ban")
    page.locator("#found a", has_text="Banco Austral").click()
    page.get_by_text("It is a new contact").click()
    page.fill("[name=name]", "Recepcionista")
    page.get_by_role("button", name="Add the contact").click()
    expect(page.locator(".call-head")).to_contain_text("Recepcionista")
    expect(page.locator(".call-services")).to_contain_text("ENL-0042")


COVERED = """() => {
    const field = document.activeElement.getBoundingClientRect(), page = document.documentElement;
    const cards = document.getElementById("ringing").getBoundingClientRect();
    return field.top < cards.bottom || field.bottom > page.clientHeight;
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
def test_the_field_in_which_one_writes_is_never_behind_the_calls(desk, story, width, height):
    page = desk(width=width)
    page.set_viewport_size({"width": width, "height": height})
    for calls in (1, 3):
        it_rings(story, NOBODY)
        page.goto(f"/casos/{story.number}/")
        page.get_by_role("link", name="Escalate", exact=True).first.click()
        expect(page.locator("#act form :focus")).to_have_count(1)
        expect(page.locator("[data-card]")).to_have_count(calls)
        assert not page.evaluate(COVERED), calls
        it_rings(story, NOBODY)


def test_nothing_is_wider_than_the_screen(desk, story):
    with behind(DatabaseRole.STAFF):
        Staff.objects.filter(pk=story.engineer.pk).update(name="María Fernanda Villavicencio de la Torre")
    call, unknown = it_rings(story, whose=story.engineer), it_rings(story, NOBODY)
    page = desk()
    for place in ("/", "/informes/", "/llamadas/", f"/llamadas/{call.pk}", f"/llamadas/{unknown.pk}?compania=1"):
        page.goto(place)
        for look in looks(page, 360, 720, 880, 1280):
            assert fits(page), (place, look)


def test_it_rings_without_a_script_too(desk, story):
    call = it_rings(story)
    page = desk(script=False)
    expect(card_of(page, call)).to_contain_text("Banco Austral")
    card_of(page, call).get_by_role("link", name="Banco Austral").click()
    page.wait_for_url(f"**/llamadas/{call.pk}")


def test_a_form_opened_while_it_rings_turns_to_the_registration_at_the_answer(desk, story):
    page = desk()
    call = it_rings(story)
    page.goto(f"/casos/nuevo?llamada={call.pk}")
    expect(page.locator("#beside")).to_contain_text("It rings: to answer")
    page.fill("[name=symptoms]", "No hay servicio")
    answered(story, call)
    expect(page.locator("#beside")).to_contain_text("To give the number")
    expect(page.locator("[name=symptoms]")).to_have_value("No hay servicio")


def test_a_screen_reader_hears_who_rings_once(desk, story):
    page = desk()
    it_rings(story)
    expect(page.locator("#clock-news")).to_contain_text("Banco Austral")


def test_the_demonstration_rings_is_answered_and_leads_to_the_call(desk, story, settings):
    settings.DEMO = True
    page = desk()
    page.goto("/llamadas/")
    page.get_by_role("button", name="from a known person").click()
    card = page.locator("[data-card]")
    expect(card).to_contain_text("ringing at your extension")
    page.keyboard.press("c")
    page.keyboard.press("r")
    page.wait_for_url(re.compile(r"/llamadas/\d+$"))
    expect(page.locator(".call-course")).to_contain_text("answered by ingeniero1")


def test_a_demo_call_that_is_given_up_stands_on_top_of_the_bench(desk, story, settings):
    settings.DEMO = True
    page = desk()
    page.goto("/llamadas/")
    page.get_by_role("button", name="from an unknown number").click()
    page.locator("[data-card]").get_by_role("button", name="Hung up").click()
    expect(page.locator("[data-card]")).to_have_count(0)
    page.goto("/")
    expect(page.locator("#calls-to-make .now-line").first).to_contain_text("Return the call")
    expect(page.locator('.call-backs [data-key="d"]')).to_have_attribute("href", re.compile(r"^tel:\+593"))
