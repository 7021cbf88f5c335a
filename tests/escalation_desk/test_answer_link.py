"""``/responder/<token>``: what was paged and the answer in one tap, without sign-in (E D)."""

from datetime import timedelta

import pytest
from django.test import Client

from guardia.escalation import signed_links
from guardia.escalation.reachability import Proof
from guardia.notices.notice import Notice
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.conftest import hand_over, words
from tests.escalation_desk.storm import case_of_the_hospital


@pytest.fixture
def paged(story):
    """Level 1 was paged; the mail to the first supervisor was accepted."""
    story.open_case_and_breach()
    story.delivery = hand_over(story.page_to(story.supervisor), "supervisora@example.com")
    return story


def test_get_shows_all_one_needs_and_changes_nothing(paged, telephone):
    before = paged.moments()
    for _ in range(3):
        back = telephone.get(paged.link_of(paged.supervisor))
        assert back.status_code == 200
    assert telephone.head(paged.link_of(paged.supervisor)).status_code == 200
    page = words(back)
    assert "Banco Austral" in page
    assert "agencia matriz, Cuenca, ENL-0042" in page
    assert "No service" in page
    assert "26\xa0min" in page
    assert "ingeniero1" in page  # who works on it
    assert "Nobody answers for it yet." in page
    assert "tel:1800400404" in page
    assert paged.moments() == before
    assert not Proof.objects.exists()
    assert not back.cookies


def test_the_answer_is_kept_by_nobody_and_found_by_no_engine(paged, telephone):
    back = telephone.get(paged.link_of(paged.supervisor))
    assert "no-store" in back.headers["Cache-Control"]
    assert "noindex" in back.headers["X-Robots-Tag"]
    assert back.headers["Referrer-Policy"] == "no-referrer"


def test_one_tap_answers_without_cookies_and_proves_the_way_the_page_came_by(paged, telephone):
    back = telephone.post(paged.link_of(paged.supervisor), {"acto": "respondo"})
    assert back.status_code == 303
    assert paged.running.acknowledged_by == paged.supervisor.pk
    proof = Proof.objects.get()
    assert (proof.address, proof.how, proof.reached) == ("supervisora@example.com", "page", True)
    assert "You have answered for it since" in words(telephone.get(paged.link_of(paged.supervisor)))


def test_a_repeated_answer_is_harmless(paged, telephone):
    for _ in range(3):
        assert telephone.post(paged.link_of(paged.supervisor), {"acto": "respondo"}).status_code == 303
    assert paged.moments().count(Moment.ACKNOWLEDGED) == 1
    assert Proof.objects.count() == 1


def test_the_link_says_by_which_way_it_came_where_there_were_several(paged, telephone):
    by_messenger = hand_over(paged.page_to(paged.supervisor), "tgram://… #77b0c4", "apprise")
    telephone.post(f"{paged.link_of(paged.supervisor)}?por={by_messenger.pk}", {"acto": "respondo"})
    assert [proof.address for proof in Proof.objects.all()] == ["tgram://… #77b0c4"]


def test_no_way_is_proven_where_nobody_can_say_which_it_was(paged, telephone):
    hand_over(paged.page_to(paged.supervisor), "tgram://… #77b0c4", "apprise")
    telephone.post(f"{paged.link_of(paged.supervisor)}?por=999", {"acto": "respondo"})
    assert paged.running.acknowledged_by == paged.supervisor.pk
    assert not Proof.objects.exists()


def test_taking_command(paged, telephone):
    telephone.post(paged.link_of(paged.supervisor), {"acto": "mando"})
    assert paged.running.commands
    page = words(telephone.get(paged.link_of(paged.supervisor)))
    assert "You have been in command since" in page
    assert 'value="mando"' not in page


def test_who_cannot_says_why_and_the_next_level_is_asked_at_once(paged, telephone):
    back = telephone.post(paged.link_of(paged.supervisor), {"acto": "no-puedo", "reason": "  "})
    assert back.status_code == 409
    assert "the reason" in words(back)
    assert paged.running.level == 1
    telephone.post(paged.link_of(paged.supervisor), {"acto": "no-puedo", "reason": "Estoy en un avión"})
    assert paged.running.level == 2
    event = paged.case.latest(Moment.PASSED_ON)
    assert event.texts.get(name="reason").text == "Estoy en un avión"
    telephone.post(paged.link_of(paged.supervisor), {"acto": "no-puedo", "reason": "Estoy en un avión"})
    assert paged.moments().count(Moment.PASSED_ON) == 1


def test_somebody_elses_answer_is_not_undone_by_who_cannot(paged, telephone):
    telephone.post(paged.link_of(paged.second), {"acto": "respondo"})
    assert 'value="no-puedo"' not in words(telephone.get(paged.link_of(paged.supervisor)))
    telephone.post(paged.link_of(paged.supervisor), {"acto": "no-puedo", "reason": "No puedo"})
    assert paged.running.acknowledged_by == paged.second.pk
    assert "Supervisor 2 has answered for it since" in words(telephone.get(paged.link_of(paged.supervisor)))


