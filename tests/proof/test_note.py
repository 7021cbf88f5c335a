"""C2SP signed notes and checkpoints: by the published example of the Go project, and by what must be refused."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest

from guardia.proof import note
from guardia.proof.note import COSIGNATURE, Checkpoint, NoteIsWrong, Signer, read_checkpoint, read_verifier

# golang.org/x/mod/sumdb/note: its example, a key and what was signed by it.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SECRET = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
OF_THE_SUM_DATABASE = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
OURS = Signer("guardia.example.com/estado/registro", bytes(range(32)))
WITNESS = Signer("regulator.example.com", bytes(range(1, 33)), COSIGNATURE)
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
STATE = Checkpoint(OURS.verifier.name, 5, bytes(range(32)))


def test_the_example_of_go_is_signed_and_checked_as_go_does_it():
    signer = Signer("PeterNeumann", SECRET)
    assert str(signer.verifier) == KEY
    assert note.signed(TEXT, signer) == f"{TEXT}\n{SIGNATURE}"
    (found,) = note.signatures_of(f"{TEXT}\n{SIGNATURE}", [read_verifier(KEY)])
    assert found.by.name == "PeterNeumann"


@pytest.mark.parametrize("words", [KEY, OF_THE_SUM_DATABASE])
def test_a_key_of_go_is_read_and_written_as_it_was(words):
    assert str(read_verifier(words)) == words


@pytest.mark.parametrize(
    "words",
    [
        "",
        "x",
        "a+b+c",
        KEY.replace("c74f20a3", "c74f20a4"),
        KEY[:-4],
        KEY.replace("PeterNeumann", "Peter Neumann"),
        KEY.replace("+AR", "+CR"),
    ],
)
def test_what_is_no_key_is_refused(words):
    with pytest.raises(NoteIsWrong):
        read_verifier(words)


def test_a_checkpoint_is_what_it_says():
    signed = note.signed(str(STATE), OURS)
    assert signed.startswith(f"{OURS.verifier.name}\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— ")
    assert read_checkpoint(signed) == STATE
    assert [each.by for each in note.signatures_of(signed, [OURS.verifier])] == [OURS.verifier]


def test_a_witness_says_when_it_saw_the_checkpoint():
    signed = note.signed(str(STATE), OURS) + WITNESS.line(str(STATE), NOON)
    found = note.signatures_of(signed, [OURS.verifier, WITNESS.verifier])
    assert [(each.by.name, each.at) for each in found] == [(OURS.verifier.name, None), (WITNESS.verifier.name, NOON)]
    assert read_checkpoint(signed) == STATE


def test_who_asks_for_one_key_passes_over_the_signatures_of_others():
    signed = note.signed(str(STATE), OURS) + WITNESS.line(str(STATE), NOON)
    assert len(note.signatures_of(signed, [WITNESS.verifier])) == 1
    with pytest.raises(NoteIsWrong, match="none of the keys"):
        note.signatures_of(signed, [read_verifier(KEY)])


def test_both_keys_sign_while_one_takes_over_from_the_other():
    later = Signer(OURS.verifier.name, bytes(32))
    signed = note.signed(str(STATE), OURS, later)
    for verifier in (OURS.verifier, later.verifier):
        assert note.signatures_of(signed, [verifier])


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("\n5\n", "\n6\n"), ("AAECAwQF", "AAECAwQG"), ("guardia.example.com/estado/registro\n5", "other.example.com\n5")],
)
def test_a_checkpoint_that_was_changed_is_not_signed(was, becomes):
    signed = note.signed(str(STATE), OURS).replace(was, becomes, 1)
    with pytest.raises(NoteIsWrong, match="is false"):
        note.signatures_of(signed, [OURS.verifier])


def test_the_hour_of_a_witness_is_signed_too():
    line = WITNESS.line(str(STATE), NOON)
    raw = b64decode(line.split()[-1])
    later = (int.from_bytes(raw[4:12]) + 3600).to_bytes(8)
    forged = line.replace(line.split()[-1], note.b64encode(raw[:4] + later + raw[12:]).decode())
    with pytest.raises(NoteIsWrong, match="is false"):
        note.signatures_of(note.signed(str(STATE), OURS) + forged, [WITNESS.verifier])


@pytest.mark.parametrize(
    "text", ["", "x\n", "x\n\n", "x\n\n— name\n", "x\n\n— name AAAA", f"{TEXT}\n{SIGNATURE}\n", f"{TEXT}{SIGNATURE}"]
)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteIsWrong, match="not a signed note"):
        note.signatures_of(text, [OURS.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        "x\n5\n",
        "x\nfive\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "x\n05\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "x\n-5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "x\n5\nAAEC\n",
        "x\n5\n!!!!\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteIsWrong, match="not a checkpoint"):
        read_checkpoint(note.signed(text, OURS))


def test_a_signature_that_is_no_base64_is_named():
    with pytest.raises(NoteIsWrong, match="not in base64"):
        note.signatures_of(f"x\n\n— {OURS.verifier.name} !\n", [OURS.verifier])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_with_a_space_or_a_plus_signs_nothing(name):
    with pytest.raises(ValueError, match="has a space or a"):
        Signer(name, bytes(32))
