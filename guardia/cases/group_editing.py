"""A resolver group as it is written by a supervisor: its names, who is in it, its target; each change on record."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guardia.cases.resolver_group import NOUN, ResolverGroup
from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.customers.values import Misfit, Reader, line, read
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

LONGEST_NAME, LONGEST_TARGET = 60, 60 * 24 * 30


def target(value: Any) -> int | None:
    """Minutes; None where there is no target. Raises Misfit."""
    written = str(value if value is not None else "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 6 and 0 < int(written) <= LONGEST_TARGET):
        raise Misfit(_("Write the target in minutes, from 1 to 43200 (thirty days), or leave it empty."))
    return int(written)


def members(value: Iterable[Any]) -> list[int]:
    """The ids of people at work. Raises Misfit."""
    wanted = {int(one) for one in value or () if str(one).isascii() and str(one).isdigit() and len(str(one)) < 16}
    found = set(Staff.objects.at_work().filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - found:
        raise Misfit(_("One of these people does not work for the operator. Choose from the list."))
    return sorted(found)


def readers() -> dict[str, Reader]:
    """By field of the form: a name for each language of the installation, of which the published one is needed."""
    names = {f"name_{code}": line(LONGEST_NAME, needed=code == PUBLISHED_IN) for code in language_codes()}
    return {**names, "target_minutes": target, "members": members, "active": bool}


def fields_of(group: ResolverGroup) -> dict[str, Any]:
    """The fields of a form that would save this group as it is."""
    return {
        **{f"name_{code}": group.names.get(code, "") for code in language_codes()},
        "target_minutes": group.target_minutes,
        "members": [one.pk for one in group.members.all()],
        "active": group.active,
    }


def save(group: ResolverGroup | None, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> ResolverGroup:
    """Write a new group, or what is changed of one. ``at`` is UTC. A case that it holds keeps the target of then.

    Raises ValidationError, at the fields.
    """
    given = read(readers(), {"active": True, **{name: value for name, value in fields.items() if name in readers()}})
    names = {code: given[f"name_{code}"] for code in language_codes() if given.get(f"name_{code}")}
    was = recorded_values(group) if group else None
    group = group or ResolverGroup()
    group.names = {
        **{code: name for code, name in (group.names or {}).items() if code not in language_codes()},
        **names,
    }
    group.target_minutes, group.active = given.get("target_minutes"), given["active"]
    group.save()
    group.members.set(given.get("members", []))
    put_on_record(NOUN, group.pk, was, recorded_values(group), by=by, at=at)
    return group


def recorded_values(group: ResolverGroup) -> dict[str, Any]:
    return {
        "name": group.names.get(PUBLISHED_IN, ""),
        "target_minutes": group.target_minutes,
        "members": list(group.members.order_by("pk").values_list("pk", flat=True)),
        "active": group.active,
    }
