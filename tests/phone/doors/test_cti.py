"""An exchange that pushes tells of its calls, in three dialects, in any order, as often as it likes."""

import json
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.test import Client

from guardia.calls import exchanges
from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import Exchange, ExchangeEvent
from guardia.people import secret_address
from guardia.web.phone import cti

HOTLINE, CALLER = "1800400404", "0725550148"
ROUTES = ("/telefonia/", "/api/v1/cti/")


class Central:
    """What the exchange sends; the hours are those of the story, ``at`` seconds after its beginning."""

    def __init__(self, story, route: str = ROUTES[0], **more) -> None:
        self.story = story
        self.exchange, token = exchanges.add("central", "cti", at=story.now, **more)
        self.address = route + token
        self.client = Client()

    def sends(self, event: str, at: float | None = None, *, form: bool = False, **fields):
        message = {"event": event, "direction": "in", "from": CALLER, "to": HOTLINE, "callId": "call-1", **fields}
        if at is not None:
            message["timestamp"] = (self.story.now + timedelta(seconds=at)).isoformat()
        message = {name: value for name, value in message.items() if value is not None}
        if form:
            return self.posts(urlencode(message, doseq=True), "application/x-www-form-urlencoded")
        return self.posts(json.dumps(message), "application/json")

    def posts(self, body: str | bytes, content_type: str = "application/json", **headers):
        return self.client.post(self.address, body, content_type=content_type, **headers)

    def call(self, **which) -> Call:
        return Call.objects.get(exchange=self.exchange, **which)


@pytest.fixture(autouse=True)
def _the_hour_is_the_storys(story, monkeypatch) -> None:
    monkeypatch.setattr(cti, "now", lambda: story.now)


@pytest.fixture
def central(story) -> Central:
    return Central(story)


# --- the course of a call ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("form", [False, True])
def test_a_call_rings_is_answered_and_ends(story, form, route):
    central = Central(story, route)
    for event, at, more in (
        ("newCall", 0, {}),
        ("answer", 21.5, {"user": "Mesa 1", "answeringNumber": "101"}),
        ("hangup", 90, {"cause": "normalClearing"}),
    ):
        answer = central.sends(event, at, form=form, **more)
        assert (answer.status_code, answer.json()) == (200, {})
    call = central.call()
    assert (call.arrived_at, call.waiting_at) == (story.now, story.now)
    assert call.answered_at == story.now + timedelta(seconds=21.5)
    assert call.ended_at == story.now + timedelta(seconds=90)
    assert (call.measure, call.answered_as, call.desk) == (Measure.EXCHANGE, "Mesa 1", "technical")
    assert call.contact == story.head
    assert call.visits.get().result == "answered"
    assert answer["Cache-Control"] == "no-store"


def test_without_a_timestamp_the_hours_are_those_of_the_receipt(central, story):
    central.sends("newCall")
    begun = story.now
    story.seconds_pass(12)
    central.sends("answer")
    call = central.call()
    assert (call.arrived_at, call.answered_at) == (begun, begun + timedelta(seconds=12))
    assert call.measure == Measure.RECEIPT


@pytest.mark.parametrize(
    "hour",
    ["2026-11-21T07:00:00Z", "2026-11-21T02:00:00-05:00", "1795244400", 1795244400, 1795244400000, "1795244400.0"],
)
def test_an_hour_in_any_of_its_spellings(central, story, hour):
    assert central.sends("newCall", timestamp=hour).status_code == 200
    assert central.call().arrived_at == story.now


@pytest.mark.parametrize("cause", ["cancel", "normalClearing", "noAnswer", "busy", ""])
def test_who_hangs_up_unanswered_is_owed_a_call_back(central, story, cause):
    central.sends("newCall", 0)
    central.sends("hangup", 20, cause=cause)
    call = central.call()
    assert call.abandoned_at == story.now + timedelta(seconds=20)
    assert call.is_owed_a_call_back
    assert call.left_as == (LeftAs.TIMED_OUT if cause in ("noAnswer", "busy") else LeftAs.ABANDONED)


def test_a_withheld_number(central):
    for withheld in ("anonymous", "", "<unknown>"):
        central.sends("newCall", 0, callId=f"call-{withheld}", **{"from": withheld})
    assert set(Call.objects.values_list("from_number", flat=True)) == {""}


