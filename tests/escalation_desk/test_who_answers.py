"""“Who answers now, for this customer, and how”: one look for the desk, and its own for the customer (E2 to E5)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guardia.cases import drills
from guardia.cases.failed_notices import record_failed_pages
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation import reachability, signed_links
from guardia.escalation.alarms import Alarm
from guardia.escalation.reachability import Proof
from guardia.escalation.rota import Rota
from guardia.notices.notice import Notice
from guardia.procedure.version import in_force
from tests.escalation_desk.conftest import hand_over, words
from tests.escalation_desk.storm import case_of_the_hospital

PAGE = "/quien-responde"


def test_each_level_with_its_persons_numbers_and_last_proof(story, engineer):
    reachability.put("+593999000001", how="call", reached=True, at=now() - timedelta(days=3))
    reachability.put("+593999000002", how="drill", reached=False, at=now() - timedelta(days=1))
    reachability.put("+593999000003", how="call", reached=True, at=now() - timedelta(days=91))
    page = words(engineer.get(PAGE))
    for name in ("Supervisora 1", "Supervisor 2", "Gerente", "Celular de Operaciones"):
        assert name in page
    assert 'href="tel:+593999000001"' in page
    assert "Nobody is on duty." in page
    assert "The next level is paged at once." in page
    unproven = page.partition("Not verified for 90 days")[2]
    assert "did not answer" in unproven
    assert "last proven" in unproven
    assert "never proven" in unproven
    assert 'id="+593999000001"' not in unproven


@pytest.mark.parametrize("night", [True, False])
def test_e5_stands_first_in_its_hours(story, engineer, is_night, night):
    is_night(night)
    page = words(engineer.get(PAGE))
    assert ("this number first (E5)" in page) is night
    assert 'href="tel:+59324005124"' in page


def test_the_companys_own_page_bears_the_operators_name_and_writes_a_number_in_one_way(story):
    page = words(Client(headers={"accept-language": "es"}).get(theirs(story.bank)))
    procedure = in_force(now()).procedure
    operator = procedure.provider.name
    assert f"<title>Quién responde · {operator}</title>" in page
    assert procedure.escalation.night.number in page
    assert "(02) 400-5124" not in page


def test_until_when_somebody_answers(story, engineer):
    turn = Rota.objects.get(level=2)
    turn.members, turn.every_days = [story.manager.pk, story.supervisor.pk], 1
    turn.save()
    assert 'class="until"' in words(engineer.get(PAGE))


def test_a_company_is_found_with_its_open_escalations_and_its_own_link(story, engineer):
    story.open_case_and_breach()
    found = words(engineer.get(PAGE, {"q": "banco"}))
    assert f"?compania={story.bank.pk}#company" in found
    chosen = words(engineer.get(PAGE, {"compania": story.bank.pk}))
    assert story.case.display_number in chosen
    assert "/c/quien-responde/" in chosen
    other = words(engineer.get(PAGE, {"compania": story.other.pk}))
    assert "None of their cases is escalated now." in other
    for nobody in ("0", "x", "9" * 30, "\0"):
        assert engineer.get(PAGE, {"compania": nobody, "q": "\0"}).status_code == 200


# --- the customer's view ----------------------------------------------------------------------------------------------


def theirs(company) -> str:
    return f"/c/quien-responde/{signed_links.customer_token(company.pk)}"


def test_the_customer_sees_the_matrix_and_its_own_escalations_only(story, telephone):
    number = story.open_case_and_breach().display_number
    hospital = case_of_the_hospital(story)
    page = words(telephone.get(theirs(story.bank), headers={"accept-language": "en"}))
    assert "Banco Austral" in page
    assert number in page
    assert "Escalated at" in page
    assert "Supervisora 1" in page
    assert "tel:+593999000001" in page
    assert "Hospital Los Arrayanes" not in page
    assert hospital.display_number not in page
    with behind(DatabaseRole.STAFF):
        story.case.acknowledge(story.supervisor, by=story.by, at=now())
    assert "Supervisor TSC has answered for it since" in words(
        telephone.get(theirs(story.bank), headers={"accept-language": "en"})
    )
    other = words(telephone.get(theirs(story.other), headers={"accept-language": "en"}))
    assert "None of your cases is escalated now." in other


def test_the_customers_page_is_private_and_cannot_be_posted_to(story, telephone):
    back = telephone.get(theirs(story.bank))
    assert "no-store" in back.headers["Cache-Control"]
    assert "noindex" in back.headers["X-Robots-Tag"]
    assert telephone.post(theirs(story.bank)).status_code in {403, 405}


def test_a_customers_link_that_is_old_or_changed_explains_itself(story, telephone, monkeypatch):
    english = {"accept-language": "en"}
    of_a_page = f"/c/quien-responde/{signed_links.answer_token(story.bank.pk)}"
    for wrong in ("/c/quien-responde/1.x.y", f"{theirs(story.bank)}x", of_a_page, "/c/quien-responde/%00"):
        back = telephone.get(wrong, headers=english)
        assert back.status_code == 404
        assert "This link is not one of ours" in words(back)
    link = theirs(story.bank)
    monkeypatch.setattr(signed_links, "CUSTOMER_GOOD_FOR", timedelta(seconds=-1))
    assert "It was valid for a year." in words(telephone.get(link, headers=english))


# --- drills -----------------------------------------------------------------------------------------------------------


def drill_of(story, supervisor, **fields) -> Notice:
    assert supervisor.post(f"{PAGE}/simulacro", {"level": 1, **fields}).status_code == 302
    return Notice.objects.filter(alarm__kind="drill", staff=story.supervisor).latest("pk")


def test_a_drill_pages_a_level_says_that_it_is_one_and_touches_no_case(story, supervisor, telephone):
    page = drill_of(story, supervisor)
    assert page.facts["kind"] == "drill"
    assert page.case is None
    assert Notice.objects.filter(alarm=page.alarm).count() == 2
    link = f"/responder/{signed_links.answer_token(page.pk)}"
    hand_over(page, "supervisora@example.com")
    for _ in range(2):
        assert "This is a drill" in words(telephone.get(link))
    assert not Proof.objects.exists()
    for _ in range(2):
        assert telephone.post(link).status_code == 303
    proof = Proof.objects.get()
    assert (proof.address, proof.how, proof.reached) == ("supervisora@example.com", "drill", True)
    assert "Thank you: this channel has been proven since" in words(telephone.get(link))
    assert "answered at" in words(supervisor.get(PAGE))


def test_a_drill_that_came_by_two_ways_asks_which_it_was(story, supervisor, telephone):
    page = drill_of(story, supervisor, staff=story.supervisor.pk)
    assert Notice.objects.filter(alarm=page.alarm).count() == 1
    hand_over(page, "supervisora@example.com")
    by_messenger = hand_over(page, "tgram://… #77b0c4", "apprise")
    link = f"/responder/{signed_links.answer_token(page.pk)}"
    assert "How did it reach you?" in words(telephone.get(link))
    telephone.post(link, {"por": str(by_messenger.pk)})
    assert Proof.objects.get().address == "tgram://… #77b0c4"


def test_who_has_not_answered_within_half_an_hour_was_not_reached(story, supervisor, telephone):
    page = drill_of(story, supervisor, staff=story.supervisor.pk)
    hand_over(page, "supervisora@example.com")
    over = page.alarm.began_at + drills.LASTS
    record_failed_pages(over)
    assert not Proof.objects.get().reached
    record_failed_pages(over)
    assert Proof.objects.count() == 1
    assert Alarm.objects.get().ended_at == over
    telephone.post(f"/responder/{signed_links.answer_token(page.pk)}")
    assert Proof.objects.count() == 1


def test_a_drill_that_runs_is_not_started_again_for_the_same_person(story, supervisor):
    drill_of(story, supervisor)
    back = supervisor.post(f"{PAGE}/simulacro", {"level": 1})
    assert back.status_code == 409
    assert "their drill is still running" in words(back)
    assert Notice.objects.filter(alarm__kind="drill").count() == 2


def test_many_drills_ask_no_more_questions_than_one(story, supervisor):
    page = drill_of(story, supervisor, staff=story.supervisor.pk)
    supervisor.get(PAGE)  # what is kept between two requests is kept from here on
    with CaptureQueriesContext(connection) as one:
        supervisor.get(PAGE)
    for hours in (1, 2, 3, 4):
        later = page.alarm.began_at + timedelta(hours=hours)
        assert drills.start([story.supervisor, story.second], 1, by=story.supervisor, at=later)
    with CaptureQueriesContext(connection) as five:
        answer = words(supervisor.get(PAGE))
    assert answer.count("waits until") == 9
    assert 0 < len(five) <= len(one)


def test_a_number_that_was_dialled_by_hand_is_proven_or_not(story, supervisor):
    tried = {"address": "+593999000001", "reached": "si"}
    assert supervisor.post(f"{PAGE}/probado", tried).status_code == 302
    supervisor.post(f"{PAGE}/probado", {"address": "+593999000010", "reached": "no"})
    found = {proof.address: (proof.reached, proof.staff_id) for proof in Proof.objects.all()}
    assert found == {"+593999000001": (True, story.supervisor.pk), "+593999000010": (False, None)}
    for wrong in ("+593999999999", "", "\0", "x" * 400):
        assert supervisor.post(f"{PAGE}/probado", {"address": wrong, "reached": "si"}).status_code == 422
    assert Proof.objects.count() == 2


def test_only_a_supervisor_drills(story, engineer):
    assert engineer.post(f"{PAGE}/simulacro", {"level": 1}).status_code == 403
    assert engineer.post(f"{PAGE}/probado", {"address": "+593999000001", "reached": "si"}).status_code == 403
    assert "quien-responde/simulacro" not in words(engineer.get(PAGE))


def test_wrong_drills_are_refused(story, supervisor):
    for fields in ({}, {"level": "x"}, {"level": 99}, {"level": 1, "staff": "9" * 30}):
        assert supervisor.post(f"{PAGE}/simulacro", fields).status_code == 422
    assert supervisor.post(f"{PAGE}/simulacro", {"level": 1, "staff": story.manager.pk}).status_code == 409
    assert not Alarm.objects.exists()


def test_a_stranger_is_sent_to_sign_in(story):
    assert Client().get(PAGE).status_code == 302
