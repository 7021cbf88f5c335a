"""`/estado/registro`: what anybody may keep of the log of all histories, and check without us."""

import hashlib
import re
from base64 import b64decode
from pathlib import Path

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log, merkle, note
from tests.procedure.story import TWO_IN_THE_MORNING, Story


@pytest.fixture
def signed(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        log.sign(story.now)
    return story


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "Registro de todas las bitácoras"),
        ("en", "Log of all histories"),
        ("pt", "Registro de todos os históricos"),
    ],
)
def test_the_page_shows_what_was_signed_and_by_which_key(client, signed, language, words):
    said = client.get(f"/estado/registro?lang={language}").content.decode()
    assert words in said
    assert "localhost:8000/estado/registro" in said
    with behind(DatabaseRole.WORKER):
        assert str(log.verifiers()[0]) in said


def test_the_page_is_there_whether_or_not_the_operator_shows_outages(client, signed, settings):
    settings.STATUS_PAGE = False
    assert client.get("/estado/registro").status_code == 200
    assert client.get("/estado").status_code == 404


def test_before_anything_is_signed_the_page_says_so(client, transactional_db):
    assert "Nothing is signed yet" in client.get("/estado/registro?lang=en").content.decode()
    assert client.get("/estado/registro/checkpoint").status_code == 404
    assert client.get("/estado/registro/tile/0/000").status_code == 404


def test_whoever_has_the_checkpoint_and_the_tiles_finds_its_root_by_themselves(client, signed):
    """By hashlib alone: what is published is enough."""
    found = client.get("/estado/registro/checkpoint")
    assert found.headers["Content-Type"] == "text/plain; charset=utf-8"
    _name, size, root = found.content.decode().split("\n")[:3]
    answer = client.get(f"/estado/registro/tile/0/000.p/{size}")
    assert "immutable" in answer.headers["Cache-Control"]
    row = [answer.content[place : place + 32] for place in range(0, len(answer.content), 32)]
    assert len(row) == int(size)
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(pairs) * 2 :]
    assert row[0] == b64decode(root)


@pytest.mark.parametrize(
    "address",
    [
        "0/000",
        "0/000.p/0",
        "0/000.p/200",
        "0/000.p/257",
        "0/001.p/1",
        "1/000",
        "9/000",
        "0/0",
        "0/x",
        "0/x001/x002",
        "99/000",
    ],
)
def test_what_is_not_there_or_not_signed_is_not_found(client, signed, address):
    assert client.get(f"/estado/registro/tile/{address}").status_code == 404


def test_a_whole_tile_is_named_without_its_width_and_a_far_one_in_groups_of_three(client, transactional_db):
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(256)]
    with behind(DatabaseRole.WORKER):
        log.grow(0, hashes)
        for place in (1234, 1_234_067):
            log.HistoryTile.objects.create(level=0, place=place, hashes=b"".join(hashes))
        state = note.Checkpoint("x", (1_234_067 + 1) * 256, bytes(32))
        text = note.signed(str(state), *log.signers())
        log.HistoryCheckpoint.objects.create(size=state.size, note=text, keys="", at=TWO_IN_THE_MORNING)
    for address in ("000", "x001/234", "x001/x234/067", "000.p/256"):
        assert client.get(f"/estado/registro/tile/0/{address}").content == b"".join(hashes), address
    assert client.get("/estado/registro/tile/0/000.p/7").content == b"".join(hashes[:7])


def test_nothing_of_a_case_is_published(client, signed):
    page = client.get("/estado/registro?lang=es").content.decode()
    assert not re.search(r"Austral|ENL-0042|jefe@example\.com|Portería", page)


# --- the verifiers, to be kept ---


@pytest.mark.parametrize(
    ("name", "address", "kind"),
    [
        ("guardia-verificador.html", "/estado/registro/verificador.html", "text/html; charset=utf-8"),
        ("guardia_verify.py", "/estado/registro/guardia_verify.py", "text/x-python; charset=utf-8"),
    ],
)
def test_whoever_wants_to_check_saves_a_verifier(client, db, name, address, kind):
    page = client.get("/estado/registro?lang=en").content.decode()
    assert f'<a href="{address}" download="{name}">' in page, "before anything is signed, too"
    found = client.get(address)
    assert found.content == (Path(log.__file__).parent / "offline" / name).read_bytes()
    assert found.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (found.headers["Content-Type"], found.headers["Cache-Control"]) == (kind, "public, max-age=86400")
    assert "Set-Cookie" not in found.headers
