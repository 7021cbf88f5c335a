"""What somebody may falsify in a file of evidence, beside the single values of docs/vectors/changes.json.

Each names the file of docs/vectors that is changed, the change, and what the Python file and the page call it; "no
evidence" is said of what neither of them reads. Both are asked in ``tests/proof/test_forged_files.py``.
"""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from guardia.proof.offline import guardia_verify
from tests.closing.opened_again import chained, of_case, report, text_of

type Change = Callable[[dict], Any]
NO_EVIDENCE = "no evidence"


def rows(case: dict, moment: str) -> list[dict]:
    return [row for row in case["events"] if text_of(row).get("moment") == moment]


def rewritten(case: dict, row: dict, change: Change) -> None:
    """The text of an event is another, and every hash after it follows."""
    text = text_of(row)
    change(text)
    row["canonical"] = json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    chained(case)


def moves_words_into_the_salt(file: dict) -> None:
    """What is hashed stays the same; the words begin later."""
    (row,) = rows(of_case(file), "closed")
    text = row["texts"]["fault"]
    text["salt"] += text["text"][:3].encode().hex()
    text["text"] = text["text"][3:]
    report(file)["fault"] = text["text"].strip()


def is_of_another_company(file: dict) -> None:
    case = of_case(file)
    for row in case["events"]:
        if "canonical" in row:
            rewritten(case, row, lambda text: text.update(company=99))


def shows_hashes_alone(file: dict) -> None:
    """As if the case had been written by the first format, whose internal events say nothing."""
    case = of_case(file)
    case["procedure"] = next(iter(file["procedures"]))
    case["events"] = [{"seq": row["seq"], "hash": row["hash"]} for row in case["events"]]


def of_the_first_format(file: dict) -> None:
    """Of such a report nothing is computed: its events must be of that format too."""
    case = file["cases"][0]
    for row in case["report"]["promises"]:
        row |= {"target": row["target"] * 10, "kept": True}
    file |= {name: case[name] for name in ("seq", "head", "events", "report")}
    file |= {"format": "guardia-closing-report/1", "log": None}


def marks_a_counted_event_as_internal(file: dict) -> None:
    case = next(case for case in file["cases"] if any(row["mark"] == 2 for row in case["events"]))
    next(row for row in case["events"] if row["mark"] == 2)["mark"] = 0
    chained(case)


def ends_before_its_months(file: dict) -> None:
    file.update(written_at="2020-01-01T00:00:00.000000+00:00", months=[])


def without(name: str) -> Change:
    return lambda file: report(file).pop(name)


FORGED: dict[str, tuple[str, Change, str, str]] = {
    "words are passed off as salt": ("report.json", moves_words_into_the_salt, "text", "text"),
    "a case of another company": ("history.json", is_of_another_company, "company", "company"),
    "all events by their hash alone": ("history.json", shows_hashes_alone, "hidden", "hidden"),
    "a report of the first format with newer events": ("report.json", of_the_first_format, "format", "format"),
    "a counted event is internal": ("history.json", marks_a_counted_event_as_internal, "mark", "mark"),
    "a history ends before its months": ("history.json", ends_before_its_months, "until", "until"),
    "a case without its report": ("history.json", lambda file: of_case(file).pop("report"), "claim", "claim"),
    "a history without its promises": ("history.json", without("promises"), "claim", "claim"),
    "a history without its interruptions": ("history.json", without("outages"), "claim", "claim"),
    "a history without its waits": ("history.json", without("waits"), "claim", "claim"),
    "a report of no case": ("report.json", lambda file: file.pop("case"), NO_EVIDENCE, NO_EVIDENCE),
    "a case without an event": (
        "history.json",
        lambda file: of_case(file).update(events=[], seq=0, head=""),
        "hidden",
        "head",
    ),
    "something else in an interruption": (
        "report.json",
        lambda file: report(file)["outages"][0].update(forgiven=600),
        "outages",
        "outages",
    ),
    "something else in a promise": (
        "report.json",
        lambda file: report(file)["promises"][0].update(forgiven=True),
        "promises",
        "promise",
    ),
    "something else in a confirmation": (
        "report.json",
        lambda file: report(file)["confirmed"].update(signed=True),
        "confirmed",
        "words",
    ),
    "a false availability in a history": (
        "history.json",
        lambda file: report(file).update(availability={"start": "", "end": "", "down": 0, "percent": "100.000"}),
        "availability",
        "availability",
    ),
    "a year that nobody can count up to": (
        "history.json",
        lambda file: file.update(written_at="9999-12-31T23:59:59.000000+00:00"),
        NO_EVIDENCE,
        NO_EVIDENCE,
    ),
    "a whole number with a point": (
        "report.json",
        lambda file: of_case(file).update(case=float(file["case"])),
        NO_EVIDENCE,
        NO_EVIDENCE,
    ),
}


