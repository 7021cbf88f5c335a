"""Tickets of TMF621 in both versions: opened, read, listed and filtered; each answer fits the standard's schema."""

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.case_files import add_file, show_file
from guardia.web.api.tmforum import ticket_query
from tests.files import samples
from tests.files.conftest import folder
from tests.tmforum.conftest import NAMES, must_fit

__all__ = ["folder"]


def test_a_ticket_is_opened_and_read_by_the_operators_key(story, desk):
    answer = desk.post("/troubleTicket", desk.new(**desk.reference("INC0042")))
    assert answer.status_code == 201, answer.content
    ticket = answer.json()
    must_fit(desk.version, NAMES[desk.version], ticket)
    assert answer["Location"] == ticket["href"]
    case = Case.objects.get()
    assert (ticket["id"], ticket["status"], ticket["severity"]) == (str(case.number), "acknowledged", "Critical")
    assert desk.reference_in(ticket) == case.customer_reference == "INC0042"
    assert (case.symptoms, case.impact, case.service) == ("No link since 02:00", "down", story.service)
    assert desk.ticket(case.number) == ticket
    facts = desk.facts_in(ticket)
    assert facts["stage"] == "diagnosis"
    (clock,) = [one for one in facts["clocks"] if one["kind"] == "diagnosis"]
    assert (clock["state"], clock["targetSeconds"], clock["clause"]) == ("running", 1200, "P3")
    assert clock["dueAt"] == ticket["expectedResolutionDate"]


def test_a_company_opens_a_ticket_and_finds_it_by_its_number_and_by_its_own(story, bank, machine):
    answer = bank.post("/troubleTicket", bank.new(**bank.reference("INC0042")))
    assert answer.status_code == 201, answer.content
    ticket = answer.json()
    must_fit(bank.version, NAMES[bank.version], ticket)
    assert (ticket["id"][0], ticket["status"]) == ("R", "acknowledged")
    assert bank.reference_in(ticket) == "INC0042"
    assert bank.ticket(ticket["id"])["status"] == "acknowledged"
    report = WrittenRequest.objects.get()
    assert "No link since 02:00" in report.text
    sent = {"written_request": report.pk, "service": story.service.pk, "symptoms": "No link", "impact": "down"}
    opened = machine.post("/cases", sent)
    assert opened.status_code == 201, opened.content
    found = bank.ticket(ticket["id"])
    assert found["id"] == str(opened.json()["number"])
    assert bank.reference_in(found) == "INC0042"
    key = "externalId" if bank.version == "v4" else "externalIdentifier.id"
    assert [one["id"] for one in bank.get(f"/troubleTicket?{key}=INC0042").json()] == [found["id"]]


@pytest.mark.parametrize("by", ["desk", "bank"])
def test_the_same_number_of_the_caller_opens_one_ticket(story, desk, bank, by):
    partner = {"desk": desk, "bank": bank}[by]
    first = partner.post("/troubleTicket", partner.new(**partner.reference("INC1")))
    again = partner.post("/troubleTicket", partner.new(description="Other words", **partner.reference("INC1")))
    assert (first.status_code, again.status_code) == (201, 201), again.content
    assert first.json()["id"] == again.json()["id"]
    assert Case.objects.count() + WrittenRequest.objects.count() == 1


def test_the_same_idempotency_key_opens_one_ticket(story, desk):
    first = desk.post("/troubleTicket", desk.new(), Idempotency_Key="a")
    again = desk.post("/troubleTicket", desk.new(), Idempotency_Key="a")
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_another_company_sees_nothing_of_it(story, bank, hospital):
    story.open_case()
    assert [one["id"] for one in bank.get("/troubleTicket").json()] == [str(story.number)]
    listed = hospital.get("/troubleTicket")
    assert (listed.json(), listed["X-Total-Count"]) == ([], "0")
    assert hospital.get(f"/troubleTicket/{story.number}").status_code == 404
    assert hospital.patch(story.number, hospital.typed("TroubleTicket", status="closed")).status_code == 404
    assert hospital.get(f"/troubleTicket?relatedParty.id={story.bank.pk}").json() == []
    reported = bank.post("/troubleTicket", bank.new()).json()["id"]
    assert hospital.get(f"/troubleTicket/{reported}").status_code == 404
    assert hospital.post("/troubleTicket", hospital.new()).status_code == 400


def test_a_company_reads_nothing_internal(story, bank, desk):
    story.open_case()
    story.case.note("for us alone", by=story.by, at=story.now)
    story.case.tell("we look at it", by=story.by, at=story.now)
    texts = [note["text"] for note in bank.ticket(story.number)["note"]]
    assert texts == ["we look at it"]
    assert [note["text"] for note in desk.ticket(story.number)["note"]] == ["for us alone", "we look at it"]


