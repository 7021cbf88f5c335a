"""Reports that keep to RFC 3464: which mail, which addresses, and what became of it for each."""

import pytest

from guardia.mail.automatic import Automatic
from guardia.mail.raw_mail import read
from guardia.mail.statuses import Recipient, Report
from tests.mail.mails import ANA, LUIS, OURS, html, parts, returned, status, text

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.com>"


def fields(address: str, action: str, code: str, words: str, **more: str) -> str:
    extra = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return (
        f"Final-Recipient: rfc822; {address}\n{extra}Action: {action}\nStatus: {code}\nDiagnostic-Code: smtp; {words}"
    )


def dsn(*each: str, sender: str = DAEMON, subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    kind = "report; report-type=delivery-status"
    return parts(kind, *each, Return_Path="<>", From=sender, Subject=subject, Auto_Submitted="auto-replied")


def report_of(raw: bytes) -> Report:
    found = read(raw)
    assert found.automatic is Automatic.REPORT
    assert found.report is not None
    return found.report


def only(raw: bytes) -> Recipient:
    report = report_of(raw)
    assert (report.original_message_id, report.standard) == (OURS, True)
    (one,) = report.recipients
    return one


POSTFIX = dsn(
    text(f"El sistema no pudo entregar a <{ANA}>: host mx.example.net dijo: 550 5.1.1 (in reply to RCPT TO command)"),
    status(
        fields(
            ANA, "failed", "5.1.1", "550 5.1.1 <ana@example.com>:\n    User unknown", Original_Recipient=f"rfc822;{ANA}"
        ),
        head="Reporting-MTA: dns; mx.example.com\nX-Postfix-Queue-ID: 4F1\nX-Postfix-Sender: rfc822; noc@example.com",
    ),
    returned(),
)


def test_postfix() -> None:
    one = only(POSTFIX)
    assert (one.address, one.action, one.status, one.final) == (ANA, "failed", "5.1.1", "")
    assert one.words == "550 5.1.1 <ana@example.com>: User unknown"
    assert (one.bounced, one.lasting, one.full) == (True, True, False)


def test_its_files_are_what_came_with_it_and_its_text_is_for_the_desk() -> None:
    found = read(POSTFIX)
    assert [(each.type, each.refused) for each in found.files] == [("text/plain", ""), ("message/rfc822", "")]
    assert found.text.startswith("El sistema no pudo entregar")
    assert found.quoted == ""


def test_only_headers_attached() -> None:
    assert only(
        dsn(text("Nope"), status(fields(ANA, "failed", "5.1.1", "550")), returned("text/rfc822-headers"))
    ).bounced


def test_neither_mail_nor_headers_attached_but_the_identifier_among_the_fields() -> None:
    head = f"Reporting-MTA: dns; mx.example.com\nX-Original-Message-ID: {OURS}"
    assert only(dsn(text("Nope"), status(fields(ANA, "failed", "5.1.1", "550"), head=head))).bounced


def test_sendmail_names_the_address_without_a_status_of_use() -> None:
    raw = dsn(
        text("   ----- The following addresses had permanent fatal errors -----\n<ana@example.com>"),
        status(
            f"Final-Recipient: RFC822; {ANA}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: SMTP; 550 User unknown"
        ),
        returned(),
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>",
        subject="Returned mail: see transcript for details",
    )
    assert (only(raw).address, only(raw).status, only(raw).lasting) == (ANA, "5.1.1", True)


def test_exim() -> None:
    raw = dsn(
        text(f"This message was created automatically.\n\n  {ANA}\n    Unrouteable address"),
        status(f"Action: failed\nFinal-Recipient: rfc822;{ANA}\nStatus: 5.0.0"),
        returned(),
        subject="Mail delivery failed: returning message to sender",
    )
    assert (only(raw).address, only(raw).status, only(raw).lasting) == (ANA, "5.1.2", True)
    assert only(raw).words == "Unrouteable address"


def exchange(subject: str, words: str, code: str, said: str) -> bytes:
    return parts(
        "report; report-type=delivery-status",
        f'Content-Type: multipart/alternative; boundary="in"\n\n--in\n{html(f"<p>{words}</p>")}\n--in--',
        status(fields(ANA, "failed", code, said), head="Reporting-MTA: dns;AA1PR01.prod.example.com"),
        returned(),
        Return_Path="<>",
        From="MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com",
        Subject=subject,
        In_Reply_To=OURS,
        Auto_Submitted="auto-replied",
    )


@pytest.mark.parametrize(
    ("subject", "words", "code", "said", "lasting"),
    [
        ("Undeliverable: Case", "Your message could not reach ana", "5.1.10", "550 5.1.10 RecipientNotFound", True),
        (
            "No se puede entregar: Caso",
            "No hemos podido encontrar a ana",
            "5.1.10",
            "550 5.1.10 RecipientNotFound",
            True,
        ),
        ("Não é possível entregar: Caso", "A mensagem não chegou a ana", "5.1.10", "550 5.1.10 NotFound", True),
        ("No se puede entregar: Caso", "El buzón de ana está lleno", "5.2.2", "554 5.2.2 mailbox full", False),
        ("Undeliverable: Case", "ana only takes mail from some", "5.7.124", "550 5.7.124 not authorised", True),
    ],
)
def test_exchange_in_three_languages(subject: str, words: str, code: str, said: str, lasting: bool) -> None:
    raw = exchange(subject, words, code, said)
    one = only(raw)
    assert (one.address, one.action, one.status, one.words, one.lasting) == (ANA, "failed", code, said, lasting)
    assert read(raw).text == words


GMAIL = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"


@pytest.mark.parametrize(
    ("title", "said", "code", "told", "full"),
    [
        ("Address not found", "550-5.1.1 The account does not\n 550 5.1.1 exist - gsmtp", "5.1.1", "5.1.1", False),
        ("Recipient inbox full", "452-4.2.2 The inbox is out of\n 452 4.2.2 storage - gsmtp", "4.2.2", "4.2.2", True),
        ("Recipient inbox full", "552-5.2.2 The account is over\n 552 5.2.2 quota - gsmtp", "5.2.2", "5.2.2", True),
        ("Message blocked", "550-5.7.1 Our system has detected\n 550 5.7.1 a rate - gsmtp", "5.7.1", "5.7.1", False),
    ],
)
def test_gmail(title: str, said: str, code: str, told: str, full: bool) -> None:
    body = html(f"<table><tr><td><h2>{title}</h2><p>Your message did not reach <b>{ANA}</b></p></td></tr></table>")
    alternatives = (
        f'Content-Type: multipart/alternative; boundary="a"\n\n--a\n{text(f"** {title} **")}\n--a\n{body}\n--a--'
    )
    related = f'Content-Type: multipart/related; boundary="r"\n\n--r\n{alternatives}\n--r--'
    one = only(
        parts(
            "report; report-type=delivery-status",
            *(related, status(fields(ANA, "failed", code, said)), returned()),
            Return_Path="<>",
            From=GMAIL,
            Subject="Delivery Status Notification (Failure)",
            X_Failed_Recipients=ANA,
        )
    )
    assert (one.address, one.bounced, one.status, one.full) == (ANA, True, told, full)


@pytest.mark.parametrize(
    ("code", "said", "full", "lasting"),
    [
        ("5.2.2", "552 5.2.2 mailbox full", True, False),
        ("4.2.2", "452 4.2.2 over quota", True, False),
        ("5.0.0", "552 quota exceeded", True, False),
        ("5.2.0", "550 mailbox is full", True, False),
        ("5.7.1", "550 5.7.1 refused by policy", False, True),
        ("5.7.26", "550 5.7.26 unauthenticated", False, True),
        ("5.7.0", "552 5.7.0 content blocked", False, True),
        ("5.3.4", "552 5.3.4 message too big", False, True),
        ("5.1.1", "550 5.1.1 no such user", False, True),
        ("4.4.7", "expired", False, False),
    ],
)
def test_a_full_mailbox_a_policy_and_a_wrong_address_are_told_apart(
    code: str, said: str, full: bool, lasting: bool
) -> None:
    one = only(dsn(text("x"), status(fields(ANA, "failed", code, said)), returned()))
    assert (one.bounced, one.full, one.lasting) == (True, full, lasting)
    assert one.status == ("5.2.2" if full and code[0] == "5" else code)


def test_several_recipients_each_with_its_own_fate() -> None:
    raw = dsn(
        text("x"),
        status(
            fields(ANA, "failed", "5.1.1", "550 5.1.1 unknown"),
            fields("mesa@example.com", "failed", "4.4.7", "expired", Original_Recipient=f"rfc822; {LUIS}"),
            fields("sede@example.com", "delayed", "4.4.1", "no answer"),
            "Final-Recipient: rfc822; turno@example.com\nAction: relayed (to a server of no reports)\nStatus: 2.0.0",
            "Final-Recipient: rfc822; jefe@example.com\nAction: delivered\nStatus: 2.1.5",
        ),
        returned(),
    )
    report = report_of(raw)
    assert [(each.address, each.final, str(each.action), each.status) for each in report.recipients] == [
        (ANA, "", "failed", "5.1.1"),
        (LUIS, "mesa@example.com", "failed", "4.4.7"),
        ("sede@example.com", "", "delayed", "4.4.1"),
        ("turno@example.com", "", "relayed", "2.0.0"),
        ("jefe@example.com", "", "delivered", "2.1.5"),
    ]


def test_a_warning_that_it_is_late_is_no_bounce() -> None:
    one = only(
        dsn(
            text("It will be retried until it is 5 days old."),
            status(
                fields(ANA, "delayed", "4.4.1", "connect timed out", Will_Retry_Until="Mon, 30 Nov 2026 10:15:00 -0500")
            ),
            returned("text/rfc822-headers"),
            subject="Delayed Mail (still being retried)",
        )
    )
    assert (one.action, one.status, one.bounced) == ("delayed", "4.4.1", False)


def test_an_internationalised_report() -> None:
    part = status("Final-Recipient: utf-8; josé@example.com\nAction: failed\nStatus: 5.1.1")
    raw = dsn(text("x"), part.replace("message/delivery-status", "message/global-delivery-status"), returned())
    assert only(raw).address == "josé@example.com"


def test_the_part_for_machines_encoded_in_base64() -> None:
    part = """Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlLmNvbQoKRmluYWwtUmVjaXBpZW50OiByZmM4
MjI7IGFuYUBleGFtcGxlLmNvbQpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==
"""
    assert only(dsn(text("x"), part, returned())).address == ANA


def test_a_receipt_of_reading_is_no_report_on_delivery() -> None:
    raw = parts(
        "report; report-type=disposition-notification",
        text("Se mostró el mensaje"),
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {ANA}\nDisposition: x; displayed",
        Subject="Leído: Caso",
    )
    found = read(raw)
    assert (found.report, found.automatic) == (None, Automatic.AUTO_REPLIED)


def test_a_report_of_abuse_is_no_report_on_delivery() -> None:
    raw = parts(
        "report; report-type=feedback-report",
        text("An abuse report"),
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1",
        returned(),
        From="fbl@example.com",
        Subject="complaint",
    )
    found = read(raw)
    assert (found.report, found.automatic) == (None, Automatic.AUTO_REPLIED)


def test_somebody_who_forwards_a_bounce_as_a_file_sends_no_report() -> None:
    inner = "Content-Type: message/rfc822\n\n" + POSTFIX.decode()
    found = read(parts("mixed", text("¿Qué es esto?"), inner, boundary="out", Subject="Fwd: rebote"))
    assert (found.report, found.automatic, found.text) == (None, Automatic.NO, "¿Qué es esto?")
