"""A person, a machine's answer, a list, an alarm of the customer's own: told apart by what each program sends."""

import pytest

from guardia.mail.automatic import Automatic
from guardia.mail.raw_mail import read
from tests.mail.mails import ANA, OURS, mail, parts, text

AWAY, REPLIED, BULK = Automatic.OUT_OF_OFFICE, Automatic.AUTO_REPLIED, Automatic.BULK
MINE = ["noc@noc.example.com"]


def kind(headers: dict[str, str], words: str = "Hola") -> Automatic:
    return read(mail({"From": ANA, "To": MINE[0], **headers}, words), ours=MINE).automatic


OUTLOOK = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "In-Reply-To": OURS}
GMAIL = {"Auto-Submitted": "auto-replied", "Precedence": "bulk", "X-Autoreply": "yes", "In-Reply-To": OURS}
TELEPHONE = {"Auto-Submitted": "auto-replied (vacation)"}
OLD = {"Return-Path": "<>", "Precedence": "junk"}


@pytest.mark.parametrize("program", [OUTLOOK, GMAIL, TELEPHONE, OLD], ids=["outlook", "gmail", "sieve", "old"])
@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Case 1042",
        "Out of Office: Case 1042",
        "Auto-Reply: Case 1042",
        "Respuesta automática: Caso 1042",
        "=?utf-8?B?UmVzcHVlc3RhIGF1dG9tw6F0aWNhOiBDYXNv?=",
        "=?iso-8859-1?Q?Respuesta_autom=E1tica:_Caso?=",
        "Fuera de la oficina: Caso 1042",
        "Estoy de vacaciones Re: Caso 1042",
        "Resposta automática: Caso 1042",
        "Ausência temporária: Caso 1042",
        "Fora do escritório: Caso 1042",
        "De férias: Caso 1042",
    ],
)
def test_out_of_office(program: dict[str, str], subject: str) -> None:
    assert kind({**program, "Subject": subject}) is AWAY


@pytest.mark.parametrize(
    "subject",
    [
        "Estoy fuera de la oficina sin servicio",
        "Out of office hours outage",
        "Corte en la sede de vacaciones",
        "Férias",
    ],
)
def test_a_person_may_write_such_a_subject(subject: str) -> None:
    assert kind({"Subject": subject}) is Automatic.NO
    assert kind({"Subject": subject, "Auto-Submitted": "no", "Return-Path": f"<{ANA}>"}) is Automatic.NO


def test_gmails_vacation_answer_under_our_own_subject() -> None:
    assert kind({**GMAIL, "Subject": "Re: Caso 1042"}) is REPLIED


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Auto-Submitted": "auto-replied"}, REPLIED),
        ({"Auto-Submitted": "AUTO-REPLIED; owner-email=x@example.com"}, REPLIED),
        ({"X-Autorespond": "Caso"}, REPLIED),
        ({"X-Autoresponder": "yes"}, REPLIED),
        ({"X-Vacation": "yes"}, REPLIED),
        ({"X-Mail-Autoreply": "1"}, REPLIED),
        ({"Precedence": "auto_reply"}, REPLIED),
        ({"X-Autoreply": "no"}, Automatic.NO),
        ({"Auto-Submitted": "no"}, Automatic.NO),
        ({"Auto-Submitted": ""}, Automatic.NO),
        ({"Return-Path": "<>"}, REPLIED),
        ({"Return-Path": "<ana@example.com>"}, Automatic.NO),
    ],
)
def test_another_machines_answer(headers: dict[str, str], expected: Automatic) -> None:
    assert kind({"Subject": "Re: Caso 1042", **headers}) is expected


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({"Auto-Submitted": "auto-generated"}, "PROBLEM: sede-norte is DOWN"),
        ({"Auto-Submitted": "auto-generated", "Precedence": "bulk"}, "[Alarma] Enlace caído en la matriz"),
        ({"Precedence": "bulk"}, "Resuelto: latencia alta"),
        ({"Auto-Submitted": "auto-notified"}, "Change of ticket 4711"),
    ],
)
def test_the_alarm_of_a_customers_own_monitoring_is_a_machines_but_no_answer(
    headers: dict[str, str], subject: str
) -> None:
    found = read(mail({"From": "monitor@example.com", "Subject": subject, **headers}, "sede-norte no responde"))
    assert (found.automatic, found.report, found.text) == (BULK, None, "sede-norte no responde")


