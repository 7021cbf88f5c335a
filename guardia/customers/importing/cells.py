"""How a cell says what is no text: yes and no, bands, languages, what a person is told. Spanish and English words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.contact import WayKind
from guardia.customers.values import Misfit, fold, not_among
from guardia.procedure.vocabulary import Band, CaseKind, Topic

Cell = Callable[[str], Any]
YES = {"si", "s", "yes", "y", "x", "1", "true", "verdadero"}
NO = {"no", "n", "0", "false", "falso"}
BANDS = {
    "principal": Band.MAIN,
    "intermedia": Band.INTERMEDIATE,
    "remota": Band.REMOTE,
    "main": Band.MAIN,
    "intermediate": Band.INTERMEDIATE,
    "remote": Band.REMOTE,
}
TOPICS = {
    "registro": Topic.REGISTRATION,
    "diagnostico": Topic.DIAGNOSIS,
    "ejecucion": Topic.EXECUTION,
    "verificacion": Topic.VERIFICATION,
    "seguimiento": Topic.STABILITY,
    "cierre": Topic.CLOSURE,
    "avances": Topic.NEWS,
    "esperas": Topic.WAITS,
}
CASE_KINDS = {
    "incidentes": CaseKind.INCIDENT,
    "requerimientos": CaseKind.REQUEST,
    "incidente": CaseKind.INCIDENT,
    "requerimiento": CaseKind.REQUEST,
}
WAYS = {"sms": WayKind.SMS, "whatsapp": WayKind.WHATSAPP, "correo": WayKind.MAIL, "voz": WayKind.VOICE}
EVERYTHING, NOTHING = {"todo", "all", ""}, {"nada", "nothing", "-"}


def text(cell: str) -> str:
    return cell


def yes_no(default: bool) -> Cell:
    """An empty cell says what a new row would have."""

    def read(cell: str) -> bool:
        word = fold(cell)
        if word in YES or word in NO:
            return word in YES
        if not word:
            return default
        raise Misfit(_("“%s” is neither yes nor no. Write si or no.") % cell[:40])

    return read


def band(cell: str) -> str:
    word = fold(cell)
    if not word:
        return ""
    if word not in BANDS:
        raise Misfit(not_among(cell[:40], ["principal", "intermedia", "remota"]))
    return BANDS[word].value


def topics(cell: str) -> list[str]:
    """``todo``, ``nada``, or topics parted by commas, bars or blanks; empty is everything."""
    return _listed(cell, TOPICS, [topic.value for topic in Topic])


def case_kinds(cell: str) -> list[str]:
    """``todo``, ``nada``, ``incidentes``, ``requerimientos``; empty is everything."""
    return _listed(cell, CASE_KINDS, [kind.value for kind in CaseKind])


def ways_depending(cell: str) -> list[str]:
    """The kinds of ways that need the company's own service: ``sms``, ``whatsapp``, ``correo``, ``voz``; or none."""
    return _listed(cell, WAYS, [kind.value for kind in WayKind]) if fold(cell) else []


def _listed(cell: str, words: Mapping[str, str], codes: list[str]) -> list[str]:
    whole = fold(cell)
    if whole in EVERYTHING or whole in NOTHING:
        return codes if whole in EVERYTHING else []
    return [_code(word, words, codes) for word in whole.replace(",", " ").replace(";", " ").replace("|", " ").split()]


def _code(word: str, words: Mapping[str, str], codes: list[str]) -> str:
    if word in words:
        return str(words[word])
    if word in codes:
        return word
    raise Misfit(not_among(word[:40], [*words]))
