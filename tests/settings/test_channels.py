"""Mail and messages on screen: the environment wins; what is entered is sealed, tried for real, on record; it holds."""

import re
import socket
import threading
from contextlib import contextmanager

import pytest
from django.urls import reverse

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import recipients
from guardia.notices.channel import Channel
from guardia.notices.smtp import Server
from guardia.people import connections
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.connections import Connection, Kind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.web.desk.settings import channels
from guardia.worker.mail_server import Account
from tests.notices.gateway import Gateway
from tests.notices.post_office import HOST, PostOffice, free_port
from tests.settings.conftest import words

PAGE = "settings_channels"
SECRET = "clave-inventada-1"
OUT = {
    "mail_from": "casos@noc.example.com",
    "host": "smtp.example.com",
    "tls": "starttls",
    "port": "",
    "sign_in": "password",
    "user": "casos@noc.example.com",
    "password": SECRET,
}


@pytest.fixture(autouse=True)
def _asked_of_the_database(settings):
    """As in a process that runs: what is entered is read; nothing of this machine's own environment."""
    settings.FROM_ENVIRONMENT = set()
    settings.EGRESS_LOOPBACK = True
    connections.forget()


@pytest.fixture
def office():
    office = PostOffice()
    office.open()
    yield office
    office.close()


def send(browser, word: str, act: str = "guardar", **fields):
    answer = browser.post(reverse("settings_channel", args=[word]), {**fields, act: "1"})
    connections.forget()
    return answer


def test_only_an_administrator_sees_or_changes_it(sign_in):
    for role in Role:
        browser = sign_in(role)
        status = 200 if role is Role.ADMINISTRATOR else 403
        assert browser.get(reverse(PAGE)).status_code == status, role
        if status == 403:
            assert send(browser, "salida", **OUT).status_code == 403
    assert not Connection.objects.exists()


def test_what_is_entered_holds_and_its_password_is_sealed_and_never_shown(administrator):
    answer = send(administrator, "salida", **OUT)
    assert answer.status_code == 302, words(answer)
    kept = Connection.objects.get(pk=Kind.SMTP)
    assert SECRET not in str(kept.open) + str(kept.sealed)
    server = Server.of_settings()
    assert (server.host, server.port, server.tls, server.password) == ("smtp.example.com", 587, "starttls", SECRET)
    assert connections.setting("MAIL_FROM") == "casos@noc.example.com"
    page = administrator.get(reverse(PAGE))
    assert SECRET not in page.content.decode()
    assert "One is saved and not shown." in words(page)
    changes = {change.key: change for change in SettingChange.objects.filter(noun="connection")}
    assert set(changes) == {"smtp", "sender"}
    assert changes["smtp"].after["SMTP_PASSWORD"] == "set"
    assert changes["smtp"].by.role == Role.ADMINISTRATOR
    assert SECRET not in str([change.after for change in changes.values()])
    assert "smtp.example.com" in words(administrator.get(reverse("settings_record")))


def test_an_empty_password_stays_for_the_same_server_and_goes_to_no_other(administrator):
    send(administrator, "salida", **OUT)
    assert send(administrator, "salida", **{**OUT, "password": ""}).status_code == 302
    assert Server.of_settings().password == SECRET
    for changed in ({"host": "smtp.example.net"}, {"tls": "none"}, {"user": "otro@noc.example.com"}, {"port": "25"}):
        for act in ("guardar", "probar"):
            refused = send(administrator, "salida", act, **{**OUT, "password": "", **changed})
            assert refused.status_code == 422
            assert "The stored one is sent to no other server." in words(refused)
    assert Server.of_settings().host == "smtp.example.com"


