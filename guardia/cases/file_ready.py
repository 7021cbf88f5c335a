"""A file before it is on a case: what it is, how it will be kept, when and by whom it was taken."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from guardia.cases.file_refusals import FileNotTaken
from guardia.customers.contact import Contact
from guardia.evidence import files
from guardia.evidence.files import NotTaken, Ready
from guardia.mailroom.names import safe_name
from guardia.mailroom.types import is_program, type_of
from guardia.people.actor import Actor, ActorKind
from guardia.people.staff import Staff

if TYPE_CHECKING:
    from guardia.cases.case import Case

BELIEVED = timedelta(days=366)
"""A camera whose clock is off by more than a year is not believed."""


def ready(content: bytes, name: str) -> Ready:
    """The file as it will be kept. It needs no case: this, which takes long, is done before one is locked.

    Raises FileNotTaken.
    """
    safe = safe_name(name, "")
    type_, extension = type_of(content, safe)
    try:
        return files.ready(content, safe, type_, is_program=is_program(content, safe), instead=f"archivo{extension}")
    except NotTaken as refused:
        raise FileNotTaken(refused) from refused


def taken_hour(made: Ready, case: "Case", now: datetime) -> datetime | None:
    """When its camera says that it was taken, in the zone of the case where the camera names none; None if it says
    nothing that can be believed.
    """
    if made.taken is None:
        return None
    said = made.taken if made.taken.tzinfo else made.taken.replace(tzinfo=ZoneInfo(case.zone))
    said = said.astimezone(UTC)
    return said if case.opened_at - BELIEVED < said <= now else None


def name_of(by: Actor) -> str:
    """The name of who did something; empty for the house itself."""
    if by.kind == ActorKind.SYSTEM:
        return ""
    people = Staff.objects.all() if by.kind == ActorKind.STAFF else Contact.objects.all()
    return people.filter(pk=by.id).values_list("name", flat=True).first() or ""
