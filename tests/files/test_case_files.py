"""A case's files: added once, shown and hidden, withdrawn; what is in the log, in the store, and in nobody's sight."""

import uuid
from datetime import timedelta

import pytest
from django.test import TestCase

from guardia.cases import case_files
from guardia.cases.case_files import FileIsWithdrawn, FileNotTaken, FileOfAnother, TooManyFiles, VisitOfAnother
from guardia.cases.chain import breaks
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import Missing, TimeInTheFuture
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import files, store
from guardia.evidence.files import CaseFile
from guardia.notices.notice import Notice
from guardia.people.staff import SYSTEM, Actor, ActorKind
from guardia.procedure.vocabulary import Moment
from tests.files import samples
from tests.files.conftest import standing


def files_of(story) -> list[CaseEvent]:
    moments = (Moment.FILE_ADDED, Moment.FILE_SHOWN, Moment.FILE_WITHDRAWN)
    return list(story.case.events.filter(moment__in=moments).order_by("seq").prefetch_related("texts"))


def texts_of(event: CaseEvent) -> dict[str, str | None]:
    return {text.name: text.text for text in event.texts.all()}


def test_a_photograph_is_on_the_case_with_what_is_known_of_it(story, add, folder):
    added = add(samples.jpeg(), "IMG 4711.jpeg", at=story.now - timedelta(minutes=1), caption=" patch  panel\n3 ")
    added = CaseFile.objects.get(pk=added.pk)
    assert (added.name, added.type, added.caption) == ("IMG 4711.jpeg", "image/jpeg", "patch panel 3")
    assert (added.width, added.height, added.has_thumbnail) == (1600, 1200, True)
    assert (added.added_by, added.added_by_name) == (story.engineer, story.engineer.name)
    assert (added.taken_at, added.added_at) == (story.now - timedelta(minutes=1), story.now)
    assert added.customer_id == story.bank.pk
    assert added.shown is False
    (event,) = files_of(story)
    assert event.occurred_at == added.taken_at
    assert event.public is False
    assert event.data == {
        "file": added.pk,
        "sha256": added.sha256,
        "size": added.size,
        "type": "image/jpeg",
        "taken_at": added.taken_at.isoformat(),
    }
    assert texts_of(event) == {"name": "IMG 4711.jpeg", "caption": "patch panel 3"}
    assert standing(folder) == sorted([store.place(added.sha256), store.place(added.sha256) + store.THUMBNAIL])
    kept = store.read(added.sha256)
    assert store.digest(kept) == added.sha256
    assert len(kept) == added.size


def test_nobody_is_told_and_the_chain_holds(story, add):
    before = Notice.objects.count()
    added = add(shown=True)
    case_files.show_file(story.case, added, shown=False, by=story.by, at=story.now)
    case_files.withdraw_file(story.case, added, "cara de una persona", by=story.by, at=story.now)
    assert Notice.objects.count() == before
    assert list(breaks()) == []


def test_the_hour_of_its_camera_is_kept_where_nobody_gave_one(story, add):
    said = story.now.astimezone(files_zone(story)) - timedelta(minutes=2)
    added = add(samples.jpeg(exif=samples.camera_exif(taken=f"{said:%Y:%m:%d %H:%M:%S}")))
    assert added.taken_at == said.replace(microsecond=0)
    assert files_of(story)[0].occurred_at == story.now


def files_zone(story):
    from zoneinfo import ZoneInfo

    return ZoneInfo(story.case.zone)


@pytest.mark.parametrize("taken", ["2031:01:01 00:00:00", "1999:01:01 00:00:00"])
def test_a_camera_whose_clock_is_wrong_is_not_believed(story, add, taken):
    assert add(samples.jpeg(exif=samples.camera_exif(taken=taken))).taken_at == story.now


def test_the_same_one_twice_is_one_by_its_key_and_by_its_content(story, add, folder):
    key = uuid.uuid4()
    first = add(samples.jpeg(), key=key)
    assert add(samples.png(), "otra.png", key=key) == first
    assert add(samples.jpeg(), "con otro nombre.jpg") == first
    assert add(samples.jpeg(), key=uuid.uuid4()) == first
    assert CaseFile.objects.count() == 1
    assert len(files_of(story)) == 1
    assert len(standing(folder)) == 2


