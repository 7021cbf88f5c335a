"""P4 D: the letter for the guard at the gate: who enters, by which document, with what; sent before the crew leaves."""

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from guardia.cases.event import CaseEvent
from guardia.cases.refusals import Missing, NoOpenVisit, VisitOutOfOrder
from guardia.field.crew import Crew, CrewMember
from guardia.notices.links import Addresses
from guardia.notices.mail import render
from guardia.notices.notice import Delivery, Notice
from guardia.people.staff import Role
from guardia.web.report.permit import letter_for, letter_of
from tests.notices.reading import taken_apart
from tests.procedure.story import Story, staff

DOCUMENT = "0100000017"


def crew(name: str = "Cuadrilla norte", **more) -> Crew:
    found = Crew.objects.create(name=name, plate="AAA-0001", tools="escalera\nfusionadora", **more)
    CrewMember.objects.create(crew=found, name="Técnica Uno", document=DOCUMENT)
    CrewMember.objects.create(crew=found, name="Técnico Dos", document="0100000025")
    CrewMember.objects.create(crew=found, name="Quien ya se fue", document="0100000033", active=False)
    return found


@pytest.fixture
def agreed(story) -> Story:
    story.open_case()
    story.diagnosis("visit")
    parts = [{"name": "transceptor SFP", "quantity": 2, "store": "Bodega Quito"}]
    story.visit_is_agreed(crew=crew(contractor="Redes del Austro"), parts=parts)
    story.minutes_pass(5)
    story.is_told("dispatch_agreed", *told_at_first(story))
    return story


def told_at_first(story) -> list:
    fresh = Notice.objects.filter(state="owed").exclude(moment="dispatch_agreed").order_by("-pk")[0].pk
    story.last_notice = fresh
    return [story.head, story.desk]


def sent(story):
    return story.case.send_permit_letter(by=story.by, at=story.now)


def test_the_company_is_sent_who_enters(agreed):
    sent(agreed)
    notice = agreed.is_told("permit_letter_sent", agreed.head, agreed.desk)[1]
    assert agreed.case.open_visit().permit_letter_at == agreed.now
    mail = mail_of(notice)
    assert "Técnica Uno, Técnico Dos" in mail.get_body(("plain",)).get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"carta-de-ingreso-{agreed.case.display_number}-1.pdf"
    text = words_in(attached.get_content())
    for words in ("Técnica Uno", DOCUMENT, "AAA-0001", "fusionadora", "transceptor SFP", "Redes del Austro"):
        assert words in text
    for words in ("Despacho", "Jefe de Sistemas", "Portería", "24 horas", agreed.case.display_number, "1800-400404"):
        assert words in text
    assert "Quien ya se fue" not in text


def test_a_document_of_identity_stands_in_the_letter_alone(agreed):
    """Neither in an event's data or texts, nor in what a notice keeps."""
    sent(agreed)
    for event in CaseEvent.objects.filter(case=agreed.case).prefetch_related("texts"):
        said = json.dumps(event.data) + "".join(text.text or "" for text in event.texts.all())
        assert DOCUMENT not in said
    assert not [notice for notice in Notice.objects.all() if DOCUMENT in json.dumps(notice.facts)]


def test_without_a_machine_that_sets_it_the_notice_says_so(agreed):
    sent(agreed)
    notice = agreed.is_told("permit_letter_sent", agreed.head, agreed.desk)[1]
    assert "could not be attached" in mail_of(notice, lambda visit: None).get_body(("plain",)).get_content()


def test_it_is_sent_once_until_the_visit_is_another(agreed):
    first = sent(agreed)
    agreed.minutes_pass(5)
    assert sent(agreed).pk == first.pk
    agreed.case.hand_over_visit(crew("Cuadrilla sur"), "turno que termina", by=agreed.by, at=agreed.now)
    assert agreed.case.open_visit().permit_letter_at is None, "what the guard has names the former crew"
    assert sent(agreed).pk != first.pk


