"""`r`: the exchange hands a waiting call over, or dials, by a manager user of its own; where it cannot there is no key.

The other end is a fake one that answers as Asterisk's documents say: no live exchange has done this.
"""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guardia.calls.call import Call
from guardia.customers.contact import Contact
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.staff import Role, Staff
from guardia.web.phone import ami_acting
from guardia.web.phone.ami_acting import CannotAct
from guardia.web.phone.ami_reader import Heard
from guardia.web.phone.ami_session import Packet, Packets, Unsendable, action, value
from tests.notices.post_office import free_port
from tests.phone.doors.fake_exchange import SECRET, FakeExchange, packet
from tests.phone.doors.test_keeping import Ear
from tests.phone.recorded import heard
from tests.procedure.story import staff

JOINED = next(n for n, one in enumerate(heard("abandoned")) if dict(one.packet).get("Event") == "QueueCallerJoin")
IDLE = {"Message": "Extension Status", "Exten": "101", "Context": "from-internal", "Status": "0", "StatusText": "Idle"}


class Desk:
    """The exchange of the environment, whose calls are heard, and which acts for the engineer's telephone 101."""

    def __init__(self, story, fake: FakeExchange) -> None:
        self.story, self.fake, self.ear = story, fake, Ear(story, "abandoned")
        self.ear.connects(self.ear.begun)
        Staff.objects.filter(pk=story.engineer.pk).update(extension="101")
        story.engineer.refresh_from_db()

    def somebody_waits(self) -> Call:
        self.ear.hears(0, JOINED + 1)
        call = Call.objects.get()
        entry = packet(Event="QueueEntry", Queue="technical", Channel="PJSIP/trunk-00000003", Uniqueid=call.reference)
        self.fake.shown["QueueStatus"] = [entry]
        return call

    def somebody_gave_up(self) -> Call:
        self.ear.hears()
        return Call.objects.get()

    def sent(self) -> list[Packet]:
        """What the exchange was asked to do, but for the login."""
        found = []
        while not self.fake.actions.empty():
            found.append(self.fake.actions.get_nowait())
        return [one for one in found if value(one, "Action") not in ("Challenge", "Login")]

    def done(self, name: str) -> list[dict[str, str]]:
        asked = [dict(one) for one in self.sent()]
        return [
            {k: v for k, v in one.items() if k not in ("Action", "ActionID")} for one in asked if one["Action"] == name
        ]

    def hears(self, *packets: Packet) -> None:
        self.ear.keeper.take([Heard(self.ear.later, list(packets))])


@pytest.fixture
def fake() -> Iterator[FakeExchange]:
    """It serves in a thread of its own, since whoever asks waits for the answer."""
    exchange, loop, ready = FakeExchange(), asyncio.new_event_loop(), threading.Event()
    exchange.user = "guardia-acts"
    exchange.does = {
        "ExtensionState": dict(IDLE),
        "Redirect": {"Message": "Redirect successful"},
        "Originate": {"Message": "Originate successfully queued"},
    }
    over = asyncio.Event()

    async def serve() -> None:
        async with exchange.open():
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait()
    yield exchange
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture
def desk(story, fake, settings) -> Desk:
    settings.AMI_HOST, settings.AMI_PORT, settings.AMI_TLS = "127.0.0.1", fake.port, "none"
    settings.AMI_USER, settings.AMI_SECRET, settings.AMI_NAME = "guardia", "only-reads", "testpbx"
    settings.AMI_ACTION_USER, settings.AMI_ACTION_SECRET = "guardia-acts", SECRET
    return Desk(story, fake)


@pytest.fixture
def engineer(desk, client: Client) -> Client:
    client.force_login(desk.story.engineer)
    return client


def takes(call: Call) -> str:
    return reverse("call_step", args=[call.pk, "toma"])


def dials(call: Call) -> str:
    return reverse("call_step", args=[call.pk, "marca"])


