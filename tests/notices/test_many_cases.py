"""A person with news of several cases gets one message that lists them; nobody is flooded, nobody forgotten."""

from copy import copy
from datetime import timedelta

import pytest
from django.db.models.base import ModelState

from guardia.notices import gathering, outbox, packing
from guardia.notices.notice import DeliveredNotice, Delivery, Notice
from guardia.notices.outbox import LETTERS
from guardia.notices.outgoing import notices_of, written
from guardia.notices.packing import pack
from guardia.notices.server_answer import NoServer
from guardia.notices.wording import digest
from guardia.procedure.vocabulary import Impact
from tests.notices.companies import case_of, company_with
from tests.notices.sender import LINKS, Sender
from tests.procedure.story import Story


@pytest.fixture
def letterbox(story, post_office) -> Sender:
    return Sender(post_office, story.now)


def text_to(office, address: str) -> list[str]:
    return [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in office.to(address)]


def cases(story: Story, how_many: int, people: int = 1, impact: Impact = Impact.DEGRADED):
    contacts = company_with(people)
    return contacts, [case_of(story, contacts[0].customer, n, impact) for n in range(how_many)]


# --- one list ---


def test_news_of_several_cases_is_one_message_to_each_person(story, letterbox, post_office):
    contacts, opened = cases(story, 3, people=2)
    assert letterbox.sends() == 2
    for contact in contacts:
        (text,) = text_to(post_office, contact.email)
        for case in opened:
            assert case.display_number in text
            assert case.service.circuit in text
    assert set(Notice.objects.filter(contact__in=contacts).values_list("state", flat=True)) == {"sent"}
    assert DeliveredNotice.objects.count() == 6


def test_a_company_whose_name_ends_with_a_full_stop_ends_its_sentences(story, letterbox, post_office):
    (contact,) = company_with(1)
    contact.customer.name = "Minería Inventada S.A."
    contact.customer.save()
    for number in (0, 1):
        case_of(story, contact.customer, number)
    letterbox.sends()
    (text,) = text_to(post_office, contact.email)
    assert text.count("Minería Inventada S.A. ") == 2
    assert ".." not in text


def test_a_list_of_few_cases_tells_all_that_their_letters_would(story, letterbox, post_office):
    (contact,), _opened = cases(story, 2)
    contact.language = "en"
    contact.save(update_fields=["language"])
    Notice.objects.filter(contact=contact).update(language="en")
    letterbox.sends()
    (text,) = text_to(post_office, contact.email)
    assert "There is news of 2 cases of Cooperativa Andina." in text
    assert text.count("We have registered your report.") == 2
    assert text.count("sin servicio") == 2, "P2: the symptoms"
    assert text.count("(Ecuador time) we will tell you the cause") == 2, "P2: what is next, by when"
    for notice in Notice.objects.filter(contact=contact):
        assert f"event {notice.facts['seq']}, hash {notice.facts['hash'][:32]}" in text


def test_a_long_list_is_short_in_each_line_and_counts_what_it_does_not_list(story, letterbox, post_office, monkeypatch):
    monkeypatch.setattr(digest, "MOST_LISTED", 4)
    (contact,), _opened = cases(story, 7)
    Notice.objects.filter(contact=contact).update(language="en")
    letterbox.sends()
    (text,) = text_to(post_office, contact.email)
    assert text.count("Your case is registered.") == 4
    assert "And 3 more cases" in text
    assert "We have registered your report." not in text
    assert DeliveredNotice.objects.count() == 7, "the others are carried too"
    assert set(Notice.objects.filter(contact=contact).values_list("state", flat=True)) == {"sent"}


def test_the_worst_stands_first_and_what_is_restored_last(story, letterbox, post_office):
    (contact,) = company_with(1)
    mild = case_of(story, contact.customer, 1, Impact.INTERMITTENT)
    worst = case_of(story, contact.customer, 2, Impact.DOWN)
    letterbox.sends()
    (text,) = text_to(post_office, contact.email)
    assert text.index(f"{worst.display_number} ·") < text.index(f"{mild.display_number} ·")


