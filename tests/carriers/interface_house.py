"""A desk and a worker with a carrier whose interface is a stand-in, at the hour of a story."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from guardia.carriers import carrier_rounds
from guardia.carriers.carrier_connection import CarrierConnection, save_connection
from guardia.carriers.carrier_message import CarrierMessage
from guardia.carriers.ticket import CarrierTicket
from guardia.cases import chain, derived
from guardia.notices import leases
from tests.carriers.conftest import Desk, a_carrier
from tests.carriers.stand_in import KEY, StandIn
from tests.notices.sender import worker_step


@pytest.fixture(autouse=True)
def here_may_be_reached() -> Iterator[None]:
    with override_settings(EGRESS_LOOPBACK=True, PUBLIC_URL="https://guardia.example.com/"):
        yield


@pytest.fixture
def seller() -> Iterator[StandIn]:
    one = StandIn()
    yield one
    one.close()


class House:
    """The desk, and a worker that sends and asks at the story's hour."""

    def __init__(self, story, seller: StandIn, **fields: str) -> None:
        self.story, self.seller = story, seller
        self.carrier = a_carrier(story.now)
        given = {"url": seller.url, "key": KEY, **fields}
        self.interface = save_connection(self.carrier, given, at=story.now)
        self.desk = Desk(story, self.carrier)
        self.number = leases.seen(story.now, None)

    def turn(self, timeout: float = 5.0) -> carrier_rounds.Turn:
        leases.seen(self.story.now, self.number)
        return carrier_rounds.Turn(worker_step, lambda: self.story.now, self.number, timeout=timeout)

    def sends(self, timeout: float = 5.0) -> int:
        return carrier_rounds.send_due(self.turn(timeout))

    def asks(self) -> int:
        return carrier_rounds.ask_due(self.turn())

    def opened(self, **more) -> CarrierTicket:
        """A ticket that is known there, asked about once."""
        ticket = self.desk.opens(**more)
        self.sends()
        self.asks()
        return self.there(ticket)

    def opened_and_waits(self) -> CarrierTicket:
        ticket = self.desk.opens_and_waits()
        self.sends()
        self.asks()
        return self.there(ticket)

    def later(self, minutes: int = 2) -> None:
        self.story.minutes_pass(minutes)

    def there(self, ticket: CarrierTicket) -> CarrierTicket:
        return self.desk.there(ticket)

    def message(self, ticket: CarrierTicket) -> CarrierMessage:
        return CarrierMessage.objects.filter(ticket=ticket).order_by("pk").last()

    def trouble(self) -> str:
        return CarrierConnection.objects.get(carrier=self.carrier).trouble


@pytest.fixture
def house(story, seller) -> House:
    return House(story, seller)


def findings() -> list[str]:
    return [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())]