# --- a call that waits ------------------------------------------------------------------------------------------------


def test_p1_a_waiting_call_comes_to_the_telephone_of_who_presses_r(desk, engineer):
    call = desk.somebody_waits()
    page = engineer.get("/").content.decode()
    assert f'action="{takes(call)}"' in page
    assert 'data-card-key="r"' in page
    assert 'data-key="r"' in engineer.get(reverse("call", args=[call.pk])).content.decode()
    engineer.post(takes(call))
    assert desk.done("Redirect") == [
        {"Channel": "PJSIP/trunk-00000003", "Context": "from-internal", "Exten": "101", "Priority": "1"}
    ]
    call.refresh_from_db()
    assert (call.answered_at, call.is_waiting) == (None, True), "nothing is answered because it was asked"
    written = AuditEntry.objects.get(kind=AuditKind.ASKED_OF_EXCHANGE)
    assert (written.staff, written.about, written.key) == (desk.story.engineer, "call", str(call.pk))


def test_p1_the_exchanges_own_events_say_that_it_was_answered_and_its_minute_ran_on(desk):
    call = desk.somebody_waits()
    leg = {"Uniqueid": call.reference, "Linkedid": call.reference, "Channel": "PJSIP/trunk-00000003"}
    phone = {"DestUniqueid": "testpbx-9.1", "DestChannel": "PJSIP/101-00000009", "DestCallerIDNum": "101"}

    def says(after: float, name: str, **more: str) -> None:
        at = call.waiting_at + timedelta(seconds=after)
        desk.hears(packet(Event=name, Timestamp=f"{at.timestamp():.6f}", **leg, **more))

    says(20, "QueueCallerAbandon", Queue="technical", HoldTime="20", Position="1")
    says(20.01, "QueueCallerLeave", Queue="technical")
    says(20.1, "DialBegin", DestContext="from-internal", DialString="101", **phone)
    call.refresh_from_db()
    assert (call.is_waiting, call.abandoned_at, call.waits_since) == (True, None, call.waiting_at)
    says(24, "DialEnd", DestContext="from-internal", DialStatus="ANSWER", **phone)
    call.refresh_from_db()
    assert call.answered_by == desk.story.engineer
    assert call.answered_at == call.waiting_at + timedelta(seconds=24)
    says(90, "Hangup", Cause="16")
    call.refresh_from_db()
    assert (call.lost_at, call.is_owed_a_call_back) == (None, False)


def test_p1_a_caller_who_is_no_longer_in_the_queue_is_pulled_out_of_no_talk(desk, engineer):
    call = desk.somebody_waits()
    desk.fake.shown["QueueStatus"] = []
    engineer.post(takes(call))
    assert desk.done("Redirect") == []
    assert AuditEntry.objects.filter(kind=AuditKind.ASKED_OF_EXCHANGE).count() == 0
    with pytest.raises(CannotAct):
        ami_acting.take(desk.story.engineer, call, "technical")


def test_p1_a_telephone_that_is_taken_gets_no_call(desk, engineer):
    call = desk.somebody_waits()
    desk.fake.does["ExtensionState"] = {**IDLE, "Status": "1", "StatusText": "InUse"}
    engineer.post(takes(call))
    assert desk.done("Redirect") == []
    desk.fake.does["ExtensionState"] = {**IDLE, "Status": "-1", "StatusText": "Unknown"}
    engineer.post(takes(call))
    assert len(desk.done("Redirect")) == 1, "without a hint the exchange does not know: it is tried"


# --- a number that is rung --------------------------------------------------------------------------------------------


