"""Tests and their pictures in letters and in the report: in the reader's own language, numbers always beside them."""

import email
import json
from datetime import datetime, timedelta
from email import policy
from io import BytesIO
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from guardia.cases import ledger, test_facts, together
from guardia.cases import probing as ruling
from guardia.cases.case import Case
from guardia.config.languages import in_each_language
from guardia.customers.customer import Service, Site
from guardia.evidence.chart_png import png_of
from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.test_result import Verdict
from guardia.notices.mail import LARGEST, charted
from guardia.notices.notice import Delivery
from guardia.notices.outgoing import rendered
from guardia.notices.wording.charts import Chart, Side
from guardia.procedure.vocabulary import Impact, Moment
from guardia.reports.closing_rows import report_of
from guardia.web.report.document import closing_document
from guardia.worker.posting import LINKS
from tests.evidence.conftest import target
from tests.evidence.watch import followed, rounds, settle_all
from tests.notices.reading import owed

__all__ = ["followed"]
LOST = {"es": "perdid", "en": "lost", "pt": "perdid"}


class Told(NamedTuple):
    case: Case
    seq: int
    occurred_at: datetime


def letter_of(notice):
    delivery = Delivery(pk=7, address=notice.contact.email, message_id="<abc@example.com>", channel="mail")
    content = rendered(delivery, [notice], notice.owed_at, LINKS)
    return email.message_from_bytes(content, policy=policy.default), len(content)


def words_of(mail) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def images_of(mail) -> list:
    return [part for part in mail.walk() if part.get_content_type() == "image/png"]


def cids_of(mail) -> set[str]:
    return {part["Content-ID"].strip("<>") for part in images_of(mail)}


@pytest.fixture
def compared(story):
    """One test before the restoration, bad, and one after it, good."""
    story.open_case()
    target(story.service, 443, story.now)
    story.minutes_pass(1)
    ruling.on_demand(story.case, story.colleague, story.now)
    settle_all(story, Verdict.BAD)
    story.diagnosis()
    story.minutes_pass(1)
    story.service_is_restored()
    settle_all(story, Verdict.GOOD)
    story.minutes_pass(1)
    story.customer_confirms()
    return story


@pytest.mark.parametrize(
    ("language", "before", "after"), [("es", "Antes", "Después"), ("en", "Before", "After"), ("pt", "Antes", "Depois")]
)
def test_the_confirmation_shows_before_and_after_with_their_numbers(compared, language, before, after):
    notice = owed(compared, "confirmed")
    notice.language = language
    mail, size = letter_of(notice)
    html = mail.get_body(("html",)).get_content()
    assert len(images_of(mail)) == 2
    assert all(f"cid:{cid}" in html for cid in cids_of(mail))
    assert 'alt="' in html
    words = words_of(mail)
    assert f"{before}, " in words
    assert f"{after}, " in words
    assert "100" in words
    assert size < LARGEST


def test_the_follow_up_shows_how_the_watch_went(followed):
    rounds(followed, "g" * 31)
    followed.case.stabilise(by=followed.by, at=followed.now)
    notice = owed(followed, "stabilised")
    notice.language = "en"
    mail, _size = letter_of(notice)
    (image,) = images_of(mail)
    picture = Image.open(BytesIO(image.get_content()))
    assert picture.width > picture.height
    assert "31 tests, 0 bad" in words_of(mail)


def test_letters_before_anything_is_measured_have_no_picture(compared):
    for moment in ("registered", "diagnosed", "restored"):
        mail, _size = letter_of(owed(compared, moment))
        assert not images_of(mail)


def test_what_guardia_measured_is_told_in_each_readers_language(compared):
    (row,) = [test for test in owed(compared, "confirmed").facts["tests"] if "results" in test][-1:]
    assert set(row["results"]) == {"es", "en", "pt"}
    assert row["results"]["en"].startswith("2 of 2 connections")
    notice = owed(compared, "confirmed")
    notice.language = "en"
    assert "2 of 2 connections" in words_of(letter_of(notice)[0])


def test_what_a_person_wrote_stays_as_it_was_written(compared):
    told = [row for row in owed(compared, "diagnosed").facts["tests"] if "results" not in row]
    assert told


