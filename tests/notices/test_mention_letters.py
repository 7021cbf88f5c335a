"""A note that names a colleague reaches that person by mail and messenger too, through the one outbox."""

import pytest
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import holding
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.page import Pager
from guardia.notices.sending import Post, send_due
from guardia.people.rehearsal import NamedList
from guardia.people.staff import Staff
from guardia.web.desk.case_page.notices import notice_lines, recipients_of
from guardia.worker.posting import note_address
from tests.notices.sender import Sender, link, worker_step

WORDS = "@ingeniero2 ¿miras el enlace de Cuenca?"


@pytest.fixture
def colleague(story) -> Staff:
    with behind(DatabaseRole.STAFF):
        Staff.objects.filter(pk=story.colleague.pk).update(email="ingeniero2@example.com", language="en", channels=[])
        Staff.objects.filter(pk=story.engineer.pk).update(email="ingeniero1@example.com")
        story.open_case()
    return Staff.objects.get(pk=story.colleague.pk)


def noted(story, words: str = WORDS) -> Notice | None:
    with behind(DatabaseRole.STAFF):
        story.case.note(words, by=story.by, at=story.now)
    return Notice.objects.filter(moment="noted").first()


def leaves(story, office) -> int:
    """One round of both loops that carry what is for the operator's people."""
    sender = Sender(office, story.now)
    post = Post(worker_step, lambda: story.now, sender.is_seen(), Links(link, note=note_address), lambda: False)
    with office.outlet() as outlet:
        return send_due(outlet, post, PAGES_BY_MAIL) + send_due(Pager(5), post, PAGES_BY_APPRISE)


def test_who_is_named_gets_a_mail_with_the_words_and_the_way_to_the_case(story, colleague, post_office):
    noted(story)
    assert leaves(story, post_office) == 1
    (mail,) = post_office.to("ingeniero2@example.com")
    text, markup = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert mail["Subject"] == f"[{story.case.display_number}] {story.engineer.name} mentions you"
    assert WORDS in text
    assert f"/casos/{story.case.display_number}/#evento-" in text.replace("\n", "")
    assert "See the case" in markup
    assert "Open and answer" not in markup
    assert mail["Importance"] is None, "nobody is woken for it"
    assert {one.address for one in Delivery.objects.filter(urgent=True)} == {"ingeniero2@example.com"}


def test_it_goes_to_the_messenger_of_the_person_and_opens_no_incident(story, colleague, post_office, gateway):
    with behind(DatabaseRole.STAFF):
        channels = [gateway.url("movil"), "pagerduty://clave-de-integracion@clave-api/"]
        Staff.objects.filter(pk=colleague.pk).update(email="", channels=channels)
    noted(story)
    leaves(story, post_office)
    (message,) = gateway.to("movil")
    assert WORDS in message
    assert message.splitlines()[0].endswith("mentions you")
    assert f"/casos/{story.case.display_number}/" in message
    assert Delivery.objects.filter(channel="apprise").count() == 1


@pytest.mark.parametrize("words", ["@ingeniero1 recuerda", "sin nombre", "@nadie"])
def test_nobody_is_told_of_what_they_wrote_themselves_nor_of_other_notes(story, colleague, words):
    assert noted(story, words) is None


def test_pressed_twice_it_is_one_message(story, colleague):
    noted(story)
    noted(story)
    assert Notice.objects.filter(moment="noted").count() == 1


def test_who_has_no_way_is_not_told_and_that_stays_on_record(story, colleague, post_office):
    with behind(DatabaseRole.STAFF):
        Staff.objects.filter(pk=colleague.pk).update(email="", channels=[])
    noted(story)
    assert leaves(story, post_office) == 0
    assert list(Notice.objects.filter(moment="noted").values_list("state", "reason")) == [("suppressed", "no_address")]


@pytest.mark.parametrize("is_named", [False, True])
def test_in_a_rehearsal_it_leaves_to_the_list_alone(story, colleague, post_office, is_named):
    with behind(DatabaseRole.STAFF):
        people = (colleague.pk,) if is_named else ()
        holding.begin(NamedList(people=people), by=story.supervisor, at=story.now)
    noted(story)
    leaves(story, post_office)
    assert [mail["Subject"].startswith("[Rehearsal] ") for mail in post_office.to(colleague.email)] == [True] * is_named
    assert Notice.objects.get(moment="noted").state == ("sent" if is_named else "held")


def test_the_desk_lists_it_in_the_log_and_not_among_those_told_of_the_case(story, colleague, post_office):
    noted(story)
    leaves(story, post_office)
    notices = list(Notice.objects.select_related("contact", "staff", "case").prefetch_related("deliveries"))
    assert colleague.name not in [row["name"] for row in recipients_of(notices, story.now)]
    with translation.override("en"):
        (line,) = (row for row in notice_lines(notices, story.now) if colleague.name in row["words"])
    assert line["name"] == "Internal note"
