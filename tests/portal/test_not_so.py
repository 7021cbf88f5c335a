"""P5: what was confirmed by word is denied in one tap, by the link of the letter; looking at it does nothing."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from guardia.cases import case_link
from guardia.cases.stages.verification import Confirmer
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.intake import customer_acts
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import rendered
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.answer import deny
from guardia.worker.posting import LINKS
from tests.portal.conftest import Portal


@pytest.fixture
def by_word(restored):
    who = Confirmer("Night shift", "Assistant", "07 555 0149")
    restored.service_is_tested()
    restored.case.confirm(who, "spliced", by=restored.by, at=restored.now)
    return restored


def address(story, who: Contact | None = None) -> str:
    return f"/c/no-es-asi/{case_link.token(story.case.customer_id, story.case.pk, (who or story.desk).pk)}"


def letter_to(story, who: Contact, moment: str = Moment.CONFIRMED) -> str:
    notice = Notice.objects.filter(moment=moment, contact=who).latest("pk")
    delivery = Delivery(address=who.email, channel="mail", message_id="<a@example.com>")
    message = message_from_bytes(rendered(delivery, [notice], notice.owed_at, LINKS), policy=policy.default)
    return message.get_body(("plain",)).get_content()


def test_p5_a_scanner_that_follows_the_link_opens_nothing(by_word, telephone):
    before = by_word.moments()
    for _ in range(3):
        back = telephone.get(address(by_word))
        assert back.status_code == 200
        telephone.head(address(by_word))
    said = back.content.decode()
    assert said.count("<form") == said.count("<button") == 1
    assert "Night shift, Assistant told us verbally" in said
    assert by_word.moments() == before


def test_p5_one_tap_opens_the_case_again_and_a_second_finds_it_done(by_word, telephone):
    place = address(by_word)  # its hour is in it
    back = telephone.post(place)
    assert (back.status_code, back.headers["Location"]) == (303, place)
    assert by_word.case.stage == "diagnosis"
    telephone.post(address(by_word, by_word.head))
    assert by_word.moments().count("relapsed") == 1
    said = telephone.get(address(by_word)).content.decode()
    assert "open again" in said
    assert "<form" not in said
    letter = letter_to(by_word, by_word.desk, Moment.RELAPSED)
    assert "told us" in letter
    assert "not correct; your case is open again" in letter
    assert "The fault returned" not in letter


def test_p5_the_letter_says_the_grade_and_brings_the_link_of_its_reader(by_word, telephone, settings):
    settings.PUBLIC_URL = "https://guardia.example.com"
    said = letter_to(by_word, by_word.desk)
    assert "verbally, as our engineer noted it" in " ".join(said.split())
    token = said.partition("https://guardia.example.com/c/no-es-asi/")[2].split()[0]
    assert case_link.read(token) == (by_word.bank.pk, by_word.case.pk, by_word.desk.pk)


def test_p5_what_the_contacts_own_link_proves_has_no_such_link(restored, telephone):
    customer_acts.works(restored.case, restored.head, "", "", at=restored.now)
    said = letter_to(restored, restored.desk)
    assert "own link, code or proven email" in " ".join(said.split())
    assert "no-es-asi" not in said
    assert "<form" not in telephone.get(address(restored)).content.decode()
    telephone.post(address(restored))
    assert restored.case.stage == "stability"


def test_p5_after_its_hour_it_is_said_whom_to_call(by_word, telephone, monkeypatch):
    monkeypatch.setattr(deny, "now", lambda: now() + timedelta(hours=73))
    telephone.post(address(by_word))
    said = telephone.get(address(by_word)).content.decode()
    assert by_word.case.stage == "stability"
    assert "<form" not in said
    assert "1800" in said


def test_p5_a_contact_who_left_and_a_link_that_is_none(by_word, telephone):
    Contact.objects.filter(pk=by_word.desk.pk).update(active=False)
    assert telephone.post(address(by_word)).status_code == 410
    assert telephone.post("/c/no-es-asi/x").status_code == 404
    assert by_word.case.stage == "stability"


def test_p5_the_page_of_the_case_says_the_grade_and_leads_there(by_word, portal):
    page = portal.page()
    assert "verbally, as our engineer noted it" in page
    token = page.partition("/c/no-es-asi/")[2].split('"')[0].split("?")[0]
    assert case_link.read(token) == (by_word.case.customer_id, by_word.case.pk, portal.contact.pk)


@pytest.mark.parametrize("mark", ["mailbox", "telephone"])
def test_p5_an_engineer_in_no_rota_is_refused_on_the_page_too(restored, telephone, mark):
    """Whom the wall of the portal does not show: the question is asked behind that of the operator."""
    page = Portal(restored, restored.desk, telephone)
    known = {"email": restored.desk.email.upper()} if mark == "mailbox" else {"mobile": "+593999000111"}
    Staff.objects.filter(pk=restored.engineer.pk).update(**known)
    answer = page.press("funciona", cargo="Assistant", telefono="099 900 0111")
    assert answer.status_code == 422
    assert restored.case.stage == "verification"
