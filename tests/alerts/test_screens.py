"""The screens: sources with their token shown once, rules, the trial."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from guardia.network import alerts_sources
from guardia.network.alert import Alert, AlertMapping, AlertSource
from guardia.people import secret_address
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.alerts.noc import Noc, recorded

PAGE, NEW, BOARD = reverse("settings_alerts"), reverse("settings_alert_source_new"), reverse("alerts")


def words(response) -> str:
    """The page's text with its spaces made one."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def sign_in(noc_of):
    def signed_in(role: Role) -> Client:
        member = Staff.objects.create(username=role.value, name=role.value, role=role, language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(member)
        return client

    return signed_in


@pytest.fixture
def supervisor(sign_in) -> Client:
    return sign_in(Role.SUPERVISOR)


@pytest.fixture
def engineer(sign_in) -> Client:
    return sign_in(Role.ENGINEER)


def at(name: str, noc: Noc) -> str:
    return reverse(name, args=[noc.source.pk])


# --- sources ---


def test_without_a_source_the_page_teaches_how_one_is_connected(noc, supervisor):
    AlertMapping.objects.all().delete()
    AlertSource.objects.all().delete()
    assert "No source is connected" in words(supervisor.get(PAGE))
    assert "No monitoring is connected" in words(supervisor.get(BOARD))


def test_a_new_source_shows_its_address_once(noc, supervisor, settings):
    settings.PUBLIC_URL = "https://guardia.example.com/"
    answer = supervisor.post(NEW, {"name": "Prometheus", "kind": "alertmanager", "opens": "proposal"})
    made = AlertSource.objects.get(name="Prometheus")
    address = answer.context["address"]
    assert address.startswith("https://guardia.example.com/api/alertas/")
    token = address.rpartition("/")[2]
    assert alerts_sources.source_of(token) == made
    assert answer["Cache-Control"] == "no-store"
    assert "webhook_configs" in words(answer)
    for later in (PAGE, reverse("settings_alert_source", args=[made.pk]), reverse("settings_record")):
        page = words(supervisor.get(later))
        assert token not in page
        assert "Prometheus" in page


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"name": ""}, "Write the name that the desk uses for this source"),
        ({"name": "monitoreo"}, "exists already"),
        ({"kind": "nagios"}, "Select a valid choice"),
        ({"kind": "snmp"}, "SNMP needs it"),
        ({"kind": "snmp", "address": "router", "brings": "x"}, "is not an IP address"),
    ],
)
def test_what_cannot_be_a_source_is_refused_with_its_remedy(noc, supervisor, fields, remedy):
    answer = supervisor.post(NEW, {"name": "otra", "kind": "generic", "opens": "proposal", **fields})
    assert answer.status_code == 422
    assert remedy in words(answer)
    assert AlertSource.objects.count() == 1


def test_of_a_community_only_its_digest_is_kept(noc, supervisor):
    fields = {"name": "cue-01", "kind": "snmp", "opens": "proposal", "address": "192.0.2.1", "brings": "comunidad-x"}
    supervisor.post(NEW, fields)
    made = AlertSource.objects.get(name="cue-01")
    assert made.token_digest == secret_address.digest_of("comunidad-x")
    assert made.address == "192.0.2.1"
    again = supervisor.post(NEW, {**fields, "name": "cue-02"})
    assert "already" in words(again)
    assert "comunidad-x" not in str(list(SettingChange.objects.values_list("after", flat=True)))


def test_rules_of_opening_are_changed_and_on_record(noc, supervisor):
    fields = {"opens": "by_itself", "hold_seconds": "30", "calm_seconds": "90", "gathers": "5"}
    supervisor.post(at("settings_alert_source_edit", noc), fields)
    source = noc.fresh()
    assert (source.opens, source.hold_seconds, source.calm_seconds, source.gathers) == ("by_itself", 30, 90, 5)
    told = words(supervisor.get(reverse("settings_record") + "?que=alert_source"))
    assert "Seconds it must be firing" in told
    answer = supervisor.post(at("settings_alert_source_edit", noc), {**fields, "gathers": "1", "hold_seconds": "x"})
    assert answer.status_code == 422
    assert words(answer).count("Write a whole number") == 2


def test_what_fires_already_follows_a_changed_rule(noc_of, supervisor):
    noc = noc_of("generic", opens="nothing")
    noc.fires("a", circuit="ENL-0042")
    assert noc.alert("a").acts_at is None
    fields = {"opens": "proposal", "hold_seconds": "30", "calm_seconds": "90", "gathers": "5"}
    supervisor.post(at("settings_alert_source_edit", noc), fields)
    assert noc.alert("a").acts_at is not None


def test_a_new_address_ends_the_old_one_and_off_ends_both(noc, supervisor):
    answer = supervisor.post(at("settings_alert_source_address", noc))
    assert alerts_sources.source_of(noc.token) is None
    token = answer.context["address"].rpartition("/")[2]
    assert alerts_sources.source_of(token) == noc.source
    supervisor.post(at("settings_alert_source_off", noc))
    assert alerts_sources.source_of(token) is None
    supervisor.post(at("settings_alert_source_on", noc))
    assert alerts_sources.source_of(token) == noc.source


