"""A letter has, byte for byte, what Python's own email package writes: we put it together ourselves for speed alone."""

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.notices.envelope import STYLES, Attachment, Envelope, Image, sealed, thread_index
from guardia.notices.wire import HISTORY, WIRE, address_lines, header_lines, one_line
from tests.notices.pictures import png

OURS = "casos@example.com"
PROOF = (HISTORY, f"case=104-202-6; event=1; sha256={'d2c0f389' * 8}")
SIGNS = st.one_of(st.sampled_from(" ,.;:<>()[]@\"'\\=?_-áñÑ…\u00a0abcQ8&%"), st.characters(exclude_categories=["Cs"]))
LINES = st.text(SIGNS, max_size=110).map(one_line)

LETTERS = {
    "plain": ("[104-202-6] Quito", "Contacto Uno", "Sin novedad.\n", "<p>Sin novedad.</p>"),
    "accents and long lines": (
        "[104-202-6] Señal débil en el páramo de la Virgen, más allá del Óvalo de Ibañez y del río",
        "María José Ñáñez",
        "á" * 200 + " \n\n.\n=3D From\ttab \x85\u2028\rno end",
        '<p class="x">O\'Brien &amp; Söhne “así” \u00a0&lt;b&gt;</p>\n<p>' + "n" * 300,
    ),
    "a name with quotes": ('"=?utf-8?q?hola?=" ' + "ASCII words " * 12, 'Uno "El Jefe" \\ Dos', "", ""),
}
FILES = (Attachment("informe.pdf", "application/pdf", b"%PDF" * 99), Attachment("año.ics", "text/calendar", b"\r\n=\n"))
LOGO = (Image("letterhead.1@example.com", "image/png", png()),)


def boundaries_numbered(content: bytes) -> bytes:
    """The lines between the parts differ in each mail that Python writes; here they are numbered as they come."""
    numbers = count()
    known: dict[bytes, bytes] = {}
    return re.sub(rb"={15}\d{19}==", lambda found: known.setdefault(found[0], b"part-%d" % next(numbers)), content)


def as_python_writes(envelope: Envelope, text: str, html: str, images, attachments) -> bytes:
    message = EmailMessage(policy=WIRE)
    message["Subject"] = one_line(envelope.subject)
    message["From"] = Address(envelope.sender, addr_spec=OURS)
    message["To"] = Address(envelope.name, addr_spec=envelope.address)
    message["Message-ID"] = envelope.message_id
    message["In-Reply-To"] = message["References"] = envelope.roots[0]
    message["Thread-Topic"] = one_line(envelope.subject)
    message["Thread-Index"] = thread_index(envelope.roots[0])
    message["Date"] = format_datetime(envelope.now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["X-Guardia-Moment"] = " ".join(envelope.moments)
    for name, value in envelope.proof:
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(STYLES.inline(html), subtype="html", cte="quoted-printable")
    for image in images:
        main, _slash, kind = image.type.partition("/")
        (*_text, shown) = message.iter_parts()
        name = f"{image.name}.{kind}"
        shown.add_related(image.content, main, kind, cid=f"<{image.cid}>", filename=name, disposition="inline")
    for file in attachments:
        message.add_attachment(file.content, *file.type.split("/"), filename=file.name)
    message["Content-Language"] = "es"
    return message.as_bytes()


@pytest.mark.parametrize("images", [(), LOGO], ids=["no picture", "logo"])
@pytest.mark.parametrize("attachments", [(), FILES], ids=["no file", "files"])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_has_the_bytes_that_python_writes(letter, attachments, images):
    subject, name, text, html = LETTERS[letter]
    envelope = Envelope(
        subject=subject,
        sender="Centro de Gestión, Operadora de Ejemplo",
        name=name,
        address="jefe@example.com",
        message_id="<abc@example.com>",
        roots=[f"<case-1.contact-2@{'larga.' * 12}example.com>"],
        moments=["registered", "diagnosed"] * 5,
        now=datetime(2026, 11, 21, 7, 0, tzinfo=UTC),
        proof=[PROOF],
    )
    ours = sealed(envelope, text, html, "es", images, attachments).as_bytes()
    assert boundaries_numbered(ours) == boundaries_numbered(as_python_writes(envelope, text, html, images, attachments))
    assert ours == sealed(envelope, text, html, "es", images, attachments).as_bytes(), "the same letter, the same bytes"


@given(st.sampled_from(["Subject", "Thread-Topic", "X-Guardia-Moment"]), LINES)
def test_a_header_of_words_is_folded_as_python_folds_it(name, words):
    assert header_lines(name, words) == WIRE.fold(*WIRE.header_store_parse(name, words))


@given(LINES, st.sampled_from([OURS, "o'neil+x_y=z@example.com", "a.b-c@xn--compaa-7va5a.example"]))
def test_a_name_and_its_address_are_written_as_python_writes_them(name, address):
    assert address_lines("To", name, address) == WIRE.fold(
        *WIRE.header_store_parse("To", Address(name, addr_spec=address))
    )


@pytest.mark.parametrize("hostile", ["Quito\r\nBcc: otro@example.com", "Quito\nX: 1"])
def test_a_line_break_gets_into_no_header(hostile):
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        header_lines("Subject", hostile)
    with pytest.raises(ValueError, match="CR or LF"):
        address_lines("To", hostile, OURS)


@pytest.mark.parametrize("address", ["a..b@example.com", ".a@example.com", "a@example.com>, <b@example.com", "a\n@b.c"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Exception, match=r"(?i)addr|dot|CR or LF"):
        address_lines("To", "Uno", address)
