"""What the person wrote, apart from the history that each program hangs below it, in text."""

import pytest

from guardia.mail.folding import folded
from guardia.mail.raw_mail import read
from tests.mail.mails import mail


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Listo.\n\nEl mar, 24 nov 2026 a las 10:15, NOC (<noc@example.com>)\nescribió:\n\n> Su caso\n", "Listo."),
        ("Feito.\n\nEm 24/11/2026 10:15, NOC escreveu:\n> Seu caso", "Feito."),
        ("Done.\n\nOn 24/11/2026 10:15, NOC wrote:\n> Your case\n>> older", "Done."),
        ("Listo.\n\nEl 24/11/2026 a las 10:15, NOC escribió:\n> Su caso", "Listo."),
        (
            "Done.\n\n________________________________\nFrom: NOC\nSent: Tuesday\nTo: Ana\nSubject: Case\n\nYour case",
            "Done.",
        ),
        ("Listo.\n\n-----Mensaje original-----\nDe: NOC\nEnviado el: martes\nAsunto: Caso\n\nSu caso", "Listo."),
        ("Feito.\n\n-----Mensagem original-----\nDe: NOC\nAssunto: Caso\n\nSeu caso", "Feito."),
        ("Done.\n\n----- Original Message -----\nFrom: NOC\nSubject: Case\n\nYour case", "Done."),
        ("Ya.\n\nEl mar., 24 de noviembre de 2026 10:15, NOC<noc@example.com> escribió:\n  Su caso", "Ya."),
        ("Ya.\n\n*De:* NOC <noc@example.com>\n*Enviado:* martes\n*Para:* Ana\n*Asunto:* Caso\n\nSu caso", "Ya."),
    ],
)
def test_above_the_history(body: str, text: str) -> None:
    own, rest = folded(body, "Re: Caso")
    assert own == text
    assert rest.rstrip().endswith(("caso", "Su caso", "case", "older"))


@pytest.mark.parametrize(
    "phone",
    ["Enviado desde mi iPhone", "Enviado do meu Galaxy", "Sent from my iPad", "Enviado desde Outlook para Android"],
)
def test_a_telephones_line(phone: str) -> None:
    assert folded(f"Ya volvió\n\n{phone}") == ("Ya volvió", phone)


@pytest.mark.parametrize(
    "intro",
    [
        "El martes, 24 de noviembre de 2026, 10:15:00 GMT-5, NOC <noc@example.com> escribió:",
        "Em terça-feira, 24 de novembro de 2026 às 10:15:00 BRT, NOC <noc@example.com> escreveu:",
        "On Tuesday, November 24th, 2026 at 10:15 AM, NOC <noc@example.com> wrote:",
        "---- El mar, 24 nov 2026 10:15:00 -0500 NOC <noc@example.com> escribió ----",
        "---- On Tue, 24 Nov 2026 10:15:00 -0500 NOC <noc@example.com> wrote ---",
        "-------- Mensaje original --------\nDe: NOC\nFecha: 24/11/26 10:15 (GMT-05:00)\nA: Ana\nAsunto: Caso\n",
        "-----Mensaje original-----",
        "De: NOC\nPara: Ana\nEnviados: Martes, 24 de Noviembre 2026 10:15:00\nAsunto: Caso\n",
        "________________________________\nDe: NOC\nEnviado: martes\nPara: Ana\nAsunto: Caso\n",
        "Citando a NOC <noc@example.com>:",
        "Mensaje citado por NOC <noc@example.com>:",
        "2026-11-24 10:15 GMT-05:00 NOC <noc@example.com>:",
        "  El mar., 24 de nov. de 2026 a la(s) 10:15, NOC<noc@example.com> escribió:   Estimada Ana",
    ],
)
@pytest.mark.parametrize("below", ["> Su caso", "Su caso"])
def test_what_other_programs_set_above_the_history(intro: str, below: str) -> None:
    own, rest = folded(f"Ya volvió.\n\n{intro}\n{below}\n", "Re: Caso")
    assert own == "Ya volvió."
    assert rest.endswith(below)


def test_below_the_history() -> None:
    body = "El 24/11/2026 a las 10:15, NOC escribió:\n> Su caso\n> sigue abierto\n\nYa volvió, gracias.\n"
    assert folded(body, "Re: Caso")[0] == "Ya volvió, gracias."


