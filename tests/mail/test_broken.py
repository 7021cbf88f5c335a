"""Mails that keep to no rule: something is always made of them, and what was wrong is noted."""

import pytest

from guardia.mail.automatic import Automatic
from guardia.mail.charsets import decoded
from guardia.mail.headers import Unreadable
from guardia.mail.raw_mail import Read, read
from tests.mail.mails import html, mail, parts, text


def of(body: bytes, *headers: str) -> Read:
    return read("\n".join(["From: ana@example.com", *headers, "", ""]).encode() + body)


ACCENTS = "Sin energía en Cañar: 5 € por señal"


@pytest.mark.parametrize(
    ("charset", "encoded", "defects"),
    [
        ("utf-8", "utf-8", ()),
        ("iso-8859-1", "cp1252", ()),
        ("windows-1252", "cp1252", ()),
        ("us-ascii", "utf-8", ()),
        ("us-ascii", "cp1252", ("lying_charset",)),
        ("utf-8", "cp1252", ("lying_charset",)),
        ("iso-8859-1", "utf-8", ("lying_charset",)),
        ("x-unknown", "utf-8", ("unknown_charset",)),
        ("unicode_escape", "utf-8", ("unknown_charset",)),
    ],
)
def test_a_charset_true_or_lying(charset: str, encoded: str, defects: tuple[str, ...]) -> None:
    found = of(ACCENTS.encode(encoded), f"Content-Type: text/plain; charset={charset}")
    assert found.text == ACCENTS
    assert found.defects == defects


def test_utf_16_and_an_old_telephones_charset() -> None:
    assert of("Sí".encode("utf-16"), "Content-Type: text/plain; charset=utf-16").text == "Sí"
    assert of("Não".encode("cp850"), "Content-Type: text/plain; charset=cp850").text == "Não"


def test_no_zero_and_no_lone_surrogate_gets_through() -> None:
    found = of(b"a\x00b\xed\xa0\x80c", "Content-Type: text/plain; charset=utf-8")
    assert "\x00" not in found.text
    found.text.encode()
    assert decoded(b"a\x00b", "utf-8")[0].replace("\x00", "") == "ab"


@pytest.mark.parametrize(
    ("subject", "read_as"),
    [
        ("=?utf-8?Q?Sin_energ=C3=ADa?=", "Sin energía"),
        ("=?utf-8?B?U2luIGVuZXJnw60=?= =?utf-8?B?YQ==?=", "Sin energía"),
        ("=?utf-8?B?U2luIGVuZXJnw60?=", "Sin energí"),
        ("=?utf-8?Q?Sin_energ=C3?=\n =?utf-8?Q?=ADa?=", "Sin energía"),
        ("=?iso-8859-1?q?Sin_energ=EDa?= en la sede", "Sin energía en la sede"),
        ("Sin energía", "Sin energía"),
        ("Sin\n servicio", "Sin servicio"),
        ("=?utf-8?Q?a=0D=0AX-Guardia-Moment:_x?=", "a X-Guardia-Moment: x"),
        ("=?nada?Q?=ED?=", "í"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
    ],
)
def test_a_subject(subject: str, read_as: str) -> None:
    assert of(b"x", f"Subject: {subject}").subject == read_as


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("Ana <ANA@EXAMPLE.COM>", "Ana", "ana@example.com"),
        ('"Jefa, de turno" <ana@example.com>', "Jefa, de turno", "ana@example.com"),
        ("ana@example.com (Ana)", "", "ana@example.com"),
        ("<ana@example.com>", "", "ana@example.com"),
        ("=?utf-8?Q?Jefa_=3Cana=40example=2Ecom=3E?=", "Jefa", "ana@example.com"),
        ("otro@example.org <ana@example.com>", "otro@example.org", "ana@example.com"),
        ("ana@señal.example.com", "", "ana@xn--seal-hqa.example.com"),
        ("Jefa ana@example.com", "", "ana@example.com"),
    ],
)
def test_from(sender: str, name: str, address: str) -> None:
    found = read(f"From: {sender}\nSubject: x\n\nHola".encode())
    assert (found.from_name, found.from_address) == (name, address)


@pytest.mark.parametrize("line", [b"\r\n", b"\n", b"\r"], ids=["crlf", "lf", "cr"])
def test_line_ends(line: bytes) -> None:
    raw = mail({"From": "ana@example.com", "Subject": "Hola"}, "Uno\nDos").replace(b"\n", line)
    assert (read(raw).subject, read(raw).text) == ("Hola", "Uno\nDos")


def test_a_bare_cr_in_a_mail_of_crlf_is_a_line_end() -> None:
    assert of(b"Uno\rDos\r\nTres").text == "Uno\nDos\nTres"


def test_a_bare_cr_in_a_header_begins_no_other_header() -> None:
    found = read(b"From: ana@example.com\r\nSubject: a\rX-Guardia-Moment: x\r\n\r\nHola")
    assert (found.subject, found.automatic) == ("a X-Guardia-Moment: x", Automatic.NO)


def multipart(boundary: str, body: str) -> Read:
    return of(body.encode(), f"Content-Type: multipart/mixed{boundary}")


WHOLE = "--b\nContent-Type: text/plain\n\nUno\n--b\nContent-Type: text/html\n\n<p>Dos</p>\n--b--\n"


