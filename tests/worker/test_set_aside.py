"""One row that raises holds up no other: it is set aside for an hour, said on record, and tried again."""

from contextlib import nullcontext
from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction

from guardia.calls.call import Call
from guardia.cases import (
    bulk,
    bulk_act,
    calendar_change,
    calendar_openings,
    case_files,
    drills,
    failed_notices,
    ledger,
    phone_owed,
    promises_at_risk,
    sweep,
    watches,
    written,
)
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.stages import reception
from guardia.clocks import quarantine, watch
from guardia.clocks.calendars import ChangeKind
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.config.timetable import TIMETABLE
from guardia.customers.customer import Customer
from guardia.escalation.alarms import Alarm
from guardia.events.kinds import TeamNews
from guardia.evidence import probing as to_test
from guardia.evidence import store
from guardia.evidence.probe import Occasion, Probe
from guardia.evidence.probes import run as running
from guardia.evidence.probes.measured import Measured
from guardia.evidence.test_result import Verdict as ProbeVerdict
from guardia.intake import automatic_answers, field_arrivals, late_calls
from guardia.intake import mail_in as routing_of_mail
from guardia.mail.message import Mailbox, Message, MessageState
from guardia.mail.taking import take
from guardia.network import alert_store
from guardia.network.alert import AlertSource
from guardia.network.element import ElementKind
from guardia.notices import announcing, gathering, outbox, packing, team_packing
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.channel import Channel
from guardia.notices.leases import seen
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.outbox import (
    LETTERS,
    LETTERS_BY_SMS,
    LETTERS_BY_WHATSAPP,
    NEWS_TO_TEAMS,
    PAGES_BY_APPRISE,
    PAGES_BY_MAIL,
    Share,
)
from guardia.notices.outgoing import Outgoing
from guardia.notices.packing import pack
from guardia.notices.sending import Post, send_due
from guardia.notices.server_answer import MailServerAnswer, Verdict
from guardia.notices.team_channel import TeamChannel
from guardia.outages import bulk_cause, proposing, restoring, work_announcing, work_course
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.outages.planned_work import WorkState
from guardia.privacy import requests
from guardia.privacy.requests import RequestedRight
from guardia.procedure.vocabulary import Moment
from guardia.procedure.vocabulary import Stage as Stage_
from guardia.reports import month_sending
from guardia.reports.month import Month
from guardia.web.desk.handover.standing import QUARANTINE
from guardia.webhooks import cloud_event, editing
from guardia.webhooks import sending as webhook_sending
from guardia.webhooks.subscription import WebhookDelivery
from guardia.worker import mail_in, persons, probing, rounds, team_channels
from tests.alerts.noc import HOLD, Noc, fire_all, services
from tests.evidence.conftest import target
from tests.files.conftest import folder, standing
from tests.mailin.house import House
from tests.mailin.letters import RECEIVER, letter
from tests.notices.chat_server import SLACK
from tests.notices.companies import case_of, company_with
from tests.notices.conftest import gateway, post_office
from tests.notices.sender import LINKS, Sender
from tests.notices.test_pages import reached_by
from tests.outages.city import element
from tests.procedure.conftest import story
from tests.procedure.nights import Night, objection
from tests.procedure.office import FRIDAY, MONDAY, TUESDAY, Office
from tests.procedure.test_decree_day import DECREED, WEDNESDAY
from tests.webhooks.conftest import receiver
from tests.works.conftest import night

__all__ = ["folder", "gateway", "night", "post_office", "receiver", "story"]

HOUR = timedelta(hours=1)


class Spoiled(Exception):
    pass


@pytest.fixture
def hundred(story, as_staff):
    """A hundred cases whose diagnosis is late, of which the oldest raises when its turn comes."""
    company = company_with(1)[0].customer
    cases = [case_of(story, company, number) for number in range(100)]
    story.minutes_pass(21)
    return cases


@pytest.fixture
def late(story, as_staff) -> Night:
    """The diagnosis of a case is late: both supervisors of level 1 are owed a page."""
    found = Night(story)
    story.open_case()
    found.until_the_diagnosis_is_late()
    return found


