"""What is about no case: told once to each, in its reader's language, in a letter of its own that takes nothing in."""

from datetime import timedelta

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices import announcing
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.notice import Notice, NoticeState
from guardia.procedure import version
from guardia.worker import rounds
from tests.notices.sender import Sender

CHANGES = {"es": ["Causa y plan de solución: 15 minutos (antes: 20 minutos)"], "en": ["Cause: 15 minutes"]}


@pytest.fixture
def announced(sender, story) -> Announcement:
    ruling = version.in_force(story.now)
    facts = {
        "number": 2,
        "code": "PC-EC-02",
        "effective_at": story.now.isoformat(),
        "what_for": "Un diagnóstico más rápido",
        "changes": CHANGES,
    }
    with behind(DatabaseRole.STAFF):
        made = announcing.announce(AnnouncementKind.PROCEDURE, "2", ruling, facts, by=None, at=story.now)
        assert announcing.announce(AnnouncementKind.PROCEDURE, "2", ruling, {}, by=None, at=story.now) == made
    with behind(DatabaseRole.WORKER):
        rounds.tell_more(story.now)
    return made


def letters(sender: Sender) -> list:
    return [mail for mail in sender.office.mails if "PC-EC-02" in mail["Subject"]]


def test_each_contact_with_a_mailbox_gets_one_letter(sender, announced):
    sender.sends()
    reached = set(Contact.objects.exclude(email="").filter(active=True).values_list("email", flat=True))
    assert sorted(mail["To"].addresses[0].addr_spec for mail in letters(sender)) == sorted(reached)
    said = letters(sender)[0].get_body(("plain",)).get_content()
    assert "15 minutos" in said
    assert "Un diagnóstico más rápido" in said
    sender.now += timedelta(minutes=20)
    sender.sends()
    assert len(letters(sender)) == len(reached), "once"


def test_who_has_no_mailbox_is_a_visible_row(sender, announced):
    sender.sends()
    without = Notice.objects.filter(announcement=announced, contact__email="")
    assert without.exists()
    assert set(without.values_list("state", flat=True)) == {NoticeState.SUPPRESSED}


def test_it_goes_with_no_news_of_a_case_and_takes_none_in(sender, announced, story):
    """A letter of a case that waits for long takes in what is owed meanwhile; one of this kind never does."""
    sender.sends()
    cases = {mail["Subject"] for mail in sender.office.mails} - {mail["Subject"] for mail in letters(sender)}
    assert cases
    assert all(
        "PC-EC-02" not in mail.get_body(("plain",)).get_content()
        for mail in sender.office.mails
        if mail["Subject"] in cases
    )


def test_the_reader_s_language(sender, story):
    Contact.objects.all().update(language="en")
    ruling = version.in_force(story.now)
    facts = {"number": 2, "code": "PC-EC-02", "effective_at": story.now.isoformat(), "what_for": "", "changes": CHANGES}
    with behind(DatabaseRole.WORKER):
        announcing.announce(AnnouncementKind.PROCEDURE, "2", ruling, facts, by=None, at=story.now)
        rounds.tell_more(story.now)
    sender.sends()
    mail = letters(sender)[0]
    assert "Cause: 15 minutes" in mail.get_body(("plain",)).get_content()
    assert mail["Content-Language"] == "en"


def test_a_company_that_left_is_not_told(sender, story):
    Customer.objects.update(active=False)
    facts = {"number": 2, "code": "PC-EC-02", "effective_at": story.now.isoformat(), "changes": {}}
    with behind(DatabaseRole.WORKER):
        made = announcing.announce(
            AnnouncementKind.PROCEDURE, "2", version.in_force(story.now), facts, by=None, at=story.now
        )
        assert rounds.tell_more(story.now) == 0
    made.refresh_from_db()
    assert made.told_at == story.now


def test_it_goes_on_where_a_step_ended(sender, story, monkeypatch):
    monkeypatch.setattr(announcing, "AT_ONCE", 1)
    facts = {"number": 2, "code": "PC-EC-02", "effective_at": story.now.isoformat(), "changes": {}}
    with behind(DatabaseRole.WORKER):
        made = announcing.announce(
            AnnouncementKind.PROCEDURE, "2", version.in_force(story.now), facts, by=None, at=story.now
        )
        while rounds.tell_more(story.now):
            pass
    told = Notice.objects.filter(announcement=made).values_list("contact_id", flat=True)
    assert sorted(told) == sorted(Contact.objects.filter(active=True).values_list("pk", flat=True))
