"""`guardia where P4.4`, `guardia where "20 min"`: from a clause to its lines, verbs, forms, letters and tests.

`guardia where photo` reads the table “Where to look” of docs/architecture.md.
"""

import argparse
import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from yaml import CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode, compose

from guardia.cli.installation import Mistake, Subparsers, add_command, switch_on

ROOT = Path(__file__).resolve().parent.parent.parent
PROCEDURES = "procedures"
CLAUSE = re.compile(r"[AELPW]\d?(\.\d)?", re.IGNORECASE)
VERBS, FORMS, LETTERS, TESTS = "guardia/cases", "guardia/web", "guardia/notices", "tests"
MANY = 12


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "where", "find where a clause, a time or an event is written and tested", where)
    parser.add_argument(
        "words", nargs="+", help='a clause (P4.4), a time ("20 min"), a clock, an event (arrived), or a thing (photo)'
    )
    parser.add_argument("--all", action="store_true", help=f"every place, and not the first {MANY} of each kind")


def where(args: argparse.Namespace) -> int:
    """Prints the places by kind, each as `path:line`. Raises Mistake for what the procedure does not speak of."""
    switch_on()  # the table of kinds names a text for each language of the installation
    found = find(" ".join(args.words))
    for heading, places in found.items():
        print(heading)
        named = places if args.all else places[:MANY]
        for place in named:
            print(f"  {place}")
        if len(places) > len(named):
            print(f"  and {len(places) - len(named)} more: --all names them")
    return 0


def find(words: str) -> dict[str, list[str]]:
    """The places of a clause, of a value of the procedure, of a clock, an event or a thing, by their heading.

    Only in a copy of the sources: the tests and the sample procedure are no part of what is installed. Raises Mistake.
    """
    if not (ROOT / PROCEDURES).is_dir() or not (ROOT / TESTS).is_dir():
        raise Mistake("guardia where reads the sources and their tests: run it in a copy of the repository")
    entries = [entry for entry in entries_of_procedure() if entry.is_about(words)]
    kinds = kinds_named(words)
    if kinds:
        clauses = {clause.partition(" ")[0] for clause in kinds.values() if clause}
    else:
        clauses = {words.upper()} if CLAUSE.fullmatch(words) else {entry.clause for entry in entries}
        kinds = kinds_of(clauses, {moment for entry in entries for moment in entry.moments})
    table = lines_of_the_table(words)
    if not entries and not kinds and not table:
        raise Mistake(
            f"Neither the procedure nor the table of events speaks of {words!r}. "
            'Write a clause (P4.4), a time as the procedure writes it ("20 min"), a clock or an event (arrived); '
            "what else one looks for stands under “Where to look” in docs/architecture.md"
        )
    names = {f"Moment.{name}" for name in kinds}
    found = {
        "where to look": table,
        "procedure": [entry.place(words) for entry in entries],
        "kinds of event": [f"{path}:{line}  {name}" for path, line, name in kind_lines(kinds)],
        "verbs": functions_naming(VERBS, names),
        "forms and screens": lines_naming(FORMS, names),
        "letters": lines_naming(LETTERS, names),
        "tests": tests_of(clauses),
    }
    return {heading: places for heading, places in found.items() if places}


def lines_of_the_table(words: str) -> list[str]:
    """The lines of “Where to look” in docs/architecture.md whose first column has these words."""
    written = (ROOT / "docs/architecture.md").read_text().partition("## Where to look")[2].partition("\n## ")[0]
    rows = [line.strip("| ").replace("`", "") for line in written.splitlines() if line.startswith("| ")]
    begins = re.compile(rf"\b{re.escape(words)}", re.IGNORECASE)
    return [row.replace(" | ", ": ") for row in rows if begins.search(row.partition(" | ")[0])]


