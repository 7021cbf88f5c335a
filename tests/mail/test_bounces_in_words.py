"""Reports that keep to no standard: understood from their words, or left for a person."""

import pytest

from guardia.mail import bounces
from guardia.mail.automatic import Automatic
from guardia.mail.raw_mail import read
from guardia.mail.statuses import Recipient, Report
from tests.mail.mails import ANA, LUIS, OURS, html, mail, parts, returned, text

COPY = f"\nReturn-Path: <noc@example.com>\nMessage-ID: {OURS}\nTo: otro@example.com\n\nSu caso, tercero@example.com\n"


def said(sender: str, subject: str, words: str, **more: str) -> bytes:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return mail({"Return-Path": "<>", "From": sender, "To": "noc@example.com", "Subject": subject, **headers}, words)


def report_of(raw: bytes) -> Report:
    found = read(raw)
    assert found.automatic is Automatic.REPORT
    assert found.report is not None
    assert not found.report.standard
    return found.report


def seen(raw: bytes) -> list[tuple[str, str, str]]:
    return [(each.address, str(each.action), each.status) for each in report_of(raw).recipients]


def only(raw: bytes) -> Recipient:
    (one,) = report_of(raw).recipients
    return one


QMAIL = f"""Hi. This is the qmail-send program at mx.example.net.
I could not bring your message to the addresses below. I have given up.

<{ANA}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.7.

<{LUIS}>:
User is over the quota. You can try again later. (#5.2.2)

--- Below this line is a copy of the message.
{COPY}"""
EXIM = f"""This message was created by the mail software.

A message that you sent could not be delivered to one or more of its
recipients. The following addresses failed:

  {ANA}
    host mx.example.net [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{ANA}>:
    550 5.1.1 no such mailbox
  {LUIS}
    retry timeout exceeded

------ This is a copy of the message, including all the headers. ------
{COPY}"""
POSTFIX = f"""The mail system

<{ANA}>: host mx.example.net[192.0.2.7] said: 554 5.7.1 Service
    unavailable; refused by policy (in reply to end of DATA command)

Message-ID: {OURS}
"""
SENDMAIL = f"""The original message was received at Tue, 24 Nov 2026 10:15:00 -0500

   ----- The following addresses had permanent fatal errors -----
<{ANA}>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.net.:
>>> DATA
<<< 550 5.1.1 User unknown

   ----- Original message follows -----
{COPY}"""
YAHOO = f"""Sorry, we were unable to deliver your message to the following address.

<{ANA}>:
552: 5.2.2 This mailbox is over quota

--- Below this line is a copy of the message.
{COPY}"""


@pytest.mark.parametrize(
    ("sender", "subject", "words", "expected"),
    [
        ("MAILER-DAEMON@mx.example.net", "failure notice", QMAIL, [(ANA, "5.1.1"), (LUIS, "5.2.2")]),
        (
            "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            "Mail delivery failed: returning message to sender",
            EXIM,
            [(ANA, "5.1.1"), (LUIS, "5.4.7")],
        ),
        ("MAILER-DAEMON@mx.example.net", "Undelivered Mail Returned to Sender", POSTFIX, [(ANA, "5.7.1")]),
        (
            "Mail Delivery Subsystem <MAILER-DAEMON@x.example.net>",
            "Returned mail: see transcript",
            SENDMAIL,
            [(ANA, "5.1.1")],
        ),
        ("MAILER-DAEMON@yahoo.example.com", "Failure Notice", YAHOO, [(ANA, "5.2.2")]),
    ],
    ids=["qmail", "exim", "postfix", "sendmail", "yahoo"],
)
def test_from_the_servers_of_the_world(sender: str, subject: str, words: str, expected: list[tuple[str, str]]) -> None:
    raw = said(sender, subject, words)
    assert seen(raw) == [(address, "failed", status) for address, status in expected]
    assert report_of(raw).original_message_id == OURS


