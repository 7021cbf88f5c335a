"""P2 D: cases of one company that belong together; a duplicate ends, and what it was is counted once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from guardia.cases import chain, derived, linking, links
from guardia.cases.case import Case
from guardia.cases.links import CaseLink, DuplicateStays, ItIsOver, ItsOwnNumber, LinkKind, NoSuchCase, NotLinked
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import CaseIsClosed, Missing
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.customers.customer import Service, Site
from guardia.intake import mail_in
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment
from guardia.reports import availability
from guardia.reports.month import Month
from guardia.reports.recurring import recurring


@pytest.fixture
def two(story) -> tuple[Case, Case]:
    """The same outage, told twice: by telephone, and five minutes later again."""
    first = story.open_case()
    story.minutes_pass(5)
    story.call = None
    second = story.case_is_registered("sin enlace en la agencia")
    return Case.objects.get(pk=first.pk), Case.objects.get(pk=second.pk)


def when(story) -> dict:
    return {"by": story.by, "at": story.now}


def moments(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("moment", flat=True))


def whole() -> None:
    assert list(rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_related_cases_are_on_each_others_record_and_nobody_outside_is_told(story, two):
    first, second = two
    before = Notice.objects.count()
    linking.relate(first, second, **when(story))
    linking.relate(second, first, **when(story))
    assert CaseLink.objects.count() == 1
    assert [case.events.filter(moment=Moment.CASE_LINKED).count() for case in two] == [1, 1]
    assert [link.case_id for link in linking.links_of(second)] == [first.pk]
    assert Notice.objects.count() == before
    assert not first.events.get(moment=Moment.CASE_LINKED).public
    whole()


def test_a_link_is_taken_off_and_put_back(story, two):
    first, second = two
    linking.relate(first, second, **when(story))
    linking.unlink(second, first, **when(story))
    assert not linking.links_of(first).exists()
    assert moments(first)[-1] == moments(second)[-1] == Moment.CASE_UNLINKED
    linking.relate(first, second, **when(story))
    assert linking.links_of(first).get().kind == LinkKind.RELATED
    linking.unlink(first, second, **when(story))
    with pytest.raises(NotLinked):
        linking.unlink(first, second, **when(story))
    whole()


def test_a_duplicate_ends_with_its_clocks_and_its_reader_is_sent_to_the_other_number(story, two):
    first, second = two
    told = Notice.objects.count()
    linking.end_as_duplicate(second, first, "la misma caída", **when(story))
    ended = Case.objects.get(pk=second.pk)
    assert (ended.status, ended.affected_seconds) == ("cancelled", 0)
    assert ended.clocks.filter(ended_at=None).count() == 0
    assert set(ended.clocks.filter(kind="diagnosis").values_list("outcome", flat=True)) == {"dropped"}
    assert moments(ended)[-2:] == [Moment.CASE_LINKED, Moment.CANCELLED]
    assert moments(first)[-1] == Moment.CASE_LINKED
    assert Case.objects.get(pk=first.pk).is_open
    letters = Notice.objects.order_by("pk")[told:]
    assert {notice.moment for notice in letters} == {"cancelled"}
    assert {notice.facts["data"]["duplicate_of"] for notice in letters} == {first.display_number}
    assert story.head.pk in {notice.contact_id for notice in letters}
    whole()


def test_a_duplicate_pressed_twice_ends_once(story, two):
    first, second = two
    linking.end_as_duplicate(second, first, "la misma caída", **when(story))
    linking.end_as_duplicate(Case.objects.get(pk=second.pk), first, "la misma caída", **when(story))
    assert moments(second).count(Moment.CANCELLED) == 1
    assert moments(first).count(Moment.CASE_LINKED) == 1


def test_related_first_and_a_duplicate_later_leaves_one_link(story, two):
    first, second = two
    linking.relate(first, second, **when(story))
    linking.end_as_duplicate(second, first, "era la misma", **when(story))
    assert linking.links_of(first).get().kind == LinkKind.DUPLICATE
    with pytest.raises(DuplicateStays):
        linking.unlink(first, Case.objects.get(pk=second.pk), **when(story))


def test_who_reported_the_duplicate_is_told_of_the_case_that_goes_on(story, two):
    first, second = two
    Contact.objects.filter(pk=story.mute.pk).update(email="guardia@example.com", told=[], email_independent=True)
    Case.objects.filter(pk=second.pk).update(reporter=story.mute)
    linking.end_as_duplicate(Case.objects.get(pk=second.pk), first, "la misma", **when(story))
    before = Notice.objects.order_by("pk").last().pk
    story.number = first.number
    story.diagnosis()
    assert story.mute.pk in set(Notice.objects.filter(pk__gt=before).values_list("contact_id", flat=True))


def test_a_mail_to_the_duplicate_goes_on_with_the_other(story, two):
    first, second = two
    linking.end_as_duplicate(second, first, "la misma", **when(story))
    assert links.leads_to(second.pk) == links.leads_to(first.pk) == first.pk
    assert mail_in.case_of(second.pk) == first


def test_a_duplicate_is_not_counted_twice(story, two):
    first, second = two
    month = Month(2026, 11)
    assert recurring(first.site_id, story.now, first).times == 2
    linking.end_as_duplicate(second, first, "la misma caída", **when(story))
    assert recurring(first.site_id, story.now, first).times == 1
    shares = availability.service_month(story.service.pk, month, story.now + timedelta(hours=1)).shares
    assert [share.case.pk for share in shares] == [first.pk]


def test_what_has_ended_takes_no_duplicate(story, two):
    first, second = two
    first.cancel("por error", **when(story))
    with pytest.raises(ItIsOver):
        linking.end_as_duplicate(second, first, "la misma", **when(story))
    with pytest.raises(CaseIsClosed):
        linking.end_as_duplicate(first, second, "la misma", **when(story))
    linking.relate(first, second, **when(story))
    assert linking.links_of(second).exists()


def test_a_duplicate_says_why(story, two):
    first, second = two
    with pytest.raises(Missing):
        linking.end_as_duplicate(second, first, "  ", **when(story))
    assert not CaseLink.objects.exists() or Case.objects.get(pk=second.pk).is_open


def test_a_number_of_another_company_is_no_number(story, two):
    first, second = two
    strange = of_another_company(story)
    with transaction.atomic():
        assert linking.case_called(second.display_number, first).pk == second.pk
        for words in (strange.display_number, "104-273-9", "", "x", "0"):
            with pytest.raises(NoSuchCase):
                linking.case_called(words, first)
        with pytest.raises(ItsOwnNumber):
            linking.case_called(str(first.number), first)


def test_the_database_itself_links_no_cases_of_two_companies(story, two):
    first, strange = two[0], of_another_company(story)
    facts = {"case": first, "other": strange, "kind": "related", "made_at": story.now}
    for customer in (story.bank, story.other):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseLink.objects.create(customer=customer, **facts)


def test_the_portal_reads_which_of_its_cases_is_a_duplicate_and_no_more(story, two):
    linking.relate(*two, **when(story))
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert list(CaseLink.objects.values_list("case_id", "kind")) == [(two[0].pk, "related")]
    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert not CaseLink.objects.values("kind").exists()
    with pytest.raises(DatabaseError, match="permission denied"), behind(DatabaseRole.PORTAL, story.bank.pk):
        CaseLink.objects.values_list("other_id", "made_by_id").first()


def of_another_company(story) -> Case:
    site = Site.objects.create(customer=story.other, name="hospital", city=story.site.city)
    service = Service.objects.create(customer=story.other, site=site, circuit="H-1", folded_circuit="h-1")
    bank, story.service, story.head = (story.service, story.head), service, story.stranger
    case = story.case_is_registered("sin servicio")
    story.service, story.head = bank
    return case
