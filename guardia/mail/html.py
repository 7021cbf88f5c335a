"""HTML from strangers, made safe for a sandboxed frame: nothing is fetched, nothing runs, nothing is sent."""

import html as entities
import re
from collections.abc import Mapping
from urllib.parse import unquote

from guardia.mail.charsets import clean
from guardia.mail.folding import HISTORY

MAX_LENGTH = 2 * 1024 * 1024  # characters
MAX_OPEN = 500  # elements open at once: the time to clean grows with their number times the length
MAX_TAG = 64 * 1024

TAG_NAMES = """
    a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table
    tbody td tfoot th thead tr tt u ul var wbr
"""
TAGS = set(TAG_NAMES.split())
DROPPED_WHOLE = {
    "script",
    "style",
    "title",
    "head",
    "noscript",
    "iframe",
    "object",
    "template",
    "svg",
    "math",
    "textarea",
}
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "bgcolor", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "table": {"width", "border", "cellpadding", "cellspacing"},
    "td": {"width", "height", "colspan", "rowspan", "nowrap"},
    "th": {"width", "height", "colspan", "rowspan", "nowrap"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
}
STYLE_NAMES = """
    color background-color font-family font-size font-style font-weight text-align text-decoration vertical-align
    white-space width max-width border border-top border-right border-bottom border-left border-color border-style
    border-width border-collapse padding padding-top padding-right padding-bottom padding-left margin margin-top
    margin-right margin-bottom margin-left list-style-type line-height
"""
STYLES = set(STYLE_NAMES.split())
LINKS = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE)
FETCHES = re.compile(r"url|image|expression|@|\\|behavior|var\(", re.IGNORECASE)

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})[^<>]*")
FLAT = "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd option"
NEVER_NESTS = frozenset(FLAT.split())
EMPTY_IMAGE = re.compile(r'<img\b(?![^>]*\bsrc=)((?:[^>"]|"[^"]*")*)>')
ALT = re.compile(r'\balt="([^"]*)"')


def sanitised(html: str, files: Mapping[str, int]) -> tuple[str, list[str]]:
    """The HTML made safe ("" when it is too big or too deep to be), and defects.

    ``files`` tells the number of a file by its content id: its image becomes ``src="cid:N"``.
    """
    if trouble := too_much(html):
        return "", [trouble]
    import nh3

    remote: list[str] = []

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return None if FETCHES.search(value) else value
        if attribute == "href":
            return value if LINKS.match(value.strip()) else None
        if attribute == "src":
            return source(value, files, remote)
        return value

    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE,
        attributes=ATTRIBUTES,
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
        filter_style_properties=STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return EMPTY_IMAGE.sub(words_instead, cleaned).strip(), ["remote_images"] if remote else []


def source(value: str, files: Mapping[str, int], remote: list[str]) -> str | None:
    scheme, _, rest = value.strip().partition(":")
    if scheme.lower() == "cid":
        number = files.get(unquote(rest).strip("<>").lower())
        return f"cid:{number}" if number else None
    if PICTURE.match(value.strip()):
        return value.strip()
    remote.append(value)
    return None


def words_instead(image: re.Match[str]) -> str:
    """An image that is not fetched leaves the words that stand for it."""
    alt = ALT.search(image[1])
    return f"[{alt[1].strip()}]" if alt and alt[1].strip() else ""


def too_much(html: str) -> str:
    """Why it is not cleaned: html_too_long, html_too_deep; "" when it can be."""
    if len(html) > MAX_LENGTH:
        return "html_too_long"
    opened: dict[str, int] = {}
    total = 0
    for tag in TAG.finditer(html):
        name = tag[2].lower()
        if len(tag[0]) > MAX_TAG:
            return "html_too_deep"
        if name in NEVER_NESTS:
            continue
        if not tag[1]:
            opened[name] = opened.get(name, 0) + 1
            total += 1
        elif opened.get(name):
            opened[name] -= 1
            total -= 1
        if total > MAX_OPEN:
            return "html_too_deep"
    return ""


# The words of an HTML mail as lines of text, what it quotes marked as text mails mark it.


BLOCK_NAMES = "address center dd div dl dt figure figcaption hr li tr"
APART_NAMES = "p h1 h2 h3 h4 h5 h6 blockquote table ul ol pre"  # an empty line stands between them
APART = frozenset(APART_NAMES.split())
BLOCKS = APART.union(BLOCK_NAMES.split())
TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*)>|([^<]+)|<')
PLAIN_TAG = re.compile(r"<[^<>]*>")
SPACES = re.compile(r"[ \t\n\r\f]+")
# Outlook on the web and for telephones: everything that follows is history.
BEGINS_HISTORY = re.compile(
    r'\bid="(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|stopSpelling)"'
)
PLAIN_ALT = re.compile(r'\balt="([^"]+)"')
INDENT = re.compile(r"border(?:-left)?: ?(?:none|0)\b|border(?:-left)?-style: ?none", re.IGNORECASE)


def words(html: str) -> str:
    """Never more than the HTML's own length; of HTML too deep to be understood, all its words in a row."""
    if too_much(html):
        return clean(entities.unescape(PLAIN_TAG.sub(" ", html))).strip()
    import nh3

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
        elif name == "img" and (alt := PLAIN_ALT.search(attributes)):
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
