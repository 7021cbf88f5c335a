"""What the words of a report propose (P2): how the service is felt, and since what hour. Nothing is taken by itself.

The lists are small, and in the three languages at once, since a caller mixes them: *está down*, *sem link*. Words that
contradict each other, and what is denied (*no está lento*), propose nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from guardia.customers.values import fold
from guardia.procedure.vocabulary import Impact

THING = (
    r"(?:el |la |o |a |the |nuestro |nuestra |our )?"
    r"(?:servicio|internet|enlace|conexion|senal|red|datos|sistema|comunicacion|linea|link|service|connection|network"
    r"|signal|servico|conexao|sinal|rede|navegacion|acceso)"
)
WORDS: dict[Impact, tuple[str, ...]] = {
    Impact.INTERMITTENT: (
        r"intermit[et]\w*",
        r"(?:se )?va y v(?:ien|uelv)e",
        r"va y regresa",
        r"a ratos",
        r"por momentos",
        r"sube y baja",
        r"se (?:cae|corta|va) (?:y (?:vuelve|regresa|se levanta)|cada|a cada|a ratos|varias veces|constantemente)",
        r"(?:micro)?cortes (?:constantes|frecuentes|cada)",
        r"microcortes?",
        r"inestab\w*",
        r"instave[li]\w*",
        r"oscila\w*",
        r"unstable",
        r"flap\w*",
        r"on and off",
        r"up and down",
        r"comes and goes",
        r"keeps? (?:dropping|disconnecting|going down)",
        r"drops? every",
        r"cai e volta",
        r"vai e volta",
        r"quedas? (?:constantes?|frequentes?)",
    ),
    Impact.DEGRADED: (
        r"lent[oa]s?",
        r"lent[io]\w*d(?:ao)?",
        r"lentisim[oa]s?",
        r"slow\w*",
        r"devagar",
        r"degrad\w*",
        r"latenc\w+",
        r"jitter",
        r"perdidas? de paquetes?",
        r"pierde paquetes",
        r"perdas? de pacotes?",
        r"packet loss",
        r"satura\w*",
        r"(?:baja|poca|menos) velocidad",
        r"velocidade? (?:muy |muito )?ba(?:j|ix)a",
        r"low (?:speed|bandwidth)",
        r"entrecorta\w*",
    ),
    Impact.DOWN: (
        rf"(?:sin|sem|without) {THING}",
        rf"no (?:hay|tienen?|tenemos|tengo|cuentan? con|contamos con|les llega|llega) {THING}",
        rf"(?:nao|no) (?:ha|tem|temos|tenho) {THING}",
        r"no (?:service|internet|connection|link|signal)",
        r"caid[oa]s?",
        r"se (?:nos |les )?cayo",
        r"caiu",
        r"down",
        r"offline",
        r"outage",
        r"fuera de servicio",
        r"fora do ar",
        r"out of service",
        r"no (?:navega\w*|funciona\w*|levanta|responde)",
        r"nao (?:navega\w*|funciona|responde)",
        r"not working",
        r"(?:corte|perdida|interrupcion) total",
        r"totalmente (?:caido|cortado|parado|interrumpido)",
    ),
}
FOUND = {impact: re.compile(rf"\b(?:{'|'.join(words)})\b") for impact, words in WORDS.items()}
DENIED = re.compile(
    r"(?:\b(?:no|not|nao|sin|sem|without|never|nunca|tampoco)|n't)"
    r"(?: (?:esta|estan|es|se|ha|han|hay|is|are|been|was|tiene|tienen|tem|ha|muy|very|muito|mas|siquiera|any)){0,3} $"
)

NUMBERS = {
    "un": 1, "una": 1, "uno": 1, "um": 1, "uma": 1, "a": 1, "an": 1, "one": 1, "dos": 2, "dois": 2, "duas": 2, "two": 2,
    "tres": 3, "three": 3, "cuatro": 4, "quatro": 4, "four": 4, "cinco": 5, "five": 5, "diez": 10, "dez": 10,
    "ten": 10, "quince": 15, "quinze": 15, "veinte": 20, "vinte": 20, "twenty": 20, "treinta": 30, "trinta": 30,
    "media": 0.5, "meia": 0.5, "half": 0.5, "half a": 0.5, "half an": 0.5,
}  # fmt: skip
NUMBER = rf"(\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
UNIT = r"(min|mins|minutos?|minutes?|h|hs|horas?|hours?)"
AGO = (re.compile(rf"\b(?:hace|ha|faz) (?:como |unos |unas |cerca de )?{NUMBER} ?{UNIT}\b"),
       re.compile(rf"\b{NUMBER} ?{UNIT} ago\b"))  # fmt: skip
CLOCK = re.compile(
    r"\b(?:(?:desde|since|from|a partir de)(?: (?:ayer|yesterday|ontem|anoche|aprox\w*|about|around|at|a|las?|as))*"
    r"|(?:a las?|as|at(?= \d{1,2}(?:[:.h]\d\d| ?[ap]\.?m)))) (\d{1,2})(?:[:.h](\d{2}))?(?: ?(?:h|hs|hrs|horas?)\b)?"
    r"(?![\d:.]\d)(?! ?(?:[mgk]b|%|sed|sit|equip|usu|pc|host|ip|oficin|agenc|pacot|paquet))(?: ?(am|pm|a\.m\.?|p\.m\.?"
    r"|de la (?:manana|tarde|noche|madrugada)|da (?:manha|tarde|noite|madrugada)"
    r"|in the (?:morning|afternoon|evening)))?"
)
YESTERDAY = re.compile(r"\b(?:ayer|yesterday|ontem|anoche|last night)\b")
LATER_HALF = ("pm", "p.m", "de la tarde", "de la noche", "da tarde", "da noite", "in the afternoon", "in the evening")
EARLIER_HALF = ("am", "a.m", "de la manana", "de la madrugada", "da manha", "da madrugada", "in the morning")
LONGEST = timedelta(days=3)
MOST_READ = 2000


@dataclass(frozen=True)
class Proposed:
    """``impact`` and ``since`` (UTC): None where the words propose none of it. ``words``: those that did."""

    impact: Impact | None = None
    since: datetime | None = None
    words: str = ""

    def __bool__(self) -> bool:
        return self.impact is not None or self.since is not None


def proposed(said: str, now: datetime, zone: ZoneInfo) -> Proposed:
    """What these words propose at ``now`` (UTC); hours are read in ``zone``, and never lie ahead."""
    text = fold(said[:MOST_READ])
    impact, words = impact_in(text)
    since = hour_in(text, now, zone)
    return Proposed(impact, since, words)


def impact_in(text: str) -> tuple[Impact | None, str]:
    """The one impact that the folded words speak of, and the first word that does. What comes and goes is out for a
    while and slow for another: that it comes and goes is said then.
    """
    found = {impact: first for impact, words in FOUND.items() if (first := _first(words, text))}
    if Impact.INTERMITTENT in found:
        return Impact.INTERMITTENT, found[Impact.INTERMITTENT]
    if len(found) != 1:
        return None, ""
    return next(iter(found.items()))


def _first(words: re.Pattern[str], text: str) -> str:
    for match in words.finditer(text):
        if not DENIED.search(text[max(0, match.start() - 40) : match.start()]):
            return match.group()
    return ""


def hour_in(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Since when, as the folded words say it: *hace 20 minutos*, *desde las 10:30*, *since 3 pm*."""
    for ago in AGO:
        if match := ago.search(text):
            number, unit = match.groups()
            many = float(number) if number.isdigit() else NUMBERS[number]
            passed = timedelta(minutes=many) if unit.startswith("m") else timedelta(hours=many)
            return (now - passed).replace(second=0, microsecond=0) if passed <= LONGEST else None
    match = CLOCK.search(text)
    return _clock_hour(match, bool(YESTERDAY.search(text)), now, zone) if match else None


def _clock_hour(match: re.Match[str], yesterday: bool, now: datetime, zone: ZoneInfo) -> datetime | None:
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3] or ""
    if hour > 23 or minute > 59:
        return None
    if half.startswith(LATER_HALF) and hour < 12:
        hours = [hour + 12]
    elif half.startswith(EARLIER_HALF):
        hours = [hour % 12]
    else:
        hours = [hour] if match[2] or hour > 12 else sorted({hour, (hour + 12) % 24})
    local = now.astimezone(zone)
    days = [1] if yesterday else [0, 1]
    spoken = [(local - timedelta(days=n)).replace(hour=h, minute=minute, second=0, microsecond=0, fold=0)
              for n in days for h in hours]  # fmt: skip
    past = [one.astimezone(UTC) for one in spoken if one.astimezone(UTC) <= now]
    return max(past, default=None)
