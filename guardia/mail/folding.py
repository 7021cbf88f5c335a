"""What a person wrote, apart from the history below it. Every line of the mail is in one of the two, and only one.

In doubt a line is the person's: history shown twice costs a glance, a customer's words folded away cost the case.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import quotequail  # type: ignore[import-untyped]

SIGNATURE_LINES = 15
SHORT_QUOTE = 5  # lines of a quote that stay between the words that answer it
MAX_LINES = 20_000
MAX_TURNS = 2_000
"""Nobody answers so many quotes one by one: what does is made to keep us busy, and stays as it is."""


@dataclass
class Run:
    """Lines side by side that are all the person's, or all quoted (with the line that introduces them)."""

    quoted: bool
    lines: list[str] = field(default_factory=list)

    @property
    def said(self) -> bool:
        return any(seen(line) for line in self.lines)


def folded(text: str, subject: str = "") -> tuple[str, str]:
    """(what the person wrote, the rest). What somebody forwards to us is what they want to say, and stays."""
    lines = text.split("\n")
    if FORWARDS.match(subject):
        return finished(lines), ""
    lines, armour = without_armour(lines)
    history = history_at(lines)
    own, rest = lines[:history], lines[history:]
    if rest and (FORWARDED.fullmatch(seen(rest[0])) or answers_inside(own)):
        return finished(lines), finished(armour)
    if turns(own) > MAX_TURNS:
        return finished(lines), finished(armour)
    kept, quoted = without_quotes(own)
    if only_marked(own, kept) and not rest:
        return finished(lines), finished(armour)
    return finished(kept), finished([*quoted, *rest, *armour])


def turns(lines: list[str]) -> int:
    """How often quoted lines begin or end."""
    marks = [line.startswith(">") for line in lines]
    return sum(one != other for one, other in pairwise(marks))


def only_marked(own: list[str], kept: list[str]) -> bool:
    """Whether all that stands there bears a > without a word of whose it is, as in "> 200 ms"."""
    if any(seen(line) for line in kept):
        return False
    first = next((at for at, line in enumerate(own) if seen(line)), None)
    return first is not None and is_quote(own[first])


def finished(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines if line != HISTORY).strip("\n")


def history_at(lines: list[str]) -> int:
    """Where the history begins that bears no > before its lines; the number of lines if there is none."""
    for at, line in enumerate(lines[:MAX_LINES]):
        words = seen(line) if len(line) < 200 else ""
        if header_block(lines, at):
            return ruled_off(lines, at)
        marked = line == HISTORY or opens_original(line) or FORWARDED.fullmatch(words)
        count = 1 if marked else introduction(lines, at)
        if count and not quotes_follow(lines, at + count):
            return at
    return len(lines)


def opens_original(line: str) -> bool:
    words = seen(line[:MAX_LINE])
    return bool(ORIGINAL.fullmatch(words) or RUNS_ON.match(words))


def ruled_off(lines: list[str], at: int) -> int:
    """The line that Outlook draws above the history is a part of it."""
    above = at - 1
    while above >= 0 and not seen(lines[above]):
        above -= 1
    return above if above >= 0 and RULER.fullmatch(seen(lines[above][:MAX_LINE])) else at


def quotes_follow(lines: list[str], at: int) -> bool:
    following = (line for line in lines[at : at + 6] if seen(line))
    return is_quote(next(following, ""))


def answers_inside(own: list[str]) -> bool:
    """Whether the person wrote inside the history: nothing stands above it, or it says so itself."""
    words = "\n".join(line for line in own if not PHONE.fullmatch(seen(line))).strip()
    return not words or (len(words) < 600 and bool(ANSWERS_BELOW.search(words)))


def without_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """The person's lines, and the quoted ones with the signature. Answers between quotes keep what they answer."""
    runs = runs_of(lines)
    last = max((at for at, run in enumerate(runs) if is_own(run) and not (at and only_signs(run))), default=-1)
    kept: list[str] = []
    rest: list[str] = []
    between = answered_between(runs[: last + 1])
    for at, run in enumerate(runs):
        if run.quoted or at > last:
            (kept if at < last and between else rest).extend(run.lines)
        else:
            own, signature = without_signature(run.lines, kept)
            kept += own
            rest += signature
    return kept, rest


