"""A3: what the customer reads of an administrative request: its number, its desk, when that opens, what it answers."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from guardia.cases import calendar_change, failed_notices
from guardia.cases.preview import preview
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import ChangeKind
from guardia.customers.contact import Contact
from guardia.notices import short
from guardia.notices.mail import missing, what_is_missing
from guardia.notices.notice import Notice
from guardia.notices.own_words_trial import holes, untold
from guardia.notices.wording.digest import digest
from guardia.notices.wording.letter import letter
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.placeholders import names_for
from guardia.notices.wording.sample import sample_contact, samples, starting
from guardia.procedure import version
from guardia.procedure.vocabulary import CaseKind, Moment, WaitCause
from tests.notices.reading import html_of, mail_of, owed, text_of
from tests.notices.test_page_wording import page_of, short_of
from tests.notices.test_page_wording import text_of as text_of_page
from tests.notices.test_wording import mails, read_well
from tests.procedure.office import FRIDAY, MONDAY, Office, follow
from tests.procedure.story import rota


@pytest.fixture
def story(story):
    story.now = FRIDAY + timedelta(minutes=2)
    story.head.language = "en"
    story.head.save()
    return story


@pytest.fixture
def office(story) -> Office:
    return Office(story)


def told_to(contact) -> list[Notice]:
    notices = Notice.objects.select_related("case", "contact").filter(contact=contact, state="owed")
    return list(notices.order_by("pk"))


def everything_happens(story, office) -> None:
    office.takes(fields={"invoice": "001-77"})
    story.minutes_pass(10)
    calendar_change.announce(
        ChangeKind.REST, day=date(2026, 11, 30), by=story.supervisor, at=story.now, reason="Decreto 9"
    )
    follow(story)
    story.minutes_pass(10)
    story.case.tell("Lo revisamos el martes.", by=office.by, at=story.now)
    story.now = MONDAY + timedelta(days=1, hours=1)
    story.the_sweep_runs()
    why = WaitReason(WaitCause.CUSTOMER, "Facturación 1", "falta la orden de compra", "correo")
    story.case.wait(why, by=office.by, at=story.now)
    story.minutes_pass(20)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    story.minutes_pass(5)
    office.answers()
    story.minutes_pass(5)
    office.passes("sales")
    story.minutes_pass(5)
    office.solves()
    story.minutes_pass(5)
    office.takes(text="otra")
    story.minutes_pass(5)
    story.case.cancel("ya no hace falta", by=office.by, at=story.now)


def test_every_notice_of_a_request_tells_what_it_must_in_every_language(story, office):
    everything_happens(story, office)
    notices = told_to(story.head)
    for language in ("es", "en", "pt"):
        for group in mails(notices):
            for notice in group:
                notice.language = language
            assert what_is_missing(group, group[-1].owed_at) == [], (language, group)
            read_well(group)
    rules = version.of(story.version.pk).notices
    only_requests = {rule.moment for rule in rules if rule.applies_to == (CaseKind.REQUEST,)}
    assert only_requests <= {notice.moment for notice in notices}


def test_a_request_at_night_says_when_its_desk_opens_and_by_when_it_answers(story, office):
    office.takes(fields={"invoice": "001-77"})
    notice = owed(story, "admin_taken", story.head)
    text = text_of(notice)
    assert mail_of(notice)["Subject"] == f"[{story.case.display_number}] Billing"
    assert "Billing: we have received your request" in html_of(notice)
    assert f"We have received your request for Billing. Its number is {story.case.display_number}." in text
    assert "Billing opens on Monday November 30 at 08:30 (Ecuador time)" in text
    assert "Before 12:30 on Monday November 30 (Ecuador time) we will answer your request." in text
    assert "Invoice number: 001-77" in text
    assert "option 3" in text
    assert "Service" not in text
    assert "quien-responde" not in html_of(notice)


def test_a_late_letter_promises_no_opening_that_has_passed(story, office):
    office.takes()
    text = text_of(owed(story, "admin_taken", story.head), now=MONDAY + timedelta(hours=1))
    assert "opens" not in text


def test_what_was_a_fault_all_along_is_said_in_one_letter(story, office):
    office.takes(call=office.rings())
    office.to_technical()
    text = text_of(owed(story, "registered", story.head))
    assert "Billing has passed it to us because it is a fault." in text


def test_a_fault_that_was_none_is_told_in_one_letter_too(story, office):
    story.open_case()
    story.minutes_pass(5)
    office.passes("sales")
    group = [owed(story, moment, story.head) for moment in ("transferred", "admin_taken")]
    text = text_of(*group)
    assert text.count("Sales opens on Monday") == 1
    assert "We have received your request for Sales." in text


def test_a_decree_names_both_hours(story, office):
    office.takes()
    calendar_change.announce(ChangeKind.REST, day=date(2026, 11, 30), by=None, at=story.now, reason="Decreto 9")
    follow(story)
    text = text_of(owed(story, "calendar_changed", story.head))
    assert "on Tuesday December 1 at 08:30 (it was on Monday November 30 at 08:30)" in text


def test_a_telephone_gets_the_desk_and_its_own_line(story, office):
    office.takes()
    notice = owed(story, "admin_taken", story.head)
    with translation.override("en"):
        text = short.text_of(short.facts_of([notice], story.now))
    assert "Billing" in text
    assert "option 3" in text


def test_an_answer_is_seen_before_it_is_given(story, office):
    office.takes()
    typed = {"answer": "Está corregida."}
    (one,) = preview(story.case, Moment.ADMIN_ANSWERED, typed, story.now)
    assert one.contact == story.head
    assert "Billing answers you: Está corregida." in text_of(one.notice)


def test_an_operator_may_use_every_item_of_a_request_in_words_of_its_own():
    for moment in (Moment.ADMIN_TAKEN, Moment.TRANSFERRED, Moment.ADMIN_ANSWERED, Moment.ADMIN_SOLVED):
        assert "desk" in names_for(moment)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_e_a_page_about_a_request_needs_no_service_and_says_when_it_was_passed_on(story, office, language):
    rota(1, story.supervisor, story.now)
    office.takes()
    story.case.escalate("nadie contesta", by=story.by, at=story.now)
    office.to_technical()
    for moment in ("paged", "escalation_ended"):
        page = page_of(story.supervisor, moment)
        page.language = language
        for words in (text_of_page(page), short_of(page)):
            assert story.case.display_number in words
            assert "None" not in words.replace("por=None", "")


def test_several_requests_of_a_company_are_one_digest(story, office):
    """Nothing is counted as out of service."""
    for number in range(3):
        office.takes(text=f"factura {number}")
    story.open_case()
    told = [NoticeFacts.of(notice, version.of(story.version.pk), story.now) for notice in told_to(story.head)]
    with translation.override("en"):
        letter = digest(told, story.head)
        alone = digest(told[:3], story.head)
    assert "1 without service." in letter.said
    assert len(letter.cases) == 4
    assert "." not in alone.said
    assert [case.service for case in alone.cases] == ["", "", ""]


def test_passing_it_on_is_seen_before_it_is_done(story, office):
    office.takes()
    (one,) = preview(story.case, Moment.TRANSFERRED, {"to": "sales"}, story.now)
    assert "Sales is handling your case" in text_of(one.notice)
    seen = preview(story.case, Moment.TRANSFERRED, {"to": "technical", "symptoms": "sin enlace"}, story.now)
    assert [each.contact for each in seen] == [story.head, story.desk, story.manager]
    assert "before" in text_of(seen[0].notice).lower()
    assert "transferred" not in story.moments()
    assert story.case.desk == "billing"
    story.open_case()
    passed, *_others, taken = preview(story.case, Moment.TRANSFERRED, {"to": "billing"}, story.now)
    assert [passed.notice.moment, taken.notice.moment] == ["transferred", "admin_taken"]
    assert "Waits until Billing opens" in text_of(passed.notice)
    assert "Billing opens on Monday" in text_of(taken.notice)
    assert preview(story.case, Moment.TRANSFERRED, {"to": "nowhere"}, story.now) == []


def test_a_letter_that_failed_goes_on_only_to_whoever_follows_requests(story, office):
    """P D, A3: the deputy of who asked is one who is told of requests; nobody else of the company reads the answer."""
    Contact.objects.filter(pk=story.desk.pk).update(kinds=["incident"])
    office.takes()
    Contact.objects.filter(pk=story.head.pk).update(email="", phones=[])
    Notice.objects.filter(moment="admin_taken").update(state="failed", reason="bounced")
    failed_notices.record_failed(story.now)
    deputies = Notice.objects.filter(instead_of=story.head).values_list("contact", flat=True)
    assert list(deputies) == [story.manager.pk]


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("moment", ["admin_taken", "transferred", "admin_answered", "admin_solved"])
def test_an_operator_begins_from_our_words_and_nothing_is_missing_in_them(story, moment, language):
    procedure = version.of(story.version.pk)
    with translation.override(language):
        words = starting(moment, "", procedure)
        (told,) = examples = samples(moment, "", procedure, story.now)
        assert missing(examples, letter(examples, sample_contact(language))) == []
        assert holes(told, words) == {}
        assert untold(examples, words, language) == []


def test_w1_while_the_desk_is_closed_no_time_is_said_to_run(story, office):
    office.takes()
    story.case.wait(
        WaitReason(WaitCause.CUSTOMER, "Facturación 1", "falta la orden", "correo"), by=office.by, at=story.now
    )
    office.passes("sales")
    assert "the time of your request counts from then" not in text_of(owed(story, "transferred", story.head))
    story.minutes_pass(5)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    notice = owed(story, "wait_ended", story.head)
    text = text_of(notice)
    assert what_is_missing([notice], story.now) == []
    assert "runs again" not in text
    assert "Sales opens on Monday November 30 at 08:30 (Ecuador time); the time of your request counts" in text


def test_a_decree_taken_back_while_the_day_runs_says_since_when_the_desk_is_open(story, office):
    day = date(2026, 11, 30)
    change = calendar_change.announce(ChangeKind.REST, day=day, by=story.supervisor, at=story.now, reason="Decreto 9")
    office.takes()
    story.now = MONDAY + timedelta(hours=2)
    calendar_change.withdraw(change, by=story.supervisor, at=story.now, reason="derogado")
    follow(story)
    text = text_of(owed(story, "calendar_changed", story.head))
    assert "Billing opens: open since 10:30 (it was on Tuesday December 1 at 08:30)" in text
    assert "Before 14:30 (Ecuador time) we will answer your request." in text


def test_whoever_followed_the_incident_reads_that_as_such_it_is_over(story, office):
    story.open_case()
    office.passes("billing")
    text = text_of(owed(story, "transferred", story.desk))
    assert "It is not a service fault: the incident ends here, and it continues as a request." in text
    assert "Waits until Billing opens" in text
