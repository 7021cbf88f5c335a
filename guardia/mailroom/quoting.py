"""How mail programs begin the history below a reply, in Spanish, Portuguese, English and whatever quotequail knows."""

import re

import quotequail  # type: ignore[import-untyped]

HISTORY = "\x01"  # a line of its own, set where HTML says by its structure that history begins; no mail can hold it
MAX_LINE = 400
WRAPPED = 3  # lines an introduction may be wrapped into
BLOCK = 14  # lines a block of headers may take

INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
SPACES = re.compile(r"\s+")

OPENS = re.compile(
    r"(?:on|el|en|em|no dia|a|am|le|il|op|den|d\.|at|quoting|citando|mensaje citado)\b|\d{4}[-/]\d|.{1,200}<[^<>]*@"
    r"|.{1,100}\b(?:wrote|escribió|escreveu)\b",
    re.IGNORECASE,
)
CITES = re.compile(r"(?:quoting|citando|mensaje citado)\b[^@]*@", re.IGNORECASE)
INTRODUCES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:on|at)\b.{6,} (?:wrote|sent) ?:",
        r"(?:el|en)\b.{6,} (?:escribi[oó]|envi[oó]) ?:",
        r"(?:em|no dia|a)\b.{6,} (?:escreveu|enviou) ?:",
        r".{3,}\b(?:escreveu no dia|escribió el|wrote on|escreveu em) .{6,}:",
        r"il(?: giorno)?\b.{6,} ha scritto ?:",
        r"(?:quoting|citando(?: a)?|mensaje citado (?:por|de)) .*@.*:",
        r"\d{4}[-/]\d\d?[-/]\d\d?.{3,}<[^<>]+@[^<>]+> ?:?",
    )
]
ORIGINAL = re.compile(
    r"[-_=*]{2,} ?(?:mensaje original|original message|mensagem original|message d'origine|ursprüngliche nachricht"
    r"|messaggio originale) ?[-_=*]{2,}"
    r"|-{2,} ?(?:on|el|em)\b.{6,} (?:wrote|escribi[oó]|escreveu) ?-{2,}",
    re.IGNORECASE,
)
RULER = re.compile(r"_{5,}|-{5,}|={5,}")
# One line with the history behind it, as Yahoo's program for telephones writes; a name's address must stand in it.
RUNS_ON = re.compile(r"(?:on|el|em)\b.{6,200}<[^<>@]+@[^<>@]+> ?(?:wrote|escribi[oó]|escreveu) ?: .", re.IGNORECASE)
FORWARDED = re.compile(
    r"(?:[-_=*]{2,} ?(?:forwarded message|mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|fwd) ?[-_=*]{2,}"
    r"|(?:begin forwarded message|inicio del mensaje reenviado|início da mensagem (?:re)?encaminhada) ?:)",
    re.IGNORECASE,
)
FORWARDS = re.compile(r"\s*(?:fwd?|rv|enc|reenv|res?envi\w*|encaminh\w*|tr|wg)\s*:", re.IGNORECASE)

HEADER = re.compile(r"\W{0,3}([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]{0,24}?)\W{0,2}:")
HEADERS = {
    name: kind
    for kind, names in {
        "from": "from|de|von|da|desde",
        "when": "sent|date|enviado|enviado el|enviado em|enviada|enviada em|fecha|data|gesendet|envoyé|inviato",
        "to": "to|para|an|à|a|cc|con copia",
        "subject": "subject|asunto|assunto|betreff|objet|oggetto",
    }.items()
    for name in names.split("|")
}

PHONE = re.compile(
    r"(?:enviado desde|sent from|enviado do meu|enviado a partir d|enviado de mi|obtener outlook para|get outlook for"
    r"|obter o? ?outlook para|descargar outlook para|enviado com o) .{1,60}",
    re.IGNORECASE,
)
ANSWERS_BELOW = re.compile(
    r"\b(?:coment|respuest|respond|contest|repl|answer|comment|respost)\w*[^.\n]{0,60}"
    r"\b(?:abajo|debajo|below|inline|in line|entre l[ií]neas|en (?:rojo|azul|verde)|in (?:red|blue|green)"
    r"|abaixo|em (?:vermelho|azul|verde)|nas entrelinhas)\b"
    r"|\b(?:ver|v[eé]ase|vea|see|veja|vide)\b (?:m[aá]s )?(?:abajo|below|abaixo)\b|\binline\b",
    re.IGNORECASE,
)


def seen(line: str) -> str:
    """The line as an eye sees it."""
    return SPACES.sub(" ", INVISIBLE.sub("", line)).strip()


def is_quote(line: str) -> bool:
    return line.lstrip(" ").startswith(">")


def introduction(lines: list[str], at: int) -> int:
    """How many lines from here on say "On such a day somebody wrote:"; 0 if none."""
    if len(lines[at]) > MAX_LINE or not OPENS.match(seen(lines[at])):
        return 0
    for count in range(1, WRAPPED + 1):
        words = seen(" ".join(lines[at : at + count]))
        if len(words) > MAX_LINE or (count > 1 and (at + count > len(lines) or not seen(lines[at + count - 1]))):
            return 0
        if introduces(words):
            return count
    return 0


def introduces(words: str) -> bool:
    """A day or an hour must stand in it, unless it says that it cites: "El técnico escribió:" begins no history."""
    if words[-1:] not in (":", ">") or not (CITES.match(words) or any(letter.isdigit() for letter in words)):
        return False
    if any(pattern.fullmatch(words) for pattern in INTRODUCES):
        return True
    return quotequail.quote(words, quote_intro_line=True)[0] == (True, "")


def header_block(lines: list[str], at: int) -> int:
    """How many lines from here on repeat the headers of the mail below, as Outlook does; 0 if none."""
    if kind(lines[at]) != "from":
        return 0
    kinds, last = {"from"}, at
    for index in range(at + 1, min(at + BLOCK, len(lines))):
        found = kind(lines[index])
        if found == "from":
            break
        if found:
            kinds.add(found)
            last = index
    return last - at + 1 if "subject" in kinds and kinds & {"when", "to"} else 0


def kind(line: str) -> str:
    header = HEADER.match(seen(line[:MAX_LINE]))
    return HEADERS.get(header[1].lower().strip(), "") if header else ""
