"""The desk in a browser: keyboard, live rows, drafts, two people on one case; and all of it without a script."""

import re

from playwright.sync_api import expect

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.browser.looks import fits, looks


def number_of(story) -> str:
    with behind(DatabaseRole.STAFF):
        return story.case.display_number


def second_case(story) -> str:
    """Another case, registered now."""
    with behind(DatabaseRole.STAFF):
        story.call, story.now = None, now()
        return story.case_is_registered("Cortes de dos minutos").display_number


def test_signing_in_leads_to_the_bench_and_a_wrong_password_says_so(open_page, story):
    with behind(DatabaseRole.STAFF):
        story.engineer.set_password("una clave bien larga")
    page = open_page()
    page.goto("/")
    page.fill("[name=username]", "ingeniero1")
    page.fill("[name=password]", "otra")
    page.click("button.primary")
    expect(page.locator(".errorlist")).to_be_visible()
    page.fill("[name=password]", "una clave bien larga")
    page.click("button.primary")
    expect(page.locator(".open-row")).to_be_visible()


# --- the bench ---


def test_the_first_clock_ticks_each_second(desk):
    number = desk().locator(".open-row .time").first
    first = number.inner_text()
    assert re.fullmatch(r"\d\d:\d\d", first)
    expect(number).not_to_have_text(first)


def test_the_clock_in_the_browser_writes_times_as_the_server_does(desk):
    page = desk()
    for left, shown in ((6720, "1 h 52"), (-134, "−02:14"), (-3900, "−1 h 05"), (48, "00:48"), (300_000, "3 d 11 h")):
        page.locator(".open-row").evaluate(
            "(row, due) => { row.dataset.due = due; document.dispatchEvent(new Event('htmx:after:swap')); }",
            page.evaluate("Date.now() / 1000 + Number(document.documentElement.dataset.skew)")
            + left
            + (0.4 if left > 0 else -0.4),
        )
        assert page.locator(".open-row .time").first.inner_text().replace("\u00a0", " ") == shown


def test_a_state_that_changes_is_said_once_with_its_word_and_its_shape(desk):
    page = desk()
    page.locator(".open-row").evaluate("row => { row.dataset.due = 1; }")
    state = page.locator(".open-row .state").first
    expect(state).to_have_text("overdue")
    expect(state.locator("use")).to_have_attribute("href", re.compile("#late$"))
    expect(page.locator("#clock-news")).to_have_text("Banco Austral, Diagnosis: overdue")


def test_a_new_case_appears_by_itself_and_the_cursor_stays(desk, story):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".open-row .row-link")).to_be_focused()
    other = second_case(story)
    expect(page.locator(".row", has_text=other)).to_be_visible()
    expect(page.locator(".open-row .row-link")).to_be_focused()


def test_the_row_that_changed_glows_once(desk, story):
    page = desk()
    with behind(DatabaseRole.STAFF):
        story.case.note("algo nuevo", by=story.by, at=now())
    expect(page.locator(".open-row")).to_have_class(re.compile("changed"))
    expect(page.locator(".open-row")).not_to_have_class(re.compile("changed"))


