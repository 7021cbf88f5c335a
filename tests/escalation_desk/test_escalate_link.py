"""``/escalar/<token>``: a contact of the company asks for the next level from the link of a letter (E1 D)."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.test import Client

from guardia.cases.refusals import ChangedMeanwhile, NoLevelAbove, OnlyAContact, RequestedTooSoon
from guardia.cases.waiting import WaitReason
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.escalation import signed_links
from guardia.intake import customer_acts
from guardia.intake.customer_acts import PAUSE
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import rendered
from guardia.people import signed
from guardia.procedure.vocabulary import Moment, WaitCause
from guardia.web.answer import escalate
from guardia.worker.posting import LINKS
from tests.escalation_desk.conftest import hold, words
from tests.escalation_desk.storm import case_of_the_hospital
from tests.procedure.story import contact


@pytest.fixture
def telephone() -> Client:
    """A browser without any cookie."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def asked(on_time):
    """A case that is on time; nobody has escalated it yet."""
    on_time.open_case()
    return on_time


def link(story, who: Contact | None = None) -> str:
    who = who or story.desk
    return f"/escalar/{signed_links.escalate_token(story.case.customer_id, story.case.pk, who.pk)}"


def asks(story) -> list:
    return list(story.case.events.filter(moment=Moment.ESCALATED, variant="customer").order_by("seq"))


@pytest.fixture
def later(monkeypatch):
    """The operator's clock, as this door reads it, some minutes on."""

    def set_on(**time) -> None:
        at = now() + timedelta(**time)
        monkeypatch.setattr(escalate, "now", lambda: at)

    return set_on


# --- GET shows --------------------------------------------------------------------------------------------------------


def test_e1_looking_shows_the_case_its_promise_and_who_answers_and_writes_nothing(asked, telephone):
    before, notices = asked.moments(), Notice.objects.count()
    for _ in range(3):
        back = telephone.get(link(asked))
        assert back.status_code == 200
    assert telephone.head(link(asked)).status_code == 200
    page = words(back)
    assert asked.case.display_number in page
    assert "agencia matriz, Cuenca, ENL-0042" in page
    assert "we will tell you the cause and the plan of solution" in page
    assert "Nobody above the Operations Centre has been notified yet." in page
    assert "Escalate: Level 1" in page
    assert 'name="nivel" value="1"' in page
    assert "tel:1800400404" in page
    assert "<script" not in page
    assert (asked.moments(), Notice.objects.count()) == (before, notices)
    assert not back.cookies


def test_the_page_is_kept_by_nobody_and_found_by_no_engine(asked, telephone):
    back = telephone.get(link(asked))
    assert "no-store" in back.headers["Cache-Control"]
    assert "noindex" in back.headers["X-Robots-Tag"]
    assert back.headers["Referrer-Policy"] == "no-referrer"


def test_a_broken_promise_is_called_late_and_the_level_that_answers_is_named(story, telephone):
    story.open_case_and_breach()
    page = words(telephone.get(link(story)))
    assert "“Cause and plan of solution” was due at" in page
    assert "and is late." in page
    assert "<b>Level 1</b> · Escalated at" in page
    assert "The next level is paged at" in page
    assert "Escalate: Level 2" in page
    story.case.acknowledge(story.supervisor, by=story.by, at=now())
    page = words(telephone.get(link(story)))
    assert "Supervisor TSC has answered for it since" in page
    assert "Supervisora 1" not in page


def test_a_time_that_stands_still_is_said(asked, telephone):
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
    asked.case.wait(why, by=asked.by, at=now())
    assert "has been stopped since" in words(telephone.get(link(asked)))


# --- POST asks --------------------------------------------------------------------------------------------------------


