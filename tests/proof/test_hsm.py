"""A key of the log in a device: SoftHSM2 signs, OpenSSL and the customers' program verify; what is missing is named."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.utils import translation

from guardia.cases.case import Case
from guardia.cli.checks import machine
from guardia.cli.checks.finding import CHECKS, CheckResult, Health, Installation, answers
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.pkcs11_address import KeyAddress, read_key_address
from guardia.proof import hsm, log, log_breaks, note
from guardia.proof.hsm import HardwareKey, KeyUnavailable
from guardia.proof.log import HistoryCheckpoint, HistoryLeaf
from guardia.proof.offline import guardia_verify
from guardia.proof.signing_key import read_key
from guardia.web.report.document import closing_document
from guardia.worker import rounds
from tests.procedure.story import Story
from tests.proof.soft_hsm import MODULE, PIN, SoftHsm, why_not

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(why_not()), reason=why_not())]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OWN = b64encode(bytes(range(32))).decode()
TEXT = b"guardia.example.com/estado/registro\n12\n"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def device(tmp_path, monkeypatch) -> SoftHsm:
    """With a token ``guardia`` and a key in it, ``log``; the module has looked for its tokens."""
    found = SoftHsm.made_in(tmp_path)
    monkeypatch.setenv("SOFTHSM2_CONF", found.configuration)
    monkeypatch.setattr(hsm, "_accepted", set())
    monkeypatch.setattr(hsm, "_refused", set())
    found.add_token("guardia")
    found.add_key("guardia", "log", "01")
    pkcs11_module().reinitialize()
    return found


def pkcs11_module() -> Any:
    """As this process has it."""
    import pkcs11

    return pkcs11.lib(MODULE)


def signed(story: Story, later: timedelta = timedelta()) -> HistoryCheckpoint:
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(6)
        story.case.note("sigue", by=story.by, at=story.now)
    with behind(DatabaseRole.WORKER):
        log.append(story.now + later)
        found = log.sign(story.now + later)
    assert found
    return found


def trouble(words: str) -> KeyUnavailable:
    """Why the key of this address does not sign; the PIN is not told."""
    with pytest.raises(KeyUnavailable) as raised:
        read_key(words).sign(TEXT)
    assert PIN not in str(raised.value)
    assert raised.value.remedy
    return raised.value


def key_of(device: SoftHsm, label: str = "log", more: str = "") -> HardwareKey:
    return HardwareKey(read_key_address(device.address("guardia", label, more)))


def says() -> CheckResult:
    (check,) = (each for each in CHECKS if each.ask is machine.proof_key)
    (found,) = answers(check, Installation())
    return found


# --- it signs ---


def test_what_it_signs_is_verified_by_openssl_with_the_key_that_opensc_reads(device, tmp_path):
    signature = key_of(device).sign(TEXT)
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "signature").write_bytes(signature)
    device.tool("guardia", "--read-object", "--type", "pubkey", "--id", "01", "--output-file", str(tmp_path / "public"))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public", "-rawin", "-in", "text"]
    done = subprocess.run(
        [*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully"), done.stderr


def test_the_file_of_a_case_is_verified_by_the_program_that_customers_have(device, story, settings, tmp_path):
    settings.PROOF_KEY = [device.address("guardia", "log")]
    signed(story)
    with behind(DatabaseRole.STAFF):
        (tmp_path / "report.json").write_bytes(closing_document(Case.objects.get(pk=story.case.pk), story.now).history)
    (key,) = json.loads((tmp_path / "report.json").read_text())["log"]["keys"]
    assert b64decode(key.split("+", 2)[2]) == bytes([note.NOTE]) + key_of(device).public
    command = [sys.executable, guardia_verify.__file__, str(tmp_path / "report.json"), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert key in done.stdout


def test_the_history_is_whole_for_whoever_has_no_pin(device, story, settings):
    settings.PROOF_KEY = [device.address("guardia", "log")]
    signed(story)
    device.pin_file.unlink()
    with behind(DatabaseRole.WORKER):
        assert list(log_breaks.breaks(story.now + HOUR)) == []


def test_a_key_goes_from_a_file_to_a_device_to_another_key_of_it_and_back_without_a_gap(device, story, settings):
    device.add_key("guardia", "later", "02")
    keys = [OWN, device.address("guardia", "log"), device.address("guardia", "later"), OWN]
    before: list[str] = []
    for old, new in zip([None, *keys], [*keys, None], strict=True):
        for now in ([new, old] if new and old else [new or old], [new or old]):
            settings.PROOF_KEY, settings.PROOF_VERIFIERS = now, before
            with behind(DatabaseRole.WORKER):
                own = [str(each.verifier) for each in log.signers()]
            checkpoint = signed(story)
            assert checkpoint.note.count("\n— ") == len(now)
            before = list(dict.fromkeys([*before, *own]))
            with behind(DatabaseRole.WORKER):
                assert list(log_breaks.breaks(story.now + HOUR)) == []
    assert len(before) == 3


def test_a_key_is_found_by_its_id_and_by_the_address_that_opensc_prints(device):
    device.add_key("guardia", "log", "02")
    assert "several have that name" in trouble(device.address("guardia", "log")).what
    printed = device.tool("guardia", "--list-objects", "--type", "privkey", "--id", "02").partition("uri:")[2].strip()
    words = f"{printed}?module-path={MODULE}&pin-source={device.pin_file}"
    assert read_key(words).public == key_of(device, more=";id=%02").public != key_of(device, more=";id=%01").public


def test_a_public_key_that_is_shown_after_a_login_alone_is_found(device, settings):
    device.add_key("guardia", "unseen", "03", "EC:edwards25519", "--private")
    assert len(key_of(device, "unseen").sign(TEXT)) == 64


@pytest.mark.parametrize("begins", ["", "0420", "032100"])
def test_a_public_key_is_read_as_each_edition_of_the_standard_writes_it(begins):
    """SoftHSM2 writes the second; PKCS#11 3.1 and 3.0 say the others."""
    from pkcs11 import KeyType

    point = bytes.fromhex(begins) + bytes(range(32))

    class Session:
        def get_objects(self, wanted):
            yield Public()

    class Public(dict):
        key_type = KeyType.EC_EDWARDS

        def __missing__(self, attribute):
            return point

    assert hsm._public_key(Session(), KeyAddress("/m", (), "k", b"", "")) == bytes(range(32))
    point += b"\0"
    with pytest.raises(KeyUnavailable, match="not a single Ed25519 key"):
        hsm._public_key(Session(), KeyAddress("/m", (), "k", b"", ""))


