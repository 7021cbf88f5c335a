"""Nothing that somebody types, or an outside server answers, leads Guardia to itself or to its cloud."""

import socket
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from guardia.customers.values import Misfit
from guardia.notices import page
from guardia.notices.oauth import NoToken, posted
from guardia.notices.page import Pager
from guardia.notices.server_answer import NoServer, Verdict
from guardia.notices.smtp import Outlet, Server
from guardia.people import connections, egress
from guardia.people.channels import ALLOWED, HOST_IS_A_SERVER, channels
from guardia.people.egress import MAIL_PORTS, NotOutward, is_outward, leads_inside, may_lead_to, outward_only
from guardia.people.outward import Outward
from guardia.worker.dead_man import called
from guardia.worker.mail_server import TROUBLES, Account, opened, why

INSIDE = (
    *("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254", "fe80::1%eth0"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "100.100.100.200", "fd00:ec2::254", "224.0.0.1", "255.255.255.255"),
    *("", "localhost", "127.1", "0x7f000001", "2130706433", "１２７.0.0.1"),
)
PAGE = b"Subject: x\r\n\r\nx"


@pytest.mark.parametrize("written", INSIDE)
def test_addresses_of_the_inside_are_known_however_they_are_written(written):
    assert not is_outward(written, loopback=False)


@pytest.mark.parametrize("written", ["192.0.2.10", "10.1.2.3", "192.168.1.5", "2001:db8::1"])
def test_an_operators_own_network_is_outside(written):
    assert is_outward(written, loopback=False)


@pytest.mark.parametrize(
    "written",
    ["10.1.2.3", "172.16.0.1", "192.168.1.5", "100.64.0.9", "fd00:20::7", "64:ff9b::a01:203", "::ffff:10.1.2.3"],
)
def test_what_is_typed_leads_to_an_internal_network_only_where_the_environment_names_it(settings, written):
    settings.EGRESS_LOOPBACK, settings.EGRESS_NETWORKS = False, []
    assert not may_lead_to(written)
    assert Pager().send(f"json://[{written}]:9/x" if ":" in written else f"json://{written}:9/x", PAGE).verdict == (
        Verdict.REFUSED
    )
    settings.EGRESS_NETWORKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00:20::/32"]
    assert may_lead_to(written)
    settings.EGRESS_NETWORKS = ["0.0.0.0/0", "::/0"]
    assert may_lead_to(written)
    for never in INSIDE:
        assert not may_lead_to(never)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "0"])
def test_a_channel_to_this_machine_is_refused_before_a_byte_is_sent(settings, host):
    settings.EGRESS_LOOPBACK = False
    answer = Pager().send(f"json://{host}:9/x", PAGE)
    assert answer.verdict == Verdict.REFUSED
    assert leads_inside(host)


def test_a_name_is_looked_at_by_its_addresses(settings, monkeypatch):
    settings.EGRESS_LOOPBACK = False
    said = [(socket.AF_INET, 1, 6, "", (one, 0)) for one in ("192.0.2.1", "169.254.169.254")]
    monkeypatch.setattr(egress.socket, "getaddrinfo", lambda *_args, **_more: said)
    assert Pager().send("json://metadata.example.com/x", PAGE).verdict == Verdict.REFUSED


def test_the_gateway_that_the_installation_names_may_stand_on_the_loopback(settings):
    settings.EGRESS_LOOPBACK, settings.SMS_URL = False, "json://127.0.0.1:9/{number}"
    assert Pager().send("json://127.0.0.1:9/593999", PAGE).verdict == Verdict.LATER  # nobody answers there


