"""A mapping as a plain table: which heading tells what, and what each word of a state means; and back into YAML.

The table is for whoever never saw YAML. What it has no place for (conditions, cells of several facts) is left as it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from guardia.customers.values import fold
from guardia.history.file_survey import FileSurvey, Heading
from guardia.history.import_report import STATES
from guardia.history.mapping import Fact, HourRules, Rows, load
from guardia.history.mapping import Mapping as ColumnMapping
from guardia.history.row_kinds import NEEDED
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.yaml_file import Document

FACTS: Mapping[Fact, Any] = {
    "number": _("number of the case"),
    "id": _("key of the case inside the tool"),
    "company": _("company"),
    "service": _("service, circuit"),
    "subject": _("subject"),
    "symptoms": _("what was reported"),
    "reporter": _("who reported it"),
    "opened": _("when it was opened"),
    "restored": _("when the service was back"),
    "closed": _("when it was closed"),
    "state": _("state that the case is in"),
    "cause": _("cause"),
    "solution": _("solution"),
    "attachment": _("names of attachments"),
    "attachment_data": _("an attachment in base64"),
    "site": _("site, for the shadow day"),
    "element": _("what it depends on, for the shadow day"),
    "severity": _("severity, for the shadow day"),
    "time": _("when something happened"),
    "activity": _("state from then on"),
    "note": _("note, comment"),
    "author": _("who wrote or did it"),
}
"""What a column may tell, in the words of the screen."""
NUMBERS: tuple[Fact, ...] = ("number", "id")
TELL_STATES: tuple[Fact, ...] = ("state", "activity")
MOST_WORDS = 150


@dataclass(frozen=True)
class HeadingRow:
    """One heading of a file and what it tells; empty: nothing."""

    name: str
    examples: Sequence[str]
    fact: str


@dataclass(frozen=True)
class KindTable:
    """The headings of a file for one kind of rows; ``place``: of the kind in the mapping."""

    place: int
    file: str
    rows: Sequence[HeadingRow]


@dataclass(frozen=True)
class StateRow:
    """A word of the former tool, how often it stands in the files, and what it means; empty: nobody has said it yet."""

    word: str
    count: int
    meaning: str


def as_far_as_it_goes(text: str) -> ColumnMapping | None:
    """The mapping that a text says; of one that lacks something still, what can be read of it; None: it is no YAML."""
    try:
        return load(text, "mapping.yaml")
    except ProcedureFileRefused:
        pass
    try:
        content = Document(text, "mapping.yaml").content
    except ProcedureFileRefused:
        return None
    content = content if isinstance(content, dict) else {}
    rows = content.get("rows")
    kinds = [_kind_of(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    hours = content.get("hours")
    order = hours.get("order") if isinstance(hours, dict) else None
    return ColumnMapping.model_construct(
        system=str(content.get("system") or ""),
        rows=tuple(kinds) or (Rows.model_construct(columns={}),),
        states=_states_of(content.get("states")),
        hours=HourRules(order=order if order in ("dmy", "mdy", "ymd") else "auto"),
        companies="create" if content.get("companies") == "create" else "known",
        company=str(content.get("company") or ""),
    )


def _kind_of(content: Mapping[str, Any]) -> Rows:
    """Conditions and cells that cannot be read are left to the text."""
    columns: dict[Any, Any] = {}
    named = content.get("columns")
    for fact, headings in named.items() if isinstance(named, dict) else ():
        words = [str(one) for one in headings] if isinstance(headings, list) else [str(headings)]
        if fact in FACTS and headings:
            columns[fact] = words[0] if len(words) == 1 else tuple(words)
    return Rows.model_construct(columns=columns, states=_states_of(content.get("states")))


def _states_of(content: Any) -> dict[str, Any]:
    found = content.items() if isinstance(content, dict) else ()
    return {str(word): meaning for word, meaning in found if meaning in STATES}


def kind_tables(mapping: ColumnMapping, files: Sequence[FileSurvey]) -> list[KindTable]:
    """A table for each plain kind of rows that a file has; of a file that fits none, for the nearest one."""
    tables = []
    for at, file in enumerate(files):
        own = {fold(one["name"]) for one in file["headings"]}
        kinds = list(enumerate(mapping.rows))
        fitting = [(place, kind) for place, kind in kinds if _fits(kind, own)] or _nearest(kinds, own, at)
        for place, kind in fitting:
            if not is_plain(kind):
                continue
            told = {fold(heading): fact for fact in kind.columns for heading in kind.headings(fact)}
            rows = [
                HeadingRow(one["name"], one["examples"], told.get(fold(one["name"]), "")) for one in file["headings"]
            ]
            tables.append(KindTable(place, file["name"], rows))
    return sorted({table.place: table for table in reversed(tables)}.values(), key=lambda table: table.place)


def _fits(kind: Rows, own: set[str]) -> bool:
    """As ``row_kinds`` has it: the number and the hours that it names are there."""
    case: Fact = "number" if kind.headings("number") else "id"
    needed = {fold(heading) for fact in (case, *NEEDED) for heading in kind.headings(fact)}
    needed.update(fold(heading) for heading in (*kind.only, *kind.unless))
    return bool(kind.headings(case)) and needed <= own


def _nearest(kinds: Sequence[tuple[int, Rows]], own: set[str], at: int) -> list[tuple[int, Rows]]:
    """The kind with the most of these headings; without any, the one that stands where the file does."""
    counts = {place: len(own & {fold(heading) for heading in kind.all_headings}) for place, kind in kinds}
    best = max(counts, key=lambda place: (counts[place], place == at), default=-1)
    return [(place, kind) for place, kind in kinds if place == best and (counts[place] or place == at)]


def is_plain(kind: Rows) -> bool:
    """Whether a table of headings says all of it: no condition, no cell of several facts, no heading of two facts."""
    named = [fold(heading) for fact in kind.columns for heading in kind.headings(fact)]
    return not (kind.cells or kind.only or kind.unless) and len(named) == len(set(named))


# --- what the words of a state mean -----------------------------------------------------------------------------------
def state_rows(mapping: ColumnMapping, files: Sequence[FileSurvey], unknown: Mapping[str, int]) -> list[StateRow]:
    """The words under the headings of a state, those that nobody has explained first, then the most frequent.

    ``unknown``: words that a run before met and did not know, with how often.
    """
    counts: Counter[str] = Counter()
    meanings: dict[str, str] = {}
    for kind in mapping.rows:
        headings = {fold(each) for fact in TELL_STATES for each in kind.headings(fact)}
        for one in _headings_of(kind, files):
            if fold(one["name"]) in headings:
                for word, count in one["words"].items():
                    counts[word] = max(counts[word], count)
                    meanings[word] = meanings.get(word) or mapping.state_of(kind, [word]) or ""
    for word, count in unknown.items():
        if len(word) <= 200:
            counts[word] = max(counts[word], count)
            meanings[word] = meanings.get(word) or _meaning(mapping, word)
    rows = [StateRow(word, count, meanings[word]) for word, count in counts.items()]
    return sorted(rows, key=lambda row: (bool(row.meaning), -row.count, row.word))[:MOST_WORDS]


def _meaning(mapping: ColumnMapping, word: str) -> str:
    return mapping.state_of(mapping.rows[0], [word]) or ""


def _headings_of(kind: Rows, files: Sequence[FileSurvey]) -> Iterator[Heading]:
    """Of the files in which such rows may stand. A column that conditions part into several kinds tells no state."""
    if kind.only or kind.unless:
        return
    needed = {fold(heading) for fact in NUMBERS for heading in kind.headings(fact)}
    for file in files:
        if needed & {fold(one["name"]) for one in file["headings"]}:
            yield from file["headings"]


def words_without_meaning(rows: Iterable[StateRow]) -> list[str]:
    return [row.word for row in rows if not row.meaning]


# --- back into YAML ---------------------------------------------------------------------------------------------------
def with_columns(mapping: ColumnMapping, place: int, chosen: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The columns of one kind of rows by these pairs of a heading and its fact, empty for nothing. Headings of one fact
    are read together in the order in which they were, then in that of the file.
    """
    kind = mapping.rows[place]
    before = [fold(heading) for fact in kind.columns for heading in kind.headings(fact)]
    columns: dict[str, list[str]] = {}
    for heading, fact in sorted(chosen, key=lambda pair: _place_in(before, pair[0])):
        if fact in FACTS:
            columns.setdefault(fact, []).append(heading)
    return {fact: columns[fact][0] if len(columns[fact]) == 1 else columns[fact] for fact in FACTS if fact in columns}