def test_e1_one_press_pages_level_1_in_the_name_of_the_contact(asked, telephone):
    back = telephone.post(link(asked), {"nivel": "1"})
    assert back.status_code == 303
    assert back.headers["Location"] == link(asked) or back.headers["Location"].startswith("/escalar/")
    (event,) = asks(asked)
    assert (event.actor_kind, event.actor_id, event.data["level"]) == ("contact", asked.desk.pk, 1)
    assert event.texts.get(name="asked_by").text == "Help Desk"
    assert (asked.running.source, asked.running.level) == ("customer", 1)
    assert asked.page_to(asked.supervisor).facts["data"]["why"] == "customer"
    assert set(Notice.objects.filter(event_id=event.pk).values_list("contact__name", flat=True)) >= {"Help Desk"}


def test_a_repeated_press_is_harmless(asked, telephone):
    for fields in ({"nivel": "1"}, {"nivel": "1"}, {}, {"nivel": "0"}, {"nivel": "x"}, {"nivel": "9" * 400}):
        assert telephone.post(link(asked), fields).status_code == 303
    assert len(asks(asked)) == 1
    assert asked.running.level == 1


def test_the_same_press_repeated_much_later_asks_for_no_higher_level(asked, telephone, later):
    telephone.post(link(asked), {"nivel": "1"})
    later(minutes=6)
    assert telephone.post(link(asked), {"nivel": "1"}).status_code == 303
    assert len(asks(asked)) == 1


def test_another_contact_finds_it_done(asked, telephone):
    telephone.post(link(asked), {"nivel": "1"})
    telephone.post(link(asked, asked.head), {"nivel": "1"})
    telephone.post(link(asked, asked.head), {"nivel": "2"})
    assert len(asks(asked)) == 1


def test_e1_the_next_level_is_possible_after_five_minutes_and_the_page_says_from_when(asked, telephone, later):
    telephone.post(link(asked), {"nivel": "1"})
    page = words(telephone.get(link(asked)))
    assert "A level was requested from one of our emails at" in page
    assert "“Level 2” may be requested from" in page
    assert "nivel" not in page
    assert telephone.post(link(asked), {"nivel": "2"}).status_code == 303
    assert asked.running.level == 1
    later(minutes=5, seconds=1)
    assert "Escalate: Level 2" in words(telephone.get(link(asked)))
    telephone.post(link(asked), {"nivel": "2"})
    assert asked.running.level == 2
    assert [event.data["level"] for event in asks(asked)] == [1, 2]


def test_a_level_that_a_breach_reached_is_not_asked_again_and_the_next_one_is_at_once(story, telephone):
    story.open_case_and_breach()
    telephone.post(link(story), {"nivel": "1"})
    assert asks(story) == []
    telephone.post(link(story), {"nivel": "2"})
    assert [event.data["level"] for event in asks(story)] == [2]
    assert story.running.level == 2


def test_a_level_that_is_not_the_next_one_is_refused_in_words(asked, telephone):
    back = telephone.post(link(asked), {"nivel": "3"})
    assert back.status_code == 409
    assert "Look at what is new and try again." in words(back)
    assert "Escalate: Level 1" in words(back)
    assert asks(asked) == []


@pytest.mark.parametrize("night", [True, False])
def test_at_the_top_the_page_says_so_and_whom_to_call(asked, telephone, is_night, night):
    hold(3, 1, asked.manager)
    asked.case.escalate("ya", by=asked.by, at=now(), level=3)
    is_night(night)
    page = words(telephone.get(link(asked)))
    assert "The highest level has already been paged" in page
    assert "nivel" not in page
    assert 'href="tel:+593999000003"' in page
    assert ('href="tel:+59324005124"' in page) is night
    before = asked.moments()
    for fields in ({}, {"nivel": "4"}):
        assert telephone.post(link(asked), fields).status_code == 303
    assert asked.moments() == before


def test_at_the_top_where_nobody_has_a_number_the_night_line_is_called_at_any_hour(asked, telephone):
    asked.case.escalate("ya", by=asked.by, at=now(), level=3)
    assert 'href="tel:+59324005124"' in words(telephone.get(link(asked)))