def test_nobody_enters_unnamed_or_without_a_document(story):
    story.open_case()
    with pytest.raises(NoOpenVisit):
        sent(story)
    story.case.decide_dispatch(by=story.by, at=story.now)
    with pytest.raises(VisitOutOfOrder):
        sent(story)
    story.visit_is_agreed()
    with pytest.raises(Missing) as nobody:
        sent(story)
    assert (nobody.value.clause, nobody.value.field) == ("P4", "people")
    people = [{"name": "Técnica Uno", "document": DOCUMENT}, {"name": "Ayudante", "document": ""}]
    story.case.change_dispatch(story.agreement(people=people), by=story.by, at=story.now)
    with pytest.raises(Missing, match="Ayudante"):
        sent(story)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_pdf_is_tagged_and_in_its_language(agreed, language):
    visit = agreed.case.open_visit()
    with translation.override(language):
        reader = PdfReader(io.BytesIO(letter_of(agreed.case, visit, agreed.now).pdf(agreed.now)))
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert len(reader.pages) == 1


def test_a_name_that_ends_with_a_full_stop_ends_its_sentence(agreed):
    case = agreed.case
    case.customer.name = "Minería Inventada S.A."
    with translation.override("en"):
        asked = letter_of(case, agreed.case.open_visit(), agreed.now).said[0]
    assert asked.endswith("a service of Minería Inventada S.A.")


def test_a_visit_that_is_over_lets_nobody_in(agreed):
    visit = agreed.case.open_visit()
    agreed.case.change_plan("desde la consola", "remote", by=agreed.by, at=agreed.now)
    visit.refresh_from_db()
    with translation.override("en"):
        assert letter_of(agreed.case, visit, agreed.now).over


def test_what_is_no_visit_has_no_letter(agreed):
    assert letter_for(0) is None


# --- at the desk ---


def get(story, person=None, kind: str = "permit_letter", **more):
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client.get(reverse(kind, args=[story.number, story.case.open_visit().pk]), more)


def test_the_desk_reads_it_and_prints_it(agreed):
    shown = get(agreed, agreed.engineer, lang="en")
    assert shown.status_code == 200
    page = shown.content.decode()
    for words in ("Entry letter", DOCUMENT, "AAA-0001", "Técnica Uno"):
        assert words in page
    assert "no-store" in shown["Cache-Control"]
    printed = get(agreed, agreed.engineer, "permit_letter_pdf")
    assert printed["Content-Language"] == "es", "the guard of the country reads it"
    assert DOCUMENT in words_in(printed.content)


def test_a_letter_that_would_name_nobody_is_refused_with_what_to_do(story):
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed(crew=None)
    for kind in ("permit_letter", "permit_letter_pdf"):
        refused = get(story, story.engineer, kind)
        assert refused.status_code == 409
        assert "Change what was agreed" in refused.content.decode()


def test_only_who_handles_cases_sees_documents_of_identity(agreed):
    assert get(agreed).status_code == 302
    assert get(agreed, staff("calidad", Role.QUALITY)).status_code == 403
    assert get(agreed, staff("ventas", Role.SALES), "permit_letter_pdf").status_code == 403


def test_a_visit_of_another_case_or_none_has_no_letter(agreed):
    visit = agreed.case.open_visit().pk
    agreed.open_case()
    client = Client()
    client.force_login(agreed.engineer)
    assert client.get(reverse("permit_letter", args=[agreed.number, visit])).status_code == 404
    agreed.case.decide_dispatch(by=agreed.by, at=agreed.now)
    assert get(agreed, agreed.engineer).status_code == 404


def mail_of(notice, permit_letter=letter_for):
    delivery = Delivery(address=notice.contact.email, message_id="<a@example.com>")
    addresses = Addresses(permit_letter=permit_letter)
    return taken_apart(render(delivery, [notice], notice.owed_at + timedelta(seconds=5), addresses))


def words_in(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())
