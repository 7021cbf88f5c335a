"""The file of the inventory: a row for an element, for what it hangs on, or for a service that ends there."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from guardia.config.languages import language_codes, the_same_in, translations
from guardia.customers.importing import cells
from guardia.customers.importing.kind import Column, Kind
from guardia.customers.values import Misfit, Reader, fold, line, not_among
from guardia.network.element import Element, ElementKind

KIND_WORDS = {
    **{kind.value: kind for kind in ElementKind},
    "nodo": ElementKind.NODE,
    "ruta": ElementKind.ROUTE,
    "portador": ElementKind.CARRIER,
    "energia": ElementKind.POWER,
    "lugar": ElementKind.PLACE,
}
READERS: dict[str, Reader] = {
    "code": line(80, needed=True),
    "name": line(160),
    **{f"public_{language}": line(160) for language in language_codes()},
}


def kind_of_element(cell: str) -> str:
    """Empty where nothing is said. Raises Misfit with the words that are known."""
    word = fold(cell)
    if not word:
        return ""
    if word in KIND_WORDS:
        return KIND_WORDS[word].value
    raise Misfit(not_among(cell[:40], ["nodo", "ruta", "carrier", "energia", "lugar"]))


ELEMENTS = Kind(
    "elements",
    _("Elements of the network"),
    Element,
    READERS,
    (
        Column(
            "elemento",
            "code",
            _("Code of the element, as the alerts name it; it may appear in several rows"),
            ("RUTA-SUR", "NODO-CENTRO-1"),
            True,
            also=("element", "code", "codigo"),
        ),
        Column(
            "tipo",
            "kind",
            _("nodo, ruta, carrier, energia or lugar; needed once for a new element"),
            ("ruta", "nodo"),
            cell=kind_of_element,
            also=("kind",),
        ),
        Column("nombre", "name", _("As worded by the desk"), ("Ruta sur", "Nodo Centro"), also=("name",)),
        Column(
            "publico_es",
            "public_es",
            _("As customers read it, in Spanish; empty: its kind and its city"),
            ("", ""),
            also=("public_es",),
        ),
        *(
            Column(f"publico_{code}", name, lazy(the_same_in, str)(code), ("", ""), also=(name,))
            for code, name in ((code, f"public_{code}") for code in translations())
        ),
        Column(
            "ciudad",
            "city",
            _("City from the list; add its region after a comma where two share a name"),
            ("", "Ciudad"),
            also=("city",),
        ),
        Column("depende_de", "upper", _("Code of the element it depends on"), ("", "RUTA-SUR"), also=("upper",)),
        Column(
            "circuito",
            "circuit",
            _("Circuit of a service that ends at it; one per row"),
            ("", ""),
            also=("circuit",),
        ),
        Column(
            "otra_via",
            "protected",
            _("si, if what this row joins has an alternative path; empty: no"),
            ("", ""),
            cell=cells.yes_no(False),
            also=("protected",),
        ),
        Column(
            "retirar",
            "removed",
            _("si, if what this row joins is no longer so; empty: no"),
            ("", ""),
            cell=cells.yes_no(False),
            also=("removed",),
        ),
    ),
)