def test_between_its_lines() -> None:
    body = (
        "Respondo abajo.\n\nOn 24/11/2026 10:15, NOC wrote:\n> ¿Hay energía?\nSí, desde las 9:00.\n\n"
        "> ¿Probaron el equipo?\nNo.\n"
    )
    text, _ = folded(body, "Re: Caso")
    for words in ("Respondo abajo.", "> ¿Hay energía?", "Sí, desde las 9:00.", "> ¿Probaron el equipo?", "No."):
        assert words in text.split("\n")


@pytest.mark.parametrize(
    "says", ["Mis respuestas en rojo.", "Please see below.", "Respondi abaixo em azul.", "Ver abajo"]
)
def test_inside_outlooks_history_which_bears_no_marks(says: str) -> None:
    body = f"{says}\n\nDe: NOC\nEnviado: martes\nPara: Ana\nAsunto: Caso\n\n¿Hay energía? Sí, hay."
    assert folded(body, "RE: Caso") == (body, "")


def test_nothing_above_the_history_means_that_the_answer_is_in_it() -> None:
    body = "De: NOC\nEnviado: martes\nPara: Ana\nAsunto: Caso\n\n¿Hay energía? Sí, hay."
    assert folded(body, "RE: Caso") == (body, "")


@pytest.mark.parametrize(
    "subject", ["Fwd: Caso", "RV: Caso", "ENC: Caso", "Reenv: Caso", "FW: Caso", "Encaminhada: Caso"]
)
def test_what_is_forwarded_stays(subject: str) -> None:
    body = "Vean.\n\nDe: sede\nEnviado: martes\nPara: Ana\nAsunto: Caída\n\nSin servicio desde las 8:00"
    assert folded(body, subject) == (body, "")


@pytest.mark.parametrize(
    "body",
    [
        "De: la sede norte no hay servicio",
        "El técnico que vino el 24/11/2026 escribió en el acta que todo estaba bien.",
        "Desde: 10:15\nHasta: 11:00\nAsunto: pérdida de paquetes",
        "Para: quien corresponda\nAsunto: corte",
        "----------\nPing: 200 ms\n----------",
        "Nos escribió el NOC a las 10:15:\nque ya volvió",
        "> 200 ms en la matriz",
        "1) se cae a las 10:15:\n2) vuelve sola",
    ],
)
def test_words_that_only_look_like_history_stay(body: str) -> None:
    assert folded(body, "Caso") == (body, "")


@pytest.mark.parametrize("mark", ["-- ", "--"])
def test_a_signature(mark: str) -> None:
    assert folded(f"Sigue caído.\n\n{mark}\nJefatura de Sistemas\nexample.com")[0] == "Sigue caído."


def test_a_long_thing_below_two_dashes_is_no_signature() -> None:
    body = "Adjunto el ping.\n--\n" + "\n".join(f"linea {n}" for n in range(30))
    assert folded(body) == (body, "")


def test_a_signature_below_the_history_is_no_answer_to_it() -> None:
    quote = "El 24/11/2026 a las 10:15, NOC escribió:\n> Su caso\n"
    for signature in ("-- \nAna", "Enviado desde mi iPhone"):
        text, rest = folded(f"Ya volvió.\n\n{quote}\n{signature}", "Re: Caso")
        assert text == "Ya volvió."
        assert rest.endswith(signature.replace("-- ", "--"))
    assert folded("-- \nAna") == ("--\nAna", "")


def test_history_alone_is_no_word_of_the_persons() -> None:
    body = "El 24/11/2026 a las 10:15, NOC escribió:\n> Su caso"
    assert folded(body, "Re: Caso") == ("", body)


def test_a_trace_of_many_lines_is_read_to_its_end() -> None:
    body = "\n".join(["Traza:", *(f"{n}" for n in range(25_000))])
    assert read(mail({"From": "ana@example.com"}, body)).text == body


def test_a_mail_of_endless_turns_between_quote_and_answer_stays_as_it_is() -> None:
    body = "> a\nb\n" * 1_500
    assert folded(body) == (body.strip("\n"), "")
