"""Who may set an installation up: whoever reads what its process prints, until the first person is on record."""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from guardia.people.staff import Staff

SALT = "guardia.first-run"
NAME = "first_run_key"


def key() -> str:
    """The same for every process of the installation, and no other's."""
    return salted_hmac(SALT, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:24]


def fits(written: str) -> bool:
    return constant_time_compare(written, key())


def is_open() -> bool:
    """While nobody is on record who could sign in."""
    return not Staff.objects.exists()


def address() -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}/primeros-pasos?clave={key()}"
