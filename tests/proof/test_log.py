"""The log over all histories: it grows with what is recorded, and whoever rewrites a history or the log is found."""

from base64 import b64encode
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log, log_breaks, merkle, note
from guardia.proof.log import HistoryLeaf, HistoryTile, Tiles
from tests.procedure.story import TWO_IN_THE_MORNING, Story
from tests.proof.test_history import forge

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def story(transactional_db) -> Story:
    """A case with its history, committed; its events are in the log, which is signed."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        story.diagnosis("remote")
    logged(story)
    return story


def logged(story: Story, later: timedelta = timedelta()) -> None:
    with behind(DatabaseRole.WORKER):
        log.append(story.now + later)
        log.sign(story.now + later)


def further(story: Story) -> None:
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(6)
        story.case.note("sigue", by=story.by, at=story.now)


def found(story: Story, *kept: str, has_our_keys: bool = True) -> list[str]:
    with behind(DatabaseRole.WORKER):
        return [each.what for each in log_breaks.breaks(story.now + HOUR + MINUTE, kept, has_our_keys=has_our_keys)]


# --- it grows ---


def test_every_event_is_a_leaf_in_the_order_in_which_it_was_written(story):
    with behind(DatabaseRole.WORKER):
        events = list(CaseEvent.objects.order_by("pk").values_list("pk", flat=True))
        assert list(HistoryLeaf.objects.order_by("index").values_list("event_id", flat=True)) == events
        assert log.append(story.now) == 0, "nothing is there twice"
    assert found(story) == []


def test_the_root_that_is_signed_is_that_of_the_events_themselves(story):
    with behind(DatabaseRole.WORKER):
        hashes = [bytes(each) for each in CaseEvent.objects.order_by("pk").values_list("hash", flat=True)]
        signed = log.newest_checkpoint()
        state = note.read_checkpoint(signed.note)
        row = [merkle.leaf_hash(each) for each in hashes]
        while len(row) > 1:
            pairs = [merkle.node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=False)]
            row = pairs + row[len(pairs) * 2 :]
        assert (state.origin, state.size, state.root) == ("localhost:8000/estado/registro", len(hashes), row[0])
        assert note.signatures_of(signed.note, log.verifiers())


def test_the_end_of_a_case_is_proven_by_what_is_published_alone(story):
    with behind(DatabaseRole.WORKER):
        event = CaseEvent.objects.latest("pk")
        held = log.inclusions_of({event.case_id: 7})
        state = note.read_checkpoint(held["checkpoint"])
        (entry,) = held["entries"]
        proof = [bytes.fromhex(each) for each in entry["proof"]]
        assert (entry["case"], entry["seq"]) == (7, event.seq)
        merkle.check_inclusion(merkle.leaf_hash(bytes(event.hash)), entry["leaf"], state.size, proof, state.root)


def test_of_a_case_that_goes_on_the_last_event_is_proven_that_a_checkpoint_covers(story):
    with behind(DatabaseRole.WORKER):
        before = CaseEvent.objects.latest("pk")
    further(story)
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        assert proven(before.case_id) == [before.seq]
        log.sign(story.now + HOUR)
        assert proven(before.case_id) == [before.seq + 1]
        assert proven(before.case_id + 1) == []


def proven(case_id: int) -> list[int]:
    """Up to which event of the case a checkpoint covers it."""
    return [entry["seq"] for entry in log.inclusions_of({case_id: case_id})["entries"]]


def test_what_commits_late_with_an_early_id_is_not_forgotten(story, owner):
    """Ids are drawn before a transaction ends: one of the last hour may still come."""
    forge(
        owner,
        "INSERT INTO case_event SELECT 1000000, customer_id, case_id, 100, moment, variant, occurred_at, recorded_at,"
        " actor_kind, actor_id, public, data, canonical, hash FROM case_event ORDER BY id LIMIT 1",
    )
    logged(story)
    forge(
        owner,
        "INSERT INTO case_event SELECT 999999, customer_id, case_id, 99, moment, variant, occurred_at, recorded_at,"
        " actor_kind, actor_id, public, data, canonical, hash FROM case_event ORDER BY id LIMIT 1",
    )
    with behind(DatabaseRole.WORKER):
        assert log.append(story.now) == 1
        assert HistoryLeaf.objects.latest("index").event_id == 999999


@pytest.mark.parametrize("rounds", [[700], [1, 254, 1, 1, 255, 188], [256, 256, 188]])
def test_tiles_that_grow_in_rounds_hold_the_same_tree(transactional_db, rounds):
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(700)]
    with behind(DatabaseRole.WORKER):
        start = 0
        for count in rounds:
            log.grow(start, hashes[start : start + count])
            start += count
        tiles = dict(((t.level, t.place), bytes(t.hashes)) for t in HistoryTile.objects.all())
        assert {key: len(row) // 32 for key, row in tiles.items()} == {(0, 0): 256, (0, 1): 256, (0, 2): 188, (1, 0): 2}
        assert b"".join(tiles[0, place] for place in range(3)) == b"".join(hashes)

        def subtree(level: int, place: int) -> bytes:
            if level == 0:
                return hashes[place]
            return merkle.node_hash(subtree(level - 1, 2 * place), subtree(level - 1, 2 * place + 1))

        for size in (1, 255, 256, 257, 511, 512, 513, 700):
            assert merkle.root(size, Tiles().subtree) == merkle.root(size, subtree)


def test_a_tree_of_three_levels_is_kept_whole(transactional_db):
    many = 256 * 256 + 300
    hashes = [number.to_bytes(32) for number in range(many)]
    with behind(DatabaseRole.WORKER):
        log.grow(0, hashes[:66_000])
        log.grow(66_000, hashes[66_000:])
        assert HistoryTile.objects.filter(level=2).count() == 1
        proof = merkle.inclusion_proof(65_535, many, Tiles().subtree)
        merkle.check_inclusion(hashes[65_535], 65_535, many, proof, merkle.root(many, Tiles().subtree))


# --- it is signed ---


def test_it_is_signed_five_minutes_after_it_has_grown_and_else_once_an_hour(story):
    with behind(DatabaseRole.WORKER):
        assert log.sign(story.now + 59 * MINUTE) is None, "nothing is new"
        assert log.sign(story.now + HOUR) is not None
    further(story)
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        last = log.newest_checkpoint().at
        assert log.sign(last + 4 * MINUTE) is None
        assert log.sign(last + 5 * MINUTE) is not None


def test_nothing_is_signed_before_anything_is_recorded(transactional_db):
    with behind(DatabaseRole.WORKER):
        assert log.append(TWO_IN_THE_MORNING) == 0
        assert log.sign(TWO_IN_THE_MORNING) is None


def test_a_new_key_signs_beside_the_one_before_and_then_alone(story, settings):
    before = log.verifiers()
    old, new = (b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    for keys, told in (([new, old], []), ([new], [str(note.Signer(log.origin(), bytes([1]) * 32).verifier)])):
        settings.PROOF_KEY, settings.PROOF_VERIFIERS = keys, [*told, *map(str, before)]
        further(story)
        logged(story, HOUR)
        with behind(DatabaseRole.WORKER):
            assert log.newest_checkpoint().note.count("\n— ") == len(keys)
        assert found(story) == []
    settings.PROOF_VERIFIERS = []
    assert any("none of the keys" in what for what in found(story)), "a key of before must be named"


def test_an_installation_that_has_moved_to_another_address_knows_its_key_again(story, settings):
    settings.PUBLIC_URL = "https://guardia.example.com"
    further(story)
    logged(story, HOUR)
    with behind(DatabaseRole.WORKER):
        assert log.newest_checkpoint().note.startswith("guardia.example.com/estado/registro\n")
    assert found(story) == []


@pytest.mark.parametrize("words", ["x", "AAAA", "!" * 44])
def test_what_is_no_key_is_refused_by_its_name(settings, words):
    settings.PROOF_KEY = [words]
    with pytest.raises(ImproperlyConfigured, match="PROOF_KEY is no key"):
        log.signers()


def test_what_is_no_verifier_is_refused_by_its_name(settings):
    settings.PROOF_VERIFIERS = ["x"]
    with pytest.raises(ImproperlyConfigured, match="PROOF_VERIFIERS"):
        log.verifiers()


# --- it cannot be rewritten ---

RECHAINED = """
    UPDATE case_event SET hash = sha256(hash) WHERE seq > 2