def spoil(monkeypatch, module, name: str, bad) -> None:
    """The function raises where ``bad`` says so of its first argument."""
    real = getattr(module, name)

    def spoiled(first, *more, **named):
        if bad(first):
            raise Spoiled("no such level")
        return real(first, *more, **named)

    monkeypatch.setattr(module, name, spoiled)


def late_on_record() -> int:
    return Clock.objects.filter(kind="diagnosis", breached_at__isnull=False).count()


def test_a_clock_that_follows_from_nothing_known_of_its_request_keeps_no_sweep_going(story, as_staff):
    paper = written.arrive(
        story.head,
        way="office",
        office="Quito",
        subject="Sin enlace",
        text="Sin enlace",
        version=story.version,
        received_at=story.now,
        now=story.now,
        customer=story.bank,
    )
    own = Clock.objects.get(request=paper.pk)
    Clock.objects.create(
        **{f.attname: getattr(own, f.attname) for f in Clock._meta.concrete_fields if f.name not in ("id", "ordinal")},
        ordinal=9,
    )
    story.now = own.due_at + timedelta(minutes=1)
    assert sweep.sweep(story.now) == 0
    own.refresh_from_db()
    assert own.breached_at == own.due_at, "what is its own is on record all the same"


def test_a_case_that_raises_in_the_sweep_is_set_aside_for_an_hour_and_the_others_go_on(story, hundred, monkeypatch):
    bad, looked, spoiled = hundred[0], [], []
    monkeypatch.setattr(sweep, "BATCH", 10)
    with monkeypatch.context() as patch:

        def spoils(cases) -> bool:
            looked.append(len(cases))
            spoiled.append(bad in cases)
            return bad in cases

        spoil(patch, ledger, "record_breaches", spoils)
        while sweep.sweep(story.now):
            pass
        assert late_on_record() == 99
        assert looked.count(1) == 10, "one by one only in the batch that it spoils, and never again"
        (told,) = watch.state("sweep", story.now)[1]
        assert (told.kind, told.key) == ("case", f"{bad.pk}/{bad.number}")
        assert (told.reason, told.since) == ("Spoiled: no such level", story.now)
        assert spoiled.count(True) == 2, "with its batch, and by itself"
        while sweep.sweep(story.now + HOUR - timedelta(seconds=1)):
            pass
        assert spoiled.count(True) == 2
        while sweep.sweep(story.now + HOUR):
            pass
        assert watch.state("sweep", story.now)[1][0].times == 2
    quarantine.forget()  # another process, in which it is mended
    while sweep.sweep(story.now + HOUR + timedelta(minutes=59)):
        pass
    assert late_on_record() == 99, "what another has set aside is known to it"
    while sweep.sweep(story.now + 2 * HOUR):
        pass
    assert late_on_record() == 100
    sweep.sweep(story.now + 2 * HOUR + quarantine.TRIED_WITHIN)
    assert watch.state("sweep", story.now)[1] == []


def test_a_planned_work_that_raises_holds_up_no_other(story, night, monkeypatch):
    night.announce()
    first = night.work
    first.pk, first.number = None, first.number + 1
    first.save(force_insert=True)
    spoil(monkeypatch, work_course, "_start", lambda work: work.pk == first.pk)
    work_course.start_due(night.starts_at)
    first.refresh_from_db()
    assert (first.state, night.work.state) == (WorkState.ANNOUNCED, WorkState.UNDER_WAY)


def test_a_contact_whose_letters_cannot_be_packed_holds_up_no_other(story, monkeypatch):
    """The worker's own loop: of all contacts one raises, with whatever else is packed beside."""
    story.open_case()
    owed = Notice.objects.filter(contact__isnull=False, state=NoticeState.OWED)
    contacts = sorted(owed.values_list("contact_id", flat=True).distinct())
    bad = contacts[0]
    with monkeypatch.context() as patch:
        spoil_second(patch, packing, "pack_contact", lambda contact: contact.pk == bad)
        assert packed_by_the_worker(story.now) > 1
        assert set(owed.values_list("contact_id", flat=True)) == {bad}
        (told,) = watch.state("sweep", story.now)[1]
        assert (told.kind, told.key, told.reason) == ("contact", str(bad), "Spoiled: no such level")
        assert packed_by_the_worker(story.now + HOUR - timedelta(seconds=1)) == 0
        assert watch.state("sweep", story.now)[1][0].times == 1, "its turn does not come before an hour is over"
    assert packed_by_the_worker(story.now + HOUR) > 0
    assert not owed.exists()


