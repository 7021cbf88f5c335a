"""A mailbox is read over TLS, implicit or by STARTTLS, or not at all; why not is written down and told to people."""

from threading import Event

import pytest
from django.utils import translation

from guardia.cli.checks import channels
from guardia.cli.checks.finding import Health, Installation
from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.mail.message import Mailbox
from guardia.web.desk.handover.standing import failing
from guardia.web.desk.mail.inbox import trouble_words
from guardia.worker import mail_in
from guardia.worker.mail_in import Reader
from tests.mailin.letters import letter
from tests.mailin.mail_server import PASSWORD, USER, MailServer
from tests.mailin.tls_front import TlsFront
from tests.notices.authority import BAD, GOOD, Authority
from tests.notices.test_tls import SENTENCES

HEAD = "jefe@example.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = MailServer(tmp_path_factory.mktemp("imap") / "log")
    server.start()
    server.append("INBOX", letter(HEAD, subject="uno"))
    yield server
    server.stop()


@pytest.fixture
def fronted(server, authority):
    fronts = []

    def fronted(tls: str, certificate: str = GOOD):
        fronts.append(TlsFront(server.port, tls, authority.context(certificate)))
        return server.account(host="localhost", port=fronts[-1].port, tls=tls, ca=authority.pem)

    yield fronted
    for front in fronts:
        front.stop()


def read_once(account, story) -> int:
    return Reader(account, lambda: behind(DatabaseRole.WORKER), lambda: story.now).read_once()


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_mailbox_is_read_over_tls(fronted, story, tls):
    account = fronted(tls)
    assert read_once(account, story) == 1
    assert Mailbox.objects.get(name=account.name).trouble == ""


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
@pytest.mark.parametrize("certificate", BAD)
def test_a_bad_certificate_opens_no_mailbox_and_its_reason_is_told(
    fronted, story, authority, settings, tls, certificate
):
    account = fronted(tls, certificate)
    assert read_once(account, story) == 0
    box = Mailbox.objects.get(name=account.name)
    assert box.trouble.startswith(f"[{certificate}] localhost:")
    assert PASSWORD not in box.trouble
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_TLS = "localhost", account.port, tls
    settings.IMAP_CA, settings.IMAP_USER, settings.IMAP_PASSWORD = authority.pem, USER, PASSWORD
    with translation.override("en"):
        said = channels.mailbox(Installation())
        assert said.health is Health.BAD
        assert SENTENCES[certificate] in said.words
        assert SENTENCES[certificate] in trouble_words(box, story.now)


def test_the_desks_alarm_line_says_that_mail_fails_and_why(fronted, story, authority, settings):
    account = fronted("ssl", "expired")
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_TLS = "localhost", account.port, "ssl"
    settings.IMAP_CA, settings.IMAP_USER, settings.IMAP_PASSWORD = authority.pem, USER, PASSWORD
    with translation.override("en"):
        mail_in.read(Event())
        _silent, troubles = watch.state("sweep", story.now)
        (banner,) = failing(troubles, story.now)
        assert SENTENCES["expired"] in banner.words
        left = watch.Failing(watch.LOOP, "mail", story.now, "NoServer: [no-starttls] localhost:587", 3)
        (banner,) = failing([left], story.now)
        assert SENTENCES["no-starttls"] in banner.words
    settings.IMAP_PORT = fronted("ssl").port
    mail_in.read(Event())
    assert watch.state("sweep", story.now)[1] == []


def test_starttls_that_is_not_offered_is_a_refusal(server, authority, story):
    account = server.account(tls="starttls", ca=authority.pem)
    assert read_once(account, story) == 0
    assert Mailbox.objects.get(name=account.name).trouble.startswith("[no-starttls] 127.0.0.1:")