def test_the_environment_wins_and_is_shown_as_such(administrator, settings):
    send(administrator, "salida", **OUT)
    settings.FROM_ENVIRONMENT = {"SMTP_HOST", "SMTP_PASSWORD"}
    settings.SMTP_HOST, settings.SMTP_PASSWORD, settings.SMTP_USER = "mx.example.org", "otra-inventada", "u"
    assert Server.of_settings().host == "mx.example.org"
    assert connections.setting("MAIL_FROM") == "casos@noc.example.com", "that one the environment does not name"
    page = administrator.get(reverse(PAGE))
    assert "Set in the environment as SMTP_HOST, SMTP_PASSWORD: it cannot be changed here." in words(page)
    assert "otra-inventada" not in page.content.decode()
    send(administrator, "salida", **OUT)
    assert Server.of_settings().host == "mx.example.org"
    settings.FROM_ENVIRONMENT = {"SMTP_PASSWORD"}
    settings.SMTP_HOST = "localhost"
    send(administrator, "salida", **{**OUT, "host": "evil.example.net"})
    assert Server.of_settings().host == "localhost", "a password of the environment goes to no server of the screen"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"host": ""}, "Write the name of the server"),
        ({"host": "https://smtp.example.com"}, "Write only the name"),
        ({"port": "70000"}, "Write a port from 1 to 65535"),
        ({"password": ""}, "Write the password."),
        ({"user": ""}, "Write the user"),
        ({"mail_from": "casos"}, "Write one email address of your own domain"),
        ({"ca": "no certificate"}, "This is not a certificate in PEM."),
        ({"sign_in": "token", "token_url": "http://login.example.com"}, "Write the https:// address of the provider"),
        ({"tls": "wobbly"}, "Select a valid choice"),
    ],
)
def test_each_mistake_is_told_at_its_field_and_nothing_is_kept(administrator, changed, said):
    refused = send(administrator, "salida", **{**OUT, **changed})
    assert refused.status_code == 422
    assert said in words(refused)
    assert not Connection.objects.exists()


def test_on_this_machine_only_the_ports_of_mail(administrator, settings):
    settings.EGRESS_LOOPBACK = False
    refused = send(administrator, "salida", "probar", **{**OUT, "host": "127.0.0.1", "port": "6379"})
    assert refused.status_code == 422
    assert "only mail ports are used: 25, 465, 587, 2525" in words(refused)
    assert send(administrator, "salida", **{**OUT, "host": "127.0.0.1", "port": "25"}).status_code == 302


def test_the_test_sends_one_letter_to_the_own_mailbox_and_keeps_nothing(administrator, office):
    Staff.objects.filter(role=Role.ADMINISTRATOR).update(email="jefa@example.com")
    here = {**OUT, "host": HOST, "port": str(office.port), "tls": "none", "sign_in": "nobody", "password": ""}
    answer = send(administrator, "salida", "probar", **here)
    assert answer.status_code == 200, words(answer)
    assert office.recipients == ["jefa@example.com"]
    assert office.return_paths == ["casos@noc.example.com"]
    assert "250 2.0.0 Ok: queued as" in words(answer)
    assert not Connection.objects.exists()


def test_the_test_says_why_in_plain_words(administrator, office):
    here = {**OUT, "host": HOST, "port": str(office.port)}
    refused = send(administrator, "salida", "probar", **here)
    assert refused.status_code == 422
    assert "The mail server does not offer STARTTLS, which is required: nothing was sent unencrypted" in words(refused)
    nobody = send(administrator, "salida", "probar", **{**here, "port": str(free_port())})
    assert "No mail server answers at" in words(nobody)


def test_an_internal_network_is_refused_at_its_field_with_the_remedy_until_the_environment_names_it(
    administrator, settings
):
    settings.EGRESS_NETWORKS = []
    for word, typed in (("salida", OUT), ("entrada", BOX)):
        for act in ("guardar", "probar"):
            refused = send(administrator, word, act, **{**typed, "host": "10.20.0.5"})
            assert refused.status_code == 422
            assert "“10.20.0.5” is in an internal network" in words(refused)
            assert "EGRESS_NETWORKS" in words(refused)
    token = {**OUT, "sign_in": "token", "client_id": "c", "refresh_token": "r", "token_url": "https://10.20.0.6/token"}
    assert "“10.20.0.6” is in an internal network" in words(send(administrator, "salida", **token))
    assert not Connection.objects.exists()
    settings.EGRESS_NETWORKS = ["10.20.0.0/16"]
    assert send(administrator, "salida", **{**OUT, "host": "10.20.0.5"}).status_code == 302
    assert send(administrator, "entrada", **{**BOX, "host": "10.20.0.5"}).status_code == 302
    settings.EGRESS_NETWORKS = []
    assert Server.of_settings().is_typed, "what was entered before is bound all the same"