# --- it comes back ---


def test_a_device_that_was_away_signs_again_by_itself(device):
    key = key_of(device)
    assert key.sign(TEXT) == key.sign(TEXT)
    away = device.tokens.rename(device.folder / "away")
    device.tokens.mkdir()
    assert trouble(device.address("guardia", "log")).what
    device.tokens.rmdir()
    away.rename(device.tokens)
    assert len(key.sign(TEXT)) == 64


def test_a_session_that_the_module_has_forgotten_is_opened_again(device):
    lengths = []

    def forgets(session: Any) -> int:
        if not lengths:
            lengths.append(0)
            pkcs11_module().reinitialize()
        return len(session.generate_random(64))

    assert hsm._in_session(key_of(device).address, forgets) == 8


# --- its PIN ---


def test_a_pin_that_was_refused_is_not_sent_again(device):
    """A device locks after a few: that it was not sent is seen by its being right by then."""
    key = key_of(device)
    device.pin_file.write_text("another")
    assert "refuses the PIN" in trouble(device.address("guardia", "log")).what
    device.tool("guardia", "--change-pin", "--new-pin", "another")
    assert "refuses the PIN" in trouble(device.address("guardia", "log")).what
    device.tool("guardia", "--change-pin", "--new-pin", PIN, pin="another")
    device.pin_file.write_text(PIN)
    assert len(key.sign(TEXT)) == 64, "one that is put right needs no new process"