def test_exim_names_the_addresses_in_a_header() -> None:
    raw = said("Mailer-Daemon@mx.example.net", "Mail delivery failed", EXIM, X_Failed_Recipients=f"{ANA},\n {LUIS}")
    assert [address for address, _, _ in seen(raw)] == [ANA, LUIS]


EXCHANGE = {
    "en": ("Undeliverable: Case", "Delivery has failed to these recipients or groups:", "The address wasn't found."),
    "es": ("No entregado: Caso", "Error de entrega a estos destinatarios o grupos:", "No se encontró la dirección."),
    "pt": ("Não entregue: Caso", "Falha na entrega a estes destinatários ou grupos:", "O endereço não foi encontrado."),
}


@pytest.mark.parametrize("language", EXCHANGE)
@pytest.mark.parametrize("named", [f"Ana Jefe ({ANA})", f"{ANA}", f"Ana Jefe<mailto:{ANA}>", f"{ANA} <mailto:{ANA}>"])
def test_exchange_in_words_alone(language: str, named: str) -> None:
    subject, opens, why = EXCHANGE[language]
    body = f"{opens}\n\n{named}\n{why}\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n\n{HEADERS[language]}\n{COPY}"
    raw = said("Postmaster <postmaster@example.net>", subject, body, In_Reply_To=OURS)
    assert seen(raw) == [(ANA, "failed", "5.1.10")]
    assert report_of(raw).original_message_id == OURS


HEADERS = {
    "en": "Original message headers:",
    "es": "Encabezados de mensajes originales:",
    "pt": "Cabeçalhos de mensagem originais:",
}


@pytest.mark.parametrize(
    ("language", "words", "status"),
    [
        ("en", "The recipient's mailbox is full and can't accept messages now.", "5.2.2"),
        ("es", "El buzón del destinatario está lleno y no admite mensajes.", "5.2.2"),
        ("pt", "A caixa de correio está cheia e não aceita mensagens.", "5.2.2"),
        ("en", "550 5.7.133 Only people inside may write.", "5.7.133"),
        ("es", "550 5.7.133 Solo escriben los de adentro.", "5.7.133"),
    ],
)
def test_exchange_says_why(language: str, words: str, status: str) -> None:
    subject, opens, _ = EXCHANGE[language]
    body = f"{opens}\n\nAna Jefe ({ANA})\n{words}\n"
    one = only(said("postmaster@example.net", subject, body, In_Reply_To=OURS))
    assert (one.address, one.status, one.full) == (ANA, status, status == "5.2.2")


@pytest.mark.parametrize(
    "words",
    [
        f"Address not found\n\nYour message wasn't delivered to {ANA} because the address couldn't be found.",
        f"No se ha encontrado la dirección\n\nTu mensaje no se ha entregado a {ANA} porque no existe.",
        f"Endereço não encontrado\n\nSua mensagem não foi entregue para {ANA} porque o endereço não foi encontrado.",
    ],
)
def test_gmail_in_one_sentence(words: str) -> None:
    raw = said(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        words,
        In_Reply_To=OURS,
    )
    assert seen(raw) == [(ANA, "failed", "5.1.1")]
    assert report_of(raw).original_message_id == OURS


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Warning: message 1aBcDe delayed 24 hours",
            f"Your message has not yet been delivered to:\n\n  {ANA}\n    host mx.example.net: connection timed out\n\n"
            "No action is required. Attempts will continue for some time.",
        ),
        (
            "Delivery Status Notification (Delay)",
            f"Delivery incomplete\n\nThere was a problem with your message to {ANA}. It will be retried for 46 hours.",
        ),
        (
            "Entrega retrasada: Caso",
            f"No se pudo entregar el mensaje a estos destinatarios:\n\nAna ({ANA})\n\nSe seguirá intentando.",
        ),
        ("Entrega atrasada: Caso", f"A entrega para estes destinatários atrasou:\n\n{ANA}\n\nContinuará tentando."),
        ("Warning: could not send message for past 4 hours", f"  ** WARNING ONLY **\n\n<{ANA}>\n\nStill trying."),
    ],
)
def test_a_warning_that_it_is_late_is_no_bounce(subject: str, words: str) -> None:
    one = only(said("Mailer-Daemon@mx.example.net", subject, words))
    assert (one.address, one.action, one.bounced) == (ANA, "delayed", False)


