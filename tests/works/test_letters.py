"""What a company reads: its own services, its own language, hours of its own sites, an entry for the calendar."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Service, Site
from guardia.notices import announcing
from guardia.notices.links import Links
from guardia.outages import work_answers
from tests.notices.post_office import PostOffice
from tests.notices.sender import LINKS, Sender, link

HOUR = timedelta(hours=1)


@pytest.fixture
def sender(post_office: PostOffice, night) -> Sender:
    return Sender(post_office, night.now)


def mails(sender: Sender) -> dict[str, object]:
    sender.sends()
    return {mail["To"].addresses[0].addr_spec: mail for mail in sender.office.mails}


def said(mail) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_each_in_the_own_language_with_the_own_service_and_never_another_s(night, sender):
    night.announce(needs_agreement=True)
    got = mails(sender)
    assert set(got) == {"jefe@example.com", "helpdesk@example.com", "gerente@example.com", "hospital@example.com"}
    head = said(got["helpdesk@example.com"])
    assert "We will carry out planned work that affects your services" in head
    assert "Change of a card" in head
    assert "ENL-0042: agencia matriz" in head or "ENL-0042 · Site: agencia matriz, Cuenca" in head
    assert "on Thursday November 26, between 02:00 and 06:00 (Ecuador time)" in head
    assert "up to 30 min within the window" in head
    assert "We ask for your agreement" in head
    assert "Cambio de una tarjeta" in said(got["jefe@example.com"])
    assert "Troca de uma placa" in said(got["gerente@example.com"])
    for address, mail in got.items():
        other = "ENL-0042" if address == "hospital@example.com" else "ENL-0077"
        assert other not in mail.as_string()
        assert "Arrayanes" not in mail.as_string() or address == "hospital@example.com"


def test_the_letter_has_the_window_for_the_calendar_which_moves_and_is_cancelled(night, sender):
    def entry(mail):
        (part,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(part.get_content())
        return calendar["METHOD"], calendar.walk("VEVENT")[0]

    night.announce()
    method, first = entry(mails(sender)["hospital@example.com"])
    assert (method, first["DTSTART"].dt, first["DTEND"].dt) == ("PUBLISH", night.starts_at, night.ends_at)
    sender.office.mails.clear()
    night.move(night.starts_at + 48 * HOUR, night.ends_at + 48 * HOUR)
    _method, second = entry(mails(sender)["hospital@example.com"])
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DTSTART"].dt == night.starts_at + 48 * HOUR
    sender.office.mails.clear()
    night.cancel()
    method, third = entry(mails(sender)["hospital@example.com"])
    assert (method, third["STATUS"], third["UID"]) == ("CANCEL", "CANCELLED", first["UID"])


def test_hours_are_said_in_the_zone_of_the_own_site(night, story, sender):
    city = City.objects.create(name="Puerto Ayora", province="Galápagos", band="remote", zone="Pacific/Galapagos")
    site = Site.objects.create(customer=story.other, name="clínica", city=city)
    island = Service.objects.create(customer=story.other, site=site, circuit="ENL-0099", folded_circuit="enl-0099")
    Contact.objects.update(language="en")
    night.announce(services=(story.service.pk, island.pk))
    letter = said(mails(sender)["hospital@example.com"])
    assert "on Thursday November 26, between 01:00 and 05:00 (Galapagos Time)" in letter
    assert "02:00" not in letter


def test_a_company_with_sites_in_two_zones_reads_the_hours_of_both(night, story, sender):
    city = City.objects.create(name="Puerto Ayora", province="Galápagos", band="remote", zone="Pacific/Galapagos")
    site = Site.objects.create(customer=story.other, name="clínica", city=city)
    island = Service.objects.create(customer=story.other, site=site, circuit="ENL-0099", folded_circuit="enl-0099")
    Contact.objects.update(language="en")
    night.announce(services=(night.hospital.pk, island.pk))
    letter = said(mails(sender)["hospital@example.com"])
    assert "between 02:00 and 06:00 (Ecuador time)" in letter
    assert "The same hours: on Thursday November 26, between 01:00" in letter


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_every_letter_can_be_written_in_every_language(night, story, sender, language):
    Contact.objects.update(language=language)
    night.announce("se adelanta", needs_agreement=True, carrier="Carrier Andino")
    night.objects()
    work_answers.reply(night.work, story.bank, "la movemos", by=story.by, at=night.now)
    night.move(night.starts_at + HOUR, night.ends_at + HOUR)
    work_answers.take_out(night.work, story.other, "tiene otro camino", by=story.by, at=night.now)
    night.at(night.work.starts_at)
    night.the_worker_looks()
    night.at(night.work.ends_at - HOUR)
    night.end()
    tellings = {one.facts["telling"] for one in night.told()}
    assert tellings == {"announced", "moved", "replied", "taken_out", "ended"}
    for one in night.told():
        contact = Contact.objects.filter(customer=one.customer_id).select_related("customer").first()
        letter = announcing.letter_of(one, contact, language, LINKS, (), night.now)
        assert letter.subject.startswith("[TP-")
        assert letter.headline
        assert "%(" not in f"{letter.subject} {letter.headline} {letter.said} {letter.rows}"


def test_the_link_is_there_while_something_can_be_said(night, story):
    links = Links(link, work=lambda company, work, contact: f"https://guardia.example.com/c/trabajo/{work}")
    night.announce()
    (letter,) = {
        announcing.letter_of(one, story.head, "en", links, (), night.now).links
        for one in night.told("announced")
        if one.customer_id == story.bank.pk
    }
    assert letter[0][1].endswith(f"/c/trabajo/{night.pk}")
    night.cancel()
    gone = announcing.letter_of(night.told("cancelled")[0], story.head, "en", links, (), night.now)
    assert gone.links == ()