@pytest.fixture
def listening():
    """A socket of this machine on which nobody speaks; what it was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(2)
        yield server


def outward() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", Outward())
    return session


def test_a_name_that_means_this_machine_only_when_it_is_used_is_caught(settings, listening):
    """The very connection is checked: a name cannot be one machine when checked and another when used."""
    settings.EGRESS_LOOPBACK = False
    with outward() as session, pytest.raises(requests.ConnectionError, match="not of the outside"):
        session.get(f"http://localhost:{listening.getsockname()[1]}/", timeout=2)
    assert not_connected(listening)


def test_what_the_installation_allows_is_reached(settings, listening):
    settings.EGRESS_LOOPBACK = True
    with outward() as session, pytest.raises(requests.ReadTimeout):
        session.get(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=0.2)


# --- the servers of mail, as an administrator types them --------------------------------------------------------------


def mail_out(port: int, *, is_typed: bool) -> Outlet:
    return Outlet(Server("mail.example.com", port, timeout=0.2, is_typed=is_typed), "casos@example.com")


def mail_in(port: int, tls: str, *, is_typed: bool) -> Account:
    return Account("mail.example.com", port, "u", "p", tls, "INBOX", 0.2, is_typed=is_typed)


def tried_out(port: int, *, is_typed: bool, tls: str = "") -> str:
    """Why nobody takes mail there; the server is named and not numbered."""
    outlet = mail_out(port, is_typed=is_typed)
    outlet.server = replace(outlet.server, tls=tls)
    with pytest.raises(NoServer) as trouble:
        outlet.ready()
    return str(trouble.value)


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_a_typed_mail_server_that_turns_inside_after_the_check_is_not_connected_to(
    settings, monkeypatch, listening, tls
):
    """The form looked at the name when it was an address of the outside; then it is this machine's (DNS rebinding)."""
    settings.EGRESS_LOOPBACK = False
    resolver = Resolver(listening.getsockname()[1])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    resolver.checking = True
    assert not leads_inside("mail.example.com")
    resolver.checking = False
    assert tried_out(2525 + 1, is_typed=True, tls=tls).startswith("[inside] mail.example.com")
    assert not_connected(listening)
    assert "[inside]" not in tried_out(2525 + 1, is_typed=False, tls=tls), (
        "what the environment names may stand anywhere"
    )
    assert not not_connected(listening)


@pytest.mark.parametrize("tls", ["none", "starttls", "ssl"])
def test_a_typed_mailbox_that_turns_inside_after_the_check_is_not_connected_to(settings, monkeypatch, listening, tls):
    settings.EGRESS_LOOPBACK = False
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(listening.getsockname()[1]))
    account = mail_in(2525 + 1, tls, is_typed=True)
    with pytest.raises(NotOutward) as trouble, opened(account):
        pass
    assert why(trouble.value, account).startswith("[inside] ")
    assert not_connected(listening)
    with pytest.raises(TROUBLES), opened(mail_in(2525 + 1, tls, is_typed=False)):
        pass
    assert not not_connected(listening)


def silent_port_of_mail() -> int:
    """One that nobody answers at: a demo on the same machine takes mail at 2525."""
    for port in MAIL_PORTS:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("this machine takes mail at every port of mail")


def test_of_this_machine_a_typed_mail_server_has_the_ports_of_mail_and_no_other(settings, monkeypatch):
    settings.EGRESS_LOOPBACK = False
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(0).of("127.0.0.1"))
    assert "[inside]" not in tried_out(silent_port_of_mail(), is_typed=True)
    assert "[inside]" in tried_out(6379, is_typed=True)
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(0).of("169.254.169.254"))
    assert "[inside]" in tried_out(25, is_typed=True)


def test_the_settings_say_who_named_the_server(settings, db):
    """Of the environment it is bound to nothing; entered on screen, or nobody's word, it is."""
    for names, is_typed in (({"SMTP_HOST", "IMAP_HOST"}, False), (set(), True)):
        settings.FROM_ENVIRONMENT = names
        assert (Server.of_settings().is_typed, Account.of_settings().is_typed) == (is_typed, is_typed)


def test_what_only_the_environment_names_is_entered_on_no_screen():
    """Files and backups (S3), the sign of life: what may stand anywhere is nowhere to be typed."""
    typed = {name for names in connections.NAMES.values() for name in names}
    assert not [name for name in typed if name.startswith(("ATTACHMENT", "BACKUP", "DEADMAN", "OIDC", "SAML", "AMI_"))]


def test_the_sign_of_life_stands_anywhere_and_is_not_redirected_inside(settings, listening, redirecting):
    settings.EGRESS_LOOPBACK = False
    host, port = redirecting
    assert called(f"http://{host}:{port}/ping") == "URLError: this address is not of the outside"
    assert not_connected(listening)


# --- every kind of channel: what is connected to is what was checked --------------------------------------------------

