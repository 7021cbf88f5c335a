"""Mail leaves to and comes from servers that others wrote, Debian's Dovecot and OpenSMTPD, in each way of TLS."""

from dataclasses import replace

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.mail.message import Mailbox
from guardia.notices import smtp
from guardia.notices.server_answer import NoServer
from guardia.notices.smtp import Outlet, Server
from guardia.worker.mail_in import Reader
from guardia.worker.mail_server import opened
from tests.mailin.letters import letter
from tests.mailin.real_servers import (
    PASSWORD,
    USER,
    Dovecot,
    OpenSmtpd,
    token,
    why_no_dovecot,
    why_no_opensmtpd,
)
from tests.notices.authority import BAD, GOOD, Authority
from tests.notices.post_office import SENDER, PostOffice

pytestmark = pytest.mark.process

dovecot_is_here = pytest.mark.skipif(bool(why_no_dovecot()), reason=why_no_dovecot())
opensmtpd_is_here = pytest.mark.skipif(bool(why_no_opensmtpd()), reason=why_no_opensmtpd())
HEAD = "jefe@example.com"
LETTER = b"Subject: =?utf-8?q?Restablecimos?=\r\nFrom: casos@example.com\r\n\r\n.una linea con punto\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def behind_it():
    """Where Dovecot's submission server hands on what it took."""
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture(scope="module")
def dovecots(authority, behind_it):
    """By certificate; each is started when it is first asked for."""
    started: dict[tuple[str, str], Dovecot] = {}

    def dovecot(certificate: str = GOOD, ssl: str = "required") -> Dovecot:
        if (certificate, ssl) not in started:
            started[certificate, ssl] = made = Dovecot(authority, certificate, behind_it.port, ssl)
            made.start()
        return started[certificate, ssl]

    yield dovecot
    for each in started.values():
        each.stop()


@pytest.fixture(scope="module")
def opensmtpd(authority):
    made = OpenSmtpd(authority, (GOOD, *BAD))
    made.start()
    yield made
    made.stop()


def handed_over(server: Server) -> str:
    with Outlet(server, SENDER) as outlet:
        outlet.ready()
        return outlet.send(HEAD, LETTER).words


def refusal(server: Server) -> str:
    with pytest.raises(NoServer) as refused:
        handed_over(server)
    return str(refused.value)


def read_once(account, story) -> int:
    return Reader(account, lambda: behind(DatabaseRole.WORKER), lambda: story.now).read_once()


def trouble_of(account) -> str:
    return Mailbox.objects.get(name=account.name).trouble


# --- mail out ---------------------------------------------------------------------------------------------------------


@dovecot_is_here
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "XOAUTH2"])
def test_a_letter_leaves_by_dovecots_submission(dovecots, behind_it, monkeypatch, tls, way):
    monkeypatch.setattr(smtp, "WAYS", (way,))
    server = dovecots().server(tls, **({"tokens": token()} if way == "XOAUTH2" else {}))
    before = len(behind_it.mails)
    assert handed_over(server).startswith("250 ")
    assert len(behind_it.mails) == before + 1
    assert behind_it.mails[-1]["Subject"] == "Restablecimos"
    assert behind_it.mails[-1].get_content().rstrip() == ".una linea con punto"
    assert f"method={way}" in dovecots().log
    assert (behind_it.recipients[-1], behind_it.return_paths[-1]) == (HEAD, SENDER)


@dovecot_is_here
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_dovecots_submission_refuses_a_wrong_password_and_an_old_token(dovecots, tls):
    for login in ({"password": "otra-palabra"}, {"tokens": token(seconds=-60)}, {"tokens": token(of="x@example.com")}):
        said = refusal(dovecots().server(tls, **login))
        assert said.startswith("[login] localhost:"), said
        assert "535" in said
        assert "otra-palabra" not in said


@opensmtpd_is_here
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
def test_a_letter_leaves_by_opensmtpd(opensmtpd, monkeypatch, tls, way):
    monkeypatch.setattr(smtp, "WAYS", (way,))
    before = opensmtpd.log.count(f"to=<{HEAD}>")
    assert handed_over(opensmtpd.server(tls)).startswith("250 2.0.0")
    assert opensmtpd.log.count(f"authentication user={USER} result=ok") > 0
    assert opensmtpd.log.count(f"to=<{HEAD}>") == before + 1


@opensmtpd_is_here
def test_opensmtpd_in_the_open_and_without_login(opensmtpd):
    assert handed_over(opensmtpd.server("none")).startswith("250 2.0.0")
    assert refusal(replace(opensmtpd.server("none"), tls="starttls")).startswith("[no-starttls] localhost:")


@opensmtpd_is_here
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_opensmtpd_refuses_a_wrong_password(opensmtpd, tls):
    said = refusal(opensmtpd.server(tls, password="otra-palabra"))
    assert said.startswith("[login] localhost:")
    assert "535" in said


@opensmtpd_is_here
@pytest.mark.parametrize("certificate", BAD)
def test_opensmtpd_with_a_bad_certificate_gets_no_letter(opensmtpd, certificate):
    before = opensmtpd.log.count("to=<")
    for tls in ("starttls", "implicit"):
        assert refusal(opensmtpd.server(tls, certificate)).startswith(f"[{certificate}] localhost:")
    assert opensmtpd.log.count("to=<") == before


# --- mail in ----------------------------------------------------------------------------------------------------------


@dovecot_is_here
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
@pytest.mark.parametrize("way", ["password", "XOAUTH2"])
def test_a_mailbox_of_dovecot_is_read(dovecots, story, tls, way):
    account = dovecots().account(tls, **({"tokens": token()} if way == "XOAUTH2" else {}))
    read_once(account, story)
    with opened(account) as folder:
        folder.box.client.append("INBOX", "", None, letter(HEAD, subject=f"{tls} {way}"))
    assert read_once(account, story) == 1
    assert read_once(account, story) == 0
    assert trouble_of(account) == ""
    with opened(account) as folder:
        assert all("\\Seen" in each.flags for each in folder.box.fetch(mark_seen=False))


@dovecot_is_here
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_dovecot_opens_no_mailbox_with_a_wrong_password_or_an_old_token(dovecots, story, tls):
    for login in ({"password": "otra-palabra"}, {"tokens": token(seconds=-60)}, {"tokens": token(of="x@example.com")}):
        account = dovecots().account(tls, **login)
        assert read_once(account, story) == 0
        assert trouble_of(account).startswith("[login] localhost:")
        assert PASSWORD not in trouble_of(account)


@dovecot_is_here
@pytest.mark.parametrize("certificate", BAD)
def test_dovecot_with_a_bad_certificate_gets_no_letter_and_opens_no_mailbox(dovecots, story, certificate):
    server = dovecots(certificate)
    for tls in ("starttls", "implicit"):
        assert refusal(server.server(tls)).startswith(f"[{certificate}] localhost:")
    for tls in ("starttls", "ssl"):
        account = server.account(tls)
        assert read_once(account, story) == 0
        assert trouble_of(account).startswith(f"[{certificate}] localhost:{account.port}")
    assert USER not in server.log, "nobody signed in"


@dovecot_is_here
def test_dovecot_that_knows_no_tls_gets_no_letter_and_opens_no_mailbox(dovecots, story):
    server = dovecots(ssl="no")
    assert refusal(server.server("starttls")).startswith("[no-starttls] localhost:")
    assert read_once(server.account("starttls"), story) == 0
    assert trouble_of(server.account("starttls")).startswith("[no-starttls] localhost:")
