"""Mail leaves over TLS, in each of its ways, or not at all: and why not is said at the delivery, to people."""

import base64
import logging

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from django.utils import translation

from guardia.cli.checks import channels
from guardia.cli.checks.finding import Health, Installation
from guardia.notices.life import notices_of
from guardia.notices.notice import Delivery
from guardia.notices.oauth import Given
from guardia.notices.reasons import in_words
from guardia.notices.server_answer import NoServer
from guardia.notices.smtp import Outlet, Server
from guardia.web.desk.case_page.notices import life_words
from tests.notices.authority import BAD, GOOD, Authority
from tests.notices.post_office import HOST, SENDER, PostOffice
from tests.notices.sender import Sender, delivery_to, states

USER, PASSWORD, TOKEN = "casos@example.com", "contraseña-de-pruebas", "token-de-pruebas"
SENTENCES = {
    "expired": "has expired",
    "not-yet": "is not valid yet",
    "wrong-name": "is made out to another name",
    "untrusted": "is not signed by an authority that is trusted here",
    "weak": "is too weak",
    "no-starttls": "does not offer STARTTLS",
}


class SecureOffice(PostOffice):
    """``tls``: starttls, implicit or none; ``ways``: by which it lets in; ``signed_in``: who came, and by which."""

    def __init__(self, authority: Authority, tls: str, certificate: str = GOOD, ways: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.context, self.tls, self.ways = authority.context(certificate), tls, ways
        self.signed_in: list[str] = []

    def open(self) -> None:
        office = self

        class Secure(SMTP):
            async def auth_XOAUTH2(self, _server, args):
                said = base64.b64decode(args[1]).decode()
                if said == f"user={USER}\1auth=Bearer {TOKEN}\1\1":
                    office.signed_in.append("XOAUTH2")
                    return AuthResult(success=True, auth_data=USER)
                await self.push("334 " + base64.b64encode(b'{"status":"400"}').decode())
                await self._reader.readline()
                return AuthResult(success=False, handled=False)

        def authenticator(server, session, envelope, mechanism, data):
            right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
            if right:
                office.signed_in.append(mechanism)
            return AuthResult(success=right, handled=False)

        every = {"PLAIN", "LOGIN", "XOAUTH2"}
        more = {
            "authenticator": authenticator,
            "auth_required": bool(self.ways),
            "auth_require_tls": self.tls == "starttls",
            "auth_exclude_mechanism": every - set(self.ways),
        }
        if self.tls == "starttls":
            more |= {"tls_context": self.context, "require_starttls": True}

        class Opened(Controller):
            def factory(self):
                return Secure(self.handler, **more)

        context = self.context if self.tls == "implicit" else None
        self.controller = Opened(self, hostname=HOST, port=self.port, ready_timeout=10, ssl_context=context)
        try:
            self.controller.start()
        except Exception:  # the controller's own first look does not trust the certificate, which is the point
            if not self.controller._thread or not self.controller._thread.is_alive():
                raise

    def server(self, authority: Authority, **more) -> Server:
        known = {"timeout": 10, "tls": self.tls, "ca": authority.pem}
        return Server("localhost", self.port, **{**known, **more})


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def opened(authority):
    offices = []

    def opened(tls: str, certificate: str = GOOD, ways: tuple[str, ...] = ()) -> SecureOffice:
        office = SecureOffice(authority, tls, certificate, ways)
        office.open()
        offices.append(office)
        return office

    yield opened
    for office in offices:
        office.close()


def handed_over(server: Server):
    with Outlet(server, SENDER) as outlet:
        outlet.ready()
        return outlet.send("jefe@example.com", b"Subject: x\r\n\r\nx\r\n")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "XOAUTH2"])
def test_a_letter_leaves_over_tls_by_each_login(authority, opened, tls, way):
    office = opened(tls, ways=(way,))
    login = {"tokens": Given(TOKEN)} if way == "XOAUTH2" else {"password": PASSWORD}
    answer = handed_over(office.server(authority, user=USER, **login))
    assert answer.words.startswith("250 2.0.0 Ok")
    assert office.signed_in == [way]
    assert len(office.mails) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_login_that_is_refused_says_so_without_the_secret(authority, opened, tls):
    for ways, login in ((("PLAIN", "LOGIN"), {"password": "otra"}), (("XOAUTH2",), {"tokens": Given("viejo")})):
        office = opened(tls, ways=ways)
        with pytest.raises(NoServer) as refused:
            handed_over(office.server(authority, user=USER, **login))
        assert str(refused.value).startswith("[login] localhost:")
        assert "535" in str(refused.value)
        assert not any(secret in str(refused.value) for secret in ("otra", "viejo"))
        assert office.mails == []