def test_a_sip_address_is_a_number(central):
    central.sends("newCall", 0, **{"from": "sip:+593725550148@pbx.example.com;user=phone"})
    assert central.call().from_number == "+593725550148"


def test_we_ring_whom_a_call_back_is_owed_to(central, story):
    central.sends("newCall", 0)
    central.sends("hangup", 20, cause="cancel")
    out = {"direction": "out", "callId": "call-2", "from": "101", "to": CALLER, "user": "Mesa 1"}
    story.minutes_pass(5)
    central.sends("newCall", 0, **out)
    assert central.call().is_owed_a_call_back
    central.sends("answer", 8, **out)
    call = central.call()
    assert call.reached_at == story.now + timedelta(seconds=8)
    assert not call.is_owed_a_call_back
    assert Call.objects.count() == 1


# --- where others make an error of it ---------------------------------------------------------------------------------


def test_the_same_message_again_changes_nothing(central, story):
    for _ in range(3):
        assert central.sends("newCall", 0).status_code == 200
        assert central.sends("answer", 9).status_code == 200
    central.sends("newCall", 2)
    central.sends("answer", 12)
    assert ExchangeEvent.objects.count() == 2
    assert central.call().answered_at == story.now + timedelta(seconds=9)
    assert central.call().visits.count() == 1


def test_any_order_gives_the_same_call(central, story):
    central.sends("hangup", 60, cause="normalClearing")
    assert Call.objects.count() == 0
    central.sends("answer", 9)
    central.sends("newCall", 0)
    central.sends("newCall", 1)
    call = central.call()
    assert (call.arrived_at, call.answered_at) == (story.now, story.now + timedelta(seconds=9))
    assert call.ended_at == story.now + timedelta(seconds=60)


def test_an_answer_after_the_end_is_late_news(central, story):
    central.sends("newCall", 0)
    central.sends("hangup", 60, cause="normalClearing")
    assert central.call().is_owed_a_call_back
    central.sends("answer", 9)
    assert not central.call().is_owed_a_call_back


def test_a_replay_of_an_old_message_is_harmless(central, story):
    central.sends("newCall", 0)
    central.sends("answer", 9)
    story.minutes_pass(60 * 24)
    for at, event in ((-86400, "newCall"), (-86400 + 9, "answer")):
        assert central.sends(event, at).status_code == 200
    assert (Call.objects.count(), ExchangeEvent.objects.count()) == (1, 2)


# --- dialects ---------------------------------------------------------------------------------------------------------


def test_sipgate_is_told_where_to_send_the_rest(central, settings):
    settings.PUBLIC_URL = "https://noc.example.com/"
    sipgate = {"userId[]": ["w0"], "user[]": ["Mesa 1"], "fullUserId[]": ["1234567w0"], "xcid": "x"}
    answer = central.sends("newCall", form=True, **sipgate)
    address = f"https://noc.example.com{central.address}"
    assert answer["Content-Type"] == "application/xml"
    assert f'<Response onAnswer="{address}" onHangup="{address}"/>' in answer.content.decode()
    assert central.sends("answer", form=True, **sipgate)["Content-Type"] == "application/json"
    assert central.call().visits.get().attempts.get().member == "Mesa 1"


def test_a_call_that_is_handed_on_stays_one_call(central, story):
    first, second = ({"origCallId": "call-1", "callId": each} for each in ("call-1", "leg-2"))
    central.sends("newCall", 0, **first)
    central.sends("answer", 5, user="Mesa 1", **first)
    central.sends("hangup", 30, cause="forwarded", **first)
    central.sends("newCall", 30.2, user="Mesa 2", **second)
    assert central.call().ended_at is None
    central.sends("answer", 35, user="Mesa 2", **second)
    central.sends("hangup", 90, cause="normalClearing", **second)
    call = central.call()
    assert call.answered_at == story.now + timedelta(seconds=5)
    assert call.ended_at == story.now + timedelta(seconds=90)
    assert list(call.visits.order_by("ordinal").values_list("member", flat=True)) == ["Mesa 1", "Mesa 2"]
    assert call.transfers.count() == 1


