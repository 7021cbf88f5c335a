"""What is written into the log names no secret and no person: tokens, mail addresses and numbers are left out.

Names of persons are never given to the log in the first place: it names rows by their ids.
"""

import logging
import re

DOORS = (
    *(
        "telefonia",
        "api/v1/cti",
        "api/v1/tests",
        "api/alertas",
        "ajustes/textos/html",
        "campo/(?:v|estado|envios|fotos)",
        "entrar/enlace",
    ),
    *("c/caso", "c/informe", "c/no-es-asi", "c/quien-responde", "c/trabajo", "escalar", "responder"),
    *("mi-empresa/codigo", "mi-empresa/con", "mi-empresa/confirmar"),
)
TOKEN = re.compile(rf"(/(?:{'|'.join(DOORS)})/)[^\s/?'\"]+")

KEY = re.compile(r"([?&](?:clave|state|code|SAMLResponse|RelayState)=)[^\s&'\"]+")
"""In the question of an address: the key of the first steps, and what a directory sends back."""

MAIL = re.compile(r"[^\s<>\"'(),;:=@]+@(?=[\w-]+\.[\w.-]+)")
NUMBER = re.compile(r"(?<![\w.:])(?:\+\d[\d -]{6,}\d|0\d{8,9})(?![\w.])")
DETAIL = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)
"""PostgreSQL repeats the values of a row that breaks a constraint."""


def without_persons(text: str) -> str:
    """The text without the part of a mail address before its @, without telephone numbers, without a row's values."""
    return NUMBER.sub("…", MAIL.sub("…@", DETAIL.sub(r"\1: …", without_secrets(text))))


def without_secrets(text: str) -> str:
    return KEY.sub(r"\1…", TOKEN.sub(r"\1…", text))


class WithoutTokens(logging.Filter):
    """Django names the address of a request that went wrong; whoever reads the log could speak for the exchange, or for
    a contact."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        without = without_secrets(said)
        if without != said:
            record.msg, record.args = without, None
        return True
