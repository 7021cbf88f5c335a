"""Which database this process uses, decided before Django's settings are read."""

import atexit
import os
from collections.abc import MutableMapping
from pathlib import Path

from guardia.config.postgres import Embedded

ROOT = Path(__file__).resolve().parent.parent.parent

FORMS = ("", "_FILE")
PORTAL, PORTAL_ACTS = "DATABASE_PORTAL_URL", "DATABASE_PORTAL_ACTS_URL"
SIGN_IN, WORKER = "DATABASE_SIGN_IN_URL", "DATABASE_WORKER_URL"
REPLICA = "DATABASE_REPLICA_URL"
OWNER = "DATABASE_DIRECT_URL"
ADDRESSES = ("DATABASE_URL", OWNER, PORTAL, PORTAL_ACTS, WORKER, SIGN_IN, REPLICA)
"""All that can name a database; bin/_env has the same list."""
AS_WORKER = ("worker", "telephone", "traps")
"""The processes that work by the worker's login."""
FOREIGN = {"web": (OWNER, WORKER)} | dict.fromkeys(AS_WORKER, (OWNER, WORKER, PORTAL, PORTAL_ACTS, SIGN_IN, REPLICA))
"""By process, the addresses that are not for it."""


def state_dir() -> Path:
    """STATE_DIR, made absolute for this process and its children; `var` beside the code if unset."""
    folder = Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve()
    os.environ["STATE_DIR"] = str(folder)
    return folder


def named() -> bool:
    """Whether the environment already says which database to use."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def ensure_database(*, fsync: bool = True) -> Embedded | None:
    """Name a database that answers in DATABASE_URL and DATABASE_DIRECT_URL, for this process and its children.

    A DATABASE_URL of the environment is used untouched (then None is returned). Otherwise the embedded server of
    STATE_DIR is started, or joined when another process runs it; this process's own ends with it.
    Raises DatabaseTrouble.
    """
    if named():
        return None
    server = Embedded(state_dir() / "pg", fsync=fsync).start()
    atexit.register(server.stop)
    name_database(server)
    return server


def keep_own_logins(process: str, environment: MutableMapping[str, str]) -> None:
    """Leave web, worker and listeners the addresses of their own logins: never the owner's, nor each other's (ADR 63).

    Where the worker's own is not named, all work by the one of the web.
    """
    if process not in FOREIGN:
        return
    own = {form: environment.get(f"DATABASE_WORKER_URL{form}", "") for form in FORMS}
    if process in AS_WORKER and any(own.values()):
        environment.update({f"DATABASE_URL{form}": address for form, address in own.items()})
    for name in FOREIGN[process]:
        for form in FORMS:
            environment.pop(f"{name}{form}", None)


def name_database(server: Embedded) -> None:
    os.environ["DATABASE_URL"] = server.app_url
    os.environ["DATABASE_DIRECT_URL"] = server.owner_url
    os.environ["DATABASE_PORTAL_URL"] = server.portal_url
    os.environ["DATABASE_PORTAL_ACTS_URL"] = server.portal_acts_url
    os.environ["DATABASE_WORKER_URL"] = server.worker_url
    os.environ["DATABASE_SIGN_IN_URL"] = server.sign_in_url