def test_somebody_of_the_house_whose_pages_cannot_be_packed_holds_up_no_other(late, monkeypatch):
    owed = Notice.objects.filter(staff__isnull=False, state=NoticeState.OWED)
    staff = sorted(owed.values_list("staff_id", flat=True).distinct())
    assert len(staff) > 1
    spoil(monkeypatch, packing, "pages_to", lambda person: person.pk == staff[0])
    assert packed_by_the_worker(late.story.now, urgent=True) > 0
    assert set(owed.values_list("staff_id", flat=True)) == {staff[0]}
    assert [(each.kind, each.key) for each in watch.state("sweep", late.story.now)[1]] == [("staff", str(staff[0]))]


def test_a_page_that_cannot_be_written_holds_up_no_other(late, gateway, post_office, monkeypatch):
    """Pages by a gateway and short messages leave together: one that raises waits, the others leave."""
    for person in (late.one, late.other):
        reached_by(person, gateway.url(person.name))
    packed_by_the_worker(late.story.now, urgent=True)
    pages = list(Delivery.objects.filter(channel=Channel.APPRISE).order_by("pk"))
    assert len(pages) > 1
    spoil(monkeypatch, outbox, "bytes_of", lambda delivery: delivery.pk == pages[0].pk)
    Sender(post_office, late.story.now).pages()
    states = dict(Delivery.objects.filter(channel=Channel.APPRISE).values_list("pk", "state"))
    assert states.pop(pages[0].pk) == DeliveryState.WAITING
    assert set(states.values()) == {DeliveryState.ACCEPTED}


def packed_by_the_worker(now, urgent: bool = False) -> int:
    post = rounds.post(Event())
    return pack(now, urgent, post.contacts, post.staff)


def spoil_second(monkeypatch, module, name: str, bad) -> None:
    """As ``spoil``, by the second argument."""
    real = getattr(module, name)

    def spoiled(first, second, *more):
        if bad(second):
            raise Spoiled("no such level")
        return real(first, second, *more)

    monkeypatch.setattr(module, name, spoiled)


def test_two_packers_of_one_contact_who_got_many_letters_are_no_trouble(story, monkeypatch):
    """The second packer looked before the first was done: when it has the contact, nothing is owed any more."""
    monkeypatch.setattr(gathering, "MOST_LETTERS", 1)
    monkeypatch.setattr(gathering, "GATHERED_EVERY", timedelta())
    story.open_case()
    pack(story.now)
    story.minutes_pass(1)
    story.case.tell("Seguimos revisando.", by=story.by, at=story.now)
    held, packed = packing.locked_contacts, []

    def beaten(contacts):
        if not packed:
            packed.append(None)
            packed.append(pack(story.now))
        return held(contacts)

    monkeypatch.setattr(packing, "locked_contacts", beaten)
    assert pack(story.now) == 0
    assert packed[1] > 0
    assert DeliveredNotice.objects.count() == Notice.objects.filter(state=NoticeState.PACKED).count()
    assert Case.objects.count() == 1


# --- every loop of the worker -----------------------------------------------------------------------------------------


WITHOUT_ROWS = {
    "heartbeat": "it writes the one row of its own process",
    "shifts": "it looks at one desk",
    "morning list": "it is one list a day",
    "panorama": "it is one letter a week or a month",
    "journal of exchanges": "whole pages go by one statement, which takes no row by itself",
    "old watches": "whole batches go by one statement",
    "tickets to third parties": "a message that is refused is done with; an interface that fails rests by itself",
    "tickets at third parties": "an answer that cannot be taken down is noted at its ticket, and asked for again",
    "old webhooks": "whole batches go by one statement",
    "sessions that are over": "whole batches go by one statement",
    "codes and sessions": "whole batches go by one statement",
    "log of histories": "whole batches go by one statement, of hashes alone",
    "nightly verify": "it begins one process",
    "imports of history": "one job at a time, in a process of its own; one that dies three times is given up",
    "sign of life": "it calls one address",
}


