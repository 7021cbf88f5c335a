"""What is urgent now: one strip of lines that never pushes the bench away, told once, with keys that work."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.cases.alarms import watch_shifts
from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people import shifts
from guardia.people.shifts import Shift
from guardia.people.staff import Staff
from tests.browser.conftest import eventually
from tests.browser.looks import fits, looks, photographed
from tests.desk.phone_calls import NOBODY, is_answered, is_given_up, rings
from tests.hours import entry_points_read

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LIVE = "**/llamadas/vivo"
LONG_NAME = ("Corporación Interamericana de Servicios Financieros, Logísticos y Portuarios del Litoral " * 2)[:120]
BROKEN = 20
ROWS_IN_SIGHT = """() => {
    const top = document.querySelector(".topbar").getBoundingClientRect().bottom;
    const keys = document.querySelector(".bench > .keys").getBoundingClientRect().top;
    const ends = Math.min(keys, innerHeight);
    const rows = [...document.querySelectorAll(".bench-list > :has(.row-link)")].map((e) => e.getBoundingClientRect());
    return rows.filter((row) => row.top >= top && row.bottom <= ends).length;
}"""
FIRST_PROMISE_ENDS = "document.querySelector('.bench-list > :first-child').getBoundingClientRect().bottom"
WORDS_OF_LINES = """() => [...document.querySelectorAll("#now .now-line")].filter((e) => e.checkVisibility())
    .map((line) => line.id || line.textContent.replace(/\\s+/g, " ").trim())"""
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("#now :is(a, button, summary), .views a, .bench-head :is(a, button)")]
    .filter((e) => e.checkVisibility() && e.getClientRects().length)
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect().height]).filter(([, height]) => height < 24)"""


def broken_promises(story, count: int) -> None:
    """Cases whose diagnosis fell due long ago."""
    story.call, story.now = None, now() - timedelta(minutes=70)
    for place in range(count):
        story.case_is_registered(f"Cortes en el piso {place}")


def two_calls_to_make(story) -> None:
    """Somebody hung up before the answer; and a company has no way left by which to be told."""
    is_given_up(rings(story, now() - timedelta(minutes=3), NOBODY), now() - timedelta(minutes=2))
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    story.call, story.now = None, now() - timedelta(minutes=6)
    story.case_is_registered("Sin servicio en la matriz")
    story.diagnosis("visit")
    story.case.agree(replace(story.agreement(), customer="Guardia de la garita"), by=story.by, at=story.now)


def three_alarms(story) -> None:
    """Nobody is on shift, the worker is silent, and an exchange is not heard."""
    shifts.enter(story.engineer, shifts.TECHNICAL, now())
    shifts.leave(story.engineer, now())
    Shift.objects.update(started_at=now() - timedelta(hours=9), ended_at=now() - timedelta(hours=9))
    watch_shifts(now())
    watch.seen("sweep", now() - timedelta(minutes=5))
    Exchange.objects.create(name="norte", kind=ExchangeKind.AMI, seen_at=now() - timedelta(minutes=9))


@pytest.fixture
def busy_night(story, monkeypatch):
    """A call rings, two are to be made, three alarms stand, twenty promises are broken; the call is returned.

    The hour of the pages stands still, so that no further promise comes near its end on a slow machine.
    """
    with behind(DatabaseRole.STAFF):
        broken_promises(story, BROKEN)
        two_calls_to_make(story)
        three_alarms(story)
        call = rings(story, now(), whose=story.engineer)
    hour = now()
    entry_points_read(monkeypatch, lambda: hour)
    return call


def in_sight(page: Page, rows: int) -> None:
    """At least so many rows, once the strip has folded itself after the window got its size."""
    eventually(page, lambda: page.evaluate(ROWS_IN_SIGHT) >= rows)


def sized(page: Page, width: int, height: int) -> Page:
    page.set_viewport_size({"width": width, "height": height})
    return page


