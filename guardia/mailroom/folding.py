"""What a person wrote, apart from the history below it. Every line of the mail is in one of the two, and only one.

In doubt a line is the person's: history shown twice costs a glance, a customer's words folded away cost the case.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from guardia.mailroom.clearsigned import without_armour
from guardia.mailroom.quoting import (
    ANSWERS_BELOW,
    FORWARDED,
    FORWARDS,
    HISTORY,
    MAX_LINE,
    ORIGINAL,
    PHONE,
    RULER,
    RUNS_ON,
    header_block,
    introduction,
    is_quote,
    seen,
)

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