_KEY = "a" * 32
_SERVERS = {
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms"), "gateway.example.com/x"),
    **dict.fromkeys(("gotify", "gotifys"), f"gateway.example.com/{'A' * 15}"),
    **dict.fromkeys(("ntfy", "ntfys"), "gateway.example.com/topic"),
    **dict.fromkeys(("mmost", "mmosts"), f"gateway.example.com/{'a' * 24}"),
    **dict.fromkeys(("rocket", "rockets", "matrix", "matrixs"), "user:pass@gateway.example.com/#room"),
    **dict.fromkeys(("signal", "signals"), "gateway.example.com/+593999000001/+593999000002"),
    **dict.fromkeys(("nctalk", "nctalks"), "user:pass@gateway.example.com/room"),
    **dict.fromkeys(("smseagle", "smseagles"), "token@gateway.example.com/593999000001"),
    **dict.fromkeys(("goalert", "goalerts"), "gateway.example.com/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
    **dict.fromkeys(("mailto", "mailtos"), "user:pass@example.com?smtp=gateway.example.com&to=area@example.com"),
    **dict.fromkeys(("workflow", "workflows"), f"gateway.example.com:443/{_KEY}/signature"),
}
_SERVICES = {
    "tgram": "123456789:abcdefg_hijklmnop-qrstuvwxyzabcdefg/12315544/",
    "slack": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "discord": f"012345678901234567/{'a' * 68}",
    "gchat": "workspace/key/token",
    **dict.fromkeys(("wxteams", "webex"), "a" * 80),
    "zulip": f"botname@example/{_KEY}/channel",
    "line": f"{'a' * 60}/user",
    "threema": "*THEGWID@secret/user@example.com",
    "whatsapp": f"{_KEY}@{'1' * 14}/593999000001",
    "twilio": f"AC{_KEY}:{_KEY}@593999000001/593999000002",
    **dict.fromkeys(("vonage", "nexmo"), "ACaaaaaaaa:bbbbbbbbbbbbbbbb@593999000001/593999000002"),
    "sns": "AHIAJGNT76XIMXDBIJYA/bu1dHSdO22pfaaVy%2FwmNsdljF4C07D3bndi9PQJ9/us-east-2/+593999000001",
    "clickatell": f"{_KEY}/593999000001",
    **dict.fromkeys(("clicksend", "bulksms"), "user:pass@593999000001"),
    "msgbird": f"{'a' * 25}/593999000001/593999000002",
    "plivo": f"{'A' * 25}@{'b' * 40}/+593999000001/+593999000002",
    "sinch": f"{_KEY}:{_KEY}@593999000001/593999000002",
    "telnyx": f"{_KEY}@593999000001/593999000002",
    "d7sms": f"{_KEY}@593999000001",
    "elks": "user:pass@+593999000001/+593999000002",
    "voipms": "password:area@example.com/16134448888/16135550000",
    "seven": f"{'a' * 25}/593999000001",
    "pover": f"{'u' * 30}@{'a' * 30}",
    "pbul": _KEY,
    "join": f"{_KEY}/{_KEY}",
    "prowl": "a" * 40,
    "pagerduty": f"{_KEY}@{_KEY}",
    "opsgenie": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    "pagertree": "int_123456789",
    **dict.fromkeys(("splunk", "victorops"), "route@aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/entity"),
    "squadcast": _KEY,
    "signl4": "a" * 10,
    "ilert": f"il1api{'a' * 20}",
    "twist": "password:area@example.com/123",
    "flock": f"{'a' * 24}/u:{'b' * 12}",
    "mailgun": f"user@example.com/{_KEY}-bbbbbbbb-cccccccc/area@example.com",
    "sendgrid": "abcd:user@example.com/area@example.com",
}
SAMPLES = {kind: f"{kind}://{rest}" for kind, rest in (_SERVERS | _SERVICES).items()}


def test_every_kind_that_is_allowed_is_tried_here():
    assert SAMPLES.keys() == ALLOWED.keys()
    assert _SERVERS.keys() == HOST_IS_A_SERVER


class Resolver:
    """Says an address of the outside when a name is checked, and this machine's once it is used (DNS rebinding)."""

    def __init__(self, port: int) -> None:
        self.port, self.checking, self.used = port, False, list[str]()

    def of(self, address: str):
        """One that always says this address, at the port that is asked for."""
        return lambda _host, port=0, *_args, **_more: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0))
        ]

    def __call__(self, host, *_args, **_more):
        if self.checking:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]
        self.used.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", self.port))]


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_a_name_that_turns_inside_after_the_check_is_not_connected_to(settings, monkeypatch, listening, kind):
    """Whatever library the kind uses: the address that is connected to is the one that is checked."""
    settings.EGRESS_LOOPBACK = False
    resolver = Resolver(listening.getsockname()[1])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)

    def checked(host: str) -> bool:
        resolver.checking = True
        try:
            return leads_inside(host)
        finally:
            resolver.checking = False

    monkeypatch.setattr(page, "leads_inside", checked)
    answer = Pager().send(SAMPLES[kind], PAGE)
    assert (answer.verdict, bool(resolver.used)) == (Verdict.LATER, True), answer.words
    assert not_connected(listening)


