"""HTML from strangers, made safe for a sandboxed frame: nothing is fetched, nothing runs, nothing is sent."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3

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
PLACEHOLDER = re.compile(r'(<img\b(?:[^>"]|"[^"]*")*?\bsrc=")cid:(\d+)(")')
EMPTY_IMAGE = re.compile(r'<img\b(?![^>]*\bsrc=)((?:[^>"]|"[^"]*")*)>')
ALT = re.compile(r'\balt="([^"]*)"')


def sanitised(html: str, files: Mapping[str, int]) -> tuple[str, list[str]]:
    """The HTML made safe ("" when it is too big or too deep to be), and defects.

    ``files`` tells the number of a file by its content id: its image becomes ``src="cid:N"``, see with_images.
    """
    if trouble := too_much(html):
        return "", [trouble]
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


def with_images(html: str, address_of: Callable[[int], str]) -> str:
    """The sanitised HTML, each image of the mail itself at the address of its file."""
    return PLACEHOLDER.sub(lambda image: f"{image[1]}{address_of(int(image[2]))}{image[3]}", html)


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
