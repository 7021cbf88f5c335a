"""A story with a carrier whose mails go out to a real SMTP server, and whose answers come in as raw bytes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from guardia.carriers import ticket_verbs
from guardia.carriers.carrier import Carrier, save_carrier
from guardia.carriers.ticket import CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import Opening, Said
from guardia.cases.verbs import Event
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.mailin.conftest import _mail_comes_back_to_us, house
from tests.notices.conftest import as_staff, post_office
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender
from tests.procedure import story as stories
from tests.procedure.story import Story

__all__ = ["_mail_comes_back_to_us", "as_staff", "house", "post_office"]

NOC = "noc@carrier.example.com"


class Desk:
    """What the desk does with tickets, at the story's hour."""

    def __init__(self, story: Story, carrier: Carrier) -> None:
        self.story, self.carrier = story, carrier

    def opens(self, **more) -> CarrierTicket:
        fields = {"carrier": self.carrier, "symptoms": "sin luz en el puerto", "circuit": "TN-4471", **more}
        event = ticket_verbs.open_ticket(self.story.case, Opening(**fields), by=self.story.by, at=self.story.now)
        return CarrierTicket.objects.get(pk=event.data["ticket"])

    def opens_and_waits(self, **more) -> CarrierTicket:
        """The customer's clock waits; asked again after half an hour."""
        why = {"reason": "corte en la red del tercero", "proof": "correo de las 02:10"}
        return self.opens(waits=True, again_at=self.story.now + timedelta(minutes=30), **why, **more)

    def takes_down(self, ticket: CarrierTicket, state: TicketState = TicketState.IN_PROGRESS, **more) -> Event:
        there = self.there(ticket)
        return ticket_verbs.take_down(there, Said(state, **more), by=self.story.by, at=self.story.now)

    def asks(self, ticket: CarrierTicket, words: str = "") -> Event:
        return ticket_verbs.ask_for_news(self.there(ticket), words, by=self.story.by, at=self.story.now)

    def there(self, ticket: CarrierTicket) -> CarrierTicket:
        return ticket_verbs.ticket_in(self.story.case, ticket)


@pytest.fixture
def story(as_staff) -> Story:
    told = Story()
    told.open_case()
    return told


@pytest.fixture
def tonight(as_staff, monkeypatch) -> Story:
    """The same at the present hour, for whoever looks at screens."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
    told = Story()
    told.open_case()
    return told


def a_carrier(at, **more) -> Carrier:
    fields = {"name": "Transporte Norte", "mailbox": NOC, "answer_minutes": "30", "restore_minutes": "240", **more}
    return save_carrier(Carrier(), fields, at=at)


@pytest.fixture
def desk(story) -> Desk:
    return Desk(story, a_carrier(story.now))


@pytest.fixture
def sender(post_office: PostOffice, story) -> Sender:
    return Sender(post_office, story.now)


@pytest.fixture
def sign_in() -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff)
        return client

    return signed_in
