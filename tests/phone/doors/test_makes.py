"""A make that pushes in a form of its own is understood by a small file; what does not fit is refused by its field.

The messages are the examples that the makes have published, with made-up numbers; no live exchange has sent them.
"""

import json
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from guardia.calls import cti_mapping, exchange_editing, recordings
from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import Exchange
from tests.phone.doors.test_cti import Central, _the_hour_is_the_storys, central  # noqa: F401

CALLER, LINE = "+593725550148", "1800400404"
OWN = """
[fields]
callId = "uuid"
from = "caller"
to = "did"
timestamp = "at"
[[events]]
is = "newCall"
field = "state"
any = ["RINGING", 1]
[[events]]
is = "answer"
field = "state"
any = ["UP"]
[[events]]
is = "hangup"
field = "state"
any = ["DOWN"]
"""


@pytest.fixture
def speaks(central):  # noqa: F811
    """The exchange speaks as this make does; an own file where one is given."""

    def of(make: str, toml: str = "") -> Central:
        exchange_editing.change(
            central.exchange, {"mapping": {"make": make, "toml": toml}}, desks=[], by=None, at=central.story.now
        )
        return central

    return of


def pushes(central: Central, said: dict, form: bool = False):  # noqa: F811
    if form:
        return central.posts(urlencode(said), "application/x-www-form-urlencoded")
    return central.posts(json.dumps(said))


def the_call() -> Call:
    return Call.objects.select_related("exchange").get()


@pytest.mark.parametrize("make", cti_mapping.MAKES)
def test_each_shipped_file_can_be_read_and_says_where_it_is_from(make):
    found = cti_mapping.read_mapping(cti_mapping.shipped(make))
    assert found.name
    assert found.source.startswith("https://")
    assert "not tried" in cti_mapping.shipped(make)


def test_p1_twilio_rings_is_answered_by_a_person_and_ends_by_its_own_hours(speaks):
    """The platform answers at once, to play its menu: that is nobody."""
    central = speaks("twilio")  # noqa: F811
    began = central.story.now.replace(microsecond=0)

    def says(status: str, seconds: int, **more: str) -> None:
        hour = f"{began + timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S} +0000"
        sent = {"CallSid": "CA01", "CallStatus": status, "From": CALLER, "To": LINE, "Direction": "inbound"}
        assert pushes(central, {**sent, "Timestamp": hour, **more}, form=True).status_code == 200

    leg = {"CallSid": "CA02", "ParentCallSid": "CA01", "Direction": "outbound-dial", "To": "+593990000001"}
    says("queued", 0)
    assert not Call.objects.exists(), "nothing rings yet"
    says("ringing", 1)
    says("in-progress", 2)
    says("ringing", 3, **leg)
    assert the_call().is_waiting
    says("in-progress", 31, **leg)
    says("completed", 89, **leg)
    assert the_call().ended_at is None
    says("completed", 90, RecordingUrl="https://api.example.com/recordings/RE01")
    call = the_call()
    assert (call.from_number, call.line, call.measure) == (CALLER, LINE, Measure.EXCHANGE)
    assert call.answered_at - call.waiting_at == timedelta(seconds=30)
    assert (call.answered_as, call.ended_at) == ("+593990000001", began + timedelta(seconds=90))
    assert recordings.link_of(call) == "https://api.example.com/recordings/RE01"
    says("ringing", 1)
    assert Call.objects.count() == 1, "the same message again changes nothing"


def test_p1_yeastar_tells_its_members_within_a_text(speaks):
    central = speaks("yeastar")  # noqa: F811

    def says(*members: dict) -> None:
        msg = json.dumps({"call_id": "1648861726.280", "members": members}, indent=2)
        assert pushes(central, {"type": 30011, "sn": "3631A2124XXX", "msg": msg}).status_code == 200

    inbound = {"from": "0725550148", "to": LINE, "trunk_name": "a", "channel_id": "c", "member_status": "ALERT"}
    says({"inbound": inbound})
    assert the_call().is_waiting
    says({"extension": {"number": "2002", "member_status": "RING"}})
    talks = {"extension": {"number": "2002", "member_status": "ANSWER"}}
    says(talks, {"inbound": {**inbound, "member_status": "ANSWERED"}})
    assert the_call().answered_as == "2002"
    says({"inbound": {**inbound, "member_status": "BYE"}})
    assert the_call().ended_at is not None
    says({"outbound": {"from": "2002", "to": "0990000001", "member_status": "ALERT"}})
    assert Call.objects.count() == 1


RECORDS = {
    "3cx": {
        "historyid": "9",
        "from-no": CALLER,
        "dial-no": LINE,
        "final-number": "101",
        "time-start": "{0}",
        "time-answered": "{20}",
        "time-end": "{80}",
    },
    "grandstream": {
        "cdr": [
            {
                "uniqueid": "9",
                "src": CALLER,
                "dst": LINE,
                "dstchannel_ext": "101",
                "disposition": "ANSWERED",
                "start": "{0}",
                "answer": "{20}",
                "end": "{80}",
            }
        ]
    },
    "avaya": {
        "Call ID": "9",
        "Caller": CALLER,
        "Called Number": LINE,
        "Direction": "I",
        "Party1Device": "101",
        "Call Start": "{0}",
        "Ring Time": "20",
        "Connected Time": "00:01:00",
    },
}


