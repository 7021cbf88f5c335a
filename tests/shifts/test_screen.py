"""/relevo at the desk: prepared by who goes, signed by who comes, kept for ever; bad input loses nothing."""

from datetime import timedelta

import pytest

from guardia.cases.draft import Draft
from guardia.people import shifts
from guardia.people.shifts import Handover, ShiftPlan
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.desk.conftest import words
from tests.procedure.story import staff

DESK = shifts.TECHNICAL


@pytest.fixture
def on_shift(story):
    """The engineer has been at the desk since ten minutes, with one open case."""
    shifts.enter(story.engineer, DESK, story.now)
    story.open_case()
    return story


def fields(story, **more: str) -> dict[str, str]:
    pk = story.case.pk
    return {f"paso-{pk}": "Llamar al proveedor", "nota": "Todo tranquilo", **more}


def prepared(story, client, **more: str) -> None:
    pk = story.case.pk
    client.post("/relevo/borrador", {"de": "yo", "hasta": str(pk), **fields(story), **more})


# --- what the page shows ---


def test_a_house_that_never_entered_a_shift_is_taught_how_it_begins(story, engineer):
    page = words(engineer.get("/relevo"))
    assert "Nobody has ever entered a shift here." in page
    assert "No cases are open." in page
    assert "06:00 · 14:00 · 22:00" in page


def test_each_open_case_stands_with_its_promise_its_next_step_and_its_responsible(on_shift, colleague):
    page = words(colleague.get("/relevo"))
    assert on_shift.case.display_number in page
    assert "Banco Austral" in page
    assert "Find the cause and make the plan" in page
    assert f'<option value="{on_shift.colleague.pk}" selected>ingeniero2</option>' in page
    assert "ingeniero1&#x27;s shift ends. Your shift begins." in page


def test_who_goes_prepares_and_the_responsible_is_whoever_signs(on_shift, engineer):
    page = words(engineer.get("/relevo?de=yo"))
    assert '<option value="" selected>whoever signs</option>' in page
    assert "Leave it prepared" in page
    assert "Sign and take over" not in page


def test_who_only_looks_sees_the_page_and_cannot_sign(on_shift, sign_in):
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    assert "Sign and take over" not in words(auditor.get("/relevo"))
    assert auditor.post("/relevo", fields(on_shift)).status_code == 403
    assert not Handover.objects.exists()


# --- from the preparation to the signature ---


def test_what_who_goes_prepared_stands_before_whoever_comes(on_shift, engineer, colleague):
    prepared(on_shift, engineer)
    page = words(colleague.get("/relevo"))
    assert "ingeniero1 has prepared this hand-over" in page
    assert "Llamar al proveedor" in page
    assert "Todo tranquilo" in page


def test_a_case_opened_after_the_preparation_is_marked_as_new(on_shift, engineer, colleague):
    prepared(on_shift, engineer)
    assert "new since then" not in words(colleague.get("/relevo"))
    on_shift.call = None
    on_shift.case_is_registered("Otra falla")
    page = words(colleague.get("/relevo"))
    assert "1 case is new since then." in page
    assert page.count('<span class="new">') == 1


def test_the_signature_hands_everything_over(on_shift, engineer, colleague):
    prepared(on_shift, engineer)
    done = colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift)})
    handover = Handover.objects.get()
    assert done.headers["Location"] == f"/relevo/{handover.pk}"
    sheet = words(colleague.get(done.headers["Location"]))
    assert "Signed. You are on shift." in sheet
    assert "Llamar al proveedor" in sheet
    assert "before: ingeniero1" in sheet
    assert on_shift.case.assigned == on_shift.colleague
    assert [shift.staff for shift in shifts.on_shift(DESK, handover.signed_at)] == [on_shift.colleague]
    assert not Draft.objects.filter(key__startswith="relevo:").exists()


def test_the_log_of_the_case_says_who_answers_now(on_shift, colleague):
    colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift)})
    assert "ingeniero2" in words(colleague.get(f"/casos/{on_shift.number}/"))
    assert on_shift.moments().count(Moment.ASSIGNED) == 1


def test_a_signed_sheet_stays_as_it_was_whatever_comes_later(on_shift, colleague):
    colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift)})
    address = f"/relevo/{Handover.objects.get().pk}"
    before = [line for line in words(colleague.get(address)).splitlines() if "<td" in line]
    colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift), "nota": "otra"})
    assert colleague.post(address, {"nota": "otra"}).status_code == 405
    after = [line for line in words(colleague.get(address)).splitlines() if "<td" in line]
    assert after == before
    assert Handover.objects.get().note == "Todo tranquilo"


def test_who_signs_second_is_told_who_signed_and_takes_over_from_nobody_else(on_shift, colleague, sign_in):
    asked = {"de": str(on_shift.engineer.pk), **fields(on_shift)}
    colleague.post("/relevo", asked)
    again = sign_in(on_shift.supervisor).post("/relevo", asked, follow=True)
    assert "ingeniero2 already signed this hand-over at" in words(again)
    assert Handover.objects.count() == 1
    assert on_shift.case.assigned == on_shift.colleague


def test_who_goes_cannot_sign_alone(on_shift, engineer):
    back = engineer.post("/relevo", {"de": "yo", **fields(on_shift)})
    assert back.status_code == 422
    assert "Nothing was signed: whoever comes on shift signs." in words(back)
    assert "Llamar al proveedor" in words(back)


