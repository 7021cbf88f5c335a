"""``/escalamientos/``: what is open, who answers, what comes next; and what ended last."""

from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.conftest import words

PAGE = "/escalamientos/"
HTMX = {"hx-request": "true"}


def test_an_empty_list_says_how_an_escalation_begins(story, engineer):
    assert "No escalation is open." in words(engineer.get(PAGE))


def test_each_open_one_with_level_case_company_and_next_step(story, engineer):
    story.open_case_and_breach()
    page = words(engineer.get(PAGE))
    assert "1 open · 1 without an answer" in page
    for said in ("Level 1", "Banco Austral", story.case.display_number, "nobody has acknowledged", "next level at"):
        assert said in page


def test_the_poll_is_304_until_somebody_answers(story, engineer):
    story.open_case_and_breach()
    tag = engineer.get(f"{PAGE}?vivo=1", headers=HTMX).headers["HX-PTag"]
    assert engineer.get(f"{PAGE}?vivo=1", headers=HTMX | {"hx-ptag": tag}).status_code == 304
    story.case.acknowledge(story.supervisor, by=story.by, at=story.now)
    live = engineer.get(f"{PAGE}?vivo=1", headers=HTMX | {"hx-ptag": tag})
    assert live.status_code == 200
    assert "Supervisora 1, since" in words(live)
    assert "if nothing moves" in words(live)
    assert "<html" not in words(live)


def test_what_has_ended_stands_below_with_who_answered(story, engineer):
    story.open_case_and_breach()
    story.case.acknowledge(story.supervisor, by=story.by, at=story.now)
    story.minutes_pass(1)
    story.now = story.case.latest(Moment.ACKNOWLEDGED).recorded_at
    story.diagnosis("visit")
    page = words(engineer.get(PAGE))
    assert "No escalation is open." in page
    below = page.partition("The last ones that ended")[2]
    assert "Banco Austral" in below
    assert "Supervisora 1" in below
    assert "ended" in below