def test_what_customers_write_cannot_become_markup_in_a_list(story, letterbox, post_office):
    (contact,), _opened = cases(story, 2)
    Notice.objects.filter(contact=contact).update(language="en")
    for notice in Notice.objects.filter(contact=contact):
        notice.facts["texts"] = {**notice.facts["texts"], "symptoms": "<script>alert(1)</script>"}
        notice.save(update_fields=["facts"])
    letterbox.sends()
    html = post_office.to(contact.email)[0].get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_one_case_and_one_act_stays_the_letter_it_was(sender, story, post_office):
    sender.sends()
    assert post_office.to(story.head.email)[0]["Subject"].startswith(f"[{story.case.display_number}]")
    assert Delivery.objects.count() == 3


# --- the most urgent first ---


def test_the_most_urgent_leaves_first(story, letterbox, post_office):
    calm, urgent = company_with(1, "Red Calma")[0], company_with(1, "Red Urgente")[0]
    case_of(story, calm.customer, 1)
    story.minutes_pass(1)
    case_of(story, urgent.customer, 2)
    Notice.objects.filter(contact=calm).update(urgency=5)
    Notice.objects.filter(contact=urgent).update(urgency=1)
    letterbox.after(minutes=1).sends()
    assert post_office.recipients == [urgent.email, calm.email]
    assert list(Delivery.objects.order_by("urgency").values_list("address", flat=True)) == post_office.recipients


def test_the_most_urgent_is_packed_first_where_not_all_is_packed_at_once(story, letterbox, monkeypatch):
    monkeypatch.setattr(packing, "CONTACTS_AT_ONCE", 1)
    calm, urgent = company_with(1, "Red Calma")[0], company_with(1, "Red Urgente")[0]
    case_of(story, calm.customer, 1)
    case_of(story, urgent.customer, 2)
    Notice.objects.filter(contact=urgent).update(urgency=1)
    assert pack(story.now, urgent=False) == 1
    assert Notice.objects.get(contact=urgent).state == "packed"
    assert Notice.objects.get(contact=calm).state == "owed"


# --- nobody is flooded ---


def test_after_ten_letters_the_rest_is_gathered_every_three_minutes_and_none_is_lost(story, letterbox, post_office):
    (contact,) = company_with(1)
    case = case_of(story, contact.customer, 1)
    for n in range(40):
        case.tell(f"avance {n}", by=story.by, at=story.now)
        letterbox.now = story.now
        letterbox.sends()
        story.seconds_pass(15)
    for _ in range(16):
        letterbox.after(seconds=15).sends()
    mails = post_office.to(contact.email)
    assert gathering.MOST_LETTERS < len(mails) <= gathering.MOST_LETTERS + 6
    together = " ".join(text_to(post_office, contact.email))
    assert all(f"avance {n}." in together or f"avance {n}" in together for n in range(40))
    assert set(Notice.objects.filter(contact=contact).values_list("state", flat=True)) == {"sent"}


def test_others_are_not_held_up_by_who_gets_much(story, letterbox, post_office, monkeypatch):
    monkeypatch.setattr(packing, "LOOKED_AT", 3)
    much, little = company_with(1, "Red Mucha")[0], company_with(1, "Red Poca")[0]
    case = case_of(story, much.customer, 1)
    for n in range(12):
        case.tell(f"avance {n}", by=story.by, at=story.now)
        letterbox.sends()
    for n in range(5):
        case.tell(f"otro {n}", by=story.by, at=story.now)
    case_of(story, little.customer, 2)
    letterbox.sends()
    assert len(post_office.to(little.email)) == 1