def test_late_and_then_given_up_is_a_bounce() -> None:
    words = f"It was delayed several times. I have given up.\n\n<{ANA}>:\n4.4.1 connection timed out"
    assert only(said("MAILER-DAEMON@mx.example.net", "failure notice", words)).bounced


@pytest.mark.parametrize(
    "words",
    [
        f"These addresses failed:\n\n  interno@example.net\n    (ultimately generated from {ANA})\n    550 5.1.1",
        f"The mail system\n\n<interno@example.net> (expanded from <{ANA}>): host x said:\n    550 5.1.1 unknown",
    ],
    ids=["exim", "postfix"],
)
def test_an_address_that_leads_elsewhere_is_the_one_we_wrote_to(words: str) -> None:
    one = only(said("MAILER-DAEMON@mx.example.net", "Mail delivery failed", words))
    assert (one.address, one.final, one.status) == (ANA, "interno@example.net", "5.1.1")


def test_the_copy_below_a_line_of_yahoos_names_nobody() -> None:
    copy = f"---------- Forwarded message ----------\nTo: {LUIS}\nMessage-ID: {OURS}\n"
    words = f"We were unable to deliver.\n\n<{ANA}>:\n554: 5.1.1 no account\n\n{copy}"
    raw = said("MAILER-DAEMON@yahoo.example.com", "Failure Notice", words)
    assert seen(raw) == [(ANA, "failed", "5.1.1")]
    assert report_of(raw).original_message_id == OURS


def test_exchanges_words_for_administrators_say_why() -> None:
    address = "jefatura.sistemas@sede-norte.example.com"
    words = (
        f"Error de entrega a estos destinatarios o grupos:\n\nJefatura ({address})<mailto:{address}>\nNo existe.\n\n"
        f"Información de diagnóstico para los administradores:\n\nServidor: AA1.example.net\n\n{address}\n"
        f"Remote server returned '550 5.1.10 RecipientNotFound'\n\nEncabezados de mensajes originales:\n\n"
        f"From: {LUIS}\nMessage-ID: {OURS}\n"
    )
    raw = said("postmaster@example.net", "No se puede entregar: Caso", words)
    assert seen(raw) == [(address, "failed", "5.1.10")]
    assert report_of(raw).original_message_id == OURS


def test_the_original_attached_tells_which_mail_and_to_whom() -> None:
    raw = parts(
        "mixed",
        text("Su mensaje no pudo ser entregado."),
        returned(to=f"Ana <{ANA}>"),
        Return_Path="<>",
        From="postmaster@example.net",
        Subject="Mensaje no entregado",
    )
    assert seen(raw) == [(ANA, "failed", "5.0.0")]
    assert report_of(raw).original_message_id == OURS


def test_the_original_that_went_to_several_names_nobody() -> None:
    raw = parts(
        "mixed",
        *(text("Mail could not be delivered."), returned(to=f"{ANA}, {LUIS}")),
        Return_Path="<>",
        From="MAILER-DAEMON@example.net",
    )
    assert seen(raw) == []
    assert report_of(raw).original_message_id == OURS


