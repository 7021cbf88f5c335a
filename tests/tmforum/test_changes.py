"""What changes of a ticket: by the verbs of the desk, or of the portal; all else is refused with what helps."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from guardia.cases.case import Case
from guardia.config.now import now
from tests.tmforum.conftest import NAMES, Partner, must_fit


def changed(partner, number, **fields):
    answer = partner.patch(number, partner.typed("TroubleTicket", **fields))
    assert answer.status_code == 200, answer.content
    must_fit(partner.version, NAMES[partner.version], answer.json())
    return answer.json()


def test_a_whole_incident_by_tickets_alone_stands_on_the_desks_page(story, desk, bank, engineer):
    type(story.manager).objects.filter(pk=story.manager.pk).update(phones=["+593725550148"])  # P5 asks for it
    opened = desk.post("/troubleTicket", desk.new(**desk.reference("INC7"), note=[desk.typed("Note", text="rack 4")]))
    assert opened.status_code == 201, opened.content
    number = opened.json()["id"]
    changed(desk, number, severity="Major")
    changed(bank, number, note=[bank.typed("Note", text="the router is lit")])
    story.number, story.now = int(number), now()
    story.diagnosis()
    assert desk.ticket(number)["status"] == "inProgress"
    resolved = changed(desk, number, status="resolved", statusChangeReason="The fibre was spliced")
    assert (resolved["status"], bool(resolved["resolutionDate"])) == ("resolved", True)
    story.now = now()
    story.service_is_tested()
    accepted = changed(bank, number, status="closed")
    assert accepted["status"] == "resolved"
    assert story.case.stage == "stability"
    story.now = now()
    page = engineer.get(reverse("case", args=[number]), follow=True).content.decode()
    for words in ("INC7", "rack 4", "the router is lit", "The fibre was spliced"):
        assert words in page
    assert Case.objects.get().impact == "degraded"


def test_a_company_says_that_it_fails_again(story, bank):
    story.open_case()
    story.minutes_pass(1)
    story.diagnosis()
    story.service_is_restored()
    back = changed(bank, story.number, status="inProgress", statusChangeReason="it fails again")
    assert back["status"] == "inProgress"
    assert story.case.stage == "diagnosis"


def test_the_desk_cancels_with_a_reason(story, desk):
    story.open_case()
    refused = desk.patch(story.number, desk.typed("TroubleTicket", status="cancelled"))
    assert refused.status_code in (400, 409)
    assert "statusChangeReason" in refused.json()["message"]
    done = changed(desk, story.number, status="cancelled", statusChangeReason="opened by mistake")
    assert done["status"] == "cancelled"


def test_a_company_does_not_cancel(story, bank):
    story.open_case()
    refused = bank.patch(story.number, bank.typed("TroubleTicket", status="cancelled", statusChangeReason="x"))
    assert refused.status_code == 409
    assert "note" in refused.json()["message"]
    assert story.case.status == "acknowledged"


def test_a_closed_ticket_is_reopened_with_what_fails(story, desk):
    story.now -= timedelta(hours=3)
    story.open_case()
    story.goes_to_the_closing()
    again = changed(desk, story.number, status="inProgress", statusChangeReason="it is out again")
    assert again["status"] == "inProgress"


@pytest.mark.parametrize("status", ["pending", "held", "rejected", "inProgress", "acknowledged"])
def test_what_no_verb_does_is_refused_with_what_helps(story, desk, status):
    story.open_case()
    story.minutes_pass(1)
    if status == "acknowledged":
        story.diagnosis()
    refused = desk.patch(story.number, desk.typed("TroubleTicket", status=status))
    assert refused.status_code == 409
    assert "/api/v2" in refused.json()["message"]


def test_a_rule_refuses_in_its_own_words_with_its_clause(story, desk):
    story.open_case()
    refused = desk.patch(story.number, desk.typed("TroubleTicket", status="resolved", statusChangeReason="Spliced"))
    assert refused.status_code == 409
    assert "Diagnosis" in refused.json()["reason"]


def test_one_patch_is_done_as_a_whole_or_not_at_all(story, desk):
    story.open_case()
    body = desk.typed("TroubleTicket", note=[desk.typed("Note", text="half")], status="held")
    assert desk.patch(story.number, body).status_code == 409
    assert "noted" not in story.moments()


def test_notes_are_added_and_never_edited(story, desk):
    story.open_case()
    changed(desk, story.number, note=[desk.typed("Note", text="first")])
    (first,) = desk.ticket(story.number)["note"]
    both = changed(desk, story.number, note=[first, desk.typed("Note", text="second")])
    assert [note["text"] for note in both["note"]] == ["first", "second"]
    third = changed(desk, story.number, note=[desk.typed("Note", text="third")])
    assert [note["text"] for note in third["note"]] == ["first", "second", "third"]
    refused = desk.patch(story.number, desk.typed("TroubleTicket", note=[{**first, "text": "other"}]))
    assert (refused.status_code, "never edited" in refused.json()["reason"]) == (409, True)


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"description": "other"}, 409, "description"),
        ({"creationDate": "2026-01-01T00:00:00Z"}, 409, "creationDate"),
        ({"id": "7"}, 400, "id"),
        ({"colour": "red"}, 400, "colour"),
        ({"severity": "very"}, 400, "severity"),
        ({"severity": None}, 400, "severity"),
        ({"status": "open"}, 400, "status"),
        ({"note": "x"}, 400, "note"),
        ({"attachment": []}, 409, "attachment"),
    ],
)
def test_what_is_not_changed_is_named(story, desk, fields, status, says):
    story.open_case()
    refused = desk.patch(story.number, desk.typed("TroubleTicket", **fields))
    assert refused.status_code == status, refused.content
    assert says in refused.json()["reason"] + refused.json()["message"]


def test_a_company_gives_its_own_number(story, bank):
    story.open_case()
    found = changed(bank, story.number, **bank.reference("INC9"))
    assert bank.reference_in(found) == "INC9"


def test_whoever_sends_if_match_changes_what_they_have_read_or_nothing(story, desk):
    story.open_case()
    etag = desk.get(f"/troubleTicket/{story.number}")["ETag"]
    body = desk.typed("TroubleTicket", note=[desk.typed("Note", text="one"), desk.typed("Note", text="two")])
    assert desk.patch(story.number, body, If_Match=etag).status_code == 200
    assert desk.patch(story.number, body, If_Match=etag).status_code == 412


def test_a_report_without_a_number_is_not_changed_yet(story, bank):
    reported = bank.post("/troubleTicket", bank.new()).json()["id"]
    refused = bank.patch(reported, bank.typed("TroubleTicket", note=[bank.typed("Note", text="x")]))
    assert (refused.status_code, "P1" in refused.json()["message"]) == (409, True)


# --- the four types of version 5 --------------------------------------------------------------------------------------
@pytest.fixture
def five(machine) -> Partner:
    return Partner("v5", machine.bearer)


NOTE = {"@type": "Note", "text": "by patch"}
SEVERITY = [{"op": "replace", "path": "/severity", "value": "Minor"}]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", {"@type": "TroubleTicket", "severity": "Minor", "note": [NOTE]}),
        ("application/merge-patch+json", {"@type": "TroubleTicket", "severity": "Minor", "note": [NOTE]}),
        ("application/json-patch+json", [*SEVERITY, {"op": "add", "path": "/note/-", "value": NOTE}]),
        ("application/json-patch-query+json", [*SEVERITY, {"op": "add", "path": "/note/-", "value": NOTE}]),
    ],
)
def test_each_type_of_patch_changes_a_ticket(story, five, kind, body):
    story.open_case()
    answer = five.patch(story.number, body, kind)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["severity"], answer.json()["note"][-1]["text"]) == ("Minor", "by patch")
    narrowed = five.call("patch", f"/troubleTicket/{story.number}?fields=severity", body, kind)
    assert set(narrowed.json()) == {"id", "href", "@type", "severity"}


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        ([{"op": "remove", "path": "/note/0"}], 409),
        ([{"op": "replace", "path": "/note/0/text", "value": "x"}], 409),
        ([{"op": "remove", "path": "/description"}], 409),
        ([{"op": "test", "path": "/status", "value": "closed"}], 409),
        ([{"op": "replace", "path": "/nothing/7", "value": "x"}], 400),
        ([{"op": "fly", "path": "/status"}], 400),
        ([{"path": "/status"}], 400),
        ([{"op": "copy", "from": "/note", "path": "/note/-"}] * 50, 400),
        ([{"op": "move", "from": "/note/0", "path": "/note/-"}], 400),
        ({"op": "remove"}, 400),
        (["x"], 400),
        ([{"op": "replace", "path": "", "value": []}], 400),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(story, five, operations, status):
    story.open_case()
    story.case.note("stands", by=story.by, at=story.now)
    refused = five.patch(story.number, operations, "application/json-patch+json")
    assert refused.status_code == status, refused.content
    assert [note["text"] for note in five.ticket(story.number)["note"]] == ["stands"]


def test_a_query_in_a_path_finds_the_note_it_names(story, five):
    story.open_case()
    story.case.note("stands", by=story.by, at=story.now)
    (note,) = five.ticket(story.number)["note"]
    kind = "application/json-patch-query+json"
    same = [{"op": "test", "path": f"/note?id={note['id']}", "value": note}, *SEVERITY]
    assert five.patch(story.number, same, kind).status_code == 200
    other = [{"op": "replace", "path": f"/note?id={note['id']}", "value": {**note, "text": "other"}}]
    assert five.patch(story.number, other, kind).status_code == 409
    assert five.patch(story.number, [{"op": "test", "path": "/note?id=0", "value": 1}], kind).status_code == 400


def test_version_4_takes_no_json_patch(story, machine):
    story.open_case()
    refused = Partner("v4", machine.bearer).patch(story.number, SEVERITY, "application/json-patch+json")
    assert refused.status_code == 400


# --- cursors, order and JSONPath --------------------------------------------------------------------------------------
def follow(partner, answer, relation):
    links = {name: where for where, name in (link.strip().split("; rel=") for link in answer["Link"].split(", "))}
    return partner.get(links[f'"{relation}"'].strip("<>").partition("/v5")[2])


def test_cursors_lead_forth_and_back(story, five):
    for words in ("one", "two", "three"):
        five.post("/troubleTicket", five.new(description=words))
    first = five.get("/troubleTicket?limit=2&sort=creationDate&fields=description")
    assert [one["description"] for one in first.json()] == ["one", "two"]
    second = follow(five, first, "next")
    assert [one["description"] for one in second.json()] == ["three"]
    assert "next" not in second["Link"]
    back = follow(five, second, "prev")
    assert [one["description"] for one in back.json()] == ["one", "two"]
    assert [one["description"] for one in follow(five, back, "next").json()] == ["three"]
    assert five.get("/troubleTicket?after=x").status_code == 400
    assert five.get("/troubleTicket?sort=colour").status_code == 400


@pytest.mark.parametrize(
    ("path", "finds"),
    [
        ("note[?(@.text=='stands')]", True),
        ("note[?@.text=='other']", False),
        ("$[?@.status=='acknowledged']", True),
        ("$[?@.severity=='Minor']", False),
        ("troubleTicketCharacteristic[?@.name=='clocks'].value[?@.kind=='diagnosis']", True),
        ("troubleTicketCharacteristic[?@.name=='clocks'].value[?@.state=='breached']", False),
        ("relatedEntity[?@.entity.name=='ENL-0042']", True),
    ],
)
def test_a_json_path_filters(story, five, path, finds):
    story.open_case()
    story.case.note("stands", by=story.by, at=story.now)
    answer = five.get(f"/troubleTicket?filter={quote(path)}")
    assert answer.status_code == 200, answer.content
    assert [one["id"] for one in answer.json()] == [str(story.number)] * finds
    assert answer["X-Total-Count"] == str(int(finds))


@pytest.mark.parametrize(
    "path",
    [
        *("[", "note[?", "note[?match(@.text, '(a+)+b')]", "note[?@.text =~ /(a+)+b/]", "x" * 600),
        *("$..[?$..[?$..[?$..*]]]", "$..*..*..*"),
    ],
)
def test_a_json_path_that_is_none_or_costs_too_much_is_refused(story, five, path):
    story.open_case()
    refused = five.get(f"/troubleTicket?filter={quote(path)}")
    assert (refused.status_code, "filter" in refused.json()["message"]) == (400, True)
