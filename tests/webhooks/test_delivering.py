"""An event leaves as a CloudEvent, signed as Standard Webhooks says, once, in order, to who follows it."""

from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from guardia.cases.event import CaseEvent
from guardia.procedure.vocabulary import Impact
from guardia.webhooks import editing
from tests.webhooks.receiver import Reply


def test_every_event_of_a_case_arrives_once_and_in_its_order(story, following, receiver):
    following.follow(receiver)
    case = story.open_case()
    story.diagnosis()
    following.send()
    events = CaseEvent.objects.filter(case=case).order_by("seq")
    assert receiver.seqs(case.display_number) == [event.seq for event in events]
    assert [hit.event.get_extension("hash") for hit in receiver.hits] == [bytes(one.hash).hex() for one in events]
    assert following.send() == 0


def test_a_cloud_event_as_the_sdk_reads_it(story, following, receiver):
    following.follow(receiver)
    case = story.open_case()
    following.send()
    hit = receiver.hits[-1]
    said = hit.event
    assert hit.headers["content-type"].startswith("application/cloudevents+json")
    assert (said.get_specversion(), said.get_source()) == ("1.0", "https://guardia.example.com")
    assert (said.get_type(), said.get_subject()) == ("guardia.case.registered", case.display_number)
    assert said.get_time() == story.now
    assert said.get_id() == hit.id
    data = said.get_data()
    assert data["kind"] == "registered"
    assert data["stage"] == "diagnosis"
    assert data["severity"] == Impact.DOWN
    assert data["service"] == "ENL-0042"
    assert "texts" not in data
    assert "Banco" not in hit.body.decode()
    assert "servicio" not in hit.body.decode()


def test_the_librarys_own_verifier_takes_it_and_no_other_secret(story, following, receiver, monkeypatch):
    one = following.follow(receiver)
    story.open_case()
    following.send()
    hit = receiver.hits[0]
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda self, header: at_that_hour(header))
    assert hit.is_signed_by(following.secrets[one.pk])
    with pytest.raises(WebhookVerificationError):
        hit.is_signed_by(editing.new_secret())
    with pytest.raises(WebhookVerificationError):
        Webhook(following.secrets[one.pk]).verify(hit.body + b" ", hit.headers)


def at_that_hour(header: str):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(float(header), tz=UTC)


def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends(story, following, receiver, monkeypatch):
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda self, header: at_that_hour(header))
    one = following.follow(receiver)
    former, secret = following.secrets[one.pk], editing.rotate(one, by=None, at=story.now)
    story.open_case()
    following.send()
    assert receiver.hits[-1].is_signed_by(former)
    assert receiver.hits[-1].is_signed_by(secret)
    story.minutes_pass(24 * 60)
    story.case.note("later", by=story.by, at=story.now)
    following.send()
    assert receiver.hits[-1].is_signed_by(secret)
    with pytest.raises(WebhookVerificationError):
        receiver.hits[-1].is_signed_by(former)


def test_texts_leave_where_they_are_wanted_and_the_customer_may_read_them(story, following, receiver):
    following.follow(receiver, with_texts=True)
    story.open_case()
    story.case.note("solo para la casa", by=story.by, at=story.now)
    following.send()
    by_kind = {hit.event.get_type(): hit for hit in receiver.hits}
    assert by_kind["guardia.case.registered"].event.get_data()["texts"] == {"symptoms": "No tienen servicio"}
    noted = by_kind["guardia.case.noted"]
    assert "texts" not in noted.event.get_data()
    assert "solo para" not in noted.body.decode()


@pytest.mark.parametrize(
    ("chosen", "arrive"),
    [
        (["registered"], {"registered"}),
        (["reception.*"], {"call_waiting", "call_answered"}),
        (["diagnosis.*"], {"tested", "diagnosed"}),
        (["diagnosed", "registration.*"], {"registered", "diagnosed"}),
        (["closed"], set()),
    ],
)
def test_kinds_and_families_choose(story, following, receiver, chosen, arrive):
    following.follow(receiver, kinds=chosen)
    story.open_case()
    story.diagnosis()
    following.send()
    assert {hit.event.get_type().removeprefix("guardia.case.") for hit in receiver.hits} == arrive


def test_a_company_and_the_least_impact_choose(story, following, receiver):
    bank = following.follow(receiver, "bank", company="banco austral", kinds=["registered"])
    hospital = following.follow(receiver, "hospital", company=story.other.name)
    down = following.follow(receiver, "down", least_impact=3, kinds=["registered"])
    flaps = following.follow(receiver, "flaps", least_impact=1, kinds=["registered"])
    story.caller_rings(story.head)
    story.engineer_answers()
    story.case_is_registered(impact=Impact.INTERMITTENT)
    assert [len(following.log(one)) for one in (bank, hospital, down, flaps)] == [1, 0, 0, 1]


def test_what_belongs_to_a_company_gets_its_public_events_alone_and_no_codes(story, following, receiver):
    of_bank = following.follow(receiver, "bank", owner=story.bank.pk)
    of_other = following.follow(receiver, "other", owner=story.other.pk)
    story.open_case()
    story.case.note("solo para la casa", by=story.by, at=story.now)
    following.send()
    assert {row.event.public for row in following.log(of_bank)} == {True}
    assert following.log(of_other) == []
    assert all("codes" not in hit.event.get_data() for hit in receiver.hits)


def test_paused_queues_nothing_and_sends_nothing(story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    editing.turn(one, False, by=None, at=story.now)
    story.case.note("meanwhile", by=story.by, at=story.now)
    assert following.send() == 0
    queued = len(following.log(one))
    editing.turn(one, True, by=None, at=story.now)
    assert following.send() == queued
    assert "guardia.case.noted" not in {hit.event.get_type() for hit in receiver.hits}


def test_answers_are_stored_to_two_thousand_characters(story, following, receiver):
    receiver.reply = Reply(500, b"x" * 9000)
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    (row,) = following.log(one)
    assert (row.status, row.answer) == (500, "x" * 2000)
    assert row.available_at == story.now + timedelta(seconds=5)
