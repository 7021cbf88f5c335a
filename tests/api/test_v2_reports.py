"""Reports, bulk acts, groups, shifts, articles and the procedure, for a machine."""

from datetime import timedelta

import pytest

from guardia.articles.article import Article, ArticleEdition
from guardia.cases.bulk_act import BulkAct
from guardia.cases.case import Case
from guardia.cases.resolver_group import ResolverGroup
from guardia.config.now import now
from guardia.people.audit import AuditEntry
from guardia.people.shifts import Handover, HandoverLine, Shift
from guardia.people.staff import Role
from guardia.reports.month import Month
from tests.api.test_v2 import machine
from tests.reports.test_screen import Book

__all__ = ["machine"]


@pytest.fixture
def case(story, machine) -> Case:
    story.open_case()
    return story.case


# --- acts on many cases -----------------------------------------------------------------------------------------------
def test_many_cases_are_looked_at_done_and_taken_back(story, machine, case):
    body = {"text": "A crew is on its way", "cases": [{"number": case.number}]}
    preview = machine.post("/bulk_acts/tell/preview", body)
    assert preview.status_code == 200, preview.content
    (line,) = preview.json()["lines"]
    assert line["told"]
    assert line["seq"] == case.seq
    assert not BulkAct.objects.exists()
    done = machine.post("/bulk_acts/tell", {**body, "cases": [{"number": case.number, "seq": line["seq"]}]})
    assert done.status_code == 201, done.content
    answer = done.json()
    assert [one["state"] for one in answer["lines"]] == ["pending"]  # it would tell, and can still be taken back
    place = f"/bulk_acts/{answer['id']}"
    assert done["Location"] == f"/api/v2{place}"
    undone = machine.post(f"{place}/undo")
    assert undone.status_code == 200, undone.content
    assert [one["state"] for one in undone.json()["lines"]] == ["dropped"]
    assert machine.get(place).json()["finished_at"]
    BulkAct.objects.update(undone_at=None, undo_until=now() - timedelta(minutes=1))
    late = machine.post(f"{place}/undo")
    assert late.status_code == 409, late.content


def test_what_was_changed_since_the_preview_is_left_alone(story, machine, case):
    story.diagnosis()
    sent = {"text": "x", "cases": [{"number": case.number, "seq": case.seq}]}
    begun = machine.post("/bulk_acts/tell", sent).json()
    BulkAct.objects.update(undo_until=now() - timedelta(minutes=1))
    (line,) = machine.post(f"/bulk_acts/{begun['id']}/go_on").json()["lines"]
    assert line["state"] == "refused"
    assert line["words"]


def test_what_many_cases_lack_is_named(machine, case):
    refused = machine.post("/bulk_acts/tell", {"cases": []})
    assert {one["field"] for one in refused.json()["errors"]} == {"text", "cases"}
    lost = machine.post("/bulk_acts/tell", {"text": "x", "cases": [{"number": 7}]})
    assert (lost.status_code, lost.json()["errors"][0]["field"]) == (422, "cases")
    neither = machine.post("/bulk_acts/link", {"cases": [{"number": case.number}]})
    assert "not both" in neither.json()["errors"][0]["detail"]
    machine.as_role(Role.ENGINEER)
    held = {"cause": "force_majeure", "asked_by": "Ana", "proof": "Bulletin", "reason": "Flood"}
    assert machine.post("/bulk_acts/hold", {**held, "cases": [{"number": case.number}]}).status_code == 403
    machine.as_role(Role.AUDITOR)
    assert machine.post("/bulk_acts/tell", {"text": "x", "cases": [{"number": case.number}]}).status_code == 403


# --- a month ----------------------------------------------------------------------------------------------------------
def test_a_companys_month_is_read_as_json_workbook_and_paper(story, machine, case):
    month, company = Month.of(case.opened_at), case.customer_id
    (row,) = machine.get(f"/reports/months?month={month}").json()["items"]
    assert (row["id"], row["opened"]) == (company, 1)
    place = f"/reports/months/{month}/{company}"
    facts = machine.get(place).json()
    assert (facts["month"], facts["opened"]) == (str(month), 1)
    book = machine.get(f"{place}/xlsx")
    assert Book(book.content).names
    paper = machine.get(f"{place}/pdf")
    assert paper.content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(kind="exported", staff=machine.key.staff).count() == 2
    assert machine.get(f"/reports/months/9999-99/{company}").status_code == 422
    assert machine.get(f"/reports/months/{month}/999999").status_code == 404
    early = machine.post(f"{place}/send", {"number": 1})
    assert early.status_code == 409
    assert "not over yet" in early.json()["title"]
    machine.as_role(Role.ENGINEER)
    assert machine.post(f"{place}/send", {}).status_code == 403


