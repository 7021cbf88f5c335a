"""A subscription names the format in which its events leave; a further one is an entry of the table."""

import json
from dataclasses import replace

import pytest

from guardia.customers.values import Unfit
from guardia.webhooks import editing, formats
from guardia.webhooks.formats import CLOUD_EVENTS, FORMATS
from guardia.webhooks.subscription import WebhookState, WebhookSubscription


@pytest.fixture
def brief(monkeypatch):
    """A format that says a word of what is public, and nothing of the rest."""

    def event(row, subscription, texts):
        return {"key": f"{row.number}-{row.seq}", "said": row.moment} if row.public else None

    one = replace(FORMATS[CLOUD_EVENTS], name="Brief", content_type="application/json", id_field="key", event=event)
    monkeypatch.setitem(formats.FORMATS, "brief", one)
    monkeypatch.setitem(editing.READERS, "format", lambda value: value)
    return "brief"


def test_events_leave_in_the_format_of_the_subscription(story, following, receiver, brief):
    one = following.follow(receiver, format=brief)
    case = story.open_case()
    story.case.note("for us alone", by=story.by, at=story.now)
    story.case.tell("we look at it", by=story.by, at=story.now)
    assert following.send() == sum(hit.headers["content-type"] == "application/json" for hit in receiver.hits)
    while following.send():
        pass
    public = list(case.events.filter(public=True).order_by("seq").values_list("moment", flat=True))
    assert [json.loads(hit.body)["said"] for hit in receiver.hits] == public
    assert [hit.id for hit in receiver.hits] == [json.loads(hit.body)["key"] for hit in receiver.hits]
    log = following.log(one)
    assert {each.state for each in log} == {WebhookState.DELIVERED}
    assert {each.event.moment: each.attempts for each in log}["noted"] == 0


def test_what_has_nothing_to_be_sent_does_not_hold_up_what_has(story, following, receiver, brief):
    following.follow(receiver, format=brief)
    story.open_case()
    for number in range(20):
        story.case.note(f"for us alone {number}", by=story.by, at=story.now)
    story.case.tell("we look at it", by=story.by, at=story.now)
    following.send()
    assert json.loads(receiver.hits[-1].body)["said"] == "news_sent"


def test_a_format_that_there_is_not_is_refused(story, following, receiver):
    with pytest.raises(Unfit) as refused:
        following.follow(receiver, format="fax")
    assert "format" in refused.value.problems


def test_a_subscription_of_a_format_that_is_gone_fails_and_says_why(story, following, receiver):
    one = following.follow(receiver)
    WebhookSubscription.objects.update(format="fax")
    story.open_case()
    following.send()
    assert receiver.hits == []
    assert "fax" in following.log(one)[0].answer
