"""Whoever has forgotten a password asks for a link by mail: short-lived, good once, and it signs nobody in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from guardia.config.requests import network, of_network
from guardia.config.sql_rows import take_turn
from guardia.people import second_step, signed
from guardia.people.audit import AuditEntry, AuditKind, account_mark, write_down
from guardia.people.staff import Staff


class PasswordReset(models.Model):
    """One asking of somebody whom the operator knows. The link is computed when its mail leaves, and kept nowhere."""

    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    password_mark = models.CharField(max_length=64, help_text="follows from the password of then: a new one ends it")
    asked_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "password_reset"
        indexes = [models.Index(fields=["asked_at"], name="password_reset_old")]

    def __str__(self) -> str:
        return f"reset {self.pk}"


# A password that is set anew by mail: a link that is good for half an hour, once, and only sets a password.
#
# The link is computed when its mail leaves; no table holds it. It never goes round the second step: whoever sets the
# password still signs in, and a person whose role must have a second step and has none yet goes to an administrator.


GOOD_FOR = timedelta(minutes=30)
KEPT_FOR = timedelta(days=1)
COUNTED_FOR = timedelta(hours=1)
OF_A_MAILBOX = 3
"""So many links an hour for one mailbox, whether it is somebody's or nobody's, asked for from one network."""
OF_A_MAILBOX_IN_ALL = 12
"""Beyond so many, only from networks by which its person came in lately: nobody fills a mailbox, nor shuts out whose it
is."""
LATELY = timedelta(days=90)
NOBODY = Staff(pk=0, email="", password_mark="", is_active=False)
"""In the place of whoever was not found, so that as much is done: whoever asks could learn it by the time it takes."""

SALT = "guardia.people.reset"
BEGINS = "m."
AT_ONCE = 200


class TooOften(Exception):
    """So many links have been asked for that no more are sent for a while."""


def ask(
    mailbox: str, *, address: str, agent: str, at: datetime, post: Callable[[PasswordReset, str], None]
) -> PasswordReset | None:
    """Somebody at ``address`` wrote this mailbox. It is on record in any case; None where nothing is sent, which nobody
    may learn: then the same is written, ``post`` to the mailbox included, and undone. ``at`` is UTC. Raises TooOften.
    """
    mark, there = account_mark(mailbox), of_network(address)
    take_turn(f"reset from {network(address)}")
    take_turn(f"reset of {mark}")
    staff = whose(mailbox)
    asked = AuditEntry.objects.filter(kind=AuditKind.RESET_ASKED)
    lately = asked.filter(at__gt=at - timedelta(minutes=settings.ATTEMPT_MINUTES), address__range=there)
    theirs = asked.filter(at__gt=at - COUNTED_FOR, account=mark)
    if (
        lately.count() >= settings.ATTEMPTS_OF_ADDRESS
        or theirs.filter(address__range=there).count() >= OF_A_MAILBOX
        or (theirs.count() >= OF_A_MAILBOX_IN_ALL and not signed_in_from(staff or NOBODY, there, at))
    ):
        raise TooOften
    write_down(AuditKind.RESET_ASKED, at=at, account=mark, address=address, agent=agent)
    with transaction.atomic():
        made = begin(staff or NOBODY, address, agent, at)
        post(made, staff.email if staff else mailbox)
        if staff is None:
            transaction.set_rollback(True)
    return made if staff else None


def signed_in_from(staff: Staff, there: tuple[str, str], at: datetime) -> bool:
    """Whether this person signed in from these addresses, first and last, in the time before."""
    entries = AuditEntry.objects.filter(kind=AuditKind.SIGNED_IN, staff_id=staff.pk, at__gt=at - LATELY)
    return entries.filter(address__range=there).exists()


def begin(staff: Staff, address: str, agent: str, at: datetime) -> PasswordReset:
    write_down(AuditKind.LINK_MADE, at=at, about="staff", key=staff.pk, address=address, agent=agent, by="mail")
    return PasswordReset.objects.create(staff_id=staff.pk, password_mark=mark_of(staff), asked_at=at)


def whose(mailbox: str) -> Staff | None:
    """The one active person of this mailbox to whom a link may go. A mailbox that several read is nobody's."""
    mailbox = mailbox.strip() or "-"
    # PostgreSQL writes an ``ı`` large as ``I``: a mailbox of another letter is another mailbox.
    same = {"email__iexact" if mailbox.isascii() else "email": mailbox}
    found = list(Staff.objects.at_work().filter(**same)[:2])
    candidate = found[0] if len(found) == 1 else NOBODY
    has_one = second_step.has_one(candidate)  # asked of anybody, so that the same is asked for everybody
    may_have = candidate is not NOBODY and (has_one or not second_step.must_have_one(candidate))
    return candidate if may_have else None


def may_have_one(staff: Staff) -> bool:
    """Not somebody who must come in by a second step and has none: who reads the mailbox would set up his own."""
    return not second_step.must_have_one(staff) or second_step.has_one(staff)


def token(reset_id: int) -> str:
    """What stands in the link."""
    return BEGINS + signed.token(SALT, reset_id)


def is_over(reset: PasswordReset, at: datetime) -> bool:
    """Too old at ``at`` (UTC), used, or overtaken: by a new password, another mailbox, or a sign-in."""
    staff = reset.staff
    is_same = constant_time_compare(reset.password_mark, mark_of(staff))
    return at >= reset.asked_at + GOOD_FOR or not (is_same and staff.is_active and may_have_one(staff))


def holder(written: str, at: datetime) -> Staff | None:
    """Whose password this link may set, the row held; None where it is no link of ours, was used, or is over."""
    if not (settings.PASSWORD_RESET_BY_MAIL and written.startswith(BEGINS)):
        return None
    try:
        reset_id = signed.read(written.removeprefix(BEGINS), SALT, GOOD_FOR + KEPT_FOR)[0]
    except signed.LinkIsInvalid:
        return None
    reset = PasswordReset.objects.filter(pk=reset_id).first()
    if reset is None:
        return None
    reset.staff = Staff.objects.select_for_update().get(pk=reset.staff_id)
    return None if is_over(reset, at) else reset.staff


def forget(at: datetime) -> int:
    """Rows whose links are long over are deleted, so many at a time; how many."""
    old = PasswordReset.objects.filter(asked_at__lt=at - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return PasswordReset.objects.filter(pk__in=list(old[:AT_ONCE])).delete()[0]


def mark_of(staff: Staff) -> str:
    """Follows from the mark of the password and the mailbox, and from when this person came in last."""
    parts = (staff.pk, staff.password_mark, staff.email.lower(), staff.last_login)
    return salted_hmac(SALT, "|".join(map(str, parts)), algorithm="sha256").hexdigest()