class Stage:
    """What a scene needs: the operator, a hand that spoils, and the fixtures of other rooms."""

    def __init__(self, story, patch, fixture, settings) -> None:
        self.story, self.patch, self.fixture, self.settings = story, patch, fixture, settings

    def spoil(self, module, name: str, bad) -> None:
        spoil(self.patch, module, name, bad)

    def cases(self) -> list[Case]:
        company = company_with(1)[0].customer
        return [case_of(self.story, company, number) for number in range(2)]

    def set_aside(self) -> list[str]:
        return [each.kind for each in watch.state("sweep", self.story.now)[1]]


def deadlines(stage: Stage) -> None:
    first, _second = stage.cases()
    stage.story.minutes_pass(21)
    stage.spoil(ledger, "record_breaches", lambda cases: first in cases)
    sweep.sweep(stage.story.now)
    assert (late_on_record(), stage.set_aside()) == (1, ["case"])


def calendars(stage: Stage) -> None:
    story = stage.story
    story.now = WEDNESDAY
    cases = []
    for _ in range(2):
        story.open_case()
        objection(story)
        cases.append(story.case.pk)
    calendar_change.announce(ChangeKind.REST, day=DECREED, by=story.supervisor, at=story.now, reason="Decreto 123")
    stage.spoil(calendar_change, "_entry", lambda case: case.pk == cases[0])
    assert calendar_change.follow(story.now) == 1
    moved = CaseEvent.objects.filter(moment=Moment.CALENDAR_CHANGED)
    assert list(moved.values_list("case", flat=True)) == cases[1:]
    assert stage.set_aside() == ["case to move"]
    assert calendar_change.follow(story.now) == 0
    requests_of_a_calendar(stage)


def requests_of_a_calendar(stage: Stage) -> None:
    """Two requests that wait for their desk to open."""
    story = stage.story
    office, story.now = Office(story), FRIDAY + timedelta(hours=1)
    first, second = office.takes(), office.takes(desk="sales")
    calendar_change.announce(ChangeKind.REST, day=MONDAY.date(), by=story.supervisor, at=story.now, reason="Decreto")
    stage.spoil(calendar_openings, "_moved", lambda cases: first in cases)
    calendar_change.follow(story.now)
    hours = [Case.objects.get(pk=case.pk).opens_at for case in (first, second)]
    assert hours == [MONDAY, TUESDAY]
    assert "request to move" in stage.set_aside()


def failed_pages_(stage: Stage) -> None:
    story = stage.story
    people = [story.supervisor, story.colleague]
    for person in people:
        person.email = f"{person.username}@example.com"
        person.save()
        drills.start([person], 1, by=story.engineer, at=story.now)
    pages = list(Notice.objects.filter(staff__isnull=False).order_by("pk"))
    Notice.objects.filter(staff__isnull=False).update(state=NoticeState.FAILED, reason="bounced")
    stage.spoil(failed_notices, "_record_page", lambda notice: notice.pk == pages[0].pk)
    failed_notices.record_failed_pages(story.now)
    assert list(Notice.objects.filter(staff__isnull=False, moved_on=False)) == pages[:1]
    alarms = list(Alarm.objects.order_by("pk"))
    stage.spoil(drills, "answers", lambda pages: pages[0].alarm_id == alarms[0].pk)
    failed_notices.record_failed_pages(story.now + drills.LASTS)
    assert list(Alarm.objects.filter(ended_at=None)) == alarms[:1]
    assert stage.set_aside() == ["page", "drill"]


def failed_notices_(stage: Stage) -> None:
    stage.story.open_case()
    Notice.objects.filter(contact__isnull=False).update(state=NoticeState.FAILED, reason="bounced")
    failed = list(Notice.objects.filter(state=NoticeState.FAILED).order_by("pk"))
    stage.spoil(failed_notices, "_record", lambda notices: failed[0] in notices)
    failed_notices.record_failed(stage.story.now)
    assert list(Notice.objects.filter(state=NoticeState.FAILED, moved_on=False)) == failed[:1]


