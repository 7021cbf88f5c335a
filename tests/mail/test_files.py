"""Files: their names in every dress, what they are by their content, and what is never given out."""

import base64
import binascii
import hashlib

import pytest

from guardia.mail.bodies import bodies_of
from guardia.mail.files import FileFound, Limits, content_of, files_of
from guardia.mail.parts import taken_apart
from guardia.mail.raw_mail import read
from tests.mail.mails import html, mail, parts, text

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"


def part(content: bytes, *headers: str) -> str:
    lines = [*headers, "Content-Transfer-Encoding: base64", "", base64.encodebytes(content).decode()]
    return "\n".join(lines)


def one(*headers: str, content: bytes = PNG) -> FileFound:
    raw = parts("mixed", text("Adjunto."), part(content, *headers))
    (file,) = read(raw).files
    assert content_of(raw, 1) == content
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return file


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (("Content-Type: image/png", "Content-Disposition: attachment; filename=foto.png"), "foto.png"),
        (("Content-Type: image/png", 'Content-Disposition: attachment; filename="mi foto.png"'), "mi foto.png"),
        (('Content-Type: image/png; name="solo nombre.png"',), "solo nombre.png"),
        (
            ("Content-Type: image/png", "Content-Disposition: attachment; filename*=UTF-8''medici%C3%B3n.png"),
            "medición.png",
        ),
        (
            ("Content-Type: image/png", "Content-Disposition: attachment; filename*=iso-8859-1'es'medici%F3n.png"),
            "medición.png",
        ),
        (
            (
                "Content-Type: image/png",
                "Content-Disposition: attachment;",
                " filename*0*=UTF-8''informe%20de%20la%20;",
                ' filename*1="sede ";',
                " filename*2*=n%C3%B3rdica.png",
            ),
            "informe de la sede nórdica.png",
        ),
        (
            (
                "Content-Type: image/png",
                "Content-Disposition: attachment;",
                ' filename*1="b.png";',
                ' filename*0="a-"',
            ),
            "a-b.png",
        ),
        # Both dresses: the encoded one is the true one (RFC 6266), the other is for old programs.
        (
            (
                "Content-Type: image/png",
                "Content-Disposition: attachment; filename=\"medicion.png\"; filename*=UTF-8''medici%C3%B3n.png",
            ),
            "medición.png",
        ),
        # Outlook and Gmail encode it as a word of a header, which RFC 2231 forbids.
        (
            ("Content-Type: image/png", 'Content-Disposition: attachment; filename="=?utf-8?B?bWVkaWNpw7NuLnBuZw==?="'),
            "medición.png",
        ),
        (
            ("Content-Type: image/png", "Content-Disposition: attachment; filename==?iso-8859-1?Q?medici=F3n.png?="),
            "medición.png",
        ),
        # As raw UTF-8 (RFC 6532).
        (("Content-Type: image/png", 'Content-Disposition: attachment; filename="medición.png"'), "medición.png"),
        (("Content-Type: image/png", 'Content-Disposition: attachment; filename="a\\"b;c.png"'), "a_b;c.png"),
        (("Content-Type: image/png", "Content-Disposition: attachment"), "part-1.png"),
    ],
)
def test_its_name(headers: tuple[str, ...], name: str) -> None:
    file = one(*headers)
    assert (file.name, file.type, file.refused) == (name, "image/png", "")


@pytest.mark.parametrize(
    ("content", "name", "type_"),
    [
        (PNG, "x.pdf", "image/png"),
        (PDF, "x.png", "application/pdf"),
        (b"hola\n", "x.png", "text/plain"),
        (b"<html><script>alert(1)</script>", "x.png", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "x.png", "image/svg+xml"),
        (b"a;b\n1;2\n", "x.csv", "text/csv"),
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "traza.pcap", "application/vnd.tcpdump.pcap"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "invite.ics", "text/calendar"),
        (b"\x78\x9f\x3e\x22\x01\x00\x06\x90", "winmail.dat", "application/ms-tnef"),
        (ZIP, "x.zip", "application/zip"),
        (b"", "vacio.png", "text/plain"),
    ],
)
def test_what_it_is(content: bytes, name: str, type_: str) -> None:
    file = one("Content-Type: image/png", f'Content-Disposition: attachment; filename="{name}"', content=content)
    assert (file.name, file.type) == (name, type_)


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("factura.exe", PROGRAM, "factura.exe"),
        ("factura.pdf", PROGRAM, "factura.pdf"),
        ("factura.pdf.exe", PDF, "factura.pdf.exe"),
        ("factura.pdf                    .scr", PDF, "factura.pdf.scr"),
        ("factura.EXE.", PDF, "factura.EXE"),
        ("factura\u202efdp.exe", PDF, "facturafdp.exe"),
        ("factura\u200b.js", b"var a = 1;\n", "factura.js"),
        ("ver.lnk", PDF, "ver.lnk"),
        ("ver.url", b"[InternetShortcut]\n", "ver.url"),
        ("disco.iso", ZIP, "disco.iso"),
        ("libre", b"\x7fELF\x02\x01\x01\x00", "libre"),
        ("foto.png", b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "foto.png"),
        ("carpeta\\..\\x.bat", b"@echo off\n", "x.bat"),
    ],
)
def test_programs_are_not_given_out(name: str, content: bytes, shown: str) -> None:
    disposition = f"Content-Disposition: attachment; filename*=UTF-8''{quoted(name)}"
    file = one("Content-Type: application/pdf", disposition, content=content)
    assert (file.name, file.refused) == (shown, "executable")