def test_a_list_says_how_many_there_are(story, desk):
    for words in ("one", "two", "three"):
        desk.post("/troubleTicket", desk.new(description=words))
    answer = desk.get("/troubleTicket?limit=2&offset=1")
    assert (answer["X-Total-Count"], answer["X-Result-Count"]) == ("3", "2")
    assert [one["description"] for one in answer.json()] == ["two", "one"]
    for one in answer.json():
        must_fit(desk.version, NAMES[desk.version], one)


def test_beyond_what_is_counted_no_total_is_said(story, desk, monkeypatch):
    monkeypatch.setattr(ticket_query, "MOST_COUNTED", 1)
    for words in ("one", "two"):
        desk.post("/troubleTicket", desk.new(description=words))
    answer = desk.get("/troubleTicket?limit=1")
    assert ("X-Total-Count" in answer, answer["X-Result-Count"]) == (False, "1")


def test_a_list_of_many_asks_the_database_no_more_than_one_of_few(story, desk, django_assert_max_num_queries):
    for words in ("one", "two", "three", "four"):
        desk.post("/troubleTicket", desk.new(description=words))
    desk.get("/troubleTicket")
    with django_assert_max_num_queries(30) as few:
        desk.get("/troubleTicket?limit=1")
    with django_assert_max_num_queries(len(few)):
        desk.get("/troubleTicket?limit=4")


def test_fields_narrow_a_ticket_and_a_list(story, desk):
    story.open_case()
    always = {"id", "href", "@type"}
    one = desk.get(f"/troubleTicket/{story.number}?fields=status,severity").json()
    assert set(one) == always | {"status", "severity"}
    assert [set(row) for row in desk.get("/troubleTicket?fields=description").json()] == [always | {"description"}]
    unknown = desk.get("/troubleTicket?fields=colour")
    assert unknown.status_code == 400
    assert "colour" in unknown.json()["message"]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("status=acknowledged", True),
        ("status=closed,acknowledged", True),
        ("status=held", False),
        ("severity=Critical", True),
        ("severity=Minor", False),
        ("ticketType=incident", True),
        ("relatedEntity.id=ENL-0042", True),
        ("relatedEntity.id=OTHER", False),
        ("creationDate.gte=2020-01-01T00:00:00Z", True),
        ("creationDate.lt=2020-01-01T00:00:00Z", False),
        ("channel.id=phone", True),
    ],
)
def test_attributes_filter(story, desk, query, finds):
    story.open_case()
    assert [one["id"] for one in desk.get(f"/troubleTicket?{query}").json()] == [str(story.number)] * finds


@pytest.mark.parametrize(
    "query",
    [
        *("colour=red", "status=open", "creationDate.gte=yesterday", "limit=x", "offset=-1", "fields=x"),
        *("creationDate.gte=2026-11-28T02:00:00", "offset=99999999999", "status=%00"),
    ],
)
def test_a_query_that_is_none_is_refused_by_its_name(story, desk, query):
    refused = desk.get(f"/troubleTicket?{query}")
    assert refused.status_code == 400, refused.content
    assert query.partition("=")[0] in refused.json()["message"]


WRONG = [
    ({"description": None}, "description"),
    ({"description": ""}, "description"),
    ({"description": "x" * 5000}, "description"),
    ({"description": 7}, "description"),
    ({"severity": None}, "severity"),
    ({"severity": "very"}, "severity"),
    ({"ticketType": None}, "ticketType"),
    ({"ticketType": "party"}, "ticketType"),
    ({"status": "closed"}, "status"),
    ({"status": "open"}, "status"),
    ({"note": {"text": "x"}}, "note"),
    ({"note": [{}]}, "note.0"),
    ({"relatedEntity": []}, "relatedEntity"),
    ({"relatedEntity": "ENL-0042"}, "relatedEntity"),
    ({"requestedResolutionDate": "tomorrow"}, "requestedResolutionDate"),
    ({"colour": "red"}, "colour"),
    ({"attachment": [{"content": "eA=="}]}, "attachment"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
def test_bad_input_is_refused_by_its_name(story, desk, more, field):
    body = {name: value for name, value in desk.new(**more).items() if value is not None}
    refused = desk.post("/troubleTicket", body)
    assert refused.status_code == 400, refused.content
    assert field in refused.json()["message"]
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"{", "application/json", "not JSON"),
        (b"[]", "application/json", "body"),
        (b"{}", "text/plain", "application/json"),
        (b"\xff", "application/json", "not JSON"),
    ],
)
def test_a_body_that_is_none_is_refused(story, desk, body, kind, says):
    refused = desk.call("post", "/troubleTicket", body, kind)
    assert refused.status_code == 400
    assert says in refused.json()["reason"] + refused.json()["message"]