def test_a_call_that_is_passed_on_unanswered_waits_on(central, story):
    first, second = ({"origCallId": "call-1", "callId": each} for each in ("call-1", "leg-2"))
    central.sends("newCall", 0, **first)
    central.sends("hangup", 30, cause="forwarded", **first)
    central.sends("newCall", 30.2, **second)
    assert central.call().is_waiting
    central.sends("answer", 40, **second)
    call = central.call()
    assert (call.waiting_at, call.answered_at) == (story.now, story.now + timedelta(seconds=40))


def placetel(event: str, **more) -> dict:
    return {"event": event, "direction": None, "callId": None, "call_id": "f" * 64, **more}


@pytest.mark.parametrize(("type_", "left_as"), [("missed", "abandoned"), ("voicemail", "timed_out")])
def test_placetel_unanswered(central, type_, left_as):
    central.sends(at=0, form=True, **placetel("IncomingCall"))
    central.sends(at=30, form=True, **placetel("HungUp", type=type_))
    assert central.call().left_as == left_as


def test_placetel_answered(central, story):
    central.sends(at=0, form=True, **placetel("IncomingCall"))
    central.sends(at=7, form=True, **placetel("CallAccepted", peer="101@fpbx.example.com"))
    central.sends(at=60, form=True, **placetel("HungUp", type="accepted"))
    call = central.call()
    assert call.answered_at == story.now + timedelta(seconds=7)
    assert call.left_as == ""


def test_placetel_out_is_no_call_of_ours_and_a_call_back(central):
    central.sends("newCall", 0)
    central.sends("hangup", 20, cause="cancel")
    rings = {"from": "101", "to": CALLER}
    central.sends(at=100, form=True, **placetel("OutgoingCall", **rings))
    central.sends(at=107, form=True, **placetel("CallAccepted", peer="101", **rings))
    central.sends(at=160, form=True, **placetel("HungUp", type="accepted", **rings))
    assert Call.objects.count() == 1
    assert central.call().reached_at


def test_a_queue_leads_to_its_desk(story):
    central = Central(story, queues={"cobros": "billing"})
    central.sends("newCall", 0, queue="cobros", to="999")
    assert central.call().desk == "billing"
    assert central.call().visits.get().queue == "cobros"


def test_a_key_that_is_pressed_says_nothing(central):
    assert central.sends("dtmf", dtmf="1").status_code == 200
    assert ExchangeEvent.objects.count() == 0


# --- who may speak ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["x", "ñ", "%00", "a" * 500, "..", "%FF"])
def test_nobody_has_this_token(central, token):
    for route in ROUTES:
        answer = central.client.post(route + token, "{}", content_type="application/json")
        assert (answer.status_code, answer.json()["field"]) == (401, "token")
    assert ExchangeEvent.objects.count() == 0


def test_one_that_is_switched_off_is_not_heard(central):
    Exchange.objects.update(is_active=False)
    assert central.sends("newCall").status_code == 401


def test_where_a_signature_is_asked_for_it_must_be_right(story):
    central = Central(story, signed=True)
    body = json.dumps({"event": "newCall", "callId": "1", "from": CALLER, "to": HOTLINE}).encode()
    assert central.posts(body).status_code == 401
    for wrong in ("sha256=00", "", "x" * 1000):
        answer = central.posts(body, headers={"x-guardia-signature": wrong})
        assert (answer.status_code, answer.json()["field"]) == (401, "X-Guardia-Signature")
    right = secret_address.signature_of(central.exchange, body)
    assert central.posts(body + b" ", headers={"x-guardia-signature": right}).status_code == 401
    assert Call.objects.count() == 0
    assert central.posts(body, headers={"x-guardia-signature": right}).status_code == 200
    assert Call.objects.count() == 1


def test_a_wrong_signature_is_refused_also_where_none_is_asked_for(central):
    assert central.posts(b"{}", headers={"x-guardia-signature": "sha256=00"}).status_code == 401