def test_an_escalation_that_is_over_asks_for_nothing(paged, telephone):
    paged.diagnosis("visit")
    assert paged.case.escalation_now() is None
    page = words(telephone.get(paged.link_of(paged.supervisor)))
    assert "The escalation is over" in page
    assert "acto" not in page
    assert telephone.post(paged.link_of(paged.supervisor), {"acto": "respondo"}).status_code == 303
    assert Moment.ACKNOWLEDGED not in paged.moments()


def test_a_link_of_more_than_seven_days_explains_itself(paged, telephone, monkeypatch):
    link = paged.link_of(paged.supervisor)
    monkeypatch.setattr(signed_links, "ANSWER_GOOD_FOR", timedelta(seconds=-1))
    for back in (telephone.get(link), telephone.post(link, {"acto": "respondo"})):
        assert back.status_code == 410
        assert "Este enlace ya venció" in words(back)
        assert "no-store" in back.headers["Cache-Control"]
    assert paged.running.acknowledged_at is None


@pytest.mark.parametrize("token", ["x", "1", "1.2.3", "1:2:3", "%00", "9" * 400, "1%3A1%3Ax"])
def test_a_link_that_is_none_of_ours_is_refused(story, telephone, token):
    assert telephone.get(f"/responder/{token}").status_code == 404
    assert telephone.post(f"/responder/{token}", {"acto": "respondo"}).status_code == 404


def test_a_link_signed_for_something_else_opens_nothing(paged, telephone):
    other = signed_links.customer_token(paged.page_to(paged.supervisor).pk)
    assert telephone.get(f"/responder/{other}").status_code == 404


def test_a_letter_to_a_customer_has_no_answer(paged, telephone):
    letter = Notice.objects.filter(contact__isnull=False).first()
    assert telephone.get(f"/responder/{signed_links.answer_token(letter.pk)}").status_code == 404
    assert telephone.get(f"/responder/{signed_links.answer_token(2**62)}").status_code == 404
    assert telephone.get(f"/responder/{signed_links.answer_token(2**80)}").status_code == 404


def test_somebody_who_has_left_answers_no_more(paged, telephone):
    link = paged.link_of(paged.supervisor)
    Staff.objects.filter(pk=paged.supervisor.pk).update(is_active=False)
    assert telephone.post(link, {"acto": "respondo"}).status_code == 403
    assert paged.running.acknowledged_at is None


def test_an_unknown_act_or_a_case_of_nobodys_page_is_refused(paged, telephone):
    link = paged.link_of(paged.supervisor)
    for fields in ({}, {"acto": "cierro"}, {"acto": "respondo", "caso": "104"}, {"acto": "respondo", "caso": "\0"}):
        back = telephone.post(link, fields)
        assert back.status_code == 422
        assert "Choose one of the answers below." in words(back)
    assert paged.running.acknowledged_at is None


def test_it_speaks_the_language_of_who_was_paged(paged, telephone):
    Notice.objects.filter(staff=paged.supervisor).update(language="es")
    back = Client(headers={"accept-language": "en"}).get(paged.link_of(paged.supervisor))
    assert 'lang="es"' in words(back)


def test_the_page_of_a_storm_lists_its_cases_and_no_others_and_answers_for_all(story, telephone):
    """One page per person and moment (E D): two companies lost a node at the same time."""
    first = story.open_case()
    second = case_of_the_hospital(story)
    story.now = first.opened_at + timedelta(minutes=23)
    story.the_sweep_runs()
    page = words(telephone.get(story.link_of(story.supervisor)))
    assert "2 cases need your answer" in page
    assert "Banco Austral" in page
    assert "Hospital Los Arrayanes" in page
    assert "I answer for all" in page
    telephone.post(story.link_of(story.supervisor), {"acto": "respondo", "caso": str(second.number)})
    assert story.case.escalation_now().acknowledged_at is None
    second.refresh_from_db()
    assert second.answering_id == story.supervisor.pk
    telephone.post(story.link_of(story.supervisor), {"acto": "respondo", "caso": "todos"})
    assert story.case.escalation_now().acknowledged_by == story.supervisor.pk
    assert second.events.filter(moment=Moment.ACKNOWLEDGED).count() == 1


def test_a_level_that_is_only_told_sees_who_answers_and_may_take_command(long_ago, telephone):
    story = long_ago
    opened = story.open_case().opened_at
    story.now = opened + timedelta(minutes=21)
    story.the_sweep_runs()
    story.case.acknowledge(story.supervisor, by=story.by, at=story.now)
    story.minutes_pass(22)
    story.the_sweep_runs()
    assert story.running.acknowledged_by == story.supervisor.pk
    link = f"/responder/{signed_links.answer_token(story.page_to(story.manager, Moment.LEVEL_INFORMED).pk)}"
    page = words(telephone.get(link))
    assert "Supervisora 1 has answered for it since" in page
    assert 'value="no-puedo"' not in page
    telephone.post(link, {"acto": "mando"})
    assert (story.running.acknowledged_by, story.running.commands) == (story.manager.pk, True)


def test_another_persons_page_of_the_same_hour_is_not_shown(paged, telephone):
    page = words(telephone.get(paged.link_of(paged.second)))
    assert "Supervisor 2" in page
    assert "Supervisora 1" not in page
