"""Signs for the database whose rows a transaction of the portal reads (docs/adr/0063).

The key was drawn by a migration. Staff's role reads it; the portal's does not, and the policies ask an owner's function
(``guardia_company`` in migrations/policies.sql) that compares. A signature is of one transaction of one session, by
process id and instant: whoever sees another company's, as in pg_stat_activity, can do nothing with it.
"""

from hashlib import sha256

from guardia.config.sql_rows import rows_of

KEY = "SELECT inner_pad, outer_pad FROM portal_key"

_pads: tuple[bytes, bytes] | None = None
"""What HMAC (RFC 2104) makes of the key, as it stands in the table."""


class SignatureRefused(Exception):
    """The database does not take our signature: its key is another one since this process read it."""


def is_known() -> bool:
    """Whether this process has read the key."""
    return _pads is not None


def read() -> None:
    """Read the key, once for the process. Under the staff's database role."""
    global _pads
    ((inner, outer),) = rows_of(KEY)
    _pads = (bytes(inner), bytes(outer))


def forget() -> None:
    """Whoever signs next reads the key anew."""
    global _pads
    _pads = None


def signature(customer: str, pid: int, began: int) -> str:
    """``began``: microseconds since 1970 at which the transaction began, as PostgreSQL says.

    Raises SignatureRefused where the key was forgotten meanwhile.
    """
    if _pads is None:
        raise SignatureRefused
    inner, outer = _pads
    return sha256(outer + sha256(inner + f"{customer}|{pid}|{began}".encode()).digest()).hexdigest()
