"""Whatever somebody types, the text of an article is a few harmless elements, as Python's parser reads it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.web.shared.article_text import html_of

ALLOWED = {"p", "br", "ol", "ul", "li", "strong", "em", "code", "a"}
PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:1'>", "](javascript:alert(1))"),
        *(
            "[x](",
            "](data:text/html,1)",
            "https://example.com/?a=\"'",
            "<https://x.example>",
            "AR-0012",
            "`",
            "**",
            "_",
        ),
        *(
            "\n",
            "\n\n",
            "1. ",
            "- ",
            "> ",
            "# ",
            "    ",
            "![i](http://x/y)",
            "&lt;",
            "&#60;",
            '"',
            "'",
            "\\",
            "ñ",
            "\t",
        ),
    ]
)


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=25).map("".join))
def test_only_harmless_elements_come_of_it(text):
    found = Elements(html_of(text, lambda number: f"/articulos/{number}"))
    assert found.names <= ALLOWED
    for name, value in found.attributes:
        assert name in {"href", "rel", "start"}
        if name == "href":
            assert value.lower().startswith(("https://", "http://", "mailto:", "/articulos/"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Uno\nDos\n\nTres", "<p>Uno<br>\nDos</p>\n<p>Tres</p>\n"),
        ("1. Medir\n2. Cambiar", "<ol>\n<li>Medir</li>\n<li>Cambiar</li>\n</ol>\n"),
        ("ping <ip> & fin", "<p>ping &lt;ip&gt; &amp; fin</p>\n"),
        ("# no es título", "<p># no es título</p>\n"),
    ],
)
def test_what_is_typed_is_read_as_it_was_meant(text, html):
    assert html_of(text) == html
