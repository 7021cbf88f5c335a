"""Nothing that somebody types, or an outside server answers, leads Guardia to itself or to its cloud."""

import socket

import pytest
import requests

from guardia.notices.answer import Verdict
from guardia.notices.pager import Pager
from guardia.people import egress
from guardia.people.egress import is_outward, leads_inside
from guardia.people.outward import Outward

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
    """The connection itself is looked at: a name cannot be one machine when checked and another when used."""
    settings.EGRESS_LOOPBACK = False
    with outward() as session, pytest.raises(requests.ConnectionError, match="not of the outside"):
        session.get(f"http://localhost:{listening.getsockname()[1]}/", timeout=2)
    connection, _where = listening.accept()
    with connection:
        assert connection.recv(100) == b""


def test_what_the_installation_allows_is_reached(settings, listening):
    settings.EGRESS_LOOPBACK = True
    with outward() as session, pytest.raises(requests.ReadTimeout):
        session.get(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=0.2)
