"""What `guardia shadow` prints: the few numbers for which one would open the report."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guardia.shadow.job import AS_IF, DECLARED


def lines_of(done: Mapping[str, Any], title: str) -> Iterator[str]:
    """In plain English, as every command prints. ``done``: by database, as ``guardia.cli.shadow`` reads it."""
    first = next(each for name, each in done.items() if name != "film")
    others = [done[AS_IF]] if AS_IF in done else []
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
    yield from of_outages(found, done.get(DECLARED))
    yield from of_engineers(first.get("engineers"))


def of_outages(found: Mapping[str, Any], declared: Mapping[str, Any] | None) -> Iterator[str]:
    """Those that would have been proposed; where they were declared, what came of it."""
    for each in found["outages"]:
        at = datetime.fromisoformat(each["proposed_at"]).astimezone(ZoneInfo(found["zone"]))
        yield f"  outage proposed at {at:%Y-%m-%d %H:%M}, {each['name']}: {len(each['cases']):,} cases"
    if declared:
        with_them = declared["findings"]
        pages = sum(with_them["pages"].values()) + sum(with_them["doubtful_pages"].values())
        yield f"  with outages declared: pages {pages:,}, letters {sum(with_them['letters'].values()):,}"


def of_engineers(queue: Mapping[str, Any] | None) -> Iterator[str]:
    if queue and queue["refusal"]:
        yield f"  engineers {', '.join(queue['rules'])}: not told, see the report"
    elif queue:
        in_file, same, other = queue["kept"]
        words = f"diagnosis kept {in_file:,} of {queue['judged']:,} by the file, {same:,} computed with those at work"
        yield f"  engineers {', '.join(queue['rules'])}: {words}, {other:,} with these"


def of_tally(tally: Mapping[str, int]) -> str:
    words = f"kept {tally['kept']:,}, broken {tally['broken']:,}, not judged {tally['not_judged']:,}"
    return f"{words} ({tally['surely_kept']:,} of these surely kept)" if tally["surely_kept"] else words


def as_if(done: Mapping[str, Any], kind: str) -> str:
    found = done["findings"]["promises"]
    return of_tally(found[kind]) if kind in found else "none"