@pytest.mark.parametrize(("width", "height", "rows"), [(1440, 900, 14), (1024, 768, 8)])
def test_a_busy_night_leaves_the_rows_in_sight_and_stays_so(desk, busy_night, width, height, rows):
    page = sized(desk(width=width), width, height)
    expect(page.locator(f"#ringing-{busy_night.pk}")).to_be_visible()
    photographed(page, f"busy-{width}")
    assert page.locator("#now .now-line").count() == 6
    before = page.evaluate(WORDS_OF_LINES)
    in_sight(page, rows)
    assert fits(page)
    for _ in range(3):
        with page.expect_response(LIVE):
            pass
    with page.expect_response("**/turno/vivo", timeout=40_000):
        pass
    in_sight(page, rows)
    after = page.evaluate(WORDS_OF_LINES)
    assert after == before
    assert len(after) == len(set(after))


def test_however_much_comes_the_rows_stay_and_the_rest_is_a_count_that_opens_by_its_key(desk, story, busy_night):
    with behind(DatabaseRole.STAFF):
        for place in range(4):
            rings(story, now(), f"+59372555020{place}")
            is_given_up(rings(story, now(), f"+59372555030{place}"), now())
            Exchange.objects.create(name=f"sur {place}", kind=ExchangeKind.AMI, seen_at=now() - timedelta(minutes=9))
    page = desk()
    for width, height, rows in ((1440, 900, 14), (1024, 768, 8)):
        sized(page, width, height)
        in_sight(page, rows)
        assert fits(page)
        photographed(page, f"storm-{width}")
    lines = len(page.evaluate(WORDS_OF_LINES))
    folded = int(page.locator(".now-more [data-count]").inner_text())
    parts = page.locator("#now [data-part]:has(.now-line)")
    for place in range(parts.count()):
        expect(parts.nth(place).locator(".now-line:visible").first).to_be_visible()
    page.keyboard.press("h")
    assert len(page.evaluate(WORDS_OF_LINES)) == lines + folded
    with page.expect_response(LIVE):
        pass
    assert len(page.evaluate(WORDS_OF_LINES)) == lines + folded
    page.keyboard.press("h")
    assert len(page.evaluate(WORDS_OF_LINES)) == lines


def test_on_a_telephone_the_first_promise_is_in_the_first_screen(desk, busy_night):
    page = sized(desk(width=360), 360, 740)
    photographed(page, "busy-360")
    assert page.evaluate(FIRST_PROMISE_ENDS) <= 740
    assert fits(page)


def test_nothing_is_told_twice(desk, story, busy_night):
    page = desk()
    call = busy_night
    expect(page.locator(f"#call-{call.pk}")).to_have_count(0)
    text = page.locator(".bench-side").inner_text()
    assert "have not been notified yet" not in text
    assert text.count("ringing at your extension") == 1
    with behind(DatabaseRole.STAFF):
        is_answered(call, story.colleague, now())
    expect(page.locator(f"#ringing-{call.pk}")).to_have_count(0)
    expect(page.locator(f"#call-{call.pk}")).to_have_count(1)


def test_my_own_call_is_one_line_with_its_clock_and_no_row(desk, story):
    with behind(DatabaseRole.STAFF):
        at = now() - timedelta(minutes=4)
        call = is_answered(rings(story, at, NOBODY), story.engineer, at)
    page = desk()
    expect(page.locator(f"#my-call-{call.pk} .time")).to_be_visible()
    expect(page.locator(f"#call-{call.pk}")).to_have_count(0)


# --- keys ---

PRESSED = """() => {
    window.pressed = [];
    document.addEventListener("click", (event) => {
        const link = event.target.closest('a[href^="tel:"]');
        if (link) { event.preventDefault(); window.pressed.push(link.href); }
    }, true);
}"""
KEYS = """() => [...document.querySelectorAll("kbd")].filter((key) => key.checkVisibility())
    .map((key) => key.textContent.trim())"""


