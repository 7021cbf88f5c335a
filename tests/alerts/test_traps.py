"""Traps: their bytes read, bound to address and community or user, kept in batches, informs answered once kept."""

from contextlib import contextmanager

import pytest
from pyasn1.codec.ber import encoder
from pysnmp.proto import api
from pysnmp.proto.rfc1902 import Integer, ObjectIdentifier, OctetString, TimeTicks

from guardia.network import alerts_sources as sources
from guardia.network.alert import Alert, AlertSource, AlertState
from guardia.network.alerts_traps import LINK_DOWN, LINK_UP, Trap, alert_of_trap
from guardia.people.secret_address import digest_of
from guardia.web.alerts.traps_listener import Heard, Keeper, plain
from guardia.web.alerts.traps_wire import NoTrap, read
from tests.alerts.noc import Noc

IF = "1.3.6.1.2.1.2.2.1"
ALIAS = "1.3.6.1.2.1.31.1.1.1.18"


def v2(kind: str, community: str = "publica", inform: bool = False, index: int = 3, alias: str = "ENL-0042") -> bytes:
    words = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    pdu = words.InformRequestPDU() if inform else words.TrapPDU()
    (words.apiPDU if inform else words.apiTrapPDU).set_defaults(pdu)
    pairs = [
        (ObjectIdentifier("1.3.6.1.2.1.1.3.0"), TimeTicks(12)),
        (ObjectIdentifier("1.3.6.1.6.3.1.1.4.1.0"), ObjectIdentifier(kind)),
        (ObjectIdentifier(f"{IF}.1.{index}"), Integer(index)),
        (ObjectIdentifier(f"{IF}.7.{index}"), Integer(1)),
        (ObjectIdentifier(f"{IF}.8.{index}"), Integer(2)),
        (ObjectIdentifier(f"{ALIAS}.{index}"), OctetString(alias)),
    ]
    words.apiPDU.set_varbinds(pdu, pairs)
    return message(words, pdu, community)


def v1(generic: int, community: str = "publica", index: int = 3) -> bytes:
    words = api.PROTOCOL_MODULES[api.SNMP_VERSION_1]
    pdu = words.TrapPDU()
    words.apiTrapPDU.set_defaults(pdu)
    words.apiTrapPDU.set_generic_trap(pdu, generic)
    words.apiTrapPDU.set_varbinds(pdu, [(ObjectIdentifier(f"{IF}.1.{index}"), Integer(index))])
    return message(words, pdu, community)


def message(words, pdu, community: str) -> bytes:
    found = words.Message()
    words.apiMessage.set_defaults(found)
    words.apiMessage.set_community(found, community)
    words.apiMessage.set_pdu(found, pdu)
    return encoder.encode(found)


def test_a_link_that_goes_down_is_an_alert_of_its_interface():
    found = read(v2(LINK_DOWN))
    (said,) = alert_of_trap(Trap("192.0.2.1", found.kind, found.values)).alerts
    assert found.community == "publica"
    assert (said.fires, said.severity, said.summary) == (True, "major", "ENL-0042")
    assert said.labels["interface"] == "192.0.2.1#3"
    assert (said.labels["ifAdminStatus"], said.labels["ifOperStatus"]) == ("up", "down")


def test_down_and_up_of_one_interface_are_one_alert_in_every_version():
    def of(packet: bytes):
        found = read(packet)
        return alert_of_trap(Trap("192.0.2.1", found.kind, found.values)).alerts[0]

    said = [of(packet) for packet in (v2(LINK_DOWN), v2(LINK_UP), v1(2), v1(3), v2(LINK_DOWN, inform=True))]
    assert len({one.fingerprint for one in said}) == 1
    assert [one.fires for one in said] == [True, False, True, False, True]
    assert of(v2(LINK_DOWN, index=4)).fingerprint != said[0].fingerprint


def test_any_other_trap_says_nothing():
    assert alert_of_trap(Trap("192.0.2.1", read(v1(0)).kind, {})).alerts == ()
    assert alert_of_trap(Trap("192.0.2.1", read(v1(6)).kind, {})).alerts == ()


def test_an_inform_is_answered_with_its_own_number():
    packet = v2(LINK_DOWN, inform=True)
    assert read(packet).answer
    assert read(v2(LINK_DOWN)).answer == b""


@pytest.mark.parametrize(
    "junk", [b"", b"\x00", b"\x30\x03\x02\x01\x01", b"\xff" * 2000, v2(LINK_DOWN)[:-7], b"30" * 99]
)
def test_what_is_no_trap_is_none(junk):
    with pytest.raises(NoTrap):
        read(junk)


def test_an_ipv4_address_that_came_over_ipv6_is_itself():
    assert plain("::ffff:192.0.2.1") == "192.0.2.1"
    assert plain("2001:db8::1%eth0") == "2001:db8::1"


# --- bound to address and community ---


@pytest.fixture
def device(noc_of) -> Noc:
    return noc_of("snmp", address="127.0.0.1", brings="publica")


@contextmanager
def here():
    yield


def keeper(noc: Noc) -> Keeper:
    return Keeper(here, lambda: noc.now, lambda: 100.0)


def heard(packet: bytes, address: str = "127.0.0.1", arrived: float = 100.0) -> Heard:
    found = read(packet)
    return Heard(Trap(address, found.kind, found.values), digest_of(found.community), arrived)


def test_a_trap_is_taken_from_its_address_with_its_community_alone(device):
    taken = keeper(device).take(
        [
            heard(v2(LINK_DOWN), address="192.0.2.99"),
            heard(v2(LINK_DOWN, community="otra")),
            heard(v2(LINK_DOWN)),
        ]
    )
    assert taken == 1
    alert = Alert.objects.get()
    assert alert.service == device.story.service
    assert alert.name == "linkDown 3"


def test_a_wrong_community_is_told_in_the_settings(device):
    keeper(device).take([heard(v2(LINK_DOWN, community="otra"))])
    assert device.fresh().trouble
    assert not Alert.objects.exists()
    keeper(device).take([heard(v2(LINK_DOWN))])
    assert device.fresh().trouble == ""


def test_a_community_does_not_pass_for_a_user(device):
    AlertSource.objects.update(token_digest=digest_of("v3:vigia"))
    assert keeper(device).take([heard(v2(LINK_DOWN, community="vigia"))]) == 0


def test_each_trap_has_the_hour_it_came_in(device):
    batch = [heard(v2(LINK_DOWN), arrived=90.0), heard(v2(LINK_UP), arrived=95.0), heard(v2(LINK_DOWN), arrived=99.0)]
    keeper(device).take(batch)
    alert = Alert.objects.get()
    assert alert.state == AlertState.FIRING
    assert device.turns(alert) == [True, False, True]
    assert (device.now - alert.since).total_seconds() == 10.0


def test_what_was_lost_is_told(device):
    keeper(device).take([heard(v2(LINK_DOWN))], lost=7)
    assert "7" in device.fresh().trouble


def test_strangers_fill_no_log(device):
    listening = keeper(device)
    assert [listening._is_news("192.0.2.9", device.now) for _time in range(2)] == [True, False]
    found = [listening._is_news(f"198.51.100.{number}", device.now) for number in range(200)]
    assert sum(found) == 99
    device.pass_seconds(601)
    assert listening._is_news("192.0.2.9", device.now)


def test_a_source_of_traps_needs_no_token(device):
    assert device.token == ""
    with pytest.raises(sources.Unfit):
        sources.new_token(device.source, by=None, at=device.now)
