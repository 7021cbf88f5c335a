"""The link of one use by which somebody sets a password: an administrator hands it over, or the server's owner."""

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.people import second_step
from guardia.people.audit import AuditKind, write_down
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff

NOBODY = Staff(pk=0)


def token(staff: Staff, *, by: Staff | None, at: datetime, address: str | None = None) -> str:
    """What stands in the link: good once, until the password changes or somebody signs in, for a day at most.

    On record as made by ``by`` (None: on the server itself). Raises ValidationError for somebody who was deactivated,
    and for the account of a machine.
    """
    if staff.is_machine:
        raise ValidationError(machines_do_not_sign_in(staff))
    if not staff.is_active:
        raise ValidationError(_("%s is not active. Activate the person first.") % staff.name)
    write_down(AuditKind.LINK_MADE, at=at, staff=by, address=address, about="staff", key=staff.pk)
    return f"{staff.pk}-{default_token_generator.make_token(staff)}"


def machines_do_not_sign_in(staff: Staff) -> str:
    """Why the account of a machine gets no password, and what it has instead."""
    return _("%s is the account of a machine: it has keys of the API and signs in nowhere.") % staff.name


def holder(written: str) -> Staff | None:
    """Whose password this link may set; None where it is no link of ours, was used, or is too old."""
    number, _dash, signed = written.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= LARGEST_ID):
        return None
    staff = Staff.objects.select_for_update().filter(pk=int(number), is_active=True, is_machine=False).first()
    is_theirs = default_token_generator.check_token(staff or NOBODY, signed)  # as much work for nobody's
    return staff if staff and is_theirs else None


def use(staff: Staff, password: str, *, at: datetime, address: str | None) -> None:
    """Set the password that was typed (and found fit); every session of this person ends."""
    staff.set_password(password)
    second_step.end_all(staff)
    write_down(AuditKind.LINK_USED, at=at, staff=staff, address=address, about="staff", key=staff.pk)


def clear_second_step(staff: Staff, *, by: Staff | None, at: datetime, address: str | None = None) -> int:
    """Take every second step away from whoever has lost it, and end the sessions; how many steps there were."""
    removed = second_step.remove_all(staff)
    second_step.end_all(staff)
    write_down(AuditKind.STEP_REMOVED, at=at, staff=by, address=address, about="staff", key=staff.pk, steps=removed)
    return removed
