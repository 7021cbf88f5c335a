"""Every screen that polls, left open: what is asked for again and again changes its own part, and never grows a page.

The screens are taken from the templates: one that polls and stands on no page below makes its test fail. The browser
keeps its ordinary cache (so no request is intercepted here), and its clock is moved by hand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page, Route, expect

import guardia
from guardia.calls.call import Call
from guardia.calls.exchange import Exchange
from guardia.cases import bulk
from guardia.cases.calendar_change import follow
from guardia.clocks import calendars
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.history import history_import
from guardia.history.history_import import HistoryImport
from guardia.intake import phone
from guardia.network import alerts_sources as sources
from guardia.network.alert import AlertSource
from guardia.network.alert_message import AlertMessage, Message, fingerprint_of
from guardia.network.alert_store import keep
from guardia.network.element import Element, ServiceElement
from guardia.outages.bulk_cause import DEEDS
from guardia.outages.outage import Outage
from guardia.people import shifts
from guardia.people.staff import Role, Staff
from guardia.privacy.requests import PrivacyRequest, ask
from guardia.procedure.vocabulary import Moment
from tests.browser.test_desk import second_case
from tests.browser.test_escalation import escalate
from tests.desk.phone_calls import NOBODY, is_answered, rings
from tests.hours import entry_points_read
from tests.mailin.house import House
from tests.procedure.story import staff

TEMPLATES = Path(guardia.__file__).parent / "templates"
STATIC = Path(guardia.__file__).parent / "static"
ELSEWHERE = "/buscar?q=nada"
COUNTS = """document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  const root = document.documentElement, of = `data-answers-${ctx.sourceElement.id}`
  root.setAttribute(of, `${root.getAttribute(of) ?? ''} ${ctx.response?.status ?? 'none'}`.trim())
})"""
STANDS = """() => {
  const ids = [...document.querySelectorAll('[id]')].map((each) => each.id)
  return {
    bars: document.querySelectorAll('.topbar, .wall-head').length,
    mains: document.querySelectorAll('main').length,
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
  }
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SOUND = {"bars": 1, "mains": 1, "twice": []}
WORDS = """() => {
  const body = document.body.cloneNode(true)
  const clocks = '[data-left], [data-as-of], [data-since], [data-wall-clock], [data-word]'
  for (const clock of body.querySelectorAll(clocks)) clock.remove()
  return body.textContent.replace(/\\s+/g, ' ')
}"""


@dataclass(frozen=True, slots=True)
class Poller:
    """An element of a template that asks again every so many seconds."""

    element: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A page on which it polls: what is done before it is opened (which may say its address), and what then changes."""

    address: str
    changes: Callable
    prepared: Callable | None = None
    who: str = "ingeniero1"


def pollers() -> dict[str, Poller]:
    """Each template that polls, with the element that does."""
    found = {}
    for template in sorted(TEMPLATES.rglob("*.html")):
        text, name = template.read_text(), str(template.relative_to(TEMPLATES))
        assert "load delay" not in text, f"{name}: a poll says hx-trigger=every, so that a lost answer does not end it"
        for trigger in re.finditer(r'hx-trigger="([^"]*\bevery\b[^"]*)"', text):
            element = re.search(r' id="([\w-]+)"', text[text.rindex("<", 0, trigger.start()) : trigger.start()])
            seconds = re.match(r"every (\d+)s", trigger[1])
            assert element, f"{name}: what polls has an id"
            assert seconds, f"{name}: what polls begins with every"
            assert name not in found, f"{name}: one poll in one template"
            found[name] = Poller(element[1], int(seconds[1]))
    return found


# --- what happens on the screens ---


def a_case(story) -> None:
    second_case(story)


def a_call(story) -> None:
    rings(story, now(), number=NOBODY)


def a_note(story) -> None:
    answer = signed_in(story.engineer).post(
        f"/casos/{story.number}/nota", {"text": "Se llamó al proveedor", "seen": "1"}
    )
    assert answer.status_code == 302


def a_visit(story) -> None:
    story.now = now()
    story.visit_is_agreed()


def an_alert(story) -> None:
    one = AlertMessage(fingerprint_of(("enlace",)), True, "enlace caído", None, "critical", "", {"circuit": "ENL-0042"})
    keep(AlertSource.objects.get(), Message((one,)), now())


def a_source(story) -> None:
    sources.add({"name": "Zabbix NOC", "kind": "generic"}, by=None, at=now())


def a_node(story) -> None:
    node = Element.objects.create(code="CUE-N1", folded_code="cue-n1", name="Nodo Cuenca 1", kind="node")
    ServiceElement.objects.create(customer=story.service.customer, service=story.service, element=node)


def an_outage(story) -> str:
    sent = {"name": "Corte en el anillo sur", "element": "cue-n1", "impact": "down"}
    assert signed_in(story.engineer).post("/afectaciones/nueva", sent).status_code == 302
    return f"/afectaciones/{Outage.objects.get().number}/"


def a_declared_outage(story) -> str:
    a_node(story)
    return an_outage(story)


def news_of_it(story) -> None:
    address = f"/afectaciones/{Outage.objects.get().number}/novedad"
    answer = signed_in(story.engineer).post(address, {"words_es": "La cuadrilla está en el corte."})
    assert answer.status_code == 302


def a_call_on_its_page(story) -> str:
    return f"/llamadas/{rings(story, now(), number=NOBODY).pk}"


def it_is_answered(story) -> None:
    is_answered(Call.objects.get(from_number=NOBODY), story.colleague, now())


def somebody_comes(story) -> None:
    shifts.enter(story.colleague, shifts.TECHNICAL, now())


def a_mail(story) -> None:
    settings.MAIL_IN = True
    House(story).writes("desconocida@elsewhere.example.com", subject="Una pregunta")


def an_announcement(story) -> None:
    story.case.write(Moment.CONTESTED, by=story.by, at=story.now)
    day = localdate(story.clock("ruling").due_at)
    sent = {"day": f"{day}", "kind": "rest", "reason": "Decreto", "edition": str(calendars.newest_edition())}
    assert signed_in(story.supervisor).post(reverse("settings_day"), {**sent, "hacer": "1"}).status_code == 302


def it_is_followed(story) -> None:
    follow(now())


def a_request_of_privacy(story) -> str:
    asks = staff("calidad", role=Role.QUALITY)
    Staff.objects.update(language="en")
    asked = ask("export", by=asks, at=now(), contact=story.head)
    PrivacyRequest.objects.update(steps=10, steps_done=1)
    return reverse("privacy_request", args=[asked.pk])


def an_import(story) -> str:
    return reverse("history_import", args=[history_import.begin(staff("jefa", role=Role.ADMINISTRATOR), now()).pk])


def it_is_read(story) -> None:
    HistoryImport.objects.update(rows_read=5_000)


def a_first_call(story) -> str:
    one = Exchange.objects.create(name="pbx", kind="ami", contexts=["from-isp"], seen_at=now(), connected_at=now())
    return f"{reverse('settings_first_call', args=[one.pk])}?desde={now().timestamp():.0f}"


def it_rings_there(story) -> None:
    at = now()
    begun = {"Event": "Newchannel", "Timestamp": f"{at.timestamp():.6f}", "Uniqueid": "c.1", "Linkedid": "c.1"}
    where = {"Context": "from-gsm", "Exten": "1800400404", "ChannelState": "4", "CallerIDNum": "0990000123"}
    phone.keep_events(Exchange.objects.get(), [list({**begun, **where}.items())], "ami", at, at)


def it_moves(story) -> None:
    PrivacyRequest.objects.update(steps_done=3)


def an_act_on_many(story) -> str:
    seen = {story.case.pk: story.case.seq}
    means = {"key": uuid4(), "staff": story.engineer, "at": now()}
    act = bulk.begin(DEEDS["assign"], {"to": story.colleague.pk}, seen, **means)
    bulk.go_on(act.pk, DEEDS, now())
    return reverse("bulk_course", args=[act.key])


def time_passes(story) -> None:
    """Nothing else: it can be taken back for less long."""


def case_href(story) -> str:
    return f"/casos/{story.number}/"


def signed_in(who: Staff) -> Client:
    client = Client()
    client.force_login(who)
    return client


SCREENS = {
    "desk/_banners.html": Screen("/relevo", somebody_comes),
    "desk/_bench.html": Screen("/", a_case),
    "desk/_calls.html": Screen("/llamadas/", a_call),
    "desk/_wall.html": Screen("/pantalla", a_call),
    "desk/alerts/_board.html": Screen("/alertas", an_alert, a_source),
    "desk/bulk/_course.html": Screen("", time_passes, an_act_on_many),
    "desk/case.html": Screen("", a_note, case_href),
    "desk/dispatch/_board.html": Screen("/despacho", a_visit),
    "desk/dispatch/_map.html": Screen("/despacho/mapa", a_visit),
    "desk/escalation/_list.html": Screen("/escalamientos/", escalate),
    "desk/mail/_tray.html": Screen("/correo", a_mail),
    "desk/outages/_board.html": Screen("/afectaciones", an_outage, a_node),
    "desk/outages/_live.html": Screen("", news_of_it, a_declared_outage),
    "desk/phone/_call_now.html": Screen("", it_is_answered, a_call_on_its_page),
    "desk/phone/_ringing.html": Screen("/companias/", a_call),
    "desk/settings/_progress.html": Screen(reverse("settings_calendar"), it_is_followed, an_announcement),
    "desk/settings/telephone/_first_call.html": Screen("", it_rings_there, a_first_call, "supervisora"),
    "desk/settings/history/_progress.html": Screen("", it_is_read, an_import, "jefa"),
    "desk/settings/privacy/_progress.html": Screen("", it_moves, a_request_of_privacy, "calidad"),
}


# --- the browser ---


class LeftOpen:
    """A page in Chromium whose clock stands, and moves by one poll at a time."""

    def __init__(self, page: Page, poller: Poller) -> None:
        self.page, self.poller = page, poller
        self.root = page.locator("html")

    def answers(self) -> list[str]:
        return (self.root.get_attribute(f"data-answers-{self.poller.element}") or "").split()

    def polls(self, seconds: int = 0) -> str:
        """The status with which the next poll was answered, once htmx is done with it."""
        so_far = len(self.answers())
        self.page.clock.run_for((seconds or self.poller.seconds) * 1000)
        answered = re.compile(rf"^\S+( \S+){{{so_far},}}$")
        expect(self.root).to_have_attribute(f"data-answers-{self.poller.element}", answered)
        return self.answers()[-1]

    def still_asks(self) -> bool:
        return self.page.locator(f"#{self.poller.element}[hx-trigger]").count() == 1

    def is_sound(self, when: str) -> None:
        assert self.page.evaluate(STANDS) == SOUND, when


@pytest.fixture
def the_hour(monkeypatch) -> Callable[[float], datetime]:
    """The doors' hour stands too, so that no promise falls due between two polls; it goes on by so many seconds."""
    hour = [now()]

    def goes_on(seconds: float) -> datetime:
        hour[0] += timedelta(seconds=seconds)
        return hour[0]

    entry_points_read(monkeypatch, lambda: hour[0])
    return goes_on


@pytest.fixture
def left_open(desk) -> Callable[..., LeftOpen]:
    def opened(screen: Screen, poller: Poller, address: str, **how) -> LeftOpen:
        page = desk(screen.who, at="about:blank", own_window=True, **how)
        page.context.add_init_script(COUNTS)
        page.clock.install()
        page.clock.pause_at(now() + timedelta(seconds=30))
        page.goto(address)
        page.clock.run_for(1)  # htmx begins with a timer
        return LeftOpen(page, poller)

    return opened


def test_each_template_that_polls_has_its_page_here():
    assert set(pollers()) == set(SCREENS)


def test_no_script_asks_again_and_again_but_the_crews():
    """The crew's page works without signal and sends by a script of its own: ``test_field_page.py`` and its like."""
    scripts = [script for script in STATIC.rglob("*.js") if "vendor" not in script.parts]
    assert {script.name for script in scripts if "setInterval" in script.read_text()} == {"clocks.js", "page.js"}


@pytest.mark.parametrize("template", SCREENS)
def test_a_screen_left_open_stays_one_page(template, story, left_open, the_hour):
    screen, poller = SCREENS[template], pollers()[template]
    with behind(DatabaseRole.STAFF):
        said = screen.prepared(story) if screen.prepared else None
    left = left_open(screen, poller, screen.address or said)
    left.is_sound("opened")
    assert [left.polls() for _ in range(3)] == ["304"] * 3
    left.is_sound("nothing has changed")
    before = left.page.evaluate(WORDS)
    the_hour(30)
    with behind(DatabaseRole.STAFF):
        screen.changes(story)
    assert left.polls() == "200"
    left.is_sound("something has changed")
    assert left.page.evaluate(WORDS) != before
    left.page.goto(ELSEWHERE)
    left.page.go_back()
    left.is_sound("came back")
    answers = [left.polls() for _ in range(2) if left.still_asks()]
    assert answers[-1:] == ["304"] or not left.still_asks()
    left.is_sound("came back, and polled")


# --- what comes instead of a part, and who is told ---

SOMEBODY_ELSES = (
    "<!doctype html><html><body><header class='topbar'></header><main id='main'>Mantenimiento</main></body></html>"
)
FOREIGN = {
    "a page of a proxy": {"status": 200, "content_type": "text/html", "body": SOMEBODY_ELSES},
    "words of a proxy": {"status": 429, "content_type": "text/plain", "body": "Too many requests"},
    "nothing at all": {"status": 200, "content_type": "text/html", "body": ""},
}
STALE = "No data: what you see may have changed."


def bench(left_open, **how) -> LeftOpen:
    return left_open(SCREENS["desk/_bench.html"], pollers()["desk/_bench.html"], "/", **how)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_no_part_of_ours_is_never_put_in_place_and_is_said(foreign, story, left_open):
    left = bench(left_open)
    before = left.page.evaluate(WORDS)
    left.page.route("**/?vivo=1", lambda route: route.fulfill(**FOREIGN[foreign]))
    left.polls()
    left.is_sound("answered by somebody else")
    assert left.page.evaluate(WORDS) == before
    bar = left.page.locator(".stale-bar")
    expect(bar).to_contain_text(STALE)
    expect(bar).to_be_visible()
    left.page.unroute("**/?vivo=1")
    assert left.polls() == "304"
    expect(bar).to_be_hidden()


def test_the_others_ask_at_once_when_the_server_is_back(story, left_open):
    """The banners ask each ten seconds: what they know is not called old for so long after the bench is up to date."""
    left = bench(left_open)
    left.page.route("**/*vivo*", lambda route: route.abort())
    for _ in range(4):
        left.polls()
    expect(left.page.locator(".stale-bar")).to_be_visible()
    left.page.unroute("**/*vivo*")
    assert left.polls() == "304"
    expect(left.page.locator(".stale-bar")).to_be_hidden()
    left.is_sound("the server is back")


def test_one_poll_that_is_answered_does_not_hide_that_another_is_not(story, left_open):
    """The banners ask each ten seconds, the bench each three, the telephone each one."""
    left = bench(left_open)
    left.page.route(f"**{reverse('shift_live')}", lambda route: route.abort())
    bar = left.page.locator(".stale-bar")
    for _ in range(4):
        assert left.polls() == "304"
    expect(bar).to_be_visible()
    assert left.polls() == "304"
    assert bar.is_visible()


def test_a_server_that_hangs_is_said_too(story, left_open):
    left = bench(left_open)
    Line(left.page, "**/?vivo=1")
    left.page.clock.run_for(3000)
    expect(left.page.locator(".stale-bar")).to_be_hidden()
    assert left.polls(20) == "none"
    expect(left.page.locator(".stale-bar")).to_be_visible()


@pytest.mark.parametrize("template", ["desk/_bench.html", "desk/dispatch/_board.html"])
@pytest.mark.parametrize("width", [360, 1024])
def test_what_says_that_the_data_are_old_says_it_once_in_sight_and_widens_no_screen(template, width, story, left_open):
    with behind(DatabaseRole.STAFF):
        for _ in range(3):
            a_call(story)
    left = left_open(SCREENS[template], pollers()[template], SCREENS[template].address, width=width)
    left.page.route("**/*vivo*", lambda route: route.abort())
    left.polls()
    bar = left.page.locator(".stale-bar")
    expect(bar).to_be_in_viewport(ratio=1)
    left.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(bar).to_be_in_viewport(ratio=1)
    assert left.page.evaluate(WIDER) == 0
    assert left.page.locator("time[data-as-of]").filter(visible=True).count() == 1


LONG = "https://estado.example.com/?" + 12 * "sinespacios"


@pytest.mark.parametrize("template", ["desk/_bench.html", "desk/_banners.html", "desk/_wall.html"])
def test_no_screen_is_wider_than_a_telephone_whatever_stands_on_it(template, story, left_open):
    """Promises that broke hours ago, a call that waits since long, and words that a browser cannot part."""
    with behind(DatabaseRole.STAFF):
        story.call, story.now = None, now() - timedelta(hours=12)
        story.case_is_registered(LONG)
        rings(story, now() - timedelta(minutes=58), number=NOBODY)
    left = left_open(SCREENS[template], pollers()[template], SCREENS[template].address, width=360)
    left.polls()
    assert left.page.evaluate(WIDER) == 0


def test_a_session_that_ends_while_it_polls_leads_to_the_sign_in_and_back(story, left_open):
    left = left_open(
        SCREENS["desk/dispatch/_board.html"], pollers()["desk/dispatch/_board.html"], "/despacho?ver=en-sede"
    )
    with behind(DatabaseRole.STAFF):
        story.engineer.set_password("una clave bien larga")  # which ends every session
    left.page.clock.run_for(3000)
    expect(left.page).to_have_url(re.compile(r"/entrar\?next=/despacho%3Fver%3Den-sede$"))
    expect(left.page.locator("main")).to_have_count(1)
    left.page.fill("[name=username]", "ingeniero1")
    left.page.fill("[name=password]", "una clave bien larga")
    left.page.click("button.primary")
    left.page.wait_for_url("**/despacho?ver=en-sede")
    left.is_sound("signed in again")


def test_a_session_that_ends_in_two_tabs_leads_each_back_to_its_own_page(story, left_open):
    """Signing in at one changes the token of forms, and the form of the other is older than that."""
    one = left_open(SCREENS["desk/_bench.html"], pollers()["desk/_bench.html"], "/?vista=mios")
    two = one.page.context.new_page()
    two.goto("/despacho?ver=en-sede")
    with behind(DatabaseRole.STAFF):
        story.engineer.set_password("una clave bien larga")
    one.page.clock.run_for(3000)
    for page in (one.page, two):
        # Each poll leads there, the second over the first: waiting for the navigation would see that one end.
        expect(page).to_have_url(re.compile(r"/entrar\?next="))
    for page, back_at in ((one.page, "**/?vista=mios"), (two, "**/despacho?ver=en-sede")):
        page.fill("[name=username]", "ingeniero1")
        page.fill("[name=password]", "una clave bien larga")
        page.click("button.primary")
        page.wait_for_url(back_at)
        expect(page.locator("main")).to_have_count(1)


def test_a_sign_in_that_a_redirect_brings_is_asked_for_by_the_page_itself(story, left_open):
    left = bench(left_open)
    left.page.context.clear_cookies()
    to_sign_in = {"status": 302, "headers": {"Location": "/entrar"}}
    left.page.route("**/*vivo*", lambda route: route.fulfill(**to_sign_in))
    left.page.clock.run_for(3000)
    expect(left.page).to_have_url(re.compile(r"/entrar\?next=/$"))
    expect(left.page.locator("main")).to_have_count(1)


def test_an_act_that_is_answered_by_a_page_of_a_proxy_keeps_what_was_typed(story, left_open):
    left = left_open(SCREENS["desk/case.html"], pollers()["desk/case.html"], case_href(story))
    left.page.route("**/escribir", lambda route: route.fulfill(**FOREIGN["a page of a proxy"]))
    left.page.fill("#composer-words", "Se llamó al proveedor")
    left.page.click("#composer button.internal")
    expect(left.page.locator(".toast")).to_contain_text("Nothing was sent")
    expect(left.page.locator("#composer-words")).to_have_value("Se llamó al proveedor")
    left.is_sound("answered by somebody else")


def test_an_act_that_finds_its_case_in_use_says_so_in_its_own_words(story, left_open):
    left = left_open(SCREENS["desk/case.html"], pollers()["desk/case.html"], case_href(story))
    in_use = {"status": 503, "headers": {"X-Guardia-Trouble": "in-use", "Content-Type": "text/html"}}
    left.page.route("**/escribir", lambda route: route.fulfill(**in_use, body=SOMEBODY_ELSES))
    left.page.fill("#composer-words", "Se llamó al proveedor")
    left.page.click("#composer button.internal")
    expect(left.page.locator(".toast")).to_contain_text("somebody else is using what this needs")
    expect(left.page.locator(".toast")).to_have_count(1)
    expect(left.page.locator("#composer-words")).to_have_value("Se llamó al proveedor")


def test_two_tabs_of_one_browser_stay_two_pages(story, left_open, the_hour):
    one = bench(left_open)
    page = one.page.context.new_page()
    page.clock.install()
    page.clock.pause_at(now() + timedelta(seconds=30))
    page.goto("/")
    page.clock.run_for(1)
    other = LeftOpen(page, one.poller)
    for left in (one, other, one, other):
        assert left.polls() == "304"
        left.is_sound("two tabs")
    the_hour(30)
    with behind(DatabaseRole.STAFF):
        second_case(story)
    for left in (one, other, other, one):
        left.polls()
        left.is_sound("two tabs, and a change")
    one.page.reload()
    one.is_sound("loaded anew")
    expect(one.page.locator(".bench-list .row")).to_have_count(1)


def test_a_machine_whose_hour_was_set_counts_as_the_server_again_with_the_next_poll(story, left_open, the_hour):
    left = bench(left_open)
    left.polls()
    shown = left.page.locator(".open-row .time").first

    def minutes_left() -> int:
        return int(re.match(r"\d+", shown.inner_text())[0])

    minutes = minutes_left()
    left.page.clock.set_system_time(now() + timedelta(hours=1))
    assert left.polls() == "304"
    assert minutes_left() in {minutes, minutes - 1}


# --- buttons ---

DIMMED = """() => [...document.querySelectorAll('.button')].filter((each) => getComputedStyle(each).opacity !== '1')
  .map((each) => each.textContent.trim())"""


class Line:
    """A slow line: what is asked for there gets no answer until it is let through."""

    def __init__(self, page: Page, addresses: str) -> None:
        self.held: list[Route] | None = []
        page.route(addresses, self.asks)

    def asks(self, route: Route) -> None:
        if self.held is None:
            route.continue_()
        else:
            self.held.append(route)

    def answers(self) -> None:
        held, self.held = self.held or [], None
        for route in held:
            route.continue_()


@pytest.mark.parametrize(("template", "address"), [("desk/case.html", ""), ("desk/_calls.html", "/llamadas/")])
def test_no_button_dims_while_it_polls(template, address, story, left_open):
    with behind(DatabaseRole.STAFF):
        a_call(story)
    left = left_open(SCREENS[template], pollers()[template], address or case_href(story))
    assert left.page.locator("main .button").count() > 1
    line = Line(left.page, "**/*vivo*" if template == "desk/case.html" else "**/llamadas/?vivo=1")
    for _ in range(4):
        left.page.clock.run_for(1000)
        assert left.page.evaluate(DIMMED) == []
    with left.page.expect_response(lambda each: "vivo" in each.url):
        line.answers()
    left.is_sound("answered late")


def test_the_pressed_button_alone_shows_that_it_was_pressed(story, left_open):
    left = left_open(SCREENS["desk/case.html"], pollers()["desk/case.html"], case_href(story))
    line = Line(left.page, "**/escribir")
    left.page.fill("#composer-words", "Se llamó al proveedor")
    left.page.locator("#composer button.internal").click(no_wait_after=True)
    expect(left.page.locator("#composer button.internal")).to_have_css("opacity", "0.6")
    assert len(left.page.evaluate(DIMMED)) == 1
    with behind(DatabaseRole.STAFF):
        second_case(story)
    left.polls()
    assert len(left.page.evaluate(DIMMED)) == 1, "a poll meanwhile changes nothing of it"
    line.answers()
    expect(left.page.locator(".toast")).to_contain_text("Recorded")
    assert left.page.evaluate(DIMMED) == []


def test_a_button_whose_answer_is_the_next_page_shows_it_too_and_not_after_back(story, left_open):
    page = left_open(SCREENS["desk/_calls.html"], pollers()["desk/_calls.html"], "/llamadas/").page
    pressed = (
        "addEventListener('submit', (event) => { sessionStorage.pressed = getComputedStyle(event.submitter).opacity })"
    )
    page.evaluate(pressed)
    with page.expect_navigation():
        page.get_by_role("button", name="It rings").click()
    assert page.evaluate("sessionStorage.pressed") == "0.6"
    assert page.evaluate(DIMMED) == []
    page.go_back()
    assert page.evaluate(DIMMED) == []
    page.evaluate("document.querySelector('main .button').dataset.pressed = ''")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")  # as a browser kept it
    assert page.evaluate(DIMMED) == []


def test_a_pressed_button_stays_pressed_while_the_list_it_stands_in_changes(story, left_open, the_hour):
    with behind(DatabaseRole.STAFF):
        rings(story, now())
    left = left_open(SCREENS["desk/_calls.html"], pollers()["desk/_calls.html"], "/llamadas/")
    left.page.evaluate("document.querySelector('#calls .button').dataset.pressed = ''")  # what not-sent.js does
    assert len(left.page.evaluate(DIMMED)) == 1
    the_hour(30)
    with behind(DatabaseRole.STAFF):
        a_call(story)
    left.polls()
    expect(left.page.locator("#calls tbody tr")).to_have_count(2)
    assert len(left.page.evaluate(DIMMED)) == 1
