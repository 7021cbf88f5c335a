"""The documents lead somewhere: each link and each anchor of every page, each picture, and the list of the site."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BESIDE = ("README.md", "CONTRIBUTING.md", "STYLE.md", "clients/python/README.md", "clients/examples/README.md")
PAGES = [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in BESIDE)]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
MADE_WITH_THE_SITE = {"api/index.md"}
"""The reference of the API: `bin/docs` makes its pages of the OpenAPI document (tests/api/test_document.py)."""
LARGEST_PICTURE, LARGEST_TOGETHER = 120_000, 2_000_000
"""Bytes."""


def text_of(page: Path) -> str:
    return CODE.sub("`", FENCE.sub("", page.read_text()))


def anchors_of(page: Path) -> set[str]:
    """As a reader of Markdown names headings: small letters, no signs, hyphens for blanks; repeated ones counted."""
    found: dict[str, int] = {}
    for line in FENCE.sub("", page.read_text()).splitlines():
        if re.match(r"#{1,6} ", line):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line.lstrip("# ")).lower()
            slug = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
            found[slug] = found.get(slug, -1) + 1
    return {f"{slug}-{n}" if n else slug for slug, most in found.items() for n in range(most + 1)}


def dead_links(page: Path) -> list[str]:
    dead = []
    for place, part in LINK.findall(text_of(page)):
        if "://" in place or place.startswith("mailto:") or place in MADE_WITH_THE_SITE:
            continue
        there = (page.parent / place).resolve() if place else page
        if not there.exists():
            dead.append(place)
        elif part and there.suffix == ".md" and part not in anchors_of(there):
            dead.append(f"{place}#{part}")
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_and_anchor_leads_somewhere(page):
    assert dead_links(page) == []


def test_a_dead_link_and_a_dead_anchor_would_be_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Here it is\n[a](page.md#here-it-is) [b](page.md#not-here) [c](nothing.md)")
    assert dead_links(page) == ["page.md#not-here", "nothing.md"]


def test_the_site_lists_each_page_of_the_documents():
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    beside = {"changelog.md", "contributing.md", "style.md", *MADE_WITH_THE_SITE}
    assert {page for page in pages if not page.startswith("adr/0")} == listed - beside


def test_the_pictures_are_light_and_each_is_shown():
    pictures = {file.name: file.stat().st_size for file in (DOCS / "pictures").glob("*.png")}
    assert [name for name, size in pictures.items() if size >= LARGEST_PICTURE] == []
    assert sum(pictures.values()) < LARGEST_TOGETHER
    shown = {name for page in PAGES for name in re.findall(r"pictures/([\w-]+\.png)\)", page.read_text())}
    assert shown == set(pictures)
