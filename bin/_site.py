"""What the site adds to docs/: the papers that stand beside it, and where links out of it lead (bin/docs)."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BESIDE = {"CONTRIBUTING.md": "contributing.md", "STYLE.md": "style.md", "CHANGELOG.md": "changelog.md"}
"""By its name in the project's folder, the page that it becomes."""

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Adds the papers of the project's folder as pages."""
    from mkdocs.structure.files import File

    for name, page in BESIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """A link out of docs/ leads to the page that the file became; to a folder or a source it is its words alone."""
    here = (ROOT / "docs" / page.file.src_uri).parent
    depth = page.file.src_uri.count("/")

    def led(found: re.Match[str]) -> str:
        words, place, part = found[1], found[2], found[3] or ""
        if "://" in place or place.startswith("mailto:"):
            return found[0]
        outside = [(here / place).resolve(), (ROOT / place).resolve()]
        for file in outside:
            if file.parent == ROOT and file.name in BESIDE:
                return f"[{words}]({'../' * depth}{BESIDE[file.name]}{part})"
        is_page = outside[0].is_relative_to(ROOT / "docs") and not outside[0].is_dir()
        if is_page and (outside[0].exists() or not outside[1].exists()):
            return found[0]
        return words

    return LINK.sub(led, markdown)


def on_post_page(output: str, page: Any, **_more: Any) -> str:
    """Raises PluginError where a page would fetch something from another host: it is read where there is no network."""
    from mkdocs.exceptions import PluginError

    found = re.search(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", output)
    if found:
        raise PluginError(f"{page.file.src_uri} fetches from outside: {found[0]}")
    return output
