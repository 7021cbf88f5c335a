"""Whatever comes in is read or put aside: the reader raises nothing but Unreadable, on any bytes."""

import contextlib
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardia.mail.authentication import Receiver
from guardia.mail.headers import Unreadable
from guardia.mail.raw_mail import read
from tests.examples import examples
from tests.mail.mails import ANA, OURS, html, mail, parts, returned, status, text
from tests.mail.test_bounces_in_words import EXIM, GATEWAY, POSTFIX, QMAIL, SMTP32, said
from tests.mail.test_packed import INSIDE, alone, packed, signed, tnef

OUR_SERVER = Receiver(frozenset({"mx.example.org"}))
SEEDS = [
    *(
        said("MAILER-DAEMON@mx.example.net", "failure notice", words)
        for words in (QMAIL, EXIM, POSTFIX, SMTP32, GATEWAY)
    ),
    parts("report; report-type=delivery-status", text("x"), status(f"Final-Recipient: rfc822; {ANA}"), returned()),
    parts("alternative", text("Hola\n\n> cita"), html("<blockquote>cita</blockquote><p>Hola"), References=OURS),
    parts("mixed", text("x"), packed("application/ms-tnef", tnef(b"x", plano=b"y" * 300), "winmail.dat")),
    alone("application/pkcs7-mime", signed(INSIDE), "smime.p7m"),
    mail(
        {"Authentication-Results": 'mx.example.org; dmarc=pass (a(b)c) header.from="x"', "From": f'"a, b" <{ANA}>'}, "x"
    ),
]
BLOCKS = [
    b"\0",
    b"\r\n\r\n",
    b"--=_b\n",
    b"--=_b--\n",
    b'"',
    b"<",
    b"(",
    b"=?utf-8?B?",
    b"\xff\xfe",
    b";;",
    b"=\n",
    b"@",
]


def survives(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        found = read(raw, receiver=OUR_SERVER)
        assert "\0" not in found.text + found.subject + found.from_address


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """A few bytes of it changed, cut out, doubled, or something put between."""
    raw = bytearray(seed)
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(raw) + 1), chance.randint(0, 60)
        match chance.randrange(4):
            case 0:
                raw[at : at + length] = b""
            case 1:
                raw[at:at] = chance.choice(BLOCKS) * chance.randint(1, 30)
            case 2:
                raw[at:at] = raw[at : at + length]
            case _:
                raw[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(raw)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_mutations_of_real_mails(number: int) -> None:
    chance = random.Random(number)
    for _ in range(120):
        survives(mutated(SEEDS[number], chance))


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000))
def test_any_bytes(raw: bytes) -> None:
    survives(raw)
    survives(b"From: a@example.com\r\n" + raw)


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=1_500))
def test_any_bytes_in_what_is_packed(octets: bytes) -> None:
    survives(alone("application/ms-tnef", b"\x78\x9f\x3e\x22" + octets, "winmail.dat"))
    survives(alone("application/pkcs7-mime", octets, "smime.p7m"))
