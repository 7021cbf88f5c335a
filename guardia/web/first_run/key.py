"""Who may set an installation up: whoever reads what its process prints, until the first person is on record.

Where `guardia people first` made that person, the administrator goes on, until a procedure is published.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from guardia.people.lookup import is_anybody_on_record
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure.version import is_any_published

SALT = "guardia.first-run"
NAME = "first_run_key"


def key() -> str:
    """The same for every process of the installation, and no other's."""
    return salted_hmac(SALT, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:24]


def fits(written: str) -> bool:
    return constant_time_compare(written.strip(), key())


def is_open() -> bool:
    """While nobody is on record who could sign in."""
    return not is_anybody_on_record()


def is_open_to(staff: object) -> bool:
    """Whether this administrator, made on the server itself, has the steps still to go: nothing is published yet."""
    is_administrator = isinstance(staff, Staff) and may(staff, Right.MANAGE_STAFF)
    return is_administrator and not is_any_published()


def address() -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}/primeros-pasos?clave={key()}"
