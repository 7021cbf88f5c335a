"""Two copies of one message are one, whichever way they came; two messages are two, whatever they say of themselves."""

import base64

import pytest

from guardia.mail.identity import identity
from tests.mail.mails import OURS, mail, parts, text

HEADERS = {
    "From": "Ana <ana@example.com>",
    "To": "noc@example.com",
    "Subject": "Sin servicio",
    "Date": "Tue, 24 Nov 2026 10:15:00 -0500",
    "Message-ID": "<a@example.com>",
    "Content-Type": "text/plain; charset=utf-8",
}
WORDS = "Sin energía.\nFrom ayer no hay.\n"
RAW = mail(HEADERS, WORDS)


def changed(**more: str) -> bytes:
    return mail({**HEADERS, **{name.replace("_", "-"): value for name, value in more.items()}}, WORDS)


@pytest.mark.parametrize(
    "copy",
    [
        RAW.replace(b"\n", b"\r\n"),
        RAW + b"\n\n",
        b"From ana@example.com Tue Nov 24 10:15:00 2026\n" + RAW,
        RAW.replace(b"\nFrom ayer", b"\n>From ayer"),
        b"Received: from a.example.com\n by b.example.com; 10:16\nDelivered-To: x@example.com\n" + RAW,
        b"Return-Path: <ana@example.com>\nX-Spam-Status: No\n" + RAW,
        changed(Subject="Sin\n servicio"),
        changed(To="otro@example.com"),
        RAW.replace(b"energ\xc3\xada.\n", b"energ\xc3\xada.  \n"),
        mail({**HEADERS, "Content-Transfer-Encoding": "base64"}, base64.encodebytes(WORDS.encode()).decode()),
        mail({**HEADERS, "Content-Transfer-Encoding": "quoted-printable"}, WORDS.replace("í", "=C3=AD")),
        b"\n\n" + RAW,
    ],
)
def test_a_copy(copy: bytes) -> None:
    assert identity(copy) == identity(RAW)


@pytest.mark.parametrize(
    "other",
    [
        RAW + b"Otra linea\n",
        changed(Message_ID="<b@example.com>"),
        changed(Subject="Con servicio"),
        changed(Date="Tue, 24 Nov 2026 10:15:01 -0500"),
        changed(From="luis@example.com"),
        mail(HEADERS, WORDS.replace("energ", "alerg")),
    ],
)
def test_another(other: bytes) -> None:
    assert identity(other) != identity(RAW)


def without_id(*received: str) -> bytes:
    lines = "".join(f"Received: {each}\n" for each in received)
    return lines.encode() + mail({"From": "alarma@example.com", "Subject": "DOWN"}, "caído\n")


def test_without_an_id_the_first_server_tells_two_alarms_apart() -> None:
    first = without_id("by noc.example.com; 3", "by mx.example.com; 10:15:00")
    again = without_id("by noc.example.com; 9", "by other.example.com", "by mx.example.com; 10:15:00")
    later = without_id("by noc.example.com; 3", "by mx.example.com; 10:20:00")
    assert identity(first) == identity(again)
    assert identity(first) != identity(later)


def test_another_boundary_is_the_same_mail_and_another_name_of_a_file_is_not() -> None:
    def with_file(name: str, boundary: str) -> bytes:
        file = f'Content-Type: text/plain; name="{name}"\n\nuno\n'
        return parts("mixed", text("Hola"), file, boundary=boundary, Message_ID=OURS)

    assert identity(with_file("a.txt", "b1")) == identity(with_file("a.txt", "b2"))
    assert identity(with_file("a.txt", "b1")) != identity(with_file("b.txt", "b1"))


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\n", b"Subject: x", b"X: y\n" * 4000])
def test_what_cannot_be_read_has_one_too(raw: bytes) -> None:
    assert len(identity(raw)) == 64
    assert identity(raw) == identity(raw.replace(b"\n", b"\r\n"))
    assert identity(raw) != identity(b"a" + raw)
