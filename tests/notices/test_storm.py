"""E D "one page per outage, not per case": what is owed to one person at one moment rings her telephone once."""

import re

import pytest

from guardia.customers.cities import City
from guardia.customers.customer import Customer, Service, Site
from guardia.notices import packing
from guardia.notices.notice import DeliveredNotice, Delivery, Notice
from guardia.notices.outbox import PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.wording.page_list import MOST_LISTED
from guardia.procedure.vocabulary import Impact
from tests.notices.sender import Sender, link
from tests.notices.test_pages import reached_by
from tests.procedure.nights import Night
from tests.procedure.story import Story

CASES = 30


def case_at_another_site(story: Story, company: Customer, number: int, impact: Impact) -> None:
    city = City.objects.first()
    site = Site.objects.create(customer=company, name=f"agencia {number}", city=city)
    circuit = f"ENL-{number:04}"
    story.service = Service.objects.create(
        customer=company, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
    )
    story.call, story.head = None, None
    story.case_is_registered("sin servicio", impact)


@pytest.fixture
def storm(story, gateway, post_office) -> Sender:
    """Thirty cases at thirty sites of two companies become late in the same second; one has no page by mail."""
    night = Night(story)
    reached_by(night.one, gateway.url("one"))
    night.one.language = "en"
    night.one.save(update_fields=["language"])
    for number in range(CASES):
        company = story.bank if number < 20 else story.other
        impact = Impact.DEGRADED if number < 10 else Impact.DOWN
        case_at_another_site(story, company, number, impact)
    night.until_the_diagnosis_is_late()
    assert Notice.objects.filter(moment="paged", staff=night.one).count() == CASES
    return Sender(post_office, story.now)


def test_E_a_storm_is_one_page_per_person_and_way(storm, post_office, gateway):
    assert storm.pages() == 3
    assert sorted(post_office.recipients) == ["supervisor-a@example.com", "supervisora-b@example.com"]
    assert len(gateway.pages) == 1
    assert set(Notice.objects.filter(moment="paged").values_list("state", flat=True)) == {"sent"}
    assert DeliveredNotice.objects.count() == 3 * CASES


def test_E_the_cost_of_packing_a_storm_does_not_grow_with_its_cases(storm, django_assert_num_queries):
    with django_assert_num_queries(6):  # whose, the persons, the pages; the deliveries, what each carries, packed
        assert packing.pack_pages(storm.now) == 2 * CASES


def test_E_the_page_of_a_storm_counts_and_lists_the_worst_first(storm, post_office):
    storm.sends(PAGES_BY_MAIL)
    mail = post_office.to("supervisor-a@example.com")[0]
    text = mail.get_body(("plain",)).get_content()
    words = " ".join(text.split())
    assert mail["Subject"].startswith("30 cases are awaiting an answer")
    assert "20 without service, 10 degraded" in words
    assert "Banco Austral 20, Hospital Los Arrayanes 10" in words
    listed = re.findall(r"^- (\S+) · (.+)$", text, re.MULTILINE)
    assert len(listed) == MOST_LISTED
    assert all("No service" in rest for _, rest in listed)
    assert all("Banco Austral (VIP)" in rest for _, rest in listed[:10]), "important companies first"
    assert f"and {CASES - MOST_LISTED} more" in words


def test_E_each_listed_case_has_its_own_answer_and_the_page_one_for_all(storm, post_office):
    storm.sends(PAGES_BY_MAIL)
    text = post_office.to("supervisor-a@example.com")[0].get_body(("plain",)).get_content()
    answers = re.findall(r"/responder/(\d+)", text)
    carried = set(DeliveredNotice.objects.values_list("notice", flat=True))
    assert len(set(answers)) == MOST_LISTED
    assert {int(each) for each in answers} <= carried


def test_E_the_short_page_of_a_storm_fits_two_sms_and_ends_with_the_link(storm, gateway):
    storm.sends(PAGES_BY_APPRISE)
    short = gateway.to("one")[0]
    assert len(short) <= 300
    assert short.startswith("30 cases are awaiting an answer\n20 without service, 10 degraded\n")
    way = Delivery.objects.get(channel="apprise")
    answers = {link(pk, way.pk) for pk in way.notices.values_list("pk", flat=True)}
    assert short.splitlines()[-1] in answers, "it says by which way it came"


def test_E_a_page_of_several_companies_is_of_none_and_of_one_company_is_its_own(storm, story):
    storm.pages()
    assert set(Delivery.objects.filter(urgent=True).values_list("customer", flat=True)) == {None}
    Notice.objects.exclude(customer=story.bank).update(state="suppressed")
    Notice.objects.filter(customer=story.bank, moment="paged").update(state="owed")
    packing.pack_pages(storm.now)
    assert story.bank.pk in set(Delivery.objects.filter(urgent=True).values_list("customer", flat=True))


def test_E_what_is_owed_later_rings_again(storm, story, post_office):
    storm.sends(PAGES_BY_MAIL)
    story.minutes_pass(5)
    number = story.case.number
    story.case.escalate("urge", by=story.by, at=story.now, level=2)
    assert story.case.number == number
    assert storm.after(minutes=5).sends(PAGES_BY_MAIL) == 1
    assert post_office.recipients[-1] == "gerente@example.com"


def test_E_the_end_of_many_escalations_is_one_page_too_and_asks_nothing(storm, story, post_office):
    storm.sends(PAGES_BY_MAIL)
    ended = Notice.objects.filter(moment="paged", staff__username="supervisor-a")
    for notice in ended:
        notice.pk, notice.moment = None, "escalation_ended"
        notice.facts = {**notice.facts, "moment": "escalation_ended", "data": {"why": "met"}}
        notice.event_id = notice.case.events.get(seq=1).pk
        notice.state = "owed"
        notice.save(force_insert=True)
    assert storm.after(minutes=1).sends(PAGES_BY_MAIL) == 1
    mail = post_office.mails[-1]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "The escalation of 30 cases is over"
    assert "/responder/" not in text
