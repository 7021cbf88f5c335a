"""Whoever has a file of evidence checks its time stamps: those of `openssl ts` are good, and every forgery is found."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from guardia.proof.offline import guardia_verify
from tests.proof.authority import KINDS, Authority, forgeries
from tests.proof.test_vectors import GOOD, VECTORS

pytestmark = pytest.mark.process

NAME = "Sello de Tiempo 1 (Sellos de Prueba)"


def rules(said: dict, **more) -> list[str]:
    return [finding.rule for finding in guardia_verify.check(json.dumps(said).encode(), **more).findings]


def authorities(of: Authority) -> list:
    return guardia_verify.authorities_in(of.ca.read_bytes())


@pytest.fixture
def said(authority) -> dict:
    said = json.loads(GOOD["report.json"])
    stamped = guardia_verify.stamped_bytes(said["log"]["checkpoint"])
    said["log"]["stamps"] = [b64encode(authority.token(stamped)).decode()]
    return said


def test_a_file_says_when_it_was_stamped_and_no_more_than_was_checked(said, authority, stranger, monkeypatch):
    found = guardia_verify.check(json.dumps(said).encode())
    assert (found.findings, [(name, theirs) for _at, name, theirs in found.stamps]) == ([], [(NAME, False)])
    lines = "\n".join(guardia_verify.lines_of(found, said, "en"))
    assert f"by “{NAME}”, as the certificate in it has it" in lines
    assert "comes from the CA" not in lines
    found = guardia_verify.check(json.dumps(said).encode(), authorities=authorities(authority))
    lines = "\n".join(guardia_verify.lines_of(found, said, "en"))
    assert found.is_sound
    assert f"by “{NAME}”, whose certificate comes from the CA that you named" in lines
    assert rules(said, authorities=authorities(stranger)) == ["stamp_authority"]
    assert rules(said | {"log": {**said["log"], "stamps": []}}, authorities=authorities(authority)) == [
        "stamp_authority"
    ]
    assert rules(said | {"log": None}, authorities=authorities(authority)) == ["stamp_authority"]
    monkeypatch.setattr(guardia_verify, "is_signed", lambda *_given: None)
    found = guardia_verify.check(json.dumps(said).encode(), authorities=authorities(authority))
    assert found.is_sound
    lines = "\n".join(guardia_verify.lines_of(found, said, "en"))
    assert "Time stamp not checked" in lines
    assert "Time stamped at" not in lines


def test_every_forgery_is_found(said, authority, stranger):
    stamped = guardia_verify.stamped_bytes(said["log"]["checkpoint"])
    found = {}
    expected = {what: [rule] for what, (_token, rule) in forgeries(authority, stranger, stamped).items()}
    for what, (token, _rule) in forgeries(authority, stranger, stamped).items():
        said["log"]["stamps"] = [token]
        found[what] = rules(said)
    assert found == expected
    said["log"]["stamps"] = "nothing"
    assert rules(said) == ["stamp"]
    said["log"]["stamps"] = [b64encode(stranger.token(stamped)).decode()]
    assert rules(said) == []
    assert rules(said, authorities=authorities(authority)) == ["stamp_authority"]


def test_no_byte_of_what_is_signed_can_be_another(said):
    """Whatever single bit of the token is turned: it is found, or what is said stays the same."""
    (coded,) = said["log"]["stamps"]
    token, words = b64decode(coded), said["log"]["checkpoint"]
    good, _holds = guardia_verify.checked_time_stamp(token, words)
    for place in range(len(token)):
        turned = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        try:
            found, holds = guardia_verify.checked_time_stamp(turned, words)
        except guardia_verify.StampIsWrong:
            continue
        assert holds
        assert (found.at, found.imprint, found.signed, found.signer) == (
            good.at,
            good.imprint,
            good.signed,
            good.signer,
        )


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_key_and_hash_is_read(tmp_path, kind):
    authority = Authority(tmp_path, **KINDS[kind])
    said = json.loads(GOOD["report.json"])
    stamped = guardia_verify.stamped_bytes(said["log"]["checkpoint"])
    said["log"]["stamps"] = [b64encode(authority.token(stamped)).decode()]
    found = guardia_verify.check(json.dumps(said).encode(), authorities=authorities(authority))
    assert found.is_sound
    assert [theirs for _at, _name, theirs in found.stamps] == [True]
    middle = guardia_verify.authorities_in((tmp_path / "middle.pem").read_bytes())
    assert rules(said, authorities=middle) == []
    assert rules(said, authorities=guardia_verify.authorities_in(authority.tsa.read_bytes())) == ["stamp_authority"]


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_each_kind_of_imprint_is_read(authority, digest):
    said = json.loads(GOOD["report.json"])
    stamped = guardia_verify.stamped_bytes(said["log"]["checkpoint"])
    said["log"]["stamps"].append(b64encode(authority.token(stamped, digest)).decode())
    assert rules(said, authorities=authorities(authority)) == []


@pytest.mark.parametrize("program", [("-m", "guardia", "verify"), (guardia_verify.__file__,)])
def test_the_command_lines_name_the_ca(program, tmp_path):
    def run(ca: Path) -> tuple[int, str]:
        words = (*program, VECTORS / "report.json", "--language", "en", "--tsa", ca)
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    status, said = run(VECTORS / "tsa.pem")
    assert status == 0
    assert "whose certificate comes from the CA that you named" in said
    status, said = run(VECTORS / "report.json")
    assert status
    assert "there is no certificate in it" in said
    status, said = run(tmp_path / "nowhere.pem")
    assert status
    assert "No such file" in said
