"""P1, A1: who is free or paused stands on the desk by what the exchange says; a membership alone is nobody's life."""

import asyncio
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guardia.calls.exchange import Exchange, ExchangeMember
from guardia.cases import alarms as looks
from guardia.cases import phone_members
from guardia.cases.phone_members import How
from guardia.config.now import now
from guardia.people import presence, shifts
from guardia.people.shifts import EndedAs, Shift
from guardia.people.staff import Staff
from guardia.web.desk.handover.standing import on_the_phone, phones_words
from guardia.web.phone.ami_reader import Alive, Heard, Lost, Members
from guardia.web.phone.ami_session import Patience
from tests.phone.doors.fake_exchange import FakeExchange, packet
from tests.phone.doors.hearing import listening
from tests.phone.doors.test_keeping import Ear
from tests.phone.recorded import heard

MINUTE = timedelta(minutes=1)
DESK = shifts.TECHNICAL


@pytest.fixture
def room(story):
    return Room(story)


class Room:
    """An exchange that is heard, with queues of the technical desk and of sales."""

    def __init__(self, story, recording: str = "snapshot") -> None:
        self.story = story
        self.ear = Ear(story, recording)
        self.exchange, self.at = self.ear.exchange, story.now
        self.exchange.queues = {"technical": "technical", "everyone": "technical", "robots": "technical"}
        self.exchange.save()
        self.connects()

    def connects(self, *members, trouble: str = "") -> None:
        self.ear.connects(self.at, *members, trouble=trouble)
        self.exchange.refresh_from_db()

    def hears(self, *packets) -> None:
        self.ear.keeper.take([Heard(self.at, list(packets))])

    def passes(self, minutes: float) -> None:
        self.at += minutes * MINUTE
        self.ear.keeper.take([Alive(self.at)])

    def says(self, event: str, name: str = "Agente 9", phone: str = "PJSIP/909", **more: str) -> None:
        known = {"Queue": "technical", "Membership": "dynamic", "Status": "1", "Paused": "0", **more}
        hour = str(self.at.timestamp())
        self.hears(packet(Event=event, Timestamp=hour, MemberName=name, Interface=phone, **known))

    def listed(self, name: str, phone: str, **more: str):
        known = {"Queue": "technical", "Membership": "static", "Status": "1", "Paused": "0", **more}
        return packet(Event="QueueMember", Name=name, Location=phone, **known)

    @property
    def shown(self) -> dict[str, str]:
        return {one.name: one.how for one in phone_members.manned(DESK, self.at)}


# --- who is free ------------------------------------------------------------------------------------------------------


def test_p1_the_members_of_a_recorded_exchange_stand_on_the_desk_as_they_rang_and_talked(story):
    """`snapshot`: somebody of sales rings, talks, and the exchange is asked how things are in the middle of it."""
    room = Room(story)
    room.at = heard("snapshot")[0].received_at
    for one in heard("snapshot"):
        room.at = one.received_at
        room.hears(list(one.packet))
        if dict(one.packet).get("Event") == "QueueMemberStatus" and dict(one.packet)["Status"] == "2":
            assert room.shown["Ventas 1"] == How.TALKS
    answers = [list(one.packet) for one in heard("snapshot") if dict(one.packet).get("Event") == "QueueMember"]
    assert len(answers) == 7
    room.ear.keeper.take([Members(room.at, answers)])
    assert room.shown == {"Ventas 1": How.TALKS, "Ingeniera 1": How.GONE, "Ingeniero 2": How.GONE}


def test_p1_somebody_who_joins_and_goes_is_counted_as_long(story):
    """`robots`: a robot joins its queue by itself and leaves it at the end."""
    room = Room(story, "robots")
    seen = []
    for one in heard("robots"):
        room.at = one.received_at
        room.hears(list(one.packet))
        seen.append("Robot 3" in room.shown)
    assert True in seen
    assert not seen[0]
    assert not seen[-1]


