"""What may be tested: only what is written down, never this machine's surroundings, and a name is resolved once."""

import pytest

from guardia.customers.values import Misfit, Unfit
from guardia.evidence.addresses import is_allowed, pinned
from guardia.evidence.target import ServiceTarget
from guardia.evidence.target_editing import MOST, RECORDED, end, save_target
from guardia.people.setting_change import SettingChange
from tests.evidence.conftest import target

NEVER = [
    *("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "fe80::1"),
    *("224.0.0.1", "ff02::1", "255.255.255.255", "100.100.100.200", "fd00:ec2::254", "::", "no es una dirección"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::1"),
]


@pytest.fixture
def no_loopback(settings):
    settings.PROBE_LOOPBACK = False


@pytest.mark.parametrize("address", NEVER)
def test_this_machine_and_its_surroundings_are_never_tested(no_loopback, address):
    assert not is_allowed(address)


def test_what_is_the_operators_may_be_tested(settings, no_loopback):
    assert is_allowed("192.0.2.10")
    assert is_allowed("10.20.30.40")
    settings.PROBE_NETWORKS = ["10.20.0.0/16"]
    assert is_allowed("10.20.30.40")
    assert not is_allowed("192.0.2.10")


def test_a_name_is_tested_at_the_address_it_had_when_it_was_written_down(no_loopback):
    assert pinned("cpe.example.com", lambda _name: "192.0.2.7") == "192.0.2.7"
    assert pinned("[2001:db8::7]") == "2001:db8::7"
    with pytest.raises(Misfit, match=r"169\.254\.169\.254"):
        pinned("metadata.example.com", lambda _name: "169.254.169.254")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "tcp", "port": None}, "port"),
        ({"port": "70000"}, "port"),
        ({"port": "²"}, "port"),
        ({"kind": "ftp"}, "kind"),
        ({"address": ""}, "address"),
        ({"address": "http://127.0.0.1/"}, "address"),
        ({"address": "169.254.169.254"}, "address"),
        ({"kind": "http", "address": "ftp://127.0.0.1/"}, "address"),
        ({"kind": "http", "address": "http://u:p@127.0.0.1/"}, "address"),
        ({"kind": "http", "address": "http://127.0.0.1:99999/"}, "address"),
        ({"kind": "http", "address": "http://[::1/"}, "address"),
        ({"kind": "http", "address": "http://127.0.0.1/", "expects": "bien"}, "expects"),
        ({"kind": "dns", "asks": ""}, "asks"),
        ({"kind": "dns", "asks": "example.com NADA"}, "asks"),
        ({"kind": "snmp", "asks": "eth0"}, "asks"),
        ({"max_loss": "101"}, "max_loss"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(story, fields, field):
    with pytest.raises(Unfit) as refused:
        target(story.service, 443, story.now, **fields)
    assert list(refused.value.problems) == [field]
    assert not ServiceTarget.objects.exists()


def test_who_wrote_it_down_is_on_record(story):
    fields = {"service": story.service, "kind": "tcp", "address": "127.0.0.1", "port": "443"}
    new = ServiceTarget(customer=story.bank)
    kept = save_target(new, fields, by=story.engineer, at=story.now)
    assert (kept.added_by, kept.added_at, kept.pinned) == (story.engineer, story.now, "127.0.0.1")
    end(kept, by=story.supervisor, at=story.now)
    changes = SettingChange.objects.filter(noun=RECORDED, key=str(kept.pk)).order_by("pk")
    assert [(change.by, change.after["active"]) for change in changes] == [
        (story.engineer, True),
        (story.supervisor, False),
    ]


def test_a_service_of_another_company_is_refused(story):
    fields = {"service": story.service, "kind": "tcp", "address": "127.0.0.1", "port": 443}
    with pytest.raises(Unfit, match="another company"):
        save_target(ServiceTarget(customer=story.other), fields, at=story.now)


def test_a_service_has_ten_tests_at_most(story):
    for port in range(1, MOST + 1):
        target(story.service, port, story.now)
    with pytest.raises(Unfit, match="10 tests already"):
        target(story.service, 443, story.now)
