"""A raw mail, read: who wrote what, what is history, what a machine sent, and what became of a mail of ours."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardia.mail.automatic import Automatic
from guardia.mail.files import content_of, safe_name
from guardia.mail.folding import folded
from guardia.mail.headers import Unreadable
from guardia.mail.identity import identity
from guardia.mail.raw_mail import read
from tests.examples import examples

OURS = "<case-1042.n7@noc.example.com>"

REPLY = """From: =?utf-8?q?Mar=C3=ADa_P=C3=A9rez?= <Maria@Example.com>
To: NOC <noc@noc.example.com>, "Turno, Segundo" <turno@noc.example.com>
Subject: =?utf-8?q?Re=3A_Caso=0D=0ABcc=3A_x=40example=2Ecom?=
Message-ID: <r1@example.com>
In-Reply-To: <case-1042.n7@noc.example.com>
Date: Tue, 24 Nov 2026 10:15:00 -0500
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="out"

--out
Content-Type: multipart/alternative; boundary="in"

--in
Content-Type: text/plain; charset=us-ascii

Ya tenemos energía.

El mar, 24 nov 2026 a las 10:15, Centro de Gestión (<noc@noc.example.com>)
escribió:

> Su caso sigue abierto.

--in
Content-Type: text/html; charset=utf-8

<p onclick="x()">Ya tenemos <b>energía</b>.<img src="cid:foto@x"><img src="http://example.com/p.gif" alt="plano"></p>
<script>alert(1)</script><form action="http://example.com"><input name="a"></form>
--in--
--out
Content-Type: application/x-whatever; name="../../tablero.png"
Content-ID: <foto@x>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--out--
""".encode()


def plain(text: str, *headers: str) -> bytes:
    return "\n".join(["From: Ana <ana@example.com>", "Subject: Hola", *headers, "", text]).encode()


def test_a_reply_from_gmail() -> None:
    mail = read(REPLY)
    assert (mail.from_name, mail.from_address) == ("María Pérez", "maria@example.com")
    assert mail.to_addresses == ("noc@noc.example.com", "turno@noc.example.com")
    assert (mail.message_id, mail.references) == ("<r1@example.com>", (OURS,))
    assert mail.date == datetime(2026, 11, 24, 15, 15, tzinfo=UTC)
    assert mail.subject == "Re: Caso Bcc: x@example.com"  # one line: a line break in an encoded word adds no header
    assert mail.text == "Ya tenemos energía."
    assert mail.quoted.endswith("> Su caso sigue abierto.")
    assert (mail.automatic, mail.report) == (Automatic.NO, None)
    assert mail.defects == ("remote_images",)  # ASCII is read as UTF-8, of which it is a part


def test_its_html_fetches_and_runs_nothing() -> None:
    assert read(REPLY).html == '<p>Ya tenemos <b>energía</b>.<img src="cid:1">[plano]</p>'


def test_its_file_is_what_it_holds_and_not_what_the_mail_says() -> None:
    (file,) = read(REPLY).files
    assert (file.part, file.name, file.type, file.size, file.refused) == (*(1, "tablero.png", "image/png", 70, ""),)
    assert hashlib.sha256(content_of(REPLY, 1)).hexdigest() == file.sha256
    with pytest.raises(LookupError):
        content_of(REPLY, 2)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Ya volvió.\n\nEm ter., 24 de nov. de 2026 às 10:15, NOC <noc@example.com> escreveu:\n> Olá", "Ya volvió."),
        ("Fixed.\n\nOn Tue, Nov 24, 2026 at 10:15 AM NOC <noc@example.com> wrote:\n> Hi", "Fixed."),
        ("Listo.\n\n-----Mensaje original-----\nDe: NOC\nAsunto: Caso\n\nSu caso", "Listo."),
        ("Feito.\n\nDe: NOC\nEnviada em: terça-feira 10:15\nPara: Ana\nAssunto: Caso\n\nSeu caso", "Feito."),
        ("El 24/11/26 a las 10:15, NOC escribió:\n> Su caso\n> sigue\n\nDe acuerdo.", "De acuerdo."),
        ("Sí.\n-- \nAna\nSistemas", "Sí."),
        ("El técnico escribió:\nno hay energía", "El técnico escribió:\nno hay energía"),
        ("La latencia es\n>200 ms en Quito", "La latencia es\n>200 ms en Quito"),
        ("> ¿Hora?\n15:00\n> ¿Energía?\nSí", "> ¿Hora?\n15:00\n> ¿Energía?\nSí"),
    ],
)
def test_history_is_folded_away_and_the_persons_words_are_not(body: str, text: str) -> None:
    assert folded(body)[0] == text


def test_what_is_forwarded_is_what_the_person_says() -> None:
    body = "Les reenvío.\n\n---------- Forwarded message ---------\nDe: sede\n\nSin servicio"
    assert folded(body, "Fwd: Sin servicio") == (body, "")


LINES = st.sampled_from(
    [
        *("", "hola", "> cita", ">> cita", ">200", "-- ", "El 24/11/26 a las 10:15, NOC escribió:", "De: NOC"),
        *("Asunto: x", "Para: Ana", "-----Mensaje original-----", "Enviado desde mi iPhone"),
        "---------- Forwarded message ---------",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)), max_size=30))
def test_no_line_is_lost_or_doubled_in_folding(lines: list[str]) -> None:
    text, quoted = folded("\n".join(lines))
    said = [line.rstrip() for line in lines if line.strip()]
    assert sorted(said) == sorted(line for line in f"{text}\n{quoted}".split("\n") if line.strip())


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: no"], Automatic.NO),
        (["X-Auto-Response-Suppress: All"], Automatic.NO),
        (["Subject: Fuera de oficina"], Automatic.NO),
        (["Auto-Submitted: auto-replied"], Automatic.AUTO_REPLIED),
        (["X-Autoreply: yes"], Automatic.AUTO_REPLIED),
        (["Auto-Submitted: auto-generated"], Automatic.BULK),
        (["Precedence: bulk"], Automatic.BULK),
        (["List-Id: <redes.example.com>", "Precedence: list"], Automatic.LIST),
        (["List-Id: <noc.noc.example.com>", "Precedence: list"], Automatic.NO),
        (["Return-Path: <>"], Automatic.AUTO_REPLIED),
        (["X-Guardia-Moment: CASE_REGISTERED"], Automatic.OWN),
    ],
)
def test_who_sent_it_a_person_or_a_machine(headers: list[str], kind: Automatic) -> None:
    raw = "\n".join(["From: ana@example.com", *headers, "", "Hola"]).encode()
    assert read(raw, ours=["noc@noc.example.com"]).automatic is kind


def test_out_of_office_needs_a_second_sign() -> None:
    raw = (
        b"From: ana@example.com\nSubject: Respuesta automatica: Caso\nX-Auto-Response-Suppress: All\n\nVuelvo el lunes"
    )
    assert read(raw).automatic is Automatic.OUT_OF_OFFICE


STANDARD = f"""From: MAILER-DAEMON@mx.example.com
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

