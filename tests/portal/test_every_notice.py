"""Every letter, list and short text carries the link that opens the case (P2), and no letter carries another's."""

import re
from email import message_from_bytes, policy

from guardia.cases import case_link
from guardia.config.now import now
from guardia.notices import short
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import written
from guardia.notices.short import MOST, facts_of, text_of
from guardia.worker.posting import LINKS
from tests.escalation_desk.storm import case_of_the_hospital

CASE = re.compile(r"http://localhost:8000(/c/caso/[^\s?\"<]+)(\?por=\d+)?")


def notices(contact, *moments: str) -> list[Notice]:
    found = Notice.objects.filter(contact=contact)
    found = found.filter(moment__in=moments) if moments else found
    return list(found.select_related("case", "contact", "staff", "alarm", "instead_of", "wording").order_by("pk"))


def letter(owed: list[Notice], channel: str = "mail") -> str:
    delivery = Delivery(pk=77, channel=channel, address="a@example.com", message_id="<1@example.com>", customer_id=1)
    content = written(delivery, owed, now(), LINKS)
    message = message_from_bytes(content, policy=policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_type() == "text/plain"]
    return "\n".join(parts)


def test_a_letter_opens_its_case_for_its_reader(story, telephone):
    text = letter(notices(story.head, "registered"))
    found = CASE.search(text.replace("\n", " "))
    assert found
    assert found[2] == "?por=77"
    assert case_link.read(found[1].rpartition("/")[2]) == (story.bank.pk, story.case.pk, story.head.pk)
    page = telephone.get(found[1] + found[2])
    assert page.status_code == 200
    assert story.case.display_number in page.content.decode()


def test_every_moment_that_is_told_carries_it(restored):
    restored.customer_confirms()
    restored.case.relapse("otra vez", by=restored.by, at=restored.now)
    owed = notices(restored.head)
    assert len({notice.moment for notice in owed}) >= 4
    for notice in owed:
        assert CASE.search(letter([notice])), notice.moment


def test_a_list_of_several_cases_opens_each(story):
    story.minutes_pass(1)
    story.case.tell("seguimos", by=story.by, at=story.now)
    text = letter(notices(story.head))
    assert len({found[0] for found in CASE.findall(text)}) == 1
    assert "http://localhost:8000/mi-empresa/" in text


def test_a_short_text_carries_it_and_still_fits(restored):
    owed = notices(restored.head)
    for notice in owed:
        address = LINKS.case(notice.customer_id, notice.case_id, notice.contact_id, 1234567)
        text = text_of(facts_of([notice], now()), address)
        assert text.endswith(address), notice.moment
        assert short.gsm_length(text) <= MOST
        assert restored.case.display_number in text
    assert CASE.search(short.render(Delivery(), owed[:1], now(), address).get_content())


def test_what_is_read_aloud_carries_none(restored):
    assert "http" not in short.spoken(facts_of(notices(restored.head)[:1], now()))


def test_a_long_address_never_pushes_out_the_number(restored):
    address = "https://mesa.de.servicio.del.operador.example.com/c/caso/" + "9" * 90
    text = text_of(facts_of(notices(restored.head)[:1], now()), address)
    assert restored.case.display_number in text
    assert text.endswith(address)


def test_the_letter_of_another_company_opens_none_of_ours(story, telephone):
    other = case_of_the_hospital(story)
    text = letter(notices(story.stranger, "registered"))
    found = CASE.search(text.replace("\n", " "))
    assert case_link.read(found[1].rpartition("/")[2]).case == other.pk
    page = telephone.get(found[1]).content.decode()
    assert story.case.display_number not in page
