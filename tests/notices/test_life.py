"""The life of a notice with its hours, and how far a storm has come."""

from datetime import timedelta

from django.db import connection

from guardia.cases import failed_notices
from guardia.notices import outbox
from guardia.notices.life import Step, bounced, delivered, life_of, notices_of, opened
from guardia.notices.notice import Notice
from guardia.notices.notice_rows import MOST_COUNTED, PROGRESS, WATCHED_EVERY, Watch, progress
from guardia.notices.outbox import LETTERS
from guardia.notices.pacing import DomainLimit
from guardia.notices.packing import pack
from tests.notices.companies import case_of, company_with
from tests.notices.sender import LINKS, Sender, delivery_to


def life(story, person):
    (notice,) = [each for each in notices_of(story.case.pk) if each.contact_id == person.pk]
    return life_of(notice)


def steps(story, person) -> list[str]:
    return [each.step.value for each in life(story, person)]


def test_owed_packed_sent_arrived_opened(sender, story):
    assert steps(story, story.head) == ["owed"]
    sender.after(seconds=1).sends()
    delivery = delivery_to(story.head)
    delivered(delivery, sender.after(minutes=1).now)
    opened(delivery.pk, sender.after(minutes=1).now, customer_id=story.bank.pk)
    lived = life(story, story.head)
    assert [each.step.value for each in lived] == ["owed", "packed", "sent", "delivered", "opened"]
    assert [each.at for each in lived] == sorted(each.at for each in lived)
    sent = lived[2]
    assert sent.words.startswith("250 2.0.0 Ok: queued as")
    assert (sent.channel, sent.address, sent.attempts) == ("mail", story.head.email, 1)


def test_tried_refused_bounced_and_sent_again(sender, story, post_office):
    post_office.answers |= {story.head.email: ["451 later"], story.manager.email: ["550 5.1.1 unknown"]}
    sender.sends()
    assert steps(story, story.head) == ["owed", "packed", "tried"]
    assert life(story, story.head)[-1].words == "451 later"
    assert steps(story, story.manager) == ["owed", "packed", "refused"]
    bounced(delivery_to(story.desk), "550 5.7.1 not today", "5.7.1", sender.after(seconds=30).now)
    assert steps(story, story.desk) == ["owed", "packed", "sent", "bounced"]
    assert life(story, story.desk)[-1].words == "550 5.7.1 not today"
    story.minutes_pass(5)
    failed_notices.resend(story.case, Notice.objects.get(contact=story.desk), by=story.by, at=story.now)
    sender.after(minutes=5).sends()
    lived = life(story, story.desk)
    assert [(each.step, each.again) for each in lived][-2:] == [(Step.PACKED, True), (Step.SENT, True)]


def test_not_sent_and_taken_back(sender, story):
    assert [(each.step, each.words) for each in life(story, story.mute)][-1] == (Step.SUPPRESSED, "no_address")
    pack(sender.now)
    failed_notices.withdraw(story.case, Notice.objects.get(contact=story.desk), by=story.by, at=story.now)
    lived = life(story, story.desk)
    assert [each.step.value for each in lived] == ["owed", "packed", "withdrawn"]
    assert lived[-1].at == story.now


def test_held_back_by_the_limit_of_its_domain(story, post_office):
    DomainLimit.objects.create(domain="lento.example.com", per_minute=2)
    people = company_with(2, "Red Lenta", "lento.example.com")
    case = case_of(story, people[0].customer, 1)
    Sender(post_office, story.now).sends()
    lives = [life_of(notice) for notice in notices_of(case.pk)]
    assert sorted(each[-1].step.value for each in lives) == ["paced", "sent"]
    assert [each[-1].at for each in lives if each[-1].step is Step.PACED] == [story.now + timedelta(seconds=30)]


def test_the_lives_of_a_case_are_two_questions_without_bodies(sender, story, django_assert_num_queries):
    sender.sends()
    case_id = story.case.pk
    with django_assert_num_queries(2):
        assert [life_of(notice) for notice in notices_of(case_id)]


# --- progress ---


def test_nothing_owed_is_no_storm(story):
    seen = progress(story.now)
    assert (seen.owed, seen.waiting, seen.sent, seen.since, seen.left) == (0, 0, 0, None, None)
    assert not seen.is_storm


def test_while_nothing_waits_no_message_of_the_past_is_looked_at(story):
    """Each desk asks every three seconds, so that the plan must not depend on what was ever sent."""
    with connection.cursor() as cursor:
        values = {"most": MOST_COUNTED, "now": story.now, "lately": story.now}
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {PROGRESS}", values)
        plan = [line for (line,) in cursor.fetchall()]
    burst = plan[next(at for at, line in enumerate(plan) if "CTE burst" in line) :]
    gate = next(at for at, line in enumerate(burst) if "One-Time Filter" in line)
    read = next(line for line in burst[gate:] if " on delivery" in line)
    assert "never executed" in read


def test_a_storm_shows_what_is_owed_waits_and_was_sent_and_how_long_it_takes(
    story, post_office, django_assert_num_queries
):
    people = company_with(150)
    case_of(story, people[0].customer, 1)
    seen = progress(story.now)
    assert (seen.owed, seen.waiting, seen.since) == (150, 0, story.now)
    assert seen.is_storm
    assert seen.left is None, "nothing has left yet: nobody can say"
    sender = Sender(post_office, story.now)
    pack(story.now)
    batch = outbox.claim(story.now, sender.is_seen(), LETTERS)
    for delivery in batch[:30]:
        sender.after(seconds=1)
        assert outbox.begin(delivery, sender.now, LINKS)
        outbox.settle(delivery, outbox.MailServerAnswer(outbox.Verdict.ACCEPTED, "250 OK"), sender.now)
    with django_assert_num_queries(1):
        seen = progress(sender.now)
    assert (seen.owed, seen.waiting, seen.sent) == (0, 120, 30)
    assert 55 <= seen.a_minute <= 65
    assert timedelta(seconds=110) < seen.left < timedelta(seconds=130)


def test_a_storm_is_counted_once_in_some_seconds_however_many_desks_look(story, django_assert_num_queries):
    people = company_with(150)
    watch = Watch()
    with django_assert_num_queries(2):
        assert [watch.progress(story.now).is_storm for _ in range(2)] == [False, False]
    case_of(story, people[0].customer, 1)
    with django_assert_num_queries(1):
        first = watch.progress(story.now)
        assert watch.progress(story.now + WATCHED_EVERY / 2) is first
    assert watch.progress(story.now + WATCHED_EVERY) is not first
