"""The cities in which sites can stand: chosen from the list, or written a line each, or brought as a file."""

import csv
import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.labels import BAND_NAMES
from guardia.config import countries
from guardia.customers.values import fold
from guardia.procedure.vocabulary import Band
from guardia.web.first_run.forms import LONGEST, StepForm

LISTED, OWN = "listed", "own"
BAND_WORDS = {
    "main": Band.MAIN,
    "principal": Band.MAIN,
    "interm": Band.INTERMEDIATE,
    "remot": Band.REMOTE,
    "dificil": Band.REMOTE,
    "hard": Band.REMOTE,
}
"""By what stands in the word for it, in Spanish, English and Portuguese, without accents."""


class CitiesForm(StepForm):
    """The cities in which sites can stand, each with its band (P4.1 to P4.3)."""

    file = forms.FileField(
        label=gettext_lazy("A list as a file (CSV)"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.txt"}),
        help_text=gettext_lazy("The same three columns. They replace what is above."),
    )

    def __init__(self, *args: Any, country: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        if country == countries.HERE:
            choices = [
                (LISTED, _("The 221 cantons of Ecuador, with their bands by population and access")),
                (OWN, _("The cities I enter below")),
            ]
            self.fields["which"] = forms.ChoiceField(
                label=_("Which cities"), choices=choices, initial=LISTED, widget=forms.RadioSelect
            )
        self.fields["cities"] = forms.CharField(
            label=_("Cities"),
            required=False,
            max_length=LONGEST * 10,
            widget=forms.Textarea({"rows": 6, "placeholder": example_of_cities()}),
            help_text=_(
                "One per line: city; region; how far it is for a crew: main, intermediate or remote. If omitted: main."
            ),
        )
        self.order_fields(["which", "cities", "file"])

    def clean_file(self) -> str:
        file: UploadedFile | None = self.cleaned_data.get("file")
        if not file:
            return ""
        if (file.size or 0) > LONGEST * 10:
            raise forms.ValidationError(_("The file is too large for a list of cities. Choose the CSV file."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise forms.ValidationError(_("The file is not UTF-8. Save it as CSV UTF-8.")) from wrong

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        if fields.get("file"):
            fields["which"], fields["cities"] = OWN, fields["file"]
        if fields.get("which") == LISTED:
            return fields
        rows, problems = read_cities(fields.get("cities", ""))
        for problem in problems[:10]:
            self.add_error("cities", problem)
        if not rows and not problems:
            self.add_error("cities", _("Write at least one city: without it no site of a customer can be created."))
        fields["rows"] = rows
        return fields


def example_of_cities() -> str:
    return "\n".join(f"{_('City')} {n}; {_('Region')}; {BAND_NAMES[band]}" for n, band in enumerate(Band, 1))


def read_cities(written: str) -> tuple[list[tuple[str, str, Band]], list[str]]:
    """The rows of a list, parted by semicolon, comma or tab; and a sentence for each line that is none."""
    head = written.partition("\n")[0]
    mark = next((sign for sign in ";\t," if sign in head), ";")
    rows: dict[tuple[str, str], tuple[str, str, Band]] = {}
    problems = []
    reader = csv.reader(io.StringIO(written), delimiter=mark)
    for cells in reader:
        city, region, far = [*(" ".join(cell.split())[:120] for cell in cells), "", "", ""][:3]
        is_head = reader.line_num == 1 and fold(city) in {"city", "ciudad", "cidade", "name"}
        if is_head or not any((city, region, far)):
            continue
        band = band_of(far)
        if not city or not region:
            problems.append(_("Line %d: enter the city and its region, separated by a semicolon.") % reader.line_num)
        elif band is None:
            said = _("Line %(line)d: “%(word)s” is not a valid band. Write main, intermediate or remote.")
            problems.append(said % {"line": reader.line_num, "word": far})
        else:
            rows[fold(city), fold(region)] = city, region, band
    return list(rows.values()), problems


def band_of(written: str) -> Band | None:
    """By its word in any of the languages (``Principal``, ``sede remota``); nothing written: a main city."""
    said = fold(written)
    return Band.MAIN if not said else next((band for word, band in BAND_WORDS.items() if word in said), None)
