"""E: a page suffices by itself for somebody who was asleep, in the person's own language, by mail and in short."""

from datetime import timedelta

import pytest
from django.template.defaultfilters import wordwrap

from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Delivery, Notice
from guardia.notices.page import SHORT, render, render_short
from guardia.people.staff import Staff
from guardia.procedure import version
from tests.notices.reading import taken_apart
from tests.notices.sender import link
from tests.procedure.nights import Night

LANGUAGES = ("es", "en", "pt")


def page_of(staff: Staff, moment: str = "paged") -> Notice:
    pages = Notice.objects.select_related("case", "staff", "alarm").filter(staff=staff, moment=moment)
    return pages.order_by("pk").last()


def mail_of(notice: Notice, after: timedelta = timedelta()):
    address = Delivery(address=notice.staff.email, message_id="<abc@example.com>")
    return taken_apart(render(address, [notice], notice.owed_at + after, link))


def text_of(notice: Notice, after: timedelta = timedelta()) -> str:
    return " ".join(mail_of(notice, after).get_body(("plain",)).get_content().split())


def html_of(notice: Notice) -> str:
    return mail_of(notice).get_body(("html",)).get_content()


def short_of(notice: Notice, after: timedelta = timedelta()) -> str:
    message = render_short(Delivery(address="json://…"), [notice], notice.owed_at + after, link)
    return f"{message['Subject']}\n{message.get_content().strip()}"


