"""The crews of the sample operator, with who enters a site with them; names are roles, documents are made up."""

from dataclasses import dataclass
from itertools import count, islice

from guardia.field.crew import Crew, CrewMember, Specialty
from guardia.field.crews import save_crew
from guardia.field.members import save_member
from guardia.people.staff import Staff

FIBRE_TOOLS = "Fusionadora de fibra\nReflectómetro OTDR\nEscalera de 6 m"
HEIGHT_TOOLS = "Arnés y línea de vida\nAnalizador de espectro\nInclinómetro"


@dataclass(frozen=True)
class Sample:
    """A crew of the demo; ``people`` is how many enter with it."""

    name: str
    phone: str
    base: str
    specialties: tuple[Specialty, ...]
    people: int
    plate: str
    tools: str
    contractor: str = ""
    email: str = ""


# Their order is that of the stories: crew 1 is the first.
CREWS = (
    Sample(
        "Cuadrilla 1",
        "02 555 0401",
        "Quito",
        (Specialty.FIBRE, Specialty.CABLING, Specialty.EQUIPMENT),
        2,
        "AAA-0001",
        FIBRE_TOOLS,
    ),
    Sample(
        "Cuadrilla 2",
        "05 555 0402",
        "Portoviejo",
        (Specialty.FIBRE, Specialty.RADIO, Specialty.TOWER),
        3,
        "AAA-0002",
        HEIGHT_TOOLS,
    ),
    Sample("Cuadrilla 3", "04 555 0403", "Guayaquil", (Specialty.FIBRE, Specialty.POWER), 2, "AAA-0003", FIBRE_TOOLS),
    Sample("Cuadrilla 4", "07 555 0404", "Cuenca", (Specialty.FIBRE, Specialty.EQUIPMENT), 2, "AAA-0004", FIBRE_TOOLS),
    Sample("Cuadrilla 5", "02 555 0405", "Quito", (Specialty.RADIO, Specialty.TOWER), 3, "AAA-0005", HEIGHT_TOOLS),
    Sample(
        "Contratista del sur",
        "07 555 0406",
        "Loja",
        (Specialty.FIBRE, Specialty.RADIO, Specialty.POWER),
        3,
        "AAA-0006",
        FIBRE_TOOLS,
        contractor="Redes del Sur",
        email="cuadrilla@redes.example.com",
    ),
    Sample("Cuadrilla 6", "04 555 0407", "Guayaquil", (Specialty.FIBRE, Specialty.CABLING), 2, "AAA-0007", FIBRE_TOOLS),
)


def write_crews(technician: Staff) -> list[Crew]:
    """The crews in their order; the technician's account is of the first one, the others work without any."""
    crews, numbers = [], count(1)
    for sample in CREWS:
        crew = save_crew(Crew(), fields_of(sample))
        for number in islice(numbers, sample.people):
            staff = technician if number == 1 else None
            person = {"name": f"Personal de campo {number}", "document": f"0000000{number:02}-0", "staff": staff}
            save_member(CrewMember(crew=crew), person)
        crews.append(crew)
    return crews


def fields_of(sample: Sample) -> dict[str, object]:
    names = ("name", "phone", "base", "specialties", "plate", "tools", "contractor", "email")
    return {name: getattr(sample, name) for name in names}