def test_callback_d_the_engineers_telephone_rings_first_and_then_the_number(desk, engineer):
    call = desk.somebody_gave_up()
    assert call.is_owed_a_call_back
    page = engineer.get("/").content.decode()
    assert f'action="{dials(call)}"' in page
    assert 'data-key="r"' in engineer.get(reverse("call", args=[call.pk])).content.decode()
    engineer.post(dials(call))
    (sent,) = desk.done("Originate")
    assert sent == {
        "Channel": "PJSIP/101",
        "CallerID": "101",
        "Context": "from-internal",
        "Exten": call.from_number.replace("+593", "0"),
        "Priority": "1",
        "Timeout": "30000",
        "Async": "true",
    }
    call.refresh_from_db()
    assert call.is_owed_a_call_back, "dialled is not reached"
    written = AuditEntry.objects.get(kind=AuditKind.ASKED_OF_EXCHANGE)
    assert (written.staff, written.facts["number"], written.facts["extension"]) == (
        desk.story.engineer,
        sent["Exten"],
        "101",
    )


def test_callback_d_who_was_reached_by_it_is_known_by_the_exchanges_own_events(desk):
    call = desk.somebody_gave_up()
    begun = call.abandoned_at + timedelta(seconds=30)
    leg = {
        "Uniqueid": "testpbx-77.1",
        "Linkedid": "testpbx-77.1",
        "Channel": "PJSIP/101-00000007",
        "CallerIDNum": "101",
    }
    trunk = {
        "DestUniqueid": "testpbx-77.2",
        "DestChannel": "PJSIP/trunk-00000008",
        "DestContext": "from-trunk",
        "DestCallerIDNum": call.from_number.replace("+593", "0"),
    }

    def says(after: float, name: str, **more: str) -> None:
        hour = f"{(begun + timedelta(seconds=after)).timestamp():.6f}"
        desk.hears(packet(Event=name, Timestamp=hour, **leg, **more))

    says(0, "Newchannel", Context="from-internal", Exten="s", ChannelState="0")
    says(4, "DialBegin", DialString=f"{trunk['DestCallerIDNum']}@trunk", **trunk)
    call.refresh_from_db()
    assert call.reached_at is None
    says(9, "DialEnd", DialStatus="ANSWER", **trunk)
    call.refresh_from_db()
    assert call.reached_at == begun + timedelta(seconds=9)
    assert call.answered_by == desk.story.engineer


def test_a_contact_is_dialled_by_its_place_and_no_number_comes_with_the_request(desk, engineer):
    contact = Contact.objects.exclude(phones=[]).first()
    href = reverse("contact_dial", args=[contact.pk, 0])
    assert href in engineer.get(reverse("company", args=[contact.customer_id])).content.decode()
    engineer.post(href, {"number": "+593990009999", "numero": "900"})
    assert desk.done("Originate")[0]["Exten"] == contact.phones[0].replace("+593", "0")
    assert engineer.post(reverse("contact_dial", args=[contact.pk, 9])).status_code == 404
    assert engineer.get(href).status_code == 405


def test_a_number_is_dialled_as_the_exchange_dials_it(desk, settings):
    assert ami_acting.dialled_as("+593990000001") == "0990000001"
    assert ami_acting.dialled_as("+573001234567") == "00573001234567"
    assert ami_acting.dialled_as("+59325550100;ext=12") == "025550100"
    settings.AMI_ACTION_PREFIX = "9"
    assert ami_acting.dialled_as("+593990000001") == "90990000001"


# --- what may be sent -------------------------------------------------------------------------------------------------

SMUGGLED = (
    "\r\nAction: Command",
    "\nApplication: System",
    "&102",
    ",1,System(x)",
    "@otro",
    "/n",
    " 102",
    "\0",
    "%0d%0a",
)


@pytest.mark.parametrize("more", [*SMUGGLED, ""])
def test_no_number_smuggles_an_action_an_application_or_a_second_telephone(desk, engineer, more):
    number = f"+593990000001{more}" if more else "System"
    with pytest.raises(CannotAct):
        ami_acting.dial(desk.story.engineer, number)
    call = desk.somebody_gave_up()
    if "\0" not in number:  # which no database keeps
        Call.objects.filter(pk=call.pk).update(from_number=number[:40])
        engineer.post(dials(call))
    assert desk.sent() == []