def test_a_key_of_another_case_is_refused(story, add, make_story):
    key = uuid.uuid4()
    add(key=key)
    first = story.case
    story.open_case()
    with pytest.raises(FileOfAnother):
        add(key=key)
    assert story.case.pk != first.pk


def test_a_file_that_is_refused_leaves_nothing(story, add, folder):
    with pytest.raises(FileNotTaken):
        add(samples.HTML, "pagina.html")
    assert not CaseFile.objects.exists()
    assert standing(folder) == []
    assert files_of(story) == []


def test_a_hundred_thousand_letters_and_signs_that_no_column_holds(story, add):
    added = add(name="\0" + "x" * 500 + ".jpg", caption="a\0" + "ñ " * 100_000)
    assert len(added.name) <= 120
    assert len(added.caption) <= case_files.LONGEST_CAPTION


def test_a_case_takes_so_many_and_no_more(story, add, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    first = add(samples.LOG, "a.log")
    add(samples.CSV, "b.csv")
    with pytest.raises(TooManyFiles):
        add(samples.PDF, "c.pdf")
    case_files.withdraw_file(story.case, first, "duplicado", by=story.by, at=story.now)
    add(samples.PDF, "c.pdf")


def test_an_hour_to_come_is_refused(story, add):
    with pytest.raises(TimeInTheFuture):
        add(at=story.now + timedelta(minutes=5))


def test_by_whom_it_is_told_also_of_somebody_without_an_account(story, add):
    assert add(samples.LOG, "a.log", by=SYSTEM, by_name="Técnico de la contratista").added_by is None
    assert texts_of(files_of(story)[0])["by"] == "Técnico de la contratista"
    of_contact = add(samples.CSV, "b.csv", by=Actor(ActorKind.CONTACT, story.head.pk))
    assert (of_contact.added_by, of_contact.added_by_name) == (None, story.head.name)


def test_a_visit_of_another_case_is_refused(story, add):
    story.diagnosis("visit")
    story.visit_is_agreed()
    visit = story.case.visits.get()
    assert add(visit=visit).visit == visit
    story.open_case()
    with pytest.raises(VisitOfAnother):
        add(samples.png(), visit=visit)


def test_a_closed_case_still_takes_the_photographs_that_come_late(story, add):
    """A telephone finds its network again after the case was closed: evidence is not lost."""
    story.case.cancel("por error", by=story.by, at=story.now)
    assert add().pk
    assert list(breaks()) == []


def test_shown_and_hidden_again_each_once(story, add):
    added = add()
    for shown in (True, True, False, False):
        added = case_files.show_file(story.case, added, shown=shown, by=story.by, at=story.now)
        assert CaseFile.objects.get().shown is shown
    assert [event.variant for event in files_of(story)] == ["", "shown", "hidden"]


def test_what_is_on_the_case_already_is_shown_to_whom_it_is_sent_again_for(story, add):
    """Who adds it for the customer's eyes means so, also where a colleague had added it for the operator."""
    first = add()
    assert add(shown=True).pk == first.pk
    assert CaseFile.objects.get(pk=first.pk).shown
    assert story.moments()[-2:] == ["file_added", "file_shown"]
    before = story.case.seq
    assert add().shown, "nobody hides it by sending it once more"
    assert story.case.seq == before


def test_withdrawn_its_bytes_go_and_its_row_and_hash_stay(story, add, folder):
    added = add(shown=True)
    with TestCase.captureOnCommitCallbacks(execute=True):
        case_files.withdraw_file(story.case, added, "se ve un rostro", by=story.by, at=story.now)
        assert standing(folder) != [], "not before the commit"
    assert standing(folder) == []
    gone = CaseFile.objects.get()
    assert (gone.withdrawn_at, gone.withdrawn_by, gone.shown) == (story.now, story.engineer, False)
    assert gone.sha256 == added.sha256
    event = files_of(story)[-1]
    assert event.data == {"file": gone.pk, "sha256": gone.sha256}
    assert texts_of(event)["why"] == "se ve un rostro"
    with pytest.raises(FileIsWithdrawn):
        case_files.show_file(story.case, gone, by=story.by, at=story.now)
    case_files.withdraw_file(story.case, gone, "otra vez", by=story.by, at=story.now)
    assert len(files_of(story)) == 2


def test_it_may_be_added_again_after_it_was_withdrawn(story, add, folder):
    with TestCase.captureOnCommitCallbacks(execute=True):
        first = add()
        case_files.withdraw_file(story.case, first, "sin leyenda", by=story.by, at=story.now)
        again = add(caption="panel 3")
    assert again.pk != first.pk
    assert store.read(again.sha256), "the second one counts on the bytes"


def test_a_reason_is_asked_for(story, add):
    added = add()
    with pytest.raises(Missing):
        case_files.withdraw_file(story.case, added, "  ", by=story.by, at=story.now)


def test_the_bytes_stay_while_another_case_has_the_same(story, add, folder):
    first, number = add(), story.number
    story.open_case()
    second = add()
    assert first.sha256 == second.sha256
    with TestCase.captureOnCommitCallbacks(execute=True):
        story.number, other = number, story.number
        case_files.withdraw_file(story.case, first, "no era de aquí", by=story.by, at=story.now)
    story.number = other
    assert store.read(second.sha256)
    with TestCase.captureOnCommitCallbacks(execute=True):
        case_files.withdraw_file(story.case, second, "tampoco", by=story.by, at=story.now)
    assert standing(folder) == []


def test_a_file_of_another_case_is_not_touched(story, add):
    added = add()
    story.open_case()
    for act in (case_files.show_file, lambda *said, **who: case_files.withdraw_file(*said, "x", **who)):
        with pytest.raises(FileOfAnother):
            act(story.case, added, by=story.by, at=story.now)


def test_the_portal_reads_what_is_shown_of_its_own_company_and_no_event_of_files(story, add):
    """The wall stands in the database: a file that is not shown, or is another company's, does not exist for it."""
    add(caption="secreto de la casa")
    shown = add(samples.png(), "b.png", shown=True)
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert [file.pk for file in CaseFile.objects.all()] == [shown.pk]
        assert not CaseEvent.objects.filter(moment__startswith="file").exists()
    with behind(DatabaseRole.PORTAL, story.bank.pk + 1):
        assert not CaseFile.objects.exists()


def test_the_sweep_takes_what_no_case_has_and_nothing_else(story, add, folder):
    kept, withdrawn = add(), add(samples.png(), "b.png")
    CaseFile.objects.filter(pk=withdrawn.pk).update(withdrawn_at=story.now)
    store.keep(store.digest(b"x"), b"x", b"y")
    in_a_week = now() + case_files.LEFT_ALONE
    (folder / "aa").mkdir(exist_ok=True)
    (folder / "aa" / "LEEME.txt").write_text("de otro")
    assert case_files.remove_orphaned_bytes(now()) == 1, (
        "what nobody knows may be of a database that is restored tomorrow"
    )
    assert case_files.remove_orphaned_bytes(in_a_week) == 1
    assert standing(folder) == sorted(
        [store.place(kept.sha256), store.place(kept.sha256) + store.THUMBNAIL, "aa/LEEME.txt"]
    )
    assert case_files.remove_orphaned_bytes(in_a_week) == 0


def test_what_is_lost_or_was_changed_is_named(story, add, folder):
    whole, lost, changed = add(), add(samples.png(), "b.png"), add(samples.LOG, "c.log")
    assert list(case_files.troubles()) == []
    (folder / store.place(lost.sha256)).unlink()
    (folder / store.place(changed.sha256)).write_bytes(b"otra cosa")
    assert [(each.file, each.what) for each in case_files.troubles()] == [(lost.pk, "lost"), (changed.pk, "changed")]
    assert whole.pk not in {each.file for each in case_files.troubles()}


def test_an_empty_store_is_swept_without_trouble(as_staff, folder):
    assert case_files.remove_orphaned_bytes(now()) == 0