# --- the procedure ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the procedure; ``part`` is the list that it stands in (clocks, notices …), ``line`` counts from 1.

    ``values``: the single values within it, each with its line.
    """

    path: str
    line: int
    part: str
    clause: str
    name: str
    values: Mapping[str, int]
    moments: frozenset[str]

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.clause, self.name, f"({self.part})" if self.part else "")))

    def is_about(self, words: str) -> bool:
        """P4 is about P4.3 as well."""
        return is_within(self.clause, words.upper()) or words in self.values

    def place(self, words: str) -> str:
        """The line of the entry; of a value that was asked for, its own."""
        if words in self.values:
            return f"{self.path}:{self.values[words]}  {words}: {self.words}"
        return f"{self.path}:{self.line}  {self.words}"


def is_within(clause: str, whole: str) -> bool:
    """Whether a clause (``P4.4``, ``P4.4 D``) is this one or a part of it."""
    own = clause.partition(" ")[0]
    return own == whole or own.startswith(f"{whole}.")


MOMENTS = ("starts", "stops", "restarts", "moment")
NAMES = ("kind", "stage", "moment", "code", "area", "level")


@cache
def entries_of_procedure() -> tuple[Entry, ...]:
    """Every entry of the sample procedure that names its clause, in the order of the file."""
    return tuple(
        entry
        for file in sorted((ROOT / PROCEDURES).glob("*.yaml"))
        for entry in _entries(compose(file.read_text(), CSafeLoader), f"{PROCEDURES}/{file.name}")
    )


def _entries(node: Node | None, path: str, part: str = "") -> Iterator[Entry]:
    if isinstance(node, SequenceNode):
        for each in node.value:
            yield from _entries(each, path, part)
    if not isinstance(node, MappingNode):
        return
    values = {key.value: value for key, value in node.value}
    if "clause" in values:
        name = next((values[key].value for key in NAMES if isinstance(values.get(key), ScalarNode)), "")
        own = [value for key, value in values.items() if key not in ("clauses", "decisions")]
        moments = {word.partition("/")[0] for key in MOMENTS for word, _line in _words(values.get(key))}
        yield Entry(
            path,
            node.start_mark.line + 1,
            part,
            values["clause"].value,
            name,
            dict(found for value in own for found in _words(value)),
            frozenset(moments),
        )
    for key, value in values.items():
        yield from _entries(value, path, key)


def _words(node: Node | None) -> Iterator[tuple[str, int]]:
    """The single values within a value, each with its line."""
    if isinstance(node, ScalarNode):
        yield str(node.value), node.start_mark.line + 1
    elif isinstance(node, SequenceNode):
        for each in node.value:
            yield from _words(each)
    elif isinstance(node, MappingNode):
        for _key, value in node.value:
            yield from _words(value)


# --- the sources ------------------------------------------------------------------------------------------------------


def kinds_named(words: str) -> dict[str, str]:
    """The kind of event of this name, if there is one: its name in code, and its clause."""
    from guardia.events.kinds import TABLE

    return {kind.moment.name: kind.clause for kind in TABLE if kind.moment.value == words}


def kinds_of(clauses: Iterable[str], moments: Iterable[str]) -> dict[str, str]:
    """The kinds of event of these clauses, and those that their clocks turn on."""
    from guardia.events.kinds import TABLE

    wanted, turning = tuple(clauses), set(moments)
    return {
        kind.moment.name: kind.clause
        for kind in TABLE
        if kind.moment.value in turning or any(is_within(kind.clause, clause) for clause in wanted)
    }


def kind_lines(kinds: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    from guardia.events.kinds import KINDS
    from guardia.procedure.vocabulary import Moment

    path = "guardia/events/kinds.py"
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        entry = re.match(r"\s+(?:Kind\()?Moment\.(\w+),", line)
        if entry and entry[1] in kinds:
            status = KINDS[Moment[entry[1]]].status
            becomes = f"a ticket is {status} from then on (TMF621)" if status else ""
            yield path, number, ", ".join(filter(None, (f"{entry[1].lower()} {kinds[entry[1]]}".rstrip(), becomes)))


def functions_naming(folder: str, names: Iterable[str]) -> list[str]:
    """The public functions of a folder that speak of one of these names."""
    pattern = _pattern(names)
    found = []
    for path, text in _sources(folder):
        for function in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)):
            if not function.name.startswith("_") and pattern.search(ast.get_source_segment(text, function) or ""):
                found.append(f"{path}:{function.lineno}  {function.name}")
    return found


def lines_naming(folder: str, names: Iterable[str]) -> list[str]:
    pattern = _pattern(names)
    return [
        f"{path}:{number}  {line.strip()}"
        for path, text in _sources(folder)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def tests_of(clauses: Iterable[str]) -> list[str]:
    """The tests whose own name, or whose file's, begins with one of these clauses (`test_p4_4_…`, `test_e5_…`).

    Where no name does: the lines that speak of the clause.
    """
    starts = [f"test_{clause.lower().replace('.', '_')}" for clause in clauses]
    own = re.compile(rf"def ((?:{'|'.join(map(re.escape, starts))})_\w*)", re.IGNORECASE) if starts else None
    found = []
    for path, text in _sources(TESTS) if own else ():
        if any(Path(path).name.lower().startswith(f"{start}_") for start in starts):
            found.append(f"{path}:1  {text.count(f'{chr(10)}def test_')} tests")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if own and (test := own.match(line)):
                found.append(f"{path}:{number}  {test[1]}")
    return found or lines_naming(TESTS, clauses)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, sorted(names))) or '(?!)'})\b")


@cache
def _sources(folder: str) -> tuple[tuple[str, str], ...]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple((path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths)