def test_the_keys_do_what_they_say(desk, story):
    second_case(story)
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row .row-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/casos/*/")
    page.keyboard.press("g")
    page.wait_for_url(re.compile(r":\d+/$"))
    page.keyboard.press("i")
    page.wait_for_url(re.compile("orden=impacto"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/casos/nuevo")
    expect(page.locator("#who")).to_be_focused()  # by the browser, some time after the page has come
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox").or_(page.locator("#search-words"))).to_be_focused()
    page.keyboard.type("nj?")
    expect(page.locator("#search-words")).to_have_value("nj?")


def test_single_keys_can_be_switched_off(desk):
    page = desk()
    page.locator(".menu summary").click()
    page.locator("[name=shortcuts][value=off]").click()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).not_to_be_visible()


def test_a_takes_the_case_and_the_toast_gives_it_back(desk, story):
    page = desk("ingeniero2")
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text(f"{number_of(story)} is yours.")
    expect(page.locator(".open-row .answers")).to_contain_text("ingeniero2")
    page.locator(".toast button").click()
    expect(page.locator(".toast")).to_contain_text("was assigned to ingeniero1")


def test_theme_and_density_change_at_once_and_stay(desk):
    page = desk()
    page.locator(".menu summary").click()
    page.locator("[name=theme][value=dark]").click()
    page.locator("[name=density][value=compact]").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


# --- a new case ---


def test_from_the_ringing_telephone_to_the_number_read_aloud(desk):
    page = desk(at="/llamadas/")
    page.fill("[name=from_number]", "07 255 50148")
    page.click("form[action$=timbra] button")
    page.click("form[action$=contesta] button")
    expect(page.locator(".caller")).to_have_text(re.compile("Banco Austral"))
    expect(page.locator("#beside .time").first).to_have_text(re.compile(r"^03:5\d$"))
    page.locator("[name=service]").first.check()
    expect(page.locator("#beside")).to_contain_text("is it this?")
    expect(page.locator("[name=site_contact]")).to_have_attribute("placeholder", "Portería")
    page.fill("[name=symptoms]", "No entran llamadas")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/abierto")
    expect(page.locator(".read-aloud")).to_have_text(re.compile(r"^\d{3}-\d{3}-\d$"))


def test_three_letters_find_the_company_as_they_are_typed(desk):
    page = desk(at="/casos/nuevo")
    page.locator("#who").press_sequentially("hos")
    page.locator("#found a", has_text="Hospital Los Arrayanes").click()
    expect(page.locator(".caller")).to_have_text(re.compile("Hospital"))


# --- a case ---


def test_a_draft_is_there_after_a_reload_and_on_another_screen(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    page.fill("[name=cause]", "quizá la fuente")
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile("draft saved"))
    page.reload()
    expect(page.locator("[name=cause]")).to_have_value("quizá la fuente")
    elsewhere = desk(at=f"/casos/{story.number}/")
    expect(elsewhere.locator("[name=cause]")).to_have_value("quizá la fuente")


def test_what_was_typed_survives_a_server_that_does_not_answer(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    page.route("**/borradores", lambda route: route.abort())
    page.fill("[name=cause]", "escrito sin red")
    page.unroute("**/borradores")
    page.reload()
    expect(page.locator("[name=cause]")).to_have_value("escrito sin red")


