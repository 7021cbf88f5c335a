"""The technician's page in a browser: its weight, its targets, its clock, its sessions, its versions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from guardia.cases import visit_link
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.field.crew import CrewMember
from guardia.field.visit import FieldAct
from guardia.people.staff import Role
from guardia.web.field import page as field_page
from tests.browser.field_phone import kept_for_later, phone, press, ready, waiting  # noqa: F401
from tests.browser.looks import fits, looks
from tests.field.conftest import Outing
from tests.procedure.story import staff

MOST_BYTES = 60 * 1024


@pytest.fixture
def outing(transactional_db) -> Outing:
    with behind(DatabaseRole.STAFF):
        return Outing()


@pytest.fixture
def on(phone, outing):  # noqa: F811
    """The telephone, switched on and signed in."""
    phone.switch_on()
    phone.sign_in("tecnico1")
    return phone


@pytest.fixture
def page_of(open_page, outing, live_server):
    """A window without a memory of its own, signed in."""

    def opened(**how) -> Page:
        page = open_page(own_window=True, **how)  # its service worker stays
        client = Client()
        with behind(DatabaseRole.STAFF):
            client.force_login(outing.technician)
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
        page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        return page

    return opened


def acts_on_record() -> list[tuple[str, bool]]:
    with behind(DatabaseRole.STAFF):
        return [(act.kind, act.applied_at is not None) for act in FieldAct.objects.order_by("order")]


def test_the_first_load_weighs_less_than_60_kilobytes(page_of):
    page = page_of(width=360)
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.setdefault(answer.url, _weight(answer)))
    page.goto("/campo")
    ready(page)
    assert len([url for url in weights if "/campo/partes/" in url]) == 2
    assert sum(weights.values()) < MOST_BYTES, weights


def _weight(answer) -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def test_it_fits_its_screen_and_what_a_glove_presses_is_56_pixels(page_of):
    page = page_of(width=360)
    page.goto("/campo")
    ready(page)
    assert all(fits(page) for _look in looks(page, 360, 1200))
    for more in page.locator("details.more, details.letter").all():
        more.evaluate("details => { details.open = true }")
    pressed = "main :is(.button, .chip, .tick, select, textarea, input[name]:not([type=radio])):visible"
    for look in looks(page, 360, 1200):
        assert fits(page), look
        for target in page.locator(pressed).all():
            assert target.bounding_box()["height"] >= 55.9, target.evaluate("element => element.outerHTML")


def test_the_next_step_is_at_the_thumb_wherever_one_reads(page_of):
    page = page_of(width=360)
    page.goto("/campo")
    ready(page)
    expect(page.get_by_role("button", name="I left for the site")).to_be_in_viewport()
    page.locator(".steps").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="I left for the site")).to_be_in_viewport()


def test_a_telephone_whose_clock_is_wrong_sends_the_true_hours(page_of):
    page = page_of(width=360)
    page.add_init_script("const real = Date.now.bind(Date); Date.now = () => real() + 7200000;")
    page.goto("/campo")
    expect(page.locator("html")).to_have_attribute("data-settled", "yes")
    before = now()
    press(page, "depart")
    expect(page.locator("[data-step=depart]")).to_have_attribute("data-done", "")
    with behind(DatabaseRole.STAFF):
        happened = FieldAct.objects.get().happened_at
    assert before - timedelta(seconds=3) < happened < now() + timedelta(seconds=3)


def test_the_session_ends_and_what_was_pressed_stays_until_one_signs_in_again(on):
    page = on.open()
    kept_for_later(page)
    on.context.clear_cookies(name="sessionid")
    press(page, "depart")
    waiting(page, 1)
    expect(page.locator("[data-sends-words]")).to_contain_text("Your session has ended.")
    expect(page.locator("[data-sign-in]")).to_be_visible()
    assert acts_on_record() == []
    on.sign_in("tecnico1")
    page.reload()
    waiting(page, 0)
    assert acts_on_record() == [("depart", True)]


def test_somebody_else_signs_in_and_sends_nothing_of_the_first(on, outing):
    page = on.open()
    kept_for_later(page)
    on.context.clear_cookies(name="sessionid")
    press(page, "depart")
    waiting(page, 1)
    with behind(DatabaseRole.STAFF):
        other = staff("tecnico2", Role.TECHNICIAN)
        CrewMember.objects.create(crew=outing.crew, staff=other, name="Técnico 2")
    on.sign_in("tecnico2")
    page.reload()
    ready(page)
    expect(page.locator("[data-sends-words]")).to_contain_text("Another person's steps are waiting on this telephone.")
    assert acts_on_record() == []
    on.sign_in("tecnico1")
    page.reload()
    waiting(page, 0)
    assert acts_on_record() == [("depart", True)]


def test_what_is_refused_is_shown_with_its_sentence_and_the_step_is_offered_again(on, outing):
    page = on.open()
    kept_for_later(page)
    on.relay.cut()
    press(page, "depart")
    waiting(page, 1)
    with behind(DatabaseRole.STAFF):
        outing.case.hand_over_visit(outing.stranger_crew, "vehículo averiado", by=outing.by, at=now())
    on.relay.mend()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    # The visit is gone from the page with its crew; what was refused is still said.
    expect(page.locator("[data-refused-elsewhere]")).to_contain_text("Cuadrilla 4")
    page.get_by_role("button", name="I have read it").click()
    expect(page.locator("[data-refused-elsewhere]")).to_be_hidden()


def test_a_crew_without_account_works_by_its_link_without_signal(phone, outing):  # noqa: F811
    with behind(DatabaseRole.STAFF):
        token = visit_link.token(outing.visit)
    phone.switch_on()
    page = phone.open(f"/campo/v/{token}")
    kept_for_later(page)
    phone.relay.cut()
    page.close()
    page = phone.open(f"/campo/v/{token}")
    press(page, "depart")
    waiting(page, 1)
    phone.relay.mend()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    assert acts_on_record() == [("depart", True)]


def test_a_newer_version_takes_the_place_of_the_old_one_and_loses_nothing(on, monkeypatch):
    page = on.open()
    kept_for_later(page)
    on.relay.cut()
    press(page, "depart")
    waiting(page, 1)
    newer = replace(field_page.parts(), version="0123456789ab")
    monkeypatch.setattr(field_page, "parts", lambda: newer)
    on.relay.mend()
    page.reload()
    waiting(page, 0)
    expect(page.locator("html")).to_have_attribute("data-version", "0123456789ab")
    kept_for_later(page)
    page.wait_for_function("async () => (await caches.keys()).join() === 'campo-pages,campo-shell-0123456789ab'")
    on.relay.cut()
    page.close()
    page = on.open()
    press(page, "arrive")
    waiting(page, 1)
    assert acts_on_record() == [("depart", True)]


def test_a_browser_that_keeps_nothing_says_so_and_works_with_signal(page_of):
    page = page_of(width=360)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('no') } } })")
    page.goto("/campo")
    expect(page.locator("[data-notice]")).to_contain_text("This browser keeps nothing")
    page.get_by_role("button", name="I left for the site").click()
    expect(page.get_by_role("button", name="I arrived at the site")).to_be_visible()
    assert acts_on_record() == [("depart", True)]


def test_without_https_it_says_so_and_works_with_signal(phone, outing, settings):  # noqa: F811
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "guardia.example.com"]
    with behind(DatabaseRole.STAFF):
        token = visit_link.token(outing.visit)
    phone.switch_on("--host-resolver-rules=MAP guardia.example.com 127.0.0.1")
    page = phone.open(f"http://guardia.example.com:{phone.relay.port}/campo/v/{token}")
    expect(page.locator("[data-notice]")).to_contain_text("Without HTTPS this page works only with signal")
    press(page, "depart")
    expect(page.locator("[data-step=depart]")).to_have_attribute("data-done", "")
    assert acts_on_record() == [("depart", True)]


def test_without_a_script_the_steps_are_plain_forms(page_of):
    page = page_of(width=360, script=False)
    page.goto("/campo")
    for words in ("I left for the site", "I arrived at the site", "Work permit ready"):
        page.get_by_role("button", name=words).click()
    page.locator("[data-form-of=restore] textarea").fill("Se cambió la fuente")
    page.get_by_role("button", name="Service restored").click()
    expect(page.get_by_role("button", name="I am leaving the site")).to_be_visible()
    assert [kind for kind, done in acts_on_record() if done] == ["depart", "arrive", "permit", "restore"]


def test_a_telephone_that_is_full_says_so(page_of):
    page = page_of(width=360)
    page.goto("/campo")
    ready(page)
    page.evaluate("() => { CampoStore.addAct = async () => { throw new DOMException('full', 'QuotaExceededError') } }")
    press(page, "depart")
    expect(page.locator("[data-notice]")).to_contain_text("There is no space left on the telephone")
    expect(page.get_by_role("button", name="I left for the site")).to_be_visible()


def test_a_signature_is_drawn_with_the_finger_and_arrives_with_its_act(on, outing):
    with behind(DatabaseRole.STAFF):
        outing.case.arrive(by=outing.by, at=now())
    page = on.open()
    page.locator("summary", has_text="Customer's signature").click()
    form = page.locator("form[data-kind=sign]")
    form.locator("[name=name]").fill("Ana Ruiz")
    form.locator("[name=position]").fill("Administradora")
    pad = form.locator("canvas")
    pad.evaluate("pad => pad.scrollIntoView({ block: 'center' })")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=4)
    page.mouse.up()
    form.get_by_role("button", name="Save the signature").click()
    expect(page.locator("[data-sent] summary")).to_contain_text("1 sent")
    with behind(DatabaseRole.STAFF):
        assert [act.refused for act in FieldAct.objects.all()] == [""]
        visit = outing.visit
        assert (visit.signed_by, visit.signed_position, visit.signature.type) == (
            "Ana Ruiz",
            "Administradora",
            "image/png",
        )


def test_parts_written_one_by_one_without_signal_are_one_list(on, outing):
    with behind(DatabaseRole.STAFF):
        outing.case.arrive(by=outing.by, at=now())
    page = on.open()
    kept_for_later(page)
    on.relay.cut()
    for count, name in enumerate(("Fuente 48 V", "Cable"), start=1):
        page.locator("summary", has_text="Parts used").click()
        page.locator("form[data-kind=parts] [name=part]").fill(name)
        page.get_by_role("button", name="Add this part").click()
        waiting(page, count)
    on.relay.mend()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    with behind(DatabaseRole.STAFF):
        assert [part["name"] for part in outing.visit.parts_used] == ["Fuente 48 V", "Cable"]