def test_a_promise_close_to_breaking_needs_its_next_step(on_shift, colleague, monkeypatch):
    close = on_shift.case.next_warn_at + timedelta(seconds=1)
    monkeypatch.setattr("guardia.web.desk.handover.page.now", lambda: close)
    asked = {"de": str(on_shift.engineer.pk), **fields(on_shift), f"paso-{on_shift.case.pk}": "  "}
    back = colleague.post("/relevo", asked)
    assert back.status_code == 422
    assert "Write the next step: this promise is close to breaking." in words(back)
    assert "Todo tranquilo" in words(back)
    assert not Handover.objects.exists()


@pytest.mark.parametrize("to", ["", "999999", "x", "9" * 40, "1\0"])
def test_a_responsible_who_is_none_is_refused_and_nothing_is_lost(on_shift, colleague, to):
    pk = on_shift.case.pk
    on_shift.engineer.is_active = False
    on_shift.engineer.save(update_fields=["is_active"])
    back = colleague.post("/relevo", {"de": "nadie", **fields(on_shift), f"a-{pk}": to})
    if to == "":  # not filled: whoever comes in
        assert Handover.objects.get().lines.get().responsible == on_shift.colleague
        return
    assert back.status_code == 422
    assert "Choose one of the colleagues." in words(back)
    assert "Llamar al proveedor" in words(back)
    assert not Handover.objects.exists()


@pytest.mark.parametrize("name", ["paso-1\0", "paso-", "paso-x", "a-" + "9" * 30, "paso--1", "hasta"])
def test_fields_that_no_hand_over_has_are_not_read(on_shift, colleague, name):
    asked = {"de": "\0" * 9, **fields(on_shift), name: "x\0" * 5000}
    assert colleague.post("/relevo/borrador", asked).status_code == 200
    assert colleague.post("/relevo", asked).status_code == 302
    assert "\0" not in Handover.objects.get().lines.get().next_step


# --- draft, and back ---


def test_a_draft_is_kept_and_only_what_differs(on_shift, engineer):
    pk = on_shift.case.pk
    asked = {"de": "yo", "hasta": str(pk), f"paso-{pk}": "Find the cause and make the plan", "nota": "algo"}
    said = engineer.post("/relevo/borrador", asked)
    assert "saved" in words(said)
    assert Draft.objects.get(staff=on_shift.engineer).fields == {"nota": "algo", "hasta": str(pk)}


def test_until_it_is_signed_what_was_prepared_can_be_discarded_and_brought_back(on_shift, engineer, colleague):
    prepared(on_shift, engineer)
    gone = engineer.post("/relevo/descartar", follow=True)
    assert "What was prepared was discarded." in words(gone)
    assert "Undo" in words(gone)
    assert "Llamar al proveedor" not in words(colleague.get("/relevo"))
    engineer.post("/relevo/descartar", {"de-nuevo": "1"})
    assert "Llamar al proveedor" in words(colleague.get("/relevo"))


def test_what_is_written_anew_is_not_overwritten_by_what_was_discarded(on_shift, engineer, colleague):
    prepared(on_shift, engineer)
    engineer.post("/relevo/descartar")
    prepared(on_shift, engineer, nota="Otra nota")
    back = engineer.post("/relevo/descartar", {"de-nuevo": "1"}, follow=True)
    assert "There is nothing to restore." in words(back)
    assert "Otra nota" in words(colleague.get("/relevo"))


# --- kept, read again ---


def test_the_signed_ones_are_listed_and_what_is_not_there_is_not_found(on_shift, colleague):
    assert "Nothing has been signed yet." in words(colleague.get("/relevo/firmados"))
    colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift)})
    assert f"/relevo/{Handover.objects.get().pk}" in words(colleague.get("/relevo/firmados"))
    for pk in (0, 999_999, 10**30):
        assert colleague.get(f"/relevo/{pk}").status_code == 404


def test_the_sheet_says_what_was_overdue_when_it_was_signed_in_a_word(on_shift, colleague, monkeypatch):
    late = on_shift.case.next_due_at + timedelta(minutes=3)
    for module in ("page", "signing"):
        monkeypatch.setattr(f"guardia.web.desk.handover.{module}.now", lambda: late)
    done = colleague.post("/relevo", {"de": str(on_shift.engineer.pk), **fields(on_shift)})
    assert "overdue since" in words(colleague.get(done.headers["Location"]))


# --- the plan ---


def test_who_supervises_changes_the_hours_and_others_do_not(story, sign_in, engineer):
    supervisor = sign_in(story.supervisor)
    assert "Change the hours" in words(supervisor.get("/relevo"))
    assert "Change the hours" not in words(engineer.get("/relevo"))
    assert engineer.post("/relevo/turnos", {"hours": "07:00"}).status_code == 403
    done = supervisor.post("/relevo/turnos", {"hours": "7:00, 19:00"}, follow=True)
    assert "The shift changes at 07:00, 19:00 from now on." in words(done)
    assert ShiftPlan.objects.get().hours == ["07:00", "19:00"]


@pytest.mark.parametrize("hours", ["", "mañana", "25:00", "06:00 06:30", "\0", "9" * 70, "06:00 " * 30])
def test_hours_that_are_none_come_back_as_typed(story, sign_in, hours):
    back = sign_in(story.supervisor).post("/relevo/turnos", {"hours": hours})
    assert back.status_code == 422
    assert "errorlist" in words(back)
    assert not ShiftPlan.objects.exists()
