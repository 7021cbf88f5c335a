"""Channels of teams on screen: guided fields by kind, the secret sealed, a test for real, each change on record."""

from datetime import time

import pytest
from django.db import connection
from django.urls import reverse

from guardia.cases.resolver_group import ResolverGroup
from guardia.clocks import watch
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.notices.team_channel import TROUBLE, TeamChannel
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.notices.chat_server import SLACK, TELEGRAM, ChatServer, led_to
from tests.settings.conftest import words

HOME = "settings_team_channels"
FORM = {
    "name": "NOC",
    "secret": SLACK,
    "language": "es",
    "news": ["opened", "breached"],
    "impacts": ["down"],
    "active": "on",
    "guardar": "1",
}


@pytest.fixture
def chat(monkeypatch, settings):
    settings.EGRESS_LOOPBACK = True
    server = ChatServer()
    led_to(server, monkeypatch)
    yield server
    server.close()


def send(browser, kind: str = "slack", **fields):
    return browser.post(reverse("settings_team_channel_new", args=[kind]), {**FORM, **fields})


def test_only_an_administrator_sees_or_changes_it(sign_in):
    for role in Role:
        browser = sign_in(role)
        status = 200 if role is Role.ADMINISTRATOR else 403
        assert browser.get(reverse(HOME)).status_code == status, role
        if status == 403:
            assert send(browser).status_code == 403
    assert not TeamChannel.objects.exists()


def test_without_a_channel_the_page_says_how_to_begin(administrator):
    page = words(administrator.get(reverse(HOME)))
    assert "Choose the service, enter its webhook or token, tick what to send, and test it." in page
    for kind in ("Slack", "Microsoft Teams", "Mattermost", "Telegram", "WhatsApp Business", "Apprise"):
        assert kind in page


def test_a_channel_is_saved_sealed_and_on_record_in_words(administrator, version):
    Customer.objects.create(name="Banco Austral", folded_name="banco austral")
    group = ResolverGroup.objects.create(names={"es": "Transporte", "en": "Transport"})
    more = {
        "desks": ["technical"],
        "groups": [str(group.pk)],
        "companies": "banco AUSTRAL\n",
        "with_company": "on",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "quiet_impacts": ["down"],
    }
    assert send(administrator, **more).status_code == 302
    saved = TeamChannel.objects.get()
    assert (saved.kind, saved.secret, saved.groups) == ("slack", [SLACK], [group.pk])
    assert (saved.quiet_from, saved.quiet_until) == (time(22), time(7))
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret::text || place::text FROM team_channel")
        assert "hooks.slack" not in cursor.fetchone()[0]
    change = SettingChange.objects.get(noun="team_channel")
    assert SLACK not in str(change.after)
    page = words(administrator.get(reverse("settings_record")))
    for said in ("Team channel", "Case opened, Promise broken", "No service", "Transporte", "22:00–07:00", "a new one"):
        assert said in page
    shown = administrator.get(reverse("settings_team_channel", args=[saved.pk])).content.decode()
    assert "hooks.slack.com/services" not in shown
    assert "One is saved and not shown." in shown


def test_an_empty_secret_stays_and_what_changed_alone_is_on_record(administrator):
    send(administrator)
    pk = TeamChannel.objects.get().pk
    watch.fails(TROUBLE, "NOC", "Slack: error=404", now())
    assert "takes no messages since" in words(administrator.get(reverse(HOME)))
    edit = reverse("settings_team_channel", args=[pk])
    assert administrator.post(edit, {**FORM, "secret": "", "name": "Guardia"}).status_code == 302
    assert TeamChannel.objects.get().secret == [SLACK]
    change = SettingChange.objects.filter(noun="team_channel").latest("pk")
    assert {name for name in change.after if change.after[name] != change.before.get(name)} == {"name"}
    assert "takes no messages since" not in words(administrator.get(reverse(HOME)))


def test_telegram_has_its_own_fields(administrator):
    assert send(administrator, "telegram", secret=TELEGRAM, chat="-1001234567890").status_code == 302
    assert TeamChannel.objects.get().address == f"tgram://{TELEGRAM}/-1001234567890/"


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("slack", {"secret": "https://example.com/x"}, "Write the incoming webhook of Slack"),
        ("slack", {"secret": ""}, "Write the incoming webhook of Slack"),
        ("teams", {"secret": SLACK}, "Write the address of the Teams workflow"),
        ("telegram", {"secret": TELEGRAM, "chat": ""}, "Write the number of the chat"),
        ("slack", {"news": []}, "Choose at least one kind of news."),
        ("slack", {"news": ["nothing"]}, "Select a valid choice"),
        ("slack", {"companies": "Nadie S.A."}, "There is no company “Nadie S.A.”."),
        ("slack", {"quiet_from": "22:00"}, "Write both hours"),
        ("slack", {"quiet_from": "25:99", "quiet_until": "07:00"}, "25:99"),
        ("slack", {"name": ""}, "This field is required."),
        ("slack", {"name": "N\x00C"}, ""),
        ("other", {"secret": "syslog://localhost"}, "Line 1"),
        ("mattermost", {"secret": "https://10.1.2.3/hooks/abcdefghij0123456789abcdef"}, "EGRESS_NETWORKS"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(administrator, kind, wrong, sentence):
    for act in ("guardar", "probar"):
        given = {name: value for name, value in {**FORM, **wrong}.items() if name != "guardar"}
        refused = administrator.post(reverse("settings_team_channel_new", args=[kind]), {**given, act: "1"})
        assert refused.status_code == 422, act
        assert sentence in words(refused)
    assert not TeamChannel.objects.exists()


def test_a_name_is_taken_once_and_a_kind_that_is_none_is_no_page(administrator):
    send(administrator)
    refused = send(administrator)
    assert refused.status_code == 422
    assert "There is a channel of this name already." in words(refused)
    assert administrator.get(reverse("settings_team_channel_new", args=["nada"])).status_code == 404
    assert administrator.get(reverse("settings_team_channel", args=[999_999])).status_code == 404


def test_a_test_goes_to_the_channel_as_it_is_typed_and_says_what_the_service_said(administrator, chat):
    new = reverse("settings_team_channel_new", args=["slack"])
    typed = {name: value for name, value in FORM.items() if name != "guardar"}
    answer = administrator.post(new, {**typed, "probar": "1"})
    assert answer.status_code == 200
    assert "The channel took a message. Look whether it arrived." in words(answer)
    ((host, _path, _headers, body),) = chat.posts
    assert host == "hooks.slack.com"
    assert "Prueba de Guardia" in str(body)
    chat.says = [(404, {}, b"no_service")]
    answer = administrator.post(new, {**typed, "probar": "1"})
    assert answer.status_code == 422
    assert "The channel did not take the message" in words(answer)
    assert "404" in words(answer)
    assert AuditEntry.objects.filter(kind=AuditKind.TRIED).count() == 2
    assert not TeamChannel.objects.exists()


def test_of_two_who_edit_it_at_once_the_second_reads_what_the_first_changed(administrator):
    send(administrator)
    edit = reverse("settings_team_channel", args=[TeamChannel.objects.get().pk])
    page = administrator.get(edit).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    administrator.post(edit, {**FORM, "secret": "", "name": "Primera", "seen": seen})
    second = administrator.post(edit, {**FORM, "secret": "", "name": "Segunda", "seen": seen})
    assert second.status_code == 409
    assert TeamChannel.objects.get().name == "Primera"
