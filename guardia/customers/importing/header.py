"""The first row: which column of the file holds which field."""

from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from guardia.customers.folding import fold
from guardia.customers.importing.columns import Column, Kind
from guardia.customers.importing.table_file import WrongFile


@dataclass(frozen=True)
class Header:
    """``places`` in the order of the kind, not of the file: a row's company is known before what belongs to it."""

    places: dict[Column, int]
    names: dict[str, str]
    ignored: tuple[str, ...]
    width: int

    @classmethod
    def of(cls, kind: Kind, names: list[str]) -> "Header":
        """Raises WrongFile: a needed column that is missing, one that stands twice, one that is misspelt."""
        known, found, ignored = kind.named(), {}, []
        for place, name in enumerate(names):
            column = known.get(fold(name).replace(" ", "_"))
            if column in found:
                raise WrongFile(_("The column “%s” stands twice in the file. Leave one.") % name)
            if column:
                found[column] = place
            elif name:
                ignored.append(not_misspelt(name, list(known)))
        missing = [column.name for column in kind.columns if column.needed and column not in found]
        if missing:
            sentence = _("These columns are missing in the first row: %s. Download the sample to see all.")
            raise WrongFile(sentence % ", ".join(missing))
        ordered = {column: found[column] for column in kind.columns if column in found}
        fields = {column.field: names[place] for column, place in found.items()}
        return cls(ordered, fields, tuple(ignored), len(names))

    def written(self, cells: list[str]) -> dict[str, str]:
        """The row's cells by field; a short row's missing cells are empty."""
        return {column.field: cells[at].strip() if at < len(cells) else "" for column, at in self.places.items()}


def not_misspelt(name: str, known: list[str]) -> str:
    """A column of the sender's own is left aside; one that is nearly ours would be lost unseen. Raises WrongFile."""
    if near := get_close_matches(fold(name).replace(" ", "_"), known, n=1, cutoff=0.8):
        sentence = _("The column “%(name)s” is not known. Did you mean “%(near)s”?")
        raise WrongFile(sentence % {"name": name, "near": near[0]})
    return name