def test_rules_are_kept_in_the_order_that_is_written(noc, supervisor):
    sent = {
        "place1": "2",
        "label1": "circuit",
        "means1": "circuit",
        "place2": "1",
        "when2": "job=ping*",
        "means2": "ignored",
        "place3": "3",
        "means3": "fixed",
        "leads_to3": "ENL-0042",
    }
    supervisor.post(at("settings_alert_source_rules", noc), sent)
    kept = list(AlertMapping.objects.filter(source=noc.source).order_by("position"))
    assert [one.means for one in kept] == ["ignored", "circuit", "fixed"]
    assert kept[0].when == [["job", "ping*"]]
    assert kept[2].service == noc.story.service


def test_a_wrong_rule_stands_on_the_page_with_its_remedy(noc, supervisor):
    before = AlertMapping.objects.count()
    answer = supervisor.post(at("settings_alert_source_rules", noc), {"means1": "circuit", "when1": "sin signo"})
    assert answer.status_code == 422
    assert "Write the label" in words(answer)
    assert "sin signo" in words(answer)
    assert AlertMapping.objects.count() == before


def test_two_who_edit_at_once_are_told(noc, supervisor):
    page = supervisor.get(at("settings_alert_source", noc)).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    fields = {"opens": "nothing", "hold_seconds": "30", "calm_seconds": "90", "gathers": "5"}
    supervisor.post(at("settings_alert_source_edit", noc), {**fields, "seen": seen})
    answer = supervisor.post(at("settings_alert_source_edit", noc), {**fields, "gathers": "9", "seen": seen})
    assert answer.status_code == 409
    assert noc.fresh().gathers == 5


# --- try it ---


def test_a_pasted_message_shows_where_each_alert_leads_and_nothing_is_kept(noc_of, supervisor):
    noc = noc_of("alertmanager")
    body = recorded("alertmanager.json").decode()
    page = words(supervisor.post(at("settings_alert_source_trial", noc), {"message": body}))
    assert "ENL-0042 · Banco Austral" in page
    assert "nothing here is called “ENL-0043”" in page
    assert not Alert.objects.exists()


def test_a_message_that_would_be_refused_says_why(noc, supervisor):
    answer = supervisor.post(at("settings_alert_source_trial", noc), {"message": '{"status": "x"}'})
    assert answer.status_code == 422
    assert "fingerprint: fingerprint is missing" in words(answer)


def test_the_last_alerts_are_tried_by_the_rules_as_they_are(noc, supervisor):
    noc.fires("raro", circuit="ENL-0042")
    page = words(supervisor.get(at("settings_alert_source", noc)))
    assert "Its last alerts" in page
    assert "ENL-0042 · Banco Austral" in page


# --- a source by paths ---
TYPED = {"identity": "$.id", "state": "$.s", "ended": "CLEAR", "text": "$.t", "circuit": "$.c"}
SAMPLE = '{"id": "pon-7", "s": "RAISE", "t": "PON sin luz", "c": "ENL-0042"}'


def test_paths_are_tried_before_they_are_saved(noc_of, supervisor):
    noc = noc_of("by_path")
    answer = supervisor.post(at("settings_alert_source_trial", noc), {**TYPED, "message": SAMPLE})
    page = words(answer)
    assert answer.status_code == 200
    assert "What each path gives" in page
    assert "PON sin luz" in page
    assert "ENL-0042 · Banco Austral" in page
    assert 'value="$.s"' in page
    assert noc.fresh().paths == {}
    assert not Alert.objects.exists()


def test_a_path_that_leads_to_nothing_is_told_in_the_trial(noc_of, supervisor):
    noc = noc_of("by_path")
    answer = supervisor.post(at("settings_alert_source_trial", noc), {**TYPED, "state": "$.x", "message": SAMPLE})
    assert answer.status_code == 422
    assert "state: state is missing" in words(answer)


def test_paths_are_saved_and_on_record_and_a_wrong_one_stands_at_its_field(noc_of, supervisor):
    noc = noc_of("by_path")
    answer = supervisor.post(at("settings_alert_source_paths", noc), {**TYPED, "severity": "level"})
    assert answer.status_code == 422
    assert "is not a path" in words(answer)
    assert noc.fresh().paths == {}
    answer = supervisor.post(at("settings_alert_source_paths", noc), TYPED)
    assert answer.status_code == 302
    assert noc.fresh().paths == TYPED
    assert "identity: $.id" in words(supervisor.get(reverse("settings_record") + "?que=alert_source"))
    assert noc.posts(SAMPLE.encode()).json()["new"] == 1


def test_an_engineer_reads_the_paths_and_changes_none(noc_of, engineer):
    noc = noc_of("by_path")
    noc.source.paths = TYPED
    noc.source.save()
    assert "$.id" in words(engineer.get(at("settings_alert_source", noc)))
    assert engineer.post(at("settings_alert_source_paths", noc), TYPED).status_code == 403


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("checkmk", "checkmk-notify.py"),
        ("prtg", "sensorid=%sensorid"),
        ("uptime_kuma", "application/json"),
        ("tmf642", "alarmRaisedTime"),
        ("by_path", "Where its fields stand"),
    ],
)
def test_the_page_of_each_kind_says_what_is_written_on_the_other_side(noc_of, supervisor, kind, told):
    noc = noc_of(kind)
    assert told in words(supervisor.get(at("settings_alert_source", noc)))
