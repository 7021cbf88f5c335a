"""A foreign word on a page is a defect: each page is read in two languages; what does not change must be data."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from guardia.cases import band_change
from guardia.cases.case_files import add_file, withdraw_file
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.importing.columns import KINDS
from guardia.evidence.files import CaseFile
from guardia.evidence.target_import import TARGETS
from guardia.evidence.test_result import Verdict
from guardia.field.crew import Crew
from guardia.network.element_columns import ELEMENTS
from guardia.people.staff import Role
from guardia.reports.month import Month
from guardia.web.desk.reports.regulator_form import FIELDS
from tests.files import samples
from tests.procedure.story import staff

SHOWN = ("title", "placeholder", "aria-label", "alt", "value")
NOT_SHOWN = {"script", "style", "template"}
WORD = re.compile(r"[^\W\d_]{2,}")
PAGES = (
    "/",
    "/?orden=impacto",
    "/?area=billing",
    "/llamadas/",
    "/casos/nuevo",
    "/casos/nuevo?q=banco",
    "/requerimientos/nuevo",
    "/requerimientos/nuevo?q=banco",
    "/oficinas/recibir",
    "/oficinas/recibir?q=banco",
    "/oficinas/recibir?compania=0",
    "/correo",
    "/buscar",
    "/buscar?q=ENL-0042",
    "/companias/",
    "/companias/importar",
    "/companias/cambios",
    "/companias/provisionales",
    "/ciudades/",
    "/bandas/",
    "/cuadrillas/",
    "/despacho",
    "/afectaciones",
    "/afectaciones/nueva",
    "/elementos/",
    "/trabajos",
    "/alertas",
    "/ajustes/personas",
    "/informes/",
    "/informes/mensual/",
    "/informes/mensual/?q=nadie",
    "/informes/interrupciones",
    "/campo",
    "/procedimiento",
    "/pantalla",
    "/paleta",
    "/vistas",
    "/?impacto=degraded&etapa=execution",
    "/paleta?q=banco",
    "/ajustes/procedimiento",
    "/ajustes/procedimiento/version/1",
)
# Names and units, the same in every language.
SAME = {
    *("Guardia", "VIP", "Quito", "Guayaquil", "Centro", "de", "Gestión", "Ecuador", "ENL", "CSV", "IANA", "SHA", "min"),
    *("Ctrl", "Enter", "Esc", "Español", "español", "English", "Português", "PDF", "XLSX", "Excel", "bytes"),
}
# Words that Spanish and English happen to share.
COGNATES = {
    *("no", "normal", "total", "error", "Base", "Plan", "probable", "Supervisor", "Portal", "Panorama"),
    *("Feb", "Mar", "Jun", "Jul", "Sep", "Oct", "Nov"),
}


class Texts(HTMLParser):
    """The pieces of text a person sees or hears on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in NOT_SHOWN
        given = dict(attrs)
        if (tag == "input" and given.get("type") not in {"submit", "button"}) or tag in {
            "option",
            "button",
            "li",
            "data",
        }:
            given.pop("value", None)
        self.texts += [given[name] for name in SHOWN if given.get(name)]

    def handle_endtag(self, tag):
        self.hidden -= tag in NOT_SHOWN

    def handle_data(self, data):
        if not self.hidden:
            self.texts.append(" ".join(data.split()))


