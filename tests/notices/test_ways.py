"""By which ways a contact is reached, and the short text that goes to a telephone."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from guardia.customers.contact import Contact, ContactWay
from guardia.notices import recipients, short
from guardia.notices.address_marks import AddressMark
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery, Notice
from guardia.notices.page import Pager
from guardia.notices.recipients import Way, addresses_of, independent, marked, url_for
from tests.notices import journeys
from tests.notices.reading import owed
from tests.procedure.story import TWO_IN_THE_MORNING

MOBILE = "+593995550111"
ELSEWHERE = "jefe.de.sistemas@example.org"


@pytest.fixture(autouse=True)
def gateways(settings) -> None:
    settings.SMS_URL = "json://key:secret@gateway.example.com/{number}"
    settings.WHATSAPP_URL = "whatsapp://token@from/template?to={number}"


@pytest.fixture
def head(story) -> Contact:
    Contact.objects.filter(pk=story.head.pk).update(email_independent=False)
    story.head.refresh_from_db()
    return story.head


def way(contact: Contact, kind: str, address: str, **more) -> ContactWay:
    return ContactWay.objects.create(
        customer_id=contact.customer_id, contact=contact, kind=kind, address=address, **more
    )


def fresh(contact: Contact) -> Contact:
    return Contact.objects.prefetch_related("ways").get(pk=contact.pk)


def mark(contact: Contact, channel: str, address: str) -> None:
    AddressMark.objects.create(
        customer_id=contact.customer_id,
        channel=channel,
        address=address,
        reason="bounced",
        marked_at=TWO_IN_THE_MORNING,
    )


MAILBOX = Way(Channel.MAIL, "jefe@example.com")


def test_in_their_order_the_mailbox_first(head):
    way(head, "whatsapp", MOBILE, position=2)
    way(head, "sms", MOBILE, position=1)
    way(head, "mail", ELSEWHERE, position=3)
    way(head, "voice", "+593725550148")
    assert addresses_of(fresh(head), down=False) == [
        MAILBOX,
        Way(Channel.SMS, MOBILE),
        Way(Channel.WHATSAPP, MOBILE),
        Way(Channel.MAIL, ELSEWHERE),
    ]


def test_down_the_mailbox_which_is_the_record_and_every_independent_way(head):
    way(head, "sms", MOBILE)
    way(head, "mail", ELSEWHERE)
    way(head, "whatsapp", MOBILE, independent=False)
    assert addresses_of(fresh(head), down=True) == [MAILBOX, Way(Channel.SMS, MOBILE), Way(Channel.MAIL, ELSEWHERE)]
    assert independent(fresh(head)) == [Way(Channel.SMS, MOBILE), Way(Channel.MAIL, ELSEWHERE)]


def test_a_mailbox_read_without_the_service_is_independent(head):
    assert independent(fresh(head)) == []
    Contact.objects.filter(pk=head.pk).update(email_independent=True)
    assert independent(fresh(head)) == [MAILBOX]


def test_what_is_marked_is_left_out_until_it_is_cleared(head, story):
    way(head, "sms", MOBILE)
    mark(head, "mail", "jefe@example.com")
    assert addresses_of(fresh(head), down=False) == [Way(Channel.SMS, MOBILE)]
    AddressMark.objects.update(cleared_at=story.now)
    assert addresses_of(fresh(head), down=False)[0] == MAILBOX


def test_the_mark_of_another_company_or_channel_says_nothing(head, story):
    way(head, "sms", MOBILE)
    mark(story.stranger, "mail", "jefe@example.com")
    mark(head, "whatsapp", MOBILE)
    assert addresses_of(fresh(head), down=False) == [MAILBOX, Way(Channel.SMS, MOBILE)]


def test_down_with_nothing_else_left_the_dependent_way_goes(head):
    way(head, "sms", MOBILE, independent=False)
    mark(head, "mail", "jefe@example.com")
    assert addresses_of(fresh(head), down=True) == [Way(Channel.SMS, MOBILE)]


def test_nowhere_to_go(head, story):
    assert addresses_of(fresh(story.mute), down=True) == []
    assert addresses_of(fresh(story.former), down=False) == []


def test_without_a_gateway_there_is_no_such_channel(head, settings):
    way(head, "sms", MOBILE)
    settings.SMS_URL = ""
    assert addresses_of(fresh(head), down=True) == [MAILBOX]
    assert url_for("sms", MOBILE) is None


def test_marks_and_ways_of_many_contacts_are_asked_for_once(head, story, django_assert_num_queries):
    for contact in (story.head, story.desk, story.manager):
        way(contact, "sms", MOBILE)
    with django_assert_num_queries(3):
        people = list(Contact.objects.filter(customer=story.bank).order_by("pk").prefetch_related("ways"))
        marks = marked(people)
        assert sum(len(addresses_of(person, down=True, marks=marks)) for person in people) == 6


def test_the_address_with_its_secrets_is_put_together_when_it_leaves():
    assert url_for("sms", MOBILE) == "json://key:secret@gateway.example.com/%2B593995550111"
    assert url_for("whatsapp", MOBILE) == "whatsapp://token@from/template?to=%2B593995550111"
    assert url_for(Channel.MAIL, "jefe@example.com") is None


def test_a_gateway_gets_the_number_and_the_text_without_a_title(gateway, story, settings):
    settings.SMS_URL = gateway.url("{number}")
    story.open_case()
    message = short.render(Delivery(channel="sms", address=MOBILE), [owed(story, "registered", story.head)], story.now)
    answer = Pager(2).send(url_for("sms", MOBILE) or "", message.as_bytes())
    assert answer.verdict.name == "ACCEPTED"
    ((path, page),) = gateway.pages
    assert path in (f"/{MOBILE}", "/%2B593995550111")
    assert page["title"] == ""
    assert story.case.display_number in page["message"]


@pytest.mark.parametrize("name", ["SMS_URL", "WHATSAPP_URL"])
def test_a_gateway_that_names_no_number_is_refused_when_it_is_switched_on(name, monkeypatch):
    import importlib

    from guardia.config import settings as ours

    monkeypatch.setenv(name, "json://gateway.example.com/")
    with pytest.raises(ImproperlyConfigured, match=name):
        importlib.reload(ours)
    monkeypatch.delenv(name)
    importlib.reload(ours)


# --- the short text ---


def said(*notices: Notice, language: str = "es", now=None) -> str:
    for notice in notices:
        notice.language = language
    with translation.override(language):
        return short.text_of(short.facts_of(notices, now or notices[-1].owed_at))


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_every_news_fits_into_two_sms_and_tells_nothing_to_a_wrong_hand(story, language):
    journeys.everything_happens(story)
    for journey in (journeys.it_recovers, journeys.it_is_withdrawn, journeys.a_time_is_disputed):
        journey(story)
    notices = journeys.notices_to(story.desk)
    assert {notice.moment for notice in notices} >= {"registered", "diagnosed", "departed", "closed", "news_sent"}
    for notice in notices:
        text = said(notice, language=language)
        assert short.gsm_length(text) <= 300, text
        assert short.in_gsm(text) == text
        assert notice.facts["number"] in text
        assert "1800-400404" in text
        for secret in ("Banco Austral", "ENL-0042", "Jefe de Sistemas", "fibra", "empalm", "agencia matriz"):
            assert secret not in text, text
        assert "%" not in text
        assert "None" not in text


def test_it_says_what_is_next_by_when_and_whom_to_call(story):
    story.open_case()
    text = said(owed(story, "registered"), language="en")
    assert text.startswith(f"Cirion Ecuador, case {story.case.display_number}. No service in Cuenca: ")
    assert "Before 02:23 (Ecuador time) we will tell you the cause" in text
    assert text.endswith("Please call 1800-400404 or (02) 4005080.")


def test_it_never_promises_a_past_hour_and_says_of_what_hour_it_speaks(story):
    story.open_case()
    notice = owed(story, "registered")
    text = said(notice, language="en", now=story.now + timedelta(hours=3))
    assert "Before" not in text
    assert "As of at 02:03." in text


def test_several_cases_of_a_person_are_one_message(story):
    notices = []
    for _ in range(9):
        story.now += timedelta(minutes=1)
        story.case_is_registered(symptoms=f"caída {story.now}")
        notices.append(owed(story, "registered"))
    text = said(*notices, language="en")
    assert text.startswith("Cirion Ecuador: there is news of 9 cases: ")
    assert "and 4 more." in text
    assert short.gsm_length(text) <= 300


def test_a_long_name_shortens_what_matters_least(story):
    story.open_case()
    notice = owed(story, "registered")
    notice.facts = json.loads(json.dumps(notice.facts)) | {"city": "San Miguel de los Bancos de " * 5}
    text = said(notice)
    assert short.gsm_length(text) <= 300
    assert notice.facts["number"] in text
    assert "1800-400404" in text


def test_signs_that_no_telephone_lacks():
    assert short.in_gsm("está – “año” €5… São João\u00a0ç") == 'esta - "año" €5... Sao Joao c'
    assert short.gsm_length("a€[") == 5
    assert {Channel.SMS, Channel.WHATSAPP} == recipients.SHORT
