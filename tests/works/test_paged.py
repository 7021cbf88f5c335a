"""Whoever is paged because a work overran reads which, since when, what is asked; and that it is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation import signed_links
from guardia.notices.notice import Notice
from guardia.notices.page import facts_of
from guardia.notices.wording.page_alarm import alarm, alarm_over
from tests.procedure.story import rota

HOUR = timedelta(hours=1)


@pytest.fixture
def late(night, story):
    """Since an hour; the supervisor holds level 1."""
    story.now = now()
    rota(1, story.supervisor, story.now)
    begin = story.now - 5 * HOUR
    night.at(begin - HOUR)
    night.announce("urgente", starts_at=begin, ends_at=begin + 4 * HOUR)
    night.at(now())
    night.the_worker_looks()
    return night


def page_of(moment: str) -> Notice:
    return Notice.objects.select_related("alarm", "staff", "case").get(moment=moment)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_page_names_the_work_and_since_when(late, language):
    notice, number = page_of("alarm"), late.work.display_number
    with translation.override(language):
        page = alarm(facts_of(notice, late.now), "https://guardia.example.com/responder/x")
    assert number in page.subject
    assert number in page.headline
    assert page.ask


def test_the_link_of_the_page_says_so_and_takes_one_tap(late):
    browser = Client(headers={"accept-language": "en"})
    notice = page_of("alarm")
    notice.staff.language = "en"
    Notice.objects.filter(pk=notice.pk).update(language="en")
    address = f"/responder/{signed_links.answer_token(notice.pk)}"
    said = browser.get(address).content.decode()
    assert "A planned work overran" in said
    assert f"{late.work.display_number} was due to end at" in said
    with behind(DatabaseRole.STAFF):
        assert browser.post(address).status_code == 303
        assert "has been handling it since" in browser.get(address).content.decode()


def test_that_it_is_over_is_told_to_whoever_was_paged(late):
    late.end()
    page = alarm_over(facts_of(page_of("alarm_ended"), late.now))
    assert page.subject == f"Planned work {late.work.display_number} is over"
    assert any("ingeniero1" in value for _label, value in page.rows)