def test_p1_free_paused_and_talking_are_counted_by_person(room, settings):
    settings.LANGUAGE_CODE = "es"
    Staff.objects.filter(pk=room.story.engineer.pk).update(extension="101")
    room.says("QueueMemberAdded", "Mesa A", "PJSIP/101")
    room.says("QueueMemberAdded", "Mesa A", "PJSIP/101", Queue="everyone")
    room.says("QueueMemberAdded", "Agente 2", "PJSIP/102")
    room.says("QueueMemberAdded", "Agente 3", "PJSIP/103", Status="2")
    room.says("QueueMemberAdded", "Agente 4", "PJSIP/104", Status="0")
    room.says("QueueMemberAdded", "Vendedora", "PJSIP/105", Queue="sales")
    room.says("QueueMemberAdded", "De nadie", "PJSIP/106", Queue="a queue without a desk")
    room.says("QueueMemberPause", "Agente 2", "PJSIP/102", Paused="1")
    assert room.shown == {room.story.engineer.name: How.FREE, "Agente 2": How.PAUSED, "Agente 3": How.TALKS}
    assert phones_words(on_the_phone(room.at)) == ("1 libre", "1 en pausa", "1 hablando")
    room.says("QueueMemberPause", "Mesa A", "PJSIP/101", Paused="1")
    assert room.shown[room.story.engineer.name] == How.FREE, "in one of two queues a call still reaches this person"
    room.says("QueueMemberPause", "Mesa A", "PJSIP/101", Paused="1", Queue="everyone")
    assert phones_words(on_the_phone(room.at)) == ("nadie libre", "2 en pausa", "1 hablando")


def test_p1_an_exchange_that_is_not_heard_has_nobody_free(room):
    room.says("QueueMemberAdded")
    assert room.shown == {"Agente 9": How.FREE}
    assert phone_members.manned(DESK, room.at + MINUTE) == [], "silent for a minute"
    room.ear.keeper.take([Lost(room.at, "the connection broke")])
    assert room.shown == {}
    room.connects(room.listed("Otra", "PJSIP/1"))
    assert room.shown == {"Otra": How.FREE}, "who is in no queue any more is not there"


def test_p1_what_the_exchange_may_not_be_asked_empties_nothing(room):
    room.says("QueueMemberAdded")
    room.connects(trouble="QueueStatus: Permission denied")
    assert room.shown == {"Agente 9": How.FREE}


def test_p1_a_name_given_at_the_exchange_is_known_with_the_next_look(room):
    room.says("QueueMemberAdded", "Mesa A", "PJSIP/101")
    Staff.objects.filter(pk=room.story.engineer.pk).update(extension="101")
    room.ear.keeper.take([Members(room.at, [room.listed("Mesa A", "PJSIP/101")])])
    assert room.shown == {room.story.engineer.name: How.FREE}


def test_p1_who_is_in_the_queues_is_asked_anew_while_the_connection_stands():
    """An exchange's own filter may leave out the events of members: then a look tells."""

    async def scenario():
        async with FakeExchange().open() as exchange:
            exchange.shown["QueueStatus"] = [packet(Event="QueueMember", Queue="technical", Location="PJSIP/1")]
            often = Patience(answer=30, ping=0.01, silence=60, members=0.02)
            async with listening(exchange.account(), patience=often) as hearing:
                looked = (await hearing.until(Members))[-1]
                assert "PJSIP/1" in str(looked.answers)

    asyncio.run(scenario())


def test_p1_the_head_of_every_page_says_who_is_free_and_its_poll_follows(room, client: Client):
    Exchange.objects.filter(pk=room.exchange.pk).update(seen_at=now(), connected_at=now())
    room.says("QueueMemberAdded")
    client.force_login(room.story.engineer)
    page = client.get("/").content.decode()
    assert 'class="phones" title="Agente 9: ' in page
    assert '<li data-how="free"><span>Agente 9</span>' in page
    live = client.get(reverse("shift_live"))
    tag = live.headers.get("Hx-Ptag") or live.headers.get("ETag")
    room.says("QueueMemberPause", Paused="1")
    Exchange.objects.filter(pk=room.exchange.pk).update(seen_at=now())
    again = client.get(reverse("shift_live"))
    assert (again.headers.get("Hx-Ptag") or again.headers.get("ETag")) != tag
    assert '<li data-how="paused"><span>Agente 9</span>' in again.content.decode()


def test_p1_without_queues_nothing_is_said_of_telephones(room, client: Client):
    client.force_login(room.story.engineer)
    page = client.get("/").content.decode()
    assert 'class="phones"' not in page
    assert "on-the-phone" not in page


# --- a sign of life ---------------------------------------------------------------------------------------------------


