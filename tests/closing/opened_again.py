"""A case that was opened again and closed anew, and what somebody might forge around that in its file."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from tests.procedure.story import Story


def edition_two(story: Story) -> Story:
    """Closed, out again an hour later (which is said ten minutes after), and closed anew."""
    story.open_case()
    story.goes_to_the_closing()
    story.minutes_pass(60)
    since = story.now - timedelta(minutes=10)
    story.case.reopen("cayó otra vez", since, by=story.by, at=story.now)
    story.goes_to_the_closing()
    return story


def of_case(file: dict) -> dict:
    return file["cases"][0]


def report(file: dict) -> dict:
    return of_case(file)["report"]


def text_of(row: dict) -> dict:
    return json.loads(row.get("canonical", "{}"))


def rows(file: dict, moment: str) -> list[dict]:
    return [row for row in of_case(file)["events"] if text_of(row).get("moment") == moment]


def rewritten(file: dict, row: dict, change: Callable[[dict], object]) -> None:
    """The text of an event is another, and all hashes after it follow: as who holds the database could do."""
    text = text_of(row)
    change(text)
    row["canonical"] = json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    chained(of_case(file))


def chained(case: dict) -> None:
    previous = b""
    for row in case["events"]:
        content = sha256(row["canonical"].encode()).digest() if "canonical" in row else bytes.fromhex(row["content"])
        previous = sha256(previous + bytes([row["mark"]]) + content).digest()
        row["hash"] = previous.hex()
    case["head"], case["seq"] = previous.hex(), len(case["events"])


def later(hour: str, minutes: int = 5) -> str:
    return (datetime.fromisoformat(hour) + timedelta(minutes=minutes)).isoformat(timespec="microseconds")


def hidden(file: dict) -> None:
    (row,) = rows(file, "relapsed")
    row |= {"mark": 0, "content": sha256(row.pop("canonical").encode()).hexdigest()}
    row.pop("texts")
    chained(of_case(file))


def moved(file: dict) -> None:
    (row,) = rows(file, "relapsed")
    rewritten(file, row, lambda text: text.update(occurred_at=later(text["occurred_at"], 2)))


def out_later(file: dict) -> None:
    (row,) = rows(file, "relapsed")
    rewritten(file, row, lambda text: text["data"].update(affected_since=later(text["data"]["affected_since"])))


def of_an_ordinary_relapse(file: dict) -> None:
    (row,) = rows(file, "relapsed")
    rewritten(file, row, lambda text: [text["data"].pop(name) for name in ("reopens", "report_edition")])
    report(file).pop("edition")
    report(file).pop("reopenings")
    rewritten(file, rows(file, "closed")[-1], lambda text: text["data"].pop("report_edition"))


def first_edition(file: dict) -> None:
    rewritten(file, rows(file, "closed")[-1], lambda text: text["data"].update(report_edition=1))


def of_another_closing(file: dict) -> None:
    (row,) = rows(file, "relapsed")
    rewritten(file, row, lambda text: text["data"].update(reopens=1))
    report(file)["reopenings"][0]["closing"] = 1


def undone_as_a_mistake(file: dict) -> None:
    rewritten(file, rows(file, "closed")[0], lambda text: text.update(variant="mistaken"))
    rewritten(file, rows(file, "restored")[0], lambda text: text.update(moment="tested", variant=""))


FORGERIES: dict[str, Callable[[dict], object]] = {
    "the reopening is hidden": hidden,
    "its hour is moved": moved,
    "it was out later": out_later,
    "it is told as an ordinary relapse": of_an_ordinary_relapse,
    "the closing says the first edition": first_edition,
    "it undoes another closing": of_another_closing,
    "the outage is taken back as a mistake": undone_as_a_mistake,
    "the report says the first edition": lambda file: report(file).update(edition=1),
    "the report says no edition": lambda file: report(file).pop("edition"),
    "the reopening is left out": lambda file: report(file).update(reopenings=[]),
    "the reason is another": lambda file: report(file)["reopenings"][0].update(what="mantenimiento"),
    "since when is another": lambda file: report(file)["reopenings"][0].update(
        since=later(report(file)["reopenings"][0]["since"])
    ),
    "the time between is taken off": lambda file: report(file)["outages"].pop(),
}
