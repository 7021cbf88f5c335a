"""`guardia verify --since`: what is newer than a kept checkpoint, and that the log has grown from it; nothing else."""

from datetime import timedelta

import pytest

from guardia.cases import chain, derived
from guardia.cases.case import Case
from guardia.cli import verify
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import wire
from guardia.proof import log, log_breaks, merkle
from guardia.reports import verification
from tests.procedure.story import Story
from tests.proof.test_history import forge

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _as_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(verify, "open_installation", lambda: None)


@pytest.fixture
def story(transactional_db) -> Story:
    """Two cases, whose events are in the log; one of them goes on after it was signed."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        story.other = story.open_case()
    logged(story)
    return story


def logged(story: Story) -> None:
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        log.sign(story.now)


@pytest.fixture
def kept(story, tmp_path):
    """The checkpoint that somebody kept; then the second case has news, which is logged and signed."""
    file = tmp_path / "kept.txt"
    with behind(DatabaseRole.WORKER):
        file.write_text(log.newest_checkpoint().note)
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(61)
        story.case.note("sigue", by=story.by, at=story.now)
        story.case_id = story.case.pk
    logged(story)
    return file


def said(kept, capsys, *more: str) -> tuple[int, str]:
    code = main(["verify", "--language", "en", "--since", str(kept), *more])
    return code, capsys.readouterr().out


def test_it_looks_at_what_is_newer_and_says_so(story, kept, capsys):
    code, words = said(kept, capsys)
    with behind(DatabaseRole.WORKER):
        newer = log.size() - 6
    assert code == 0
    assert f"1 cases with newer events, {newer} newer leaves in the log of histories: intact" in words
    assert "grown from the 6 leaves of kept.txt" in words
    assert "Nothing else was checked: guardia verify checks everything." in words


def test_a_letter_that_was_saved_is_a_checkpoint_too(kept, tmp_path, capsys):
    letter = tmp_path / "letter.eml"
    letter.write_text(f"Subject: x\n{wire.CHECKPOINT}: {wire.header_of(kept.read_text())}\n\nhola\n")
    assert said(letter, capsys)[0] == 0


REHASHED = "UPDATE case_event SET hash = sha256(hash) WHERE case_id = %(newer)s AND seq = "
FORGERIES = {
    "an event that is newer": (REHASHED + "4", "it is not the one that is in the log as leaf 6"),
    "an older one of the same case": (REHASHED + "2", "event 2: the hash does not match"),
    "a row of the case": ("UPDATE \"case\" SET symptoms = 'x' WHERE id = %(newer)s", "the description of the symptoms"),
    "an event is gone": (
        "DELETE FROM case_event WHERE case_id = %(newer)s AND seq = 4",
        "it is gone, and was in the log",
    ),
    "the tree of before": (
        "UPDATE history_tile SET hashes = sha256('x') || substr(hashes, 33)",
        "the checkpoint that was kept (1) was signed over another tree of 6 leaves",
    ),
    "the log has is shorter": ("DELETE FROM history_leaf WHERE index > 4", "leaves were removed"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_newer_is_found(story, kept, owner, capsys, what):
    statement, words = FORGERIES[what]
    forge(owner, statement, newer=story.case_id)
    code, found = said(kept, capsys)
    assert (code, words in found) == (1, True), found


def test_a_case_without_news_is_looked_at_by_the_whole_alone(story, kept, owner):
    with behind(DatabaseRole.WORKER):
        (old,) = set(Case.objects.values_list("pk", flat=True)) - {story.case_id}
    forge(owner, "UPDATE \"case\" SET symptoms = 'otros' WHERE id = %(old)s", old=old)
    with behind(DatabaseRole.WORKER):
        assert verification.newer_cases(6) == [story.case_id]
        assert list(chain.breaks_of([story.case_id], besides=derived.breaks)) == []
        assert [each.what for each in chain.breaks(besides=derived.breaks)]


def test_what_is_no_checkpoint_is_refused_with_its_file(tmp_path, capsys):
    file = tmp_path / "x.txt"
    file.write_text("hola")
    assert main(["verify", "--since", str(file)]) == 1
    assert "x.txt: this is not a signed note" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cases", "groups"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([5, 25, 45], [(5, 45)]),
        ([5, 26], [(5, 5), (26, 26)]),
        (list(range(1, 1500)), [(1, 1000), (1001, 1499)]),
    ],
)
def test_cases_that_lie_near_each_other_are_read_together(monkeypatch, cases, groups):
    read, proven = [], []
    monkeypatch.setattr(chain, "_breaks_between", lambda first, last, besides: read.append((first, last)) or ())
    list(chain.breaks_of(cases, proven.append))
    assert read == groups
    assert sum(proven) == len(cases)


def test_tiles_of_before_are_not_read_again_and_those_that_grew_are(transactional_db, owner):
    with behind(DatabaseRole.WORKER):
        log.grow(0, [merkle.leaf_hash(str(number).encode()) for number in range(1024)])
    second_of_four = "substr(hashes, 1, 32) || sha256('x') || substr(hashes, 65)"
    forge(owner, f"UPDATE history_tile SET hashes = {second_of_four} WHERE level = 1")
    with behind(DatabaseRole.WORKER):
        for start, is_found in ((0, True), (256, True), (511, True), (512, False), (1024, False)):
            found = log_breaks._of_tiles(log.Tiles(), 1024, start)
            assert any("does not follow from the level below" in each.what for each in found) == is_found, start
