"""E: a page is a notice that leaves by every way of the person at once; one way is enough, and none at all is seen."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from guardia.cases import failed_notices
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import sending
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.server_answer import NoServer
from guardia.people.staff import Staff
from tests.notices.sender import Sender, worker_step
from tests.procedure.nights import Night
from tests.procedure.story import Story


def reached_by(staff: Staff, *channels: str, email: str | None = None) -> Staff:
    staff.channels = list(channels)
    staff.email = Staff.objects.get(pk=staff.pk).email if email is None else email
    staff.save(update_fields=["channels", "email"])
    return staff


def page_to(staff: Staff) -> Notice:
    return Notice.objects.get(staff=staff, moment="paged")


def ways_of(staff: Staff) -> dict[str, str]:
    return dict(Delivery.objects.filter(notices__staff=staff).values_list("channel", "state"))


# --- all ways at once ---


def test_E_a_page_leaves_by_mail_and_by_every_other_way_of_the_person(worker, night, post_office, gateway):
    one = reached_by(night.one, gateway.url("one"), gateway.url("one-at-home"))
    assert worker.pages() == 4
    assert len(post_office.to(one.email)) == len(gateway.to("one")) == len(gateway.to("one-at-home")) == 1
    assert len(post_office.to("supervisora-b@example.com")) == 1
    assert {page_to(night.one).state, page_to(night.other).state} == {"sent"}
    assert worker.after(minutes=5).pages() == 0


def test_E_a_page_leaves_before_letters_and_does_not_wait_for_their_loop(worker, night, post_office):
    assert worker.sends(PAGES_BY_MAIL) == 2
    letters = Notice.objects.filter(contact__isnull=False, state="owed")
    assert letters.exists(), "the letters are left to the loop of the letters"
    assert worker.sends() == letters.model.objects.filter(contact__isnull=False, state="sent").count()


def test_E_one_way_that_fails_leaves_the_other_one_and_counts_as_handed_over(worker, night, post_office, gateway):
    reached_by(night.one, gateway.url("one"))
    post_office.answers["supervisor-a@example.com"] = ["550 5.1.1 no such user"]
    worker.pages()
    assert ways_of(night.one) == {"mail": "refused", "apprise": "accepted"}
    assert page_to(night.one).state == "sent"
    assert failed_notices.record_failed_pages(worker.now) == 0


def test_E_a_way_that_fails_after_the_other_was_accepted_changes_nothing(worker, night, post_office, gateway):
    reached_by(night.one, gateway.url("one"))
    gateway.says["one"] = [500] * 99
    worker.pages()
    assert page_to(night.one).state == "sent"
    for _ in range(40):
        worker.after(minutes=1).pages()
    assert ways_of(night.one) == {"mail": "accepted", "apprise": "expired"}
    assert page_to(night.one).state == "sent"


def test_E_a_person_of_gateways_alone_gets_no_mail(worker, night, post_office, gateway):
    reached_by(night.one, gateway.url("one"), email="")
    worker.pages()
    assert ways_of(night.one) == {"apprise": "accepted"}


def test_E_a_page_tells_no_contact_and_the_portal_sees_none(worker, night, story, post_office):
    worker.pages()
    contacts = {contact.email for contact in (story.head, story.desk, story.manager)}
    assert contacts & set(post_office.recipients) == set()
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert Notice.objects.filter(contact__isnull=False).exists()
        assert not Notice.objects.filter(staff__isnull=False).exists()


# --- nothing reaches the person ---


def test_E_a_page_is_tried_again_at_once_and_given_up_after_fifteen_minutes(worker, night, post_office, gateway):
    reached_by(night.one, gateway.url("one"))
    gateway.says["one"] = [503] * 99
    post_office.answers["supervisor-a@example.com"] = ["451 try later"] * 99
    owed_at, pauses = worker.now, []
    while page_to(night.one).state in ("owed", "packed"):
        worker.pages()
        soonest = Delivery.objects.filter(notices__staff=night.one, state="waiting").order_by("available_at").first()
        if soonest:
            pauses.append((soonest.available_at - worker.now).total_seconds())
            worker.now = soonest.available_at
    assert pauses[:6] == [5, 10, 20, 30, 60, 60]
    assert worker.now - owed_at == timedelta(minutes=15)
    assert ways_of(night.one) == {"mail": "expired", "apprise": "expired"}
    failed = page_to(night.one)
    assert (failed.state, failed.reason) == ("failed", "expired")
    assert page_to(night.other).state == "sent"


def test_E_each_person_whom_nothing_reached_is_on_record_with_what_was_said(worker, night, post_office, gateway):
    """Design §4.10: a failed page goes on to the next channel, the next person, the next level."""
    reached_by(night.one, gateway.url("secret-of-one"))
    gateway.says["secret-of-one"] = [403] * 99
    for staff in (night.one, night.other):
        post_office.answers[staff.username + "@example.com"] = ["550 5.1.1 no such user"]
    looked_at = []
    for _ in range(17):
        worker.pages()
        with worker_step():
            looked_at.append(failed_notices.record_failed_pages(worker.now))
        worker.after(minutes=1)
    assert (looked_at[0], sum(looked_at)) == (1, 2)
    failed = night.story.case.events.filter(moment="page_failed")
    assert {event.data["staff"] for event in failed} == {night.one.pk, night.other.pk}
    said = " ".join(event.texts.get(name="answer").text for event in failed)
    assert "550 5.1.1 no such user" in said
    assert "403" in said
    assert "secret-of-one" not in said


def test_E_a_server_that_is_down_is_asked_again_and_costs_no_attempt_but_time(worker, night, post_office):
    post_office.close()
    for _ in range(15):
        with pytest.raises(NoServer):
            worker.sends(PAGES_BY_MAIL)
        worker.after(minutes=1)
    assert set(Delivery.objects.filter(urgent=True).values_list("state", "attempts")) == {("waiting", 0)}
    with pytest.raises(NoServer):
        worker.sends(PAGES_BY_MAIL)
    assert page_to(night.one).state == "failed"


def test_E_somebody_who_has_no_way_left_makes_a_visible_row(worker, night):
    reached_by(night.one, email="")
    Staff.objects.filter(pk=night.other.pk).update(is_active=False)
    assert worker.pages() == 0
    reasons = {page_to(staff).reason for staff in (night.one, night.other)}
    assert reasons == {"no_address", "inactive"}


def test_E_a_way_that_the_person_no_longer_has_is_refused_and_named_without_its_secret(worker, night, gateway):
    reached_by(night.one, gateway.url("old-secret"))
    worker.sends(PAGES_BY_MAIL)
    reached_by(night.one)
    worker.sends(PAGES_BY_APPRISE)
    gone = Delivery.objects.get(channel="apprise")
    assert (gone.state, gateway.pages) == ("refused", [])
    assert "old-secret" not in gone.address + gone.answer


# --- no way delays another ---


@pytest.fixture
def committed(transactional_db, post_office, gateway) -> Night:
    with behind(DatabaseRole.STAFF):
        story = Story()
        night = Night(story)
        for staff in (night.one, night.other):
            reached_by(staff, gateway.url(staff.username), email="")
        story.open_case()
        night.until_the_diagnosis_is_late()
    return night


def test_E_a_gateway_that_hangs_delays_nobody_elses_page(committed, post_office, gateway):
    gateway.hangs = {"supervisor-a"}
    worker = Sender(post_office, committed.story.now)
    worker.is_seen()
    round_ = Thread(target=by_apprise, args=[worker])
    round_.start()
    assert gateway.is_hanging.wait(10)
    with behind(DatabaseRole.STAFF):  # meanwhile the customer escalates to the manager
        reached_by(committed.manager, gateway.url("gerente"), email="")
        committed.story.case.escalate("urge", by=committed.story.by, at=committed.story.now, source="engineer", level=2)
    while not gateway.to("gerente"):
        assert round_.is_alive(), "the round must go on until the one that hangs has answered"
        round_.join(0.01)
    assert gateway.to("supervisor-a") == []
    assert len(gateway.to("supervisora-b")) == 1
    gateway.go_on.set()
    round_.join(10)
    assert len(gateway.to("supervisor-a")) == 1
    with behind(DatabaseRole.WORKER):
        assert set(Notice.objects.filter(moment="paged").values_list("state", flat=True)) == {"sent"}


def by_apprise(worker: Sender) -> None:
    worker.sends(PAGES_BY_APPRISE)
    connection.close()


def test_told_to_stop_the_loop_settles_what_is_under_way_and_takes_nothing_more(
    committed, gateway, post_office, monkeypatch
):
    monkeypatch.setattr(sending, "MOST_TOGETHER", 1)
    gateway.hangs = {"supervisor-a", "supervisora-b"}

    def stopping() -> bool:
        if gateway.is_hanging.is_set():
            gateway.go_on.set()
        return gateway.is_hanging.is_set()

    assert Sender(post_office, committed.story.now).sends(PAGES_BY_APPRISE, stopping=stopping) == 1
    with behind(DatabaseRole.WORKER):
        states = Delivery.objects.filter(urgent=True).order_by("state").values_list("state", "sender")
        assert list(states) == [("accepted", None), ("waiting", None)]


def test_E_two_workers_at_once_send_no_page_twice(committed, post_office, gateway):
    workers = [Sender(post_office, committed.story.now) for _ in range(2)]
    for worker in workers:
        worker.is_seen()
    rounds = [Thread(target=by_apprise, args=[worker]) for worker in workers]
    for each in rounds:
        each.start()
    for each in rounds:
        each.join(30)
    assert sorted(path for path, _ in gateway.pages) == ["/supervisor-a", "/supervisora-b"]
    with behind(DatabaseRole.WORKER):
        assert set(Delivery.objects.filter(urgent=True).values_list("state", "attempts")) == {("accepted", 1)}