def forged(base: dict, name: str) -> dict:
    FORGED[name][1](base)
    return base


# --- each value that a report claims ---
type Path = tuple[str | int, ...]


def claims(file: dict) -> list[Path]:
    """The way to each single value of the reports in a file: a promise kept, an hour, a sum, a word."""
    if "report" in file:
        return list(values_in(file["report"], ("report",)))
    reports = [(("cases", at, "report"), case["report"]) for at, case in enumerate(file["cases"]) if "report" in case]
    return [path for way, report in reports for path in values_in(report, way)]


def values_in(part: Any, way: Path) -> Iterator[Path]:
    if isinstance(part, dict | list):
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from values_in(inner, (*way, step))
    else:
        yield way


def with_another_claim(file: dict, path: Path) -> dict:
    """A copy in which that value is another: not true, 60 more, a quarter of an hour later, another word."""
    file = copy.deepcopy(file)
    part: Any = file
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = another(part[path[-1]])
    return file


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 60
    if value is None:
        return "2026-01-01T00:00:00.000000+00:00"
    try:
        return guardia_verify.stamp(guardia_verify.hour(value) + timedelta(minutes=15))
    except ValueError:
        return value + "x"


def drawn(file: dict, count: int, draw: Random) -> list[tuple[Path, dict]]:
    """So many claims of the file (all, where it has no more), and the file with each of them changed."""
    paths = claims(file)
    return [(path, with_another_claim(file, path)) for path in draw.sample(paths, min(count, len(paths)))]


# --- another course of things, and what the Python file computes of it ---
def another_course(base: dict, draw: Random) -> dict:
    """A report whose events have other hours, or lack some, chained anew; it claims what the Python file computes."""
    case = of_case(base)
    for _turn in range(draw.randint(1, 4)):
        row = draw.choice([row for row in case["events"][1:] if "canonical" in row])
        if draw.random() < 0.3:
            case["events"].remove(row)
            continue
        lasts = timedelta(seconds=draw.choice((-3600, -400, -59, 0.5, 1e-6, 60, 1800, 86400)))
        file = text_of(row)
        for name in ("occurred_at", "recorded_at"):
            file[name] = guardia_verify.stamp(guardia_verify.hour(file[name]) + lasts)
        row["canonical"] = json.dumps(file)
    for seq, row in enumerate(case["events"], 1):
        row["seq"] = seq
        row.pop("texts", None)
        if "canonical" in row:
            file = text_of(row) | {"seq": seq}
            row["canonical"] = json.dumps(file, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    chained(case)
    base["log"] = None
    events = guardia_verify.history(case, [])
    course = guardia_verify.course_of(case["case"], events, base, next(iter(base["procedures"].values())))
    until = course.closed_at or max(event.recorded_at for event in events)
    claimed = guardia_verify.figures(course, base, until, [course])
    report(base).update(claimed, until=guardia_verify.stamp(until))
    return base
