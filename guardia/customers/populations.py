"""The statistics office's table of populations, brought in as a file: a canton a line, known by its code (DPA)."""

import csv
import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.customers.cities import City

WRITTEN = re.compile(r"\d{1,3}(?:[.,'\u00a0 ]\d{3})*|\d+")
MOST = 50_000_000


@dataclass(frozen=True)
class PopulationImport:
    """How many cities got another figure, and which codes of the file no city has."""

    changed: int
    unknown: tuple[str, ...]


class WrongFile(ValueError):
    """Nothing of the file was taken; a sentence for each mistake, with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def bring(text: str) -> PopulationImport:
    """A CSV with the columns ``code`` and ``population``, parted by comma or semicolon; any other column is left aside.

    Every figure or none. No band is touched: ``tiers`` says which would be another by the rule. Raises WrongFile.
    """
    figures = _read(text)
    cities = {city.code: city for city in City.objects.exclude(code="")}
    changed = []
    for code, population in figures.items():
        city = cities.get(code)
        if city and city.population != population:
            city.population = population
            changed.append(city)
    City.objects.bulk_update(changed, ["population"])
    return PopulationImport(len(changed), tuple(code for code in figures if code not in cities))


def _read(text: str) -> dict[str, int]:
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = [name.strip().lower().lstrip("\ufeff") for name in next(rows, [])]
    if "code" not in columns or "population" not in columns:
        raise WrongFile([_("Line 1: the columns “code” and “population” are needed. Name them so.")])
    at_code, at_population = columns.index("code"), columns.index("population")
    found: dict[str, int] = {}
    problems = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = [*row, *[""] * len(columns)]
        code, written = cells[at_code].strip().zfill(4), cells[at_population].strip()
        figure = int(re.sub(r"\D", "", written)) if WRITTEN.fullmatch(written) else 0
        if not re.fullmatch(r"[0-9]{4}", code):
            problems.append(_("Line %d: a canton's code has four digits, like 0101.") % rows.line_num)
        elif code in found:
            problems.append(_("Line %(line)d: the code %(code)s stands twice.") % {"line": rows.line_num, "code": code})
        elif not 0 < figure <= MOST:
            problems.append(_("Line %d: write the population in digits, like 306309.") % rows.line_num)
        found[code] = figure
    if problems:
        raise WrongFile(problems)
    return found
