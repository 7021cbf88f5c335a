"""What is planned for a seat of the matrix (E2 to E4): its rotas and its covers, now and to come. Hours are UTC."""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from guardia.escalation.rota import Cover, Rota


def rotas_from(at: datetime) -> QuerySet[Rota]:
    """The rotas of every seat that hold at this hour or later."""
    return Rota.objects.filter(valid__overlap=DateTimeTZRange(at, None))


def covers_from(at: datetime) -> QuerySet[Cover]:
    """The covers of every seat that last beyond this hour."""
    return Cover.objects.filter(withdrawn=False, during__endswith__gt=at)


def levels_held(at: datetime) -> dict[int, set[int]]:
    """The levels that each person holds at this hour or later, in turn or as a cover, by the person's id."""
    held: dict[int, set[int]] = {}
    for rota in rotas_from(at):
        for member in rota.members:
            held.setdefault(member, set()).add(rota.level)
    for cover in covers_from(at):
        held.setdefault(cover.staff_id, set()).add(cover.level)
    return held


def rotas_of_seat(level: int, seat: int, at: datetime) -> QuerySet[Rota]:
    """The rota that holds the seat at this hour and those that are to come, in the order of time."""
    return rotas_from(at).filter(level=level, seat=seat).order_by("valid")


def covers_of_seat(level: int, seat: int, at: datetime) -> QuerySet[Cover]:
    """The covers of the seat that last beyond this hour with their people, in the order of time."""
    return covers_from(at).filter(level=level, seat=seat).select_related("staff").order_by("during")


def cover_of_seat(pk: int, level: int, seat: int, at: datetime) -> Cover | None:
    """The cover of this id, if it is of the seat and lasts beyond this hour."""
    return covers_of_seat(level, seat, at).filter(pk=pk).first()


def rota_of_seat(level: int, seat: int, at: datetime) -> Rota | None:
    """The rota that holds the seat at this hour."""
    return Rota.objects.filter(level=level, seat=seat, valid__contains=at).first()


def planned_rota(pk: int, level: int, seat: int, at: datetime) -> Rota | None:
    """The rota of this id, if it is of the seat and has not begun at this hour."""
    return Rota.objects.filter(pk=pk, level=level, seat=seat, valid__startswith__gt=at).first()
