"""The report of a case in which nearly everything happened: what it tells, and what it does not."""

from datetime import timedelta

import pytest
from django.utils import translation

from guardia.cases.contesting import Ruling
from guardia.cases.waiting import WaitReason
from guardia.evidence.measured_sentences import typed
from guardia.people.actor import Actor
from guardia.people.staff import Role
from guardia.procedure.vocabulary import WaitCause
from guardia.reports.closing_rows import report_of
from guardia.reports.recurring import recurring
from guardia.reports.report_history import check
from guardia.web.report.document import made
from tests.closing.long import three_visits_and_two_relapses
from tests.privacy.erased import reads_as_erased
from tests.procedure.story import Story, staff


def text_of(story: Story, language: str = "en") -> str:
    with translation.override(language):
        document = made(story.case, story.now).document
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


def test_an_internal_note_and_a_telephone_are_not_told(story):
    story.open_case()
    story.case.note("el cliente está muy molesto", by=story.by, at=story.now)
    made_ = made(story.case, story.now)
    assert "molesto" not in text_of(story)
    assert b"molesto" not in made_.history
    assert "0550148" not in text_of(story).replace(" ", "")
    assert b"5550148" not in made_.history


def test_a_text_that_was_erased_says_so(closed, monkeypatch):
    event = closed.case.events.get(moment="relapsed")
    reads_as_erased(monkeypatch, event)
    assert "(erased)" in text_of(closed)


def test_an_agreed_exclusion_is_left_out_until_a_ruling_voids_it(story):
    story.quality = staff("calidad", Role.QUALITY)
    story.open_case()
    story.minutes_pass(5)
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada", excluded=True)
    story.case.wait(why, by=story.by, at=story.now)
    story.minutes_pass(10)
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
    story.diagnosis()
    story.minutes_pass(10)
    story.service_is_restored()
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)
    report = report_of(story.case, story.now)
    assert (report.excluded, report.affected) == (600, story.case.affected_seconds)
    story.case.contest(story.case.waits.all(), who="Jefe", words="sí dejamos entrar", by=story.by, at=story.now)
    assert "sí dejamos entrar" in text_of(story)
    ruling = {story.case.waits.get().pk: Ruling(True, "la bitácora lo prueba")}
    story.case.rule(ruling, by=Actor.of_staff(story.quality), at=story.now)
    after = report_of(story.case, story.now)
    assert (after.excluded, after.affected) == (0, report.affected + 600)
    assert after.affected == story.case.affected_seconds
    assert "the objection is right" in text_of(story)
    assert check(made(story.case, story.now).history).is_sound


def test_before_and_after_stand_side_by_side(closed):
    ping = next(each for each in report_of(closed.case, closed.now).tests if each.name == "ping")
    assert ping.before
    assert ping.after
    assert (ping.before[1], ping.after[1]) == (typed("pérdida 100 %"), typed("pérdida 0 %"))


def test_hours_are_those_of_the_case(closed):
    closed.case.__class__.objects.filter(pk=closed.case.pk).update(zone="Pacific/Galapagos")
    assert "21 nov 01:03:20" in text_of(closed, "es")


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_an_open_case_says_that_it_is_open(story, language):
    story.open_case()
    with translation.override(language):
        assert made(story.case, story.now).document.banner


def test_the_third_incident_within_thirty_days_is_recurring(story):
    opened = []
    for _time in range(3):
        story.open_case()
        opened.append(story.case)
        story.minutes_pass(60)
    assert [recurring(c.site_id, c.opened_at, c).times for c in opened] == [1, 2, 3]
    assert recurring(story.site.pk, story.now).times == 4
    assert not recurring(story.site.pk, story.now + timedelta(days=31)).is_recurring
    opened[0].cancel("fue un error", by=story.by, at=story.now)
    assert recurring(story.site.pk, opened[2].opened_at, opened[2]).times == 2


def test_three_visits_and_two_relapses_are_all_told(story):
    three_visits_and_two_relapses(story)
    report = report_of(story.case, story.now)
    assert [visit.crew for visit in report.visits] == ["Cuadrilla 1", "Cuadrilla 4 de Redes del Austro", "Cuadrilla 3"]
    assert len(report.all("relapsed")) == 2
    assert report.affected == story.case.affected_seconds == sum(each.counted for each in report.outages)
    assert len(report.outages) == 3
    said = text_of(story)
    assert said.count("otra vez sin señal desde la matriz") >= 2
    assert "deslave en la vía" in said
    assert "se instaló ventilación" in said


def test_P4_each_visit_tells_its_crews_what_held_it_up_what_was_put_in_and_who_signed(story):
    three_visits_and_two_relapses(story)
    first, second, _third = report_of(story.case, story.now).visits
    (held,), (handed,) = second.held_up, second.handed_over
    assert (held.condition, (held.end - held.start).total_seconds()) == ("roads", 30 * 60)
    assert (handed.before, handed.crew) == ("Cuadrilla 2", "Cuadrilla 4 de Redes del Austro")
    assert not first.held_up
    assert not first.handed_over
    assert [name for name, _at in first.steps][-2:] == ["restored_at", "left_at"]
    said = text_of(story)
    for words in ("Roads: ", "from Cuadrilla 2 to Cuadrilla 4", "2 × transceptor SFP 10 km (FN-2210, FN-2211)"):
        assert words in said
    assert "Encargada de turno, Administración del edificio" in said


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


def test_other_cases_of_the_service_count_in_the_month(story):
    for _time in range(2):
        story.open_case()
        story.minutes_pass(10)
        story.diagnosis()
        story.minutes_pass(10)
        story.service_is_restored()
        story.customer_confirms()
        story.window_is_green()
        story.case.stabilise(by=story.by, at=story.now)
        story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)
    report = report_of(story.case, story.now)
    assert report.availability.down == 2 * report.affected


def test_a_withdrawn_case_has_no_affected_time(story):
    story.open_case()
    story.minutes_pass(5)
    story.case.cancel("fue un error", by=story.by, at=story.now)
    report = report_of(story.case, story.now)
    assert (report.affected, report.availability.down) == (0, 0)
