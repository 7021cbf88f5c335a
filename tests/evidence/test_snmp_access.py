"""SNMP by name: secrets stand in the settings, a target refers to one, and no table holds any."""

import os
import subprocess
import sys

import pytest
from pysnmp.hlapi.v3arch.asyncio import CommunityData, UsmUserData, usmAesCfb128Protocol, usmHMAC192SHA256AuthProtocol

from guardia.customers.values import Unfit
from guardia.evidence import probing
from guardia.evidence.measured_sentences import sentence
from guardia.evidence.snmp_access import access
from guardia.evidence.target import ServiceTarget
from guardia.people.setting_change import SettingChange
from tests.evidence.conftest import target

pytestmark = pytest.mark.process


def test_a_community_and_a_user_of_v3_are_read():
    community = access("v2c:publica")
    assert isinstance(community, CommunityData)
    user = access("v3:noc:SHA256:firma-larga:AES:clave-larga")
    assert isinstance(user, UsmUserData)
    assert (user.authentication_protocol, user.privacy_protocol) == (usmHMAC192SHA256AuthProtocol, usmAesCfb128Protocol)
    assert isinstance(access("v3:noc"), UsmUserData)


@pytest.mark.parametrize(
    "secret", ["v3:", "v3:noc:SHA256", "v3:noc:ROT13:firma-larga", "v3:noc:SHA:firma-larga:XOR:clave"]
)
def test_what_is_no_access_is_refused(secret):
    with pytest.raises(ValueError, match="SNMPv3"):
        access(secret)


@pytest.fixture
def known(settings):
    settings.PROBE_NETWORKS, settings.SNMP_COMMUNITY = ["127.0.0.0/8"], "comun"
    settings.SNMP_CREDENTIALS = {"core": "v3:noc:SHA256:firma-larga:AES:clave-larga"}


def test_a_target_refers_to_a_name_and_its_secret_stands_in_no_table(story, known):
    kept = target(story.service, None, story.now, kind="snmp", asks="3", expects="core")
    assert probing.question_of(kept).secret == "v3:noc:SHA256:firma-larga:AES:clave-larga"
    kept.expects = ""
    assert probing.question_of(kept).secret == "v2c:comun"
    written = [str(ServiceTarget.objects.values().get()), *(str(row) for row in SettingChange.objects.values())]
    assert not any("clave-larga" in row or "comun" in row for row in written)


def test_a_name_that_is_none_is_refused_with_those_that_are(story, known):
    with pytest.raises(Unfit, match="core"):
        target(story.service, None, story.now, kind="snmp", asks="3", expects="acceso")


def test_an_access_that_was_taken_out_later_is_said_and_not_guessed(story, known, settings):
    kept = target(story.service, None, story.now, kind="snmp", asks="3", expects="core")
    settings.SNMP_CREDENTIALS = {}
    assert probing.question_of(kept).secret == ""
    assert "core" in sentence("snmp_no_access", {"name": "core"})


@pytest.mark.parametrize("written", ["core", "=v2c:x", "core=v1:x", "core=v2c:", "core=v3:noc:SHA256"])
def test_settings_that_cannot_be_read_say_how_they_are_written(written):
    environment = {**os.environ, "SNMP_CREDENTIALS": written}
    started = subprocess.run(
        [sys.executable, "-c", "import guardia.config.settings"], env=environment, capture_output=True, check=False
    )
    assert b"SNMP_CREDENTIALS" in started.stderr
