"""The people of a crew as the desk writes them: who enters a site. Nobody is deleted: past letters name them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.values import Reader, Unfit, line, read
from guardia.field.crew import CrewMember
from guardia.field.crews import one_phone


def save_member(member: CrewMember, fields: Mapping[str, Any]) -> CrewMember:
    """Keep a person of a crew. Raises Unfit by field: an account or a document that another one of the crew has."""
    kept = read(READERS, fields)
    if problems := _taken(member, kept):
        raise Unfit(problems)
    for name, value in kept.items():
        setattr(member, name, value)
    member.save()
    return member


def end(member: CrewMember) -> None:
    """This person enters no more sites with the crew, and its visits are no longer shown to the account."""
    CrewMember.objects.filter(pk=member.pk).update(active=False)


def resume(member: CrewMember) -> None:
    """Raises Unfit where the account or the document has been given to another one of the crew meanwhile."""
    if problems := _taken(member, {"staff": member.staff, "document": member.document}):
        raise Unfit(problems)
    CrewMember.objects.filter(pk=member.pk).update(active=True)


READERS: dict[str, Reader] = {
    "name": line(160, needed=True),
    "document": line(40),
    "phone": one_phone,
    "staff": lambda staff: staff,
}


def _taken(member: CrewMember, kept: Mapping[str, Any]) -> dict[str, str]:
    others = CrewMember.objects.filter(crew_id=member.crew_id, active=True).exclude(pk=member.pk)
    staff, document = kept.get("staff"), kept.get("document")
    problems = {}
    if staff and (same := others.filter(staff=staff).first()):
        problems["staff"] = _("%s already stands in this crew with this account. Correct that entry.") % same.name
    if document and (same := others.filter(document__iexact=document).first()):
        problems["document"] = _("%s of this crew has this document. Correct one of the two.") % same.name
    return problems
