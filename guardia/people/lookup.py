"""The people of the operator, found: by id, by the name they sign in with, by what a screen lists or offers."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from guardia.config.sql_rows import rows_of
from guardia.people.policy import handlers_of
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Role, Staff


def staff_named(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people by id."""
    return dict(Staff.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk", "name"))


def names_of_staff() -> dict[int, str]:
    """The names by id of all who work here, or have worked."""
    return dict(Staff.objects.values_list("pk", "name"))


def case_handlers() -> list[Staff]:
    """Return who may answer for an incident, by name."""
    return list(handlers_at(TECHNICAL))


def engineers_of(desk: str) -> list[tuple[str, str]]:
    """Return the id and the name of each person who works on the cases of this desk; of the technical one for ""."""
    return [(str(pk), name) for pk, name in rows_of(ENGINEERS, [sorted(handlers_of(desk or TECHNICAL))])]


# By hand, since the bench asks it at each look.
ENGINEERS = (
    "SELECT id, name FROM staff WHERE is_active AND NOT is_machine AND role = ANY(%s) ORDER BY name, id LIMIT 200"
)


def handlers_at(desk: str) -> QuerySet[Staff]:
    """Return who works on the cases of this desk, by name."""
    return Staff.objects.at_work().filter(role__in=handlers_of(desk)).order_by("name", "pk")


def staff_among(ids: Iterable[int]) -> QuerySet[Staff]:
    """Return the people with these ids, by name."""
    return Staff.objects.filter(pk__in=list(ids)).order_by("name")


def staff_by_id(ids: Iterable[int | None]) -> dict[int, Staff]:
    """Return the people with these ids, each by its id."""
    return Staff.objects.in_bulk(list(ids))


def staff_of_id(pk: int) -> Staff | None:
    """Return the person with this id, at work or not."""
    return Staff.objects.filter(pk=pk).first()


def name_of_staff(pk: int) -> str:
    """Return the name of the person with this id; "" where there is none."""
    return Staff.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def staff_by_name() -> QuerySet[Staff]:
    """Everybody, those who have left among them, by name."""
    return Staff.objects.order_by("name")


def staff_with(among: Iterable[int] | None = None, **columns: object) -> QuerySet[Staff]:
    """The people whose columns have these values (None narrows nothing); ``among``: only those with these ids."""
    wanted = {"pk__in": None if among is None else list(among), **columns}
    return Staff.objects.filter(**{name: value for name, value in wanted.items() if value is not None})


def active_staff() -> QuerySet[Staff]:
    """Everybody who is at work here, by name."""
    return Staff.objects.at_work().order_by("name")


def machines() -> QuerySet[Staff]:
    """The accounts of machines by name, those that are switched off last."""
    return Staff.objects.filter(is_machine=True).order_by("-is_active", "name")


def staff_by_role() -> QuerySet[Staff]:
    """Every person by role and name, those who have left last."""
    return Staff.objects.filter(is_machine=False).order_by("-is_active", "role", "name")


def technicians_first(also: int | None) -> QuerySet[Staff]:
    """Everybody who is at work here and the person of the id ``also``, the technicians before the others."""
    there = Staff.objects.filter(Q(is_active=True, is_machine=False) | Q(pk=also))
    return there.order_by(Case(When(role=Role.TECHNICIAN, then=0), default=1), "name")


def staff_called(username: str, *, is_active: bool | None = None) -> Staff | None:
    """The person who signs in by this name; ``is_active``: only somebody who is, or is not, at work here."""
    found = Staff.objects.filter(username=username, is_machine=False)
    return (found if is_active is None else found.filter(is_active=is_active)).first()


def staff_matching(words: str, number: str = "") -> QuerySet[Staff]:
    """The people whose name has the words, whose mailbox they are or whose number (E.164) it is, by name."""
    wanted = Q(name__icontains=words) | Q(email__iexact=words)
    if number:
        wanted |= Q(mobile=number) | Q(desk_phone=number)
    return Staff.objects.filter(wanted).order_by("name", "pk")


def is_anybody_on_record() -> bool:
    """Whether there is anybody who could sign in."""
    return Staff.objects.filter(is_machine=False).exists()


def locked_staff() -> QuerySet[Staff]:
    """Everybody; whoever reads one of these holds it until the transaction ends."""
    return Staff.objects.select_for_update()


def staff_of_address(address: str) -> Staff | None:
    """The one at work here whose mailbox this is; an address that several have is nobody's."""
    found = list(Staff.objects.at_work().filter(email__iexact=address)[:2]) if address else []
    return found[0] if len(found) == 1 else None


# Which telephone at the exchange is whose: by it the exchange's word of who answered finds its person.
EXTENSION = re.compile(r"[0-9A-Za-z*#._-]{1,20}")


def set_extension(staff: Staff, written: str, *, by: Staff | None, at: datetime) -> Staff:
    """This person's extension, or none. On record; ``at`` is UTC. Raises ValidationError: unfit, or another's."""
    extension = "".join(written.split())
    take_turn("staff", "extensions")
    if extension and not EXTENSION.fullmatch(extension):
        raise ValidationError(
            _("“%s” is not an extension. Write the digits of the telephone at the exchange, such as 101.")
            % extension[:30]
        )
    other = (
        Staff.objects.filter(extension=extension, is_active=True).exclude(pk=staff.pk).first() if extension else None
    )
    if other:
        raise ValidationError(
            _("%(extension)s is the extension of %(name)s. Remove it there first.")
            % {"extension": extension, "name": other.name}
        )
    kept = Staff.objects.select_for_update().get(pk=staff.pk)
    before, kept.extension = {"name": kept.name, "extension": kept.extension}, extension
    kept.save(update_fields=["extension"])
    put_on_record("staff", kept.pk, before, {**before, "extension": extension}, by=by, at=at)
    return kept
