"""The technician's page: only the visits of one's own crews, and every step by a plain form as well."""

import gzip
import logging
import re
from datetime import timedelta

import pytest

from guardia.cases import visit_link
from guardia.config.logs import WithoutTokens
from guardia.config.now import now
from guardia.customers.customer import Site
from guardia.field.crew import CrewMember
from guardia.field.visit import FieldAct
from guardia.people.staff import Role
from tests.breaking.browser import Browser
from tests.procedure.story import staff


def form_of(page: str, kind: str, within: str = "") -> dict[str, str]:
    """The hidden fields of the plain form of this step, as a browser sends them."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if f'data-kind="{kind}"' in f and within in f)
    fields = (
        re.search(rf'name="{name}" value="([^"]*)"', form) for name in ("visit", "key", "kind", "finished", "box")
    )
    names = ("visit", "key", "kind", "finished", "box")
    return {name: found.group(1) for name, found in zip(names, fields, strict=True) if found}


def text(answer) -> str:
    return answer.content.decode()


def test_it_says_all_that_one_needs_on_the_road(outing, browser):
    Site.objects.update(address="Av. de las Américas 2-15")
    page = text(browser.get("/campo"))
    for words in (
        "Banco Austral",
        "agencia matriz",
        "Av. de las Américas 2-15",
        outing.case.display_number,
        "ENL-0042",
        "No tienen servicio",
        "fibra cortada",
        "empalmar",
        "1 × Fuente 48 V (Bodega Cuenca)",
        "24 horas, con el guardia",
        "Portería, 07 555 0177",
        'href="tel:+59375550177"',
        'href="geo:0,0?q=',
        "https://www.openstreetmap.org/",
        "GBX-0123",
        "Empalmadora",
        "0900000001",
        'data-ended-by="arrive"',
    ):
        assert words in page, words


def test_only_the_visits_of_ones_own_crews(outing, browser):
    CrewMember.objects.update(crew=outing.stranger_crew)
    page = browser.get("/campo")
    assert page.status_code == 200
    assert "Banco Austral" not in text(page)
    CrewMember.objects.update(active=False)
    assert "You belong to no crew yet." in text(browser.get("/campo"))


def test_the_desk_looks_at_a_crew_and_finds_nothing_to_press(outing):
    dispatcher = Browser(staff("despacho", Role.DISPATCHER))
    assert "Banco Austral" not in text(dispatcher.get("/campo"))
    page = text(dispatcher.get(f"/campo?cuadrilla={outing.crew.pk}"))
    assert "Banco Austral" in page
    assert "data-kind" not in page
    assert dispatcher.post("/campo", {"visit": outing.visit.pk}).status_code == 403
    assert Browser(staff("auditor", Role.AUDITOR)).get("/campo").status_code == 403


def test_a_technician_who_signs_in_lands_on_it(outing):
    outing.technician.set_password("una-clave-muy-larga")
    said = {"username": "tecnico1", "password": "una-clave-muy-larga"}
    assert Browser().post("/entrar", said).headers["Location"] == "/campo"
    assert Browser(outing.technician).get("/entrar").headers["Location"] == "/campo"


def test_without_a_script_each_step_is_a_plain_form(outing, browser):
    for kind, more in (
        ("depart", {}),
        ("arrive", {}),
        ("check", {}),
        ("permit", {}),
        ("note", {"text": "Todo bien"}),
        ("block", {"condition": "weather", "why": "Tormenta", "minutes": "60"}),
        ("resume", {}),
        ("parts", {"part": "Fuente", "quantity": "2", "serial": "F-1"}),
        ("parts", {"part": "Cable", "quantity": "1", "serial": ""}),
        ("restore", {"solution": "Se cambió la fuente"}),
        ("sign", {"name": "Ana", "position": "Jefa"}),
        ("leave", {}),
    ):
        form = form_of(text(browser.get("/campo")), kind, "data-form-of" if kind == "leave" else "")
        answer = browser.post("/campo", {**form, **more})
        assert answer.status_code == 303, (kind, re.findall(r'class="refusal".*?</div>', text(answer), re.S))
    visit = outing.visit
    assert visit.left_at is not None
    assert visit.outcome == "restored"
    assert [part["name"] for part in visit.parts_used] == ["Fuente", "Cable"]
    assert visit.signed_by == "Ana"
    assert FieldAct.objects.filter(refused="").count() == 12


def test_pressed_twice_it_is_one_step(outing, browser):
    form = form_of(text(browser.get("/campo")), "depart")
    browser.post("/campo", form)
    browser.post("/campo", form)
    assert FieldAct.objects.count() == 1


def test_a_refusal_is_said_on_the_page_and_stays_until_the_desk_has_seen_it(outing, browser):
    form = form_of(text(browser.get("/campo")), "permit")
    answer = browser.post("/campo", form)
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer)
    assert "The desk sees it." in text(browser.get("/campo"))


@pytest.mark.parametrize("form", [{}, {"visit": "x"}, {"visit": "1", "key": "no"}, {"key": "a", "kind": "\0"}])
def test_what_no_form_of_ours_sends_breaks_nothing(outing, browser, form):
    form = {name: str(outing.visit.pk) if value == "1" else value for name, value in form.items()}
    assert browser.post("/campo", form).status_code == 422
    assert FieldAct.objects.count() == 0


def test_over_it_stays_half_a_day_and_goes(outing, browser):
    outing.case.arrive(by=outing.by, at=now())
    outing.now = now()
    outing.service_is_restored()
    assert 'data-next="leave"' in text(browser.get("/campo"))
    outing.case.leave_site(True, by=outing.by, at=now())
    assert "Ended today" in text(browser.get("/campo"))
    type(outing.visit).objects.update(left_at=now() - timedelta(hours=13), ended_at=now() - timedelta(hours=13))
    assert "Banco Austral" not in text(browser.get("/campo"))


def test_a_held_up_visit_says_what_it_waits_for(outing, browser):
    from guardia.procedure.vocabulary import Condition

    outing.case.block(Condition.WEATHER, "Tormenta", now() + timedelta(hours=1), by=outing.by, at=now())
    page = text(browser.get("/campo"))
    assert "Blocked since" in page
    assert "The next decision is at" in page
    assert "data-blocked" in page


def test_by_link_one_visit_and_no_way_out_of_it(outing):
    address = visit_link.address(outing.visit)
    assert address.startswith("http://localhost:8000/campo/v/")
    token = address.rsplit("/", 1)[1]
    crew = Browser(enforce_csrf_checks=True)
    page = crew.get(f"/campo/v/{token}")
    assert "Banco Austral" in text(page)
    assert "csrfmiddlewaretoken" not in text(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = form_of(text(page), "depart")
    assert crew.post(f"/campo/v/{token}", form).status_code == 303
    assert outing.visit.departed_at is not None
    assert crew.get("/campo").status_code == 302
    type(outing.visit).objects.update(crew=None)
    assert visit_link.address(outing.visit) == ""


def test_the_service_worker_may_have_its_scope_and_names_what_it_keeps(db):
    answer = Browser().get("/campo/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == "/campo"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    kept = re.findall(r"'(/campo/partes/\w{12}\.(?:css|js)|/static/guardia/[a-z]+\.svg)'", text(answer))
    assert len(kept) == 5
    for address in kept[:2]:
        plain, packed = (Browser().get(address, headers=headers) for headers in ({}, {"accept-encoding": "gzip"}))
        assert gzip.decompress(packed.content) == plain.content
        assert "immutable" in plain.headers["Cache-Control"]
        assert b"../" not in plain.content


def test_it_asks_the_database_little_however_many_visits(outing, browser, django_assert_max_num_queries):
    browser.get("/campo")
    with django_assert_max_num_queries(22):
        browser.get("/campo")


def test_the_log_names_no_link(outing, caplog):
    token = visit_link.token(outing.visit)
    caplog.handler.addFilter(WithoutTokens())
    for address in (f"/campo/v/{token}x", f"/campo/estado/{token}x"):
        logging.getLogger("django.request").error("Not Found: %s", address)
    assert token not in caplog.text
    assert "/campo/v/…" in caplog.text
