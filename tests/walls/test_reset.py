"""A password forgotten: a link by mail, which tells nobody who has an account and goes round nothing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices import leases, outbox
from guardia.notices.notice import Delivery, DeliveryState
from guardia.people import access_link, password_reset
from guardia.people.audit import AuditKind
from guardia.people.password_reset import PasswordReset
from guardia.people.staff import Role
from guardia.worker.posting import LINKS
from tests.walls.conftest import PASSWORD, journal, sign_in
from tests.walls.test_second_step import set_up

NEW = "otra-batería-correcta"
HERE = "/entrar/sin-clave"


def ask(browser: Client, mailbox: str = "ana@example.com"):
    return browser.post(HERE, {"email": mailbox})


def leaves(at=None):
    """What the worker would send now, or at that hour."""
    at = at or now()
    with behind(DatabaseRole.WORKER):
        found = [one for one in outbox.claim(at, leases.seen(at), outbox.LETTERS) if one.reset_id]
        sent = [outbox.begin(one, at, LINKS) for one in found]
    with behind(DatabaseRole.STAFF):
        return sent


def link_in(mail) -> str:
    return re.search(r"/entrar/enlace/\S+", mail.content.decode().replace("=\n", "").replace("=\r\n", ""))[0]


@pytest.fixture
def ana(hire):
    return hire(email="Ana@example.com")


@pytest.fixture
def link(ana, browser) -> str:
    ask(browser)
    (mail,) = leaves()
    return link_in(mail)


def test_a_link_by_mail_sets_a_password_once_and_signs_nobody_in(ana, link, browser):
    visitor = Client(headers={"accept-language": "en"})
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, {"password1": NEW, "password2": NEW})["Location"] == "/entrar"
    assert visitor.get("/cuenta/").status_code == 302
    assert visitor.get(link).status_code == 410
    assert sign_in(visitor, password=NEW).status_code == 302
    asked, made, used = journal(AuditKind.RESET_ASKED, AuditKind.LINK_MADE, AuditKind.LINK_USED)
    assert (asked.staff, asked.key) == (None, "")
    assert (made.staff, made.key, made.facts, used.staff) == (None, str(ana.pk), {"by": "mail"}, ana)


def test_it_ends_every_session(ana, link, browser):
    sign_in(browser)
    other = Client()
    sign_in(other)
    again = Client(headers={"accept-language": "en"})
    ask(again)
    (mail,) = leaves()
    again.post(link_in(mail), {"password1": NEW, "password2": NEW})
    assert browser.get("/cuenta/").status_code == 302
    assert other.get("/cuenta/").status_code == 302


def test_the_second_step_is_asked_for_as_always(ana, browser):
    sign_in(browser)
    set_up(browser)
    ask(Client())
    (mail,) = leaves()
    visitor = Client()
    visitor.post(link_in(mail), {"password1": NEW, "password2": NEW})
    assert sign_in(visitor, password=NEW)["Location"].startswith("/entrar/segundo-paso")
    assert visitor.get("/").status_code == 302


def test_whoever_must_have_a_second_step_and_has_none_gets_no_link(hire, browser, settings):
    settings.MFA_ROLES = ["administrator"]
    hire("jefa", Role.ADMINISTRATOR, email="jefa@example.com")
    assert ask(browser, "jefa@example.com")["Location"] == f"{HERE}?enviado"
    assert not PasswordReset.objects.exists()


@pytest.mark.parametrize("mailbox", ["nadie@example.com", "noc@example.com", "gone@example.com"])
def test_nobody_learns_who_has_an_account(ana, hire, mailbox):
    hire("luis", email="noc@example.com")
    hire("eva", email="noc@example.com")
    hire("ida", email="gone@example.com", is_active=False)
    known, unknown = (ask(Client(), one) for one in ("ana@example.com", mailbox))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [one.staff for one in PasswordReset.objects.all()] == [ana]
    asked = journal(AuditKind.RESET_ASKED)
    assert [(one.staff, one.key, bool(one.account)) for one in asked] == [(None, "", True)] * 2


def test_a_mailbox_is_limited_whether_it_is_somebodys_or_not(ana, browser):
    for mailbox in ("ana@example.com", "nadie@example.com"):
        for _ in range(password_reset.OF_A_MAILBOX):
            assert ask(browser, mailbox).status_code == 302
        limited = ask(browser, mailbox)
        assert limited.status_code == 429
        assert b"Too many links have been asked for." in limited.content
    assert PasswordReset.objects.count() == password_reset.OF_A_MAILBOX


def test_an_address_is_limited_over_all_mailboxes(ana, browser, settings):
    settings.ATTEMPTS_OF_ADDRESS = 2
    assert [ask(browser, f"n{n}@example.com").status_code for n in range(3)] == [302, 302, 429]


def test_after_half_an_hour_it_is_over(ana, browser):
    ask(browser)
    asked = PasswordReset.objects.get()
    token = password_reset.token(asked.pk)
    almost, late = (asked.asked_at + password_reset.GOOD_FOR - timedelta(seconds=s) for s in (1, 0))
    assert password_reset.holder(token, almost) == ana
    assert password_reset.holder(token, late) is None
    assert leaves(late) == [None]
    assert Delivery.objects.get(reset=asked).state == DeliveryState.WITHDRAWN


@pytest.mark.parametrize("change", [{"password_mark": "another"}, {"email": "otra@example.com"}, {"is_active": False}])
def test_what_has_changed_since_ends_it(ana, browser, change):
    ask(browser)
    token = password_reset.token(PasswordReset.objects.get().pk)
    for name, value in change.items():
        setattr(ana, name, value)
    ana.save()
    assert password_reset.holder(token, now()) is None


def test_a_sign_in_ends_it_too(ana, link, browser):
    sign_in(browser)
    assert Client().get(link).status_code == 410


def test_the_link_is_kept_nowhere(ana, link):
    delivery = Delivery.objects.get(reset__isnull=False)
    assert delivery.body is None
    assert link.rpartition("/")[2] not in str(vars(delivery)) + str(vars(delivery.reset))


@pytest.mark.parametrize("token", ["m.", "m.1", "m.1.x.y", "m.9" + "9" * 30 + ".a.b", "m.½"])
def test_a_link_that_is_none_says_so_and_counts(as_staff, browser, token):
    assert browser.get(f"/entrar/enlace/{token}").status_code == 410
    assert [one.kind for one in journal()] == [AuditKind.LINK_FAILED]


@pytest.mark.parametrize(
    "mailbox", ["", "ana", "a@b", "ana@example.com\nBcc: x@example.com", "x" * 300 + "@example.com"]
)
def test_what_is_no_mailbox_is_said(as_staff, browser, mailbox):
    assert ask(browser, mailbox).status_code == 422
    assert not journal(AuditKind.RESET_ASKED)


def test_an_installation_may_do_without_it(ana, browser, settings):
    settings.PASSWORD_RESET_BY_MAIL = False
    assert b'name="email"' not in browser.get(HERE).content
    ask(browser)
    assert not PasswordReset.objects.exists()
    with behind(DatabaseRole.STAFF):
        asked = PasswordReset.objects.create(staff=ana, password_mark=password_reset.mark_of(ana), asked_at=now())
    assert browser.get(f"/entrar/enlace/{password_reset.token(asked.pk)}").status_code == 410


def test_an_administrators_link_still_works_beside_it(ana, hire, browser):
    token = access_link.token(ana, by=hire("jefa", Role.ADMINISTRATOR), at=now())
    assert browser.get(f"/entrar/enlace/{token}").status_code == 200


def test_old_rows_are_forgotten(ana, browser):
    ask(browser)
    assert password_reset.forget(now() + timedelta(hours=1)) == 0
    assert password_reset.forget(now() + timedelta(days=2)) == 1
    assert Delivery.objects.filter(reset__isnull=True, channel="mail").exists()


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_mail_is_in_the_persons_language(hire, browser, language):
    hire(email="ana@example.com", language=language)
    ask(browser)
    (mail,) = leaves()
    assert f"Content-Language: {language}" in mail.content.decode()
    assert PASSWORD not in mail.content.decode()


def test_the_demonstration_shows_the_link_where_it_shows_mail(ana, browser, settings):
    settings.DEMO = True
    ask(Client())
    sent = PasswordReset.objects.get()
    desk = Client(headers={"accept-language": "en"})
    desk.force_login(ana)
    PasswordReset.objects.filter(pk=sent.pk).update(
        password_mark=password_reset.mark_of(type(ana).objects.get(pk=ana.pk))
    )
    assert "/entrar/enlace/m." in desk.get("/demo/correo").content.decode()


def statements(mailbox: str) -> list[str]:
    """What a request for a link asks of the database, each statement by its first words."""
    with CaptureQueriesContext(connection) as asked:
        ask(Client(), mailbox)
    return [" ".join(one["sql"].split()[:3]).split(".")[0] for one in asked if "SAVEPOINT" not in one["sql"]]


def test_a_link_for_nobody_takes_the_same_work(ana, hire):
    """Nobody learns by the time it takes whose mailbox it is: the same is asked, written and posted."""
    hire("luis", email="noc@example.com")
    hire("eva", email="noc@example.com")
    known = statements("ana@example.com")
    assert [word for word in known if word.startswith("INSERT")]
    for mailbox in ("nadie@example.com", "noc@example.com"):
        assert statements(mailbox) == known
    assert Delivery.objects.filter(reset__isnull=False).count() == 1
    assert len(journal(AuditKind.LINK_MADE)) == 1


def test_strangers_use_up_nobodys_links(ana, browser):
    sign_in(browser)
    browser.post("/salir")
    for n in range(password_reset.OF_A_MAILBOX_IN_ALL):
        browser.post(HERE, {"email": "ana@example.com"}, REMOTE_ADDR=f"198.51.100.{n // password_reset.OF_A_MAILBOX}")
    assert browser.post(HERE, {"email": "ana@example.com"}, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert ask(browser).status_code == 302


def test_a_mailbox_of_other_letters_is_nobodys(hire, browser):
    hire("ines", email="ines@example.com")
    ask(browser, "\u0131nes@example.com")
    assert not PasswordReset.objects.exists()