def announcements(stage: Stage) -> None:
    story = stage.story
    first, second = (
        announcing.announce(AnnouncementKind.PROCEDURE, key, story.version, {}, by=story.supervisor, at=story.now)
        for key in ("1", "2")
    )
    stage.spoil(announcing, "to_tell", lambda announcement: announcement.pk == first.pk)
    assert rounds.tell_more(story.now) > 0
    assert list(Announcement.objects.filter(told_at=None)) == [first]
    assert Notice.objects.filter(announcement=second).exists()
    assert (rounds.tell_more(story.now), stage.set_aside()) == (0, ["announcement"])


def reports_of_the_month(stage: Stage) -> None:
    story = stage.story
    stage.patch.setattr(month_sending, "due_month", lambda at: Month.of(at).moved(-1))
    stage.patch.setattr(month_sending, "with_activity", lambda month: Customer.objects.all())
    stage.spoil(month_sending, "announced", lambda customer: customer == story.bank)
    Customer.objects.filter(pk=story.other.pk).update(active=True)
    month_sending.send_due(story.now)
    assert list(Announcement.objects.values_list("customer", flat=True)) == [story.other.pk]
    assert stage.set_aside() == ["company"]


def mail(stage: Stage) -> None:
    stage.story.open_case()
    one_cannot_be_begun(stage, LETTERS)


def pages_by_mail(stage: Stage) -> None:
    people = [stage.story.supervisor, stage.story.colleague]
    for person in people:
        person.email = f"{person.username}@example.com"
        person.save()
    drills.start(people, 1, by=stage.story.engineer, at=stage.story.now)
    one_cannot_be_begun(stage, PAGES_BY_MAIL)


def one_cannot_be_begun(stage: Stage, share: Share) -> None:
    stage.spoil(outbox, "begin", is_the_first(share))
    Sender(stage.fixture("post_office"), stage.story.now).sends(share)
    sent = Delivery.objects.filter(urgent=share.urgent, channel=share.channel).order_by("pk")
    assert [each.state for each in sent][:2] == [DeliveryState.WAITING, DeliveryState.ACCEPTED]
    assert sent[0].answer == "Spoiled: no such level"


def is_the_first(share: Share):
    def bad(delivery: Delivery) -> bool:
        of_it = Delivery.objects.filter(urgent=share.urgent, channel=share.channel)
        return delivery.pk == of_it.order_by("pk")[0].pk

    return bad


class Gateway:
    def send(self, address: str, content: bytes) -> MailServerAnswer:
        return MailServerAnswer(Verdict.ACCEPTED, "ok")


def by_a_gateway(*shares: Share):
    def scene(stage: Stage) -> None:
        stage.story.open_case()
        pack(stage.story.now)
        for share in shares:
            Delivery.objects.update(channel=share.channel, urgent=share.urgent, state=DeliveryState.WAITING)
            is_bad = is_the_first(share)

            def begin(delivery, *more, is_bad=is_bad):
                if is_bad(delivery):
                    raise Spoiled("no such level")
                return Outgoing(delivery.pk, delivery.address, b"words")

            stage.patch.setattr(outbox, "begin", begin)
            post = Post(nullcontext, lambda: stage.story.now, seen(stage.story.now, None), LINKS)
            send_due(Gateway(), post, share)
            states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
            assert states[:2] == [DeliveryState.WAITING, DeliveryState.ACCEPTED]
            Delivery.objects.update(available_at=stage.story.now, leased_until=None, sender=None)

    return scene


class Folder:
    """A mailbox of two mails."""

    def validity(self) -> int:
        return 1

    def after(self, last: int) -> list[int]:
        return [uid for uid in (1, 2) if uid > last]

    def sizes(self, uids) -> dict[int, int]:
        return {uid: 100 for uid in uids}

    def mail(self, uid: int) -> bytes:
        return letter(f"mail{uid}@example.net")

    def mark_seen(self, uids) -> None: ...


def mailbox(stage: Stage) -> None:
    stage.patch.setattr(mail_in, "opened", lambda account: nullcontext(Folder()))
    stage.spoil(mail_in, "take", lambda content: b"mail1@" in content)
    reader = mail_in.Reader(SimpleNamespace(name="casos"), transaction.atomic, lambda: stage.story.now)
    assert reader.read_once() == 2
    assert Mailbox.objects.get().last_uid == 2
    assert [b"mail2@" in bytes(each.original.content) for each in Message.objects.order_by("pk")] == [False, True]