def test_only_post_and_no_cookie_needed(central):
    answer = central.client.get(central.address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(central.address, {"event": "newCall", "callId": "1"}).status_code == 422


# --- junk -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("event", {"event": None}),
        ("event", {"event": "explode"}),
        ("event", {"event": 7}),
        ("event", {"event": {"a": 1}}),
        ("callId", {"callId": None}),
        ("callId", {"callId": ["a", "b"]}),
        ("callId", {"callId": {"a": 1}}),
        ("callId", {"callId": ""}),
        ("callId", {"callId": "x" * 151}),
        ("origCallId", {"origCallId": "x" * 151}),
        ("direction", {"direction": "up"}),
        ("direction", {"direction": ["in"] * 3 + ["no"]} | {"direction": "no"}),
        ("timestamp", {"timestamp": "yesterday"}),
        ("timestamp", {"timestamp": "2026-11-21T07:00:00"}),
        ("timestamp", {"timestamp": "9" * 400}),
        ("timestamp", {"timestamp": float("inf")}),
        ("timestamp", {"timestamp": "nan"}),
        ("timestamp", {"timestamp": -1e300}),
        ("timestamp", {"timestamp": 0}),
        ("timestamp", {"timestamp": "2030-01-01T00:00:00Z"}),
        ("timestamp", {"timestamp": "9999-12-31T23:59:59-23:59"}),
    ],
)
def test_what_is_wrong_names_its_field(central, field, message):
    answer = central.sends(**{"event": "newCall", **message})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["error"]
    assert ExchangeEvent.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 9000, b'{"a": ' + b"9" * 5000 + b"}", b"{\xff}"],
)
def test_what_is_no_message_is_refused(central, body):
    assert central.posts(body[: 64 * 1024]).status_code == 400


@pytest.mark.parametrize("body", [b"", b"\0", b"\xff\xfe", b"event", b"=&=&;", b"event=newCall", b"--x\r\n\r\n"])
def test_what_is_no_form_misses_its_fields(central, body):
    assert central.posts(body, "application/x-www-form-urlencoded").status_code == 422


def test_too_many_values(central):
    assert central.posts(json.dumps({"user": ["a"] * 5000})).status_code == 400
    assert central.posts("a=1&" * 5000, "application/x-www-form-urlencoded").status_code == 400


def test_too_large(central):
    assert central.posts(b"{" + b" " * (64 * 1024)).status_code == 413
    assert central.posts(b"{}", headers={"content-length": "junk"}).status_code in {400, 413, 422}


POISON = [
    "a\0b",
    "\ud800",
    "é" * 400,
    "'; DROP TABLE call",
    "<script>",
    "\u202e",
    "9" * 4000,
    1e308,
    -7,
    True,
    [[]],
    {},
]


FIELDS = ("from", "to", "user", "queue", "answeringNumber", "cause", "userId[]", "peer", "callerName", "x\0y")


@pytest.mark.parametrize("event", ["newCall", "answer", "hangup"])
def test_no_value_breaks_anything(central, event):
    central.sends("newCall", 0)
    for turn in range(len(POISON)):
        fields = {name: POISON[(place + turn) % len(POISON)] for place, name in enumerate(FIELDS)}
        assert central.sends(event, 5, **fields).status_code == 200
        assert central.sends(event, 6, direction="out", callId=f"out-{turn}", **fields).status_code == 200
    central.sends("hangup", 60, cause="normalClearing")
    assert Call.objects.count() == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=nonsense", "x", ""])
def test_whatever_the_message_says_that_it_is(central, kind):
    answer = central.client.generic("POST", central.address, b"event=newCall&callId=1", content_type=kind)
    assert answer.status_code == 200


def test_a_body_that_comes_in_pieces_without_a_length(rf):
    for size, fits in ((10, True), (70_000, False)):
        request = rf.post("/", HTTP_TRANSFER_ENCODING="chunked")
        request.META.update({"CONTENT_LENGTH": "", "wsgi.input": BytesIO(b"x" * size)})
        if fits:
            assert cti.body_of(request) == b"x" * size
        else:
            with pytest.raises(cti.TooLarge):
                cti.body_of(request)


def test_refused_in_the_language_of_the_reader(central):
    said = {
        language: central.posts("{", headers={"accept-language": language}).json()["error"] for language in ("es", "en")
    }
    assert said["en"] == "The message is not JSON."
