"""Pictures as SVG, drawn on the server: columns, bars, cells, a line, a tree, a timeline (ADR 0073).

Pure: everything that is drawn is an argument. A mark has words for whoever does not see it, and an address of the rows
behind it; its colour is a class, so that the page's own style sheet gives it light, dark, print and forced colours.
A picture in a file of its own brings the colours of paper with it (``file_of``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from textwrap import wrap

from django.utils.safestring import SafeString, mark_safe

WIDTH = 640
LEFT = 190
ROW, BAR = 28, 16
TONES = frozenset({"", "today", "before", "good", "soon", "urgent", "late", "wait", "empty"})
LONGEST_LINE = 26
"""Letters of one line at the left of a row; a row has room for two lines."""

PAPER = """text{font-family:'Libertinus Serif','DejaVu Sans',serif;font-size:12px;fill:#1a1f27}
text.small{font-size:11px;fill:#4a5260}text.end{text-anchor:end}text.middle{text-anchor:middle}
.shape{fill:#5d6672}.shape.today{fill:#0b57a4}.shape.before{fill:#c3cad3}.shape.good{fill:#1f6f54}.shape.soon{fill:#8a6410}
.shape.urgent{fill:#b0561a}.shape.late{fill:#b3261e}.shape.wait{fill:#6a5a92}.shape.empty{fill:#eef0f3}
.cell{fill:#fff;stroke:#c3cad3}.rule{stroke:#c3cad3;fill:none}.run{stroke:#0b57a4;stroke-width:2;fill:none}
.land{fill:#eef0f3;stroke:#8a929b;stroke-width:.6}.road{stroke:#5d6672;stroke-dasharray:4 3;fill:none}
text.on{fill:#fff}"""
"""The colours of a picture that stands in a file of its own, on white."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value. ``words`` say it whole, ``label`` stands drawn beside it, ``tone`` is a class of its colour."""

    value: float
    words: str
    href: str = ""
    tone: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture without its frame; ``described`` is its one sentence for whoever does not see it."""

    height: int
    body: str
    described: str
    width: int = WIDTH

    @property
    def svg(self) -> SafeString:
        """As it stands in a page; every text in it is escaped where it is drawn."""
        head = f'<svg class="drawn" viewBox="0 0 {self.width} {self.height}" role="group"'
        return mark_safe(f'{head} aria-label="{escape(self.described)}">{self.body}</svg>')


def file_of(drawing: Drawing) -> str:
    """A whole SVG file in the colours of paper; it leads nowhere, since an address would tell whose it is."""
    body = re.sub(r"<a [^>]*>", "<g>", drawing.body).replace("</a>", "</g>")
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{escape(drawing.described)}</title>'
    ground = f'<rect width="{drawing.width}" height="{drawing.height}" fill="#fff"/>'
    return f"{head}<style>{PAPER}</style>{ground}{body}</svg>"


# --- parts ------------------------------------------------------------------------------------------------------------
def number(value: float) -> str:
    """At most one digit after the point, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def lines_of(words: str, longest: int, most: int) -> list[str]:
    """The words in at most so many lines of so many letters; what has no room is left out after a word, with "…"."""
    return wrap(words, longest, max_lines=most, placeholder="…", break_on_hyphens=False)


def shortened(words: str, longest: int) -> str:
    """One line; a word that is longer than the line is cut within, and nothing stands where three letters do not."""
    if longest < 3:
        return ""
    line = "".join(lines_of(words, longest, 1))
    return line if line != "…" else f"{words[: longest - 1]}…"


def text(x: float, y: float, words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{number(x)}" y="{number(y)}"{named}>{escape(words)}</text>'


def row_name(x: float, middle: float, words: str) -> str:
    """The name of a row, which ends at ``x``, in one line or two; whole as a title where even two are too few."""
    lines = lines_of(words, LONGEST_LINE, 2) or [""]
    if len(lines) == 1:
        return text(x, middle + 4, lines[0], "end")
    whole = f"<title>{escape(words)}</title>" if lines[-1].endswith("…") else ""
    spans = "".join(
        f'<tspan x="{number(x)}" y="{number(middle + below)}">{escape(each)}</tspan>'
        for each, below in zip(lines, (-2.5, 10), strict=True)
    )
    return f'<text class="end">{whole}{spans}</text>'


def box(x: float, y: float, width: float, height: float, tone: str = "", kind: str = "shape") -> str:
    named = f"{kind} {tone}".strip()
    size = f'width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
    return f'<rect class="{named}" x="{number(x)}" y="{number(y)}" {size}/>'


def rule(x1: float, y1: float, x2: float, y2: float, kind: str = "rule") -> str:
    return f'<path class="{kind}" d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"/>'


def linked(mark: Mark, drawn: str) -> str:
    """What is drawn, named by the mark's words, and a link where rows stand behind it."""
    title = f"<title>{escape(mark.words)}</title>"
    if not mark.href:
        return f"<g>{title}{drawn}</g>"
    return f'<a href="{escape(mark.href)}" aria-label="{escape(mark.words)}">{title}{drawn}</a>'


def top_of(values: Iterator[float]) -> float:
    return max(values, default=0) or 1


# --- pictures ---------------------------------------------------------------------------------------------------------
def columns(groups: Sequence[tuple[str, Sequence[Mark]]], described: str, height: int = 180) -> Drawing:
    """Groups of columns side by side, each with its word below; a label stands above its column."""
    top, foot, head = top_of(m.value for _word, marks in groups for m in marks), 22, 18
    step = WIDTH / max(1, len(groups))
    ground, parts = height - foot, [rule(0, height - foot, WIDTH, height - foot)]
    for place, (word, marks) in enumerate(groups):
        wide = (step - 6) / max(1, len(marks))
        for nth, mark in enumerate(marks):
            tall = (ground - head) * mark.value / top
            x, y = place * step + 3 + nth * wide, ground - tall
            # The whole height can be hit, however low the column is.
            drawn = box(x, head, wide - 1, ground - head, "", "reach") + box(x, y, wide - 1, tall, mark.tone)
            drawn += text(x + wide / 2 - 0.5, y - 3, mark.label, "small middle") if mark.label else ""
            parts.append(linked(mark, drawn))
        parts.append(text(place * step + step / 2, height - 6, word, "small middle"))
    return Drawing(height, "".join(parts), described)


def bars(rows: Sequence[tuple[str, Sequence[Mark]]], described: str, left: int = LEFT) -> Drawing:
    """A bar per row; several marks of a row stand one after the other, and the label of the last one after them."""
    longest = top_of(sum(mark.value for mark in marks) for _word, marks in rows)
    room, parts = WIDTH - left - 96, list[str]()
    for place, (word, marks) in enumerate(rows):
        y, x = place * ROW + 6, float(left)
        parts.append(row_name(left - 10, y + BAR / 2, word))
        for mark in marks:
            wide = room * mark.value / longest
            if mark.value:
                parts.append(linked(mark, box(x, y, max(wide, 2), BAR, mark.tone)))
            x += wide
        label = marks[-1].label if marks else ""
        parts.append(text(x + 8, y + 12, label))
    return Drawing(max(1, len(rows)) * ROW + 8, "".join(parts), described)


def cells(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Mark]]], described: str, left: int = LEFT
) -> Drawing:
    """A table of cells: each has its colour and its label, a word or a shape, so that no colour says anything alone."""
    step = (WIDTH - left) / max(1, len(heads))
    parts = [text(left + place * step + step / 2, 12, head, "small middle") for place, head in enumerate(heads)]
    for line_, (word, marks) in enumerate(rows):
        y = 20 + line_ * ROW
        parts.append(row_name(left - 10, y + ROW / 2, word))
        for place, mark in enumerate(marks):
            x = left + place * step
            drawn = box(x + 1, y + 1, step - 2, ROW - 3, "", "cell")
            drawn += box(x + 1, y + ROW - 6, step - 2, 4, mark.tone) if mark.tone else ""
            drawn += text(x + step / 2, y + 16, mark.label, "small middle")
            parts.append(linked(mark, drawn))
    return Drawing(20 + max(1, len(rows)) * ROW + 2, "".join(parts), described)


def line(points: Sequence[tuple[str, Mark | None]], described: str, height: int = 170) -> Drawing:
    """Points in their order, joined; where a value is missing the line is broken and the place says so by a dash."""
    top, ground, head = top_of(mark.value for _word, mark in points if mark), height - 22, 26
    step = WIDTH / max(1, len(points))
    parts, path, broken = [rule(0, ground, WIDTH, ground)], "", True
    for place, (word, mark) in enumerate(points):
        x = place * step + step / 2
        parts.append(text(x, height - 6, word, "small middle"))
        if mark is None:
            parts.append(text(x, ground - 6, "–", "small middle"))
            broken = True
            continue
        y = ground - (ground - head) * mark.value / top
        path += f"{'M' if broken else 'L'}{number(x)} {number(y)}"
        broken = False
        drawn = f'<circle class="shape {mark.tone}" cx="{number(x)}" cy="{number(y)}" r="5"/>'
        parts.append(linked(mark, drawn + text(x, y - 10, mark.label, "small middle halo")))
    run = f'<path class="run" d="{path}"/>' if path else ""
    return Drawing(height, parts[0] + run + "".join(parts[1:]), described)


@dataclass(frozen=True, slots=True)
class Branch:
    """What hangs on something: its words, its colour and address, and what hangs on it in turn."""

    mark: Mark
    branches: Sequence["Branch"] = ()

    @property
    def leaves(self) -> int:
        return sum(branch.leaves for branch in self.branches) or 1


def tree(root: Branch, described: str, depth: int = 3) -> Drawing:
    """From left to right: what failed, what runs over it, who has it."""
    parts: list[str] = []
    _grow(parts, root, 0, 6.0, WIDTH / depth)
    return Drawing(root.leaves * ROW + 12, "".join(parts), described)


def _grow(parts: list[str], branch: Branch, level: int, top: float, step: float) -> float:
    """Draws the branch from ``top`` on and returns the height of its middle."""
    x, middles, y = level * step, list[float](), top
    for below in branch.branches:
        middles.append(_grow(parts, below, level + 1, y, step))
        y += below.leaves * ROW
    middle = (middles[0] + middles[-1]) / 2 if middles else top + ROW / 2
    wide, mark = step - 28, branch.mark
    for other in middles:
        bend = x + wide + 14
        parts.append(
            f'<path class="rule" d="M{number(x + wide)} {number(middle)}H{number(bend)}V{number(other)}H'
            f'{number(x + step)}"/>'
        )
    drawn = box(x, middle - 11, wide, 22, "", "cell") + box(x, middle - 11, 4, 22, mark.tone)
    parts.append(linked(mark, drawn + text(x + 10, middle + 4, shortened(mark.label, int(wide / 6.6)))))
    return middle


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line of time, from and to as shares of its whole (0 to 1)."""

    start: float
    end: float
    mark: Mark


def timeline(
    ticks: Sequence[tuple[float, str]], rows: Sequence[tuple[str, Sequence[Span]]], now: float, described: str
) -> Drawing:
    """A row per crew with its visits as stretches; an upright line is now."""
    room, height = WIDTH - LEFT - 8, 22 + max(1, len(rows)) * ROW + 4
    parts = [
        rule(LEFT + share * room, 18, LEFT + share * room, height) + text(LEFT + share * room, 12, word, "small middle")
        for share, word in ticks
    ]
    for place, (word, spans) in enumerate(rows):
        y = 22 + place * ROW
        parts.append(row_name(LEFT - 10, y + ROW / 2, word))
        in_order = sorted(spans, key=lambda span: span.start)
        for span, follows in zip_longest(in_order, in_order[1:]):
            x, wide = LEFT + span.start * room, max(6.0, (span.end - span.start) * room)
            free = min(wide, (follows.start - span.start) * room) if follows else wide
            drawn = box(x, y + 4, wide, 18, "", "cell") + box(x, y + 18, wide, 4, span.mark.tone)
            name = text(x + 5, y + 16, shortened(span.mark.label, int((free - 5) / 6)), "small")
            parts.append(linked(span.mark, drawn + name))
    if 0 <= now <= 1:
        parts.append(rule(LEFT + now * room, 16, LEFT + now * room, height, "run"))
    return Drawing(height, "".join(parts), described)
