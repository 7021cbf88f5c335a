"""`guardia witness`: from another place, by HTTP and by what is published alone, it sees whether the log only grows."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from http.server import HTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.exceptions import ImproperlyConfigured

from guardia.cli import witness
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log, log_breaks, merkle, note, witnessing
from tests.procedure.story import TWO_IN_THE_MORNING


class Log:
    """A log of an operator, as large as is wished, and what somebody types who watches it."""

    def __init__(self, live_server, tmp_path, settings) -> None:
        settings.PUBLIC_URL = live_server.url
        self.address, self.state = f"{live_server.url}/estado/registro", tmp_path / "seen.txt"
        self.size, self.at = 0, TWO_IN_THE_MORNING

    @property
    def key(self) -> str:
        return str(log.verifiers()[0])

    def grows(self, by: int, begin: str = "") -> None:
        hashes = [merkle.leaf_hash(f"{begin}{number}".encode()) for number in range(self.size, self.size + by)]
        with behind(DatabaseRole.WORKER):
            log.grow(self.size, hashes)
        self.size += by
        self.is_signed()

    def is_signed(self) -> None:
        self.at += timedelta(minutes=5)
        with behind(DatabaseRole.WORKER):
            root = merkle.root(self.size, log.Tiles().subtree)
            text = note.signed(str(note.Checkpoint(log.origin(), self.size, root)), *log.signers())
            log.HistoryCheckpoint.objects.create(size=self.size, note=text, keys="", at=self.at)

    def look(self, *more: str) -> int:
        return main(["witness", self.address, "--key", self.key, "--state", str(self.state), *more])


@pytest.fixture
def published(transactional_db, live_server, tmp_path, settings) -> Log:
    return Log(live_server, tmp_path, settings)


def rewrite(owner, *statements: str) -> None:
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for each in statements:
            owner.execute(each)


def test_a_log_that_grows_is_seen_to_grow(published, capsys):
    published.grows(5)
    assert published.look() == 0
    assert "5 entries: seen for the first time" in capsys.readouterr().out
    for more in (1, 250, 1, 600, 70_000):
        published.grows(more)
        assert published.look() == 0
        assert f"{published.size} entries, {more} more than last time" in capsys.readouterr().out
    assert published.look() == 0, "nothing new is no trouble"


def test_a_log_in_which_something_was_rewritten_is_refused_and_what_was_seen_is_kept(published, owner, capsys):
    published.grows(700)
    published.look()
    kept = published.state.read_text()
    rewrite(owner, "DELETE FROM history_tile", "DELETE FROM history_checkpoint")
    published.size = 0
    published.grows(900, begin="x")
    assert published.look() == witness.CONTRADICTED
    assert "CONTRADICTED" in capsys.readouterr().out
    assert published.state.read_text() == kept


def test_a_log_that_was_cut_is_refused(published, owner, capsys):
    published.grows(700)
    published.look()
    rewrite(owner, "DELETE FROM history_checkpoint")
    published.size = 600
    published.is_signed()
    assert published.look() == witness.CONTRADICTED
    assert "it had 700 entries, and now it has 600" in capsys.readouterr().out


def test_tiles_that_are_not_those_of_the_signed_root_are_refused(published, owner):
    published.grows(700)
    published.look()
    published.grows(100)
    rewrite(owner, "UPDATE history_tile SET hashes = sha256('x') || substr(hashes, 33) WHERE level = 0 AND place = 2")
    assert published.look() == witness.CONTRADICTED


def test_what_a_witness_signs_is_a_cosignature_that_others_check(published, tmp_path, capsys):
    published.grows(5)
    file = tmp_path / "key"
    file.write_text(b64encode(bytes(range(32))).decode() + "\n")
    assert published.look("--sign", str(file), "--name", "regulator.example.com") == 0
    told = capsys.readouterr().out.splitlines()
    mine = note.read_verifier(told[0].removeprefix("your key: "))
    (found,) = note.signatures_of(published.state.read_text(), [mine])
    assert (found.by.name, found.by.kind) == ("regulator.example.com", note.COSIGNATURE)
    assert found.at is not None
    assert told[-1].startswith("— regulator.example.com ")
    published.grows(3)
    assert published.look() == 0, "its own signature does not disturb it the next time"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--key", "x"), "is no verifier key"),
        (("--key", str(note.Signer("other.example.com", bytes(32)).verifier)), "none of the keys"),
        (("--sign", "/nowhere/key", "--name", "a"), "No such file"),
        (("--sign", __file__, "--name", "a"), "openssl rand -base64 32"),
    ],
)
def test_what_was_called_wrongly_says_so(published, capsys, more, words):
    published.grows(5)
    assert published.look(*more) == 1
    assert words in capsys.readouterr().err
    assert not published.state.exists()


@pytest.mark.parametrize("address", ["ftp://x/y", "guardia.example.com", "http://127.0.0.1:1/estado/registro"])
def test_an_address_that_does_not_answer_says_so(tmp_path, capsys, address):
    key = str(note.Signer("x", bytes(32)).verifier)
    assert main(["witness", address, "--key", key, "--state", str(tmp_path / "seen")]) == 1
    assert address.split("//")[-1] in capsys.readouterr().err


def test_a_file_of_another_log_is_not_mixed_up(published, capsys):
    published.grows(5)
    other = note.Signer("other.example.com", bytes(32))
    published.state.write_text(note.signed(str(note.Checkpoint("other.example.com", 5, bytes(32))), other))
    assert published.look() == 1
    assert "keeps what was seen of other.example.com" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (67, "067"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_the_path_of_a_tile_is_in_groups_of_three(monkeypatch, number, path):
    asked = []
    monkeypatch.setattr(witness, "fetched", lambda address: asked.append(address) or b"")
    witness.Published("https://x", (number + 1) * 256)._tile(0, number)
    assert asked == [f"https://x/tile/0/{path}"]


# --- the log asks for a signature itself (C2SP tlog-witness) ---


class Asked:
    """A witness that answers by HTTP, and the worker that asks it with each checkpoint."""

    def __init__(self, published: Log, settings) -> None:
        self.log, self.signer = published, note.Signer("regulator.example.com", bytes(range(32)), note.COSIGNATURE)
        keys = [note.read_verifier(published.key)]
        self.server = HTTPServer(("127.0.0.1", 0), witness.handler_of(published.state, keys, self.signer))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        settings.PROOF_WITNESSES = [f"{self.signer.verifier}={self.address}"]
        Thread(target=self.server.serve_forever, daemon=True).start()

    def is_asked(self) -> None:
        with behind(DatabaseRole.WORKER):
            newest = log.newest_checkpoint()
        witnessing.ask_others(newest)

    def signed(self) -> list[note.Signature]:
        """Its signatures under what is published now."""
        published = urlopen(f"{self.log.address}/checkpoint").read().decode()
        try:
            return note.signatures_of(published, [self.signer.verifier])
        except note.NoteIsWrong:
            return []

    def post(self, body: str, path: str = "/add-checkpoint") -> tuple[int, str]:
        try:
            with urlopen(Request(f"{self.address}{path}", body.encode())) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()


@pytest.fixture
def asked(published, settings, monkeypatch) -> Iterator[Asked]:
    monkeypatch.setattr(witnessing, "_witnesses", [])
    found = Asked(published, settings)
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_what_a_witness_signed_is_published_with_the_checkpoint(asked):
    for more in (5, 1, 300, 70_000):
        asked.log.grows(more)
        assert asked.signed() == []
        asked.is_asked()
        (found,) = asked.signed()
        assert found.at is not None
        assert note.read_checkpoint(asked.log.state.read_text()).size == asked.log.size
    with behind(DatabaseRole.WORKER):
        assert list(log_breaks.breaks(asked.log.at)) != [], "the leaves of this log are of no event"
        assert not any("signature" in each.what for each in log_breaks.breaks(asked.log.at))


def test_a_worker_that_begins_anew_asks_what_was_seen(asked, monkeypatch):
    asked.log.grows(5)
    asked.is_asked()
    asked.log.grows(9)
    monkeypatch.setattr(witnessing, "_witnesses", [])
    asked.is_asked()
    assert len(asked.signed()) == 1


def test_a_log_that_was_rewritten_gets_no_signature(asked, owner):
    asked.log.grows(700)
    asked.is_asked()
    rewrite(owner, "DELETE FROM history_tile", "DELETE FROM history_checkpoint")
    asked.log.size = 0
    asked.log.grows(900, begin="x")
    asked.is_asked()
    assert asked.signed() == []
    assert note.read_checkpoint(asked.log.state.read_text()).size == 700


def test_a_witness_that_does_not_answer_holds_nobody_up(asked):
    asked.log.grows(5)
    asked.server.shutdown()
    asked.server.server_close()
    asked.is_asked()
    assert asked.signed() == []


def test_whoever_asks_wrongly_is_told(asked):
    asked.log.grows(5)
    with behind(DatabaseRole.WORKER):
        now = log.newest_checkpoint().note
    other = note.signed(
        str(note.Checkpoint("other.example.com", 5, bytes(32))), note.Signer("other.example.com", bytes(32))
    )
    forged = now.replace("\n5\n", "\n6\n")
    assert asked.post(f"old 0\n\n{now}", "/elsewhere")[0] == 404
    assert asked.post("old 0\n\nnothing")[0] == 400
    assert asked.post(f"new 0\n\n{now}")[0] == 400
    assert asked.post(f"old 6\n\n{now}")[0] == 400
    assert asked.post(f"old 0\n\n{other}")[0] == 404
    assert asked.post(f"old 0\n\n{forged}")[0] == 403
    assert asked.post(f"old 3\n\n{now}") == (409, "0\n")
    assert asked.post(f"old 0\n\n{now}")[0] == 200
    asked.log.grows(9)
    with behind(DatabaseRole.WORKER):
        later = log.newest_checkpoint().note
    assert asked.post(f"old 5\n{b64encode(bytes(32)).decode()}\n\n{later}")[0] == 422


@pytest.mark.parametrize(
    "words", ["x", "x=https://w.example.com", str(note.Signer("a", bytes(32)).verifier) + "=https://w"]
)
def test_a_setting_that_names_no_witness_says_so(asked, settings, words):
    asked.log.grows(5)
    settings.PROOF_WITNESSES = [words]
    with pytest.raises(ImproperlyConfigured, match="PROOF_WITNESSES"):
        asked.is_asked()
