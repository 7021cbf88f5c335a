"""Where somebody is signed in, and everything that ends it."""

import time
from datetime import timedelta

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.people import access_link, attempts
from guardia.people.audit import AuditKind
from guardia.people.staff import Role
from tests.walls.conftest import PASSWORD, journal, sign_in
from tests.walls.test_second_step import set_up

NEW = "otra-batería-correcta"


@pytest.fixture
def other() -> Client:
    return Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/605"})


@pytest.fixture
def both(hire, browser, other):
    ana = hire()
    sign_in(browser)
    sign_in(other)
    return ana


def is_in(browser: Client) -> bool:
    return browser.get("/cuenta/").status_code == 200


def test_own_sessions_are_listed_with_device_address_and_last_use(both, browser):
    page = browser.get("/cuenta/").content.decode()
    assert "Firefox · Linux" in page
    assert "Safari · iPhone" in page
    assert "127.0.0.1" in page
    assert "this one" in page


def test_one_of_the_own_sessions_is_ended(both, browser, other):
    from guardia.people import second_step

    [its] = [one for one in second_step.standing(both) if "iPhone" in one.device]
    browser.post("/cuenta/sesiones/cerrar", {"sesion": its.id})
    assert not is_in(other)
    assert is_in(browser)


def test_nobody_ends_somebody_elses_session_as_an_own_one(both, hire, browser, other):
    from guardia.people import second_step

    hire("luis")
    third = Client()
    sign_in(third, "luis")
    third.post("/cuenta/sesiones/cerrar", {"sesion": second_step.standing(both)[0].id})
    assert is_in(browser)
    assert is_in(other)


def test_all_but_this_one_are_ended(both, browser, other):
    browser.post("/cuenta/sesiones/cerrar")
    assert is_in(browser)
    assert not is_in(other)


