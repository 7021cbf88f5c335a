"""The sample procedure as a template: its clauses, times and stages, with another operator's facts in place of its own.

Whatever belongs to the sample's operator is replaced or left out: name, country, zone, offices, telephone lines, the
night number, the functions of the levels, and each sentence that names one of them. The rest of the text, its comments
included, stays as it is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from guardia.config.languages import in_each_language
from guardia.procedure.schema import Procedure, load
from guardia.procedure.source import replaced_at
from guardia.procedure.texts import language_of

SAMPLE = Path(__file__).parents[2] / "procedures" / "cirion-ecuador.yaml"
WORK_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
TOP = """# The customer procedure of {name} as data, clause by clause.
#
# promise: the published wording (es) and its translations. decisions: what was decided where the wording is silent.
# {{green_window}} inside a decision or a promise reads that number, so that it stands in one place; {{diagnosis:words}}
# writes it out, and {{travel_main_from}} is the lower end of a range. A promise that names another number is refused.
# sample: true marks values that are the operator's to set. Lengths: 20 min, 1.5 h, 4 office h, 2 office days.
# "No superior a" is at_most (≤), "inferior a" is under (<).

"""

type Said = Mapping[str, str]
"""The same words by language code."""

type Changes = dict[tuple[str | int, ...], Mapping[str, str]]
"""By the place of a mapping, the values that come to stand in it."""

ROLES = (gettext_noop("Shift supervisor"), gettext_noop("Head of Operations"), gettext_noop("General Manager"))
"""Functions of the levels, in general words, until the operator has written its own."""


@dataclass(frozen=True)
class Lines:
    """The published numbers as they are written. Only the technical desk's is needed; an empty one is not published.

    ``night``: E5; empty: the technical desk's.
    """

    technical: str
    free: str = ""
    sales: str = ""
    billing: str = ""
    night: str = ""


@dataclass(frozen=True)
class Operator:
    """What the template asks of an operator. ``office``: from and to, such as 08:30 and 17:30, on working days."""

    name: str
    country: str
    country_names: Said
    zone: str
    languages: tuple[str, ...]
    lines: Lines
    offices: tuple[tuple[str, str], ...] = ()
    office: tuple[str, str] = ("08:30", "17:30")
    roles: tuple[Said, ...] = ()


def procedure_of(operator: Operator) -> str:
    """The text of this operator's procedure. Raises ProcedureFileRefused where its facts do not fit a procedure."""
    sample = SAMPLE.read_text(encoding="utf-8")
    begins, ends = operator.office
    night = operator.lines.night or operator.lines.technical
    changes: Changes = {
        (): _top(operator),
        ("weekly_hours", "office", "days"): {day: f"[{begins}-{ends}]" for day in WORK_DAYS},
        ("escalation", "night"): {"number": _quoted(night)},
        **_clauses(load(sample, ""), operator),
    }
    for place, desk in enumerate(load(sample, "").desks):
        if desk.said_when_closed:
            changes["desks", place] = {"said_when_closed": _flow(_closed(desk.name.model_dump(), operator))}
    for place, role in enumerate(operator.roles or roles()):
        changes["escalation", "levels", place] = {"role": _flow(role), "persons": "1", "together": "false"}
    text = replaced_at(sample, changes)
    text = TOP.format(name=_one_line(operator.name)) + text[text.index("code:") :]
    text = re.sub(r"[ ]+$", "", text, flags=re.MULTILINE)
    load(text, f"{code_of(operator)}.yaml")
    return text


def code_of(operator: Operator) -> str:
    return f"PC-{operator.country}-01"


def _top(operator: Operator) -> dict[str, str]:
    provider = {
        "name": _quoted(operator.name),
        "country": _flow(operator.country_names),
        "zone": operator.zone,
        "languages": f"[{', '.join(operator.languages)}]",
    }
    addresses = [f"city: {_quoted(city)}, address: {_quoted(address)}" for city, address in operator.offices]
    offices = [f"\n  - {{clause: A4, {address}}}" for address in addresses]
    return {
        "code": code_of(operator),
        "provider": "".join(f"\n  {name}: {value}" for name, value in provider.items()),
        "offices": "".join(offices) or "[]",
        "lines": "".join(_lines(operator.lines)) or "[]",
    }


def _lines(lines: Lines) -> list[str]:
    """L1 to L3, in the order of the clauses."""
    found = (
        ("L1", in_each_language(lambda: gettext("Sales")), lines.sales, "sales", ""),
        ("L2", in_each_language(lambda: pgettext("desk", "Billing")), lines.billing, "billing", ""),
        ("L3", in_each_language(lambda: gettext("Toll-free")), lines.free, "technical", "true"),
        ("L3", in_each_language(lambda: gettext("Fault reports")), lines.technical, "technical", ""),
    )
    return [
        f"\n  - clause: {clause}\n    name: {_flow(name)}\n    number: {_quoted(number)}\n    desk: {desk}"
        + (f"\n    toll_free: {free}" if free else "")
        for clause, name, number, desk, free in found
        if number
    ]


def roles() -> tuple[Said, ...]:
    return tuple(in_each_language(partial(gettext, words)) for words in ROLES)


def _closed(desk: Said, operator: Operator) -> Said:
    """What a desk's line says outside its hours (A3)."""
    begins, ends = operator.office

    def words() -> str:
        words = gettext(
            "%(desk)s is open Monday to Friday, %(from)s to %(to)s. The Operations Centre will take your request now."
        )
        return words % {"desk": desk[language_of(get_language())], "from": begins, "to": ends}

    return in_each_language(words)


def _clauses(sample: Procedure, operator: Operator) -> Changes:
    """The clauses that name the operator (A4) or its country's hour (A3)."""
    name = {"name": _one_line(operator.name)}

    def hour_of_the_country() -> str:
        words = gettext("Office hours are counted in %(country)s time and exclude the country's public holidays.")
        return words % {"country": operator.country_names[language_of(get_language())]}

    addresses = in_each_language(
        lambda: gettext("The addresses of %(name)s for your requests are the following") % name
    )
    counted = in_each_language(hour_of_the_country)
    changes: Changes = {}
    for place, clause in enumerate(sample.clauses):
        if clause.clause == "A4":
            changes["clauses", place] = {"promise": _flow(addresses)}
        for number, decision in enumerate(clause.decisions):
            if sample.provider.country.es in decision.es:
                said = {language: _quoted(words) for language, words in counted.items()}
                changes["clauses", place, "decisions", number] = said
    return changes


def _flow(said: Said) -> str:
    return "{" + ", ".join(f"{language}: {_quoted(words)}" for language, words in said.items()) + "}"


def _quoted(words: str) -> str:
    return json.dumps(_one_line(words), ensure_ascii=False)


def _one_line(words: str) -> str:
    return " ".join(words.split())