def mail_that_came_in(stage: Stage) -> None:
    first, second = (take(letter(f"mail{number}@example.net"), "imap", stage.story.now) for number in (1, 2))
    stage.spoil(routing_of_mail, "route_mail", lambda message: message.pk == first.pk)
    mail_in.route_mails(Event())
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.reason == "not_ruled"
    assert second.state != MessageState.NEW


def answers_to_mail(stage: Stage) -> None:
    stage.settings.MAIL_IN, stage.settings.MAIL_AUTHSERV_ID = True, RECEIVER
    house = House(stage.story)
    house.writes("jefe@example.com")
    house.writes("jefe@example.com", "otra cosa", "otro asunto")
    first, second, *_ = house.answers()
    stage.story.minutes_pass(4)
    stage.spoil(automatic_answers, "promises_the_past", lambda answer: answer.pk == first.pk)
    assert automatic_answers.keep_honest(stage.story.now) == 1
    assert bytes(second.body) != bytes(Delivery.objects.get(pk=second.pk).body)
    assert stage.set_aside() == ["answer"]


def probes(stage: Stage) -> None:
    stage.settings.PROBE_LOOPBACK, stage.settings.PROBE_PAUSE_SECONDS = True, 0
    first, second = stage.cases()
    for case in (first, second):
        to_test.ask(case.pk, [target(case.service, 443, stage.story.now)], Occasion.ON_DEMAND, at=stage.story.now)
    bad = Probe.objects.get(case=first).target_id
    stage.spoil(to_test, "question_of", lambda target: target.pk == bad)

    async def asked(question) -> Measured:
        return Measured(ProbeVerdict.GOOD, "tcp", {"loss": 0}, [1.0])

    stage.patch.setattr(running, "ask", asked)
    probing.probes(Event())
    codes = [Probe.objects.filter(case=case).order_by("pk")[0].code for case in (first, second)]
    assert codes == ["trouble", "tcp"]


def silent_watches(stage: Stage) -> None:
    stage.settings.PROBE_LOOPBACK = True
    first, second = stage.cases()
    for case in (first, second):
        target(case.service, 443, stage.story.now)
    Case.objects.update(stage=Stage_.STABILITY)
    stage.spoil(watches.case_tests, "watch", lambda case: case.pk == first.pk)
    assert watches.take_up(stage.story.now) == 1
    assert (Probe.objects.get().case_id, stage.set_aside()) == (second.pk, ["case to test"])


def alerts(stage: Stage) -> None:
    noc = Noc(stage.story, opens="by_itself")
    fire_all(noc, services(noc, 2))
    noc.pass_seconds(HOLD)
    stage.spoil(alert_store, "is_over", lambda alert: alert.pk == noc.alert("SRV-0000").pk)
    noc.the_worker_looks()
    assert [bool(noc.alert(f"SRV-000{number}").case) for number in (0, 1)] == [False, True]
    assert stage.set_aside() == ["alert"]


def old_alerts(stage: Stage) -> None:
    noc = Noc(stage.story)
    second, _token = noc.add("otro", "generic")
    stage.patch.setattr(alert_store, "too_many", lambda source: True)
    stage.spoil(alert_store, "too_many", lambda source: source.pk == noc.source.pk)
    rounds.thin_alerts(Event())
    assert [AlertSource.objects.get(pk=pk).trouble != "" for pk in (noc.source.pk, second.pk)] == [False, True]
    assert stage.set_aside() == ["alert source"]


def acts_of_the_field(stage: Stage) -> None:
    first, second = stage.cases()
    done = []
    stage.patch.setattr(field_arrivals, "left_behind", lambda before: [first.pk, second.pk])
    stage.patch.setattr(field_arrivals, "apply_waiting", lambda case, at: done.append(case.pk))
    stage.spoil(field_arrivals, "apply_waiting", lambda case: case.pk == first.pk)
    rounds.acts_left_behind(Event())
    assert done == [second.pk]


