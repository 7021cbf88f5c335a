"""The text of an article as HTML: paragraphs, lists, numbered steps, bold, code and links, and nothing else.

It is read by a parser of CommonMark with everything else switched off: what somebody typed as HTML or as a heading
stands there as the letters that it is, and a link leads to http, https or a mailbox alone.
"""

import re
from collections.abc import Callable

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES = ("list", "link", "autolink", "backticks", "emphasis", "escape", "newline")
LEADS_TO = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
BARE = re.compile(r"https?://[^\s<>()\[\]\"']+[^\s<>()\[\]\"'.,;:!?]|\bAR-\d{4,8}\b")
"""An address, or the number of another article, as it is typed within a sentence."""


class _Parser(MarkdownIt):
    """CommonMark as far as an article may be written in it."""

    def __init__(self) -> None:
        super().__init__("zero", {"breaks": True})
        self.enable(RULES)

    def validateLink(self, url: str) -> bool:
        return bool(LEADS_TO.match(url))


PARSER = _Parser()


def html_of(text: str, href_of: Callable[[int], str] = lambda _number: "") -> SafeString:
    """Return the text of an article as HTML. ``href_of``: where the article of a number is read, or nothing."""
    tokens = PARSER.parse(text)
    for token in tokens:
        if token.children:
            token.children = with_bare_links(token.children, href_of)
    outward(tokens)
    return mark_safe(PARSER.renderer.render(tokens, PARSER.options, {}))


def with_bare_links(tokens: list[Token], href_of: Callable[[int], str]) -> list[Token]:
    """The pieces of a paragraph, in which addresses and numbers of articles have become links."""
    found: list[Token] = []
    within = 0
    for token in tokens:
        within += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text" or within:
            found.append(token)
            continue
        done = 0
        for match in BARE.finditer(token.content):
            words = match.group()
            href = href_of(int(words[3:])) if words.startswith("AR-") else words
            if href:
                found += [piece(token.content[done : match.start()]), *link(href, words)]
                done = match.end()
        found.append(piece(token.content[done:]))
    return found


def piece(words: str) -> Token:
    return Token("text", "", 0, content=words)


def link(href: str, words: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": href}), piece(words), Token("link_close", "a", -1)]


def outward(tokens: list[Token]) -> None:
    """No page that a link leads to is told from where."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open" and not str(child.attrs.get("href", "")).startswith("/"):
                child.attrSet("rel", "noopener noreferrer")
