"""The address of a database as Django wants it; read by libpq itself, so that all of its forms are understood.

Several hosts may stand in it, as where a replica may be promoted: `postgresql://role@a,b/guardia?target_session_attrs=
read-write` goes to whichever of them takes writes.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SCHEMES = ("postgres://", "postgresql://")
# A host that was cut off gets no answer at all, not even a refusal. Left to the kernel, each request would then hang
# for a quarter of an hour; here it is known after so long (s; the last in ms), and the view can say so.
CUT_OFF = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "tcp_user_timeout": 8000}


def database(url: str, *, prepare: bool, name: str = "DATABASE_URL") -> dict[str, Any]:
    """A Django database entry from a postgresql:// address. What its query says goes to libpq, before our own patience.

    ``prepare``: whether statements are prepared on the server; ``name``: of the setting that it is.
    Raises ImproperlyConfigured, without repeating secrets.
    """
    if not url.startswith(SCHEMES):
        scheme, colon, _rest = url.partition("://")
        begins = f" (it starts with {scheme!r})" if colon else ""
        raise ImproperlyConfigured(f"{name} must start with postgresql://{begins}")
    said = read(url, name)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": said.pop("dbname", ""),
        "USER": said.pop("user", ""),
        "PASSWORD": said.pop("password", ""),
        "HOST": said.pop("host", ""),
        "PORT": said.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Prepared statements halve PostgreSQL's share of a request; a transaction pooler needs them off.
            "server_side_binding": prepare,
            "prepare_threshold": 1 if prepare else None,
            **CUT_OFF,
            **said,
        },
    }


def on_replica(entry: dict[str, Any], replica: dict[str, Any]) -> dict[str, Any]:
    """The same login (``entry``) at the host, port and database of the replica, in whose address nobody but the desk's
    login stands.
    """
    place = {part: replica[part] for part in ("HOST", "PORT", "NAME")}
    own = {name: entry["OPTIONS"][name] for name in ("server_side_binding", "prepare_threshold")}
    return {**entry, **place, "OPTIONS": replica["OPTIONS"] | own}


def read(url: str, name: str) -> dict[str, Any]:
    """Raises ImproperlyConfigured."""
    try:
        said = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as wrong:
        about = " ".join(str(wrong).partition('"')[0].split()).rstrip(" :") or "it cannot be read"
        raise ImproperlyConfigured(
            f"{name} is not an address of PostgreSQL ({about}): "
            "write postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in the password"
        ) from None
    if not all(port.isdigit() for port in str(said.get("port", "")).split(",") if port):
        raise ImproperlyConfigured(f"{name} names a port that is no number: write postgresql://ROLE@HOST:5432/NAME")
    return said
