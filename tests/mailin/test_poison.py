"""Whatever comes in is taken and ruled on: nothing is lost, nothing stops, and no header of ours is somebody else's."""

import logging
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardia.cases import chain
from guardia.cases.rebuild import rebuild
from guardia.mail.message import Message, MessageKind
from tests.examples import costly_examples
from tests.mail.test_reading import REPLY
from tests.mailin.letters import OURS, letter

HEAD = "jefe@example.com"
FROM = f"From: {HEAD}\r\nTo: {OURS}\r\n"
SURROGATE = "=?utf-8?b?7aCA?= =?utf-16?q?=D8=00?="


def raw(*headers: str, body: str = "hola") -> bytes:
    return (FROM + "".join(f"{header}\r\n" for header in headers) + "\r\n" + body).encode("utf-8", "surrogateescape")


def nested(depth: int) -> bytes:
    parts = "".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(depth))
    return raw("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b0", body=parts)


def many_parts(count: int) -> bytes:
    parts = "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nx\r\n" * count
    return raw("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", body=parts + "--b--\r\n")


POISON = {
    "nothing": b"",
    "NULs": b"\x00" * 5000,
    "NUL in headers": raw("Subject: a\x00b", "Message-ID: <a\x00b@example.com>", body="a\x00b"),
    "NUL encoded": raw("Subject: =?utf-8?q?a=00b?=", "From: =?utf-8?q?=00?= <x@example.net>"),
    "surrogates": raw(f"Subject: {SURROGATE}", f"X: {SURROGATE}", body="\udcff\udcfe"),
    "no such charset": raw("Content-Type: text/plain; charset=no-such", body="a"),
    "charset that runs": raw("Content-Type: text/plain; charset=zlib", body="a"),
    "idna charset": raw("Content-Type: text/plain; charset=idna", body="a" * 5000),
    "punycode charset": raw("Content-Type: text/plain; charset=punycode", body="a" * 5000),
    "utf-7": raw("Content-Type: text/plain; charset=utf-7", body="+ADw-script+AD4-"),
    "year 0": raw("Date: Mon, 01 Jan 0000 00:00:00 +0000"),
    "year 1": raw("Date: Mon, 01 Jan 0001 00:00:00 +1400"),
    "year 9999": raw("Date: Fri, 31 Dec 9999 23:59:59 -1200"),
    "year 99999": raw("Date: Fri, 31 Dec 99999 23:59:59 +9999"),
    "long subject": raw("Subject: " + "ñ" * 100_000),
    "long message id": raw("Message-ID: <" + "a" * 5000 + "@example.com>"),
    "many references": raw("References: " + " ".join(f"<{n}@example.com>" for n in range(20_000))),
    "huge numbers in references": raw(f"References: <case-{'9' * 18}.contact-{'9' * 18}@example.com>"),
    "huge numbers in the subject": raw("Subject: caso " + "9" * 400 + " 99-999-9 " + "1-2 " * 5000),
    "huge number that is a case's": raw("Subject: 999-999-999-999-999-998-4"),
    "marks that nobody signed": raw("Cc: casos+vvvvvvvvvvvvv-vvvvvvvvvvvvv.aaaaaaaaaaaaaaaa@example.com"),
    "ten thousand recipients": raw("Cc: " + ",\r\n ".join(f"n{n}@example.com" for n in range(10_000))),
    "ten thousand marks": raw("Cc: " + ",\r\n ".join(f"casos+1-{n}.{'a' * 16}@example.com" for n in range(10_000))),
    "ten thousand senders": ("From: " + ", ".join(f"n{n}@example.net" for n in range(10_000)) + "\r\n\r\nx").encode(),
    "long sender": f"From: {'a' * 5000}@example.net\r\n\r\nx".encode(),
    "long name": f"From: {'ñ' * 5000} <a@example.net>\r\n\r\nx".encode(),
    "sender of nowhere": b"From: <@>\r\n\r\nx",
    "sender of IDN": "From: ana@ñandú.example.com\r\n\r\nx".encode(),
    "nested": nested(3000),
    "many parts": many_parts(5000),
    "no boundary": raw("MIME-Version: 1.0", "Content-Type: multipart/mixed", body="--\r\n\r\nx"),
    "bad base64": raw("Content-Transfer-Encoding: base64", body="=" * 1000 + "%%%%"),
    "report of nothing": raw("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body="--b--"),
    "header of a megabyte": raw("X-Long: " + "a" * 1_000_000),
    "hundred thousand headers": raw(*["X: y"] * 100_000),
    "html bomb": raw("Content-Type: text/html", body="<div>" * 100_000),
    "html entities": raw("Content-Type: text/html", body="&#xD800;&#0;&#x110000;" * 100),
    "quotes": raw(body="> " * 50_000),
    "quoted lines": raw(body=">\n" * 100_000),
    "text that flows for ever": raw("Content-Type: text/plain; format=flowed", body="a \r\n" * 200_000),
    "blanks": raw(body="a" + " " * 1_000_000 + "b"),
    "blanks in HTML": raw("Content-Type: text/html", body="<p>" + " \t" * 1_000_000 + "</p>"),
    "one line": raw(body="a" * 3_000_000),
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_kept_and_ruled_on(house, story, name, caplog):
    case = story.open_case()
    with caplog.at_level(logging.ERROR, logger="guardia"):
        message = house.comes(POISON[name])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert message.state != "new"
    assert message.kind in MessageKind.values
    assert message.reason != "not_ruled"
    assert bytes(message.original.content) == POISON[name]
    follow_up = house.writes(HEAD, subject=f"caso {case.number}")
    assert follow_up.state == "filed"
    if message.request:
        house.registers(message)
    assert list(chain.breaks()) == []
    assert list(rebuild()) == []


INJECTED = "\r\nBcc: victim@example.org\r\nX-Evil: 1"


@pytest.mark.parametrize(
    "headers",
    [
        ("Subject: =?utf-8?q?hola=0D=0ABcc=3A_victim=40example=2Eorg?=",),
        ("Subject: =?utf-8?b?aG9sYQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmc=?=",),
        ("Message-ID: <a@example.com>\r\n\tBcc: victim@example.org",),
        ("Message-ID: <=?utf-8?q?a=0D=0ABcc=3A_victim=40example=2Eorg?=@example.com>",),
        ("References: <a@example.com>\x0bBcc:\x0cvictim@example.org <b\x85Bcc: victim@example.org>",),
        ("Subject: a\u2028Bcc: victim@example.org\x85X: y\x1cZ: z",),
    ],
)
def test_an_answer_bears_no_header_of_the_sender(house, headers):
    house.comes(raw(*headers))
    (answer,) = house.answers()
    lines = bytes(answer.body).partition(b"\n\n" if b"\r\n\r\n" not in bytes(answer.body) else b"\r\n\r\n")[0]
    mail = message_from_bytes(bytes(answer.body), policy=policy.default)
    assert mail["Bcc"] is None
    assert not any(line.lower().startswith((b"bcc", b"x-evil")) for line in lines.splitlines())
    assert [one.addr_spec for one in mail["To"].addresses] == [HEAD]


@pytest.mark.parametrize(
    "sender",
    [
        '"x" <jefe@example.com\r\n\tBcc: victim@example.org>',
        "=?utf-8?q?x=0D=0ABcc=3A_victim=40example=2Eorg?= <nadie@example.net>",
        "<nadie@example.net>, <victim@example.org>",
        '"a, b <victim@example.org>" <nadie@example.net>',
        "nadie@example.net,victim@example.org",
        "=?utf-8?q?nadie=40example=2Enet=2Cvictim=40example=2Eorg?=",
    ],
)
def test_an_answer_goes_to_one_address_alone(house, sender):
    house.comes(f"From: {sender}\r\nTo: {OURS}\r\nSubject: x\r\nMessage-ID: <x@example.net>\r\n\r\nx".encode())
    for answer in house.answers():
        assert "," not in answer.address
        mail = message_from_bytes(bytes(answer.body), policy=policy.default)
        assert [one.addr_spec for one in mail["To"].addresses] == [answer.address]
        assert mail["Bcc"] is None


BROKEN = st.tuples(st.integers(0, len(REPLY) - 1), st.binary(max_size=12), st.integers(0, 40))


@settings(max_examples=costly_examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BROKEN, min_size=1, max_size=6))
def test_a_mail_that_was_broken_anywhere(house, breaks):
    found = REPLY.replace(b"noc@noc.example.com", OURS.encode())
    for place, put, taken in breaks:
        found = found[:place] + put + found[place + taken :]
    message = house.comes(found)
    assert message.state != "new"
    assert message.reason != "not_ruled"


def test_a_mail_of_the_largest_size_is_taken_and_ruled_on(house, settings):
    settings.MAIL_LIMIT_MB = 25
    head = letter(HEAD, subject="grande")
    message = house.comes(head + b"a" * 75 + (b"\r\n" + b"a" * 76) * (25 * 1024 * 1024 // 78 - 100))
    assert (message.kind, Message.objects.count()) == ("report", 1)
    assert len(message.original.content) > 24 * 1024 * 1024