def test_only_html() -> None:
    body = html(
        f"<p>Delivery has failed to these recipients:</p><p><a href='mailto:{ANA}'>{ANA}</a><br>550 5.1.1 unknown"
    )
    raw = parts("mixed", body, returned(), Return_Path="<>", From="postmaster@example.net", Subject="Undeliverable")
    assert seen(raw) == [(ANA, "failed", "5.1.1")]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"From": ANA, "Subject": "Undeliverable: Caso"}, f"Me llegó esto:\n\n<{LUIS}>:\n550 5.1.1 User unknown"),
        ({"From": "postmaster@example.net", "Subject": "Mantenimiento"}, f"Habrá un corte. Escriba a {LUIS}."),
        ({"From": ANA, "Subject": "Fuera de oficina", "Return-Path": "<>"}, f"Escriba a {LUIS}."),
        (
            {"From": ANA, "Subject": "Automatic reply: Case", "Return-Path": "<>", "Auto-Submitted": "auto-generated"},
            f"Replies may be delayed. Write to {LUIS}; what could not be delivered waits.",
        ),
        (
            {"From": ANA, "Subject": "Vuelvo el lunes", "Return-Path": "<>", "In-Reply-To": OURS},
            f"Mi respuesta estará demorada. Escriba a {LUIS}.",
        ),
        (
            {"From": ANA, "Subject": "Respuesta", "Return-Path": "<>", "Auto-Submitted": "auto-replied"},
            f"No puede ser entregado hoy: could not be delivered. Escriba a {LUIS}.",
        ),
    ],
)
def test_what_is_no_report(headers: dict[str, str], words: str) -> None:
    assert read(mail(headers, words)).report is None


SMTP32 = f"""Unknown user: {ANA}

RCPT TO generated following response:
553 5.3.0 <{ANA}>... Addressee unknown
"""
GATEWAY = f"""****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<{ANA}>
Received >>> 550 5.1.1 unknown user.

Unable to deliver message to <{ANA}> (and other recipients in the same domain).
"""


SPAMLION = f"""Your Message

To:      <{ANA}>

Subject: Caso 1042

Did not reach the following recipient: {ANA}
"""


def test_what_our_own_reading_does_not_know_is_read_by_flufl(monkeypatch) -> None:
    raw = mail({"From": "Postmaster <>", "Subject": "Undeliverable: Caso 1042"}, SPAMLION)
    assert [(each.address, each.action.value) for each in report_of(raw).recipients] == [(ANA, "failed")]
    monkeypatch.setattr(bounces, "all_failures", lambda _mail: (set(), set()))
    assert read(raw).report is None, "it would be taken for a person's"


@pytest.mark.parametrize(
    "headers",
    [
        {
            "From": "Postmaster <postmaster@mx.example.net>",
            "Subject": "Undeliverable Mail",
            "X-Mailer": "<SMTP32 v8.15>",
        },
        {"From": "MAILER-DAEMON@mx.example.net", "Subject": "x", "Precedence": "bulk", "List-Id": "<l.example.net>"},
    ],
    ids=["no standard", "over a list"],
)
def test_what_keeps_to_no_standard_or_comes_over_a_list_is_a_report(headers: dict[str, str]) -> None:
    found = read(mail(headers, SMTP32 if "X-Mailer" in headers else GATEWAY))
    assert found.automatic is Automatic.REPORT
    assert found.report
    assert [(each.address, each.action.value) for each in found.report.recipients] == [(ANA, "failed")]


def test_a_gateway_under_a_persons_address_is_known_by_its_return_path() -> None:
    headers = {"From": "imss@example.net", "Subject": "Mail could not be delivered"}
    assert read(mail({**headers, "Return-Path": "<MAILER-DAEMON@mx.example.net>"}, GATEWAY)).report
    assert read(mail(headers, GATEWAY)).report is None


@pytest.mark.parametrize("subject", ["Fwd: Undelivered Mail Returned to Sender", "Mis correos no se entregan"])
def test_a_person_who_sends_us_a_bounce_has_a_report_of_their_own(subject: str) -> None:
    found = read(mail({"From": LUIS, "Subject": subject}, f"Miren esto:\n\n{GATEWAY}"))
    assert (found.report, found.automatic) == (None, Automatic.NO)


def test_what_flufl_cannot_read_is_read_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(mail: object) -> None:
        raise ValueError

    monkeypatch.setattr(bounces, "all_failures", broken)
    assert read(said("MAILER-DAEMON@mx.example.net", "failure notice", QMAIL)).report