class OnShift:
    """The engineer, extension 101, on shift by a page that was closed at once; the worker looks each minute."""

    def __init__(self, room: Room) -> None:
        self.room, self.engineer = room, room.story.engineer
        Staff.objects.filter(pk=self.engineer.pk).update(extension="101")
        self.began = room.at
        shifts.enter(self.engineer, DESK, room.at, is_seen=True)
        looks.look_at_shifts(room.at)

    def until(self, minutes: int) -> str:
        """How the shift ended by then, or nothing."""
        while self.room.at < self.began + minutes * MINUTE:
            self.room.passes(0.5)
            looks.look_at_shifts(self.room.at)
        return self.shift.ended_as

    @property
    def shift(self) -> Shift:
        return Shift.objects.filter(staff=self.engineer).latest("pk")

    def joins(self, **more: str) -> None:
        self.room.says("QueueMemberAdded", "Mesa A", "PJSIP/101", **more)


@pytest.fixture
def on_shift(room) -> OnShift:
    return OnShift(room)


def test_a1_with_no_page_and_no_queue_the_session_is_lost(on_shift):
    assert on_shift.until(6) == EndedAs.LOST


def test_a1_who_has_joined_a_queue_has_lost_no_session_and_is_asked_all_the_same(on_shift):
    on_shift.until(1)
    on_shift.joins()
    assert on_shift.until(58) == ""
    assert on_shift.shift.seen_at == on_shift.began + MINUTE
    assert on_shift.until(120) == EndedAs.SILENT, "a telephone that stays in its queue stands for nobody for ever"


def test_a1_a_member_that_is_in_the_queue_for_ever_is_nobodys_life(on_shift):
    """Static: its telephone is registered, whoever has gone home."""
    on_shift.room.connects(on_shift.room.listed("Mesa A", "PJSIP/101"))
    on_shift.room.says("QueueMemberStatus", "Mesa A", "PJSIP/101", Membership="static")
    assert on_shift.until(6) == EndedAs.LOST


@pytest.mark.parametrize("more", [{"Paused": "1"}, {"Status": "5"}, {"Status": "4"}, {"Status": "0"}])
def test_a1_paused_or_not_to_be_reached_keeps_no_session(on_shift, more):
    on_shift.joins()
    on_shift.room.says("QueueMemberStatus", "Mesa A", "PJSIP/101", **more)
    assert on_shift.until(7) == EndedAs.LOST


def test_a1_a_lost_connection_makes_membership_unknown_and_not_alive(on_shift):
    on_shift.joins()
    on_shift.room.ear.keeper.take([Lost(on_shift.room.at, "the connection broke")])
    assert on_shift.until(7) == EndedAs.LOST


def test_a1_taking_a_pause_back_answers_the_question(on_shift):
    on_shift.joins()
    on_shift.until(61)
    presence.heard(on_shift.engineer.pk, on_shift.room.at)
    assert on_shift.shift.asked_at is not None
    on_shift.room.says("QueueMemberPause", "Mesa A", "PJSIP/101", Paused="1")
    looks.look_at_shifts(on_shift.room.at)
    assert on_shift.shift.asked_at is not None, "an exchange pauses by itself whoever does not pick up"
    on_shift.room.says("QueueMemberPause", "Mesa A", "PJSIP/101", Paused="0")
    looks.look_at_shifts(on_shift.room.at)
    assert (on_shift.shift.asked_at, on_shift.shift.ended_as) == (None, "")


def test_a1_what_an_exchange_loads_as_it_starts_was_done_by_nobody(on_shift):
    room = on_shift.room
    Exchange.objects.filter(pk=room.exchange.pk).update(started_at=room.at)
    room.ear.keeper.exchange.refresh_from_db()
    on_shift.joins()
    assert ExchangeMember.objects.get().acted_at is None
    assert on_shift.until(7) == EndedAs.LOST


def test_a1_who_forgot_yesterday_to_leave_the_queue_is_no_member_today(on_shift):
    on_shift.joins()
    life = phone_members.life_of([on_shift.engineer.pk], on_shift.room.at)
    assert life[on_shift.engineer.pk].is_member
    on_shift.room.passes(presence.COMES_BACK / MINUTE)
    assert not phone_members.life_of([on_shift.engineer.pk], on_shift.room.at)[on_shift.engineer.pk].is_member
