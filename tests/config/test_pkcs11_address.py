"""The address of a key in a device (RFC 7512), and what is said at the start where it cannot be used."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from guardia.config.pkcs11_address import KeyAddress, read_key_address

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
END = f"?module-path={MODULE}"


def test_an_address_names_module_token_key_and_the_file_of_the_pin():
    said = read_key_address(f"pkcs11:token=The%20log%2C%20one;object=k;id=%01%FF{END}&pin-source=file:/etc/guardia/pin")
    assert said == KeyAddress(MODULE, (("token", "The log, one"),), "k", b"\x01\xff", "/etc/guardia/pin")
    assert str(said) == "pkcs11:token=The log, one;object=k;id=01ff"


def test_an_address_as_tools_print_it_is_read():
    words = "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=8ea7;token=g;id=%01;object=k;type=private"
    said = read_key_address(words + END)
    assert dict(said.token) == {
        "token": "g",
        "serial": "8ea7",
        "manufacturer": "SoftHSM project",
        "model": "SoftHSM v2",
    }
    assert said.pin_file == ""


@pytest.mark.parametrize("source", ["file:/a/pin", "file:///a/pin", "/a/pin", "file:%2Fa%2Fpin"])
def test_the_file_of_the_pin_is_named_in_each_way_of_the_standard(source):
    assert read_key_address(f"pkcs11:token=g;id=1{END}&pin-source={source}").pin_file == "/a/pin"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (f"pkcs11:object=k{END}", "must name the token and the key"),
        (f"pkcs11:token=g{END}", "must name the token and the key"),
        (f"pkcs11:{END}", "must name the token and the key"),
        ("pkcs11:token=g;object=k", "must end with .module-path="),
        ("pkcs11:token=g;object=k?module-path=softhsm", "must end with .module-path="),
        (f"pkcs11:token=g;object=k;slot-id=1{END}", "'slot-id' cannot stand"),
        (f"pkcs11:token=g;token=h;object=k{END}", "'token' cannot stand"),
        (f"pkcs11:token=;object=k{END}", "'token' cannot stand"),
        (f"pkcs11:token=g;object=k{END}&x=1", "'x' cannot stand"),
        (f"pkcs11:token=g;object=k{END}&pin-source=|cat", "pin-source must be file:"),
        (f"pkcs11:token=g;object=k{END}&pin-source=pin", "pin-source must be file:"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(words, reason):
    with pytest.raises(ImproperlyConfigured, match=f"^PROOF_KEY: .*{reason}"):
        read_key_address(words)


def test_a_pin_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(ImproperlyConfigured, match="PROOF_KEY_PIN_FILE") as raised:
        read_key_address(f"pkcs11:token=g;object=k{END}&pin-value=4711")
    assert "4711" not in str(raised.value)


SAY = "from guardia.config import settings; print(len(settings.PROOF_KEY))"
WITHOUT = "import importlib.util as u; u.find_spec = lambda name: None; "


@pytest.mark.process
@pytest.mark.parametrize(
    ("key", "before", "words"),
    [
        (f"pkcs11:token=g;object=k{END}", WITHOUT, "uv sync --extra hsm"),
        (f"pkcs11:token=g;object=k{END}&pin-value=4711", "", "PROOF_KEY_PIN_FILE"),
    ],
)
def test_what_is_missing_is_said_at_the_start(key, before, words):
    environment = {**os.environ, "PROOF_KEY": key}
    done = subprocess.run([sys.executable, "-c", before + SAY], env=environment, capture_output=True, text=True)
    assert done.returncode
    assert words in done.stderr
    assert "4711" not in done.stdout + done.stderr


@pytest.mark.process
def test_without_the_extra_and_without_a_device_nothing_changes():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROOF_")}
    done = subprocess.run([sys.executable, "-c", WITHOUT + SAY], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "0")
