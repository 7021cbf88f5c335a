"""The words of an HTML mail as lines of text, what it quotes marked as text mails mark it."""

import html as entities
import re

import nh3

from guardia.mailroom.charsets import clean
from guardia.mailroom.html import DROPPED_WHOLE, TAGS, too_much
from guardia.mailroom.quoting import HISTORY

BLOCK_NAMES = "address center dd div dl dt figure figcaption hr li tr"
APART_NAMES = "p h1 h2 h3 h4 h5 h6 blockquote table ul ol pre"  # an empty line stands between them
APART = frozenset(APART_NAMES.split())
BLOCKS = APART.union(BLOCK_NAMES.split())
TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*)>|([^<]+)|<')
TAG = re.compile(r"<[^<>]*>")
SPACES = re.compile(r"[ \t\n\r\f]+")
# Outlook on the web and for telephones: everything that follows is history.
BEGINS_HISTORY = re.compile(
    r'\bid="(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|stopSpelling)"'
)
ALT = re.compile(r'\balt="([^"]+)"')
INDENT = re.compile(r"border(?:-left)?: ?(?:none|0)\b|border(?:-left)?-style: ?none", re.IGNORECASE)


def words(html: str) -> str:
    """Never more than the HTML's own length; of HTML too deep to be understood, all its words in a row."""
    if too_much(html):
        return clean(entities.unescape(TAG.sub(" ", html))).strip()
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE - {"textarea", "noscript"},
        attributes={"*": {"id", "style"}, "a": {"href"}, "img": {"alt"}},
        link_rel=None,
    )
    return clean_but_history(Lines().read(cleaned))


def clean_but_history(text: str) -> str:
    return "\n".join(line if line == HISTORY else clean(line) for line in text.split("\n")).strip("\n")


class Lines:
    """The finished lines and the pieces of the one being written.

    ``quotes`` says of each open blockquote whether it quotes or only indents.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.quotes: list[bool] = []
        self.pre = 0

    def read(self, cleaned: str) -> str:
        for token in TOKEN.finditer(cleaned):
            if token[4]:
                self.say(entities.unescape(token[4]).replace(HISTORY, ""))
            elif token[2] and token[1]:
                self.end(token[2])
            elif token[2]:
                self.begin(token[2], token[3])
        self.new_line()
        return "\n".join(self.lines)

    def say(self, text: str) -> None:
        if not self.pre:
            return self.add(SPACES.sub(" ", text))
        first, *others = text.split("\n")
        self.add(first)
        for line in others:
            self.new_line()
            self.add(line)

    def add(self, text: str) -> None:
        if not self.pre and (not self.pieces or self.pieces[-1].endswith(" ")):
            text = text.lstrip(" ")
        if text:
            self.pieces.append(text)

    def new_line(self) -> None:
        self.lines.append((self.prefix() + "".join(self.pieces)).rstrip())
        self.pieces = []

    def fresh_line(self, apart: bool = False) -> None:
        if self.pieces:
            self.new_line()
        if apart and self.lines and self.lines[-1].strip("> "):
            self.new_line()

    def prefix(self) -> str:
        depth = sum(self.quotes)
        return ">" * depth + " " if depth else ""

    def begin(self, name: str, attributes: str) -> None:
        if BEGINS_HISTORY.search(attributes):
            self.fresh_line()
            self.lines.append(HISTORY)
        if name == "br":
            self.new_line()
        elif name in BLOCKS:
            self.fresh_line(name in APART)
        elif name in ("td", "th"):
            self.add(" ")
        elif name == "img" and (alt := ALT.search(attributes)):
            self.add(f"[{entities.unescape(alt[1])}]")
        if name == "blockquote":
            self.quotes.append(not INDENT.search(attributes))
        elif name == "li":
            self.add("- ")
        elif name == "pre":
            self.pre += 1

    def end(self, name: str) -> None:
        if name in BLOCKS:
            self.fresh_line(name in APART)
        if name == "blockquote" and self.quotes:
            self.quotes.pop()
        elif name == "pre" and self.pre:
            self.pre -= 1