def does_what_it_says(page: Page, call) -> dict[str, Callable[[], object]]:
    """What is to be seen once each key was pressed, on the bench with this call ringing."""
    return {
        "/": lambda: expect(page.locator("#search-words")).to_be_focused(),
        "f": lambda: expect(page.locator(".filter-form")).to_be_visible(),
        "j": lambda: expect(page.locator(".bench-list > :nth-child(2) .row-link")).to_be_focused(),
        "k": lambda: expect(page.locator(".bench-list > :first-child .row-link")).to_be_focused(),
        "↵": lambda: page.wait_for_url("**/casos/*/*"),
        "a": lambda: expect(page.locator(".toast")).to_be_visible(),
        "x": lambda: expect(page.locator(".pick:checked")).to_have_count(1),
        "i": lambda: page.wait_for_url("**orden=impacto**"),
        "?": lambda: expect(page.locator("#help")).to_be_visible(),
        "c": lambda: expect(page.locator(f"#ringing-{call.pk}")).to_be_focused(),
        "r": lambda: page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}"),
        "n": lambda: page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}"),
        "d": lambda: eventually(page, lambda: page.evaluate("window.pressed.length") == 1),
        "h": lambda: expect(page.locator("#now")).to_have_attribute("data-open", ""),
        "1": lambda: page.wait_for_url("**/casos/*/"),
    }


def by_hand(story):
    """A call that no exchange announces: it is answered at the desk."""
    with behind(DatabaseRole.STAFF):
        story.now = now()
        return story.caller_rings(story.head)


def test_each_key_that_is_shown_does_what_it_says(desk, story):
    with behind(DatabaseRole.STAFF):
        two_calls_to_make(story)
        three_alarms(story)
        for place in range(3):
            Exchange.objects.create(name=f"sur {place}", kind=ExchangeKind.AMI, seen_at=now() - timedelta(minutes=9))
    call = by_hand(story)
    page = desk("ingeniero2")
    card = page.locator(f"#ringing-{call.pk}")
    expect(card).to_be_visible()
    seen = page.evaluate(KEYS)
    assert seen.count("n") == 1, seen
    assert {"r", "n", "c", "d", "h", "/", "f", "i", "↵", "j", "k", "a", "?"} <= set(seen)
    expected = does_what_it_says(page, call)
    last = ("n", "r")  # whoever has pressed r has answered
    for key in sorted(set(seen), key=lambda key: (key in last, key)):
        page.goto("/")
        page.locator("[data-htmx-powered]").first.wait_for(state="attached")
        page.evaluate(PRESSED)
        page.keyboard.press("Enter" if key == "↵" else key)
        expected[key]()


def test_the_keys_of_a_call_that_one_turns_to_work_and_are_shown_on_it_alone(desk, story):
    call = by_hand(story)
    page = desk()
    card = page.locator(f"#ringing-{call.pk}")
    expect(card).to_be_visible()
    assert "1" not in page.evaluate(KEYS)
    page.keyboard.press("c")
    on_it = [key for key in page.evaluate(KEYS) if key in ["r", "n", "1"]]
    assert sorted(on_it) == ["1", "n", "r"]
    page.keyboard.press("1")
    does_what_it_says(page, call)["1"]()


def test_on_another_page_the_keys_are_the_pages_own_until_one_turns_to_the_call(desk, story):
    call = by_hand(story)
    page = desk()
    page.goto("/relevo")
    expect(page.locator(f"#ringing-{call.pk}")).to_be_visible()
    assert not {"r", "n"} & set(page.evaluate(KEYS))
    page.keyboard.press("c")
    assert {"r", "n"} <= set(page.evaluate(KEYS))
    page.keyboard.press("n")
    page.wait_for_url(f"**/casos/nuevo?llamada={call.pk}")


# --- told while one looks elsewhere ---

SPY = """() => {};
window.notices = [];
window.tones = 0;
window.Notification = class extends EventTarget {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(words) { super(); window.notices.push(words); }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones++; start.call(this, at); };
Document.prototype.hasFocus = () => false;"""