def test_a_new_password_ends_every_other_session(both, browser, other):
    browser.post("/cuenta/clave", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert is_in(browser)
    assert not is_in(other)
    assert journal(AuditKind.PASSWORD_CHANGED)
    assert "this one" in browser.get("/cuenta/").content.decode()


def test_deactivation_ends_every_session(both, hire, browser, other):
    from guardia.people.editing import end

    end(both, by=hire("jefa", Role.ADMINISTRATOR), at=now())
    assert not is_in(browser)
    assert not is_in(other)


def test_another_role_ends_every_session(both, hire, browser):
    from guardia.people.editing import save_staff

    fields = {"username": "ana", "name": "Ana", "email": "", "role": "auditor", "language": "es", "password": ""}
    save_staff(both, fields, by=hire("jefa", Role.ADMINISTRATOR), at=now())
    assert not is_in(browser)


def test_an_idle_session_ends(both, browser, settings):
    session = browser.session
    session["guardia_seen_at"] = int(time.time()) - 60 * settings.SESSION_IDLE_MINUTES - 5
    session.save()
    assert not is_in(browser)
    assert journal(AuditKind.SESSION_ENDED)[-1].facts == {"why": "idle"}


def test_a_busy_session_ends_too_in_the_end(both, browser, settings):
    assert 0 < (browser.session.get_expiry_date() - now()).total_seconds() <= settings.SESSION_COOKIE_AGE
    before = browser.session.get_expiry_date()
    session = browser.session
    session["guardia_seen_at"] = int(time.time()) - 600
    session.save()
    browser.get("/cuenta/")
    assert browser.session.get_expiry_date() == before


def test_a_session_past_its_hour_is_nobodys(both, browser):
    from django.contrib.sessions.models import Session

    kept = Session.objects.get(session_key=browser.session.session_key)
    assert is_in(browser)
    kept.expire_date = now() - timedelta(seconds=1)
    kept.save(update_fields=["expire_date"])
    assert not is_in(browser)


def test_a_cookie_that_names_no_session_is_nobodys(both, browser):
    for made_up in ("x" * 32, "x" * 4000, "'; --", ""):
        browser.cookies["sessionid"] = made_up
        assert not is_in(browser)


def test_an_administrator_sees_and_ends_anybodys_sessions(both, hire, browser):
    hire("jefa", Role.ADMINISTRATOR)
    chief = Client(headers={"accept-language": "en"})
    sign_in(chief, "jefa")
    page = chief.get(f"/personas/{both.pk}/acceso").content.decode()
    assert "Safari · iPhone" in page
    chief.post(f"/personas/{both.pk}/acceso/sesiones")
    assert not is_in(browser)


def test_an_administrator_takes_a_lost_second_step_away(hire, browser):
    ana = hire()
    hire("jefa", Role.ADMINISTRATOR)
    sign_in(browser)
    set_up(browser)
    chief = Client()
    sign_in(chief, "jefa")
    chief.post(f"/personas/{ana.pk}/acceso/segundo-paso")
    assert not is_in(browser)
    assert sign_in(browser)["Location"] == "/"
    assert journal(AuditKind.STEP_REMOVED)[-1].staff.username == "jefa"


def link_for(ana, hire, browser) -> str:
    hire("jefa", Role.ADMINISTRATOR)
    chief = Client()
    sign_in(chief, "jefa")
    page = chief.post(f"/personas/{ana.pk}/acceso/enlace").content.decode()
    assert "/entrar/enlace/" in page
    return "/entrar/enlace/" + page.split("/entrar/enlace/")[1].split('"')[0]


def test_a_link_of_one_use_sets_a_password_once(both, hire, browser, other):
    link = link_for(both, hire, browser)
    visitor = Client(headers={"accept-language": "en"})
    assert visitor.get(link).status_code == 200
    assert is_in(other)  # looking changes nothing
    assert visitor.post(link, {"password1": NEW, "password2": NEW})["Location"] == "/entrar"
    assert not is_in(other)
    assert visitor.get(link).status_code == 410
    assert sign_in(visitor, password=NEW).status_code == 302
    made, used = journal(AuditKind.LINK_MADE, AuditKind.LINK_USED)
    assert (made.staff.username, made.key, used.staff) == ("jefa", str(both.pk), both)


@pytest.mark.parametrize("token", ["1-x", "x", "9" * 30 + "-a", "1-abc-def", "0-", "-", "½-a"])
def test_a_link_that_is_none_says_so(as_staff, browser, token):
    assert browser.get(f"/entrar/enlace/{token}").status_code == 410
    assert browser.post(f"/entrar/enlace/{token}", {"password1": NEW, "password2": NEW}).status_code == 410


def test_links_cannot_be_guessed_for_long(as_staff, browser, settings):
    settings.ATTEMPTS_OF_ADDRESS = 3
    for _ in range(3):
        browser.get("/entrar/enlace/1-x")
    assert browser.get("/entrar/enlace/1-x").status_code == 429


def test_wrong_links_of_strangers_lock_no_link_and_no_key(both, hire, browser, settings):
    """They name no account: what has none is counted against its network alone, and a good link opens even there."""
    settings.ATTEMPTS_OF_ADDRESS = 8
    link = link_for(both, hire, browser)
    stranger = Client(REMOTE_ADDR="198.51.100.1")
    for _ in range(8):
        assert stranger.get("/entrar/enlace/1-x").status_code == 410
    assert stranger.get("/entrar/enlace/1-x").status_code == 429
    assert stranger.get(link).status_code == 200
    elsewhere = Client(REMOTE_ADDR="203.0.113.9", headers={"accept-language": "en"})
    assert elsewhere.get("/entrar/enlace/1-x").status_code == 410
    assert not attempts.too_many(attempts.NOBODY, "203.0.113.9", now())


def test_an_ipv6_network_is_counted_as_one(as_staff, settings):
    settings.ATTEMPTS_OF_ADDRESS = 3
    for n in range(3):
        Client(REMOTE_ADDR=f"2001:db8::{n + 1}").get("/entrar/enlace/1-x")
    assert Client(REMOTE_ADDR="2001:db8::ffff").get("/entrar/enlace/1-x").status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").get("/entrar/enlace/1-x").status_code == 410


def test_nobody_makes_a_link_for_somebody_deactivated(hire):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        access_link.token(hire(is_active=False), by=None, at=now())


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_sees_anybodys_access(both, hire, role):
    hire("otra", role)
    browser = Client()
    sign_in(browser, "otra")
    assert browser.get(f"/personas/{both.pk}/acceso").status_code == 403
    assert browser.post(f"/personas/{both.pk}/acceso/enlace").status_code == 403


def test_sessions_that_are_over_are_taken_away(transactional_db):
    from datetime import timedelta
    from threading import Event

    from django.contrib.sessions.models import Session

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.worker.rounds import old_sessions

    with behind(DatabaseRole.STAFF):
        for key, hours in (("a" * 32, -1), ("b" * 32, 1)):
            Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(hours=hours))
    old_sessions(Event())
    with behind(DatabaseRole.STAFF):
        assert [one.pk for one in Session.objects.all()] == ["b" * 32]