@pytest.mark.parametrize("kind", sorted(_SERVERS))
def test_without_the_bound_the_same_page_reaches_the_machine(settings, monkeypatch, listening, kind):
    """The proof above can fail: with EGRESS_LOOPBACK the very same connection is made."""
    settings.EGRESS_LOOPBACK = True
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(listening.getsockname()[1]))
    Pager(timeout=0.2).send(SAMPLES[kind], PAGE)
    assert not not_connected(listening)


def not_connected(listening: socket.socket) -> bool:
    listening.setblocking(False)
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return True
    return False


@pytest.mark.parametrize(
    "address",
    [
        "mailto://user:pass@example.com?smtp=127.0.0.1&to=area@example.com",
        "mailtos://user:pass@example.com?to=area@example.com&SMTP=%6cocalhost",
        "mailto://user:pass@example.com?to=area@example.com;smtp=2130706433",
        "matrixs://user:pass@127.0.0.1/#room?discovery=yes",
        "deltachat://user:pass@example.com?smtp=192.0.2.1",
        "nostr://key@example.com?relay=127.0.0.1",
        "https://127.0.0.1/x",
        "apprise://127.0.0.1/key",
        "rsyslog://127.0.0.1",
        "mqtt://127.0.0.1/topic",
        "mailto://user:pass@example.com?wkd=yes",
    ],
)
def test_an_address_that_names_the_inside_in_any_part_is_refused(settings, address):
    settings.EGRESS_LOOPBACK = False
    assert Pager().send(address, PAGE).verdict == Verdict.REFUSED


@pytest.mark.parametrize("address", ["deltachat://u:p@example.com", "mailto://u:p@example.com?wkd=yes", "nostr://k"])
def test_a_kind_or_a_parameter_that_is_not_used_here_is_refused_when_it_is_entered(address):
    with pytest.raises(Misfit, match="2"):
        channels(f"jsons://gateway.example.com/x\n{address}")


def test_another_port_of_the_gateways_machine_is_no_gateway(settings):
    settings.EGRESS_LOOPBACK, settings.SMS_URL = False, "json://127.0.0.1:9/{number}"
    assert Pager().send("json://127.0.0.1:6379/593999", PAGE).verdict == Verdict.REFUSED
    assert Pager().send("json://127.0.0.1:9/593999/../x", PAGE).verdict == Verdict.REFUSED


@pytest.mark.process
def test_whoever_is_bound_starts_no_program_and_no_thread_and_connects_to_no_name(settings, listening):
    settings.EGRESS_LOOPBACK = False
    with outward_only():
        for begun in (
            lambda: subprocess.run(["true"], check=False),
            lambda: threading.Thread(target=print).start(),
            lambda: socket.create_connection(("localhost", listening.getsockname()[1])),
            lambda: socket.socket().connect(("localhost", listening.getsockname()[1])),
            lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
            lambda: socket.socket(socket.AF_UNIX).connect("/run/nobody"),
        ):
            with pytest.raises((NotOutward, RuntimeError)):
                begun()
    assert not_connected(listening)
    socket.create_connection(listening.getsockname()).close()  # outside of it nothing is bound


def test_a_redirect_of_a_gateway_to_the_inside_is_not_followed(settings, monkeypatch, listening, redirecting):
    """A real server, which stands for one of the outside, sends the page on to this machine."""
    settings.EGRESS_LOOPBACK = False
    host, port = redirecting
    monkeypatch.setattr(egress, "is_outward", lambda written, **_more: written == host)
    assert Pager().send(f"json://{host}:{port}/x", PAGE).verdict == Verdict.LATER
    assert not_connected(listening)


@pytest.fixture
def redirecting(listening):
    """Where a server of 127.0.0.2 stands that redirects each request to ``listening``."""
    goal = f"http://127.0.0.1:{listening.getsockname()[1]}/inside"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", goal)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.2", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield "127.0.0.2", server.server_port
        server.shutdown()


def test_where_tokens_are_asked_for_leads_outward_unless_the_environment_names_it(settings, listening):
    settings.EGRESS_LOOPBACK = False
    url = f"http://localhost:{listening.getsockname()[1]}/token"
    with pytest.raises(NoToken, match="not of the outside"):
        posted(url, {})
    assert not_connected(listening)
    settings.IMAP_OAUTH_TOKEN_URL = url

    def ask() -> None:
        with pytest.raises(NoToken):
            posted(url, {})

    asked = threading.Thread(target=ask)
    asked.start()
    listening.setblocking(True)
    listening.accept()[0].close()
    asked.join()
