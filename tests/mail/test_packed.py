"""Outlook's winmail.dat and opaque S/MIME: what is inside is read as if it had been sent plainly."""

import base64
import struct
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from guardia.mail.files import content_of
from guardia.mail.raw_mail import Read, read
from tests.mail.mails import ANA, mail, parts, text

INSIDE = """Content-Type: multipart/mixed; boundary="i"

--i
Content-Type: text/plain; charset=utf-8

Sin servicio, la señal cayó.
--i
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment; filename=log.txt

ping
--i--
""".replace("\n", "\r\n").encode()


def signed(content: bytes) -> bytes:
    """As Outlook sends a mail that is signed and not clear: one part, the signature around the mail."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ana@example.com")])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 7, since, since + timedelta(days=9000))
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(certificate.sign(key, hashes.SHA256()), key, hashes.SHA256())
        .sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )


def record(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(body: bytes = b"", **files: bytes) -> bytes:
    """MS-OXTNEF: the signature, a key, and records of the message and of each file."""
    records = [record(1, 0x9006, 8, struct.pack("<I", 0x10000)), record(1, 0x9007, 6, struct.pack("<II", 1252, 0))]
    records += [record(1, 0x800C, 2, body + b"\0")] if body else []
    for name, data in files.items():
        records += [record(2, 0x9002, 6, b"\0" * 14), record(2, 0x8010, 1, name.encode() + b".txt\0")]
        records.append(record(2, 0x800F, 6, data))
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(records)


def packed(type_: str, octets: bytes, name: str) -> str:
    return (
        f'Content-Type: {type_}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n{base64.encodebytes(octets).decode()}'
    )


def alone(type_: str, octets: bytes, name: str) -> bytes:
    return f"From: {ANA}\nSubject: Caso\nMIME-Version: 1.0\n{packed(type_, octets, name)}".encode()


def names(found: Read) -> list[str]:
    return [file.name for file in found.files]


@pytest.mark.parametrize("type_", ["application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime"])
def test_an_opaque_signature_is_laid_open(type_: str) -> None:
    raw = alone(type_, signed(INSIDE), "smime.p7m")
    found = read(raw)
    assert found.text == "Sin servicio, la señal cayó."
    assert names(found) == ["log.txt"]
    assert content_of(raw, 1) == b"ping"


@pytest.mark.parametrize("octets", [b"", b"\x30", b"\x30\x80" * 200, signed(INSIDE)[:200], b"no signature"])
def test_what_cannot_be_opened_stays_a_file(octets: bytes) -> None:
    found = read(alone("application/pkcs7-mime", octets, "smime.p7m"))
    assert (found.text, names(found)) == ("", ["smime.p7m"])


def test_signatures_within_signatures_end() -> None:
    inner = INSIDE
    for _ in range(5):
        inner = alone("application/pkcs7-mime", signed(inner), "smime.p7m")
    assert read(inner).text == "Sin servicio, la señal cayó."


@pytest.mark.parametrize("type_", ["application/ms-tnef", "application/octet-stream"])
def test_the_files_of_a_winmail_dat_are_files_of_the_mail(type_: str) -> None:
    attached = packed(type_, tnef(b"the same words once more", plano=b"x y", foto=b"z" * 40), "winmail.dat")
    raw = parts("mixed", text("Adjunto el plano."), attached, Subject="Caso")
    found = read(raw)
    assert found.text == "Adjunto el plano."
    assert names(found) == ["plano.txt", "foto.txt"]
    assert [content_of(raw, part) for part in (1, 2)] == [b"x y", b"z" * 40]


def test_its_words_are_read_where_the_mail_has_none() -> None:
    found = read(alone("application/ms-tnef", tnef(b"Sin servicio desde las dos."), "winmail.dat"))
    assert found.text == "Sin servicio desde las dos."


@pytest.mark.parametrize("octets", [b"", tnef()[:20], tnef(b"x")[:-9], b"\x78\x9f\x3e\x22" + b"\xff" * 500])
def test_a_broken_one_stays_a_file(octets: bytes) -> None:
    assert names(read(alone("application/ms-tnef", octets, "winmail.dat"))) == ["winmail.dat"]


def test_a_program_inside_is_not_given_out() -> None:
    attached = packed("application/ms-tnef", tnef(virus=b"MZ\x90\x00\x03" + b"\0" * 60), "winmail.dat")
    (file,) = read(parts("mixed", text("x"), attached)).files
    assert file.refused == "executable"


def test_a_mail_without_anything_packed_is_as_before() -> None:
    assert read(mail({"From": ANA}, "hola")).text == "hola"
