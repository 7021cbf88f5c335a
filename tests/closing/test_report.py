"""The report of a case in which nearly everything happened: what it tells, and what it does not."""

from django.utils import translation

from guardia.evidence.measured_sentences import typed
from guardia.reports.closing_rows import report_of
from guardia.web.report.document import closing_document
from tests.privacy.erased import reads_as_erased
from tests.procedure.story import Story


def text_of(story: Story, language: str = "en") -> str:
    with translation.override(language):
        document = closing_document(story.case, story.now).document
    cells = [words for s in document.sections for table in s.tables for row in table.rows for words in row]
    pairs = [words for s in document.sections for pair in s.pairs for words in pair]
    notes = [words for s in document.sections for words in (*s.said, *s.notes)]
    return "\n".join([document.subject, *cells, *pairs, *notes]).replace("\u00a0", " ")


def test_the_affected_time_is_the_one_on_record(closed):
    report = report_of(closed.case, closed.now)
    assert report.affected == closed.case.affected_seconds == 7 * 3600 + 9 * 60


def test_every_promise_adds_up(closed):
    report = report_of(closed.case, closed.now)
    assert len(report.promises) == 18
    for promise in report.promises:
        assert promise.lasted - promise.stood_still == promise.taken
        assert promise.stood_still == sum((b - a).total_seconds() for a, b in promise.stood)
        clock = closed.case.clocks.get(kind=promise.kind, ordinal=promise.ordinal)
        assert promise.kept == (clock.outcome == "kept")


def test_it_tells_what_happened(closed):
    said = text_of(closed)
    for words in (
        "fibra cortada (probable)",
        "fibra rota por una obra",
        "empalmar con otra cuadrilla",
        "Telco Andina: revisan su puerto",
        "Proof: boletín 12",
        "reinicio del equipo",
        "otra vez sin señal",
        "parpadeo del puerto (40 s)",
        "nadie contesta",
    ):
        assert words in said


def test_a_text_that_was_erased_says_so(closed, monkeypatch):
    event = closed.case.events.get(moment="relapsed")
    reads_as_erased(monkeypatch, event)
    assert "(erased)" in text_of(closed)


def test_before_and_after_stand_side_by_side(closed):
    ping = next(each for each in report_of(closed.case, closed.now).tests if each.name == "ping")
    assert ping.before
    assert ping.after
    assert (ping.before[1], ping.after[1]) == (typed("pérdida 100 %"), typed("pérdida 0 %"))


def test_hours_are_those_of_the_case(closed):
    closed.case.__class__.objects.filter(pk=closed.case.pk).update(zone="Pacific/Galapagos")
    assert "21 nov 01:03:20" in text_of(closed, "es")


def test_P4_4_a_visit_that_was_left_unfinished_says_what_was_left_to_do(closed):
    first, second = report_of(closed.case, closed.now).visits
    assert (first.outcome, second.outcome) == ("unfinished", "restored")
    assert "falta un empalme" in first.left_undone
    assert [name for name, _at in first.steps][-1] == "left_at"
    assert len(first.held_up) == 1
    assert "falta un empalme, se acabó la fibra" in text_of(closed)


def test_P4_4_places_and_who_enters_stay_in_the_house(closed):
    """Where a technician stood, and the documents that a guard compared, are no matter of a closing report."""
    said = text_of(closed)
    for words in ("0100000001", "Técnico Uno"):
        assert words not in said