def quoted(name: str) -> str:
    return "".join(f"%{octet:02X}" for octet in name.encode())


@pytest.mark.parametrize("name", ["MZ informe.txt", "exe.txt", "config.ini", "router.cfg", "pruebas.log", "traza.pcap"])
def test_what_a_technician_sends_is_given_out(name: str) -> None:
    assert (
        one(
            "Content-Type: text/plain", f'Content-Disposition: attachment; filename="{name}"', content=b"MZ 1\n"
        ).refused
        == ""
    )


def test_one_after_the_other_until_it_is_too_much() -> None:
    raw = parts("mixed", text("x"), *(part(b"x" * 40, 'Content-Type: a/b; name="a.bin"') for _ in range(4)))
    found, _ = files_of(bodies_of(taken_apart(raw)).files, Limits(each=50, together=100, count=3))
    assert [each.refused for each in found] == ["", "", "too_big_together", "too_many"]
    found, _ = files_of(bodies_of(taken_apart(raw)).files, Limits(each=10, together=100, count=3))
    assert found[0].refused == "too_big"


def test_an_image_in_the_html_is_a_file_too() -> None:
    image = part(PNG, "Content-Type: image/png", "Content-ID: <Logo@X>", "Content-Disposition: inline")
    related = parts("related", html('<p>Mire<img src="cid:logo@x" alt="luz"></p>'), image)
    found = read(related)
    assert found.html == '<p>Mire<img src="cid:1" alt="luz"></p>'
    assert found.text == "Mire[luz]"
    assert (found.files[0].content_id, found.files[0].name) == ("logo@x", "part-1.png")


def test_a_file_of_text_is_not_the_mails_text() -> None:
    raw = parts("mixed", text("Uno"), 'Content-Type: text/plain; name="log.txt"\n\nDos\n', text("Tres"))
    found = read(raw)
    assert [each for each in found.text.split("\n") if each] == ["Uno", "Tres"]
    assert [each.name for each in found.files] == ["log.txt"]


def test_uuencode_as_a_transfer_encoding() -> None:
    lines = "".join(binascii.b2a_uu(PNG[at : at + 45]).decode() for at in range(0, len(PNG), 45))
    coded = f"begin 644 foto.png\n{lines}`\nend\n"
    raw = parts(
        "mixed", text("x"), f'Content-Type: a/b; name="foto.png"\nContent-Transfer-Encoding: x-uuencode\n\n{coded}'
    )
    (file,) = read(raw).files
    assert (file.name, file.type, file.size) == ("foto.png", "image/png", len(PNG))


def test_uuencode_inside_the_text_stays_there() -> None:
    """As before MIME: no program of today writes it, and nothing of it is lost."""
    body = "Adjunto:\n\nbegin 644 a.txt\n$:&]L80``\n`\nend\n\nSaludos"
    found = read(mail({"From": "ana@example.com"}, body))
    assert (found.text, found.files) == (body, ())


def test_winmail_dat_is_named_and_kept_whole() -> None:
    tnef = b"\x78\x9f\x3e\x22\x01\x00\x06\x90\x08\x00"
    raw = parts("mixed", text("Vea el adjunto"), part(tnef, 'Content-Type: application/ms-tnef; name="winmail.dat"'))
    found = read(raw)
    (file,) = found.files
    assert (found.text, file.name, file.type, file.refused) == (
        *("Vea el adjunto", "winmail.dat", "application/ms-tnef", ""),
    )


def test_signed_by_s_mime() -> None:
    signature = part(b"\x30\x80\x06\x09", 'Content-Type: application/pkcs7-signature; name="smime.p7s"')
    found = read(parts('signed; protocol="application/pkcs7-signature"', text("Sin servicio."), signature))
    assert (found.text, [each.name for each in found.files]) == ("Sin servicio.", ["smime.p7s"])


def test_wrapped_by_s_mime_it_holds_no_text() -> None:
    raw = mail(
        {
            "From": "ana@example.com",
            "Content-Type": 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
            "Content-Transfer-Encoding": "base64",
        },
        base64.encodebytes(b"\x30\x80\x06\x09\x2a").decode(),
    )
    found = read(raw)
    assert (found.text, [each.name for each in found.files]) == ("", ["smime.p7m"])


def test_signed_by_pgp_beside_the_text() -> None:
    signature = "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
    found = read(parts("signed", text("Sin servicio."), signature))
    (file,) = found.files
    assert (found.text, file.name, file.type) == ("Sin servicio.", "signature.asc", "application/pgp-signature")


def test_signed_by_pgp_around_the_text() -> None:
    body = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSin servicio.\n- -- \nAna\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    found = read(mail({"From": "ana@example.com"}, body))
    assert found.text == "Sin servicio."
    for kept in ("-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "Ana", "iQEz"):
        assert kept in found.quoted


def test_an_attached_mail_stays_closed() -> None:
    inner = parts("mixed", text("adentro"), part(PROGRAM, 'Content-Type: a/b; name="x.exe"'), boundary="in").decode()
    found = read(parts("mixed", text("afuera"), f"Content-Type: message/rfc822\n\n{inner}", boundary="out"))
    (file,) = found.files
    assert (found.text, file.name, file.type, file.refused) == ("afuera", "part-1.eml", "message/rfc822", "")
