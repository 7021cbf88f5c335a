"""The headers of a mail: addressed, threaded, and closed to what a name may hide."""

import re

import pytest

from guardia.notices.envelope import domain
from guardia.notices.wire import BadAddress, wire_address
from tests.notices import journeys
from tests.notices.reading import mail_of, owed, written


def test_the_headers_of_a_mail(story):
    story.open_case()
    mail = mail_of(owed(story, "registered", story.head))
    assert mail["From"] == '"Centro de Gestión, Cirion Ecuador" <casos@example.com>'
    assert mail["To"] == "Jefe de Sistemas <jefe@example.com>"
    assert mail["Message-ID"] == "<abc@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Content-Language"] == "es"
    assert mail.get_content_type() == "multipart/alternative"
    written(owed(story, "registered", story.head)).as_bytes().decode("ascii")


def test_all_mails_of_a_case_to_one_person_are_one_conversation(story):
    story.open_case()
    story.diagnosis()
    notices = journeys.notices_to(story.head)
    roots = {(m["In-Reply-To"], m["References"], m["Thread-Index"]) for m in (mail_of(n) for n in notices)}
    assert roots == {
        (f"<case-{story.number}.contact-{story.head.pk}@example.com>",) * 2 + (mail_of(notices[0])["Thread-Index"],)
    }
    assert mail_of(owed(story, "registered", story.desk))["References"] not in roots.pop()


def test_accents_and_long_domains_come_out_as_they_went_in(story, settings):
    settings.MAIL_FROM = f"casos@{'una.direccion.larga.' * 6}example.com"
    story.open_case()
    notice = owed(story, "registered")
    notice.contact.name = "María José Ñáñez Íñiguez"
    notice.facts["city"] = "Ñandú José, más allá del Óvalo de Ibañez"
    content, again = written(notice).as_bytes(), mail_of(notice)
    assert again["To"].addresses[0].display_name == notice.contact.name
    for name in ("Subject", "Thread-Topic"):
        assert "Ñandú José, más… · ENL-0042" in again[name]
    root = f"<case-{story.number}.contact-{story.desk.pk}@{domain()}>"
    assert (again["References"], again["In-Reply-To"]) == (root, root)
    assert again["From"].addresses[0].addr_spec == settings.MAIL_FROM
    assert max(len(line) for line in content.split(b"\r\n")) < 250


def test_a_name_cannot_inject_a_header(story):
    story.open_case()
    notice = owed(story, "registered")
    notice.contact.name = "Jefe\r\nBcc: otro@example.com\r\n\r\nhola"
    notice.facts["city"] = "Cuenca\nX-Evil: 1"
    mail = mail_of(notice)
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    head = written(notice).as_bytes().partition(b"\r\n\r\n")[0]
    assert not re.search(rb"^(bcc|x-evil):", head, re.IGNORECASE | re.MULTILINE)
    assert mail["To"].addresses[0].addr_spec == "helpdesk@example.com"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nadie",
        "@example.com",
        "a@",
        "a@b@c.com",
        "jefe@example.com\r\nRCPT TO:<x@y.com>",
        "a b@example.com",
        "jefé@example.com",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadAddress):
        wire_address(address)


def test_a_domain_with_accents_goes_as_punycode():
    assert wire_address("jefe@compañía.example") == "jefe@xn--compaa-7va5a.example"