def test_a_trial_does_not_tell_closed_from_filtered_from_another_program(administrator, monkeypatch):
    """Nobody listens, somebody listens and says nothing, another program greets: the same words, mail out and in."""
    monkeypatch.setattr(channels, "STEP_SECONDS", 0.2)
    said = set()
    with socket.create_server((HOST, 0)) as silent, greeting(b"-ERR unknown command of a cache\r\n") as other:
        for port in (free_port(), silent.getsockname()[1], other):
            here = {"host": HOST, "port": str(port), "sign_in": "nobody", "password": "", "tls": "none"}
            out = words(send(administrator, "salida", "probar", **{**OUT, **here}))
            box = words(
                send(administrator, "entrada", "probar", **{**BOX, **here, "sign_in": "password", "password": "x"})
            )
            assert "unknown command" not in out + box
            for page in (out, box):
                said.add(re.search(r"No mail server answers at .*? encryption\.", page)[0].replace(str(port), "PORT"))
    assert len(said) == 1, said


def test_nobody_tries_without_end_and_each_trial_is_on_record(administrator, settings, monkeypatch):
    settings.TRIALS_PER_HOUR = 3
    monkeypatch.setattr(channels, "mail_out", lambda *_given: channels.Outcome(False, "tried once more"))
    pages = [words(send(administrator, "salida", "probar", **OUT)) for _ in range(5)]
    assert ["tried once more" in page for page in pages] == [True, True, True, False, False]
    assert "You have tried connections 3 times within the hour." in pages[-1]
    assert AuditEntry.objects.filter(kind=AuditKind.TRIED, about="connection", key="smtp").count() == 3
    assert "You have tried" in words(send(administrator, "entrada", "probar", **BOX)), "whatever is tried"


@contextmanager
def greeting(words_of_it: bytes):
    """The port of a program that greets every connection so."""
    with socket.create_server((HOST, 0)) as server:

        def serve() -> None:
            while True:
                try:
                    other, _address = server.accept()
                except OSError:
                    return
                other.sendall(words_of_it)
                other.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


BOX = {
    "way": "imap",
    "host": "imap.example.com",
    "tls": "ssl",
    "sign_in": "password",
    "user": "casos@noc.example.com",
    "password": SECRET,
}


def test_a_mailbox_is_entered_and_answers_come_back(administrator):
    box = BOX
    assert connections.setting("MAIL_IN") is False
    answer = send(administrator, "entrada", **box)
    assert answer.status_code == 302, words(answer)
    account = Account.of_settings()
    assert (account.host, account.port, account.tls, account.folder) == ("imap.example.com", 993, "ssl", "INBOX")
    assert account.password == SECRET
    assert connections.setting("MAIL_IN") is True
    send(administrator, "entrada", way="pipe")
    assert (Account.of_settings().host, connections.setting("MAIL_IN")) == ("", True)
    send(administrator, "entrada", "quitar")
    assert connections.setting("MAIL_IN") is False
    assert not Connection.objects.exists()


def test_a_gateway_is_entered_tried_and_used(administrator):
    gateway = Gateway()
    gateway.open()
    try:
        Staff.objects.filter(role=Role.ADMINISTRATOR).update(mobile="+593990000001")
        url = gateway.url("{number}")
        assert not recipients.has_gateway(Channel.SMS)
        answer = send(administrator, "sms", "probar", url=url)
        assert answer.status_code == 200, words(answer)
        assert send(administrator, "sms", url=url).status_code == 302
        assert recipients.has_gateway(Channel.SMS)
        assert recipients.url_for(Channel.SMS, "+593990000001") == url.replace("{number}", "%2B593990000001")
    finally:
        gateway.close()
    refused = send(administrator, "whatsapp", url="json://example.com/")
    assert refused.status_code == 422
    assert "with {number} where the telephone number goes" in words(refused)
    for url in ("file:///etc/{number}", "json://example.com/{number}?attach=/etc/passwd", "dbus://{number}"):
        assert send(administrator, "whatsapp", url=url).status_code == 422, url


def test_the_portal_reads_what_is_open_and_no_secret(administrator):
    send(administrator, "salida", **OUT)
    with behind(DatabaseRole.PORTAL):
        connections.forget()
        assert connections.setting("MAIL_FROM") == "casos@noc.example.com"
    connections.forget()