"""
FORGERIES = {
    "a history is chained anew": (RECHAINED, "it is not the one that is in the log as leaf"),
    "a case is taken out whole": ("DELETE FROM case_event", "it is gone, and was in the log as leaf 0"),
    "an event is written that never was": (
        "INSERT INTO case_event SELECT 0, customer_id, case_id, 99, moment, variant, occurred_at, recorded_at,"
        " actor_kind, actor_id, public, data, canonical, hash FROM case_event ORDER BY id LIMIT 1",
        "it is not in the log",
    ),
    "a leaf is taken out": ("DELETE FROM history_leaf WHERE index = 1", "leaves 1 to 1 are missing"),
    "the last leaves are taken out": ("DELETE FROM history_leaf WHERE index > 1", "leaves were removed"),
    "a tile is taken out": ("DELETE FROM history_tile", "a tile of the log is missing or too short"),
    "a hash of the tree is exchanged": (
        "UPDATE history_tile SET hashes = sha256('x') || substr(hashes, 33)",
        "was signed over another tree",
    ),
    "a checkpoint says another size": (
        "UPDATE history_checkpoint SET note = replace(note, E'\\n' || size || E'\\n', E'\\n1\\n')",
        "is false",
    ),
    "what was published as a key is none": (
        "UPDATE history_checkpoint SET keys = keys || E'a key that is none\\n'",
        "among its published keys 'a key that is none' is no verifier key",
    ),
    "a checkpoint is signed by somebody else": (
        "UPDATE history_checkpoint SET note = regexp_replace(note, '— .*$', E'— other AAAA\\n')",
        "none of the keys",
    ),
}


@pytest.mark.parametrize("has_our_keys", [True, False], ids=["under our keys", "restored under others"])
@pytest.mark.parametrize("what", FORGERIES)
def test_whoever_falsifies_is_found(story, owner, what, has_our_keys):
    statement, words = FORGERIES[what]
    forge(owner, statement)
    assert any(words in each for each in found(story, has_our_keys=has_our_keys)), found(story)


def test_a_checkpoint_with_no_published_key_is_a_finding_where_it_is_checked_by_those(story, owner):
    forge(owner, "UPDATE history_checkpoint SET keys = ''")
    assert any("none of the keys" in each for each in found(story, has_our_keys=False))


def test_it_is_said_since_when_an_event_must_have_been_changed(story, owner):
    forge(owner, RECHAINED)
    signed_at = f"{story.now:%Y-%m-%d %H:%M} UTC"
    assert any(each.endswith(f"first signed with the checkpoint of {signed_at}") for each in found(story))


def test_who_rewrites_the_whole_log_too_contradicts_the_checkpoint_that_somebody_kept(story, owner):
    """Events, leaves, tiles and checkpoints are made anew, and the worker even signs them."""
    with behind(DatabaseRole.WORKER):
        kept = log.newest_checkpoint().note
    assert found(story, kept) == []
    for statement in (
        RECHAINED,
        "DELETE FROM history_leaf",
        "DELETE FROM history_tile",
        "DELETE FROM history_checkpoint",
    ):
        forge(owner, statement)
    logged(story)
    assert found(story) == [], "the database agrees with itself"
    assert found(story, kept) == ["the checkpoint that was kept (1) was signed over another tree of 6 leaves"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM history_leaf",
        "UPDATE history_leaf SET event_id = -index",
        "DELETE FROM history_tile",
        "UPDATE history_tile SET hashes = ''",
        "UPDATE history_tile SET hashes = sha256('x') || substr(hashes, 33)",
        "DELETE FROM history_checkpoint",
        "UPDATE history_checkpoint SET note = ''",
        "TRUNCATE history_tile",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_log(story, owner, statement):
    with pytest.raises((DatabaseError, psycopg.Error), match="refused"):
        owner.execute(statement)


# --- what stands outside of the database ---


def test_who_rewrites_all_of_the_database_meets_what_this_host_signed(story, owner, settings, tmp_path):
    """The superuser without the key: checkpoints, leaves and tiles are gone, and the worker has begun anew."""
    settings.STATE_DIR = tmp_path
    with behind(DatabaseRole.WORKER):
        log.remember(log.newest_checkpoint().note)
    forge(owner, "UPDATE case_event SET hash = sha256(hash) WHERE seq = 1")
    for table in ("history_checkpoint", "history_leaf", "history_tile"):
        forge(owner, f"DELETE FROM {table}")
    later = story.now + HOUR
    with behind(DatabaseRole.WORKER):
        log.append(later)
        with pytest.raises(log.LogWasRewritten, match=str(tmp_path)):
            log.sign(later, log.remembered())
        assert found(story, *log.remembered()), "verify on this host says so as well"
        assert log.sign(later) is not None, "without that file nobody would know"


def test_after_a_restore_the_file_stands_aside(story, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    assert log.remembered() == []
    assert log.set_memory_aside() is None
    log.remember("signed")
    assert log.remembered() == ["signed"]
    aside = log.set_memory_aside()
    assert aside.read_text() == "signed"
    assert log.remembered() == []
