"""The operator's people as an administrator writes them. Nobody is deleted: what they did stays signed by them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.values import Misfit, Reader, line, phones
from guardia.people.access_link import machines_do_not_sign_in
from guardia.people.channels import channels, masked
from guardia.people.second_step import end_all
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Role, Staff

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


def one_phone(value: str) -> str:
    """One telephone in E.164, with its extension, or nothing. Raises Misfit."""
    numbers = phones(value)
    if len(numbers) > 1:
        raise Misfit(_("One number fits here. Write the one that reaches this person."))
    return numbers[0] if numbers else ""


REACHED_BY: dict[str, Reader] = {
    "position": line(120),
    "mobile": one_phone,
    "desk_phone": one_phone,
    "channels": channels,
}
"""How a person of the matrix is named and reached (E2 to E4)."""


def save_staff(staff: Staff, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> Staff:
    """Keep a person, new or known; an empty password leaves the old one. On record as changed by ``by`` at ``at``.

    Where the password or the role changes, this person's sessions end.

    Of REACHED_BY only what is given changes. Raises ValidationError by field.
    """
    username = fields["username"].strip().lower()
    problems = _problems(staff, username, fields)
    if problems:
        raise ValidationError(problems)
    before = recorded_values(Staff.objects.get(pk=staff.pk)) if staff.pk else None
    staff.username, staff.name, staff.email = username, fields["name"].strip(), fields["email"].strip()
    staff.role, staff.language = fields["role"], fields["language"]
    for name in REACHED_BY.keys() & fields.keys():
        setattr(staff, name, REACHED_BY[name](fields[name]))
    _keep(staff)
    if fields["password"]:
        staff.set_password(fields["password"])
    after = recorded_values(staff) | ({"password": "set"} if fields["password"] else {})
    put_on_record("staff", staff.pk, before, after, by=by, at=at)
    if fields["password"] or (before and before["role"] != staff.role):
        end_all(staff)
    return staff


def end(staff: Staff, *, by: Staff | None, at: datetime) -> None:
    """This person signs in no more and holds no level. Raises ValidationError for the last administrator."""
    if staff.role == Role.ADMINISTRATOR and not staff.is_machine and _is_last_administrator(staff):
        raise ValidationError(_last_of_them())
    _set_active(staff, False, by, at)


def resume(staff: Staff, *, by: Staff | None, at: datetime) -> None:
    _set_active(staff, True, by, at)


def recorded_values(staff: Staff) -> dict[str, Any]:
    """A person as the record keeps it: no password, and of each channel only its kind and mark."""
    names = ("username", "name", "email", "role", "language", "position", "mobile", "desk_phone", "is_active")
    return {name: getattr(staff, name) for name in names} | {"channels": [masked(one) for one in staff.channels]}


def _set_active(staff: Staff, is_active: bool, by: Staff | None, at: datetime) -> None:
    kept = Staff.objects.select_for_update().get(pk=staff.pk)
    before, kept.is_active = recorded_values(kept), is_active
    kept.save(update_fields=["is_active"])
    if not is_active:
        end_all(kept)
    put_on_record("staff", kept.pk, before, recorded_values(kept), by=by, at=at)


def _problems(staff: Staff, username: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    reached_by = {name: _misfit(reader, fields[name]) for name, reader in REACHED_BY.items() if name in fields}
    found = reached_by | {
        "username": _username_problem(staff, username),
        "name": "" if fields["name"].strip() else _("Please enter the name."),
        "email": _email_problem(fields["email"].strip()),
        "role": _role_problem(staff, fields["role"]),
        "language": "" if fields["language"] in language_codes() else _("Choose one of the languages offered."),
        "password": _password_problem(staff, fields),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _misfit(reader: Reader, value: Any) -> str:
    try:
        reader(value)
    except Misfit as misfit:
        return str(misfit)
    return ""


def _username_problem(staff: Staff, username: str) -> str:
    if not _USERNAME.fullmatch(username):
        return _("Use 2 to 60 lowercase letters without accents, digits, dots, hyphens or underscores.")
    other = Staff.objects.filter(username=username).exclude(pk=staff.pk).first()
    return _("%s already signs in with this name. Choose another.") % other.name if other else ""


def _email_problem(email: str) -> str:
    try:
        if email:
            validate_email(email)
    except ValidationError:
        return _("This is not an email address. Write one like area@example.com, or leave it empty.")
    return ""


def _role_problem(staff: Staff, role: str) -> str:
    if role not in Role.values:
        return _("Choose one of the roles offered.")
    loses = staff.pk and not staff.is_machine and staff.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR
    return _last_of_them() if loses and _is_last_administrator(staff) else ""


def _password_problem(staff: Staff, fields: Mapping[str, Any]) -> list[str]:
    if staff.is_machine:
        return [machines_do_not_sign_in(staff)] if fields["password"] else []
    if not fields["password"]:
        return [] if staff.pk else [_("A new person needs a first password.")]
    try:
        validate_password(fields["password"], staff)
    except ValidationError as weak:
        return weak.messages
    return []


def _is_last_administrator(staff: Staff) -> bool:
    """Asked with the other administrators locked, so that two do not dismiss each other at once."""
    others = Staff.objects.at_work().filter(role=Role.ADMINISTRATOR).select_for_update().order_by("pk")
    return not [other for other in others if other.pk != staff.pk]


def _last_of_them() -> str:
    return _("This is the last administrator: make somebody else an administrator first.")


def _keep(staff: Staff) -> Staff:
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as trouble:
        raise ValidationError({"username": _("Somebody already signs in with this name. Choose another.")}) from trouble
    return staff
