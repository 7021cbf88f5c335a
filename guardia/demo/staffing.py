"""Who works at the sample operator: people by their role, levels, crews, and who was at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.clocks.clock import Clock
from guardia.escalation.escalation import Level
from guardia.escalation.rota import Cover, Rota
from guardia.field.crew import Crew, CrewMember, Specialty
from guardia.field.crews import save_crew, save_member
from guardia.people import shifts
from guardia.people.shifts import Handover, HandoverLine
from guardia.people.staff import Actor, Role, Staff, StaffPassword
from guardia.procedure.vocabulary import ClockKind, Moment

# --- crews ------------------------------------------------------------------------------------------------------------
# The crews of the sample operator, with who enters a site with them; names are roles, documents are made up.
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


# --- staffing ---------------------------------------------------------------------------------------------------------
PASSWORD = "clave-de-demostracion"
CUSTOMER = "sistemas@banco-austral.example.com"
"""The mailbox of a contact who administers the own company; ``data/companies.toml`` says so."""
ZONE = ZoneInfo("America/Guayaquil")
PEOPLE = (
    ("ingeniero1", "Ingeniero 1", Role.ENGINEER),
    ("ingeniero2", "Ingeniero 2", Role.ENGINEER),
    ("ingeniero3", "Ingeniero 3", Role.ENGINEER),
    ("ingeniero4", "Ingeniero 4", Role.ENGINEER),
    ("despacho", "Despacho", Role.DISPATCHER),
    ("supervisora1", "Supervisora 1", Role.SUPERVISOR),
    ("supervisor2", "Supervisor 2", Role.SUPERVISOR),
    ("supervisora3", "Supervisora 3", Role.SUPERVISOR),
    ("gerente", "Gerente de operaciones", Role.SUPERVISOR),
    ("gerente_senior", "Gerente sénior", Role.SUPERVISOR),
    ("ventas1", "Ventas 1", Role.SALES),
    ("facturacion1", "Facturación 1", Role.BILLING),
    ("calidad", "Gerente de calidad", Role.QUALITY),
    ("administrador", "Administrador", Role.ADMINISTRATOR),
    ("tecnico1", "Personal de campo 1", Role.TECHNICIAN),
)
LOGINS: list[tuple[str, str, str]] = [(username, PASSWORD, role.value) for username, _, role in PEOPLE]
# The two engineers of each shift: 22–06, 06–14, 14–22.
SHIFTS = ((1, 2), (0, 3), (2, 0))


@dataclass(frozen=True)
class Team:
    """Everybody, by username; crews in the order of their names."""

    people: dict[str, Staff]
    crews: list[Crew]

    @property
    def engineers(self) -> list[Staff]:
        return [self.people[f"ingeniero{number}"] for number in (1, 2, 3, 4)]

    @property
    def dispatcher(self) -> Staff:
        return self.people["despacho"]

    @property
    def supervisor(self) -> Staff:
        return self.people["supervisora1"]

    def on_shift(self, at: datetime) -> list[Staff]:
        """The engineers at the desk at that hour (Ecuador's)."""
        shift = SHIFTS[(at.astimezone(ZONE).hour + 2) // 8 % 3]
        return [self.engineers[number] for number in shift]


def hire() -> Team:
    """Write the people and the crews; one password, hashed once, for all."""
    secret = make_password(PASSWORD)
    people = Staff.objects.bulk_create(
        Staff(username=username, name=name, role=role) for username, name, role in PEOPLE
    )
    StaffPassword.objects.bulk_create(StaffPassword(person.pk, secret) for person in people)
    team = {person.username: person for person in people}
    return Team(team, write_crews(team["tecnico1"]))


# --- levels -----------------------------------------------------------------------------------------------------------
# Who answers at the sample operator (E2 to E4): two supervisors together in turns, a manager, a senior manager
# abroad.
# Numbers and mailboxes are made up. One week ahead a cover stands in, so that the calendar of the rotas shows one.
# Username: position, mobile, desk telephone.
REACHED_BY = {
    "supervisora1": ("Supervisora TSC", "+593999000001", "+59325550100;ext=11"),
    "supervisor2": ("Supervisor TSC", "+593999000002", "+59325550100;ext=12"),
    "supervisora3": ("Supervisora TSC", "+593999000003", "+59325550100;ext=13"),
    "gerente": ("Gerente, Operaciones Técnicas de Clientes", "+593999000004", "+59325550100;ext=20"),
    "gerente_senior": ("Gerente Sénior, Operaciones Técnicas", "+573105550100", ""),
}
OWN_NUMBER = ("+593999000010", "Celular de Operaciones")
SEATS = (
    (1, 1, ("supervisora1", "supervisora3")),
    (1, 2, ("supervisor2",)),
    (2, 1, ("gerente",)),
    (3, 1, ("gerente_senior",)),
)
SINCE = timedelta(days=100)
"""The rotas hold since before the sample history begins."""


def fill_levels(team: Team, now: datetime) -> None:
    """Titles, numbers, rotas, one cover to come and the level's own number, as they stand at ``now`` (UTC)."""
    for username, (position, mobile, desk_phone) in REACHED_BY.items():
        person = team.people[username]
        person.position, person.mobile, person.desk_phone = position, mobile, desk_phone
        person.email = f"{username.replace('_', '.')}@example.com"
    Staff.objects.bulk_update(
        [team.people[username] for username in REACHED_BY], ["position", "mobile", "desk_phone", "email"]
    )
    Level.objects.create(level=1, phone=OWN_NUMBER[0], phone_name=OWN_NUMBER[1])
    Rota.objects.bulk_create(
        rota(level, seat, [team.people[name] for name in names], now) for level, seat, names in SEATS
    )
    cover_to_come(team, now)


def rota(level: int, seat: int, members: Sequence[Staff], now: datetime) -> Rota:
    """Turns of a week, changing on Mondays at 08:00 in Ecuador."""
    begins = now.astimezone(ZONE) - SINCE
    monday = begins.date() - timedelta(days=begins.weekday())
    first = datetime.combine(monday, time(8), ZONE)
    return Rota(
        level=level,
        seat=seat,
        members=[member.pk for member in members],
        starts_on=monday,
        turns_at=time(8),
        valid=DateTimeTZRange(first, None),
    )


def cover_to_come(team: Team, now: datetime) -> None:
    """Next week's Wednesday and Thursday, somebody stands in at level 2."""
    today = now.astimezone(ZONE).date()
    wednesday = datetime.combine(today + timedelta(days=9 - today.weekday()), time(8), ZONE)
    Cover.objects.create(
        level=2,
        seat=1,
        staff=team.people["supervisora3"],
        during=DateTimeTZRange(wednesday, wednesday + timedelta(days=2)),
        reason="Viaje del gerente",
    )


# --- shifts -----------------------------------------------------------------------------------------------------------
# Who was at the desk of the sample operator: three shifts, the last hand-over signed, the next one in preparation.
SHIFTS_BEFORE = 3
EARLY = timedelta(minutes=4)  # who comes in signs so long before the change
NOT_THE_CASES = (ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.CALL_TASK, ClockKind.RULING)
NOTE = "Corte programado del proveedor esta noche, de 23:00 a 01:00, en el anillo norte: no es falla nuestra."
NOTE_IN_PREPARATION = "El grupo electrógeno del nodo Portoviejo sigue encendido; mantenimiento avisa cuando lo apague."
STEPS = {
    "next_news": "Llamar a la sede antes de escribir: piden hablar con la misma persona",
    "travel": "Confirmar con la cuadrilla la hora de llegada",
    "field_solution": "Pedir a la cuadrilla la medida final y una foto del empalme",
}
STEP = "Seguir con el plan; el contacto de la sede está avisado"


def man_the_desk(team: Team, now: datetime) -> None:
    """The shifts as they went until ``now`` (UTC), by the verbs of the desk; the cases stand already."""
    changes = [shifts.last_change(shifts.hours_of(shifts.TECHNICAL), ZONE, now)]
    for _ in range(SHIFTS_BEFORE):
        changes.insert(
            0, shifts.last_change(shifts.hours_of(shifts.TECHNICAL), ZONE, changes[0] - timedelta(minutes=1))
        )
    for staff in team.on_shift(changes[0]):
        shifts.enter(staff, shifts.TECHNICAL, changes[0])
    for change in changes[1:-1]:
        take_over(team, change, signed_at=change)
    signed_at = min(changes[-1] - EARLY, now)
    for outgoing, incoming in take_over(team, changes[-1], signed_at):
        signed(outgoing, incoming, changes[-1], signed_at, now)
    prepared(team.on_shift(now)[0], now)


def take_over(team: Team, change: datetime, signed_at: datetime) -> list[tuple[Staff, Staff]]:
    """One shift goes and the next one comes; who is on both begins anew. Returns who took over from whom."""
    going, coming = team.on_shift(change - timedelta(hours=1)), team.on_shift(change)
    for staff in going:
        shifts.leave(staff, signed_at)
    for staff in coming:
        shifts.enter(staff, shifts.TECHNICAL, signed_at)
    gone = [staff for staff in going if staff not in coming]
    come = [staff for staff in coming if staff not in going]
    return list(zip(gone, come, strict=True))


def signed(outgoing: Staff, incoming: Staff, due_at: datetime, signed_at: datetime, now: datetime) -> Handover:
    """The hand-over as it was signed: what was open then, the promise that would break first, who answered."""
    handover = Handover.objects.create(
        due_at=due_at, outgoing=outgoing, incoming=incoming, note=NOTE, signed_at=signed_at
    )
    open_then = Case.objects.filter(desk=shifts.TECHNICAL, opened_at__lt=signed_at).exclude(closed_at__lte=signed_at)
    cases = list(open_then.select_related("customer", "site__city", "service", "assigned").order_by("opened_at", "pk"))
    passed = [case for case in cases if case.assigned == incoming]
    data = {"to": incoming.pk, "from": outgoing.pk, "handover": handover.pk}
    by = Actor.of_staff(incoming)
    if passed:
        ledger.record([ledger.Entry(case, Moment.ASSIGNED, by, signed_at, data=data) for case in passed], now)
    HandoverLine.objects.bulk_create(
        line(handover, case, outgoing if case in passed else case.assigned) for case in cases
    )
    return handover


def line(handover: Handover, case: Case, was: Staff | None) -> HandoverLine:
    first = promised_then(case, handover.signed_at)
    return HandoverLine(
        handover=handover,
        customer_id=case.customer_id,
        case=case,
        next_step=STEPS.get(first.kind, STEP) if first else STEP,
        promise=first.kind if first else "",
        due_at=first.due_at if first else None,
        was=was,
        responsible=case.assigned,
    )


def promised_then(case: Case, at: datetime) -> Clock | None:
    """The clock of the case that would have broken first at ``at``."""
    running = case.clocks.filter(started_at__lte=at, due_at__isnull=False).exclude(ended_at__lte=at)
    return running.exclude(kind__in=NOT_THE_CASES).order_by("due_at").first()


def prepared(goes: Staff, now: datetime) -> None:
    """What this person has written so far for whoever comes next: a note, and two steps in words of their own."""
    due_at = shifts.next_change(shifts.hours_of(shifts.TECHNICAL), ZONE, now)
    cases = list(Case.objects.filter(closed_at=None, desk=shifts.TECHNICAL, next_due_at__isnull=False).order_by("pk"))
    steps = {f"paso-{case.pk}": STEPS.get(case.next_kind, STEP) for case in cases[:2]}
    fields = {"nota": NOTE_IN_PREPARATION, "hasta": str(max((case.pk for case in cases), default=0)), **steps}
    key = f"relevo:{shifts.TECHNICAL}:{due_at:%Y%m%d%H%M}"
    Draft.objects.create(staff=goes, key=key, fields=fields, saved_at=now - timedelta(minutes=3))
