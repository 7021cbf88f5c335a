"""The crews and their people as the desk writes them. Nothing is deleted: past visits and letters name them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, Unfit, email, line, lines, not_among, phones, read
from guardia.field.crew import Crew, CrewMember, Specialty
from guardia.field.visit import Visit
from guardia.people.staff import Staff


def save_crew(crew: Crew, fields: Mapping[str, Any]) -> Crew:
    """Keep a crew; its telephone becomes E.164. Raises Unfit by field, a name in use among them."""
    for name, value in read(READERS, fields).items():
        setattr(crew, name, value)
    return _keep(crew)


def end(crew: Crew) -> None:
    """Offered for no more visits; the ones that are under way go on."""
    Crew.objects.filter(pk=crew.pk).update(active=False)


def resume(crew: Crew) -> None:
    Crew.objects.filter(pk=crew.pk).update(active=True)


def one_phone(value: str) -> str:
    """One telephone in E.164, or nothing. Raises Misfit."""
    numbers = phones(value)
    if len(numbers) > 1:
        raise Misfit(_("One telephone fits here. Write only one number."))
    return numbers[0] if numbers else ""


def specialties(value: Iterable[str]) -> list[str]:
    """What the crew can do, each once, in the order of the list. Raises Misfit."""
    wanted = set(value)
    if strange := wanted - set(Specialty.values):
        raise Misfit(not_among(min(strange), Specialty.values))
    return [one for one in Specialty.values if one in wanted]


def plate(value: str) -> str:
    """The plate of a vehicle as it is read aloud: capitals, on one line. Raises Misfit."""
    return line(20)(value).upper()


READERS: dict[str, Reader] = {
    "name": line(120, needed=True),
    "phone": one_phone,
    "base": line(120),
    "contractor": line(120),
    "specialties": specialties,
    "plate": plate,
    "tools": lines(2000),
    "email": email,
}


def _keep(crew: Crew) -> Crew:
    try:
        with transaction.atomic():
            crew.save()
    except IntegrityError as trouble:
        raise Unfit({"name": _("There is already a crew of this name. Open that one instead.")}) from trouble
    return crew


def crews_offered(keep: int | None = None) -> QuerySet[Crew]:
    """Return the crews that take visits, by name, and the one with the id ``keep`` also where it takes no new ones."""
    return Crew.objects.filter(Q(active=True) | Q(pk=keep or 0)).order_by("name")


def visits_of_crews() -> dict[int, list[Visit]]:
    """Return the open visits that a crew is named for, by the id of the crew."""
    found: dict[int, list[Visit]] = {}
    for visit in Visit.objects.filter(ended_at=None, crew__isnull=False).order_by("pk")[:200]:
        found.setdefault(visit.crew_id or 0, []).append(visit)
    return found


def crews_with_people() -> QuerySet[Crew, Any]:
    """Every crew with how many active people it has (``people``), those in use first."""
    people = Count("members", filter=Q(members__active=True))
    return Crew.objects.annotate(people=people).order_by("-active", "name")


def every_crew(active: bool | None = None) -> QuerySet[Crew]:
    """Every crew, or those that are in use, or are not."""
    return Crew.objects.all() if active is None else Crew.objects.filter(active=active)


def crew_members(**columns: object) -> QuerySet[CrewMember]:
    """The people of crews whose columns have these values (None narrows nothing), with crew and account."""
    found = CrewMember.objects.select_related("crew", "staff")
    return found.filter(**{name: value for name, value in columns.items() if value is not None})


def crew_of_id(pk: int) -> Crew | None:
    """The crew of this id."""
    return Crew.objects.filter(pk=pk).first()


def name_of_crew(pk: int) -> str:
    """The name of the crew of this id, and no more of it; empty where there is none."""
    return Crew.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def crews_of(staff: Staff) -> tuple[Crew, ...]:
    """The crews of which somebody is, by name."""
    mine = CrewMember.objects.filter(staff=staff, active=True).values("crew")
    return tuple(Crew.objects.filter(pk__in=mine).order_by("name"))


def crews_ever_of(staff: Staff) -> frozenset[int]:
    """The ids of the crews of which somebody is or was."""
    return frozenset(CrewMember.objects.filter(staff=staff).values_list("crew", flat=True))


def save_member(member: CrewMember, fields: Mapping[str, Any]) -> CrewMember:
    """Keep a person of a crew. Raises Unfit by field: an account or a document that another one of the crew has."""
    kept = read(MEMBER_READERS, fields)
    if problems := _taken_by_another(member, kept):
        raise Unfit(problems)
    for name, value in kept.items():
        setattr(member, name, value)
    member.save()
    return member


def end_member(member: CrewMember) -> None:
    """This person enters no more sites with the crew, and its visits are no longer shown to the account."""
    CrewMember.objects.filter(pk=member.pk).update(active=False)


def resume_member(member: CrewMember) -> None:
    """Raises Unfit where the account or the document has been given to another one of the crew meanwhile."""
    if problems := _taken_by_another(member, {"staff": member.staff, "document": member.document}):
        raise Unfit(problems)
    CrewMember.objects.filter(pk=member.pk).update(active=True)


MEMBER_READERS: dict[str, Reader] = {
    "name": line(160, needed=True),
    "document": line(40),
    "phone": one_phone,
    "staff": lambda staff: staff,
}


def _taken_by_another(member: CrewMember, kept: Mapping[str, Any]) -> dict[str, str]:
    others = CrewMember.objects.filter(crew_id=member.crew_id, active=True).exclude(pk=member.pk)
    staff, document = kept.get("staff"), kept.get("document")
    problems = {}
    if staff and (same := others.filter(staff=staff).first()):
        problems["staff"] = _("%s is already in this crew with this account. Correct that entry.") % same.name
    if document and (same := others.filter(document__iexact=document).first()):
        problems["document"] = _("%s of this crew has this document. Correct one of the two.") % same.name
    return problems