def acts_on_many_cases(stage: Stage) -> None:
    first, second = stage.cases()
    act = bulk.begin(
        bulk_cause.DEEDS["assign"],
        {"to": stage.story.colleague.pk},
        {case.pk: case.seq for case in (first, second)},
        key=uuid4(),
        staff=stage.story.engineer,
        at=now() - timedelta(minutes=1),
    )
    stage.spoil(Case, "assign", lambda case: case.pk == first.pk)
    rounds.acts_on_many(Event())
    assert bulk_act.counts_of(act) == {"done": 1, "failed": 1}


def calls(stage: Stage) -> None:
    story = stage.story
    numbers = ["+593725550001", "+593725550002"]
    for number in numbers * 2:
        reception.ring(from_number=number, line="1800400404", version=story.version, at=story.now)
    story.minutes_pass(2)
    story.the_sweep_runs()
    bad = Call.objects.order_by("pk")[0].pk
    stage.spoil(late_calls, "_late", lambda clock: clock.call_id == bad)
    assert len(late_calls.late_calls(story.now)) == 3
    Call.objects.update(abandoned_at=story.now, ended_at=story.now)
    settled = []
    stage.patch.setattr(phone_owed, "settle_number", lambda number, at, skip_locked: settled.append(number) or [])
    stage.spoil(phone_owed, "settle_number", lambda number: number == numbers[0])
    late_calls.settle_forgotten(story.now)
    assert settled == numbers[1:]
    assert stage.set_aside() == ["late call", "call to settle"]


def outages(stage: Stage) -> None:
    story = stage.story
    story.open_case()
    stage.cases()
    new = proposing.newest(story.now - timedelta(hours=1))
    node = element("NODO-1", ElementKind.NODE, story.site.city)
    two = [proposing.Pile(None, story.site.pk, new), proposing.Pile(node.pk, None, new)]
    stage.patch.setattr(proposing, "piles", lambda new, least: two)
    stage.spoil(proposing, "proposed_for", lambda pile: pile.site is not None)
    assert proposing.propose_from_cases(story.now) == 1
    assert (Outage.objects.get().element_id, stage.set_aside()) == (node.pk, ["site"])
    other = element("NODO-2", ElementKind.NODE, story.site.city)
    signs, hours = {"cases": []}, {"started_at": story.now, "now": story.now}
    proposing.propose(element=other, site=None, signs=signs, origin=Origin.CASES, **hours)
    Outage.objects.update(state=OutageState.RESTORED, restored_at=story.now)
    stage.spoil(restoring, "_over", lambda outage: outage.element_id == node.pk)
    assert restoring.end_of_themselves(story.now) == 1
    assert (Outage.objects.get(ended_at=None).element_id, stage.set_aside()) == (node.pk, ["site", "outage"])


def planned_work(stage: Stage) -> None:
    night = stage.fixture("night")
    night.announce()
    first, again = night.work, timedelta(hours=night.work.again_hours)
    first.pk, first.number = None, first.number + 1
    first.save(force_insert=True)
    stage.patch.setattr(work_announcing, "is_due_again", lambda work, at: True)
    stage.spoil(work_announcing, "is_due_again", lambda work: work.pk == first.pk)
    assert work_announcing.remind_due(night.starts_at - again + timedelta(minutes=1)) == 1
    first.refresh_from_db()
    assert (first.reminded_at, night.work.reminded_at is None, stage.set_aside()) == (None, False, ["planned work"])


def files_of_no_case(stage: Stage) -> None:
    folder = stage.fixture("folder")
    names = [store.digest(content) for content in (b"1", b"2")]
    for name, content in zip(names, (b"1", b"2"), strict=True):
        store.keep(name, content)
    stage.spoil(store, "remove", lambda sha: sha == names[0])
    assert case_files.remove_orphaned_bytes(now() + 2 * case_files.LEFT_ALONE) == 1
    assert standing(folder) == [store.place(names[0])]
    assert watch.state("sweep", now())[1][0].key.endswith(f"/{names[0][:12]}")


def requests_about_persons(stage: Stage) -> None:
    story = stage.story
    first, second = (
        requests.ask(RequestedRight.EXPORT, by=story.supervisor, at=story.now, contact=story.head) for _ in range(2)
    )
    looked = []
    stage.patch.setattr(persons, "look_for", lambda request, at: looked.append(request.pk))
    stage.spoil(persons, "look_for", lambda request: request.pk == first.pk)
    with pytest.raises(Spoiled):
        persons.look(Event())
    persons.look(Event())
    assert looked == [second.pk]