@pytest.mark.parametrize("more", [*SMUGGLED, "*"])
def test_no_extension_smuggles_an_action_an_application_or_a_second_telephone(desk, engineer, more):
    unfit = f"101{more}" if more != "*" else "*8101"
    desk.story.engineer.extension = unfit
    call = desk.somebody_waits()
    assert not ami_acting.acts(desk.story.engineer)
    for act in (
        lambda: ami_acting.dial(desk.story.engineer, "+593990000001"),
        lambda: ami_acting.take(desk.story.engineer, call, "technical"),
    ):
        with pytest.raises(CannotAct):
            act()
    assert desk.sent() == []


def test_what_the_wire_sends_is_one_action_or_none():
    with pytest.raises(Unsendable):
        action("Originate", {"Exten": "101\r\nAction: Command"})
    (sent,) = Packets().feed(action("Originate", {"Exten": "101"}))
    assert sent == [("Action", "Originate"), ("Exten", "101")]


# --- where it cannot --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lacks", ["user", "extension", "another exchange", "other desk"])
def test_p1_where_the_exchange_cannot_act_there_is_no_key(desk, engineer, settings, lacks):
    waiting = desk.somebody_waits()
    if lacks == "user":
        settings.AMI_ACTION_USER = ""
    elif lacks == "extension":
        Staff.objects.update(extension="")
    elif lacks == "another exchange":
        settings.AMI_NAME = "otherpbx"
    else:
        sales = staff("ventas9", Role.SALES)
        Staff.objects.filter(pk=sales.pk).update(extension="109")
        engineer.force_login(sales)
    page = engineer.get("/").content.decode() + engineer.get(reverse("call", args=[waiting.pk])).content.decode()
    assert takes(waiting) not in page
    assert 'data-card-key="r"' not in page
    engineer.post(takes(waiting))
    assert desk.done("Redirect") == []


def test_p1_a_call_that_rings_at_ones_own_telephone_is_simply_picked_up(desk, engineer):
    call = desk.somebody_waits()
    hour = f"{(call.waiting_at + timedelta(seconds=1)).timestamp():.6f}"
    ring = {"Queue": "technical", "MemberName": "Mesa", "Interface": "PJSIP/101", "DestUniqueid": "testpbx-5.5"}
    desk.hears(packet(Event="AgentCalled", Timestamp=hour, Uniqueid=call.reference, Linkedid=call.reference, **ring))
    assert takes(call) not in engineer.get("/").content.decode()


@pytest.mark.parametrize("trouble", ["nobody", "silent", "password", "permission", "cut"])
def test_a_dead_or_unwilling_exchange_is_told_in_words_and_holds_up_no_page(
    desk, engineer, settings, monkeypatch, trouble
):
    call = desk.somebody_waits()
    if trouble == "nobody":
        settings.AMI_PORT = free_port()
    elif trouble == "silent":
        monkeypatch.setattr(ami_acting, "PATIENCE_SECONDS", 0.2)
        del desk.fake.shown["QueueStatus"]
    elif trouble == "password":
        settings.AMI_ACTION_SECRET = "wrong"
    elif trouble == "permission":
        desk.fake.refuses = {"Redirect"}
    else:
        desk.fake.does["Redirect"] = {"Response": "Error", "Message": "Channel does not exist: PJSIP/trunk-00000003"}
    answer = engineer.post(takes(call), follow=True)
    assert answer.status_code == 200
    remedy = {"password": "AMI_ACTION_SECRET", "permission": "write=call,originate", "nobody": "guardia doctor"}
    with pytest.raises(CannotAct, match=remedy.get(trouble)):
        ami_acting.take(desk.story.engineer, call, "technical")
    assert AuditEntry.objects.filter(kind=AuditKind.ASKED_OF_EXCHANGE).count() == 0
