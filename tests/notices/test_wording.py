"""What a mail says: every moment, in every language, with all that the procedure says it must tell."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.utils import translation

from guardia.events.kinds import LETTERS
from guardia.notices.links import Addresses
from guardia.notices.mail import render, what_is_missing
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.hours import Hours, lasting, lasting_exactly
from guardia.notices.wording.letter import salutation
from guardia.procedure import version
from guardia.procedure.vocabulary import CaseKind, Moment
from tests.notices import journeys
from tests.notices.reading import html_of, mail_of, owed, text_of
from tests.procedure.story import TWO_IN_THE_MORNING, Story

# --- every moment ---


def test_every_notice_of_the_procedure_tells_what_it_must_in_every_language(story):
    """P2 to P7, W1: each item of ``must_contain`` stands in the text of the mail."""
    journeys.everything_happens(story)
    told = {(notice.moment, notice.variant) for notice in journeys.notices_to(story.desk)}
    for journey in (
        journeys.it_recovers,
        journeys.it_is_withdrawn,
        journeys.it_is_no_fault,
        journeys.a_time_is_disputed,
        journeys.the_band_changes,
        journeys.it_has_a_common_cause,
    ):
        journey(story)
    notices = journeys.notices_to(story.desk)
    for language in ("es", "en", "pt"):
        for group in mails(notices):
            for notice in group:
                notice.language = language
            assert what_is_missing(group, group[-1].owed_at) == [], (language, group)
            read_well(group)
    rules = version.of(story.version.pk).notices
    owed_for = {rule.moment.partition("/")[0] for rule in rules if CaseKind.INCIDENT in rule.applies_to}
    assert owed_for == {notice.moment for notice in notices}
    assert ("confirmed", "supervisor") in told


def mails(notices: list[Notice]) -> list[list[Notice]]:
    """As they are packed: what one act made known, together."""
    groups: dict = {}
    for notice in notices:
        groups.setdefault((notice.case_id, notice.owed_at), []).append(notice)
    return list(groups.values())


def read_well(group: list[Notice]) -> None:
    """No hole where a fact is missing, no code where a word belongs, and both parts say the same."""
    text, html = text_of(*group), words_of(html_of(*group))
    for part in (text, html):
        assert not re.search(r"%\(|None|\{\{|: \.|: ?;|\bdown\b|_", part), part
        assert group[0].facts["number"] in part
    assert set(text.split()) - set(html.split()) == set()


def words_of(html: str) -> str:
    class Words(HTMLParser):
        heard = ""
        silent = False

        def handle_starttag(self, tag, attrs):
            self.silent = tag in ("style", "title")
            self.heard += " "

        def handle_endtag(self, tag):
            self.silent = False
            self.heard += ":" if tag == "th" else " "

        def handle_data(self, data):
            self.heard += "" if self.silent else data

    parser = Words()
    parser.feed(html)
    return re.sub(r"(and by when|para cuándo|até quando) ", r"\1: ", " ".join(parser.heard.split()))


def test_every_moment_that_a_customer_may_hear_of_has_an_entry():
    silent = {
        "noted",
        "assigned",
        "group_changed",
        "tested",
        "late_explained",
        "details_updated",
        "third_party_promised",
        "message_received",
        "report_checked",
        "texts_erased",
    }
    pages = {"paged", "level_informed", "level_skipped", "page_failed", "escalation_ended"}
    house = {*pages, "acknowledged", "passed_on", "moved"}
    house |= {m for m in Moment if m.startswith(("notice", "voice", "file", "case_", "carrier"))}
    house |= {"parts_used", "visit_signed"} | {m for m in Moment if m.startswith("former")}
    calls_and_desks = {m for m in Moment if m.startswith(("call", "admin", "request"))} | {"attached", "dismissed"}
    of_the_clocks = {"breached", "breach_redated", "breach_lifted"}
    assert set(Moment) - set(LETTERS) - silent - house - calls_and_desks == of_the_clocks


def test_E1_a_letter_names_the_page_where_the_company_sees_who_answers_now(story):
    story.open_case()
    notice = owed(story, "registered")
    address = "https://guardia.example.com/c/quien-responde/1.x.y"
    delivery = Delivery(address=story.desk.email, message_id="<a@example.com>")
    mail = render(delivery, [notice], notice.owed_at, Addresses(address))
    for part in (mail.text, mail.html):
        assert address in part
    assert "quien-responde" not in text_of(notice), "without an address the row is left out"


def test_the_call_back_number_is_read_in_groups_with_its_country(story):
    story.open_case()
    notice = owed(story, "registered")
    notice.facts = {**notice.facts, "call_back_number": "+593995550111"}
    assert "Call-back number: +593 99 555 0111" in text_of(notice)
    assert "+593 99 555 0111" in html_of(notice)


def test_a_moment_without_an_entry_is_told_in_general_words(story):
    story.open_case()
    notice = owed(story, "registered")
    notice.moment = notice.facts["moment"] = "breached"
    assert "There is news of your case." in text_of(notice)


def test_a_visit_held_up_and_the_next_decision_are_one_mail(story):
    journeys.everything_happens(story)
    blocked = owed(story, "blocked")
    decision = next(each for each in journeys.notices_to(story.desk) if each.moment == "decision_set")
    assert blocked.owed_at == decision.owed_at
    text = text_of(blocked, decision)
    assert text.count("decide again") == 1
    assert f"event {blocked.facts['seq']}, hash" in text
    assert f"event {decision.facts['seq']}, hash" in text


# --- the words ---


def test_a_case_keeps_one_subject_and_the_news_is_what_a_mailbox_shows_beside_it(story):
    journeys.everything_happens(story)
    mails = [mail_of(notice) for notice in journeys.notices_to(story.desk)]
    assert len(mails) > 20
    assert {mail["Subject"] for mail in mails} == {f"[{story.case.display_number}] Cuenca · ENL-0042"}
    assert {mail["Thread-Topic"] for mail in mails} == {mails[0]["Subject"]}
    html = html_of(owed(story, "diagnosed"))
    body = html[html.index("<body") :]
    assert " ".join(re.sub(r"<[^>]+>", " ", body).split()).startswith("No service in Cuenca: we found ")
    assert re.search(r'class="preheader"[^>]*display: ?none', body), "it is read by mailboxes alone"


def test_a_long_city_gives_way_so_that_a_telephone_shows_number_and_circuit(story):
    story.open_case()
    notice = owed(story, "registered")
    notice.facts = {**notice.facts, "city": "San Miguel de los Bancos de Pichincha", "circuit": "ENL-004217-QUITO"}
    subject = mail_of(notice)["Subject"]
    assert len(subject) <= 40
    assert subject.startswith(f"[{story.case.display_number}] San Mig")
    assert subject.endswith("… · ENL-004217-QUITO")


def test_P4_1_a_letter_tells_one_window_of_arrival_that_which_both_sides_agreed_on(story):
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed(forecast_from=story.now + timedelta(hours=2), forecast_to=story.now + timedelta(hours=2.5))
    agreed = owed(story, "dispatch_agreed")
    hours = agreed.facts["visit"]
    assert hours["forecast_from"] != agreed.facts["next"]["from_at"], "the promise has another window"
    text = text_of(agreed)
    assert re.findall(r"[Bb]etween \d\d:\d\d and \d\d:\d\d", text) == ["Between 04:03 and 04:33"]
    assert "our crew will be at the site" in text
    assert "Expected arrival" not in text
    over = datetime.fromisoformat(hours["forecast_to"]) + timedelta(minutes=1)
    assert "our crew will be at the site" in text_of(agreed, now=over), "then the promise is what lies ahead"


def test_no_letter_of_a_visit_tells_its_window_twice(story):
    """What was changed, who comes now, that it goes on: the hours stand in the next step and nowhere else."""
    journeys.everything_happens(story)
    window = re.compile(r"[Bb]etween (\d\d:\d\d and \d\d:\d\d)")
    for notice in journeys.notices_to(story.desk):
        told = window.findall(text_of(notice))
        assert len(told) == len(set(told)), (notice.moment, told)


def test_an_answer_that_a_third_party_owes_is_a_sentence(story):
    journeys.everything_happens(story)
    waits = owed(story, "wait_started")
    assert "we expect the third party's answer." in text_of(waits)


def test_P5_the_letter_of_the_restoration_carries_the_link_that_confirms(story):
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    notice, address = owed(story, "restored"), "https://guardia.example.com/c/caso/1.x.y"
    delivery = Delivery(address=story.desk.email, message_id="<a@example.com>")
    mail = render(delivery, [notice], notice.owed_at, Addresses(case=address))
    assert f'href="{address}#pregunta"' in mail.html
    assert f"Tell us whether your service works:\n{address}#pregunta\n" in mail.text
    first = render(delivery, [owed(story, "diagnosed")], notice.owed_at, Addresses(case=address))
    assert "#pregunta" not in first.text + first.html, "before it is restored there is nothing to confirm"


def test_a_long_address_is_a_labelled_link_and_stands_in_one_line_of_the_text(story):
    story.open_case()
    notice, address = owed(story, "registered"), "https://guardia.example.com/c/caso/" + "x" * 200
    delivery = Delivery(address=story.desk.email, message_id="<a@example.com>")
    mail = render(delivery, [notice], notice.owed_at, Addresses(case=address))
    html = mail.html
    assert re.search(rf'<a href="{address}"[^>]*>Your case, to follow and to answer</a>', html)
    assert html.count(address) == 1, "nobody reads the address itself"
    assert f"\n{address}\n" in mail.text


def test_P7_letter_report_and_portal_give_the_affected_time_to_the_second():
    assert [lasting_exactly(seconds) for seconds in (0, 42, 60, 3852, 7200, -3852)] == [
        "0\u00a0s",
        "42\u00a0s",
        "1\u00a0min",
        "1\u00a0h 04\u00a0min 12\u00a0s",
        "2\u00a0h",
        "−1\u00a0h 04\u00a0min 12\u00a0s",
    ]


def test_three_promises_kept_too_late_are_apologised_for_once(story):
    story.open_case()
    story.minutes_pass(25)
    story.diagnosis()
    notice = owed(story, "diagnosed")
    (late,) = notice.facts["late"]
    notice.facts = {**notice.facts, "late": [late, {**late, "kind": "next_news"}, {**late, "kind": "dispatch_agreed"}]}
    text = text_of(notice)
    assert text.count("this was due before 02:23 and was met at 02:28.") == 3
    assert text.count("apologise") == 1


def test_the_first_sentence_is_the_news(story):
    story.open_case()
    story.diagnosis()
    lines = mail_of(owed(story, "diagnosed")).get_body(("plain",)).get_content().splitlines()
    assert lines[:3] == ["Dear Help Desk:", "", "We found the cause: fibra cortada."]


def test_a_cause_too_long_for_a_first_sentence_stands_below_it(story):
    story.open_case()
    story.test_shows("a")
    story.test_shows("b", name="otdr")
    story.case.diagnose("corte " * 60, "empalmar", "remote", by=story.by, at=story.now)
    text = text_of(owed(story, "diagnosed"))
    assert "We found the cause of the fault. corte corte" in text


def test_the_next_step_has_its_hour_and_the_name_of_its_zone(story):
    story.open_case()
    assert "Before 02:23 (Ecuador time) we will tell you the cause and the plan" in text_of(owed(story, "registered"))


def test_hours_are_those_of_the_site(story):
    story.site.own_zone = "Pacific/Galapagos"
    story.site.save()
    story.open_case()
    assert "Before 01:23 (Galapagos Time)" in text_of(owed(story, "registered"))


def test_a_promise_that_was_broken_is_named_with_its_hour_and_an_apology(story):
    story.open_case()
    story.minutes_pass(25)
    story.diagnosis()
    text = text_of(owed(story, "diagnosed"))
    assert "Cause and plan of solution: this was due before 02:23 and was met at 02:28. We apologise; the delay" in text


def test_a_kept_promise_needs_no_apology(story):
    story.open_case()
    story.diagnosis()
    assert "apologise" not in text_of(owed(story, "diagnosed"))


def test_a_remote_site_gets_no_false_hour_of_arrival(as_staff):
    story = Story(band="remote")
    story.open_case()
    story.diagnosis("visit")
    assert "no fixed time: subject to conditions" in text_of(owed(story, "diagnosed"))


def test_the_footer_says_why_and_proves(story):
    story.open_case()
    notice = owed(story, "registered")
    proof = f"event {notice.facts['seq']}, hash {bytes(notice.event.hash).hex()[:32]}."
    assert f"We are writing to you because you are a contact of Banco Austral. Record: {proof}" in text_of(notice)


def test_a_company_whose_name_ends_with_a_full_stop_ends_its_sentence(story):
    story.bank.name = "Minería Inventada S.A."
    story.bank.save()
    story.open_case()
    assert "of Minería Inventada S.A. Record: " in text_of(owed(story, "registered"))


def test_what_customers_write_cannot_become_markup(story):
    story.open_case()
    story.case.tell("<script>alert(1)</script> & 100 % seguro.", by=story.by, at=story.now)
    assert "&lt;script&gt;" in html_of(owed(story, "news_sent"))
    assert "<script>alert(1)</script> & 100 % seguro." in text_of(owed(story, "news_sent"))


def test_the_html_needs_nothing_from_outside_and_has_its_styles_inline(story):
    story.open_case()
    html = html_of(owed(story, "registered"))
    assert not re.search(r"<img|src=|url\(|https?://", html)
    assert '<p class="headline" style=' in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(
    ("title", "name", "opening"),
    [
        ("Sr.", "Jefe de Sistemas", "Dear Mr. Jefe de Sistemas:"),
        ("Sra.", "Gerente de TI", "Dear Mrs. Gerente de TI:"),
        ("Dra", "Gerente de TI", "Dear Dra Gerente de TI:"),
        ("Ing.", "Jefe de Sistemas", "Dear Ing. Jefe de Sistemas:"),
        ("", "Mesa de ayuda", "Dear Mesa de ayuda:"),
    ],
)
def test_the_opening_has_title_and_name(story, title, name, opening):
    story.head.title, story.head.name = title, name
    with translation.override("en"):
        assert salutation(story.head) == opening


# --- late ---


def test_a_late_mail_says_of_what_hour_it_speaks_and_promises_no_hour_that_has_passed(story):
    story.open_case()
    notice = owed(story, "registered")
    text = text_of(notice, now=notice.owed_at + timedelta(hours=3))
    assert "This message leaves late: it describes the situation at 02:03 (Ecuador time)." in text
    assert "02:23" not in text
    assert "What comes next" not in text


def test_a_mail_of_yesterday_names_the_day(story):
    story.open_case()
    notice = owed(story, "registered")
    text = text_of(notice, now=notice.owed_at + timedelta(days=1))
    assert "the situation at 02:03 on Saturday November 21 (Ecuador time)" in text


def test_of_two_promises_the_one_that_lies_ahead_is_told(story):
    story.open_case()
    notice = owed(story, "registered")
    text = text_of(notice, now=notice.owed_at + timedelta(minutes=25))
    assert "Before 02:33 (Ecuador time) you will hear from us again." in text
    assert "02:23" not in text


# --- hours ---


def test_hours_are_said_with_their_day_when_it_is_another_day():
    hours = Hours("America/Guayaquil", "Ecuador time", TWO_IN_THE_MORNING)
    with translation.override("en"):
        assert hours.at(TWO_IN_THE_MORNING) == "at 02:00"
        assert hours.before(TWO_IN_THE_MORNING + timedelta(hours=23)) == "before 01:00 on Sunday November 22"
        assert hours.between(TWO_IN_THE_MORNING, TWO_IN_THE_MORNING + timedelta(hours=1)) == "between 02:00 and 03:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "2 min"), (3600, "1 h"), (3599, "1 h"), (12_900, "3 h 35 min")],
)
def test_how_long_something_lasted(seconds, words):
    with translation.override("en"):
        assert lasting(seconds) == words
