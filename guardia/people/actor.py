"""Who did something: the author of every event. Events hold the kind and the id; the name is looked up when shown."""

from dataclasses import dataclass
from enum import StrEnum

from guardia.people.staff import Role, Staff


class ActorKind(StrEnum):
    STAFF = "staff"
    CONTACT = "contact"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: int | None = None
    supervises: bool = False
    rules: bool = False

    @classmethod
    def of_staff(cls, staff: Staff) -> "Actor":
        supervises = staff.role in {Role.SUPERVISOR, Role.ADMINISTRATOR}
        return cls(ActorKind.STAFF, staff.pk, supervises, staff.role == Role.QUALITY)


SYSTEM = Actor(ActorKind.SYSTEM)