@pytest.mark.parametrize(("accepted", "words"), [(False, "One more wrong PIN"), (True, "")])
def test_the_last_try_is_left_to_a_person(device, monkeypatch, accepted, words):
    from pkcs11 import TokenFlag

    class Nearly:
        """The token, which says that it locks with the next wrong PIN: SoftHSM2 never does."""

        def __init__(self, token):
            self.token, self.flags = token, token.flags | TokenFlag.USER_PIN_FINAL_TRY

        def __getattr__(self, name):
            return getattr(self.token, name)

    key = key_of(device)
    if accepted:
        key.sign(TEXT)
    token = hsm._token
    monkeypatch.setattr(hsm, "_token", lambda address: Nearly(token(address)))
    if accepted:
        assert len(key.sign(TEXT)) == 64
    else:
        assert words in trouble(device.address("guardia", "log")).what


def test_the_setting_names_the_pin_of_every_key_whose_address_names_none(device, settings):
    address = device.address("guardia", "log").partition("&")[0]
    assert "No PIN is set" in trouble(address).what
    settings.PROOF_KEY_PIN_FILE = str(device.pin_file)
    settings.PROOF_KEY = [address]
    log.signers_must_sign()


# --- what is missing is named, with its remedy ---


def an_rsa_key(device: SoftHsm) -> str:
    device.add_key("guardia", "rsa", "07", "RSA:2048")
    return device.address("guardia", "rsa")


def a_pair_that_is_none(device: SoftHsm) -> str:
    device.add_key("guardia", "odd", "08")
    device.add_key("guardia", "even", "09")
    device.tool("guardia", "--delete-object", "--type", "pubkey", "--id", "08")
    device.tool("guardia", "--set-id", "08", "--type", "pubkey", "--id", "09")
    return device.address("guardia", "odd").replace("object=odd", "id=%08")


def no_pin_file(device: SoftHsm) -> str:
    device.pin_file.unlink()
    return device.address("guardia", "log")


def a_wrong_pin(device: SoftHsm) -> str:
    device.pin_file.write_text("000000")
    return device.address("guardia", "log")


def two_tokens(device: SoftHsm) -> str:
    device.add_token("guardia")
    pkcs11_module().reinitialize()
    return device.address("guardia", "log")


WRONG: dict[str, tuple[Callable[[SoftHsm], str], str, str]] = {
    "no module": (lambda device: device.address("guardia", "log", module="/no/such.so"), "/no/such.so", "module-path"),
    "no PKCS#11": (lambda device: device.address("guardia", "log", module=__file__), "cannot be used", "Install"),
    "no token": (lambda device: device.address("other", "log"), "no token for pkcs11:token=other", "--list-slots"),
    "two tokens": (two_tokens, "Several tokens", "serial"),
    "no key": (lambda device: device.address("guardia", "other"), "no public key", "--keypairgen"),
    "another kind": (an_rsa_key, "is not a single Ed25519 key", "EC_EDWARDS"),
    "no pair": (a_pair_that_is_none, "does not match the public key", "one pair"),
    "a wrong PIN": (a_wrong_pin, "refuses the PIN", "Write the right one"),
    "no file of the PIN": (no_pin_file, "there is no such file", "docs/evidence.md"),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_doctor_names_what_is_missing_and_its_remedy(device, story, settings, what):
    spoil, words, remedy = WRONG[what]
    settings.PROOF_KEY = [spoil(device)]
    found = says()
    assert found.health is Health.BAD
    assert words in found.words
    assert remedy in found.remedy
    assert PIN not in found.words + found.remedy


def test_the_doctor_finds_a_device_well(device, story, settings):
    settings.PROOF_KEY = [device.address("guardia", "log"), OWN]
    assert says().health is Health.OK


def test_a_worker_says_at_its_start_what_is_missing_and_histories_go_into_the_log_meanwhile(
    device, story, settings, monkeypatch, tmp_path
):
    settings.STATE_DIR = tmp_path
    monkeypatch.setattr(rounds, "signers_must_sign", log.signers_must_sign)
    settings.PROOF_KEY = [device.address("other", "log")]
    with pytest.raises(KeyUnavailable, match="no token"):
        rounds.log_histories(Event())
    with behind(DatabaseRole.WORKER):
        assert HistoryLeaf.objects.exists()
        assert not HistoryCheckpoint.objects.exists()
    settings.PROOF_KEY = [device.address("guardia", "log")]
    rounds.log_histories(Event())
    with behind(DatabaseRole.WORKER):
        assert [log.newest_checkpoint().note] == log.remembered()