def _place_in(names: Sequence[str], heading: str) -> int:
    folded = fold(heading)
    return names.index(folded) if folded in names else len(names)


def with_states(content: dict[str, Any], meanings: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The content with what these words mean, wherever it says something else of them; an empty meaning takes a word
    out, so that its events come in as notes and are named.
    """
    tables = [content.setdefault("states", {}), *(kind["states"] for kind in content["rows"] if "states" in kind)]
    for word, meaning in meanings:
        places = [(table, known) for table in tables for known in list(table) if fold(known) == fold(word)]
        for table, known in places:
            del table[known]
            if meaning in STATES:
                table[word] = meaning
        if not places and meaning in STATES:
            tables[0][word] = meaning
    return content


def content_of(mapping: ColumnMapping) -> dict[str, Any]:
    """What a YAML of it says, without what is usual; in the order in which a person reads it."""
    content = mapping.model_dump(mode="json", exclude_defaults=True)
    return {name: content[name] for name in ColumnMapping.model_fields if name in content}


ORDER = ("system", "hours", "companies", "company", "quotes", "rows", "states")


def text_of(content: Mapping[str, Any]) -> str:
    """YAML that reads as this content, which may lack something still: whoever keeps it loads it first."""
    ordered = {name: content[name] for name in ORDER if content.get(name) not in (None, {}, "")}
    return str(yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=110))