def test_a_heap_of_news_of_one_case_is_one_letter(story, letterbox, post_office):
    (contact,) = company_with(1)
    case = case_of(story, contact.customer, 1)
    for n in range(15):
        story.seconds_pass(1)
        case.tell(f"avance {n}", by=story.by, at=story.now)
    letterbox.now = story.now
    assert letterbox.sends() == 1
    mail = post_office.to(contact.email)[0]
    assert mail["Subject"].startswith(f"[{case.display_number}]")
    assert mail["References"].startswith(f"<case-{case.number}."), "in the conversation of the case"


def test_what_is_owed_while_no_server_answers_joins_the_letter_that_waits(story, letterbox, post_office):
    (contact,) = company_with(1)
    post_office.close()
    case_of(story, contact.customer, 1)
    with pytest.raises(NoServer):
        letterbox.sends()
    for n in range(2, 9):
        story.minutes_pass(10)
        case_of(story, contact.customer, n)
        letterbox.now = story.now
        with pytest.raises(NoServer):
            letterbox.sends()
    assert Delivery.objects.count() == 1
    post_office.open()
    letterbox.after(minutes=1).sends()
    assert len(post_office.to(contact.email)) == 1
    assert set(Notice.objects.filter(contact=contact).values_list("state", flat=True)) == {"sent"}


# --- a storm ---


def test_a_storm_of_3000_notices_is_one_message_per_person(story, letterbox, django_assert_max_num_queries):
    """1,000 cases of 50 companies of three persons each; packed in as many statements as for one."""
    companies = [company_with(3, f"Red {n}") for n in range(50)]
    models = [case_of(story, people[0].customer, n) for n, people in enumerate(companies)]
    for case in models:
        copies(case, 19)
    assert Notice.objects.filter(state="owed").count() == 3000
    with django_assert_max_num_queries(20):
        assert pack(story.now, urgent=False) == 3000
    assert Delivery.objects.count() == 150
    assert set(Delivery.objects.values_list("domain", flat=True)) == {"example.com"}
    assert sorted(DeliveredNotice.objects.values_list("delivery").distinct()) == sorted(
        Delivery.objects.values_list("pk")
    )


def test_letters_and_lists_that_were_leased_together_read_nothing_more(
    story, letterbox, post_office, django_assert_num_queries
):
    one, several = company_with(2, "Red A"), company_with(2, "Red B")
    case_of(story, one[0].customer, 1)
    for n in (2, 3):
        case_of(story, several[0].customer, n)
    pack(story.now, urgent=False)
    leased = outbox.claim(story.now, letterbox.is_seen(), LETTERS)
    assert len(leased) == 4
    written(leased[0], notices_of(leased[0]), story.now, LINKS)  # the procedure and the templates are read once
    with django_assert_num_queries(0):
        letters = [written(each, notices_of(each), story.now, LINKS) for each in leased]
    assert sorted(letter.count(b"X-Guardia-Moment: registered") for letter in letters) == [1, 1, 1, 1]


def copies(case, how_many: int) -> None:
    """More cases of the same company, with the same event and notices."""
    event, owed = case.events.get(seq=1), list(Notice.objects.filter(case=case).order_by("pk"))
    others = [copy_of(case, number=case.number + (n + 1) * 1_000_000) for n in range(how_many)]
    type(case)._base_manager.bulk_create(others)
    events = [copy_of(event, case_id=other.pk) for other in others]
    type(event)._base_manager.bulk_create(events)
    Notice.objects.bulk_create(
        copy_of(notice, case_id=event.case_id, event_id=event.pk) for event in events for notice in owed
    )


def copy_of(row, **own):
    """As it is, with these values of its own, not written yet."""
    copied = copy(row)
    copied._state = ModelState()
    copied.pk = None
    for name, value in own.items():
        setattr(copied, name, value)
    return copied


def test_a_second_worker_packs_nothing_that_the_first_one_packs(story, letterbox):
    cases(story, 3, people=2)
    assert pack(story.now, urgent=False) == 6
    assert pack(story.now + timedelta(seconds=1), urgent=False) == 0
    assert Delivery.objects.count() == 2
