"""A receiver on this machine, which only a test may be sent to, and who sends to it at the hour of a story."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import override_settings

from guardia.notices import leases
from guardia.webhooks import editing, sending
from guardia.webhooks.subscription import WebhookDelivery, WebhookSubscription
from tests.notices.sender import worker_step
from tests.procedure.story import Story
from tests.webhooks.receiver import Receiver


@pytest.fixture(autouse=True)
def here_may_be_reached() -> Iterator[None]:
    with override_settings(EGRESS_LOOPBACK=True, PUBLIC_URL="https://guardia.example.com/"):
        yield


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


class Following:
    """Subscriptions to a story's cases, and a worker that sends at the story's hour."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.secrets: dict[int, str] = {}
        self.sender = leases.seen(story.now, None)

    def follow(self, receiver: Receiver, name: str = "CRM", **fields: Any) -> WebhookSubscription:
        given = {"name": name, "url": receiver.url, "kinds": [], "least_impact": 0, "with_texts": False, **fields}
        owner = given.pop("owner", None)
        made, secret = editing.add(given, by=None, at=self.story.now, owner=owner)
        self.secrets[made.pk] = secret
        return made

    def send(self, at: datetime | None = None, timeout: float = 10.0) -> int:
        """One round of the worker; how many deliveries were tried."""
        leases.seen(at or self.story.now, self.sender)
        posting = sending.Posting(worker_step, lambda: at or self.story.now, self.sender, timeout=timeout)
        return sending.send_due(posting)

    def log(self, subscription: WebhookSubscription) -> list[WebhookDelivery]:
        return list(subscription.deliveries.select_related("event").order_by("case_id", "seq"))


@pytest.fixture
def following(story) -> Following:
    return Following(story)
