"""Who answers at the sample operator (E2 to E4): two supervisors together in turns, a manager, a senior manager abroad.

Numbers and mailboxes are made up. One week ahead a cover stands in, so that the calendar of the rotas shows one.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.demo.staffing import ZONE, Team
from guardia.escalation.level import Level
from guardia.escalation.rota import Cover, Rota
from guardia.people.staff import Staff

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