def is_own(run: Run) -> bool:
    return not run.quoted and run.said


def only_signs(run: Run) -> bool:
    """Whether these lines below a quote are a signature and no answer to it."""
    own, _ = without_signature(run.lines, run.lines)
    return not any(seen(line) for line in own)


def answered_between(runs: list[Run]) -> bool:
    """Whether these runs are answers among what they answer, rather than one answer below it all."""
    quotes = [run for run in runs if run.quoted]
    if len(quotes) > 1:
        return True
    own_above = bool(runs) and not runs[0].quoted and runs[0].said
    return own_above and any(len(run.lines) <= SHORT_QUOTE for run in quotes)


def runs_of(lines: list[str]) -> list[Run]:
    runs = [Run(quoted=False)]
    at = 0
    while at < len(lines):
        count = introduction(lines, at) or int(opens_original(lines[at])) if at < MAX_LINES else 0
        quoted = bool(count) or quotes(lines, at)
        if not quoted and runs[-1].quoted and not seen(lines[at]):
            quoted = True  # an empty line between two quotes, or after one
        if quoted != runs[-1].quoted:
            runs.append(Run(quoted))
        runs[-1].lines += lines[at : at + max(count, 1)]
        at += max(count, 1)
    return runs


def quotes(lines: list[str], at: int) -> bool:
    """Whether this line is quoted; a lone ">200 ms" is not."""
    line = lines[at].lstrip(" ")
    if not line.startswith(">"):
        return False
    if line.startswith((">>", "> ")) or line.strip() == ">":
        return True
    near = lines[max(at - 1, 0) : at + 2]
    return sum(is_quote(each) for each in near) > 1


def without_signature(lines: list[str], kept: list[str]) -> tuple[list[str], list[str]]:
    """Apart from what stands below "-- ", and from "sent from my telephone"; unless nothing else is said."""
    end = len(lines)
    while end and not seen(lines[end - 1]):
        end -= 1
    begin = end
    for at in range(max(end - SIGNATURE_LINES - 1, 0), end):
        if lines[at].rstrip() == "--":
            begin = at
            break
    if begin == end and end and PHONE.fullmatch(seen(lines[end - 1][:200])):
        begin = end - 1
    own = lines[:begin]
    if any(seen(line) for line in (*own, *kept)):
        return own, lines[begin:]
    return lines, []


# How mail programs begin the history below a reply, in Spanish, Portuguese, English and whatever quotequail knows.


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


# Text whose lines flow (RFC 3676): a line that ends in a space goes on in the next one of the same depth.


SIGNATURE = "-- "


def unflowed(text: str, drop_space: bool = False) -> str:
    out: list[list[str]] = []  # of each line its pieces: a text that never stops flowing is put together once
    depth_before, flows = -1, False
    for line in text.split("\n"):
        depth, words = depth_and_words(line)
        goes_on = flows and depth == depth_before and words != SIGNATURE
        flows = words.endswith(" ") and words != SIGNATURE
        if flows and drop_space:
            words = words[:-1]
        if goes_on:
            out[-1].append(words)
        else:
            out.append([(">" * depth + " " if depth else "") + words])
        depth_before = depth
    return "\n".join(map("".join, out))


def depth_and_words(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


# Text signed by PGP around its words (RFC 9580 §7): the armour is apart from what the person wrote.


BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----"
PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
ENDS = "-----END PGP SIGNATURE-----"


def without_armour(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the words, the armour). Proves nothing of who signed. What is not closed is left as it is."""
    bare = [line.rstrip() for line in lines]
    try:
        begin = bare.index(BEGINS)
        signature = bare.index(PGP_SIGNATURE, begin)
        end = bare.index(ENDS, signature)
    except ValueError:
        return list(lines), []
    body = next((at for at in range(begin, signature) if not lines[at].strip()), signature)
    words = [line.removeprefix("- ") for line in lines[body:signature]]
    return (
        [*lines[:begin], *words, *lines[end + 1 :]],
        [*lines[begin:body], *lines[signature : end + 1]],
    )
