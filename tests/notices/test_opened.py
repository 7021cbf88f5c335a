"""The links of a letter name the message that they stand in: once one is opened, that message has arrived."""

import re

import pytest
from django.test import Client

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.notice import Delivery
from guardia.notices.sending import Post, send_due
from guardia.worker.posting import LINKS, company_address
from tests.notices.sender import Sender, delivery_to, worker_step
from tests.procedure.story import contact

WHO_ANSWERS, ESCALATE = "/c/quien-responde/", "/escalar/"


@pytest.fixture
def letters(sender: Sender, story, post_office):
    """The letters of the registration, with the links that the worker puts into them."""
    post = Post(worker_step, lambda: sender.now, sender.is_seen(), LINKS)
    with post_office.outlet() as outlet:
        send_due(outlet, post)
    return post_office


def link_in(letters, to: Contact, path: str) -> str:
    text = letters.to(to.email)[0].get_body(("plain",)).get_content()
    found = re.search(rf"({path}\S+)", text)
    assert found, text
    return found[1]


def opens(link: str, method: str = "get") -> int:
    status = getattr(Client(), method)(link).status_code
    with behind(DatabaseRole.STAFF):
        return status


@pytest.mark.parametrize("path", [WHO_ANSWERS, ESCALATE])
def test_the_first_time_counts_and_the_page_is_shown(letters, story, path):
    link = link_in(letters, story.head, path)
    assert delivery_to(story.head).opened_at is None
    assert opens(link) == 200
    first = delivery_to(story.head).opened_at
    assert first is not None
    assert opens(link) == 200
    assert delivery_to(story.head).opened_at == first
    assert delivery_to(story.desk).opened_at is None


def test_who_asks_only_whether_it_is_there_has_not_opened_it(letters, story):
    opens(link_in(letters, story.head, ESCALATE), "head")
    assert delivery_to(story.head).opened_at is None


def test_a_link_opens_no_message_of_another_contact_or_company(letters, story):
    theirs = link_in(letters, story.head, ESCALATE).partition("?")[0]
    assert opens(f"{theirs}?por={delivery_to(story.desk).pk}") == 200
    other = Customer.objects.create(name="Otra empresa", folded_name="otra empresa")
    contact(other, "Persona", "persona@example.org", "es")
    address = company_address(other.pk, delivery_to(story.head).pk)
    assert opens(address[address.index(WHO_ANSWERS) :]) == 200
    assert not Delivery.objects.exclude(opened_at=None).exists()


@pytest.mark.parametrize("named", ["", "0", "-1", "x", "٣", "9" * 18, "9" * 40, "1%00"])
def test_what_names_no_message_shows_the_page_all_the_same(letters, story, named):
    link = link_in(letters, story.head, ESCALATE).partition("?")[0]
    assert opens(f"{link}?por={named}") == 200
    assert not Delivery.objects.exclude(opened_at=None).exists()