def test_a_call_is_told_by_the_browser_once_somebody_has_chosen_so(desk, story):
    page = desk()
    page.context.add_init_script(SPY)
    page.goto("/")
    asked = page.locator("[data-ring-ask]")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="With a sound").click()
    expect(asked).to_be_hidden()
    heard = page.evaluate("window.tones")
    assert heard > 0
    with behind(DatabaseRole.STAFF):
        call = rings(story, now())
    expect(page.locator(f"#ringing-{call.pk}")).to_be_visible()
    eventually(page, lambda: page.evaluate("window.notices.length") == 1)
    assert "Banco Austral" in page.evaluate("window.notices[0]")
    assert page.evaluate("window.tones") > heard
    page.reload()
    expect(page.locator(f"#ringing-{call.pk}")).to_be_visible()
    expect(asked).to_be_hidden()
    with page.expect_response(LIVE):
        pass
    assert page.evaluate("window.notices.length") == 0


def test_who_wants_no_notice_is_asked_once_and_gets_none(desk, story):
    page = desk()
    page.context.add_init_script(SPY)
    page.goto("/")
    page.locator("[data-ring-ask]").get_by_role("button", name="Not now").click()
    page.reload()
    expect(page.locator("[data-ring-ask]")).to_be_hidden()
    with behind(DatabaseRole.STAFF):
        call = rings(story, now())
    expect(page.locator(f"#ringing-{call.pk}")).to_be_visible()
    assert page.evaluate("window.notices.length + window.tones") == 0


# --- for everybody ---


def test_axe_finds_nothing_in_both_themes_and_targets_are_large_enough(desk, busy_night):
    page = desk()
    for look in looks(page, 1440, 360):
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, (
            look,
            [(each["id"], node["target"]) for each in found.response["violations"] for node in each["nodes"]],
        )
        assert page.evaluate(SMALL_TARGETS) == [], look
        photographed(page, f"axe-{look}")


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_each_language_and_long_names_fit_a_telephone_a_screen_and_a_doubled_text(desk, busy_night, language):
    with behind(DatabaseRole.STAFF):
        Staff.objects.update(language=language)
        Customer.objects.update(name=LONG_NAME)
    page = desk()
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    for width, height, rows in ((360, 740, 1), (1024, 768, 8), (1440, 900, 14), (720, 450, 0)):
        sized(page, width, height)
        photographed(page, f"long-{language}-{width}")
        assert fits(page), width
        in_sight(page, rows)
    sized(page, 360, 740)
    eventually(page, lambda: page.evaluate(FIRST_PROMISE_ENDS) <= 740)


def test_two_hundred_rows_stay_one_page_whose_first_rows_are_in_sight(desk, story):
    with behind(DatabaseRole.STAFF):
        broken_promises(story, 200)
        rings(story, now())
    page = desk()
    in_sight(page, 14)
    assert page.locator(".bench-list > :has(.row-link)").count() <= 50
    assert fits(page)


def test_the_side_column_fits_the_screen(desk, story):
    page = desk()
    hidden = page.locator("#views").evaluate("views => views.scrollHeight - views.clientHeight")
    assert hidden <= 0


def test_vip_is_never_cut_off_on_the_room_screen(desk, story):
    with behind(DatabaseRole.STAFF):
        Customer.objects.update(name=LONG_NAME, vip=True)
        broken_promises(story, 3)
    page = desk()
    page.goto("/pantalla")
    photographed(page, "wall")
    whole = page.locator(".wall-screen .vip").evaluate_all(
        """marks => marks.map((mark) => {
            const of = mark.getBoundingClientRect();
            return [mark.parentElement, mark.closest("li, section")].map((each) => each.getBoundingClientRect())
                .every((place) => of.width > 0 && of.right <= place.right + 1 && of.bottom <= place.bottom + 1);
        })"""
    )
    assert whole == [True] * 4