def texts_of(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    return [text for text in parser.texts if WORD.search(text)]


@pytest.fixture
def house(story):
    """An incident with something of everything in its log."""
    Crew.objects.create(name="Cuadrilla 1")
    story.caller_rings(story.head)
    story.open_case()
    story.now -= story.now - story.case.opened_at
    story.diagnosis("visit", probable=True)
    story.visit_is_agreed()
    story.case.tell("palabras nuestras", by=story.by, at=story.now)
    story.case.note("palabras nuestras", by=story.by, at=story.now)
    story.test_shows("palabras nuestras", Verdict.UNCLEAR)
    with_files(story)
    with_another_band(story)
    return story


def with_another_band(story) -> None:
    city = story.site.city
    fields = {"name": city.name, "province": city.province, "zone": city.zone, "band": "intermediate"}
    band_change.save_city(city, {**fields, "band_reason": "palabras nuestras"}, by=story.supervisor, at=story.now)


def with_files(story) -> None:
    """A photograph that the customer sees, a document, and one that was withdrawn."""
    for name, content in (("foto.jpg", samples.jpeg()), ("acta.pdf", samples.PDF), ("router.log", samples.LOG)):
        facts = {"content": content, "name": name, "caption": "palabras nuestras", "shown": name == "foto.jpg"}
        added = add_file(story.case, by=story.by, now=story.now, **facts)
    withdraw_file(story.case, added, "palabras nuestras", by=story.by, at=story.now)


def data_words(story) -> set[str]:
    """Every word that stands in the rows the pages show."""
    rows = [
        *vars(story.case).values(),
        *(value for thing in (story.bank, story.other, story.site, story.service) for value in vars(thing).values()),
        *(value for person in story.bank.contacts.all() for value in vars(person).values()),
        *(value for city in City.objects.all() for value in vars(city).values()),
        *(value for crew in Crew.objects.all() for value in vars(crew).values()),
        *(f"{person.name} {person.username}" for person in (story.engineer, story.colleague, story.supervisor)),
        *story.case.events.values_list("texts__text", flat=True),
        *(f"{one.name} {one.type} {one.sha256}" for one in CaseFile.objects.all()),
    ]
    return set(WORD.findall(" ".join(str(row) for row in rows)))


def read_in(language: str, person, path: str) -> list[str]:
    with behind(DatabaseRole.STAFF):
        person.language = language
        person.save()
        client = Client(headers={"accept-language": language})
        client.force_login(person)
    separator = "&" if "?" in path else "?"
    answer = client.get(f"{path}{separator}lang={language}" if path == "/procedimiento" else path)
    assert answer.status_code == 200, path
    return texts_of(answer.content.decode())


def months(story) -> tuple[str, ...]:
    """The month of the incident, and one that cannot be sent yet: a letter stands in its reader's language."""
    month = Month.of(story.case.opened_at)
    of_bank = f"/informes/mensual/{story.bank.pk}"
    shown = (f"/informes/mensual/?mes={month}", f"{of_bank}?mes={month}", f"/informes/interrupciones?mes={month}")
    return *shown, of_bank, f"{of_bank}/enviar?mes={month}"


def test_what_is_the_same_in_spanish_and_english_is_data(house):
    administrator = staff("administrador", Role.ADMINISTRATOR)
    columns = set(WORD.findall(" ".join(kind.sample() for kind in (*KINDS.values(), TARGETS, ELEMENTS))))
    version = house.version
    published = set(WORD.findall(" ".join([version.source, version.sha256, version.short_hash])))
    columns |= set(WORD.findall(" ".join(FIELDS)))  # the keys of the file of the form
    known = SAME | COGNATES | columns | data_words(house) | {"administrador"}
    number = house.number
    untranslated = set()
    month = f"/companias/{house.bank.pk}/servicios/{house.service.pk}/disponibilidad"
    files = [f"/casos/{number}/archivos/{one.pk}" for one in CaseFile.objects.filter(withdrawn_at=None)]
    sites = f"/companias/{house.bank.pk}/sedes/"
    for path in (
        *PAGES,
        *months(house),
        month,
        sites,
        f"/casos/{number}/",
        f"/casos/{number}/?bitacora=notificaciones",
        *files,
    ):
        here, there = set(read_in("es", administrator, path)), set(read_in("en", administrator, path))
        data = known | published if "procedimiento" in path else known
        untranslated |= {(path, text) for text in here & there if set(WORD.findall(text)) - data}
    assert not untranslated, "\n".join(f"{path}: {text}" for path, text in sorted(untranslated))