def test_the_other_reports_are_read(story, machine, case):
    reception = machine.get("/reports/reception?length=month").json()
    assert reception["total"]["calls"] == 1
    assert sum(one["figures"]["calls"] for one in reception["by_line"]) == 1
    assert machine.get("/reports/reception?desk=nothing").json()["errors"][0]["field"] == "desk"
    assert machine.get("/reports/reception?day=1700-01-01").status_code == 422
    assert Book(machine.get("/reports/reception/xlsx").content).names
    assert machine.get("/reports/by_word").json()["items"] == []
    assert machine.get("/reports/by_word?day=2999-01-01").status_code == 422
    assert machine.get("/reports/late_unexplained").status_code == 200
    assert machine.get("/reports/groups").status_code == 200
    months = machine.get(f"/reports/availability/{story.service.pk}").json()["months"]
    assert len(months) == 12
    assert months[0]["cases"][0]["case"] == case.number
    assert machine.get("/reports/availability/999999").status_code == 404


# --- groups, shifts ---------------------------------------------------------------------------------------------------
def test_a_group_says_what_it_holds(story, machine, case):
    group = ResolverGroup.objects.create(names={"es": "Transporte", "en": "Transport"}, target_minutes=60)
    passed = machine.post(f"/cases/{case.number}/pass_to_group", {"group": group.pk, "reason": "Look at the ring"})
    assert passed.status_code == 200, passed.content
    (listed,) = machine.get("/groups?active=true").json()["items"]
    assert (listed["name"], listed["held"], listed["target_seconds"]) == ("Transport", 1, 3600)
    (held,) = machine.get(f"/groups/{group.pk}/queue").json()["items"]
    assert held["case"] == case.number
    assert machine.get("/groups/999999/queue").status_code == 404


def test_the_shift_and_a_hand_over_are_read(story, machine, case):
    staff = machine.key.staff
    Shift.objects.create(staff=staff, started_at=now() - timedelta(minutes=5))
    assert [one["person"]["name"] for one in machine.get("/shift").json()["people"]] == [staff.name]
    signed = Handover.objects.create(due_at=now(), incoming=staff, signed_at=now(), note="Quiet")
    HandoverLine.objects.create(
        handover=signed, customer=case.customer, case=case, next_step="Ring Ana", responsible=staff
    )
    (listed,) = machine.get("/handovers").json()["items"]
    assert listed["note"] == "Quiet"
    (line,) = machine.get(f"/handovers/{signed.pk}").json()["lines"]
    assert (line["case"], line["next_step"]) == (case.number, "Ring Ana")
    assert machine.get("/handovers/999999").status_code == 404


# --- articles, procedure ----------------------------------------------------------------------------------------------
def test_articles_are_searched_and_read(story, machine):
    article = Article.objects.create(number=7, state="draft")
    texts = {
        "es": {"title": "Corte de fibra", "text": "Mida con OTDR"},
        "en": {"title": "Cut of fibre", "text": "OTDR"},
    }
    article.newest = ArticleEdition.objects.create(article=article, edition=1, texts=texts, made_at=now())
    article.save()
    (found,) = machine.get("/articles?words=fibra").json()["items"]
    assert (found["display_number"], found["title"]) == ("AR-0007", "Cut of fibre")
    assert machine.get("/articles?state=retired").json()["items"] == []
    read = machine.get("/articles/AR-0007")
    assert read.json()["texts"]["es"]["text"] == "Mida con OTDR"
    assert machine.get("/articles/7", **{"If-None-Match": read["ETag"]}).status_code == 304
    assert machine.get("/articles/8").status_code == 404


def test_the_procedure_is_read_as_data(story, machine):
    read = machine.get("/procedure")
    answer = read.json()
    assert answer["document"]["clocks"]
    assert read["ETag"].strip('"') == answer["sha256"][:32]
    listed = machine.get("/procedure/versions").json()["items"]
    assert listed[0]["number"] == answer["number"]
    assert "document" not in listed[0]
    assert machine.get(f"/procedure/versions/{answer['number']}").json() == answer
    assert machine.get("/procedure/versions/999").status_code == 404