def test_a_relapse_that_the_watch_saw_is_told_in_each_readers_language(followed):
    rounds(followed, "g" + "b" * 6)
    notice = owed(followed, "relapsed")
    assert set(notice.facts["saw"]) == {"es", "en", "pt"}
    notice.language = "en"
    assert "0 of 2 connections" in words_of(letter_of(notice)[0])


def test_the_report_says_tests_and_flaps_in_its_own_language(followed):
    rounds(followed, "gbbg")
    with translation.override("en"):
        report = closing_document(followed.case, followed.now).document
        tests = report_of(followed.case, followed.now).tests
    assert any("connections" in side[1] for test in tests for side in (test.before, test.after) if side)
    text = json.dumps([str(section) for section in report.sections])
    assert "failed and is good again" in text


def test_every_language_of_the_house_has_its_words():
    assert in_each_language(lambda: translation.get_language() or "") == {"es": "es", "en": "en", "pt": "pt"}


def test_a_picture_is_small_and_marks_what_was_lost():
    content, width, height = png_of([10.0, None, 20.0] * 20)
    picture = Image.open(BytesIO(content))
    assert (picture.width, picture.height) == (width * 2, height * 2)
    assert len(content) < 5_000
    colours = {colour for _count, colour in picture.convert("RGB").getcolors()}
    assert len(colours) >= 3


def test_pictures_that_would_make_a_mail_heavy_keep_their_words():
    side = Side("Antes", "8 de 10", "10 ms", (1.0,))
    heavy = charted((Chart("ping", (side, side)),), lambda samples, top: (b"x" * 20_000, 10, 10))
    first, second = heavy.charts[0].sides
    assert first.src
    assert not second.src
    assert second.said.said == "8 de 10"


@pytest.fixture
def beside(followed):
    """Ten more cases of the company, open since the same minute, and three of them tested every minute since."""
    bank, city, at = followed.bank, followed.site.city, followed.now
    sites = Site.objects.bulk_create(Site(customer=bank, name=f"agencia {n}", city=city) for n in range(10))
    services = Service.objects.bulk_create(
        Service(customer=bank, site=site, circuit=f"P-{n}", folded_circuit=f"p-{n}", type="Enlace")
        for n, site in enumerate(sites)
    )
    facts = {"version_id": followed.version.pk, "impact": Impact.DOWN, "since": at, "source": "phone"}
    made = together.opened_cases(services, "Sin servicio", by=followed.by, at=at, **facts)
    ledger.record([entry for _case, entry in made], at)
    cases = [case for case, _entry in made]
    for case in cases[:3]:
        tested = target(case.service, 80, at)
        Probe.objects.bulk_create(
            Probe(
                customer=bank, case=case, target=tested, due_at=at, asked_at=at, state=ProbeState.DONE, measured_at=hour
            )
            for hour in (at + timedelta(minutes=minute) for minute in range(300))
        )
    return cases


def test_p7_closings_of_many_cases_in_one_record_ask_no_more_than_that_of_one(
    followed, beside, django_assert_num_queries
):
    at = followed.now + timedelta(hours=5)

    def closed(cases) -> None:
        texts = {"fault": "fibra cortada", "solution": "empalme"}
        ledger.record([ledger.Entry(case, Moment.CLOSED, followed.by, at, texts=texts) for case in cases], at)

    closed(beside[:1])
    with CaptureQueriesContext(connection) as of_one:
        closed(beside[1:2])
    with django_assert_num_queries(len(of_one)):
        closed(beside[2:])


def test_each_event_is_shown_by_the_newest_tests_until_it_happened(followed, beside):
    first, second, third, untested = beside[:4]
    events = [
        Told(first, 3, followed.now + timedelta(minutes=299)),
        Told(first, 2, followed.now + timedelta(minutes=10)),
        Told(second, 2, followed.now + timedelta(minutes=10)),
        Told(third, 2, followed.now - timedelta(minutes=1)),
        Told(untested, 2, followed.now + timedelta(minutes=299)),
    ]
    found = test_facts.probes_until(events)
    for event in events:
        done = sorted(event.case.probes.all(), key=lambda probe: probe.measured_at, reverse=True)
        until = [probe for probe in done if probe.measured_at <= event.occurred_at]
        assert found.get((event.case.pk, event.seq), []) == until[: test_facts.MOST_READ]
    assert len(found) == 3
