"""Forged files of evidence: the Python file finds each (the page: ``tests/browser/test_verifier_page.py``)."""

import copy
import json
import sys
from hashlib import sha256
from random import Random

import pytest

from guardia.proof.note import COSIGNATURE, Checkpoint, Signer, signed
from guardia.proof.offline import guardia_verify
from tests.examples import DEEP
from tests.proof.file_forgeries import FORGED, NO_EVIDENCE, drawn, forged
from tests.proof.test_vectors import GOOD, WITNESS

FILES = {name: json.loads(text) for name, text in GOOD.items()}


def rules(content: bytes, **more) -> set[str]:
    try:
        return {finding.rule for finding in guardia_verify.check(content, **more).findings}
    except guardia_verify.Unreadable:
        return {NO_EVIDENCE}


@pytest.mark.parametrize("name", FORGED)
def test_what_was_forged_in_a_file_is_found(name):
    base, _change, rule, _of_the_page = FORGED[name]
    assert rule in rules(json.dumps(forged(copy.deepcopy(FILES[base]), name)).encode())


CHANGED = {"report.json": 600 if DEEP else 200, "history.json": 100 if DEEP else 10}
CHANGED_CLAIMS = {
    f"{name}: {path}": json.dumps(file)
    for name, count in CHANGED.items()
    for path, file in drawn(FILES[name], count, Random(name))
}
"""Of the two files of docs/vectors, each with one value of a report changed."""


def test_each_value_of_a_report_that_is_changed_is_found():
    assert len(CHANGED_CLAIMS) >= 210
    assert [claim for claim, text in CHANGED_CLAIMS.items() if not rules(text.encode())] == []


def test_a_name_that_stands_twice_is_no_evidence():
    """Whoever reads the text sees the first value, and a program the last."""
    text = GOOD["report.json"].replace('"affected_seconds": ', '"affected_seconds": 60, "affected_seconds": ', 1)
    assert rules(text.encode()) == {NO_EVIDENCE}


def attached(*files: bytes) -> bytes:
    objects = [
        b"1 0 obj\n<< /Type /EmbeddedFile\n/Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(each), each)
        for each in files
    ]
    return b"%PDF-1.7\n" + b"".join(objects)


def test_of_two_files_in_a_pdf_that_differ_none_is_believed():
    """A viewer may show the other one."""
    good = GOOD["report.json"].encode()
    assert rules(attached(good)) == rules(attached(good, good)) == set()
    assert rules(attached(good, good.replace(b"1040012", b"1040013"))) == {NO_EVIDENCE}


def test_of_a_pdf_it_says_that_its_pages_were_not_compared(tmp_path, monkeypatch, capsys):
    file = tmp_path / "informe.pdf"
    file.write_bytes(attached(GOOD["report.json"].encode()))
    for language, words in (("es", "no lo que dicen sus páginas"), ("en", "not what its pages say"), ("pt", "páginas")):
        monkeypatch.setattr(sys, "argv", ["guardia_verify.py", str(file), "--language", language])
        assert guardia_verify.main() == 0
        assert words in capsys.readouterr().out


# --- by whom it was signed, and who saw it ---
KEY = FILES["report.json"]["log"]["keys"][0]


@pytest.mark.parametrize("asked", [{"keys": [KEY]}, {"witnesses": [WITNESS]}], ids=["a key", "a witness"])
def test_whoever_names_a_key_is_told_that_nothing_is_signed(asked):
    file = {**FILES["report.json"], "log": None}
    assert rules(json.dumps(file).encode()) == set()
    assert rules(json.dumps(file).encode(), **asked) == {"unsigned"}


NAME = KEY.partition("+")[0]


def own_log(*signers: Signer) -> bytes:
    """The good report in a log of the forger's own, of which its last event is the only leaf."""
    said = copy.deepcopy(FILES["report.json"])
    (case,) = said["cases"]
    root = sha256(b"\0" + bytes.fromhex(case["head"])).digest()
    text = str(Checkpoint(NAME, 1, root))
    entry = {"case": case["case"], "seq": case["seq"], "leaf": 0, "proof": []}
    keys = [str(each.verifier) for each in signers]
    said["log"] = {"checkpoint": signed(text, *signers), "keys": keys, "entries": [entry]}
    return json.dumps(said).encode()


OWN, MADE_UP = Signer(NAME, b"o" * 32), Signer("regulator.example.com", b"m" * 32, COSIGNATURE)