@pytest.fixture
def page(night, story) -> Notice:
    """The first page of the night to a supervisor; whoever works on the case has a telephone."""
    Staff.objects.filter(pk=story.engineer.pk).update(name="Ingeniera de turno", mobile="+593999000001")
    story.minutes_pass(1)
    story.case.escalate("piden a la gerente", by=story.by, at=story.now, level=2)
    return page_of(night.manager)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E_a_page_by_mail_tells_all_that_whoever_is_woken_needs(page, story, language):
    page.language = language
    text, rules = text_of(page), version.of(story.version.pk)
    level, diagnosis = rules.level(2), rules.clock("diagnosis")
    must_tell = {
        "the number": story.case.display_number,
        "the customer, who is important": "Banco Austral (VIP)",
        "the site": "agencia matriz",
        "the city": "Cuenca",
        "the circuit": "ENL-0042",
        "since when": "02:0",
        "how long, in minutes": " min",
        "the promise that broke": diagnosis.name.in_language(language),
        "and when": "02:23",
        "the stage": rules.stage("diagnosis").name.in_language(language),
        "who works on it": "Ingeniera de turno",
        "by which number": "+593 99 900 0001",
        "whom to ring": "+593 725550148",
        "the contact at the site": "Portería",
        "why it came to her": "piden a la gerente",
        "the level": f"{level.name.in_language(language)} (E3)",
        "the answer": link(page.pk),
        "what proves it": page.facts["hash"],
    }
    assert {what for what, words in must_tell.items() if words not in text} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_E_both_parts_of_the_mail_say_the_same_and_it_is_marked_as_urgent(page, language):
    page.language = language
    mail, html = mail_of(page), html_of(page)
    assert mail["Importance"] == "high"
    assert f'lang="{language}"' in html
    assert f'href="{link(page.pk)}"' in html
    assert all(line in " ".join(html.split()) for line in ("Banco Austral (VIP)", "Ingeniera de turno", "Portería"))
    assert page.facts["number"] in mail["Subject"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_E_the_short_page_fits_and_tells_the_essentials_with_the_link_last(page, story, language):
    page.language = language
    short = short_of(page)
    assert len(short) <= SHORT
    assert short.splitlines()[-1] == link(page.pk)
    for words in (story.case.display_number, "Banco Austral (VIP)", "agencia matriz", "Cuenca", " min", "02:23"):
        assert words in short
    assert short.count(story.case.display_number) == 1, "no sign is spent twice"
    assert "\n\n" not in short


def test_E_a_long_name_is_cut_in_the_short_page_and_never_the_link(page):
    page.facts = {**page.facts, "company": "Compañía " * 60, "city": "Ciudad " * 30}
    short = short_of(page)
    assert len(short) <= SHORT
    assert short.endswith(link(page.pk))
    assert "…" in short


def test_E_no_line_break_of_a_name_gets_into_a_header(page):
    page.facts = {**page.facts, "city": "Cuenca\r\nBcc: x@example.com", "company": "a\r\n\r\nb"}
    mail = mail_of(page)
    assert mail["Bcc"] is None
    assert "\r\n\r\nb" not in short_of(page)


# --- why it came to this person ---


def test_E_a_page_says_how_many_other_cases_of_the_site_are_open(page):
    page.facts, page.language = {**page.facts, "others": 3}, "en"
    assert "Other open cases of this site: 3" in text_of(page)


REASONS = {
    "step": "this level too",
    "not_acknowledged": "Nobody who was paged before has answered",
    "nothing_moved": "the case has not moved since",
    "call_undone": "The call that was owed was not made",
    "not_answered": "nobody answered",
    "page_failed": "No channel reached",
    "passed_on": "has passed it on",
    "nobody": "Nobody could be paged",
    "customer": "The customer escalates",
    "engineer": "One of our engineers escalates",
    "received": "called a person in the matrix",
}


@pytest.mark.parametrize("why", REASONS)
def test_E_a_page_says_why_it_came_to_this_person(page, why):
    page.facts, page.language = {**page.facts, "source": why}, "en"
    assert REASONS[why] in text_of(page)


def test_E_a_number_is_told_with_its_country_and_extension_for_whoever_is_abroad(page):
    """E4: the senior manager is in another country."""
    page.facts = {**page.facts, "engineer_phone": "+59325550100;ext=20", "call_back_number": "07 555 0148, preguntar"}
    text = text_of(page)
    assert "+593 2-555-0100 ext. 20" in text
    assert "07 555 0148, preguntar" in text


def test_E_what_was_written_when_it_was_passed_on_reaches_the_next_level(night, story):
    story.case.pass_on("estoy en un avión", staff=night.one, by=story.by, at=story.now)
    passed_on = page_of(night.manager)
    assert passed_on.facts["source"] == "passed_on"
    assert "estoy en un avión" in text_of(passed_on)


def test_E_a_later_page_says_how_many_there_were(page):
    page.facts, page.language = {**page.facts, "data": {**page.facts["data"], "round": 3}}, "en"
    assert "page number 3" in text_of(page)


def test_E5_a_page_by_night_says_that_somebody_dials_too(night):
    text = text_of(page_of(night.one))
    assert "+593 2 400 5124" in text


@pytest.mark.parametrize("kind", ["diagnosis", "travel", "field_solution", "verification", "next_news"])
def test_E_the_decision_that_is_asked_follows_from_the_promise_that_broke(page, kind):
    page.language = "en"
    asked = set()
    for each in ("closure", kind):
        page.facts = {**page.facts, "promise": {"kind": each, "due_at": page.facts["at"]}}
        words = text_of(page)
        start = words.index("Please take charge of it and decide")
        asked.add(words[start : words.index(".", start)])
    assert len(asked) == 2


def test_E_a_page_for_news_that_were_not_given_names_that_promise(story):
    night = Night(story)
    story.open_case()
    story.minutes_pass(5)
    story.diagnosis()
    night.sweep_after(31)
    page = page_of(night.one)
    assert page.facts["promise"]["kind"] == "next_news"
    page.language = "en"
    assert "what the customer is told now, and by whom" in text_of(page)


# --- late ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_design_4_3_a_late_page_says_when_it_was_true(page, language):
    page.language = language
    on_time, late = text_of(page, timedelta(minutes=2)), text_of(page, timedelta(minutes=9))
    assert len(late) > len(on_time)
    hour = page.owed_at - timedelta(hours=5)
    assert f"{hour:%H:%M}" in short_of(page, timedelta(minutes=9)).splitlines()[1]


def test_design_4_3_a_late_page_does_not_count_minutes_that_nobody_looked_at(page):
    page.language = "en"
    first, late = text_of(page), text_of(page, timedelta(minutes=9))
    minutes = [words.split(" min", 1)[0].rsplit(" ", 1)[1] for words in (first, late)]
    assert minutes[0] == minutes[1]


# --- the end, and alarms ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_E_whoever_was_paged_is_told_that_it_is_over_and_asked_nothing(night, story, language):
    story.diagnosis()
    over = page_of(night.one, "escalation_ended")
    over.language = language
    text = text_of(over)
    assert story.case.display_number in text
    assert "/responder/" not in text
    assert len(short_of(over)) <= SHORT


@pytest.mark.parametrize("language", LANGUAGES)
def test_E_a_level_that_is_only_told_learns_who_answers_and_may_take_command(page, language):
    about = {
        "moment": "level_informed",
        "source": "informed",
        "answering": "Gerente",
        "answering_phone": "+593999000002",
    }
    page.moment, page.language, page.facts = "level_informed", language, {**page.facts, **about}
    text, short = text_of(page), short_of(page)
    assert "Gerente, +593 99 900 0002" in text
    assert "Gerente, +593 99 900 0002" in short
    assert link(page.pk) in text
    assert len(short) <= SHORT
    page.language = "en"
    assert "Nothing is asked of you" in text_of(page)
    assert "Please take charge of" not in text_of(page)


def alarm_page(story, kind: str, language: str = "en", **facts) -> Notice:
    alarm = Alarm.objects.create(kind=kind, desk="technical", began_at=story.now - timedelta(minutes=12))
    story.supervisor.email = "supervisora@example.com"
    about = {"kind": kind, "desk": "technical", "since": alarm.began_at.isoformat(), "round": 1, **facts}
    return Notice.objects.create(
        alarm=alarm,
        round=1,
        staff=story.supervisor,
        moment="alarm",
        clause="A1",
        language=language,
        facts=about,
        owed_at=story.now,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["nobody_on_shift", "calls_overdue", "drill", "something_new"])
def test_A1_a_page_without_a_case_tells_what_is_wrong_since_when_and_has_its_answer(story, kind, language):
    notice = alarm_page(story, kind, language, count=2)
    text = text_of(notice)
    desk = version.of(story.version.pk).desk("technical").name.in_language(language)
    assert desk in text
    assert f"{story.now - timedelta(hours=5, minutes=12):%H:%M}" in text
    assert link(notice.pk) in text
    assert len(short_of(notice)) <= SHORT


def test_E_a_drill_says_that_it_is_one_in_its_first_words(story):
    notice = alarm_page(story, "drill", by="Administrador")
    title, first, *_rest = short_of(notice).splitlines()
    assert "Drill" in title
    assert "no fault" in first
    assert "Administrador" in text_of(notice)


def test_A1_the_second_page_of_an_alarm_says_so(story):
    assert "page number 2" in text_of(alarm_page(story, "nobody_on_shift", round=2))


def test_the_text_part_is_no_wider_than_a_terminal(page):
    lines = mail_of(page).get_body(("plain",)).get_content().splitlines()
    assert [line for line in lines if len(line) > 72 and line != wordwrap(line, 72) and "://" not in line] == []