def test_a_monitoring_that_says_nothing_of_itself_is_taken_for_a_person() -> None:
    assert kind({"From": "monitor@example.com", "Subject": "Enlace caído"}) is Automatic.NO


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"List-Id": "Redes <redes.example.com>"}, Automatic.LIST),
        ({"List-Post": "<mailto:redes@example.com>", "List-Unsubscribe": "<https://example.com/u>"}, Automatic.LIST),
        ({"Precedence": "list"}, Automatic.LIST),
        ({"Mailing-List": "contact redes-help@example.com"}, Automatic.LIST),
        ({"List-Unsubscribe": "<https://example.com/u>"}, BULK),
        ({"List-Unsubscribe": "<https://example.com/u>", "Precedence": "bulk"}, BULK),
        # Some companies' servers add it to whatever leaves; in an answer to us a person wrote it.
        ({"List-Unsubscribe": "<mailto:u@example.com>", "In-Reply-To": OURS}, Automatic.NO),
        # Our own mailbox may be a group, which says it is a list.
        ({"List-Id": "<noc.noc.example.com>", "Precedence": "list"}, Automatic.NO),
        ({"List-Post": "<https://groups.example.com/noc>, <mailto:noc@noc.example.com>"}, Automatic.NO),
        ({"List-Id": "<otra.noc.example.com>"}, Automatic.LIST),
    ],
)
def test_lists_and_persons(headers: dict[str, str], expected: Automatic) -> None:
    assert kind({"Subject": "Caso", **headers}) is expected


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Guardia-Moment": "registered"},
        {"X-Loop": "guardia@noc.example.com"},
        {"X-Guardia-Moment": "x", "List-Id": "<l>"},
    ],
)
def test_our_own_that_came_back(headers: dict[str, str]) -> None:
    assert kind({"Subject": "Caso", **headers}) is Automatic.OWN


def test_an_invitation_or_a_receipt_of_outlook_is_written_by_a_person() -> None:
    assert kind({"Subject": "Aceptada: Ventana", "X-Auto-Response-Suppress": "DR, OOF, AutoReply"}) is Automatic.NO


@pytest.mark.parametrize(
    ("sender", "subject", "expected"),
    [
        ("MAILER-DAEMON@example.net", "hello", Automatic.REPORT),
        ("postmaster@example.net", "Mensaje no entregado", Automatic.REPORT),
        ("postmaster@example.net", "Mantenimiento del correo", Automatic.NO),
        ("noreply@example.net", "Su factura", Automatic.NO),
    ],
)
def test_from_the_mail_system(sender: str, subject: str, expected: Automatic) -> None:
    assert kind({"From": sender, "Subject": subject}) is expected


@pytest.mark.parametrize(
    "subject",
    [
        "Fuera de la oficina: Caso 1042",
        "Automatic reply: Case 1042",
        "Respuesta automática: Caso 1042",
        "Resposta automática: Caso 1042",
        "Out of Office: Case 1042",
        "Out of Office AutoReply: Case 1042",
        "Ausente: Caso 1042",
        "=?utf-8?B?UmVzcHVlc3RhIGF1dG9tw6F0aWNhOiBDYXNv?=",
    ],
)
def test_such_a_subject_is_a_machines_without_any_header(subject: str) -> None:
    assert kind({"Subject": subject}) is AWAY


@pytest.mark.parametrize("subject", ["Re: Ausente: Caso", "Ausente el técnico", "Fuera de la oficina no hay servicio"])
def test_but_not_where_a_person_may_have_begun_it(subject: str) -> None:
    assert kind({"Subject": subject}) is Automatic.NO


REPORT = {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="b"'}


@pytest.mark.parametrize("more", [{}, {"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_a_multipart_report_of_which_nobody_can_read_the_address_is_a_report(more: dict[str, str]) -> None:
    found = read(mail({"From": ANA, "Subject": "x", **REPORT, **more}, "--b\n\nNo se entregó.\n--b--\n"))
    assert (found.report, found.automatic) == (None, Automatic.REPORT)


def test_a_receipt_of_reading_is_none() -> None:
    receipt = {"Content-Type": 'multipart/report; report-type=disposition-notification; boundary="b"'}
    assert read(mail({"From": ANA, **receipt}, "--b\n\nLeído.\n--b--\n")).automatic is REPLIED


CALENDAR = "BEGIN:VCALENDAR\nMETHOD:{}\nBEGIN:VEVENT\nSUMMARY:Visita\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize("method", ["REPLY", "reply", "COUNTER"])
@pytest.mark.parametrize("said", ["; method=REPLY", ""])
def test_the_acceptance_of_an_invitation_reports_nothing(method: str, said: str) -> None:
    calendar = f"Content-Type: text/calendar; charset=utf-8{said}\n\n{CALENDAR.format(method)}"
    raw = parts("alternative", text("Ana ha aceptado."), calendar, Subject="Aceptada: Visita")
    assert read(raw).automatic is REPLIED


def test_an_invitation_is_a_persons() -> None:
    calendar = f"Content-Type: text/calendar; method=REQUEST\n\n{CALENDAR.format('REQUEST')}"
    assert read(parts("alternative", text("Nos reunimos."), calendar, Subject="Visita")).automatic is Automatic.NO