def test_a_log_of_ones_own_is_signed_by_a_key_to_be_compared():
    content = own_log(OWN)
    assert rules(content) == set()
    said = list(guardia_verify.lines_of(guardia_verify.check(content), guardia_verify.read(content), "en"))
    assert any(line.startswith(f"Signed by {OWN.verifier}: compare") for line in said)
    assert rules(content, keys=[KEY]) == {"signature"}


@pytest.mark.parametrize("language", guardia_verify.LANGUAGES)
def test_a_made_up_witness_is_no_witness_that_anybody_named(language):
    """The file may bring whatever key it likes: it is printed, to be compared with the one that is published."""
    content = own_log(OWN, MADE_UP)
    verdict, said = guardia_verify.check(content), guardia_verify.read(content)
    (line,) = [each for each in guardia_verify.lines_of(verdict, said, language) if str(MADE_UP.verifier) in each]
    assert "ompar" in line
    assert not SEEN_BY & set(line.split())
    assert rules(content, witnesses=[WITNESS]) == {"witness"}


SEEN_BY = {"Seen", "Visto"}
OF_NOBODY = ("no se sabe de quién es", "whose it is is not known", "não se sabe de quem é")


@pytest.mark.parametrize("language", guardia_verify.LANGUAGES)
def test_only_a_witness_that_was_named_has_seen_it(language):
    """The good report is seen by one. A signature by a key that nobody named is said to be nobody's that is known."""
    content, name = GOOD["report.json"].encode(), WITNESS.partition("+")[0]
    stranger = str(Signer(name, b"s" * 32, COSIGNATURE).verifier)
    place = guardia_verify.LANGUAGES.index(language)

    def lines(**more) -> list[str]:
        said = guardia_verify.lines_of(guardia_verify.check(content, **more), guardia_verify.read(content), language)
        return [line for line in said if name in line]

    (seen,) = lines(witnesses=[WITNESS])
    assert seen.split()[0] in SEEN_BY
    for more in ({}, {"keys": [KEY]}, {"witnesses": [stranger]}):
        (unknown,) = [line for line in lines(**more) if "+" not in line]
        assert OF_NOBODY[place] in unknown, more
        assert not SEEN_BY & set(unknown.split())
    assert rules(content, witnesses=[stranger]) == {"witness"}


def test_of_signers_that_nobody_knows_a_few_are_named_and_none_of_the_logs_own():
    said = copy.deepcopy(FILES["report.json"])
    text = said["log"]["checkpoint"].partition("\n\n")[0] + "\n"
    crowd = [Signer(f"w{number}.example.com", b"%032d" % number, COSIGNATURE) for number in range(9)]
    rotated = Signer(NAME, b"r" * 32)
    said["log"]["keys"].append(str(rotated.verifier))
    said["log"]["witnesses"] = [each.line(text) for each in (rotated, *crowd, *crowd)]
    found = guardia_verify.check(json.dumps(said).encode(), keys=[KEY], witnesses=[WITNESS])
    assert (found.findings, found.unknown) == ([], [f"w{number}.example.com" for number in range(5)])


@pytest.mark.parametrize("language", guardia_verify.LANGUAGES)
def test_of_a_history_that_was_changed_it_does_not_say_that_it_is_signed(language):
    """The last hash is in the log that this key has signed; the events are not those that it covers."""
    said = copy.deepcopy(FILES["report.json"])
    row = said["cases"][0]["events"][2]
    row["canonical"] = row["canonical"].replace('"occurred_at":"2026', '"occurred_at":"2025')
    content = json.dumps(said).encode()
    lines = list(guardia_verify.lines_of(guardia_verify.check(content, keys=[KEY]), said, language))
    assert guardia_verify.WORDS["signed_other"][guardia_verify.LANGUAGES.index(language)] in lines
    assert not any(KEY in line for line in lines)


def test_a_witness_does_not_sign_for_the_log_nor_the_log_for_a_witness():
    assert rules(own_log(MADE_UP)) == {"signature"}
    assert rules(own_log(OWN), witnesses=[str(OWN.verifier)]) == {"witness"}


def test_no_name_passes_itself_off_as_another_line():
    """A key may be called anything: signs that move the cursor, or turn the direction, are none of a name."""
    for name in ("x\x1b[2KFirmado", "guardia\u202emoc"):
        words = str(Signer(name, bytes(range(32))).verifier)
        with pytest.raises(guardia_verify.NotAKey):
            guardia_verify.key_in(words)
    assert guardia_verify.printable("a\nb\x1b[2Kc\u202ed\u00a0é") == "a?b?[2Kc?d\u00a0é"
