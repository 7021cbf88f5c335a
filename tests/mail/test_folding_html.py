"""What the person wrote, apart from the history below it, where the mail is HTML alone: Gmail, iPhone, Outlook."""

import pytest

from guardia.mail.raw_mail import read
from tests.mail.mails import html, parts

NOC = "Centro de Gestión &lt;noc@example.com&gt;"


def of_html(body: str, subject: str = "Re: Caso 1042") -> tuple[str, str]:
    found = read(parts("mixed", html(body), Subject=subject))
    return found.text, found.quoted


GMAIL = {
    "es": ("Ya tenemos servicio.", f"El mar, 24 nov 2026 a las 10:15, {NOC} escribió:"),
    "es, an hour in words": ("Sigue caído.", f"El mar, 24 nov 2026 a la(s) 10:15 a.m., {NOC} escribió:"),
    "pt": ("Já voltou.", f"Em ter., 24 de nov. de 2026 às 10:15, {NOC} escreveu:"),
    "en": ("It is back.", f"On Tue, Nov 24, 2026 at 10:15 AM {NOC} wrote:"),
}


@pytest.mark.parametrize("language", GMAIL)
def test_gmail(language: str) -> None:
    own, intro = GMAIL[language]
    text, quoted = of_html(
        f'<div dir="auto">{own}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{intro}<br></div><blockquote class="gmail_quote" '
        'style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Su caso sigue abierto.</div>'
        "</blockquote></div>"
    )
    assert text == own
    assert "> Su caso sigue abierto." in quoted


IPHONE = {
    "es": ("Ya volvió", "Enviado desde mi iPhone", f"El 24 nov 2026, a la(s) 10:15 a. m., {NOC} escribió:"),
    "es, of Spain": ("Ya volvió", "Enviado desde mi iPhone", f"El 24 nov 2026, a las 10:15, {NOC} escribió:"),
    "pt": ("Voltou", "Enviado do meu iPhone", f"Em 24 de nov. de 2026, à(s) 10:15, {NOC} escreveu:"),
    "en": ("It is back", "Sent from my iPhone", f"On Nov 24, 2026, at 10:15 AM, {NOC} wrote:"),
}


@pytest.mark.parametrize("language", IPHONE)
def test_iphone(language: str) -> None:
    own, phone, intro = IPHONE[language]
    text, quoted = of_html(
        f'<html><body dir="auto">{own}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{phone}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">{intro}<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">Su caso sigue abierto.</div></blockquote></body></html>'
    )
    assert text == own
    assert phone in quoted
    assert "Su caso sigue abierto." in quoted


OUTLOOK = {
    "es": ("De:", "Enviado:", "Para:", "Asunto:", "martes, 24 de noviembre de 2026 10:15"),
    "es, the program": ("De:", "Enviado el:", "Para:", "Asunto:", "martes, 24 de noviembre de 2026 10:15"),
    "pt": ("De:", "Enviado:", "Para:", "Assunto:", "terça-feira, 24 de novembro de 2026 10:15"),
    "pt, the program": ("De:", "Enviada em:", "Para:", "Assunto:", "terça-feira, 24 de novembro de 2026 10:15"),
    "en": ("From:", "Sent:", "To:", "Subject:", "Tuesday, November 24, 2026 10:15 AM"),
    "on a Mac": ("De:", "Fecha:", "Para:", "Asunto:", "martes, 24 de noviembre de 2026, 10:15"),
}


def block(language: str) -> str:
    who, when, to, about, day = OUTLOOK[language]
    lines = ((who, NOC), (when, day), (to, "Ana &lt;ana@example.com&gt;"), (about, "Caso 1042"))
    return "<br>".join(f"<b>{name}</b> {value}" for name, value in lines)


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize("prefix", ["", "x_"])
def test_outlook_on_the_web(language: str, prefix: str) -> None:
    text, quoted = of_html(
        f'<div class="elementToProof">Sigue sin servicio.</div><div id="{prefix}appendonsend"></div><hr tabindex="-1">'
        f'<div id="{prefix}divRplyFwdMsg" dir="ltr"><font face="Calibri">{block(language)}</font></div>'
        "<div>Su caso sigue abierto.</div>"
    )
    assert text == "Sigue sin servicio."
    assert quoted.endswith("Su caso sigue abierto.")
    assert "\x01" not in quoted


@pytest.mark.parametrize("language", OUTLOOK)
def test_outlook_the_program(language: str) -> None:
    text, quoted = of_html(
        '<div class="WordSection1"><p class="MsoNormal">Sigue sin servicio.<o:p></o:p></p><p class="MsoNormal">'
        '<o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{block(language)}<o:p></o:p></p></div>'
        '<p class="MsoNormal">Su caso sigue abierto.</p></div>'
    )
    assert text == "Sigue sin servicio."
    assert quoted.endswith("Su caso sigue abierto.")


@pytest.mark.parametrize(
    "phone",
    ["Obtener Outlook para Android", "Get Outlook for iOS", "Obter o Outlook para Android", "Obter Outlook para iOS"],
)
def test_outlook_on_a_telephone(phone: str) -> None:
    text, quoted = of_html(
        f'<div dir="auto">Ya reiniciamos.</div><div id="ms-outlook-mobile-signature"><a href="https://example.com/o">{phone}</a>'
        f'</div><div id="mail-editor-reference-message-container"><hr><div>{block("es")}</div><div>Su caso</div></div>'
    )
    assert text == "Ya reiniciamos."
    assert phone in quoted
    assert quoted.endswith("Su caso")


GMAIL_ATTR = f'<div dir="ltr" class="gmail_attr">{GMAIL["es"][1]}<br></div>'


def test_below_the_history_in_html() -> None:
    text, quoted = of_html(
        f'<div class="gmail_quote">{GMAIL_ATTR}<blockquote class="gmail_quote">¿Hay energía?</blockquote></div>'
        "<div>Sí, hay.</div>"
    )
    assert text == "Sí, hay."
    assert "> ¿Hay energía?" in quoted.split("\n")


def test_between_its_lines_in_html() -> None:
    text, quoted = of_html(
        f'<div class="gmail_quote">{GMAIL_ATTR}<blockquote class="gmail_quote">¿Hay energía?</blockquote>'
        '<div>Sí, hay.</div><blockquote class="gmail_quote">¿Y el equipo?</blockquote><div>Reiniciado.</div></div>'
    )
    lines = [line for line in text.split("\n") if line.strip("> ")]
    assert lines[1:] == ["> ¿Hay energía?", "Sí, hay.", "> ¿Y el equipo?", "Reiniciado."]
    assert quoted == ""


def test_forwarded_from_outlook_on_the_web() -> None:
    text, quoted = of_html(
        f'<div>Vean.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{block("es")}</div>Sin luz',
        "RV: Caída",
    )
    assert text.startswith("Vean.\n")
    assert text.endswith("Sin luz")
    assert quoted == ""


def test_text_beside_html_is_what_is_read() -> None:
    alternative = parts("alternative", "Content-Type: text/plain\n\nSolo texto", html("<b>Solo HTML</b>"))
    assert (read(alternative).text, read(alternative).html) == ("Solo texto", "<b>Solo HTML</b>")


def test_an_empty_text_beside_html() -> None:
    assert read(parts("alternative", "Content-Type: text/plain\n\n \n", html("<p>Uno</p><p>Dos"))).text == "Uno\n\nDos"
