"""Where an alert leads: circuit, code, element, tested address; the first rule that fits and finds something."""

import pytest

from guardia.customers.values import Misfit, Unfit
from guardia.evidence.target import ServiceTarget
from guardia.network import alerts_mapping as mapping
from guardia.network.alert import AlertMapping
from guardia.network.alerts_mapping import Rule, fits, leads, rules_of
from guardia.network.alerts_rules import lead_one, save_rules
from tests.alerts.noc import Noc


def lead(*rules: Rule, **labels: str) -> mapping.Lead:
    return leads(rules, [labels])[0]


def rule(means: str, label: str = "x", **more) -> Rule:
    return Rule(1, tuple(more.pop("when", ())), label, means, **more)


@pytest.mark.parametrize("word", ["ENL-0042", "enl-0042", "ge-0/0/1 (ENL-0042) Banco", "ENL-0042;100M"])
def test_a_circuit_is_found_within_what_is_said(noc, word):
    assert lead(rule("circuit"), x=word).service_id == noc.story.service.pk


def test_a_service_by_the_code_of_another_system(noc):
    type(noc.story.service).objects.update(external_id="CRM-77")
    assert lead(rule("service_id"), x="CRM-77").service_id == noc.story.service.pk


@pytest.mark.parametrize("word", ["NODO-CUE-01", "nodo-cue-01", "nodo-cue-01.example.net", "nodo-cue-01:9100"])
def test_an_element_by_its_code_or_the_name_of_its_host(noc, word):
    element = noc.element("NODO-CUE-01")
    assert lead(rule("element"), x=word).element_id == element.pk


@pytest.mark.parametrize(
    "word", ["192.0.2.10", "192.0.2.10:9115", "http://192.0.2.10/", "cpe.example.net", "192.0.2.10#7"]
)
def test_a_service_by_the_address_that_is_tested_of_it(noc, word):
    target(noc, "cpe.example.net", "192.0.2.10", asks="7")
    assert lead(rule("target"), x=word).service_id == noc.story.service.pk


def target(noc: Noc, address: str, pinned: str, asks: str = "", service=None) -> ServiceTarget:
    service = service or noc.story.service
    return ServiceTarget.objects.create(
        customer_id=service.customer_id,
        service=service,
        kind="snmp",
        address=address,
        pinned=pinned,
        asks=asks,
        added_at=noc.now,
    )


def test_an_interface_goes_before_the_device_and_what_several_have_leads_nowhere(noc):
    other = noc.service("ENL-0043")
    target(noc, "192.0.2.10", "192.0.2.10", asks="7")
    target(noc, "192.0.2.10", "192.0.2.10", asks="8", service=other)
    assert lead(rule("target"), x="192.0.2.10#8").service_id == other.pk
    found = lead(rule("target"), x="192.0.2.10")
    assert (found.service_id, found.tried[0].why) == (None, mapping.SEVERAL)


def test_why_a_rule_led_nowhere_is_kept(noc):
    type(noc.story.service).objects.update(active=False)
    rules = (
        rule("circuit", when=[("job", "snmp*")]),
        rule("circuit", "absent"),
        rule("element"),
        rule("circuit"),
    )
    found = lead(*rules, x="ENL-0042", job="ping")
    assert [tried.why for tried in found.tried] == [
        mapping.NOT_MEANT,
        mapping.NO_LABEL,
        mapping.UNKNOWN,
        mapping.INACTIVE,
    ]
    assert not found.leads


def test_the_first_that_fits_and_finds_something_holds(noc):
    element = noc.element("NODO-CUE-01")
    rules = (rule("element"), rule("circuit"), rule("fixed", element_id=element.pk))
    assert lead(*rules, x="ENL-0042").service_id == noc.story.service.pk
    assert lead(*rules, x="otra cosa").element_id == element.pk
    assert lead(rule("ignored", when=[("x", "enl-*")]), *rules, x="ENL-0042").is_ignored


@pytest.mark.parametrize(
    ("pattern", "value", "is_fit"),
    [
        ("crit*", "CRITICAL", True),
        ("?p", "up", True),
        ("a", "ab", False),
        ("[*]", "*", True),
        ("*" * 40 + "x", "a" * 300, False),
    ],
)
def test_a_pattern_takes_stars_and_question_marks(pattern, value, is_fit):
    assert fits(pattern, value) is is_fit


def rows(*given: tuple[str, str, str, str]) -> list[dict[str, str]]:
    return [dict(zip(("when", "label", "means", "leads_to"), each, strict=True)) for each in given]


def test_rules_are_kept_in_their_order_and_the_alerts_that_fire_follow(noc):
    noc.fires("a", nodo="ENL-0042")
    assert noc.alert("a").service_id is None
    save_rules(noc.source, rows(("", "nodo", "circuit", ""), ("job=x*", "", "ignored", "")), by=None, at=noc.now)
    assert [(one.label, one.means) for one in rules_of(noc.source)] == [("nodo", "circuit"), ("", "ignored")]
    alert = noc.alert("a")
    assert alert.service == noc.story.service
    assert alert.acts_at is not None


def test_a_row_that_cannot_be_kept_is_named_and_nothing_is(noc):
    before = AlertMapping.objects.count()
    wrong = (("", "", "circuit", ""), ("", "x", "fixed", "NADA"), ("oops", "x", "circuit", ""), ("", "x", "?", ""))
    with pytest.raises(Unfit) as refused:
        save_rules(noc.source, rows(*wrong), by=None, at=noc.now)
    assert sorted(refused.value.problems) == ["row1", "row2", "row3", "row4"]
    assert AlertMapping.objects.count() == before


def test_one_alert_is_led_by_hand_and_its_like_stay_where_they_are(noc):
    noc.fires("a", host="raro, 7*", port="1")
    noc.fires("b", host="raro, 7*", port="2")
    lead_one(noc.alert("a"), "enl-0042", by=None, at=noc.now)
    assert noc.alert("a").service == noc.story.service
    assert noc.alert("b").service is None
    lead_one(noc.alert("b"), noc.element("NODO-CUE-01").code, by=None, at=noc.now)
    assert noc.alert("b").element.code == "NODO-CUE-01"
    assert noc.alert("a").service == noc.story.service
    with pytest.raises(Misfit):
        lead_one(noc.alert("a"), "nadie", by=None, at=noc.now)
