"""The telephone's settings: an exchange gets its address once, queues get desks, names get persons, all on record."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from guardia.calls import exchanges
from guardia.calls.call import Call, QueueVisit
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeGap
from guardia.cli.checks import channels
from guardia.cli.checks.finding import Installation
from guardia.config.now import now
from guardia.intake import phone
from guardia.people import secret_address
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.settings.conftest import seen, words

PAGE, NEW = reverse("settings_telephone"), reverse("settings_exchange_new")
FAR = 99999999999999999999


def at_exchange(name: str, one: Exchange, *more: object) -> str:
    return reverse(name, args=[one.pk, *more])


@pytest.fixture
def exchange(version) -> Exchange:
    return Exchange.objects.create(name="central", kind="cti", token_digest="0" * 64)


@pytest.fixture
def asterisk(version) -> Exchange:
    return Exchange.objects.create(name="pbx", kind="ami", seen_at=now(), connected_at=now())


def test_without_an_exchange_the_page_teaches_how_one_is_connected(supervisor):
    page = words(supervisor.get(PAGE))
    for expected in ("No exchange is connected", "AMI_HOST", "never on a screen", "guardia phone listen"):
        assert expected in page


def test_a_new_exchange_shows_its_address_once(supervisor, settings):
    settings.PUBLIC_URL = "https://guardia.example.com/"
    answer = supervisor.post(NEW, {"name": "Nube", "country": "co", "signed": "on"})
    made = Exchange.objects.get()
    address = answer.context["address"]
    assert address.startswith("https://guardia.example.com/telefonia/")
    assert exchanges.exchange_of_token(address.rpartition("/")[2]) == made
    assert (made.kind, made.country, made.signed) == ("cti", "CO", True)
    assert answer["Cache-Control"] == "no-store"
    assert answer.context["secret"] == secret_address.signing_secret(made)
    for later in (PAGE, at_exchange("settings_exchange", made)):
        assert address.rpartition("/")[2] not in words(supervisor.get(later))
    told = words(supervisor.get(reverse("settings_record") + "?que=exchange"))
    assert "Telephone exchange" in told
    assert address.rpartition("/")[2] not in told


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"name": ""}, "Write the name that the desk uses for this exchange"),
        ({"name": "central"}, "exists already"),
        ({"country": "9"}, "two-letter country code"),
        ({"country": ""}, "required"),
    ],
)
def test_what_cannot_be_an_exchange_is_refused_with_its_remedy(supervisor, exchange, fields, remedy):
    answer = supervisor.post(NEW, {"name": "otra", "country": "EC", **fields})
    assert answer.status_code == 422
    assert remedy in words(answer)
    assert Exchange.objects.count() == 1


def test_a_new_address_ends_the_old_one(supervisor, exchange):
    old = secret_address.new_token()
    Exchange.objects.filter(pk=exchange.pk).update(token_digest=old[1])
    answer = supervisor.post(at_exchange("settings_exchange_address", exchange))
    assert exchanges.exchange_of_token(old[0]) is None
    assert exchanges.exchange_of_token(answer.context["address"].rpartition("/")[2]) == exchange


def test_one_that_is_listened_to_has_no_address(supervisor, asterisk):
    told = supervisor.post(at_exchange("settings_exchange_address", asterisk), follow=True)
    assert "has no token" in words(told)


def test_an_exchange_is_switched_off_and_on(supervisor, exchange):
    told = words(supervisor.post(at_exchange("settings_exchange_off", exchange), follow=True))
    assert "is switched off" in told
    exchange.refresh_from_db()
    assert not exchange.is_active
    supervisor.post(at_exchange("settings_exchange_on", exchange))
    exchange.refresh_from_db()
    assert exchange.is_active
    assert SettingChange.objects.filter(noun="exchange").count() == 2


# --- queues ---


def test_queues_lead_to_desks_and_those_seen_are_offered(supervisor, exchange, version):
    call = Call.objects.create(procedure_version=version, exchange=exchange, reference="1", arrived_at=now())
    QueueVisit.objects.create(call=call, ordinal=1, queue="soporte", joined_at=now())
    page = supervisor.get(at_exchange("settings_exchange", exchange))
    first = page.context["queues"][0]
    assert (first["queue"], first["seen"], first["is_new"]) == ("soporte", 1, True)
    sent = {
        "queue0": "soporte",
        "desk0": "technical",
        "queue1": " ventas ",
        "desk1": "sales",
        "queue2": "x",
        "desk2": "",
    }
    sent["seen"] = seen(page.content.decode())
    told = words(supervisor.post(at_exchange("settings_exchange_queues", exchange), sent, follow=True))
    assert "Saved: central." in told
    exchange.refresh_from_db()
    assert exchange.queues == {"soporte": "technical", "ventas": "sales"}
    assert "ventas to sales" in words(supervisor.get(reverse("settings_record")))


@pytest.mark.parametrize(
    ("sent", "remedy"),
    [
        ({"queue0": "a", "desk0": "nobody"}, "a desk that the procedure does not have"),
        ({"queue0": "a", "desk0": "sales", "queue1": "a", "desk1": "billing"}, "twice, with two desks"),
        ({"queue0": "a" * 90, "desk0": "sales"}, "longer than 80"),
    ],
)
def test_queues_that_do_not_fit_come_back_with_what_was_typed(supervisor, exchange, sent, remedy):
    answer = supervisor.post(at_exchange("settings_exchange_queues", exchange), sent)
    assert answer.status_code == 422
    assert remedy in words(answer)
    assert sent["queue0"] in words(answer)
    exchange.refresh_from_db()
    assert exchange.queues == {}


def test_two_who_change_one_exchange_the_second_is_told(supervisor, sign_in, exchange):
    shown = seen(supervisor.get(at_exchange("settings_exchange", exchange)).content.decode())
    address = at_exchange("settings_exchange_queues", exchange)
    sign_in(Role.SUPERVISOR, "otra").post(address, {"queue0": "a", "desk0": "sales", "seen": shown})
    late = supervisor.post(address, {"queue0": "b", "desk0": "billing", "seen": shown})
    assert late.status_code == 409
    assert "Meanwhile somebody else changed this" in words(late)
    exchange.refresh_from_db()
    assert exchange.queues == {"a": "sales"}


# --- what it is like ---


def test_country_and_contexts_of_one_that_is_listened_to(supervisor, asterisk):
    address = at_exchange("settings_exchange_edit", asterisk)
    supervisor.post(address, {"country": "pe", "contexts": "from-trunk, from-pstn\nfrom-trunk", "signed": "on"})
    asterisk.refresh_from_db()
    assert (asterisk.country, asterisk.contexts, asterisk.signed) == ("PE", ["from-trunk", "from-pstn"], False)
    refused = supervisor.post(address, {"country": "xx", "contexts": "a;b c!"})
    assert refused.status_code == 422
    for remedy in ("is not a country", "is not the name of a context"):
        assert remedy in words(refused)


@pytest.mark.parametrize(
    ("facts", "state", "is_bad"),
    [
        ({"seen_at": None}, "no signal so far", True),
        ({"connected_at": None}, "no signal since", True),
        ({"seen_at": timedelta(minutes=2)}, "connected, silent since", True),
        ({}, "connected since", False),
        ({"is_active": False, "connected_at": None}, "switched off", False),
    ],
)
def test_how_an_exchange_is_stands_in_words(supervisor, asterisk, facts, state, is_bad):
    known = {name: now() - value if isinstance(value, timedelta) else value for name, value in facts.items()}
    if known:
        Exchange.objects.filter(pk=asterisk.pk).update(**known)
    (row,) = supervisor.get(PAGE).context["exchanges"]
    assert (state in row["state"], row["is_bad"]) == (True, is_bad)
    assert state in words(supervisor.get(at_exchange("settings_exchange", asterisk)))


# --- agents ---


def test_a_name_is_given_passed_on_and_ended(supervisor, exchange, people):
    give, yesterday = at_exchange("settings_agent_give", exchange), now() - timedelta(days=1)
    hour = yesterday.astimezone().strftime("%Y-%m-%dT%H:%M")
    supervisor.post(give, {"name": "Lina", "staff": people[0].pk, "since": hour})
    first = ExchangeAgent.objects.get()
    early = supervisor.post(give, {"name": "Lina", "staff": people[1].pk, "since": "2020-01-01T00:00"})
    assert (early.status_code, "Write a later time" in words(early)) == (422, True)
    supervisor.post(give, {"name": "Lina", "staff": people[1].pk, "since": f"{now().astimezone():%Y-%m-%dT%H:%M}"})
    first.refresh_from_db()
    second = ExchangeAgent.objects.get(until=None)
    assert (first.until, second.staff) == (second.since, people[1])
    told = words(supervisor.post(at_exchange("settings_agent_end", exchange, second.pk), follow=True))
    assert "no longer belongs to anybody" in told
    assert not ExchangeAgent.objects.filter(until=None).exists()
    record = words(supervisor.get(reverse("settings_record") + "?que=exchange_agent"))
    for expected in ("Name at the exchange", "Lina, central", "Supervisora 1"):
        assert expected in record


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": ""}, "name"), ({"staff": ""}, "staff"), ({"staff": "0"}, "staff"), ({"since": "ayer"}, "since")],
)
def test_a_name_that_cannot_be_given_is_marked_at_its_field(supervisor, exchange, people, fields, field):
    sent = {"name": "Lina", "staff": people[0].pk, "since": "2026-11-25T10:00", **fields}
    answer = supervisor.post(at_exchange("settings_agent_give", exchange), sent)
    assert (answer.status_code, set(answer.context["agent_form"].errors)) == (422, {field})


def test_members_nobody_stands_behind_are_offered(supervisor, exchange, version, people):
    facts = {"procedure_version": version, "exchange": exchange, "arrived_at": now()}
    for number, name in enumerate(["Lina", "Lina", "Omar", "Rosa"]):
        Call.objects.create(reference=str(number), answered_at=now(), answered_as=name, **facts)
    ExchangeAgent.objects.create(exchange=exchange, name="Omar", staff=people[0], since=now())
    page = supervisor.get(at_exchange("settings_exchange", exchange))
    assert [(each.name, each.count) for each in page.context["unknown"]] == [("Lina", 2), ("Rosa", 1)]
    assert 'value="Lina"' in words(supervisor.get(at_exchange("settings_exchange", exchange) + "?nombre=Lina"))


# --- what it said ---


def event(exchange: Exchange, number: int, late: timedelta, at: datetime | None = None) -> None:
    received = at or now()
    ExchangeEvent.objects.create(
        exchange=exchange,
        key=f"{number:064}",
        source="cti",
        name="newCall",
        happened_at=received - late,
        received_at=received,
        packet=[["event", "newCall"], ["from", "<b>0599000101</b>"]],
    )


@pytest.mark.parametrize(
    ("late", "expected", "is_bad"),
    [
        (timedelta(milliseconds=2), "within 0.002", False),
        (timedelta(seconds=9), "arrive 9.000", True),
        (timedelta(seconds=-3), "ahead of ours by 3.000", True),
        (timedelta(), "sends no times of its own", False),
    ],
)
def test_a_try_shows_the_last_word_and_how_late_it_came(supervisor, exchange, late, expected, is_bad):
    for number in range(3):
        event(exchange, number, late)
    page = supervisor.get(at_exchange("settings_exchange", exchange))
    assert expected in page.context["hearing"]["words"]
    assert page.context["hearing"]["is_bad"] is is_bad
    assert "&lt;b&gt;0599000101" in words(page)


def test_only_the_last_twenty_of_a_week_are_shown_and_not_to_everybody(supervisor, sign_in, exchange):
    for number in range(25):
        event(exchange, number, timedelta())
    event(exchange, 99, timedelta(), now() - timedelta(days=8))
    address = at_exchange("settings_exchange", exchange)
    assert len(supervisor.get(address).context["said"]) == 20
    page = sign_in(Role.ENGINEER).get(address)
    assert page.context["said"] == []
    assert "0599000101" not in words(page)


def test_gaps_say_whether_the_log_filled_them(supervisor, asterisk):
    hour, at = timedelta(hours=1), datetime(2026, 11, 1, 15, tzinfo=UTC)
    ExchangeGap.objects.create(exchange=asterisk, lost_at=at, back_at=at + hour, read_again_at=at + 2 * hour)
    ExchangeGap.objects.create(exchange=asterisk, lost_at=at + 5 * hour, back_at=at + 6 * hour)
    page = words(supervisor.get(at_exchange("settings_exchange", asterisk)))
    for expected in ("read afterwards in its log", "no log was read: not measured"):
        assert expected in page


# --- extensions ---


def test_an_extension_is_set_kept_to_one_person_and_taken_away(supervisor, people):
    def send(one: Staff, written: str):
        return supervisor.post(reverse("settings_extension", args=[one.pk]), {"extension": written}, follow=True)

    assert "has the extension 101" in words(send(people[0], " 101 "))
    assert "is the extension of Supervisora 1" in words(send(people[1], "101"))
    refused = send(people[1], "ciento uno!")
    assert (refused.status_code, "is not an extension" in words(refused)) == (422, True)
    assert "has no extension" in words(send(people[0], ""))
    assert not Staff.objects.exclude(extension="").exists()
    record = words(supervisor.get(reverse("settings_record") + "?que=staff"))
    for expected in ("Extension", "101", "Supervisora 1"):
        assert expected in record


# --- who may ---


def test_who_may_not_change_it_reads_it(sign_in, exchange, people):
    engineer = sign_in(Role.ENGINEER)
    page = words(engineer.get(PAGE))
    assert "You may read this." in page
    assert NEW not in page
    shown = words(engineer.get(at_exchange("settings_exchange", exchange)))
    assert "<form" not in shown.partition('id="main"')[2].partition("</main>")[0]
    for name in ("edit", "queues", "address", "off", "on"):
        assert engineer.post(at_exchange(f"settings_exchange_{name}", exchange)).status_code == 403
    assert engineer.post(NEW, {"name": "x"}).status_code == 403
    assert engineer.get(NEW).status_code == 403
    assert engineer.post(reverse("settings_extension", args=[people[0].pk])).status_code == 403
    assert engineer.post(at_exchange("settings_agent_give", exchange)).status_code == 403
    assert sign_in(Role.TECHNICIAN).get(PAGE).status_code == 403


def test_what_does_not_exist_is_not_found(supervisor, exchange):
    for name in ("settings_exchange_edit", "settings_exchange_off", "settings_exchange_address", "settings_agent_give"):
        assert supervisor.post(reverse(name, args=[FAR])).status_code == 404
    assert supervisor.get(reverse("settings_exchange", args=[FAR])).status_code == 404
    assert supervisor.post(reverse("settings_agent_end", args=[exchange.pk, FAR])).status_code == 404
    assert supervisor.post(reverse("settings_extension", args=[FAR])).status_code == 404
    assert supervisor.get(at_exchange("settings_exchange_off", exchange)).status_code == 405


# --- what was seen is named ---


def says(one: Exchange, event: str, reference: str = "c.1", **more: str) -> None:
    """One word of the exchange, now."""
    at = now()
    packet = {
        "Event": event,
        "Timestamp": f"{at.timestamp():.6f}",
        "Uniqueid": reference,
        "Linkedid": reference,
        **more,
    }
    with transaction.atomic():
        phone.keep_events(one, [list(packet.items())], "ami", at, at)


def rings_unnamed(one: Exchange, reference: str = "c.1") -> None:
    about = {"Context": "from-isp", "Exten": "022000999", "ChannelState": "4", "CallerIDNum": "0990000123"}
    says(one, "Newchannel", reference, **about)
    says(one, "QueueCallerJoin", reference, Queue="cola-x", Position="1", CallerIDNum="0990000123")
    says(one, "AgentConnect", reference, Queue="cola-x", MemberName="Mesa 9", Interface="PJSIP/909", DestUniqueid="l.1")


def names(browser, one: Exchange, what: str, name: str, as_: str = "", back: str = ""):
    sent = {"what": what, "name": name, "as": as_, "back": back}
    return browser.post(at_exchange("settings_exchange_name", one), sent)


def test_p1_an_unnamed_context_is_shown_and_named_by_one_click(supervisor, asterisk):
    Exchange.objects.filter(pk=asterisk.pk).update(contexts=["from-trunk"])
    asterisk.refresh_from_db()
    rings_unnamed(asterisk)
    assert not Call.objects.exists()
    page = words(supervisor.get(at_exchange("settings_exchange", asterisk)))
    for expected in ("Seen, not named", "from-isp", "0990000123", "022000999", "Calls come in here"):
        assert expected in page
    assert names(supervisor, asterisk, "context", "from-isp").status_code == 302
    asterisk.refresh_from_db()
    assert asterisk.contexts == ["from-trunk", "from-isp"]
    assert Call.objects.get().answered_as == "Mesa 9", "the call that showed it is on record at once"


def test_p1_the_first_call_is_shown_by_polling_and_each_name_is_given_there(supervisor, asterisk, people):
    Exchange.objects.filter(pk=asterisk.pk).update(contexts=["from-trunk"])
    asterisk.refresh_from_db()
    here = supervisor.get(at_exchange("settings_first_call", asterisk))["Location"]
    assert "No call has been seen since" in words(supervisor.get(here))
    part = f"{here}&vivo=1"
    script = {"HX-Request": "true"}
    first = supervisor.get(part, headers=script)
    again = supervisor.get(part, headers={**script, "HX-PTag": first["HX-PTag"]})
    assert again.status_code == 304
    rings_unnamed(asterisk)
    polled = supervisor.get(part, headers={**script, "HX-PTag": first["HX-PTag"]})
    for expected in ("from-isp", "022000999", "cola-x", "Mesa 9", "That is it"):
        assert expected in words(polled)
    assert [step.what for step in polled.context["seen"][0].steps] == ["context", "number", "queue", "member"]
    given = (("context", "from-isp", ""), ("number", "022000999", "024004040/3"), ("queue", "cola-x", "billing"))
    for what, name, as_ in (*given, ("member", "Mesa 9", f"{people[0].pk}")):
        assert names(supervisor, asterisk, what, name, as_, here)["Location"] == here
    (call,) = supervisor.get(part, headers=script).context["seen"]
    assert call.is_named
    made = Call.objects.get()
    assert (made.line, made.desk, made.answered_by) == ("024004040/3", "billing", people[0])


@pytest.mark.parametrize(
    ("what", "name", "as_", "told"),
    [
        ("context", "", "", "Write the name of the context"),
        ("context", "a b", "", "not the name of a context"),
        ("number", "022000999", "nowhere", "Choose the line"),
        ("number", "0" * 90, "024004040/3", "at most 40 characters"),
        ("queue", "cola-x", "nowhere", "leads to a desk that the procedure does not have"),
        ("queue", "cola-x", "", "Choose the desk"),
        ("member", "Mesa 9", "", "Choose whose name it is"),
        ("member", "", "{person}", "1 to 120 characters"),
        ("", "", "", "Choose what to name"),
    ],
)
def test_what_cannot_be_named_says_what_to_do(supervisor, asterisk, people, what, name, as_, told):
    answer = names(supervisor, asterisk, what, name, as_.format(person=people[0].pk))
    assert told in words(supervisor.get(answer["Location"]))
    asterisk.refresh_from_db()
    assert (asterisk.contexts, asterisk.numbers, asterisk.queues) == ([], {}, {})


@pytest.mark.parametrize("since", ["", "x", "99999999999999", "0", "²"])
def test_a_first_call_begins_when_its_page_is_opened(supervisor, asterisk, since):
    answer = supervisor.get(at_exchange("settings_first_call", asterisk) + f"?desde={since}")
    assert answer.status_code == 302


def test_a_name_leads_back_to_the_exchange_alone(supervisor, asterisk):
    for elsewhere in ("https://example.com/", "//example.com", "/casos"):
        answer = names(supervisor, asterisk, "inside", "from-agents", back=elsewhere)
        assert answer["Location"] == at_exchange("settings_exchange", asterisk) + "#unnamed"


def test_doctor_says_that_calls_come_in_by_a_way_that_nobody_named(supervisor, asterisk):
    house = Installation(at=now())
    assert channels.exchanges_named(house).health == "ok"
    rings_unnamed(asterisk)
    said = channels.exchanges_named(house)
    assert said.health == "bad"
    assert "pbx: from-isp" in said.words
    names(supervisor, asterisk, "context", "from-isp")
    said = channels.exchanges_named(house)
    assert said.health == "warn"
    assert "022000999" in said.words