def test_an_act_that_does_not_arrive_says_so_and_loses_nothing(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    page.fill("[name=cause]", "la fuente")
    page.route("**/diagnostico", lambda route: route.abort())
    page.click("#act [data-sends]")
    expect(page.locator(".toast")).to_contain_text("Nothing was sent")
    expect(page.locator("[name=cause]")).to_have_value("la fuente")


def test_the_diagnosis_in_place_from_refusal_to_the_next_promise(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    page.fill("[name=cause]", "Fibra cortada")
    page.fill("[name=plan]", "Empalmar")
    page.click("#act [data-sends]")
    expect(page.locator("#act .refusal")).to_contain_text("at least 2 tests")
    for name in ("ping", "OTDR"):
        page.locator("#act .on-record button").click()
        expect(page.locator("#act [name=name]")).to_be_focused()
        page.fill("#act [name=name]", name)
        page.fill("#act [name=result]", "sin respuesta")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#log")).to_contain_text(f"{name}: sin respuesta")
    expect(page.locator("[name=cause]")).to_have_value("Fibra cortada")
    page.click("#act [data-sends]")
    expect(page.locator(".rail [data-now] .name")).to_have_text("Execution")
    expect(page.locator("#act h2")).to_have_text("Agree on the visit")


def test_a_note_and_an_answer_cannot_be_confused(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    note, answer = page.locator("#composer .internal"), page.locator("#composer button.for-customer")
    expect(note).to_be_visible()
    expect(answer).not_to_be_visible()
    page.locator("[name=audience][value=public]").check()
    expect(answer).to_be_visible()
    expect(note).not_to_be_visible()
    page.fill("#composer textarea", "Seguimos con pruebas")
    page.locator("#composer textarea").press("Control+Enter")
    expect(page.locator("#log [data-kind=public]")).to_contain_text("Seguimos con pruebas")
    expect(page.locator("#composer textarea")).to_have_value("")
    expect(page.locator("[name=audience][value=internal]")).to_be_checked()


def test_two_people_on_one_case(desk, story):
    one, other = desk("ingeniero1"), desk("ingeniero2")
    for page in (one, other):
        page.goto(f"/casos/{story.number}/")
    expect(one.locator(".present")).to_have_text("ingeniero2 is viewing this case")
    one.fill("[name=cause]", "la fuente")
    other.goto(f"/casos/{story.number}/normalizado")
    other.fill("#act [name=how]", "responde al ping")
    other.click("#act [data-sends]")
    expect(one.locator("#moved-on")).to_contain_text("has moved on")
    expect(one.locator("[name=cause]")).to_have_value("la fuente")
    one.click("#act [data-sends]")
    expect(one.locator("#act .refusal")).to_contain_text("changed while you were writing")
    expect(one.locator("[name=cause]")).to_have_value("la fuente")


def test_an_explanation_that_was_opened_stays_open_while_the_page_lives(desk, story):
    page = desk(at=f"/casos/{story.number}/")
    page.locator(".promise-now summary").click()
    expect(page.locator(".promise-now .why dl")).to_contain_text("Resulting due time")
    with behind(DatabaseRole.STAFF):
        story.case.note("algo nuevo", by=story.by, at=now())
    expect(page.locator("#log")).to_contain_text("algo nuevo")
    expect(page.locator(".promise-now .why dl")).to_be_visible()


# --- without a script, and on small screens ---


def test_the_whole_way_to_the_diagnosis_without_a_script(desk):
    page = desk(script=False, at="/llamadas/")
    page.fill("[name=from_number]", "07 255 50148")
    page.click("form[action$=timbra] button")
    page.click("form[action$=contesta] button")
    page.locator("[name=service]").first.check()
    page.fill("[name=symptoms]", "No entran llamadas")
    page.click(".action-bar .primary")
    page.wait_for_url("**/abierto")
    page.click(".action-bar .primary")
    page.fill("[name=cause]", "Fibra cortada")
    for name in ("ping", "OTDR"):
        page.locator("#act .on-record button").click()
        page.fill("#act [name=name]", name)
        page.fill("#act [name=result]", "sin respuesta")
        page.click("#act [data-sends]")
    expect(page.locator("[name=cause]")).to_have_value("Fibra cortada")
    page.fill("[name=plan]", "Empalmar")
    page.click("#act [data-sends]")
    expect(page.locator("#act h2")).to_have_text("Agree on the visit")
    page.fill("#composer textarea", "para el equipo")
    page.click("#composer .internal")
    expect(page.locator("#log [data-kind=internal]")).to_contain_text("para el equipo")
    with behind(DatabaseRole.STAFF):
        assert Case.objects.filter(stage="execution").count() == 1


def test_no_page_is_wider_than_its_screen(desk, story):
    with behind(DatabaseRole.STAFF):
        story.case.clocks.filter(kind="diagnosis").update(due_at=now())
        story.now = now()
        story.the_sweep_runs()
    page = desk()
    case = f"/casos/{story.number}/"
    for address in (
        "/",
        "/?vista=mios",
        "/llamadas/",
        "/casos/nuevo",
        "/buscar?q=banco",
        case,
        f"{case}espera",
        f"{case}abierto",
        f"{case}acuerdo",
        f"{case}demora",
        f"/casos/nuevo?compania={story.bank.pk}",
        "/no-existe",
    ):
        page.goto(address)
        for look in looks(page, 360, 800, 1440):
            assert fits(page), (address, look)


def test_a_key_pressed_while_the_page_still_arrives_is_kept(desk):
    page = desk()
    held = []
    page.route("**/htmx*.js", lambda request: held.append(request))
    page.goto("/trabajos", wait_until="commit")
    page.get_by_role("heading", name="Planned work").wait_for()
    page.keyboard.press("w")
    expect(page.get_by_label("Name at the desk")).to_have_count(0)
    for request in held:
        request.continue_()
    page.unroute("**/htmx*.js")
    expect(page.get_by_label("Name at the desk")).to_be_visible()