@pytest.mark.parametrize("make", RECORDS)
def test_p1_a_record_of_the_whole_call_measures_it(speaks, make):
    """Its hours are the operator's; whoever was not answered gave up at its end."""
    central = speaks(make)  # noqa: F811
    began = central.story.now.replace(microsecond=0) - timedelta(minutes=5)
    form = cti_mapping.read_mapping(cti_mapping.shipped(make)).time

    def with_hours(text: str) -> str:
        for seconds in (0, 20, 80):
            local = (began + timedelta(seconds=seconds)).astimezone(ZoneInfo("America/Guayaquil"))
            text = text.replace(f"{{{seconds}}}", local.strftime(form))
        return text

    said = json.loads(with_hours(json.dumps(RECORDS[make])))
    assert pushes(central, said).status_code == 200
    call = the_call()
    assert (call.arrived_at, call.answered_at) == (began, began + timedelta(seconds=20))
    assert (call.ended_at, call.answered_as, call.line) == (began + timedelta(seconds=80), "101", LINE)
    assert pushes(central, said).status_code == 200
    assert Call.objects.count() == 1


def test_p1_a_record_of_a_call_that_nobody_answered_owes_a_call_back(speaks):
    central = speaks("grandstream")  # noqa: F811
    at = central.story.now.astimezone(ZoneInfo("America/Guayaquil")) - timedelta(minutes=1)
    hours = {"start": f"{at:%Y-%m-%d %H:%M:%S}", "answer": "", "end": f"{at + timedelta(seconds=30):%Y-%m-%d %H:%M:%S}"}
    sent = {"uniqueid": "8", "src": CALLER, "dst": LINE, "disposition": "NO ANSWER", **hours}
    assert pushes(central, {"cdr": [sent]}).status_code == 200
    call = the_call()
    assert (call.left_as, call.is_owed_a_call_back) == (LeftAs.ABANDONED, True)


def test_an_operators_own_file_is_understood_and_what_came_is_kept_beside(speaks):
    central = speaks("own", OWN)  # noqa: F811
    said = {"uuid": "u1", "state": 1, "caller": CALLER, "did": LINE, "at": central.story.now.isoformat()}
    said["extra"] = {"x": ["y"]}
    assert pushes(central, said).status_code == 200
    assert the_call().is_waiting
    packet = central.exchange.events.get().packet
    assert ["their.state", "1"] in packet
    assert ["their.extra.x", "y"] in packet


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"state": "FLYING"}, "state", "FLYING"),
        ({"state": None}, "state", "state"),
        ({"uuid": ""}, "uuid", "callId"),
        ({"at": "mañana"}, "at", "mañana"),
        ({"at": "2020-01-01T00:00:00+00:00"}, "timestamp", "2020-01-01"),
    ],
)
def test_a_message_that_does_not_fit_is_refused_by_its_own_field(speaks, change, field, words):
    central = speaks("own", OWN)  # noqa: F811
    said = {"uuid": "u1", "state": "RINGING", "caller": CALLER, "did": LINE, "at": central.story.now.isoformat()}
    answer = pushes(central, {**said, **change})
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert words in answer.json()["error"]
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ("", "callId"),
        ("x", "TOML"),
        ("[fields]\ncallId = 1", "fields.callId"),
        ('[fields]\ncallId = "a"\ncolour = "b"', "fields.colour"),
        ('[fields]\ncallId = "a"', "[[events]]"),
        ('fields = "a"', "fields"),
        (OWN + '[record]\nstarted = "a"', "[[events]]"),
        (OWN + '[values.direction]\nin = "down"', "values.direction"),
        (OWN + '[values.colour]\nin = "down"', "values.colour"),
        (OWN.replace('is = "hangup"', 'is = "answer"'), "hangup"),
        (OWN.replace('is = "hangup"', 'is = "dance"'), "events 3"),
        (OWN.replace('any = ["UP"]', "any = []"), "events 2"),
        (OWN.replace('any = ["UP"]', 'any = ["UP"]\n[[events]]\nis = "answer"'), "events 3"),
        ('time = "whenever"' + OWN, "time"),
        ('[fields]\ncallId = "a"\n[record]\nended = "a"', "record"),
        ('[fields]\ncallId = "a"\n[record]\nstarted = "a"\nended = "b"\nslept = "c"', "record.slept"),
        ("#" * 20_001, "20000"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_place(toml, place):
    with pytest.raises(cti_mapping.MappingWrong) as wrong:
        cti_mapping.read_mapping(toml)
    assert place in str(wrong.value)


def test_a_deep_message_is_refused_and_breaks_nothing(speaks):
    central = speaks("own", OWN)  # noqa: F811
    for body in ('{"a":' * 3000 + "1" + "}" * 3000, json.dumps({"a": "[" * 5000}), json.dumps({"a": list(range(500))})):
        answer = central.posts(body)
        assert answer.status_code in (400, 422)
    assert Exchange.objects.count() == 1
