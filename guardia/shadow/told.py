"""What `guardia shadow` prints: the few numbers for which one would open the report."""

from collections.abc import Iterator, Mapping
from typing import Any


def lines_of(done: Mapping[str, Any], title: str) -> Iterator[str]:
    """In plain English, as every command prints. ``done``: by database, as ``guardia.cli.shadow`` reads it."""
    first, *others = (each for name, each in done.items() if name != "film")
    found = first["findings"]
    yield f"{found['cases']:,} cases, {first['facts']:,} facts, by {title}"
    for kind, tally in found["promises"].items():
        yield f"  {kind:16} {of_tally(tally)}" + "".join(f"   as if: {as_if(each, kind)}" for each in others)
    for key, each in found["together"].items():
        words = f"within {each['within']:,}, at least one surely broken {each['over']:,}, not known {each['unknown']:,}"
        yield f"  until {key:10} {words}"
    letters = sum(found["letters"].values())
    yield f"  letters {letters:,}, news owed by time {found['news_owed']:,}"
    pages, doubtful = sum(found["pages"].values()), sum(found["doubtful_pages"].values())
    yield f"  pages {pages:,}, and {doubtful:,} of promises not judged; calls {found['calls']:,}"


def of_tally(tally: Mapping[str, int]) -> str:
    words = f"kept {tally['kept']:,}, broken {tally['broken']:,}, not judged {tally['not_judged']:,}"
    return f"{words} ({tally['surely_kept']:,} of these surely kept)" if tally["surely_kept"] else words


def as_if(done: Mapping[str, Any], kind: str) -> str:
    found = done["findings"]["promises"]
    return of_tally(found[kind]) if kind in found else "none"
