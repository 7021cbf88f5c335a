"""E: the desk shows to whom a page went, by which ways, and what the other end said; never a secret of a way."""

from html import unescape

import pytest

from guardia.notices.notice import Delivery, Notice, NoticeState
from guardia.notices.packing import pack_pages
from guardia.people.staff import Staff
from tests.desk.conftest import words
from tests.procedure.nights import Night

SECRET = "tgram://123456789:topsecret/42"


@pytest.fixture
def paged(story) -> Night:
    """One supervisor is reached by mail and not by the messenger, the other one by nothing."""
    night = Night(story)
    Staff.objects.filter(pk=night.one.pk).update(channels=[SECRET])
    story.open_case()
    story.case.escalate("el cliente insiste", by=story.by, at=story.now)
    pack_pages(story.now)
    for delivery in Delivery.objects.filter(urgent=True):
        is_reached = delivery.address == "supervisor-a@example.com"
        delivery.state, delivery.settled_at = ("accepted" if is_reached else "expired"), story.now
        delivery.answer = "250 2.0.0 Ok" if is_reached else "Telegram: error=403"
        delivery.attempts = 3
        delivery.save()
    Notice.objects.filter(staff=night.one, moment="paged").update(state=NoticeState.SENT)
    Notice.objects.filter(staff=night.other, moment="paged").update(state=NoticeState.FAILED, reason="expired")
    return night


def page(engineer, story, tab: str = "") -> str:
    return unescape(words(engineer.get(f"/casos/{story.number}/?bitacora={tab or 'todo'}")))


def test_E_who_was_paged_stands_beside_the_customers_contacts(paged, story, engineer):
    told = page(engineer, story).partition('id="who-was-told"')[2].partition("</section>")[0]
    assert "Notified of the case: 3 contacts" in told
    assert told.index("Jefe de Sistemas") < told.index("<dt>supervisor-a")
    after = told.partition("<dt>supervisor-a")[2].partition("<dt>")[0]
    assert "mail" in after
    assert "delivered" in after
    assert "tgram not delivered" in after


def test_E_a_page_that_reached_nobody_warns(paged, story, engineer):
    told = page(engineer, story).partition('id="who-was-told"')[2].partition("</section>")[0]
    failed = told.partition("supervisora-b")[2].partition("</dd>")[0]
    assert 'class="warned"' in failed


def test_E_the_log_of_notices_tells_each_way_with_its_answer_and_no_secret(paged, story, engineer):
    log = page(engineer, story, "avisos")
    assert "supervisor-a@example.com" in log
    assert "(250 2.0.0 Ok)" in log
    assert "not delivered: Telegram: error=403" in log
    assert "tgram://…" in log
    assert "topsecret" not in log


def test_E_somebody_without_any_way_is_named_with_the_reason(paged, story, engineer):
    Notice.objects.filter(staff=paged.other).update(state=NoticeState.SUPPRESSED, reason="no_address")
    assert "supervisora-b: not sent: no address for a page" in page(engineer, story, "avisos")
