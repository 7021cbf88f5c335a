"""P7 D: the page of a closed case offers to open it again, says until when and what counts, and does so once."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from guardia.config.now import now
from guardia.procedure.vocabulary import Moment
from guardia.reports import report_history
from tests.portal.conftest import Portal
from tests.procedure import story as stories
from tests.procedure.story import Story

DAYS = 3


@pytest.fixture
def closed(as_staff, monkeypatch) -> Story:
    """Closed some days ago."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(days=DAYS))
    told = Story()
    type(told.head).objects.filter(pk=told.head.pk).update(language="en")
    told.head.refresh_from_db()
    told.open_case()
    told.goes_to_the_closing()
    return told


@pytest.fixture
def portal(closed, telephone) -> Portal:
    return Portal(closed, closed.head, telephone)


def an_hour_ago(story) -> str:
    return (now() - timedelta(hours=1)).astimezone(ZoneInfo(story.case.zone)).strftime("%Y-%m-%dT%H:%M")


def test_the_closed_case_offers_it_with_its_limit_and_what_counts(portal):
    page = portal.page()
    assert 'id="reabrir"' in page
    assert "you may reopen this case before" in page
    assert "Only the time without service counts" in page
    assert "/mi-empresa/pedir?servicio=" in page


def test_one_press_opens_it_and_a_second_finds_it_done(portal, closed):
    number = portal.number()
    for _each in range(2):
        answer = portal.press("reabrir", number, texto="no navega", desde=an_hour_ago(closed))
        assert answer.status_code == 303
    event = closed.case.events.get(moment=Moment.RELAPSED)
    assert (event.variant, event.actor_id) == ("reopened", closed.head.pk)
    assert event.data["affected_since"][:13] == (now() - timedelta(hours=1)).isoformat()[:13]
    assert closed.case.stage == "diagnosis"
    page = portal.page("?hecho=reabrir")
    assert "Your case is open again" in page
    assert 'id="reabrir"' not in page


def test_without_an_hour_it_counts_from_now(portal, closed):
    portal.press("reabrir", texto="no navega", desde="")
    assert "affected_since" not in closed.case.events.get(moment=Moment.RELAPSED).data


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"texto": " "}, "what fails again"),
        ({"texto": "x", "desde": "ayer"}, "The time is missing"),
        ({"texto": "x", "desde": "2020-01-01T10:00"}, "The service was restored at"),
        ({"texto": "x", "desde": "2090-01-01T10:00"}, "has not come yet"),
    ],
)
def test_what_is_refused_comes_back_with_what_was_written(portal, closed, sent, words):
    answer = portal.press("reabrir", **sent)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert words in said
    assert f'value="{sent["desde"]}"' in said if "desde" in sent else True
    assert closed.case.closed_at


def test_after_the_days_of_the_procedure_it_says_so_and_leads_to_a_new_fault(portal, closed):
    type(closed.case).objects.filter(pk=closed.case.pk).update(closed_at=now() - timedelta(days=31))
    page = portal.page()
    assert "for this one, until" in page
    assert 'id="acto-reabrir"' not in page
    assert portal.press("reabrir", texto="no navega").status_code == 422


def test_the_link_of_the_first_report_says_that_there_is_a_later_one(portal, closed, telephone):
    link = f"/c/informe/{report_history.token(closed.bank.pk, closed.case.pk, closed.head.pk)}"
    assert "edition" not in telephone.get(link).content.decode()
    portal.press("reabrir", texto="no navega")
    assert "The case was opened again after edition 1" in telephone.get(link).content.decode()
    closed.now = now()
    closed.test_shows("pérdida 100 %")
    closed.test_shows("corte a 1,2 km", name="OTDR")
    closed.case.recover("volvió", by=closed.by, at=closed.now)
    closed.customer_confirms()
    closed.window_is_green()
    closed.case.stabilise(by=closed.by, at=closed.now)
    closed.case.close("fibra", "empalme", by=closed.by, at=closed.now)
    said = telephone.get(link).content.decode()
    assert "This is edition 2 of the closing report. It replaces edition 1." in said
    assert "no navega" in said