def test_a_case_that_was_paged_together_with_another_asks_above_that_level(story, telephone):
    """One page per outage (E D): the level that answers for the site is the one it has reached."""
    first = story.open_case_and_breach()
    story.call = None
    second = story.case_is_registered("Otro síntoma")
    first.acknowledge(story.supervisor, by=story.by, at=story.now)
    story.minutes_pass(21)
    story.the_sweep_runs()
    assert story.number == second.number != first.number
    assert story.running.joined == first.pk
    assert customer_acts.next_level(story.case).level == 2
    assert "<b>Level 1</b> · Supervisor TSC has answered for it since" in words(telephone.get(link(story)))
    telephone.post(link(story), {"nivel": "2"})
    assert (story.running.level, story.running.joined) == (2, None)


# --- the rule itself, without a door ----------------------------------------------------------------------------------


def test_e1_between_two_levels_lie_five_minutes_to_the_second(asked):
    at = now()
    assert customer_acts.ask(asked.case, asked.desk, at=at) is not None
    with pytest.raises(RequestedTooSoon):
        customer_acts.ask(asked.case, asked.head, at=at + PAUSE - timedelta(seconds=1))
    assert customer_acts.ask(asked.case, asked.desk, at=at, level=1) is None
    asked.now = at + PAUSE
    customer_acts.ask(asked.case, asked.head, at=asked.now)
    customer_acts.ask(asked.case, asked.head, at=asked.now + PAUSE)
    with pytest.raises(NoLevelAbove):
        customer_acts.ask(asked.case, asked.head, at=asked.now + 3 * PAUSE)
    assert [event.data["level"] for event in asks(asked)] == [1, 2, 3]


def test_what_the_desk_enters_for_the_customer_does_not_make_the_link_wait(asked):
    asked.case.escalate("llamó", by=asked.by, at=now(), source="customer", asked_by="Jefe de Sistemas")
    customer_acts.ask(asked.case, asked.desk, at=now())
    assert asked.running.level == 2


def test_only_a_contact_of_the_company_asks(asked):
    for who in (asked.stranger, asked.former):
        with pytest.raises(OnlyAContact):
            customer_acts.ask(asked.case, who, at=now())
    with pytest.raises(ChangedMeanwhile):
        customer_acts.ask(asked.case, asked.desk, at=now(), level=2)
    assert asks(asked) == []


# --- addresses that are over ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cancelled", "closed"])
def test_a_case_that_is_over_says_so(asked, telephone, how):
    address = link(asked)
    if how == "cancelled":
        asked.case.cancel("error", by=asked.by, at=now())
    else:
        asked.now = now()
        asked.diagnosis()
        asked.service_is_restored()
        asked.customer_confirms()
        asked.window_is_green()
        asked.case.stabilise(by=asked.by, at=asked.now)
        asked.case.close("corte", "empalme", by=asked.by, at=asked.now)
    before = asked.moments()
    for back in (telephone.get(address), telephone.post(address, {"nivel": "1"})):
        assert back.status_code == 410
        assert "This case is over" in words(back)
        assert asked.case.display_number in words(back)
        assert "no-store" in back.headers["Cache-Control"]
        assert "tel:1800400404" in words(back)
    assert asked.moments() == before


def test_a_contact_who_has_left_asks_no_more(asked, telephone):
    address = link(asked)
    Contact.objects.filter(pk=asked.desk.pk).update(active=False)
    for back in (telephone.get(address), telephone.post(address, {"nivel": "1"})):
        assert back.status_code == 410
        assert "This link no longer belongs to a contact" in words(back)
        assert asked.case.display_number not in words(back)
    assert asks(asked) == []


def test_a_contact_or_a_case_of_another_company_opens_nothing(asked, telephone):
    hospital, case = case_of_the_hospital(asked), asked.case
    english = {"accept-language": "en"}
    crossed = {
        (asked.bank.pk, case.pk, asked.stranger.pk): 410,
        (asked.bank.pk, hospital.pk, asked.desk.pk): 404,
        (asked.other.pk, case.pk, asked.stranger.pk): 404,
        (asked.bank.pk, 2**62, asked.desk.pk): 404,
        (asked.bank.pk, 2**80, 2**80): 404,
        (2**70, case.pk, asked.desk.pk): 404,
    }
    for ids, status in crossed.items():
        address = f"/escalar/{signed_links.escalate_token(*ids)}"
        for back in (telephone.get(address, headers=english), telephone.post(address, {"nivel": "1"})):
            assert back.status_code == status, ids
            assert case.display_number not in words(back)
            assert hospital.display_number not in words(back)
    assert asks(asked) == []