def team_channel(name: str) -> TeamChannel:
    news = [TeamNews.OPENED.value, TeamNews.AT_RISK.value]
    return TeamChannel.objects.create(name=name, kind="slack", secret=[SLACK], language="es", news=news)


def promises_at_risk_(stage: Stage) -> None:
    first, second = stage.cases()
    noc = team_channel("NOC")
    second.refresh_from_db()
    stage.spoil(promises_at_risk, "tell_risk_of", lambda case: case.pk == first.pk)
    promises_at_risk.tell_at_risk(second.next_warn_at)
    told = Notice.objects.filter(team_channel=noc)
    assert ([one.case_id for one in told], stage.set_aside()) == ([second.pk], ["team news"])


def news_to_teams(stage: Stage) -> None:
    first, second = team_channel("NOC"), team_channel("Transporte")
    stage.story.open_case()
    stage.spoil(team_packing, "pack_channel", lambda channel: channel.pk == first.pk)
    assert team_packing.pack_team_news(stage.story.now, team_channels.CHANNELS) == 1
    assert Notice.objects.get(team_channel=second).state == NoticeState.PACKED
    assert stage.set_aside() == ["channel of a team"]
    spoilt = Notice.objects.filter(team_channel=first)
    assert [one.state for one in spoilt] == [NoticeState.OWED]
    spoilt.update(state=NoticeState.SUPPRESSED)
    TeamChannel.objects.filter(pk=first.pk).update(active=False)
    by_a_gateway(NEWS_TO_TEAMS)(stage)


def webhooks(stage: Stage) -> None:
    """One that cannot be written is tried later, and the others leave."""
    story = stage.story
    stage.settings.EGRESS_LOOPBACK = True
    receiver = stage.fixture("receiver")
    fields = {"name": "CRM", "url": receiver.url, "kinds": ["registered"]}
    editing.add(fields, by=None, at=story.now)
    first, second = stage.cases()
    stage.spoil(cloud_event, "grouped", lambda number: number == first.number)
    number = seen(story.now, None)
    webhook_sending.send_due(webhook_sending.Posting(rounds.step, lambda: story.now, number))
    assert [hit.event.get_subject() for hit in receiver.hits] == [second.display_number]
    spoiled = WebhookDelivery.objects.get(case=first)
    assert (spoiled.state, spoiled.answer) == ("waiting", "Spoiled: no such level")


SCENES = {
    "deadlines": deadlines,
    "calendars": calendars,
    "failed pages": failed_pages_,
    "failed notices": failed_notices_,
    "announcements": announcements,
    "reports of the month": reports_of_the_month,
    "mail": mail,
    "short messages": by_a_gateway(LETTERS_BY_SMS, LETTERS_BY_WHATSAPP),
    "pages by mail": pages_by_mail,
    "pages by Apprise": by_a_gateway(PAGES_BY_APPRISE),
    "promises at risk": promises_at_risk_,
    "news to teams": news_to_teams,
    "webhooks": webhooks,
    "mailbox": mailbox,
    "mail that came in": mail_that_came_in,
    "answers to mail": answers_to_mail,
    "probes": probes,
    "silent watches": silent_watches,
    "alerts": alerts,
    "old alerts": old_alerts,
    "acts of the field": acts_of_the_field,
    "acts on many cases": acts_on_many_cases,
    "calls": calls,
    "outages": outages,
    "planned work": planned_work,
    "files of no case": files_of_no_case,
    "requests about persons": requests_about_persons,
}


@pytest.mark.parametrize("loop", [each.name for each in TIMETABLE if each.name not in WITHOUT_ROWS])
def test_one_row_that_raises_holds_up_no_loop(loop, request, story, monkeypatch, settings):
    """A loop that is new has a scene here, or its reason why it works through no rows."""
    SCENES[loop](Stage(story, monkeypatch, request.getfixturevalue, settings))


def test_each_kind_that_is_set_aside_has_words_on_the_desk():
    assert {each.kind for each in quarantine.every} <= set(QUARANTINE)