@pytest.mark.parametrize(
    "boundary", ["", '; boundary=""', "; boundary=otro", '; boundary="b', "; boundary*=us-ascii''b"]
)
def test_a_boundary_that_is_missing_or_wrong(boundary: str) -> None:
    found = multipart(boundary, WHOLE)
    assert found.text == "Uno"
    assert found.html == "<p>Dos</p>"


def test_a_wrong_boundary_is_noted() -> None:
    assert multipart("; boundary=otro", WHOLE).defects == ("no_boundary",)
    assert multipart("", "Solo palabras").defects == ("no_boundary",)
    assert multipart("", "Solo palabras").text == "Solo palabras"


def test_a_mail_cut_off_on_its_way() -> None:
    found = multipart("; boundary=b", "--b\nContent-Type: text/plain\n\nUno\n--b\nContent-Type: image/png\n\nabc")
    assert (found.text, found.defects) == ("Uno", ("unclosed_multipart",))
    assert len(found.files) == 1


def test_words_around_the_parts_are_nobodys() -> None:
    assert multipart("; boundary=b", f"Aviso\n{WHOLE}Publicidad").text == "Uno"


@pytest.mark.parametrize(
    ("encoding", "body", "text", "defects"),
    [
        ("quoted-printable", "Sin energ=C3=ADa =\nhoy=20", "Sin energía hoy", ()),
        ("quoted-printable", "100% =ZZ =", "100% =ZZ ", ()),
        ("base64", "U2luIGVuZXJnw61h", "Sin energía", ()),
        ("base64", "U2lu\nIGVu*ZXJnw61h", "Sin energía", ("broken_base64",)),
        ("base64", "U2luIGVuZXJnw61hU", "Sin energía", ("broken_base64",)),
        ("7bit", "Sin energía", "Sin energía", ()),
        ("8-bit", "Sin energía", "Sin energía", ("unknown_encoding",)),
    ],
)
def test_a_transfer_encoding(encoding: str, body: str, text: str, defects: tuple[str, ...]) -> None:
    found = of(body.encode(), "Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    assert (found.text, found.defects) == (text.rstrip(), defects)


@pytest.mark.parametrize("type_", ["text", "texto plano", "text/", ";charset=utf-8", "text/plain;;; charset=utf-8"])
def test_a_broken_type_of_text(type_: str) -> None:
    found = of("Señal".encode(), f"Content-Type: {type_}")
    assert "Señal" in (found.text or "Señal")
    assert found.text or found.files


def test_flowed_text_is_put_together_and_quotes_keep_their_depth() -> None:
    body = b"Ya volvimos a tener \nservicio.\n>> viejo \n>> y roto\n> menos viejo\n-- \nAna"
    found = of(body, "Content-Type: text/plain; charset=utf-8; format=flowed")
    assert found.text == "Ya volvimos a tener servicio."
    assert ">> viejo y roto" in found.quoted.split("\n")
    assert "> menos viejo" in found.quoted.split("\n")


def test_flowed_text_whose_spaces_are_dropped() -> None:
    found = of(b"ser \nvicio\n From aqui", "Content-Type: text/plain; format=flowed; delsp=yes")
    assert found.text == "servicio\nFrom aqui"


def test_text_that_does_not_flow_is_left_as_it_is() -> None:
    assert of(b"uno \ndos", "Content-Type: text/plain").text == "uno\ndos"


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("Tue, 24 Nov 2026 10:15:00 -0500", 2026),
        ("24 Nov 26 10:15 EST", 2026),
        ("Tue, 32 Nov 2026 10:15:00 -0500", None),
        ("ayer", None),
        ("Mon, 1 Jan 0001 00:00:00 +2300", None),
        ("Tue, 24 Nov 2026 10:15:00 -9999", None),
    ],
)
def test_a_date(date: str, year: int | None) -> None:
    found = of(b"x", f"Date: {date}").date
    assert (found.year if found else None) == year


def test_a_header_without_a_colon_among_the_others() -> None:
    found = read(b"From: ana@example.com\nesto no es nada\nSubject: Hola\n\nTexto")
    assert (found.subject, found.text, found.defects) == ("Hola", "Texto", ("broken_header",))


def test_two_froms_are_noted_and_the_first_counts() -> None:
    found = read(b"From: ana@example.com\nFrom: otra@example.com\n\nHola")
    assert (found.from_address, found.defects) == ("ana@example.com", ("several_from",))


def test_no_body_at_all() -> None:
    assert (read(b"From: ana@example.com\nSubject: Urgente").subject, of(b"").text) == ("Urgente", "")


def test_html_that_hides_and_fetches() -> None:
    found = read(
        parts(
            "mixed",
            html(
                '<p style="background:url(http://example.com/a)">Uno</p>'
                '<img src=//example.com/p><a href="javascript:x">Dos</a>'
                "<svg onload=x></svg>"
                '<meta http-equiv=refresh content="0;url=http://example.com">'
                '<base href="http://example.com">'
            ),
        )
    )
    assert "example.com" not in found.html
    assert "javascript" not in found.html
    assert found.text == "Uno\n\nDos"


def test_an_encoding_on_a_multipart_is_none() -> None:
    raw = parts("mixed", text("Uno"), Content_Transfer_Encoding="base64")
    assert read(raw).text == "Uno"


def test_a_mail_of_another_mail_alone_is_a_file() -> None:
    found = of(b"From: otra@example.com\nSubject: adentro\n\nadentro", "Content-Type: message/rfc822")
    assert (found.text, [each.type for each in found.files]) == ("", ["message/rfc822"])


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"To: noc@example.com\n\nHola"])
def test_what_is_no_mail(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)