@pytest.mark.parametrize("token", ["x", "1", "1-2-3", "1-2-3.a.b", "%00", "9" * 400, "1%3A1%3Ax"])
def test_a_link_that_is_none_of_ours_is_refused(story, telephone, token):
    english = {"accept-language": "en"}
    back = telephone.get(f"/escalar/{token}", headers=english)
    assert back.status_code == 404
    assert "This link is not one of ours" in words(back)
    assert telephone.post(f"/escalar/{token}", {"nivel": "1"}).status_code == 404


def test_a_link_that_was_changed_or_signed_for_something_else_opens_nothing(asked, telephone):
    good = link(asked)
    others = (signed_links.answer_token(asked.case.pk), signed_links.customer_token(asked.bank.pk))
    for wrong in (f"{good}x", good.replace("-", "-1", 1), *(f"/escalar/{token}" for token in others)):
        assert telephone.post(wrong, {"nivel": "1"}).status_code == 404
    two_ids = signed.token(signed_links.ESCALATE_SALT, 1, 2)
    assert telephone.get(f"/escalar/{two_ids}").status_code == 404
    assert asks(asked) == []


def test_a_link_of_more_than_a_month_explains_itself(asked, telephone, monkeypatch):
    address = link(asked)
    monkeypatch.setattr(signed_links, "ESCALATE_GOOD_FOR", timedelta(seconds=-1))
    for back in (telephone.get(address, headers={"accept-language": "en"}), telephone.post(address, {"nivel": "1"})):
        assert back.status_code == 410
        assert "tel:1800400404" in words(back)
    assert asks(asked) == []


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_speaks_the_language_of_the_contact_and_not_of_the_browser(asked, telephone, language):
    who = contact(asked.bank, "Persona", "persona@example.com", language)
    other = {"accept-language": "pt" if language == "en" else "en"}
    for _step in range(2):
        page = words(telephone.get(link(asked, who), headers=other))
        assert f'lang="{language}"' in page
        telephone.post(link(asked, who), {"nivel": "1"}, headers=other)


def test_a_contact_whose_language_is_none_of_ours_reads_the_browsers(asked, telephone):
    who = contact(asked.bank, "Persona", "persona@example.com", "xx")
    assert 'lang="en"' in words(telephone.get(link(asked, who), headers={"accept-language": "en"}))


# --- the letter -------------------------------------------------------------------------------------------------------


def letter_of(notice: Notice):
    delivery = Delivery(address=notice.contact.email, channel="mail", message_id="<a@example.com>")
    return message_from_bytes(rendered(delivery, [notice], notice.owed_at, LINKS), policy=policy.default)


def notice_to(story, moment: str, who: Contact) -> Notice:
    return Notice.objects.filter(moment=moment, contact=who).latest("pk")


@pytest.mark.parametrize("part", ["plain", "html"])
def test_e1_a_letter_of_an_open_case_brings_the_link_of_its_reader(asked, telephone, settings, part):
    settings.PUBLIC_URL = "https://guardia.example.com"
    said = letter_of(notice_to(asked, "registered", asked.desk)).get_body((part,)).get_content()
    token = said.partition("https://guardia.example.com/escalar/")[2].split()[0].partition('"')[0].partition("<")[0]
    assert signed_links.read_escalate_token(token) == (asked.bank.pk, asked.case.pk, asked.desk.pk)
    assert telephone.get(f"/escalar/{token}").status_code == 200
    assert "/c/quien-responde/" in said


def test_the_letter_that_tells_the_end_of_a_case_brings_none(asked):
    asked.case.cancel("error", by=asked.by, at=now())
    text = letter_of(notice_to(asked, "cancelled", asked.desk)).get_body(("plain",)).get_content()
    assert "/escalar/" not in text
    assert "/c/quien-responde/" in text