def test_version_5_wants_the_type_of_each_object(story, machine):
    from tests.tmforum.conftest import Partner

    desk = Partner("v5", machine.bearer)
    without = {name: value for name, value in desk.new().items() if name != "@type"}
    refused = desk.post("/troubleTicket", without)
    assert (refused.status_code, "@type" in refused.json()["message"]) == (400, True)
    entity = [{"role": "service", "entity": {"id": "ENL-0042"}}]
    refused = desk.post("/troubleTicket", desk.new(relatedEntity=entity))
    assert "relatedEntity.0.@type" in refused.json()["message"]
    assert "relatedEntity.0.entity.@type" in refused.json()["message"]


def test_no_key_and_a_key_without_the_scope_are_refused(story, desk, machine):
    from tests.tmforum.conftest import Partner

    nobody = Partner(desk.version, {}).get("/troubleTicket")
    assert (nobody.status_code, nobody.json()["status"]) == (401, "401")
    machine.may_only("cases.read")
    assert desk.get("/troubleTicket").status_code == 403
    machine.may_only("tmf621.read")
    assert desk.get("/troubleTicket").status_code == 200
    assert desk.post("/troubleTicket", desk.new()).status_code == 403


def test_what_is_not_there_is_said_in_the_language_asked_for(story, desk):
    refused = desk.get("/troubleTicket/1", language="es")
    assert refused.status_code == 404
    assert "ticket" in refused.json()["reason"].lower()
    assert refused.json()["reason"] != desk.get("/troubleTicket/1").json()["reason"]
    assert desk.get("/nothing").status_code == 404


def test_methods_that_there_are_not_are_named(story, desk):
    story.open_case()
    refused = desk.call("delete", f"/troubleTicket/{story.number}")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS, PATCH")
    assert "cancelled" in refused.json()["message"]
    asked = desk.call("options", f"/troubleTicket/{story.number}")
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")
    head = desk.call("head", f"/troubleTicket/{story.number}")
    assert (head.status_code, head.content) == (200, b"")


def test_the_limit_of_calls_is_said(story, desk):
    assert desk.get("/troubleTicket")["RateLimit"]


def test_waits_make_a_ticket_pending_or_held(story, desk):
    from guardia.cases.waiting import WaitReason
    from guardia.procedure.vocabulary import WaitCause

    story.open_case()
    story.minutes_pass(1)
    reason = WaitReason(WaitCause.CUSTOMER, asked_by="Portería", asked_role="", reason="no dejan entrar", proof="14:05")
    story.case.wait(reason, by=story.by, at=story.now)
    ticket = desk.ticket(story.number)
    assert ticket["status"] == "pending"
    (wait,) = desk.facts_in(ticket)["waits"]
    assert (wait["cause"], wait["askedBy"]) == ("customer", "Portería")
    history = ticket["statusChange" if desk.version == "v4" else "statusChangeHistory"]
    assert [one["status"] for one in history] == ["acknowledged", "pending"]


def test_if_none_match_answers_304(story, desk):
    story.open_case()
    etag = desk.get(f"/troubleTicket/{story.number}")["ETag"]
    assert desk.get(f"/troubleTicket/{story.number}", If_None_Match=etag).status_code == 304


def test_the_history_of_a_whole_incident(story, desk):
    story.open_case()
    story.goes_to_the_closing()
    ticket = desk.ticket(story.number)
    assert ticket["status"] == "closed"
    assert ticket["resolutionDate"]
    history = ticket["statusChange" if desk.version == "v4" else "statusChangeHistory"]
    assert [one["status"] for one in history] == ["acknowledged", "inProgress", "resolved", "closed"]
    assert {clock["state"] for clock in desk.facts_in(ticket)["clocks"]} == {"kept"}


def test_files_are_read_by_whom_they_are_shown_to(story, folder, desk, bank, hospital):
    story.open_case()
    one = add_file(story.case, content=samples.LOG, name="log.txt", by=story.by, now=story.now)
    (listed,) = desk.ticket(story.number)["attachment"]
    assert (listed["name"], listed["size"]) == ("log.txt", {"amount": one.size, "units": "bytes"})
    path = listed["url"].partition(f"/{desk.version}")[2]
    assert desk.get(path).content == samples.LOG
    assert "attachment" not in bank.ticket(story.number)
    assert bank.get(path).status_code == 404
    show_file(story.case, one, shown=True, by=story.by, at=story.now)
    assert bank.ticket(story.number)["attachment"] == [listed]
    assert bank.get(path).content == samples.LOG
    assert hospital.get(path).status_code == 404


def test_a_report_that_is_none_is_rejected(story, bank):
    ticket = bank.post("/troubleTicket", bank.new()).json()
    WrittenRequest.objects.update(settled_at=story.now, settled_as="dismissed")
    assert bank.ticket(ticket["id"])["status"] == "rejected"