This is the mail system.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; Ana@example.com
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

Final-Recipient: rfc822; luis@example.com
Action: delayed
Status: 4.4.1
--b
Content-Type: message/rfc822

Message-ID: {OURS}
Subject: Caso

--b--
"""
QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.com
Subject: failure notice

Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ana@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {OURS}
To: otro@example.com
"""
EXCHANGE = f"""Return-Path: <>
From: postmaster@mx.example.com
Subject: No entregado: Caso
In-Reply-To: {OURS}

Error de entrega a estos destinatarios o grupos:

Ana (ana@example.com)
No se encontró la dirección. 550 5.1.10 RESOLVER.ADR.RecipientNotFound
"""


def test_a_standard_report() -> None:
    mail = read(STANDARD.encode())
    assert mail.automatic is Automatic.REPORT
    assert mail.report is not None
    assert (mail.report.original_message_id, mail.report.standard) == (OURS, True)
    ana, luis = mail.report.recipients
    assert (ana.address, ana.action, ana.status, ana.full, ana.lasting) == (
        *("ana@example.com", "failed", "5.2.2", True, False),
    )
    assert (luis.address, luis.action, luis.status, luis.bounced) == ("luis@example.com", "delayed", "4.4.1", False)


@pytest.mark.parametrize(("raw", "status"), [(QMAIL, "5.1.1"), (EXCHANGE, "5.1.10")])
def test_a_report_that_keeps_to_no_standard(raw: str, status: str) -> None:
    report = read(raw.encode()).report
    assert report is not None
    (one,) = report.recipients
    assert (one.address, one.action, one.status, one.lasting) == ("ana@example.com", "failed", status, True)
    assert (report.original_message_id, report.standard) == (OURS, False)


def test_a_person_who_writes_of_a_bounce_sends_none() -> None:
    assert read(plain("Undelivered Mail Returned to Sender: ana@example.com")).report is None


def test_two_copies_are_one_message_and_a_forged_id_is_another() -> None:
    mail = plain("Hola\n", "Message-ID: <a@example.com>")
    copy = b"Received: from x\r\nDelivered-To: noc@example.com\r\n" + mail.replace(b"\n", b"\r\n")
    assert identity(mail) == identity(copy)
    assert identity(mail) != identity(plain("Adiós\n", "Message-ID: <a@example.com>"))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..\\..\\etc/passwd", "passwd"),
        ("foto\u202egnp.exe", "fotognp.exe"),
        ("factura.pdf        .exe", "factura.pdf.exe"),
        ("con.txt", "_con.txt"),
        ("a\x00\r\nb.txt", "a b.txt"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("...", "part-1"),
    ],
)
def test_names_are_safe(name: str, safe: str) -> None:
    assert safe_name(name, "part-1") == safe


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b" \n", "empty"),
        (b"Subject: x\n\nHola", "no_from"),
        (b"From: a@example.com\n" + b"X: y\n" * 4000, "header_bomb"),
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(40)), "too_deep"),
        (b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 600, "too_many_parts"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(raw)
    assert refused.value.reason == reason


def test_a_mail_larger_than_the_limit() -> None:
    with pytest.raises(Unreadable, match="too_big"):
        read(REPLY, max_size=100)


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from([REPLY, STANDARD.encode(), QMAIL.encode(), b"From: a@example.com\n\n"]), st.data())
def test_no_mail_breaks_it_and_the_database_takes_all_it_gives(mail: bytes, data: st.DataObject) -> None:
    raw = bytearray(mail)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=12))
    assert len(identity(bytes(raw))) == 64
    try:
        found = read(bytes(raw))
    except Unreadable:
        return
    names = [f"{file.name}{file.type}{file.content_id}" for file in found.files]
    words = [each.words + each.address for each in found.report.recipients] if found.report else []
    head = [found.subject, found.from_name, found.message_id, *found.references, *found.to_addresses]
    whole = "".join([*head, found.text, found.quoted, found.html, *names, *words])
    assert "\0" not in whole
    whole.encode("utf-8")
    assert not any("\n" in each for each in head)