def test_a_server_without_a_login_that_is_known(authority, opened):
    office = opened("implicit", ways=("XOAUTH2",))
    with pytest.raises(NoServer, match=r"\[no-login\] localhost:\d+: XOAUTH2"):
        handed_over(office.server(authority, user=USER, password=PASSWORD))


def test_no_password_crosses_a_network_in_the_open_unless_somebody_said_so(opened, authority):
    office = opened("none", ways=("PLAIN",))
    with pytest.raises(NoServer, match=r"\[in-the-open\]"):
        handed_over(Server("smtp.example.com", office.port, 10, USER, PASSWORD))
    assert office.connections == 0
    assert handed_over(office.server(authority, user=USER, password=PASSWORD)).words.startswith("250")


def test_what_does_not_begin_with_tls_gets_nothing(authority, opened):
    office = opened("none")
    with pytest.raises(NoServer, match=r"\[not-tls\]"):
        handed_over(office.server(authority, tls="implicit"))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("certificate", BAD)
def test_a_bad_certificate_gets_no_letter_and_its_reason_is_told(
    story, authority, opened, settings, tls, certificate, caplog
):
    """At the delivery, in the case in the reader's language, and by the doctor; nothing stays leased."""
    office = opened(tls, certificate)
    story.open_case()
    sender = Sender(office, story.now)
    server = office.server(authority)
    refused_and_told(sender, story, server, certificate)
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS = "localhost", office.port, tls
    settings.SMTP_CA = authority.pem
    (said,) = channels.mail_server(Installation())
    assert said.health is Health.BAD
    assert office.mails == []


def test_starttls_that_is_not_offered_is_a_refusal_never_plaintext(story, authority, opened):
    office = opened("none")
    story.open_case()
    refused_and_told(Sender(office, story.now), story, office.server(authority, tls="starttls"), "no-starttls")
    assert office.mails == []


def refused_and_told(sender: Sender, story, server: Server, code: str) -> None:
    sender.office.outlet = lambda **_more: Outlet(server, SENDER)
    with pytest.raises(NoServer) as trouble:
        sender.sends()
    assert str(trouble.value).startswith(f"[{code}] localhost:")
    waiting = delivery_to(story.head)
    assert (waiting.state, waiting.attempts, waiting.sender, waiting.leased_until) == ("waiting", 0, None, None)
    assert waiting.answer == str(trouble.value)
    with translation.override("en"):
        assert SENTENCES[code] in in_words(waiting.answer)
        (notice, *_) = notices_of(story.case.pk)
        assert SENTENCES[code] in life_words(notice, story.now, lambda _notice: "")
    with translation.override("es"):
        assert in_words(waiting.answer) != waiting.answer


def test_letters_of_a_case_leave_over_starttls(story, authority, opened):
    office = opened("starttls", ways=("PLAIN",))
    story.open_case()
    sender = Sender(office, story.now)
    server = office.server(authority, user=USER, password=PASSWORD)
    office.outlet = lambda **_more: Outlet(server, SENDER)
    assert sender.sends() == 3
    assert states() == [("sent", "")] * 3


@pytest.mark.parametrize("wrong", [ValueError("no host"), OSError("wire"), TimeoutError("late"), RuntimeError("odd")])
def test_whatever_is_raised_nothing_stays_leased(story, sender, post_office, monkeypatch, wrong, caplog):
    """The connection, and the conversation: each delivery waits again, with the reason and its next try."""

    def raises(*_args, **_more):
        raise wrong

    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr("guardia.notices.smtp.Plain.__init__", raises)
        with pytest.raises(NoServer):
            sender.sends()
    assert all_wait(str(wrong))
    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr("guardia.notices.smtp.Plain.rcpt", raises)
        sender.sends()
    assert all_wait(str(wrong))
    assert sender.after(minutes=2).sends() == 3
    assert states() == [("sent", "")] * 3


def all_wait(words: str) -> bool:
    found = list(Delivery.objects.order_by("pk").values_list("state", "sender", "leased_until", "answer"))
    return len(found) == 3 and all(row[:3] == ("waiting", None, None) and words in row[3] for row in found)
