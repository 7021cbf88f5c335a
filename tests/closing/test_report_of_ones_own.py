"""The report of a case of one's own: it stays open, is withdrawn, comes again, or has odd words in it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from guardia.cases.contesting import Ruling
from guardia.cases.waiting import WaitReason
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import WaitCause
from guardia.proof.offline.guardia_verify import check
from guardia.reports.closing_rows import report_of
from guardia.reports.recurring import recurring
from guardia.web.portal.case_view import affected_words
from guardia.web.report.document import closing_document
from tests.closing.long import three_visits_and_two_relapses
from tests.closing.test_doors import address
from tests.closing.test_letter import letter_of, words_of
from tests.closing.test_pdf import pdf_of, text_in
from tests.closing.test_report import text_of
from tests.closing.test_verify import event, hidden, rules
from tests.notices import journeys
from tests.notices.reading import owed
from tests.procedure.story import staff

NASTY = '#include "/etc/passwd" @x $y^2$ \\ `raw` *b* _i_ <script> [ ] { } "q" // /* \x01 ~ \t #{1+1}'


def test_an_internal_note_and_a_telephone_are_not_told(story):
    story.open_case()
    story.case.note("el cliente está muy molesto", by=story.by, at=story.now)
    made_ = closing_document(story.case, story.now)
    assert "molesto" not in text_of(story)
    assert b"molesto" not in made_.history
    assert "0550148" not in text_of(story).replace(" ", "")
    assert b"5550148" not in made_.history


def test_a_correction_of_the_hours_is_shown_although_it_is_internal(story):
    """The affected time turns on it, so it cannot be left out; its prose stays within the operator."""
    story.open_case()
    since = story.now - timedelta(hours=2)
    story.case.complete({"reporter_phone": "+593 2 555 0199"}, by=story.by, at=story.now, affected_since=since)
    said = json.loads(closing_document(story.case, story.now).history)
    assert check(json.dumps(said).encode()).is_sound
    row = event(said, "details_updated")
    assert (row["mark"], "texts" in row) == (2, False)
    assert "5550199" not in json.dumps(said)
    assert "hidden" in rules(hidden(said, "details_updated"))


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
    assert "the objection is upheld" in text_of(story)
    assert check(closing_document(story.case, story.now).history).is_sound


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_an_open_case_says_that_it_is_open(story, language):
    story.open_case()
    with translation.override(language):
        assert closing_document(story.case, story.now).document.banner


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


@pytest.mark.parametrize(
    "words",
    [
        NASTY,
        "palabra " * 1400,
        "x" * 10_000,
        "שלום עולם",
        "日本 😀 no tienen servicio",
        "a\nb\n\nc",
        "-",
        "= título\n- lista",
    ],
)
def test_whatever_was_written_comes_out_as_text(story, words):
    story.open_case()
    story.case.tell(words, by=story.by, at=story.now)
    said = text_in(pdf_of(story))
    expected = re.sub(r"[\s\x01]+", "", words)
    if expected.isascii():
        assert expected in said if len(expected) < 200 else expected[:20] in said
    if words.startswith("x"):
        assert said.count("x") >= 10_000


def test_what_was_written_is_no_markup_on_the_page(story):
    story.open_case()
    story.case.tell("<script>alert(1)</script> & más", by=story.by, at=story.now)
    words = Client().get(address(story)).content.decode()
    assert "&lt;script&gt;alert(1)" in words
    assert "<script>alert" not in words


def test_P7_letter_report_and_page_of_the_case_give_the_same_affected_time(story):
    story.open_case()
    story.seconds_pass(12)  # no whole minute, which each would round in its own way
    journeys.solved_remotely(story)
    letter = words_of(letter_of(owed(story, "closed"))[0])
    with translation.override("en"):
        report = closing_document(story.case, story.now).document.figures[0]
        page = affected_words(story.case, [], story.now)["affected"]
    told = " ".join(report.value.split())
    assert re.fullmatch(r"(\d+ h )?\d+ min \d+ s", told)
    assert f"Affected time: {told}" in " ".join(letter.split())
    assert " ".join(page.split()) == told
